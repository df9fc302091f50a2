"""How long a cohort has been followed: which quarters and years are so many months ago that all of them can be told of.

A cohort is what began in one quarter; or what ended in one, of help that is followed for a year from its end on. It is
followed for k months once k whole months have gone by since the last month of that quarter: then each of its members
has been followed for as long, and cohorts can be compared. Before that its figure is not withheld; it cannot be yet.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

# Months since the start of an episode, as a cohort is looked at.
MONTHS_SINCE = ("06", "12", "18", "24")
# The dimensions that the rule is about, and the time dimensions that tell a cohort.
SINCE = "months_since"
COHORTS = ("quarter", "year")
# What began before the quarters that are told apart.
EARLIER = "earlier"
_QUARTER = re.compile(r"(\d{4})-\d\d Q([1-4])")
_YEAR = re.compile(r"(\d{4})-\d\d")
_NEVER = 10**6
# What can be told of help that has been followed for a year.
_A_YEAR = "12"
_TOLD = frozenset({"yes", "no"})


def month_number(day: date) -> int:
    """Months since the year 0 of the month of a day: consecutive whole numbers."""
    return day.year * 12 + day.month - 1


def last_whole_month(as_of: date) -> int:
    """The number of the last month that is over on a day, the day itself counted."""
    is_last = (as_of + timedelta(days=1)).month != as_of.month
    return month_number(as_of) - (not is_last)


def is_followed(last_month: int, months: int, as_of: date) -> bool:
    """Whether a cohort that ends with the month `last_month` (its number) has been followed for so many months."""
    return last_month + months <= last_whole_month(as_of)


def not_yet(codes: Iterable[str], quarters: Iterable[str], as_of: date) -> frozenset[tuple[str, str]]:
    """Of some codes of quarters or years, each with the codes of MONTHS_SINCE for which it has not been followed.

    `quarters`: the codes of the quarters that a release tells apart: "earlier" lies before the first of them. A code
    that is no time ("none") has not been followed at all.
    """
    first = min((_last_month(one) - 2 for one in quarters if _QUARTER.fullmatch(one)), default=_NEVER)
    return frozenset(
        (code, since)
        for code in codes
        for since in MONTHS_SINCE
        if not is_followed(first - 1 if code == EARLIER else _last_month(code), int(since), as_of)
    )


def is_of_followed(where: Mapping[str, Collection[str]]) -> bool:
    """Whether a measure that is kept to `where` counts help that has been followed for so long that it is told whether
    the family came back."""
    return "returned" in where and _TOLD.issuperset(where["returned"])


def not_followed(codes: Iterable[str], quarters: Iterable[str], as_of: date) -> frozenset[str]:
    """Of some codes of quarters or years those in which help ended that has not all been followed for a year.

    A part of a quarter would be told beside its months: the two would be the same figure just where nobody is in the
    rest. `quarters`: as in `not_yet`.
    """
    return frozenset(code for code, since in not_yet(codes, quarters, as_of) if since == _A_YEAR)


def _last_month(code: str) -> int:
    """The number of the last month of a quarter ("2023-24 Q2") or financial year ("2023-24")."""
    if found := _QUARTER.fullmatch(code):
        return int(found[1]) * 12 + 2 + 3 * int(found[2])
    if found := _YEAR.fullmatch(code):
        return (int(found[1]) + 1) * 12 + 2
    return _NEVER
