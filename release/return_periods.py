"""Periods of returns: financial quarters ("2026-27-Q2": July to September 2026) and financial years ("2026-27")."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from release.errors import SettingsError

QUARTER, YEAR = "quarter", "year"
FREQUENCIES = (QUARTER, YEAR)
_CODE = re.compile(r"(\d{4})-(\d{2})(?:-Q([1-4]))?", re.ASCII)
_MONTHS = {1: "April to June", 2: "July to September", 3: "October to December", 4: "January to March"}
_FIRST_YEAR, _LAST_YEAR = 1990, 2098


@dataclass(frozen=True, order=True)
class Period:
    """A financial year that begins in April of `year`, or one quarter of it (`quarter` 1 to 4; 0: the whole year)."""

    year: int
    quarter: int = 0

    @property
    def code(self) -> str:
        """As a return names it: "2026-27-Q2", or "2026-27"."""
        return f"{self.year_code}-Q{self.quarter}" if self.quarter else self.year_code

    @property
    def year_code(self) -> str:
        """The financial year as a release names it: "2026-27"."""
        return f"{self.year}-{(self.year + 1) % 100:02d}"

    @property
    def frequency(self) -> str:
        return QUARTER if self.quarter else YEAR

    @property
    def words(self) -> str:
        """For readers: "July to September 2026 (quarter 2 of 2026-27)"."""
        if not self.quarter:
            return f"April {self.year} to March {self.year + 1}"
        calendar = self.year + (self.quarter == 4)
        return f"{_MONTHS[self.quarter]} {calendar} (quarter {self.quarter} of {self.year_code})"

    @property
    def quarters(self) -> tuple[str, ...]:
        """Its quarters as a release names them: "2026-27 Q2"."""
        return tuple(f"{self.year_code} Q{one}" for one in ((self.quarter,) if self.quarter else range(1, 5)))

    @property
    def year_to_date(self) -> tuple["Period", ...]:
        """The quarters of its financial year up to its end, the first one first."""
        return tuple(Period(self.year, one) for one in range(1, (self.quarter or 4) + 1))

    @property
    def first_day(self) -> date:
        return _first_day(self.year, self.quarter or 1)

    @property
    def last_day(self) -> date:
        last = self.quarter or 4
        after = _first_day(self.year + (last == 4), last % 4 + 1)
        return after - timedelta(days=1)

    @property
    def first_month(self) -> str:
        return f"{self.first_day:%Y-%m}"

    @property
    def last_month(self) -> str:
        return f"{self.last_day:%Y-%m}"

    @property
    def before(self) -> "Period":
        """The period of the same length before it."""
        if self.quarter > 1:
            return Period(self.year, self.quarter - 1)
        return Period(self.year - 1, 4 if self.quarter else 0)

    @property
    def year_before(self) -> "Period":
        """The same period a year earlier."""
        return Period(self.year - 1, self.quarter)

    @property
    def after(self) -> "Period":
        """The period of the same length after it."""
        if self.quarter and self.quarter < 4:
            return Period(self.year, self.quarter + 1)
        return Period(self.year + 1, 1 if self.quarter else 0)

    @property
    def time_period(self) -> str:
        """As the Explore Education Statistics standard writes a financial year: "202627"."""
        return f"{self.year}{(self.year + 1) % 100:02d}"

    @property
    def time_identifier(self) -> str:
        """As that standard names what lies in it."""
        return f"Financial year Q{self.quarter}" if self.quarter else "Financial year"


def period_named(code: str) -> Period:
    """The period that a code names. Raises SettingsError where it names none."""
    found = _CODE.fullmatch(code)
    if found is None or int(found[2]) != (int(found[1]) + 1) % 100:
        raise SettingsError(
            "A period is a financial quarter like 2026-27-Q2 or a financial year like 2026-27. Write it so."
        )
    year = int(found[1])
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise SettingsError(f"A period lies between {_FIRST_YEAR} and {_LAST_YEAR}.")
    return Period(year, int(found[3] or 0))


def period_of(day: date, frequency: str) -> Period:
    """The period in which a day lies."""
    year = day.year - (day.month < 4)
    return Period(year, (day.month - 4) % 12 // 3 + 1 if frequency == QUARTER else 0)


def periods_between(first: Period, last: Period) -> Iterator[Period]:
    """From one period to another of the same length, both counted; none where the last lies before the first."""
    one = first
    while one <= last:
        yield one
        one = one.after


def _first_day(year: int, quarter: int) -> date:
    return date(year + (quarter == 4), (3 + 3 * (quarter - 1)) % 12 + 1, 1)
