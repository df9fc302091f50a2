"""A workbook as a screener sees it, whatever format it came in."""

from dataclasses import dataclass, field
from typing import NamedTuple


class SheetCell(NamedTuple):
    """A cell that is not blank: `value` is text, or a number. `wraps`, `filled`: how it is formatted. There are
    many, and a tuple costs least."""

    value: str | float
    wraps: bool = False
    filled: bool = False


@dataclass(frozen=True, slots=True)
class MarkedTable:
    """A table as the file marks it: its name, its first and last row and column (from 0), whether it has a header row
    and buttons to filter it."""

    name: str
    top: int
    left: int
    bottom: int
    right: int
    has_header: bool = True
    has_filter: bool = False

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell is in it."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right


@dataclass(slots=True)
class Worksheet:
    """One worksheet: cells by row and column (from 0), and what else is on it, as numbers of such things."""

    name: str
    cells: dict[tuple[int, int], SheetCell] = field(default_factory=dict)
    tables: list[MarkedTable] = field(default_factory=list)
    hidden: bool = False
    hidden_lines: int = 0
    merged: int = 0
    frozen: bool = False
    filters: bool = False
    header_footer: bool = False
    drawings: int = 0
    formulas: int = 0
    active_cell: str = "A1"

    def text(self, row: int, column: int) -> str:
        """A cell's text; none where it is blank or a number."""
        cell = self.cells.get((row, column))
        return cell.value if cell is not None and isinstance(cell.value, str) else ""


@dataclass(slots=True)
class Workbook:
    """A whole file. `active`: the place of the worksheet that it opens at."""

    name: str
    sheets: list[Worksheet] = field(default_factory=list)
    title: str = ""
    author: str = ""
    macros: bool = False
    external_links: bool = False
    superscript: bool = False
    active: int = 0
