"""Returns as templates: what a body asks of the council, table by table, as data in `data/returns/`.

What a template is. Read and checked in release.returns_reading; nothing of it is code.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from release.return_periods import Period, period_of, periods_between

AUTHORITY = "authority.toml"
FORMATS = ("xlsx", "ods", "csv", "json", "pdf")
PROFILES = ("publication", "dashboard")
TOTAL = "Total"
# So many periods back are offered where a template does not say when it began.
_OFFERED = 40


class Over(StrEnum):
    """Which time a column is about."""

    PERIOD = "period"
    YEAR_TO_DATE = "year_to_date"
    TO_DATE = "to_date"
    BEFORE = "period_before"
    YEAR_BEFORE = "period_a_year_before"


class Given(StrEnum):
    """Where the figures of a column come from: the setting of a template that says so."""

    MEASURE = "measure"
    COUNTED = "counted"
    CLAIMS = "claims"
    SHARE = "share"
    CHANGE = "change"
    NOT_AVAILABLE = "not_available"


@dataclass(frozen=True)
class ColumnAsked:
    """One column of figures.

    `given` says what `of` is: a measure of the catalogue; a measure of returns; "count" or "pounds" of claims;
    two columns of the same table (a share of the second; a change from the second); or why there is no figure.
    `over`: which time; `filters`: what is counted is kept to these codes, by dimension. `states`: the steps of claims
    that are counted; none: all. `verified` and `source`: whether somebody has compared the item with what is asked.
    """

    name: str
    label: str
    given: Given
    of: tuple[str, ...]
    over: Over = Over.PERIOD
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    framework: str = ""
    states: tuple[str, ...] = ()
    about: str = ""
    verified: bool = False
    source: str = ""

    @property
    def counted(self) -> bool:
        """Whether people, families or records are counted for it: what may give somebody away."""
        return self.given in (Given.MEASURE, Given.COUNTED)


@dataclass(frozen=True)
class TableAsked:
    """One table: a row for every code of `rows` (dimensions; of claims: `kind`, `state`, `rate`) and their totals."""

    name: str
    title: str
    about: str
    rows: tuple[str, ...]
    columns: tuple[ColumnAsked, ...]

    @property
    def of_claims(self) -> bool:
        """Whether it is counted in the ledger, by the kinds and steps of claims."""
        return any(column.given is Given.CLAIMS for column in self.columns)


@dataclass(frozen=True)
class NarrativeAsked:
    """A text that an officer writes, such as the milestones of a quarter."""

    name: str
    label: str
    about: str
    required: bool


@dataclass(frozen=True)
class Limits:
    """When a change on the last submitted period is beyond reason, and is queried: by more than `percent`, and by more
    than `least` in the unit of the column."""

    percent: int
    least: int


@dataclass(frozen=True)
class Template:
    """A return: who asks for what, how often, and what must be so before anybody signs."""

    id: str
    title: str
    asked_by: str
    about: tuple[str, ...]
    source: str
    verified: bool
    frequency: str
    first: Period | None
    last: Period | None
    profile: str
    framework: str
    formats: tuple[str, ...]
    contact: tuple[str, ...]
    roles: tuple[str, ...]
    people: int
    limits: Limits
    tables: tuple[TableAsked, ...]
    narrative: tuple[NarrativeAsked, ...]
    text: str = field(repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def unverified(self) -> int:
        """How many of its columns nobody has compared with what is asked."""
        return sum(not column.verified for table in self.tables for column in table.columns)


@dataclass(frozen=True)
class Authority:
    """How the Department for Education's standard names the council: codes of the Office for National Statistics."""

    name: str
    new_code: str
    old_code: str
    region_name: str
    region_code: str
    country_name: str
    country_code: str
    made_up: bool
    verified: bool


def why_not(template: Template, period: Period, as_of: date, first_quarter: str = "") -> str:
    """Why a return cannot be drawn up for a period from a release of that as-of date; "" where it can.

    `first_quarter`: the first quarter that the release tells apart ("2021-22 Q3"); none: it is not looked at.
    """
    if period.frequency != template.frequency:
        wanted = "quarters, like 2026-27-Q2" if template.frequency == "quarter" else "years, like 2026-27"
        return f"{template.title} is asked for financial {wanted}, and {period.code} is none"
    if template.first and period < template.first:
        return f"{template.title} was first asked for {template.first.code}"
    if template.last and period > template.last:
        return f"{template.title} was last asked for {template.last.code}"
    if period.last_day > as_of:
        return (
            f"{period.words} is not over on {as_of.day} {as_of:%B %Y}, the day that the release is as of. Draw it up "
            "from a later release"
        )
    if first_quarter and period.quarters[0] < first_quarter:
        return f"{period.words} lies before {first_quarter}, the first quarter that the release tells apart"
    return ""


def periods_of(template: Template, as_of: date, first_quarter: str = "") -> tuple[Period, ...]:
    """The periods that a release of that as-of date covers whole, the newest first."""
    newest = period_of(as_of, template.frequency)
    if template.last and template.last < newest:
        newest = template.last
    oldest = newest
    for _ in range(_OFFERED):
        oldest = oldest.before
    found = [
        one for one in periods_between(oldest, newest) if not why_not(template, one, as_of, first_quarter)
    ]
    return tuple(reversed(found))
