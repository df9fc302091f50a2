"""The list of records that must never be joined: read as a whole or not at all, and honoured record by record."""

from pathlib import Path

import polars as pl
import pytest

from pipelines.review import exclusions
from pipelines.review.errors import ExclusionsError

HEADINGS = "kind_a,number_a,kind_b,number_b,reason\n"
TEXTS = ("record_id", "contract", "own_key", "nhs_number", "upn", "nino", "pnc_id")


def records(*rows: dict) -> pl.DataFrame:
    return pl.DataFrame(
        [{"record_id": str(number), **dict.fromkeys(TEXTS[1:]), **row} for number, row in enumerate(rows)],
        schema=dict.fromkeys(TEXTS, pl.String),
    )


BEFORE = {"contract": "family_member", "own_key": "P100"}
AFTER = {"contract": "social_care_episode", "own_key": "00000123"}
PUPIL = {"contract": "school_attendance", "upn": "H243278544154"}
PATIENT = {"contract": "health_contact", "nhs_number": "9434765919"}
OTHER = {"contract": "police_incident", "own_key": "P100"}


def listed(folder: Path, *lines: str, headings: str = HEADINGS, encoding: str = "utf-8") -> Path:
    file = folder / "exclusions.csv"
    file.write_bytes((headings + "\n".join(lines)).encode(encoding))
    return file


def sides(file: Path, frame: pl.DataFrame) -> set[tuple[str, str]]:
    return set(exclusions(file, frame).apart.select("side", "record_id").iter_rows())


def test_no_list_excludes_nothing(tmp_path: Path) -> None:
    found = exclusions(tmp_path / "exclusions.csv", records(BEFORE))
    assert (found.apart.is_empty(), found.lines, found.warnings) == (True, 0, ())


@pytest.mark.parametrize(
    "line",
    [
        "person_ref,P100,la_child_id,00000123,adopted",
        "Person_Ref, P100 ,LA child ID,123,",  # the noughts in front are lost
        "person-ref,P100,la_child_id,\u00a0123,",
    ],
)
def test_the_senders_own_numbers(tmp_path: Path, line: str) -> None:
    frame = records(BEFORE, AFTER, OTHER, BEFORE)
    assert sides(listed(tmp_path, line), frame) == {("a", "0"), ("a", "3"), ("b", "1")}


def test_numbers_that_everybody_uses_in_any_spelling(tmp_path: Path) -> None:
    frame = records(PUPIL, PATIENT, {**PATIENT, "contract": "family_member"})
    file = listed(tmp_path, "nhs_number,943 476 5919,UPN,h243278544154,adopted")
    assert sides(file, frame) == {("a", "1"), ("a", "2"), ("b", "0")}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_list_in_any_dress(tmp_path: Path, encoding: str, separator: str) -> None:
    line = "person_ref,P100,la_child_id,00000123,Adoption nach Gefühl".replace(",", separator)
    file = listed(tmp_path, line, "", headings=HEADINGS.replace(",", separator), encoding=encoding)
    found = exclusions(file, records(BEFORE, AFTER))
    assert found.lines == 1
    assert found.apart.height == 2
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("person_reff,P100,la_child_id,00000123,x", "row 3: kind_a"),
        ("person_ref,,la_child_id,00000123,x", "row 3: number_a"),
        ("person_ref,P100,nhs_number,9434765918,x", "row 3: number_b"),  # fails its check digit
        ("person_ref,P100,,,x", "row 3: kind_b"),
        ("nhs_number,9434765919,nhs_number,943-476-5919,x", "row 3: both sides"),
        ("person_ref,P100,la_child_id,00000123,x,y", "row 3 has more cells"),
        ("related_person_ref,P100,la_child_id,00000123,x", "row 3: kind_a"),  # no record of a person has one
    ],
)
def test_a_mistake_stops_the_run_and_tells_no_number(tmp_path: Path, line: str, named: str) -> None:
    with pytest.raises(ExclusionsError) as refused:
        exclusions(listed(tmp_path, "person_ref,P7,person_ref,P8,", line), records(BEFORE))
    words = str(refused.value)
    assert named in words
    assert not any(number in words for number in ("P100", "00000123", "94347659", "943-476"))


@pytest.mark.parametrize(
    "content",
    [b"", b"   \n", b"\x00\xff" * 50, b"P100,00000123\n", b"kind_a,number_a,kind_b\nperson_ref,P1,upn\n"],
)
def test_a_list_that_cannot_be_read_stops_the_run(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "exclusions.csv"
    file.write_bytes(content)
    with pytest.raises(ExclusionsError) as refused:
        exclusions(file, records(BEFORE))
    assert "P100" not in str(refused.value)


def test_a_number_that_nobody_has_is_warned_of(tmp_path: Path) -> None:
    file = listed(tmp_path, "person_ref,P100,la_child_id,00000999,", "person_ref,P1,person_ref,P2,")
    found = exclusions(file, records(BEFORE, AFTER))
    assert found.lines == 2
    (warning,) = found.warnings
    assert warning.startswith("3 numbers")


def test_a_record_with_the_numbers_of_both_sides_is_joined_with_neither(tmp_path: Path) -> None:
    torn = {**BEFORE, "nhs_number": "9434765919"}
    frame = records(torn, BEFORE, PATIENT)
    found = exclusions(listed(tmp_path, "person_ref,P100,nhs_number,9434765919,"), frame)
    (warning,) = found.warnings
    assert warning.startswith("1 records hold numbers of both sides")
    pairs = found.apart.join(found.apart, on="group", suffix="_other").filter(
        pl.col("side") < pl.col("side_other")
    )
    kept_apart = {frozenset(pair) for pair in pairs.select("record_id", "record_id_other").iter_rows()}
    assert kept_apart == {frozenset("12"), frozenset("01"), frozenset("02")}
