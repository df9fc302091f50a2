"""Which rows lie in which cells: what the counts of a view cannot tell, and its rows can."""

import numpy as np
import polars as pl

from disclosure.audit.nesting import Nested
from disclosure.audit.view import Flags, Integers, Keys, Table, View

# Rows that are held against one another at once.
_TOGETHER = 2_000_000


def rows_in(view: View, table: Table) -> pl.DataFrame:
    """The rows of a table's measure that lie in a cell of it: `key`, `unit` and `cell` (its place in the flattened
    arrays). Empty where the view has no rows of the measure."""
    if table.measure not in view.rows:
        return pl.DataFrame(schema={"key": pl.UInt64, "unit": pl.UInt64, "cell": pl.Int64})
    rows = view.rows[table.measure]
    cell = cells_of(view, table)
    inside = cell >= 0
    return pl.DataFrame({"key": rows.key[inside], "unit": rows.unit[inside], "cell": cell[inside]})


def cells_of(view: View, table: Table) -> Integers:
    """For every row of a table's measure the place of its cell in the flattened arrays; -1: it lies in none."""
    rows = view.rows[table.measure]
    cell = np.zeros(rows.key.size, np.int64)
    listed = np.ones(cell.size, np.bool_)
    for name in table.dimensions:
        places = rows.places(name)
        listed &= places >= 0
        cell = cell * len(view.codes[name]) + places
    for dimension, codes in view.conditions(table.scope) if table.scope else ():
        let_through: Flags = np.array([code in codes for code in view.codes[dimension]] + [False])
        listed &= let_through[rows.places(dimension)]
    return np.where(listed, cell, -1)


def units_outside(view: View, nested: Nested, parts: Integers) -> Integers:
    """For cells of the part (places in its flattened array): how many units give what the whole has and the part has
    not. Needs the rows of both measures."""
    inner, outer = view.rows[nested.part.measure], view.rows[nested.whole.measure]
    # Keys of two kinds cannot be compared, unless all of the one are among the other's: then whoever gives nothing to
    # the part is outside.
    same = inner.kind == outer.kind or bool(np.isin(inner.key, outer.key).all())
    in_part = _Cells(cells_of(view, nested.part))
    in_whole = _Cells(cells_of(view, nested.whole))
    wholes = nested.at[parts]
    batches = np.cumsum(in_whole.sizes(wholes)) // _TOGETHER
    found = np.zeros(parts.size, np.int64)
    for batch in np.unique(batches):
        some = np.flatnonzero(batches == batch)
        theirs, of_theirs = in_whole.rows(wholes[some])
        own, of_own = in_part.rows(parts[some])
        what = (outer.key, inner.key) if same else (outer.unit, inner.unit)
        known = _both(what[0][theirs], of_theirs, what[1][own], of_own)
        _, unit = np.unique(outer.unit[theirs], return_inverse=True)
        left = np.unique((of_theirs * (unit.max(initial=0) + 1) + unit)[~known])
        found[some] = np.bincount(left // (unit.max(initial=0) + 1), minlength=some.size)
    return found


def _both(theirs: Keys, of_theirs: Integers, own: Keys, of_own: Integers) -> Flags:
    """Which of their keys are among the own of the same pair."""
    listed, at = np.unique(np.concatenate([theirs, own]), return_inverse=True)
    ours, mine = at[: theirs.size], at[theirs.size :]
    among: Flags = np.isin(of_theirs * listed.size + ours, of_own * listed.size + mine)
    return among


class _Cells:
    """Rows by the cell that they lie in."""

    def __init__(self, cell: Integers) -> None:
        self._order = np.argsort(cell, kind="stable")
        self._sorted = cell[self._order]

    def sizes(self, cells: Integers) -> Integers:
        """How many rows each of some cells has."""
        first, last = (np.searchsorted(self._sorted, cells, side=side) for side in ("left", "right"))
        return np.asarray(last - first, np.int64)

    def rows(self, cells: Integers) -> tuple[Integers, Integers]:
        """The rows of some cells, and for each the place of its cell among them."""
        first = np.searchsorted(self._sorted, cells, side="left")
        sizes = self.sizes(cells)
        of = np.repeat(np.arange(cells.size), sizes)
        before = np.cumsum(sizes) - sizes
        return self._order[np.arange(of.size) - np.repeat(before - first, sizes)], of
