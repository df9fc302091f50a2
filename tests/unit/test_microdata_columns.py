"""What researchers may ask for as rows: the file that says it, and what asking for them means."""

import re
from pathlib import Path

import pytest

from release.errors import SettingsError
from release.microdata import (
    Asked,
    Dates,
    ExtractError,
    calendar_lines,
    check_asked,
    structure,
)
from release.microdata_file import read_microdata
from release.places import PROJECT
from tests.microdata_town import dimensions, microdata

SHIPPED = (PROJECT / "data" / "microdata.toml").read_text(encoding="utf-8")
ASKED = Asked("person", ("age_band", "ward", "first_headline"), 5, 2, 0.5)


def test_what_is_shipped_never_gives_workers_notes_days_or_records() -> None:
    offered = microdata()
    sources = {column.source for column in offered.columns.values()}
    assert not {
        one for one in sources if "worker" in one or "record" in one or "note" in one or one.endswith("_on")
    }
    assert {name for name, column in offered.columns.items() if column.part == "never"} >= {
        "worker",
        "notes",
        "days",
    }


@pytest.mark.parametrize(
    ("line", "instead", "words"),
    [
        (
            'source = "person.sex"',
            'source = "person.record_key"',
            "column.sex.source: there is no such source",
        ),
        ('source = "person.sex"', 'source = "need.identified_by"', "there is no such source"),
        ('source = "person.sex"', 'source = "family.size"', "`most` is for numbers"),
        ('units = ["person"]', 'units = ["family"]', "rows about a family have no person.role"),
        ('part = "kept"', 'part = "secret"', "must be one of: quasi"),
        ('units = ["family"]', 'units = ["person"]', "it cannot be sensitive there"),
        ("calendar = true", 'dimension = "month"', "calendar = true is for months"),
        ("most = 6", "most = true", "whole number from 1 to 100"),
        ('["11-15", "16-17"]', '["11-15", "5-10"]', "one is named twice"),
        ("months = 6", "months = 0", "whole number from 1 to 60"),
        ("narrowed = 0", "narrowed = 101", "number from 0 to 100"),
        ("part = 100", "part = 0", "at least 0.01"),
        ("verified = false", 'verified = "no"', "must be true or false"),
        ("[unit.need]", "[unit.street]", "rows are about one of"),
        ("[shift]", "[shifty]", "unknown setting"),
        ("[column.sex]", "[column.sex_token]", "does not end in _token"),
    ],
)
def test_a_mistake_in_the_file_is_said_with_its_place(
    tmp_path: Path, line: str, instead: str, words: str
) -> None:
    assert line in SHIPPED
    file = tmp_path / "microdata.toml"
    file.write_text(SHIPPED.replace(line, instead, 1), encoding="utf-8")
    with pytest.raises(SettingsError, match=re.escape(words)):
        read_microdata(file)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"unit": "street"}, "no rows about 'street'"),
        ({"columns": ("age_band", "name")}, "no column 'name'"),
        ({"columns": ("age_band", "worker")}, "given to nobody"),
        ({"columns": ("age_band", "closure_reason")}, "have no column closure_reason"),
        ({"columns": ("age_band", "age_band")}, "none of them twice"),
        ({"columns": ()}, "at least one column"),
        ({"columns": ("first_headline",)}, "somebody may be known by"),
        ({"k": 2}, "choose 3 or more"),
        ({"k": True}, "choose 3 or more"),
        ({"l": 0}, "l = 0"),
        ({"t": 0.0}, "t = 0.0"),
        ({"t": float("nan")}, "t = nan"),
        ({"limit": 1.0}, "limit = 1.0"),
    ],
)
def test_what_may_not_be_asked_is_said(changes: dict[str, object], words: str) -> None:
    asked = Asked(**{**vars(ASKED), **changes})
    with pytest.raises(ExtractError, match=re.escape(words)) as told:
        check_asked(microdata(), asked)
    assert told.value.exit_code == 94


def test_a_preview_shows_structure_and_no_figure() -> None:
    told = {one.name: one for one in structure(microdata(), ASKED, dimensions())}
    assert list(told) == ["person_token", "age_band", "ward", "first_headline"]
    assert ("under 18", "under 18") in told["age_band"].codes and ("*", "Any") in told["age_band"].codes
    assert ("North", "North") in told["ward"].codes and told["ward"].levels == 3
    # What is sensitive is written as it is: it has no coarser names.
    assert "*" not in dict(told["first_headline"].codes) and told["first_headline"].levels == 1
    linked = structure(microdata(), Asked(**{**vars(ASKED), "linked": True}), dimensions())
    assert [one.name for one in linked[:2]] == ["family_token", "person_token"]
    months = structure(
        microdata(), Asked("family", ("start_month",), 5, 2, 0.5, dates=Dates.SHIFTED), dimensions()
    )
    assert (months[1].unit, months[1].codes, months[1].levels) == ("month", (), 4)


def test_months_lie_in_quarters_and_years_from_april() -> None:
    assert calendar_lines(["2024-03", "open", "2024-04"]) == [
        ("2024-03", "2023-24 Q4", "2023-24", "*"),
        ("2024-04", "2024-25 Q1", "2024-25", "*"),
        ("open", "open", "open", "*"),
    ]
