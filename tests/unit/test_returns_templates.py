"""Templates of returns: what is shipped can be read, and what is wrong is refused with its place and its fix."""

from datetime import date
from pathlib import Path

import pytest

from release.catalogue import read_catalogue
from release.errors import SettingsError
from release.places import PROJECT, Places
from release.return_periods import Period, period_named, period_of
from release.returns import Template, periods_of, why_not
from release.returns_reading import read_authority, read_template, template_named, templates
from tests.return_release import TEMPLATE

CATALOGUE = read_catalogue(PROJECT / "data" / "catalogue.toml")
SHIPPED = templates(Places(PROJECT / "data"))


def _read(folder: Path, text: str) -> Template:
    file = folder / "a-return.toml"
    file.write_text(text, encoding="utf-8")
    return read_template(file, CATALOGUE)


def test_what_is_shipped_can_be_read_and_says_what_nobody_has_verified() -> None:
    assert {"supporting-families-progress", "families-first-quarterly", "cabinet-scorecard"} <= set(SHIPPED)
    for template in SHIPPED.values():
        assert template.people == 2
        assert template.verified == (template.id == "cabinet-scorecard")
        for column in (one for table in template.tables for one in table.columns if not template.verified):
            assert column.verified is False
            assert column.source
    assert read_authority(Places(PROJECT / "data")).made_up


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'measure = "episodes_ended"',
            'measure = "episodes_counted"',
            "there is no measure 'episodes_counted'",
        ),
        ('measure = "episodes_ended"', 'measure = "share_returned"', "worked out from others"),
        ('measure = "episodes_ended"', 'measure = "people_helped"', "is not counted by closure_reason"),
        ('counted = "families_open"', 'counted = "families_lost"', "no measure of returns"),
        ('rows = ["closure_reason"]', 'rows = ["month"]', "the period is a time already"),
        ('rows = ["ward"]', 'rows = ["ward", "locality"]', "lies in another"),
        ('rows = ["ward"]', 'rows = ["wards"]', "must be one of"),
        ('name = "in_help"', 'name = "In help"', "small letters"),
        ('name = "in_help"', 'name = "time_period"', "keep for time and place"),
        ('name = "open_at_end"', 'name = "in_help"', "is there twice"),
        ('share = ["open_at_end", "in_help"]', 'share = ["open_at_end", "ended"]', "no counted column"),
        ('profile = "publication"', 'profile = "dashboard"', "the dashboard does not tell it"),
        ('profile = "publication"', 'profile = "research"', "must be one of"),
        ("people = 2", "people = 1", "a whole number from 2"),
        ('formats = ["csv", "json"]', 'formats = ["docx"]', "must be one of"),
        ('formats = ["csv", "json"]', "formats = []", "at formats: name at least one"),
        ("percent = 25", 'percent = "25"', "a whole number"),
        ('title = "A return"', 'title = ""', "not empty"),
        ('title = "A return"', 'titel = "A return"', "unknown setting"),
        ('over = "year_to_date"', 'over = "period_before"', "other periods were published then"),
        (
            'counted = "families_open"',
            'counted = "families_open"\nmeasure = "episodes_ended"',
            "exactly one of",
        ),
        (
            'measure = "episodes_ended"\nover',
            'measure = "episodes_ended"\nfilters = { closure_reason = ["moved_away"] }\nover',
            "the rows tell it already",
        ),
        ('frequency = "quarter"', 'frequency = "quarter"\nfirst_period = "2026-27"', "this is no quarter"),
        ('frequency = "quarter"', 'frequency = "quarter"\nlast_period = "2026-28-Q1"', "like 2026-27-Q2"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in TEMPLATE
    with pytest.raises(SettingsError, match=r"a-return\.toml") as error:
        _read(tmp_path, TEMPLATE.replace(old, new, 1))
    assert said in str(error.value)


@pytest.mark.parametrize("name", ["../../etc/passwd", "nothing-like-it", "", "A RETURN"])
def test_no_other_file_is_read_as_a_template(name: str) -> None:
    with pytest.raises(SettingsError, match="no return of that name"):
        template_named(Places(PROJECT / "data"), name)


def test_a_period_is_a_whole_quarter_or_year() -> None:
    quarter = period_named("2026-27-Q4")
    assert (quarter.first_day, quarter.last_day) == (date(2027, 1, 1), date(2027, 3, 31))
    assert quarter.after == Period(2027, 1)
    assert quarter.year_before.code == "2025-26-Q4"
    assert quarter.time_period == "202627"
    assert period_of(date(2027, 3, 31), "quarter") == quarter == period_of(date(2027, 1, 1), "quarter")
    assert [one.code for one in period_named("2026-27").year_to_date][-1] == "2026-27-Q4"
    for wrong in ("2026-27-Q5", "2026-28-Q1", "26-27-Q1", "2026-27-Q1 ", "٢٠٢٦-27-Q1"):
        with pytest.raises(SettingsError):
            period_named(wrong)


def test_only_periods_that_are_over_and_told_apart_are_covered() -> None:
    template = SHIPPED["cabinet-scorecard"]
    covered = periods_of(template, date(2024, 10, 31), "2023-24 Q2")
    assert [one.code for one in covered] == [
        "2024-25-Q2",
        "2024-25-Q1",
        "2023-24-Q4",
        "2023-24-Q3",
        "2023-24-Q2",
    ]
    assert "is not over on 31 October 2024" in why_not(
        template, period_named("2024-25-Q3"), date(2024, 10, 31)
    )
    assert "lies before" in why_not(template, period_named("2023-24-Q1"), date(2024, 10, 31), "2023-24 Q2")
    assert "is none" in why_not(template, period_named("2023-24"), date(2024, 10, 31))
    ended = SHIPPED["supporting-families-progress"]
    assert "last asked for 2024-25-Q4" in why_not(ended, period_named("2025-26-Q1"), date(2026, 1, 1))
