"""Names of people nobody told us of. In the texts of these tables, names stand in «»."""

import gzip
import json
import pickle
import re
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from pipelines.notes import lexicon, names_lists
from pipelines.notes.model import NO_MODEL
from pipelines.notes.names import UnknownNames
from pipelines.notes.names_asking import masked, place_of, sentence_around
from pipelines.notes.spans import Kind, Span
from release.errors import SettingsError

NAMES = UnknownNames(model=NO_MODEL)


def read(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """A text without its marks, and where they stood."""
    text, places = "", []
    for part in re.split("(«[^»]*»)", marked):
        if part.startswith("«"):
            places.append((len(text), len(text) + len(part) - 2))
            part = part[1:-1]
        text += part
    return text, places


def mark(text: str, spans: Sequence[Span]) -> str:
    for span in sorted(spans, key=lambda one: -one.start):
        text = f"{text[: span.start]}«{text[span.start : span.end]}»{text[span.end :]}"
    return text


def found_in(marked: str, before: Sequence[Span] = (), names: UnknownNames = NAMES) -> str:
    text, _places = read(marked)
    return mark(text, names.find([text], [before])[0])


@pytest.mark.parametrize(
    "marked",
    [
        # Titles and ranks stay outside, whatever the name is.
        "Mrs «Tollgate» and Mr «Long» came; Dr «D'Souza-Okafor» and PC «Rivers» did not.",
        "Miss «Honey» teaches him. Letter to Mr & Mrs «Ramanathan-Pillai».",
        "mrs «khan» phoned, mr «long» was out",
        "Mrs. «van der Meulen», Mr «Mac an Ghoill», Sgt «St. Clair» and Ms «da Rocha» attended.",
        "Imam «Abdul Qadir» and Pastor «Blessing» are supportive.",
        "Mr «J P McAllister-Brown» wrote. «J. Nwachukwu» and T. «»".replace(" and T. «»", " too."),
        # Forenames with what follows them, over hyphens and line breaks.
        "Contact with «Kev» at 3pm. «Kev»'s sister saw «Chanel Nwosu-Bright» running.",
        "«Małgorzata\nWójcik» phoned. «Nguyễn Thị Hoa» attended with «Trần Văn Nam».",
        "«TIANA» seen alone. «LEON MARSHALL» arrested. Mum («CHANTELLE») engaged.",
        "«Wójcik, Małgorzata» phoned; «OKAFOR, Daniel» did not.",
        "«Rachel Pickles» and «Lucy English» came with «Mohammed Islam».",
        # What no list has.
        "Met «Qwethu» at the hub. «Xaliimo» collected him and said «Lwam» translates.",
        "The «Okonkwo» family moved. Placement with the «Hendersons».",
        # Roles before and behind.
        "mum's new partner «Sunny», landlord «Happy Singh» and cousin «Prince» were there.",
        "«Nusrat» (SW), «Hope» (maternal aunt), «May», neighbour at number 6, visited.",
        "mum's bf is called «dave». Her ex («wayne») rang, «wayne» said he will come.",
        "He was known as «Chicken» there.",
        "«Tyler» ('«Bubba»') «Skelhorn» came with «Sharon» \"«shaz»\" «Pike» and «Kieran» “«Big Kez»” «Fell».",
        # Lists.
        "Present: «Jo Smith» (SW), «T. Nguyen» - school nurse, «Fiona» from Women's Aid, dad.",
        "Invite list: «Brandon», «Ngozi», «Priya Sharma», «Gail».",
        # Initials.
        "Joint visit with «M.H.» (HV). Call from «D B», neighbour. Spoke to «VT» in the duty team.",
        "«Kieran Fell» called. «KF» said no more.",
        "Seen with «Joy P» and «Sarah B.», then «K al Masri».",
        # Small letters.
        'Text: "its «samantha thornley» cant make it", so told «jade stanfield» and «kevin».',
        # Another mention of a name found once.
        "«Storm Ojukwu» was out. Later «Storm» rang.",
        # Shouted, and in tables.
        "«DARREN» AT WORK. SPOKE TO «KF» RE HOUSING.",
        "Name\tRole\tAge\n«Tyler»\tChild\t9\n«Sharon»\tMum\t34",
        # Other letters.
        "He writes his name «Олена Коваль», or «王伟».",
    ],
)
def test_names_are_found_with_all_that_is_of_them_and_nothing_else(marked: str) -> None:
    assert found_in(marked) == marked


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("«Will» said he'd go.", "Will try again tomorrow. Will Mum attend?"),
        ("«May» was upset. Told «May» so.", "May need support. Ends in May. Meeting on 7 May, and May 12."),
        ("«Hope» told me. I spoke to «Hope».", "Hope to close soon. Hope this helps."),
        ("«Mark»'s dad rang.", "Mark sheet attached. Mark scheme explained."),
        ("«Grace» was there. Told «Grace».", "Grace period ends. A Grace period was agreed."),
        ("«Summer» has been seen. Spoke to «Summer».", "Summer holidays planned. Closed for the Summer."),
        ("«Grant» rang. Met «Grant».", "Grant application sent. The Prevention Grant was awarded."),
        ("«Joy» and «Rose» were upstairs.", "Joy at the news. Rose early."),
        ("With «Faith» at court.", "Faith school place offered."),
        ("«Jan» called.", "Seen on 4 Jan and Jan 28th 2024."),
    ],
)
def test_a_name_that_is_a_word_goes_by_what_stands_beside_it(name: str, word: str) -> None:
    assert found_in(name) == name
    assert found_in(word) == word


@pytest.mark.parametrize(
    "text",
    [
        "Referral to CAMHS via MASH; SENCo, HV, EHA and TAF aware. NFA. T/C to GP re A&E. UC and PIP in place.",
        "Diagnosed with ADHD, Asperger's and Tourette's; query Crohn's disease, Down's syndrome, bell's palsy.",
        "Sertraline 50mg, Mirtazapine and Concerta XL. Calpol given. Uses Cannabis and Spice.",
        "Ring doorbell fitted. Foodbank voucher; Aldi, Greggs and Primark. Xbox from Santa. Father Christmas came.",
        "Discussed Clare's Law, Sarah's Law, Gillick competence and Signs of Safety. Triple P and Freedom Programme.",
        "Dad is Polish, mum Romanian; they speak Urdu and keep Ramadan and Eid. Visited Leeds, Kent and Jamaica.",
        "Attends Rose Centre and Albert Park High; lives off Hope Street near St Mary's Church in Victoria Ward.",
        "SAFEGUARDING CONCERN - BRUISING TO LEFT ARM. STRATEGY MEETING CALLED.",
        "Seen on Monday and 4 weeks before, every other weekend, since the summer holidays. Year 9, Key Stage 2 B C.",
        "Nan and Auntie to help. Dad rang. Mum's home. Grandad says no.",
        "Discussed 'Early Help' Plan and the \"Triple P\" Programme. Mum ('carer') Tuesday.",
        "MUM IN BED. RANG AT NOON. DAD IS OUT, SPOKE TO SCHOOL. LETTER TO BE SENT BY POST OR HAND.",
        "Write to duty@council.example.uk or @some_body; WhatsApp and SystmOne record it. Hepatitis B C. D&V again.",
        "Universal Credit, Council Tax and Household Support Fund. Child Protection Conference held by Social Care.",
    ],
)
def test_what_is_nobodys_name_stays(text: str) -> None:
    assert found_in(text) == text


@pytest.mark.parametrize(
    ("origin", "people"),
    [
        ("british", ["Kayleigh Ramsbottom", "Alfie Sutcliffe", "Angharad Prothero", "Ruaridh Macleod"]),
        ("irish and traveller", ["Caoimhe Ní Bhriain", "Paddy Maughan", "Tadhg O'Súilleabháin"]),
        ("polish and ukrainian", ["Żaneta Dąbrowska", "Łukasz Zając", "Oleksandr Tkachenko"]),
        ("romanian and roma", ["Ștefan Năstase", "Papuša Lakatošová", "Florica Lăcătuș"]),
        ("south asian", ["Gurpreet Dhaliwal", "Shabana Mahmood", "Tasnima Chowdhury", "Kugan Selvarajah"]),
        ("african", ["Oluwaseun Adebayo", "Kwabena Owusu-Ansah", "Tinashe Mapfumo", "Merveille Ilunga"]),
        ("horn of africa", ["Hodan Abdirahman", "Mebrahtu Tesfamariam", "Cabdiraxmaan Warsame"]),
        (
            "arab, kurdish and turkish",
            ["Fatima al-Masri", "Şilan Barzani", "Ümit Yıldırım", "Abu Bakr Hassan"],
        ),
        ("east asian", ["Xiao Ming Zhang", "Nguyễn Thị Hoa", "Siu-Wai Ng", "Arnel dela Cruz"]),
        ("caribbean and portuguese", ["Shanice Francois", "Goncalo da Silva", "Tyrese St. Louis"]),
    ],
)
def test_nobody_is_missed_for_where_their_name_comes_from(origin: str, people: list[str]) -> None:
    for sentence in (
        "Spoke to «{}» today.",
        "«{}» was seen alone.",
        "Landlord «{}» called.",
        "Invited «{}» and dad.",
    ):
        marked = [sentence.format(person) for person in people]
        missed = [one for one in marked if found_in(one) != one]
        assert not missed, (origin, missed)


def known(marked: str) -> tuple[str, list[Span]]:
    text, places = read(marked)
    return text, [Span(start, end, Kind.PERSON, "known", 1.0, "CHILD_1") for start, end in places]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # The surname of somebody whose forename is known, with the space between.
        ("Spoke to «Kwesi» Amponsah.", "Spoke to Kwesi« Amponsah»."),
        ("«Taras» B rang. Met «Ammar» A.", "Taras« B» rang. Met Ammar« A.»"),
        ("Rang «Asha».\nSleep: poor.", "Rang Asha.\nSleep: poor."),
        ("Seen with «Cook»-Llewellyn.", "Seen with «Cook-Llewellyn»."),
        # What was found before is not found again.
        ("«Alfie Shaw» is home, so is «Mia»'s dad.", "Alfie Shaw is home, so is Mia's dad."),
    ],
)
def test_what_was_found_before_is_gone_on_from(before: str, after: str) -> None:
    text, spans = known(before)
    assert mark(text, NAMES.find([text], [spans])[0]) == after


def test_names_of_the_run_are_names() -> None:
    text = "Told Vrelk and Sponge, then vrelk again."
    assert found_in(text, names=UnknownNames(model=NO_MODEL, people=frozenset(["vrelk", "sponge"]))) == (
        "Told «Vrelk» and «Sponge», then «vrelk» again."
    )


class Answering:
    """Stands for the model: sees a name everywhere, or nowhere."""

    answers = True

    def __init__(self, everywhere: bool) -> None:
        self.everywhere = everywhere
        self.asked: list[str] = []

    def people(self, sentences: Sequence[str]) -> list[list[tuple[int, int]]]:
        self.asked += sentences
        return [[(0, len(sentence))] if self.everywhere else [] for sentence in sentences]


@pytest.mark.parametrize("everywhere", [True, False])
def test_the_model_is_asked_where_the_rules_cannot_tell(
    everywhere: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, asker = UnknownNames(model=NO_MODEL), Answering(everywhere)
    lists, reader, _none = names._tools()
    monkeypatch.setattr(names, "_tools", lambda: (lists, reader, asker))
    text, spans = known("Nothing new. Spoke to Puddle about it, with «Sarah Cole». Closing.")
    expected = text.replace("Puddle", "«Puddle»") if everywhere else text
    assert mark(text, names.find([text], [spans])[0]) == expected
    # One sentence of three, without what was found before.
    assert [sentence.strip() for sentence in asker.asked] == ["Spoke to Puddle about it, with Sarah."]


def test_without_a_model_what_no_list_has_is_taken_for_a_name() -> None:
    assert found_in("Seen in Kelbrock with dad.") == "Seen in «Kelbrock» with dad."


def test_the_real_model_is_heard() -> None:
    names = UnknownNames()
    assert names.model.verified
    text = "Spoke to Fennel Robinson-Price. The Vreeland project is in Kelbrock. Attendence improved."
    assert "Fennel Robinson-Price" in mark(text, names.find([text], [()])[0])
    assert "«Attendence»" not in mark(text, names.find([text], [()])[0])


def test_places_are_kept_over_what_is_masked() -> None:
    text = "One. Ada Lovelace went to 5 High Road with Tom. Two."
    spans = [Span(5, 17, Kind.PERSON, "", 1.0), Span(26, 37, Kind.ADDRESS, "", 1.0)]
    start, end = sentence_around(text, 43, 46)
    sentence, shifts = masked(text, start, end, spans)
    assert sentence.strip() == "Sarah went to it with Tom."
    at = sentence.index("Tom")
    assert text[place_of(at, shifts) : place_of(at + 3, shifts)] == "Tom"


def test_batches_pickling_and_order_change_nothing() -> None:
    texts = [
        "Met Ngozi.",
        "",
        "Called by Mr Long.",
        "Sleep is better.",
        "Spoke to Puddle, Will and Zbyszek.",
    ] * 3
    names = UnknownNames()
    nothing: list[list[Span]] = [[] for _ in texts]
    together = names.find(texts, nothing)
    assert together == [names.find([text], [[]])[0] for text in texts]
    assert together == pickle.loads(pickle.dumps(names)).find(texts, nothing)
    with pytest.raises(ValueError, match="found before"):
        names.find(texts, [])


HOSTILE = 100_000


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "a",
            "A ",
            "A.",
            "A'",
            "a-b-",
            "Mr ",
            "de ",
            "Barry ",
            "Barry, ",
            "Will ",
            "Hope foods. ",
            "St. ",
            "Zqxv ",
        ),
        *("Attendence. ", "the Zqxvv ", "Clare's ", "a\u0300", "а", "🙂 B ", "\u200b"),
    ],
)
def test_hostile_texts_take_no_longer(piece: str) -> None:
    text = (piece * (HOSTILE // len(piece) + 1))[:HOSTILE]
    NAMES.find(["Met Ngozi."], [[]])
    started = time.process_time()
    spans = NAMES.find([text], [[]])[0]
    assert time.process_time() - started < 5
    assert all(0 <= one.start < one.end <= len(text) for one in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))


def test_nothing_tells_of_a_name() -> None:
    names = UnknownNames(model=NO_MODEL, people=frozenset(["ngozi"]))
    assert "ngozi" not in repr(names)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("stray\n", "line 1: a word before the first section"),
        ("# fine\n[wrong]\n", "line 2: no such section"),
    ],
)
def test_a_mistake_in_a_list_is_named_with_its_line(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "vocabulary.txt"
    file.write_text(content)
    with pytest.raises(SettingsError, match=message):
        lexicon.sections(file)
    file.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(SettingsError, match="cannot be read"):
        lexicon.sections(file)


def test_lists_are_folded_and_apart() -> None:
    for one in (
        lexicon.words(),
        lexicon.rare_words(),
        lexicon.forenames(),
        lexicon.surnames(),
        lexicon.places(),
    ):
        assert len(one) > 900
        assert all(word == word.lower().strip() and word for word in one)
    assert not lexicon.rare_words() & lexicon.forenames()
    # Names that are words are both; names that nobody uses as a word are no words.
    assert {"mark", "may", "summer", "will", "hope"} <= lexicon.words() & lexicon.forenames()
    assert not {"peter", "jenny", "ngozi", "ng"} & lexicon.words()


def test_lists_are_made_from_their_sources_and_the_same_again(tmp_path: Path) -> None:
    scowl = tmp_path / "scowl"
    scowl.mkdir()
    (scowl / "english-words.10").write_bytes("grace\nhouse\ncafé\npeter\n".encode("latin-1"))
    (scowl / "english-words.80").write_text("absquatulate\nkhalida\n")
    (scowl / "english-contractions.10").write_text("don't\n")
    pl.DataFrame({"name": ["OKAFOR", "HOUSE", None], "count": [9_000, 9_000, 1]}).write_parquet(
        tmp_path / "surnames"
    )
    pl.DataFrame({"name": ["Zadie", "Rarest", "Grace"], "n": [900, 9, 9_000]}).write_parquet(
        tmp_path / "births"
    )
    cities = {
        str(number): {"name": name, "countrycode": country, "population": people}
        for number, (name, country, people) in enumerate(
            [
                ("Leeds", "GB", 500_000),
                ("Nook", "GB", 9_000),
                ("Köln", "DE", 900_000),
                ("Zadie", "DE", 900_000),
            ]
        )
    }
    (tmp_path / "cities").write_text(json.dumps(cities))
    made = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        names_lists.main(scowl, tmp_path / "surnames", tmp_path / "births", tmp_path / "cities", folder)
        made.append({file.name: file.read_bytes() for file in sorted(folder.iterdir())})
    assert made[0] == made[1]
    lists = {name: set(gzip.decompress(content).decode().split()) for name, content in made[0].items()}
    assert lists["words.txt.gz"] == {"a", "i", "grace", "house", "cafe", "dont"}
    assert lists["rare_words.txt.gz"] == {"absquatulate"}
    assert {"zadie", "peter", "khalida"} <= lists["forenames.txt.gz"]
    assert not {"rarest", "grace"} & lists["forenames.txt.gz"]
    assert "okafor" in lists["surnames.txt.gz"]
    assert lists["surnames_that_are_words.txt.gz"] == {"house"}
    assert lists["places.txt.gz"] == {"leeds", "koln"}
