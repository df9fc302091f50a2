"""The sample extracts of Ashmere: messy on purpose, with the truth beside them."""

from pathlib import Path

import polars as pl
import pytest

from pipelines.checking import Checked, check
from pipelines.extracts import read_extract_list
from pipelines.landing import Landed, land

SAMPLE = Path(__file__).parents[1] / "sample-extracts"
# What the truth calls the fault, and the rule that must find it.
RULES = {
    "to_date before from_date": "dates_in_order",
    "end_date before start_date": "dates_in_order",
    "missing_to before missing_from": "dates_in_order",
    "sessions_attended above sessions_possible": "attended_within_possible",
    "empty row": "row_is_not_empty",
    "total row": "row_is_about_somebody",
    "unknown domestic_abuse flag": "domestic_abuse_is_a_known_code",
}


def rule_for(what: str) -> str:
    if what in RULES:
        return RULES[what]
    column = what.removeprefix("impossible ").removeprefix("unknown ").split()[0]
    if what.endswith("does not exist"):
        return f"{column}_is_known"
    if what.endswith("missing"):
        return f"{column}_is_given"
    if what.startswith("unknown"):
        return f"{column}_is_a_known_code"
    if what.endswith("is no number"):
        return f"{column}_is_a_{'number' if column == 'arrears_balance' else 'whole_number'}"
    return f"{column}_is_a_date"


@pytest.fixture(scope="module")
def landed() -> list[Landed]:
    return [land(extract) for extract in read_extract_list(SAMPLE).extracts]


@pytest.fixture(scope="module")
def checked(landed: list[Landed]) -> Checked:
    return check(landed)


def test_the_quarantine_is_exactly_what_is_broken_and_for_the_right_reason(checked: Checked) -> None:
    truth = pl.read_csv(SAMPLE / "truth" / "broken_rows.csv")
    expected = {
        (contract, file, row, rule_for(what))
        for contract, file, row, what in truth.select("contract", "file", "row", "what").iter_rows()
    }
    assert set(checked.quarantined.select("contract", "file", "row", "rule").iter_rows()) == expected
    assert checked.quarantined.height == truth.height


def test_every_failure_that_is_counted_has_its_place(landed: list[Landed], checked: Checked) -> None:
    counted = checked.data_quality.filter(
        pl.col("failures") > 0, ~pl.col("rule").is_in(["received", "quarantined"])
    )
    lines = checked.findings.group_by("contract", "rule", "severity").len()
    assert set(lines.rows()) == set(counted.select("extract", "rule", "severity", "failures").rows())
    files = {one.extract.label: one for one in landed}
    for file, row, column, place in checked.findings.select("file", "row", "column", "place").iter_rows():
        assert place == files[file].place(row, column)


def test_every_row_is_good_or_in_quarantine(landed: list[Landed], checked: Checked) -> None:
    assert len(landed) == 15
    for one in landed:
        good = checked.good[one.extract.contract]["row"].to_list()
        bad = checked.quarantined.filter(contract=one.extract.contract)["row"].unique().to_list()
        assert sorted(good + bad) == one.frame["row"].to_list() == one.raw["row"].to_list()


def test_values_are_those_of_the_truth(checked: Checked) -> None:
    """Where a record was not spoilt, its clean values are what we read."""
    persons = pl.read_csv(SAMPLE / "truth" / "persons.csv", infer_schema=False)
    records = pl.read_csv(SAMPLE / "truth" / "records.csv", schema_overrides={"mess": pl.String})
    unspoilt = records.filter(pl.col("mess").is_null() | pl.col("mess").is_in(["nbsp", "whitespace"]))
    # A file in Windows-1252 cannot hold every letter, so only names that it can hold are compared.
    people = persons.select("true_person_id", "date_of_birth", truly="surname").filter(
        pl.col("truly").str.contains(r"^[\x00-\xff]+$")
    )
    compared = 0
    for name, frame in checked.good.items():
        if not {"surname", "date_of_birth"} <= set(frame.columns):
            continue
        known = unspoilt.filter(contract=name).join(people, on="true_person_id")
        both = frame.join(known, on=["row", "file"], suffix="_truly").filter(
            pl.col("date_of_birth").is_not_null()
        )
        assert both["surname"].to_list() == both["truly"].to_list(), name
        assert both["date_of_birth"].cast(pl.String).to_list() == both["date_of_birth_truly"].to_list(), name
        compared += both.height
    assert compared > 5000


def test_raw_text_is_what_the_partner_wrote(landed: list[Landed]) -> None:
    raw = {one.extract.contract: one.raw for one in landed}
    assert "JosÃ©" in raw["missing_episode"]["First name"].to_list()
    assert {"BEAT_CODE", "OIC"} <= set(raw["police_incident"].columns)
    assert raw["school_attendance"]["Legal Surname"][-1] == "TOTAL"


def test_notes_keep_every_character_of_the_cell(landed: list[Landed]) -> None:
    spans = pl.read_ndjson(SAMPLE / "truth" / "note_spans.jsonl")
    notes = next(one.frame for one in landed if one.extract.contract == "case_note")
    text = dict(notes.select("note_ref", "text").iter_rows())
    looked_at = 0
    for note in spans.iter_rows(named=True):
        for span in note["spans"]:
            assert text[note["note_ref"]][span["start"] : span["end"]] == span["text"]
            looked_at += 1
    assert looked_at > 1000


def test_no_reason_and_no_note_holds_a_value(landed: list[Landed], checked: Checked) -> None:
    told = " ".join(
        [
            *checked.quarantined["reason"],
            *checked.data_quality["meaning"],
            *(n for one in landed for n in one.notes),
        ]
    )
    identities = (SAMPLE / "truth" / "identities.txt").read_text("utf-8").splitlines()
    assert not [identity for identity in identities if len(identity) > 3 and identity in told]
