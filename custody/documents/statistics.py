"""What a document of statistics holds: tidy tables, each cell a value or a symbol that says why there is none.

The shape is that of an Explore Education Statistics data file: filter columns first, then indicators, one row for each
combination. Which format it is written in is no business of whoever fills it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

# As Explore Education Statistics data files have them, bare; spreadsheets show them in brackets.
SYMBOLS: Final = {
    "c": "suppressed, so that nobody can be recognised",
    "x": "not available",
    "z": "not applicable",
    "low": "rounds to 0, but is not 0",
    "k": "rounds to 0, but is not 0",
    "u": "of low reliability",
}
UNITS: Final = ("", "£", "£m", "%", "pp", "numberstring")
TOTAL: Final = "Total"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,49}")
_DOCUMENT_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


class Kind(StrEnum):
    """What a column of a table is."""

    FILTER = "Filter"
    INDICATOR = "Indicator"


class Format(StrEnum):
    """A format that a document can be written in."""

    XLSX = "xlsx"
    ODS = "ods"
    CSV = "csv"
    JSON = "json"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, or a symbol in its place. `source`: where the value comes from, in words; it may be left empty.
    Raises ValueError where there is neither a value nor a known symbol, or both."""

    value: int | Decimal | str | None
    symbol: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if self.symbol and self.symbol not in SYMBOLS:
            raise ValueError("a cell has a symbol that no reader knows")
        if (self.value is None) != bool(self.symbol):
            raise ValueError("a cell has a value or a symbol, never both, and never neither")
        if isinstance(self.value, bool | float) or (
            isinstance(self.value, Decimal) and not self.value.is_finite()
        ):
            raise ValueError("a cell holds a whole number, an exact decimal or text")
        if isinstance(self.value, str) and not self.value.strip():
            raise ValueError("a cell is blank")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `name` for machines (snake_case), `label` for people. `decimals`: how many an indicator is shown with;
    None leaves it as it is. `about`: a hint to the reader. `notes`: numbers of the document's notes, from 1."""

    name: str
    label: str
    kind: Kind
    unit: str = ""
    decimals: int | None = None
    about: str = ""
    grouping: str = ""
    notes: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError("a column's name is lower-case snake_case of at most 50 letters")
        if self.unit not in UNITS:
            raise ValueError(f"the column {self.name} has a unit that no data file knows")


@dataclass(frozen=True, slots=True)
class Period:
    """The time that a row is about, as a data file says it (`202627`, `Financial year Q2`), and in words."""

    time_period: str
    time_identifier: str
    words: str


@dataclass(frozen=True, slots=True)
class StatisticalTable:
    """A tidy table of at least one row: filters first, always text, then indicators. `periods`: one for each row, or
    none where all rows are about the document's period. `notes`: numbers of the document's notes that the whole table
    needs, from 1. Raises ValueError where it is not so."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[int, ...] = ()
    periods: tuple[Period, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError("a table's name is lower-case snake_case of at most 50 letters")
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError(f"two columns of the table {self.name} have one name")
        kinds = [column.kind for column in self.columns]
        if sorted(kinds, key=lambda kind: kind is Kind.INDICATOR) != kinds or Kind.INDICATOR not in kinds:
            raise ValueError(f"the table {self.name} has filters first, then at least one indicator")
        if not self.rows or any(len(row) != len(names) for row in self.rows):
            raise ValueError(f"the table {self.name} has rows, each as long as its columns are many")
        filters = kinds.count(Kind.FILTER)
        if any(not isinstance(cell.value, str) for row in self.rows for cell in row[:filters]):
            raise ValueError(f"a filter of the table {self.name} holds what is no text")
        if self.periods and len(self.periods) != len(self.rows):
            raise ValueError(f"the table {self.name} gives a period to some rows only")

    @property
    def filters(self) -> tuple[Column, ...]:
        """The columns that say what a row is about."""
        return tuple(column for column in self.columns if column.kind is Kind.FILTER)

    @property
    def indicators(self) -> tuple[Column, ...]:
        """The columns that say how much."""
        return tuple(column for column in self.columns if column.kind is Kind.INDICATOR)


@dataclass(frozen=True, slots=True)
class Geography:
    """The area that a document is about, in the words and codes of the Explore Education Statistics standard. An
    unknown code is `x`, one that does not apply is `z`."""

    level: str
    country_code: str
    country_name: str
    region_code: str = ""
    region_name: str = ""
    old_la_code: str = ""
    new_la_code: str = ""
    la_name: str = ""


@dataclass(frozen=True, slots=True)
class Narrative:
    """What an officer writes beside the figures: a question and its answer."""

    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Signature:
    """Somebody stood for a document: who, as what, and when, in words."""

    by: str
    role: str
    at: str


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that an earlier version had otherwise. Values are in words, as the reader saw them."""

    table: str
    row: str
    column: str
    before: str
    now: str
    difference: str
    why: str


@dataclass(frozen=True, slots=True)
class StatisticalDocument:
    """A whole document. `name` is that of its files; `about` are paragraphs of the cover; `release` and `version` say
    what it was made from and how often it was drawn up; `state` is one of its life's, in words; `changes` are those
    since version `changes_since`. Raises ValueError where a note is not there, or two tables have one name."""

    name: str
    title: str
    publisher: str
    about: tuple[str, ...]
    period_words: str
    time_period: str
    time_identifier: str
    geography: Geography
    as_of: date
    release: str
    version: int
    tables: tuple[StatisticalTable, ...]
    notes: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    subject: str = ""
    state: str = ""
    signatures: tuple[Signature, ...] = ()
    narrative: tuple[Narrative, ...] = ()
    changes_since: int = 0
    changes: tuple[Change, ...] = ()
    synthetic: bool = False
    keywords: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _DOCUMENT_NAME.fullmatch(self.name):
            raise ValueError("a document's name has letters, digits, _ and - only")
        names = [table.name for table in self.tables]
        if not names or len(set(names)) != len(names):
            raise ValueError("a document has at least one table, and no two of one name")
        known = range(1, len(self.notes) + 1)
        if any(note not in known for table in self.tables for note in _notes_of(table)):
            raise ValueError("a table refers to a note that the document does not have")

    def named_notes(self) -> list[tuple[str, str]]:
        """What each note is called, and its words: its number where a table refers to it, else it is of all tables."""
        referred = {note for table in self.tables for note in _notes_of(table)}
        return [
            (f"note {number}" if number in referred else "all tables", words)
            for number, words in enumerate(self.notes, start=1)
        ]

    def period_of(self, table: StatisticalTable, row: int) -> Period:
        """What a row of one of its tables is about."""
        if table.periods:
            return table.periods[row]
        return Period(self.time_period, self.time_identifier, self.period_words)


def symbols_in(tables: Iterable[StatisticalTable]) -> tuple[str, ...]:
    """Which symbols stand in the tables, in the order in which they are explained."""
    used = {cell.symbol for table in tables for row in table.rows for cell in row}
    return tuple(symbol for symbol in SYMBOLS if symbol in used)


def _notes_of(table: StatisticalTable) -> tuple[int, ...]:
    return (*table.notes, *(note for column in table.columns for note in column.notes))
