"""Families' journeys in plain Python, a family and a need at a time: no frame, no join, months as pairs."""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

Row = Mapping[str, Any]
Months = tuple[int, int]
_SUSTAINED = ("sustained", "waived")


def month_of(text: str) -> Months:
    """The month of "2023-07" as (year, month)."""
    year, month = text.split("-")
    return int(year), int(month)


def later(month: Months, by: int) -> Months:
    """The month so many months later, one by one."""
    year, number = month
    for _ in range(abs(by)):
        number += 1 if by > 0 else -1
        if number == 13:
            year, number = year + 1, 1
        if number == 0:
            year, number = year - 1, 12
    return year, number


def is_over(month: Months, as_of: date) -> bool:
    """Whether the last day of a month is not after the as-of date."""
    year, number = month
    return date(year, number, monthrange(year, number)[1]) <= as_of


def returned(one: Row, episodes: Sequence[Row], as_of: date) -> str:
    """Whether the family of an episode came back."""
    if one["end_month"] is None:
        return "open"
    end = month_of(one["end_month"])
    if not is_over(later(end, 12), as_of):
        return "early"
    for other in episodes:
        if other["family"] == one["family"] and month_of(other["start_month"]) > month_of(one["start_month"]):
            for months in range(13):
                if month_of(other["start_month"]) == later(end, months):
                    return "yes"
    return "no"


def stage(one: Row, needs: Sequence[Row]) -> str:
    """How far an episode came."""
    own = [need["state"] for need in needs if need["episode"] == one["episode"]]
    if one["wait"] == "none":
        return "started"
    if one["end_month"] is None or one["closure_reason"] not in ("outcomes_met", "step_down"):
        return "assessed"
    return "lasting" if own and all(state in _SUSTAINED for state in own) else "met"


def cohort(need: Row, as_of: date) -> dict[str, str]:
    """For each number of months for which all of the quarter of the start has been followed, whether the outcome was
    sustained by then."""
    start = month_of(need["start_month"])
    last_of_quarter = next(month for month in (start, later(start, 1), later(start, 2)) if month[1] % 3 == 0)
    found = {}
    for months in ("06", "12", "18", "24"):
        if is_over(later(last_of_quarter, int(months)), as_of):
            day = need["sustained_on"]
            by_then = day is not None and (day.year, day.month) <= later(start, int(months))
            found[months] = "yes" if need["need_state"] in _SUSTAINED and by_then else "no"
    return found


def taken(need: Row) -> str:
    """The band of months from a need to its sustained outcome."""
    first, last = need["identified_on"], need["sustained_on"]
    if first is None or last is None:
        return "none"
    for band, months in (("0-3", 3), ("3-6", 6), ("6-9", 9), ("9-12", 12), ("12-18", 18)):
        year, month = later((first.year, first.month), months)
        if last < date(year, month, min(first.day, monthrange(year, month)[1])):
            return band
    return "18+"


def is_covered(month: Months, extract: str, coverage: Iterable[Row], as_of: date) -> bool:
    """Whether files cover every day of a month, and it is over."""
    days = [date(*month, day) for day in range(1, monthrange(*month)[1] + 1)]
    files = [one for one in coverage if one["extract"] == extract]
    return is_over(month, as_of) and all(
        any(one["covers_from"] <= day <= one["covers_to"] for one in files) for day in days
    )


def around(
    family: Row, kind: str, activity: Iterable[Row], coverage: Sequence[Row], as_of: date
) -> set[str] | None:
    """The quarters around the start of help in which an event was recorded; None: the extract does not cover them."""
    start = month_of(family["start_month"])
    if not all(is_covered(later(start, by), kind, coverage, as_of) for by in range(-12, 12)):
        return None
    codes = {
        by: code for code in ("-12", "-09", "-06", "-03", "+00", "+03", "+06", "+09") for by in [int(code)]
    }
    when = {later(start, first + month): code for first, code in codes.items() for month in range(3)}
    return {
        when[month_of(one["month"])]
        for one in activity
        if (one["family"], one["kind"]) == (family["family"], kind) and month_of(one["month"]) in when
    }


def absent(rows: Iterable[Row], as_of: date) -> set[tuple[str, str, Months]]:
    """The person, term and month of each term of which somebody missed a tenth of the sessions or more."""
    terms: dict[tuple[str, date, date], list[Row]] = {}
    for one in rows:
        terms.setdefault((one["person"], one["term_start"], one["term_end"]), []).append(one)
    found = set()
    for (person, first, last), told in terms.items():
        possible = sum(one["sessions_possible"] for one in told)
        missed = possible - sum(one["sessions_attended"] for one in told)
        if person is not None and possible and missed * 10 >= possible:
            day = first
            while day <= min(last, as_of):
                found.add((person, f"{first}", (day.year, day.month)))
                day += timedelta(days=1)
    return found
