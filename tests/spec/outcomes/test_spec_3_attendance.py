"""Chapter 3. Attendance: two complete terms at nine tenths of the sessions possible."""
# ruff: noqa: E501 — tables are read across

from fractions import Fraction
from typing import Any

import polars as pl
import pytest

from outcomes.rules import Attendance
from tests.spec.outcomes.auditor import Case, cases, day, frame, judge, matches

RULE = Attendance(Fraction(9, 10), 6, waiver=True)
TERMS = {
    "Autumn": ("2023-09-03", "2023-12-20"),
    "Spring": ("2024-01-06", "2024-04-04"),
    "Summer": ("2024-04-22", "2024-07-22"),
    "Autumn24": ("2024-09-03", "2024-12-20"),
}


def school(cell: str, person: str | None = "child") -> list[tuple[Any, ...]]:
    """Sessions as `Spring 90/100; Summer 95/100`."""
    rows = [part.split() for part in cell.split(";") if part.strip()]
    return [
        (
            person,
            "2024/25" if term == "Autumn24" else "2023/24",
            term.removesuffix("24"),
            *(day(edge) for edge in TERMS[term]),
            int(share.split("/")[1]),
            int(share.split("/")[0]),
        )
        for term, share in rows
    ]


# Other pupils, in no family, whose rows make the calendar of terms.
OTHERS = school("Autumn 80/100; Spring 80/100; Summer 80/100; Autumn24 30/40", person=None)


def attend(cell: str, **case: Any) -> dict[str, Any]:
    rows = frame("school_attendance", *school(cell), *OTHERS)
    return judge(RULE, **{"identified": "2023-11-01", "as_of": "2024-10-31", **case}, school_attendance=rows)


@cases("""
    the pupil's terms                        | sessions                                    | state         | achieved   | sustained  | reason
    both terms reach it                      | Spring 90/100; Summer 90/100                | sustained     | 2024-01-06 | 2024-07-22 |
    together they reach it                   | Spring 85/100; Summer 95/100                | sustained     | 2024-01-06 | 2024-07-22 |
    together, weighed by their sessions      | Spring 85/100; Summer 19/20                 | sustaining    | 2024-04-22 |            |
    one session short                        | Spring 90/100; Summer 89/100                | outstanding   |            |            | below_threshold
    the newest alone reaches it              | Spring 80/100; Summer 90/100                | sustaining    | 2024-04-22 |            |
    the newest alone is known                | Summer 90/100                               | sustaining    | 2024-04-22 |            |
    the older alone reaches it               | Spring 99/100; Summer 80/100                | outstanding   |            |            | below_threshold
    the newest falls short, together enough  | Spring 100/100; Summer 80/100               | sustained     | 2024-01-06 | 2024-07-22 |
    terms further back do not count          | Autumn 10/100; Spring 90/100; Summer 90/100 | sustained     | 2024-01-06 | 2024-07-22 |
    a term that has not ended does not count | Spring 90/100; Summer 90/100; Autumn24 0/40 | sustained     | 2024-01-06 | 2024-07-22 |
    no sessions in the newest                | Autumn 90/100; Spring 90/100                | not_evidenced |            |            | no_record
    no sessions possible in the newest       | Spring 90/100; Summer 0/0                   | not_evidenced |            |            | no_record
    two schools in one term add up           | Spring 90/100; Summer 50/50; Summer 40/50   | sustained     | 2024-01-06 | 2024-07-22 |
    two schools, together too few            | Spring 90/100; Summer 50/50; Summer 39/50   | outstanding   |            |            | below_threshold
""")
def test_the_two_newest_complete_terms(case: Case) -> None:
    matches(attend(case["sessions"]), case)


@cases("""
    when                                      | identified | as of      | state         | achieved   | sustained  | reason
    identified in the older term              | 2024-01-07 | 2024-10-31 | sustaining    | 2024-04-22 |            |
    identified on the older term's first day  | 2024-01-06 | 2024-10-31 | sustained     | 2024-01-06 | 2024-07-22 |
    identified on the newest's first day      | 2024-04-22 | 2024-10-31 | sustaining    | 2024-04-22 |            |
    identified a day later: too early to tell | 2024-04-23 | 2024-10-31 | outstanding   |            |            | too_early
    the newest ends on the as-of date         | 2023-11-01 | 2024-07-22 | sustained     | 2024-01-06 | 2024-07-22 |
    the newest ends a day after it            | 2023-11-01 | 2024-07-21 | sustaining    | 2024-01-06 |            |
    before any term has ended                 | 2023-11-01 | 2023-12-19 | not_evidenced |            |            | no_complete_term
""")
def test_terms_and_days(case: Case) -> None:
    row = attend("Spring 95/100; Summer 95/100", identified=case["identified"], as_of=case["as of"])
    matches(row, case)


@pytest.mark.parametrize(
    ("as_of", "state"),
    [("2025-01-22", "sustained"), ("2025-01-23", "not_evidenced")],
    ids=["6 months", "more"],
)
def test_an_extract_is_stale_six_months_after_its_newest_complete_term(as_of: str, state: str) -> None:
    rows = frame("school_attendance", *school("Spring 95/100; Summer 95/100"))
    row = judge(RULE, identified="2023-11-01", as_of=as_of, school_attendance=rows)
    assert (row["state"], row["reason"]) == (state, "stale_extract" if state == "not_evidenced" else None)


@pytest.mark.parametrize(("from_two_schools", "state"), [(False, "outstanding"), (True, "sustaining")])
def test_exact_repeats_count_once(from_two_schools: bool, state: str) -> None:
    """Two like rows are one row repeated, unless a column says that they come from two schools.

    Once: 170 of 200 sessions. As two: 270 of 300.
    """
    rows = frame("school_attendance", *school("Summer 100/100; Summer 100/100; Summer 70/100"), *OTHERS)
    if from_two_schools:
        rows = rows.with_columns(school=pl.Series([f"school {number}" for number in range(rows.height)]))
    row = judge(RULE, identified="2023-11-01", as_of="2024-10-31", school_attendance=rows)
    assert row["state"] == state


def test_where_rows_disagree_about_a_term_it_ends_with_the_last_of_them() -> None:
    late = ("other", "2023/24", "Summer", day("2024-04-22"), day("2024-11-01"), 10, 10)
    rows = frame("school_attendance", *school("Autumn 95/100; Spring 95/100; Summer 10/100"), late)
    row = judge(RULE, identified="2023-09-01", as_of="2024-09-30", school_attendance=rows)
    assert (row["state"], row["sustained_on"]) == ("sustained", day("2024-04-04"))


def test_a_need_that_names_nobody_is_not_evidenced() -> None:
    row = attend("Spring 95/100; Summer 95/100", person=None)
    assert (row["state"], row["reason"]) == ("not_evidenced", "no_person")
