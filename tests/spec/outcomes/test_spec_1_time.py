"""Chapter 1. Time: the as-of date, and windows of calendar months."""

from datetime import date

import pytest

from outcomes.rules import Judgement
from outcomes.windows import add_months
from tests.spec.outcomes.auditor import Case, cases, day, frame, judge, matches


@cases("""
    what                            | from       | months | gives
    a plain month                   | 2024-03-15 | 6      | 2024-09-15
    over the end of a year          | 2023-11-30 | 1      | 2023-12-30
    cut to the end of a month       | 2024-08-31 | 1      | 2024-09-30
    cut to February                 | 2023-08-31 | 6      | 2024-02-29
    cut to February, no leap year   | 2022-08-29 | 6      | 2023-02-28
    several years                   | 2024-02-29 | 36     | 2027-02-28
    nothing                         | 2024-02-29 | 0      | 2024-02-29
""")
def test_months_are_calendar_months_cut_to_the_last_day(case: Case) -> None:
    start = day(case["from"])
    assert start
    assert add_months(start, int(case["months"])) == day(case["gives"])


def test_a_window_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(OverflowError, match="9999"):
        add_months(date(9999, 12, 1), 1)


@cases("""
    a need judged met on …           | met        | as of      | state      | achieved   | sustained  | reason
    the last day of the window is A  | 2024-03-15 | 2024-09-14 | sustained  | 2024-03-15 | 2024-09-14 |
    one day is missing               | 2024-03-15 | 2024-09-13 | sustaining | 2024-03-15 |            |
    cut: February ends the window    | 2023-08-31 | 2024-02-28 | sustained  | 2023-08-31 | 2024-02-28 |
    cut: one day is missing          | 2023-08-31 | 2024-02-27 | sustaining | 2023-08-31 |            |
    from the last day of February    | 2024-02-29 | 2024-08-28 | sustained  | 2024-02-29 | 2024-08-28 |
    on the as-of date itself         | 2024-09-14 | 2024-09-14 | sustaining | 2024-09-14 |            |
    after the as-of date: not known  | 2024-09-15 | 2024-09-14 | outstanding |           |            | not_met
""")
def test_a_window_has_elapsed_when_its_last_day_is_not_after_the_as_of_date(case: Case) -> None:
    progress = frame("progress", ("episode", "child", "1.1", day(case["met"]), "met", False))
    matches(judge(Judgement(6), identified="2023-01-01", as_of=case["as of"], progress=progress), case)
