"""How a cell reads: bare in a data file, with its symbol in brackets where people read it, and harmless everywhere."""

import unicodedata
from decimal import Decimal
from typing import Final

from custody.documents.statistics import Cell, Column

# A cell that begins with one of these (or its wide form) is a formula to a spreadsheet that opens the file.
_RUN: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
# Control letters, halves of letters, and marks that turn the direction of a line.
_LEFT_OUT: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
_NUMBER_LETTERS: Final = frozenset("0123456789.")


def plain(words: str) -> str:
    """`words` in one line, normalised, with no letter that a file or a screen could take for an order."""
    line = " ".join(unicodedata.normalize("NFC", words).split())
    if line.isascii() and line.isprintable():
        return line
    return "".join(
        letter if unicodedata.category(letter) not in _LEFT_OUT else "\N{REPLACEMENT CHARACTER}"
        for letter in line
    )


def harmless(words: str) -> str:
    """`words` in one line, so that no spreadsheet runs them: an apostrophe stands before what would be a formula. A
    number with its sign is none."""
    line = plain(words)
    if line.startswith(_RUN) and not (line[0] in "+-" and _is_number(line[1:])):
        return f"'{line}"
    return line


def bare(cell: Cell) -> str:
    """A cell of a data file: the value as exact as it is, or the symbol without brackets."""
    if cell.value is None:
        return cell.symbol
    if isinstance(cell.value, str):
        return harmless(cell.value)
    return f"{cell.value:f}" if isinstance(cell.value, Decimal) else str(cell.value)


def read(cell: Cell, column: Column) -> str:
    """A cell as people read it: thousands set apart, decimals as its column says, the symbol in brackets."""
    if cell.value is None:
        return f"[{cell.symbol}]"
    if isinstance(cell.value, str):
        return plain(cell.value)
    if column.unit == "numberstring":
        return bare(cell)
    return f"{cell.value:,}" if column.decimals is None else f"{cell.value:,.{column.decimals}f}"


def heading(column: Column) -> str:
    """What stands at the head of a column where people read it: its label with its unit."""
    unit = "" if column.unit in {"", "numberstring"} else f" ({column.unit})"
    return plain(column.label) + unit


def _is_number(words: str) -> bool:
    return bool(words) and set(words) <= _NUMBER_LETTERS and words.count(".") <= 1
