"""Days and school terms of the fictional council."""

from datetime import date
from itertools import pairwise

import pytest

from pipelines.council.dates import (
    add_months,
    british,
    in_school,
    in_secondary,
    school_terms,
    with_month_name,
    working_day,
)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2024, 8, 31), 6, date(2025, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2024, 1, 15), -1, date(2023, 12, 15)),
        (date(2024, 12, 1), 1, date(2025, 1, 1)),
    ],
)
def test_months_are_cut_to_the_last_day(day, months, then):
    assert add_months(day, months) == then


@pytest.mark.parametrize(
    ("as_of", "complete", "running"),
    [
        (date(2024, 10, 31), ["2021/22", "2022/23", "2023/24"], ["Autumn"]),
        (date(2024, 8, 10), ["2021/22", "2022/23", "2023/24"], []),
        (date(2024, 2, 29), ["2020/21", "2021/22", "2022/23", "2023/24"], ["Spring"]),
    ],
)
def test_nine_complete_terms_and_the_running_one(as_of, complete, running):
    terms = school_terms(as_of)
    done = [term for term in terms if term.end <= as_of]

    assert len(done) == 9
    assert sorted({term.academic_year for term in done}) == complete
    assert [term.name for term in terms if term.end > as_of] == running
    assert all(earlier.end < later.start for earlier, later in pairwise(terms))


@pytest.mark.parametrize(
    ("born", "school", "secondary"),
    [
        (date(2019, 8, 31), True, False),  # four on the last day of August 2023: Reception
        (date(2019, 9, 1), False, False),
        (date(2012, 8, 31), True, True),  # eleven: Year 7
        (date(2007, 9, 1), True, True),  # fifteen: Year 11
        (date(2007, 8, 31), False, True),
    ],
)
def test_school_age_turns_on_the_last_of_august(born, school, secondary):
    assert in_school(born, 2023) is school
    assert in_secondary(born, 2023) is secondary


def test_dates_are_written_without_the_machines_locale():
    assert with_month_name(date(2024, 5, 3)) == "03-May-2024"
    assert british(date(2024, 5, 3)) == "03/05/2024"
    assert british(None) == ""


def test_a_weekend_becomes_the_friday_before():
    assert working_day(date(2024, 11, 3)) == date(2024, 11, 1)
    assert working_day(date(2024, 10, 31)) == date(2024, 10, 31)
