"""How a partner writes a file, and the rows of a file on the way to being written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

# A row of a file: its cells, the person it is about ("" where none), and what was spoilt in it.
Cell = str | int | float | date
Row = tuple[list[str] | list[Cell], str, str]


@dataclass(frozen=True)
class Layout:
    """How one partner writes one file. `headings`: our column to the partner's heading, in the partner's order.

    `extra`: columns that no contract knows. `values`: of a column, our code to the partner's word.
    """

    contract: str
    file: str
    partner: str
    headings: Mapping[str, str]
    encoding: str = "utf-8"
    separator: str = ","
    extra: tuple[str, ...] = ()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass
class Sheet:
    """The rows of one file on the way to being written; `tail`: rows under the data (empty rows, totals)."""

    layout: Layout
    rows: list[Row] = field(default_factory=list)
    tail: list[tuple[list[str], str]] = field(default_factory=list)
    broken: list[tuple[int, str]] = field(default_factory=list)
