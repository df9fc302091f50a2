"""Files that changed shape: the new column is named by its heading and the look of its cells, never by a cell."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.errors import MissingColumnError, SwappedColumnsError
from pipelines.extracts import Extract
from pipelines.landing import Landed, land, shape
from pipelines.shapes import compare

WORDS = {
    "incident_ref": "21/000{}",
    "occurred_on": None,
    "offence": "Theft",
    "role": ["suspect", "victim"],
    "domestic_abuse": ["Y", "N"],
    "surname": ["Frodhurst", "Okafor", "D'Souza"],
    "forename": ["Maureen", "Chidi", "Anjali"],
    "date_of_birth": None,
    "address": "{} Hope Street, Ashmere",
    "postcode": "AS{} 1AA",
}


def rows(count: int = 60) -> list[dict[str, str]]:
    chance = random.Random(7)
    found = []
    for number in range(count):
        row = {}
        for name, words in WORDS.items():
            if words is None:
                row[name] = (date(1990, 1, 1) + timedelta(days=chance.randrange(9000))).isoformat()
            else:
                word = words if isinstance(words, str) else chance.choice(words)
                row[name] = word.format(number % 30 + 1)
        found.append(row)
    return found


def landed(folder: Path, headings: Sequence[str], content: Sequence[str], **more: object) -> Landed:
    """A file whose columns hold `content` (named as the contract names it) under `headings`."""
    lines = [",".join(f'"{heading}"' for heading in headings)]
    lines += [",".join(f'"{row[name]}"' for name in content) for row in rows()]
    file = folder / "police.csv"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    days = (date(2020, 4, 1), date(2024, 10, 31))
    given: dict[str, object] = {"columns": {}, "values": {}, **more}
    before = given.pop("before", None)
    return land(Extract(file, "police_incident", "P", *days, **given), before=before)  # type: ignore[arg-type]


def renamed(**names: str) -> list[str]:
    return [names.get(name, name) for name in WORDS]


@pytest.mark.parametrize(
    ("column", "heading"),
    [
        ("date_of_birth", "Born"),
        ("date_of_birth", "Nominal DOB"),
        ("surname", "Last name"),
        ("forename", "Given name 1"),
        ("occurred_on", "Committed on"),
        ("postcode", "PCODE"),
        ("postcode", "Where"),
        ("role", "Involvement"),
        ("domestic_abuse", "Flag 7"),
        ("incident_ref", "Incident reference"),
    ],
)
def test_a_renamed_column_is_named_with_the_line_to_write(tmp_path: Path, column: str, heading: str) -> None:
    with pytest.raises(MissingColumnError) as caught:
        landed(tmp_path, renamed(**{column: heading}), list(WORDS))
    assert f'write "{heading}" = "{column}"' in str(caught.value)


def test_two_renamed_columns_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(MissingColumnError) as caught:
        landed(tmp_path, renamed(date_of_birth="Birth", postcode="X1", surname="Last"), list(WORDS))
    words = str(caught.value)
    assert "lacks 3 columns" in words
    for line in ('"Birth" = "date_of_birth"', '"X1" = "postcode"', '"Last" = "surname"'):
        assert line in words


def test_a_column_that_is_missing_is_not_found_in_one_that_looks_otherwise(tmp_path: Path) -> None:
    content = [name for name in WORDS if name != "date_of_birth"]
    headings = ["date of birht" if name == "offence" else name for name in content]
    with pytest.raises(MissingColumnError) as caught:
        landed(tmp_path, headings, content)
    assert 'date_of_birth: write "the heading in the file" = "date_of_birth"' in str(caught.value)


def test_where_few_headings_are_known_none_is_shown(tmp_path: Path) -> None:
    headings = [
        "incident_ref",
        *("Maureen Frodhurst" if n == "surname" else f"c{n[:2]}" for n in list(WORDS)[1:]),
    ]
    with pytest.raises(MissingColumnError) as caught:
        landed(tmp_path, headings, list(WORDS))
    assert "column J looks like it" in str(caught.value)
    assert "Maureen" not in str(caught.value)


def test_the_last_run_tells_what_the_heading_was(tmp_path: Path) -> None:
    mapped = {"Beteiligung": "surname"}
    before = shape(landed(tmp_path, renamed(surname="Beteiligung"), list(WORDS), columns=mapped))
    with pytest.raises(MissingColumnError) as caught:
        landed(tmp_path, renamed(surname="Beteiligungen"), list(WORDS), before=before)
    assert '"Beteiligungen" = "surname"' in str(caught.value)


def test_an_optional_column_under_another_heading_is_noted_by_its_place(tmp_path: Path) -> None:
    found = landed(tmp_path, renamed(address="Home addr"), list(WORDS))
    assert any("address (perhaps column I)" in note for note in found.notes)
    assert not any("Home addr" in note for note in found.notes)


def test_columns_under_one_anothers_headings_are_refused(tmp_path: Path) -> None:
    content = list(WORDS)
    turned = renamed(date_of_birth="postcode", postcode="date_of_birth")
    with pytest.raises(SwappedColumnsError) as caught:
        landed(tmp_path, turned, content)
    assert "column J is headed date_of_birth and looks like postcode" in str(caught.value)
    assert "AS1" not in str(caught.value)


def test_a_column_of_wrong_cells_is_no_swap(tmp_path: Path) -> None:
    content = ["offence" if name == "postcode" else name for name in WORDS]
    assert landed(tmp_path, list(WORDS), content).frame.height == 60


def test_no_message_shows_a_cell(tmp_path: Path) -> None:
    cells = {cell for row in rows() for cell in row.values() if len(cell) > 3}
    for names in ({"surname": "x"}, {"date_of_birth": "y", "forename": "z"}):
        with pytest.raises(MissingColumnError) as caught:
            landed(tmp_path, renamed(**names), list(WORDS))
        assert not [cell for cell in cells if cell in str(caught.value)]


def test_what_changed_since_the_last_run(tmp_path: Path) -> None:
    before = shape(landed(tmp_path, list(WORDS), list(WORDS)))
    assert compare(before, before) == ()
    content = [name for name in WORDS if name != "address"]
    headings = ["DOB" if name == "date_of_birth" else name for name in content]
    now = shape(
        landed(
            tmp_path, [*headings, "Maureen Frodhurst"], [*content, "role"], columns={"DOB": "date_of_birth"}
        )
    )
    notes = compare(now, before)
    assert notes == (
        "under another heading than in the last run: date_of_birth",
        "sent in the last run, and missing now: address",
        "columns that the last file did not have, and that the contract does not know: J",
    )
    assert "not sent in the last run: address" in compare(before, now)
