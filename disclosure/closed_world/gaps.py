"""Gaps that do not point at people: beside a withheld figure of a few, empty cells are withheld.

What is withheld because it would tell of somebody is mostly one person. Were nothing else withheld, each gap would say
so. So each takes cells with nobody in it along, of its own rows first. Which ones hangs on the secret key of the cell:
the same rows take the same empty cells in every release.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil, prod

import numpy as np
import numpy.typing as npt

from disclosure.closed_world.coding import Whole
from disclosure.closed_world.deciding import WITHHELD
from disclosure.closed_world.nesting import Flags

Scores = npt.NDArray[np.uint64]

# Of the gaps of a table no more may be exactly one person, where there are others to take.
_ONES = 1 / 3
# So often gaps that want the same cell choose again, before any cell of the table does.
_TURNS = 6
_NONE = np.iinfo(np.uint64).max


@dataclass
class Gaps:
    """The cells of all tables in a row. `shapes`: of each table; `value` (WITHHELD: a gap) is changed in place."""

    shapes: Sequence[tuple[int, ...]]
    value: Whole = field(repr=False)
    count: Whole = field(repr=False)
    key: Whole = field(repr=False)
    possible: Flags = field(repr=False)

    def __post_init__(self) -> None:
        self._ends = np.cumsum([prod(shape) for shape in self.shapes])
        # Gaps that have been looked after, or were taken along themselves.
        self._done = np.zeros(self.value.size, np.bool_)

    def fill(self) -> None:
        """Take cells along with every gap that is new since the last time. The same gaps take the same."""
        gaps = np.flatnonzero((self.value == WITHHELD) & self.possible & ~self._done & (self.count > 0))
        self._done[gaps] = True
        for table, own in _by_table(gaps, self._ends):
            first = int(self._ends[table]) - prod(self.shapes[table])
            self._fill(slice(first, int(self._ends[table])), self.shapes[table], own - first)

    def _fill(self, table: slice, shape: tuple[int, ...], gaps: Whole) -> None:
        value, count = self.value[table], self.count[table]
        hidden = self.possible[table] & (value == WITHHELD)
        ones = gaps[count[gaps] == 1]
        # A gap that stands for more is one that is no one already.
        wanted = ceil(int((hidden & (count == 1)).sum()) / _ONES) - int(hidden.sum())
        while wanted > 0 and ones.size:
            taking = ones[np.argsort(_mixed(self.key[table][ones], ones), kind="stable")][:wanted]
            taken = self._take(table, shape, taking)
            if not taken:
                break
            wanted -= taken

    def _take(self, table: slice, shape: tuple[int, ...], gaps: Whole) -> int:
        """Withhold a cell for each of some gaps, as far as there are any; how many."""
        value, count, possible = self.value[table], self.count[table], self.possible[table]
        shown = possible & (value != WITHHELD)
        free = shown & (count == 0)
        if not free.any() and len(shape) > 1:
            free = shown & (count > 1)
        taken = _choose(shape, gaps, self.key[table][gaps], free)
        value[taken] = WITHHELD
        self._done[table][taken] = True
        return int(taken.size)


def _choose(shape: tuple[int, ...], gaps: Whole, key: Whole, free: Flags) -> Whole:
    """A free cell for each gap, none for two: one of its own rows, or else any of the table."""
    free, taken = free.copy(), [np.empty(0, np.int64)]
    elsewhere = np.zeros(gaps.size, np.bool_)
    open_gaps = np.arange(gaps.size)
    for _ in range(_TURNS):
        if not open_gaps.size or not free.any():
            break
        cell, score = _best_of_rows(shape, gaps[open_gaps], key[open_gaps], free)
        nowhere = score == _NONE
        elsewhere[open_gaps[nowhere]] = True
        open_gaps, cell, score = open_gaps[~nowhere], cell[~nowhere], score[~nowhere]
        order = np.lexsort((open_gaps, score))
        found, first = np.unique(cell[order], return_index=True)
        free[found] = False
        taken.append(found)
        open_gaps = np.delete(open_gaps, order[first])
    rest = np.sort(np.concatenate([open_gaps, np.flatnonzero(elsewhere)]))
    taken.append(_anywhere(gaps[rest], key[rest], free))
    return np.concatenate(taken)


def _best_of_rows(shape: tuple[int, ...], gaps: Whole, key: Whole, free: Flags) -> tuple[Whole, Scores]:
    """For each gap the free cell with the lowest score of all rows that it lies in (`_NONE`: there is none)."""
    best, score = np.zeros(gaps.size, np.int64), np.full(gaps.size, _NONE)
    step = 1
    for length in reversed(shape):
        at = gaps // step % length
        row = gaps[:, None] + (np.arange(length) - at[:, None]) * step
        scores = np.where(free[row], _mixed(key[:, None], row), _NONE)
        lowest = scores.argmin(1)
        each = np.arange(gaps.size)
        better = scores[each, lowest] < score
        best = np.where(better, row[each, lowest], best)
        score = np.where(better, scores[each, lowest], score)
        step *= length
    return best, score


def _anywhere(gaps: Whole, key: Whole, free: Flags) -> Whole:
    """A free cell for each gap, as far as there are any: the next one on a ring on which keys place all."""
    cells = np.flatnonzero(free)
    if not cells.size or not gaps.size:
        return cells[:0]
    around = _mixed(cells * 0, cells)
    ring = cells[np.argsort(around, kind="stable")]
    at = np.sort(np.searchsorted(np.sort(around), _mixed(key, gaps)))[: cells.size]
    after = np.maximum.accumulate(at - np.arange(at.size)) + np.arange(at.size)
    return np.unique(ring[after % ring.size])


def _by_table(cells: Whole, ends: Whole) -> Iterator[tuple[int, Whole]]:
    table = np.searchsorted(ends, cells, "right")
    for one in np.unique(table):
        yield int(one), cells[table == one]


def _mixed(key: Whole, cell: Whole) -> Scores:
    """Numbers that look random and hang on both (the finalizer of SplitMix64: Steele, Lea and Flood, "Fast splittable
    pseudorandom number generators", OOPSLA 2014)."""
    number = key.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + cell.astype(np.uint64)
    number = (number ^ (number >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    number = (number ^ (number >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Scores = (number ^ (number >> np.uint64(31))) >> np.uint64(1)
    return mixed
