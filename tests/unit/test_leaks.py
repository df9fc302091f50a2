"""What counts as an identity found, and what does not."""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.contracts import Part
from pipelines.days import birthdays_in, days_in
from pipelines.extracts import Extract
from pipelines.identifiers import VALID
from pipelines.landing import land
from pipelines.leaks.forms import forms_in
from pipelines.leaks.identities import Identities, IdentityCollector, _folded, _sorted_out, _turned
from pipelines.leaks.search import Searcher
from pipelines.publication.checks import log_faults

FOUND = Identities(
    marked=[
        "12 hope street",
        "9434765919",
        "ann o neil",
        "p100001",
        "marlow bridge",
        "07700 900641",
        "zoë barnard",
        "r holmes",
    ],
    words=["summer", "will", "frodhurst", "step"],
    names=frozenset({"ann o neil", "zoë barnard"}),
)


@pytest.fixture
def searcher() -> Searcher:
    ours = ["Summer term", "the rule will apply", "step_down"]
    return Searcher(FOUND, own_words=ours, named_places=["Marlow Bridge", "Ann O'Neil's team"])


@pytest.mark.parametrize(
    "value",
    [
        "9434765919",
        "Ann O'Neil",
        "Ann O’Neil’s team",  # a curly apostrophe
        "“Ann\u00a0O'Neil”",  # curly quotation marks and a no-break space
        "ann_o'neil",
        "ZOE\u0308 BARNARD",  # upper case, and the accent apart from its letter
        "of 12 HOPE STREET, Ashmere",
        "P100001",
        "x Frodhurst y",
        "07700-900641",
        "no. 943 476 5919",
        "94 34 76 59 19",
    ],
)
def test_identities_in_text_are_found(searcher: Searcher, value: str) -> None:
    assert searcher.in_text(["nothing", value])


NOTHING = (
    "Summer; it will be; Marlow Bridge; 943476591; 19434765919; Frodhursts; step_down; xp100001; ann  neil"
)


@pytest.mark.parametrize("values", [*([value] for value in NOTHING.split("; ")), ["Ann", "O'Neil"], [""], []])
def test_what_is_no_identity_is_not(searcher: Searcher, values: list[str]) -> None:
    assert not searcher.in_text(values)


def test_a_single_word_is_no_hit_in_a_closed_list_but_several_are(searcher: Searcher) -> None:
    assert not searcher.in_closed_codes(["Frodhurst", "Priory", "Marlow Bridge"])
    assert searcher.in_closed_codes(["Priory", "Ann O'Neil"])


def test_long_numbers_are_found_among_numbers(searcher: Searcher) -> None:
    assert searcher.in_numbers(["12", "9434765919"])
    assert not searcher.in_numbers(["12", "19434765919", "100001"])


def test_raw_bytes_are_searched_without_bounds_but_for_numbers(searcher: Searcher) -> None:
    assert searcher.in_bytes(b"\0\1xx12 Hope Streetyy")
    assert searcher.in_bytes(b"\0 9434765919\1")
    assert searcher.in_bytes(b"\0R Holmes\1")
    assert not searcher.in_bytes(b"\0Osier Holmes\1")
    assert not searcher.in_bytes(b"\0ab9434765919cd")  # in a digest, by chance
    assert not searcher.in_bytes(b"\0\1xxfrodhurst P100001 yy")  # too short to be more than chance


CRIMES = Identities(marked=["22 0000111", "0123456789", "9434765919", "19 1234567"], words=[])


@pytest.mark.parametrize(
    "written",
    [
        "22/0000111",
        "no. 22/0000111, and 22/0000112",
        "(22/0000111)",
        '{"crime": "22/0000111"}',
        "22 - 0000111\n",
        "ref 22  0000111 seen",
        "9434765919,9434765920",
        "943476592/9434765919/943476592",
        "NHS:9434765919;",
        "telephone 0123456789",
        "seen on 19-7134567, 19-1234567",
        "\0\0\n9434765919\0\0",
    ],
)
def test_a_number_somebody_wrote_is_found_in_raw_bytes(written: str) -> None:
    searcher = Searcher(CRIMES, own_words=[])
    for content in (written, f"Bridge\0\x1a {written} \0\1Priory"):
        assert searcher.in_bytes(content.encode())


@pytest.mark.parametrize(
    "codes",
    [
        b"++,,,----....2222///0000111###$$$%%%&&&&'''",
        b"....22/0000111##$$$",
        b"\x05\x05\x0522/0000111:;<1",
        b"F-G/0123456789<=@ABC",
        b"\x97\x98\x98-./0123456789,--------",
        b"\x1e\x1f!#$%&()*+,-./0123456789:;\x16\x16",
        b"\x1f\x1f\x1f\x1f0123456789\x05\x05",
        b"))..19//1234567::;;",
        b"22\x05\x050000111",
        b"++943476591999..",
        b"++..9434765919,,..",
    ],
)
def test_codes_of_a_column_are_nobodys_number(tmp_path: Path, codes: bytes) -> None:
    """A release was refused by chance: the months of a question's figures stood in the file as these bytes."""
    searcher = Searcher(CRIMES, own_words=[])
    assert not searcher.in_bytes(codes)
    # The same as a database writes it: a longer column of 255 different texts has a byte a row.
    names = [f"code {number:03d}" for number in range(255)]
    rows = [*names, *(names[byte - 1] for byte in codes), *names * 5]
    file = tmp_path / "codes.duckdb"
    with duckdb.connect(file) as connection:
        connection.register("given", pl.DataFrame({"code": rows}))
        connection.execute("CREATE TABLE codes AS FROM given")
    assert codes in file.read_bytes()
    assert not searcher.in_bytes(file.read_bytes())


def test_words_of_the_language_do_not_count_by_themselves_in_notes(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "pipelines.notes.lexicon.words", lambda: frozenset({"will", "step", "ann", "o", "neil"})
    )
    notes = [
        "She will come",
        "seen by Ann O'Neil",
        "",
        "Frodhurst rang",
        "no. 943 476 5919",
        "Marlow Bridge",
        "Ann",
    ]
    assert searcher.in_notes(notes) == [False, True, False, True, True, False, False]
    assert searcher.in_notes([]) == []


def test_how_a_text_began_is_its_own_in_notes_and_a_leak_elsewhere() -> None:
    known = Identities([], [], texts=["mum rang to say that she will be late"])
    searcher = Searcher(known, own_words=[])
    said = ["Mum rang to say that she will be late, again."]
    assert searcher.in_text(said)
    assert searcher.in_closed_codes(said)
    assert searcher.in_bytes(said[0].encode())
    assert searcher.in_notes(said) == [False]


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("9434765919", ["NHS number"]),
        ("NHS 943 476 5919.", ["NHS number"]),
        ("nhs_94347-65919", ["NHS number"]),
        ("１２３ ９４３４７６５９１９", ["NHS number"]),  # full-width digits
        ("9434765917", []),  # the check digit is wrong
        ("19434765919", []),
        ("ab9434765919", []),
        ("0.9434765919", []),
        ("1234567890", []),  # typed where there is none
        ("1000000019", ["unique learner number"]),
        ("A123456789012", []),
        ("ab 12 34 57 c", ["National Insurance number"]),
        ("QQ123457C", []),
        ("AS1 1AA", ["postcode"]),
        ("y9 2nd half of the term", []),
        ("07700 900641", ["telephone number"]),
        ("+44 (0)7700 900641", ["telephone number"]),
        ("on 01/02/2023, 10 visits; 2023-01-02 2023-02-03; 2024-10-31-001", []),
        ("write to a.b@council.example", ["e-mail address"]),
        ("109/114", []),
        ("£1,234,567 for 12 weeks, Year 9, 2023-24 Q2", []),
        ("e621d13e678e061f 4b5572ae07d233d04b5572ae07d233d04b5572ae07d233d04b5572ae07d233d0", []),
    ],
)
def test_what_is_formed_like_somebodys_number(text: str, forms: list[str]) -> None:
    assert forms_in(pl.Series(["nothing", text, None])) == forms


@pytest.mark.parametrize(("number", "part"), [("upn", Part.UPN), ("pnc", Part.PNC_ID)])
def test_numbers_with_a_check_letter_are_known_by_it(number: str, part: Part) -> None:
    values = {
        Part.UPN: [f"{letter}20100000101{digit}" for letter in "ABCDEFGHJK" for digit in (0, 3, 7)],
        Part.PNC_ID: [f"2012/000123{digit}{letter}" for digit in (0, 3, 7) for letter in "ABCDEFGHJK"],
    }[part]
    valid = pl.Series("value", values).to_frame().select(VALID[part](pl.col("value"))).to_series()
    assert valid.any()
    assert not valid.all()
    for value, is_valid in zip(values, valid, strict=True):
        assert bool(forms_in(pl.Series([f"no {value}, x"]))) == is_valid


def test_nothing_to_search_for() -> None:
    empty = Searcher(Identities([], []), own_words=[])
    assert not empty.in_text(["anything"])
    assert not empty.in_bytes(b"\0anything")


@pytest.mark.parametrize(
    ("value", "marked", "words"),
    [
        ("Ann  O'Neil", ["ann o neil"], []),
        ("AS1 1AA", ["as1 1aa", "as11aa"], []),
        ("x@y.example", ["x y example"], []),
        ("12345", [], []),
        ("123456", ["123456"], []),
        ("07700 900641", ["07700 900641", "07700900641", "7700900641"], []),
        ("W0006", ["w0006"], []),
        ("Summer", [], ["summer"]),
        ("Li", [], []),
        ("Xi Li", ["xi li"], []),
        ("2024-01-05", [], []),  # a day that slipped into a column of names
        ("2024-01", [], []),
        ("2023-24 Q2", [], []),
    ],
)
def test_what_is_searched_for(value: str, marked: list[str], words: list[str]) -> None:
    sorted_out = _sorted_out(_folded([pl.Series("value", [value])]), pl.Series([], dtype=pl.String))
    assert sorted(sorted_out.marked) == sorted(marked)
    assert list(sorted_out.words) == words


def test_names_are_searched_for_surname_first_too() -> None:
    names = _folded([pl.Series("value", ["Wright, Sylvia", "Amy Mary Lee", "Okonkwo"])])
    assert sorted(_turned(names)["value"]) == ["lee amy mary", "sylvia wright"]


@pytest.mark.parametrize(
    ("place", "is_like_somebody"),
    [
        ("Ann O’Neil", True),
        ("Team of Zoe\u0308 Barnard", True),
        ("Annette O'Neil", False),
        ("Marlow Bridge", False),
        ("Frodhurst", False),  # one half of a name: half a town is called like a place
    ],
)
def test_places_called_like_somebody(place: str, is_like_somebody: bool) -> None:
    assert FOUND.name_somebody([place, "Priory"]) == ({place} if is_like_somebody else set())


def test_identities_show_nobody_when_printed() -> None:
    assert "frodhurst" not in repr(FOUND)


def test_what_stands_for_no_number_is_nobodys_identity(tmp_path: Path) -> None:
    file = tmp_path / "health.csv"
    rows = [
        "not known,Ann,Other,2020-01-01,visit,2023-05-01",
        "9434765919,Bo,Other,2020-01-01,visit,2023-05-01",
    ]
    file.write_text(
        "\n".join(["nhs_number,forename,surname,date_of_birth,kind,contact_date", *rows]), "utf-8"
    )
    collector = IdentityCollector()
    collector.add(land(Extract(file, "health_contact", "P", date(2023, 1, 1), date(2024, 10, 31), {}, {})))
    found = collector.collect()
    assert "9434765919" in found.marked
    assert {"ann other", "bo other"} <= found.names
    assert "not known" not in found.marked


def test_names_in_one_field_are_whole_names_and_addresses_are_not(tmp_path: Path) -> None:
    file = tmp_path / "housing.csv"
    row = '"Frodhurst, Ann","Priory",NSP,2023-05-01,T1'
    file.write_text(f"tenant_name,address,kind,occurred_on,tenancy_ref\n{row}\n", "utf-8")
    collector = IdentityCollector()
    collector.add(land(Extract(file, "housing_event", "P", date(2023, 1, 1), date(2024, 10, 31), {}, {})))
    found = collector.collect()
    assert found.name_somebody(["Frodhurst Ann", "Priory"]) == {"Frodhurst Ann"}
    assert "priory" in found.words


def test_no_words_of_ours_are_somebodys_whole_name_or_address() -> None:
    label = "Summer at 12 Hope Street with Zoë Barnard of Marlow Bridge"
    searcher = Searcher(FOUND, own_words=[label])
    for value in ("Zoë Barnard", "12 Hope Street", label):
        assert searcher.in_text([value])
        assert searcher.in_closed_codes([value])
    assert not searcher.in_text(["Summer", "Marlow Bridge"])


@pytest.mark.parametrize(("name", "found"), [("a short", False), ("a okafor", True), ("will short", True)])
def test_an_initial_and_a_word_stand_in_words_of_ours_by_chance(name: str, found: bool) -> None:
    known = _sorted_out(pl.DataFrame({"value": [name]}), pl.Series([name]))
    ours = f"would tell {name} suspension from a long one"
    assert Searcher(known, own_words=[ours]).in_text([ours]) is found


@pytest.mark.parametrize(
    ("people", "is_found"), [(frozenset(), False), (frozenset({"ashmere council"}), True)]
)
def test_the_council_may_be_called_like_a_tenant_but_like_nobody_else(
    people: frozenset[str], is_found: bool
) -> None:
    known = Identities(
        marked=["ashmere council"], words=[], names=frozenset({"ashmere council"}), people=people
    )
    searcher = Searcher(known, own_words=["Ashmere", "Council"], authority="Ashmere Council")
    assert searcher.in_text(["Ashmere Council"]) == is_found
    assert searcher.in_bytes(b"xx ashmere council xx") == is_found


def test_a_number_in_the_name_of_the_council_is_found() -> None:
    assert Searcher(FOUND, [], authority="9434765919").in_text(["9434765919"])


BORN = date(2014, 3, 12)


@pytest.mark.parametrize(
    "text",
    [
        "12/3/2014",
        "born 12.03.14.",
        "12 03 2014",
        "12-3-14",
        "1 12/03/2014 2",
        "2014-03-12",
        "2014/3/12",
        "x20140312y",
        "12032014",
        "12 March 2014",
        "12th of March, 2014",
        "12 mar '14",
        "March 12th, 2014",
        "2014 March 12",
    ],
)
def test_a_day_of_birth_is_found_in_any_layout(text: str) -> None:
    assert BORN in set(days_in(text))
    assert birthdays_in([text, "13 March 2014", ""], {BORN}) == [True, False, False]


@pytest.mark.parametrize(
    "text",
    ["", "12/31/2014", "112/03/2014", "120140312", "12/03/20145", "12 of 14", "12 Marches 2014", "3/14"],
)
def test_what_is_no_day_of_birth(text: str) -> None:
    assert birthdays_in([text], {BORN}) == [False]


def test_days_of_birth_are_collected_and_who_has_both_names(tmp_path: Path) -> None:
    file = tmp_path / "health.csv"
    row = "9434765919,Bo,Other,2014-03-12,visit,2023-05-01"
    file.write_text(f"nhs_number,forename,surname,date_of_birth,kind,contact_date\n{row}\n", "utf-8")
    collector = IdentityCollector()
    collector.add(land(Extract(file, "health_contact", "P", date(2023, 1, 1), date(2024, 10, 31), {}, {})))
    found = collector.collect()
    assert found.births == {BORN}
    assert found.people == {"bo other", "other bo"}


def test_a_log_may_count_many_rows_but_name_nobody() -> None:
    known = Identities(
        marked=["100001", "9434765919", "ann o neil"], words=["step"], births=frozenset({BORN})
    )
    searcher = Searcher(known, [])
    assert not list(log_faults('{"landed": "pupil", "rows": 100001}\n{"at": "2014-03-12"}\n', searcher))
    for line in (
        '{"rows": 9434765919}',
        '{"rows": [{"Ann O\\u0027Neil": 1}]}',
        '{"rows": "100001"}',
        "Ann O'Neil, torn off",
        '{"at": "born 12/3/14"}',
    ):
        (fault,) = log_faults(f'{{"rows": 1}}\n{line}', searcher)
        assert "neil" not in f"{fault.where} {fault.words}".lower()
