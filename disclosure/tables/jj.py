"""Tables in the JJ format, as tau-ARGUS and other tools for cell suppression write and read it.

A first line `0`; the number of cells; one line a cell: index, value, cost, status, lower and upper bound known to an
attacker, lower, upper and sliding protection level; the number of equations; one line an equation: right-hand side,
number of terms, `:`, then `index (coefficient)` as often as there are terms. Text in, text out: no file is opened here.
"""

import numpy as np

from disclosure.errors import TableError
from disclosure.tables.system import STATUSES, System

_FIELDS = ("index", "value", "cost", "status", "lower bound", "upper bound")
_LEVELS = ("lower protection level", "upper protection level", "sliding protection level")
_COLUMNS = (*_FIELDS, *_LEVELS)
# Nobody publishes a table so large; a number of cells beyond it is a slip, and would ask for the memory.
_MOST = 50_000_000


def read_jj(text: str, *, source: str = "the table", negative: bool = False) -> System:
    """The System that a JJ file holds, cells named by their index. `source`: what messages call the file.

    `negative`: values under 0 are meant; otherwise they are refused, since a magnitude table has none. Raises
    TableError, with the line, for whatever is missing, no number, out of order, or does not add up.
    """
    lines = text.replace("\r", "").rstrip().split("\n")
    # Figures of other scripts, and underscores, would be read as numbers.
    for place, line in enumerate(() if text.isascii() and "_" not in text else lines):
        if not line.isascii() or "_" in line:
            raise TableError(f"{source}, line {place + 1}: holds a character that no JJ table has")
    if len(lines) < 3 or lines[0].strip() != "0":
        raise TableError(f"{source}, line 1: a JJ table begins with a line 0, then the number of cells")
    count = _count(lines, 1, source, "cells")
    last = 2 + count
    if len(lines) <= last:
        raise TableError(f"{source}: line 2 says {count} cells, and the file ends before the last of them")
    fields = [_cell(line, place, source) for place, line in enumerate(lines[2:last])]
    numbers, decimals = _numbers(fields, source)
    equations = _count(lines, last, source, "equations")
    rest = lines[last + 1 :]
    if len(rest) != equations:
        raise TableError(
            f"{source}, line {last + 1}: says {equations} equations, and {len(rest)} lines follow"
        )
    starts, columns, coefficients, right = [0], [], [], []
    for place, line in enumerate(rest):
        side, cells, factors = _equation(line, last + 2 + place, count, source)
        right.append(side)
        columns.extend(cells)
        coefficients.extend(factors)
        starts.append(len(columns))
    value = numbers[:, 1]
    if not negative and (value < 0).any():
        place = int(np.argmax(value < 0))
        raise TableError(f"{source}, line {place + 3}: cell {place} is negative; say so if that is meant")
    try:
        return System(
            value=value,
            cost=numbers[:, 2],
            status=np.asarray([line[3] for line in fields], "U1"),
            lower=numbers[:, 4],
            upper=numbers[:, 5],
            protect_lower=numbers[:, 6],
            protect_upper=numbers[:, 7],
            protect_sliding=numbers[:, 8],
            names=tuple(map(str, range(count))),
            starts=np.asarray(starts, np.int64),
            columns=np.asarray(columns, np.int64),
            coefficients=np.asarray(coefficients, np.float64),
            right=np.asarray(right, np.float64),
            # Each number may be off by half of its last decimal.
            slack=10.0**-decimals if decimals else 0.0,
        )
    except TableError as error:
        raise TableError(f"{source}: {error}") from None


def write_jj(system: System) -> str:
    """The text of a JJ file for `system`. Names and holders have no place in it, and neither has a bound without end:
    that is a TableError."""
    if not (np.isfinite(system.lower).all() and np.isfinite(system.upper).all()):
        raise TableError(
            "a JJ table has a number for each bound known to an attacker: give the cells finite bounds"
        )
    lines = ["0", str(system.cells)]
    columns = (system.value, system.cost, system.lower, system.upper)
    levels = (system.protect_lower, system.protect_upper, system.protect_sliding)
    for cell in range(system.cells):
        value, cost, low, high = (_number(column[cell]) for column in columns)
        tail = " ".join(_number(column[cell]) for column in levels)
        lines.append(f"{cell} {value} {cost} {system.status[cell]} {low} {high} {tail}")
    lines.append(str(system.equations))
    for number in range(system.equations):
        terms = range(int(system.starts[number]), int(system.starts[number + 1]))
        words = " ".join(f"{system.columns[k]} ({_number(system.coefficients[k])})" for k in terms)
        lines.append(f"{_number(system.right[number])} {len(terms)} : {words}")
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))


def _count(lines: list[str], place: int, source: str, of_what: str) -> int:
    text = lines[place].strip() if place < len(lines) else ""
    if not (text.isascii() and text.isdigit()) or len(text) > 12 or int(text) > _MOST:
        raise TableError(f"{source}, line {place + 1}: the number of {of_what} is missing, or is no count")
    return int(text)


def _cell(line: str, place: int, source: str) -> list[str]:
    fields = line.split()
    if len(fields) not in (len(_FIELDS), len(_COLUMNS)):
        raise TableError(
            f"{source}, line {place + 3}: a cell is {len(_COLUMNS)} fields ({', '.join(_COLUMNS)}), "
            f"and this line has {len(fields)}"
        )
    if fields[0] != str(place):
        raise TableError(
            f"{source}, line {place + 3}: cell {place} is due here; cells are numbered from 0, each once, in order"
        )
    if fields[3] not in STATUSES:
        raise TableError(f"{source}, line {place + 3}: the status is none of {', '.join(STATUSES)}")
    # Levels that are left out are none.
    return fields + ["0"] * (len(_COLUMNS) - len(fields))


def _numbers(
    fields: list[list[str]], source: str
) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float64]], int]:
    """All columns as numbers (that of the status as 0), and the most decimals of any value."""
    rows = [(*line[:3], "0", *line[4:]) for line in fields]
    decimals = max((len(line[1].partition(".")[2]) for line in fields), default=0)
    try:
        table = np.asarray(rows, dtype="U32" if _longest(rows) <= 32 else None).astype(np.float64)
    except ValueError:
        table = None
    if table is None or not np.isfinite(table).all():
        place, column = next(
            (place, column)
            for place, line in enumerate(rows)
            for column, text in enumerate(line)
            if not _finite(text)
        )
        raise TableError(f"{source}, line {place + 3}: the {_COLUMNS[column]} of cell {place} is no number")
    return table.reshape(len(rows), len(_COLUMNS)), min(decimals, 12)


def _longest(rows: list[tuple[str, ...]]) -> int:
    return max((len(text) for line in rows for text in line), default=0)


def _finite(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def _equation(line: str, number: int, count: int, source: str) -> tuple[float, list[int], list[float]]:
    head, colon, tail = line.partition(":")
    sides, terms = head.split(), tail.replace("(", " ").replace(")", " ").split()
    if not colon or len(sides) != 2 or not _finite(sides[0]) or not sides[1].isdigit() or len(sides[1]) > 12:
        raise TableError(
            f"{source}, line {number}: an equation is its right side, the number of its terms, a colon, "
            "and each term as index (coefficient)"
        )
    if len(terms) != 2 * int(sides[1]):
        raise TableError(f"{source}, line {number}: says {sides[1]} terms, and does not have them")
    try:
        cells = [int(text) for text in terms[::2]]
        factors = [float(text) for text in terms[1::2]]
    except ValueError:
        raise TableError(f"{source}, line {number}: an index or a coefficient is no number") from None
    if cells and (min(cells) < 0 or max(cells) >= count):
        raise TableError(f"{source}, line {number}: names a cell that is not there (there are {count})")
    return float(sides[0]), cells, factors
