"""Months, quarters and years of a release: which of them are whole, and which is the same one a year before."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from evidence.words import QUARTER, quarter_code

# The finest first. All but "earlier" and "none" of a list are codes of these forms.
FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {"month": r"\d{4}-(?:0[1-9]|1[0-2])", "quarter": QUARTER, "year": r"\d{4}-\d{2}"}
)


def is_period(dimension: str, code: str) -> bool:
    """Whether a code of a dimension of time is one period, and not "earlier" or "none"."""
    return re.fullmatch(FORMS[dimension], code) is not None


def period_code(dimension: str, when: date) -> str:
    """The period that a day lies in: 2024-10, 2024-25 Q3 or 2024-25."""
    if dimension == "month":
        return f"{when:%Y-%m}"
    quarter = quarter_code(when)
    return quarter if dimension == "quarter" else quarter[:7]


def whole_periods(dimension: str, codes: Sequence[str], as_of: date) -> list[str]:
    """Those of the periods that had ended by the as-of date, oldest first."""
    now = period_code(dimension, as_of)
    over = now != period_code(dimension, as_of + timedelta(days=1))
    dated = sorted(code for code in codes if is_period(dimension, code))
    return [code for code in dated if code < now or (code == now and over)]


def year_before(dimension: str, code: str) -> str:
    """The same period of the year before: help for families has seasons."""
    first = int(code[:4]) - 1
    if dimension == "month":
        return f"{first}{code[4:]}"
    return f"{first}-{(first + 1) % 100:02d}{code[7:]}"


def month_after(code: str) -> str:
    """The month that follows one: 2024-12 is followed by 2025-01."""
    year, month = int(code[:4]), int(code[5:])
    return f"{year + month // 12}-{month % 12 + 1:02d}"


def begins_a_year(dimension: str, code: str) -> bool:
    """Whether a period is the first of a financial year."""
    return {"month": code.endswith("-04"), "quarter": code.endswith("Q1")}.get(dimension, True)
