"""A lattice: one table with all of its margins, as one array that has a place more on every axis, the last, for "all".

A table of sex × age has the counts of both together, of each alone, and of everybody: an array of (sexes + 1) by
(ages + 1). What is known of any of them narrows the others.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_ROUNDS = 200
# A bound that is infinite spoils differences: one that no count of people reaches stands for it.
_MOST = 1e10
_ALL, _PARTS, _WHOLE = slice(None), slice(0, -1), slice(-1, None)


def with_margins(finest: Floats, first: int = 0) -> Floats:
    """All cells of a lattice from its finest ones. `first`: axes before this one only number lattices of one shape."""
    kept = (_ALL,) * first
    lattice = np.empty(
        tuple(length + (axis >= first) for axis, length in enumerate(finest.shape)), dtype=np.float64
    )
    lattice[(*kept, *(_PARTS,) * (finest.ndim - first))] = finest
    for axis in range(first, finest.ndim):
        # Totals over this axis, of what has been filled: the axes before it whole, those after it without totals.
        place: list[Any] = [*(_ALL,) * axis, -1, *(_PARTS,) * (finest.ndim - axis - 1)]
        parts = [*place[:axis], _PARTS, *place[axis + 1 :]]
        np.add.reduce(lattice[tuple(parts)], axis, out=lattice[tuple(place)])
    return lattice


def onto_finest(lattice: Floats, first: int = 0) -> Floats:
    """For every finest cell the sum over all cells of the lattice that hold it (the transpose of `with_margins`)."""
    for axis in range(first, lattice.ndim):
        before = (_ALL,) * axis
        lattice = lattice[(*before, _PARTS)] + lattice[(*before, _WHOLE)]
    return lattice


def finest_of(lattice: Floats, first: int = 0) -> Floats:
    """The finest cells: a view."""
    return lattice[(*(_ALL,) * first, *(_PARTS,) * (lattice.ndim - first))]


def narrow(lowest: Floats, highest: Floats) -> tuple[Floats, Floats]:
    """The bounds that follow for every cell of a lattice from bounds of all: a whole is the sum of its parts along
    each axis. Sound, not always the tightest. `inf` where there is no upper bound. New arrays."""
    lowest, highest = lowest.astype(np.float64), np.minimum(highest, _MOST).astype(np.float64)
    for _ in range(_ROUNDS):
        before = lowest.copy(), highest.copy()
        for axis in range(lowest.ndim):
            low, high = np.moveaxis(lowest, axis, 0), np.moveaxis(highest, axis, 0)
            np.maximum(low[-1:], low[:-1].sum(0, keepdims=True), out=low[-1:])
            np.minimum(high[-1:], high[:-1].sum(0, keepdims=True), out=high[-1:])
            parts_low, parts_high = low[:-1].sum(0), high[:-1].sum(0)
            np.minimum(high[:-1], high[-1] - (parts_low - low[:-1]), out=high[:-1])
            np.maximum(low[:-1], low[-1] - (parts_high - high[:-1]), out=low[:-1])
        if (lowest > highest).any():
            # What is said of the cells contradicts itself: then no more follows from it.
            return before
        if np.array_equal(lowest, before[0]) and np.array_equal(highest, before[1]):
            break
    return lowest, highest
