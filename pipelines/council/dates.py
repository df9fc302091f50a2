"""Days, months and school terms."""

import calendar
import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
YEARS: Final = 3


def add_months(day: date, months: int) -> date:
    """The same day of another month, cut to that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def days_after(day: date, days: int) -> date:
    return day + timedelta(days=days)


def working_day(day: date) -> date:
    """The same day, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def between(draw: random.Random, first: date, last: date) -> date:
    """A day from first to last; first where last lies before it."""
    return first + timedelta(days=draw.randint(0, max(0, (last - first).days)))


def age_on(day: date, born: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def british(day: date | None) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year}" if day else ""


def with_month_name(day: date | None) -> str:
    # Not strftime: the name of a month would follow the machine's locale.
    return f"{day.day:02d}-{MONTHS[day.month - 1]}-{day.year}" if day else ""


def iso(day: date | None) -> str:
    return day.isoformat() if day else ""


@dataclass(frozen=True)
class Term:
    """A school term; `year` is the calendar year in which its school year began."""

    year: int
    name: str
    start: date
    end: date

    @property
    def academic_year(self) -> str:
        return f"{self.year}/{(self.year + 1) % 100:02d}"


def _from(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _until(day: date, weekday: int) -> date:
    return day - timedelta(days=(day.weekday() - weekday) % 7)


def terms_of_year(year: int) -> tuple[Term, Term, Term]:
    """The three terms of the school year that begins in `year`."""
    return (
        Term(year, "Autumn", _from(date(year, 9, 2), 1), _until(date(year, 12, 21), 4)),
        Term(year, "Spring", _from(date(year + 1, 1, 4), 1), _until(date(year + 1, 4, 7), 4)),
        Term(year, "Summer", _from(date(year + 1, 4, 20), 0), _until(date(year + 1, 7, 23), 4)),
    )


def school_terms(as_of: date) -> tuple[Term, ...]:
    """The nine terms complete by `as_of`, oldest first, and the one running on that day if one is."""
    terms = [term for year in range(as_of.year - 5, as_of.year + 1) for term in terms_of_year(year)]
    complete = [term for term in terms if term.end <= as_of][-3 * YEARS :]
    running = [term for term in terms if term.start <= as_of < term.end]
    return (*complete, *running)


def in_school(born: date, year: int) -> bool:
    """Whether somebody is of school age (Reception to Year 11) in the school year that begins in `year`."""
    return 4 <= _age_in_september(born, year) <= 15


def in_secondary(born: date, year: int) -> bool:
    return _age_in_september(born, year) >= 11


def _age_in_september(born: date, year: int) -> int:
    return age_on(date(year, 8, 31), born)
