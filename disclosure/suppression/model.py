"""A table as its suppression sees it: how far each cell can be off, what moves together, and what must be reached.

Cells that are shown whatever happens fall out; a cell that an equation then fixes falls out too; two cells that are
alone in an equation move together and are suppressed together or not at all. What is left is told as deviations from
the true table, so that every equation has the right side 0. (The preprocessing that Fischetti and Salazar-González
recommend, "Solving the cell suppression problem on tabular data with linear constraints", Management Science 47, 2001.)
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from disclosure.errors import UnprotectableError
from disclosure.tables.system import NOBODY, Flags, Floats, Integers, System

# A coefficient smaller than this is what is left of one that cancelled.
_NOTHING = 1e-9
# A primary cell without protection levels may not be known exactly: it must move by this share of its value.
_LITTLE = 1e-6


@dataclass(frozen=True)
class Goal:
    """What one primary cell needs: that the deviation of `column` can reach `amount` upwards (`sign` 1), downwards
    (-1), or between its two ends (0). `cell`: the primary cell in the System."""

    column: int
    sign: int
    amount: float
    cell: int


@dataclass(frozen=True)
class Model:
    """What is left of a System. One column stands for the cells of `members`, which move together.

    `matrix @ deviation == 0`, with deviations from `-down` to `up`, 0 where a column is shown. `cost`: of suppressing
    what is not primary in the column. `must`: it holds a primary cell. `known`: for each holder (`System.holder`),
    the columns that it knows.
    """

    matrix: csr_array
    down: Floats
    up: Floats
    cost: Floats
    must: Flags
    members: tuple[Integers, ...]
    goals: tuple[Goal, ...]
    known: dict[int, Integers]

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return int(self.cost.size)

    def suppressed(self, system: System, opened: Flags) -> Flags:
        """Which cells of the System are suppressed where `opened` columns are."""
        cells = np.isin(system.status, ("u",))
        for column in np.flatnonzero(opened):
            cells[self.members[column]] = True
        return cells


class _Equations:
    """The equations while cells fall out of them and are merged."""

    def __init__(self, system: System) -> None:
        matrix = system.matrix
        self.fixed = (system.status == "z") | (system.upper - system.lower <= 0)
        self.parent = list(range(system.cells))
        self.ratio = [1.0] * system.cells  # the deviation of a cell, as a multiple of its parent's
        self.rows: list[dict[int, float]] = []
        self.within: list[set[int]] = [set() for _ in range(system.cells)]
        for row in range(system.equations):
            ends = slice(int(matrix.indptr[row]), int(matrix.indptr[row + 1]))
            cells, factors = matrix.indices[ends].tolist(), matrix.data[ends].tolist()
            self.rows.append(
                {
                    cell: factor
                    for cell, factor in zip(cells, factors, strict=True)
                    if not self.fixed[cell] and factor
                }
            )
            for cell in self.rows[row]:
                self.within[cell].add(row)

    def settle(self) -> None:
        """Fix and merge until nothing follows any more."""
        waiting = deque(range(len(self.rows)))
        while waiting:
            row = self.rows[waiting.popleft()]
            if len(row) == 1:
                (cell,) = row
                waiting.extend(self._fix(cell))
            elif len(row) == 2:
                kept, gone = sorted(row)
                waiting.extend(self._merge(kept, gone, -row[kept] / row[gone]))

    def _fix(self, cell: int) -> list[int]:
        self.fixed[cell] = True
        touched = sorted(self.within[cell])
        for row in touched:
            del self.rows[row][cell]
        self.within[cell].clear()
        return touched

    def _merge(self, kept: int, gone: int, ratio: float) -> list[int]:
        self.parent[gone], self.ratio[gone] = kept, ratio
        touched = sorted(self.within[gone])
        for number in touched:
            row = self.rows[number]
            before, more = row.get(kept, 0.0), row.pop(gone) * ratio
            if abs(before + more) > _NOTHING * max(abs(before), abs(more)):
                row[kept] = before + more
                self.within[kept].add(number)
            else:
                row.pop(kept, None)
                self.within[kept].discard(number)
        self.within[gone].clear()
        return touched

    def root(self, cell: int) -> tuple[int, float]:
        """The cell that stands for this one, and this one's deviation as a multiple of its."""
        ratio = 1.0
        while self.parent[cell] != cell:
            ratio *= self.ratio[cell]
            cell = self.parent[cell]
        return cell, ratio


def model_of(system: System) -> Model:
    """The Model of a System. Raises UnprotectableError, naming the cells, where the equations give a primary cell away
    whatever is suppressed, to everybody or to the holder of another cell."""
    equations = _Equations(system)
    equations.settle()
    roots = [equations.root(cell) for cell in range(system.cells)]
    kept = sorted({root for root, _ratio in roots if not equations.fixed[root]})
    place = {root: number for number, root in enumerate(kept)}
    column = np.asarray([place.get(root, -1) for root, _ratio in roots], np.int64)
    ratio = np.asarray([ratio for _root, ratio in roots], np.float64)
    primary = system.status == "u"
    refuse(system, np.flatnonzero(primary & (column < 0)))
    members = tuple(np.flatnonzero(column == number) for number in range(len(kept)))
    _refuse_shared(system, members)
    down, up = _rooms(system, column, ratio, len(kept))
    inside = column >= 0
    paid = inside & ~primary
    cost = np.bincount(column[paid], weights=system.cost[paid], minlength=len(kept)).astype(np.float64)
    must = np.bincount(column[inside & primary], minlength=len(kept)) > 0
    return Model(
        matrix=_matrix(equations, place),
        down=down,
        up=up,
        cost=cost,
        must=must,
        members=members,
        goals=_goals(system, column, ratio),
        known=_known(system, column),
    )


def refuse(system: System, cells: Integers) -> None:
    """Raise UnprotectableError for these cells, if there are any."""
    if not cells.size:
        return
    names = ", ".join(system.names[cell] for cell in cells[:5]) + (", …" if cells.size > 5 else "")
    raise UnprotectableError(
        f"no pattern can protect {cells.size} primary cell{'s' if cells.size > 1 else ''} ({names}): even with every "
        "cell suppressed that may be, the rest of the table tells too much. Let more cells be suppressed (status s "
        "instead of z), merge categories, or ask for less protection"
    )


def _refuse_shared(system: System, members: tuple[Integers, ...]) -> None:
    """A holder who knows a cell knows whatever moves with it: another's primary cell there cannot be protected."""
    told = [
        cell
        for cells in members
        for cell in cells[system.status[cells] == "u"]
        if np.any((system.holder[cells] != NOBODY) & (system.holder[cells] != system.holder[cell]))
    ]
    refuse(system, np.asarray(sorted(told), np.int64))


def _rooms(system: System, column: Integers, ratio: Floats, count: int) -> tuple[Floats, Floats]:
    """How far each column can go down and up: as far as the first of its cells."""
    below = np.maximum(system.value - system.lower, 0.0)
    above = np.maximum(system.upper - system.value, 0.0)
    down, up = np.full(count, np.inf), np.full(count, np.inf)
    inside = column >= 0
    size = np.abs(ratio)
    np.minimum.at(up, column[inside], (np.where(ratio > 0, above, below) / size)[inside])
    np.minimum.at(down, column[inside], (np.where(ratio > 0, below, above) / size)[inside])
    return down, up


def _matrix(equations: _Equations, place: dict[int, int]) -> csr_array:
    """What is left of the equations, each once."""
    lines: dict[tuple[tuple[int, float], ...], None] = {}
    for row in equations.rows:
        terms = sorted((place[cell], factor) for cell, factor in row.items())
        if terms:
            first = terms[0][1]
            lines[tuple((cell, factor / first) for cell, factor in terms)] = None
    starts = np.concatenate(([0], np.cumsum([len(line) for line in lines]))).astype(np.int32)
    columns = np.asarray([cell for line in lines for cell, _factor in line], np.int32)
    factors = np.asarray([factor for line in lines for _cell, factor in line], np.float64)
    return csr_array((factors, columns, starts), shape=(len(lines), len(place)))


def _goals(system: System, column: Integers, ratio: Floats) -> tuple[Goal, ...]:
    """What the primary cells need, told in terms of their columns; of two that ask the same, the harder."""
    goals: dict[tuple[int, int], Goal] = {}

    def ask(cell: int, sign: int, amount: float) -> None:
        goal = Goal(int(column[cell]), sign if ratio[cell] > 0 else -sign, amount / abs(ratio[cell]), cell)
        before = goals.get((goal.column, goal.sign))
        if goal.amount > 0 and (before is None or goal.amount > before.amount):
            goals[goal.column, goal.sign] = goal

    for cell in np.flatnonzero(system.status == "u").tolist():
        above, below = float(system.protect_upper[cell]), float(system.protect_lower[cell])
        ask(cell, 1, above)
        ask(cell, -1, below)
        width = max(float(system.protect_sliding[cell]), _LITTLE * max(1.0, abs(float(system.value[cell]))))
        if width > above + below:
            ask(cell, 0, width)
    return tuple(goals[key] for key in sorted(goals))


def _known(system: System, column: Integers) -> dict[int, Integers]:
    """For each holder the columns that it knows, where it knows any."""
    held = (system.holder != NOBODY) & (column >= 0)
    return {
        int(holder): np.unique(column[held & (system.holder == holder)])
        for holder in np.unique(system.holder[held])
    }
