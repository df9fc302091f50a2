"""What a package is made from: tables with their dictionary, and the words that go with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import polars as pl


class Holds(StrEnum):
    """What a column of a package holds, in the words of Frictionless' table schema."""

    TEXT = "string"
    WHOLE = "integer"
    NUMBER = "number"
    TRUTH = "boolean"
    MONTH = "yearmonth"


@dataclass(frozen=True)
class PackageColumn:
    """One column, as the dictionary has it. `codes`: every value that can stand in it, with words for each; none where
    any may. `derivation`: how it came about. `disclosure`: what disclosure control did to it. `nullable`: a cell may be
    empty."""

    name: str
    label: str
    meaning: str
    holds: Holds = Holds.TEXT
    unit: str = ""
    codes: tuple[tuple[str, str], ...] = ()
    derivation: str = ""
    disclosure: str = ""
    nullable: bool = True


@dataclass(frozen=True)
class PackageTable:
    """One table: `frame` has just the `columns`, in their order; a month is text (YYYY-MM)."""

    name: str
    title: str
    about: str
    frame: pl.DataFrame
    columns: tuple[PackageColumn, ...]

    def __post_init__(self) -> None:
        if tuple(self.frame.columns) != tuple(column.name for column in self.columns):
            raise ValueError(f"the table {self.name} has other columns than its dictionary")


@dataclass(frozen=True)
class Package:
    """All of a package. `method`, `risk_words`: paragraphs. `risk`: the risk report for a machine, safe figures alone.
    `until`: the last day on which it may be kept; `as_of`: the day of its figures, by which its files are dated."""

    name: str
    title: str
    about: str
    publisher: str
    as_of: date
    until: date
    release: str
    version: str
    tables: tuple[PackageTable, ...]
    method: tuple[str, ...]
    risk: Mapping[str, Any]
    risk_words: tuple[str, ...]
    licence: str
    authors: tuple[str, ...] = ()
    contact: str = ""
