"""The nodes of the generalisation lattice: one level a column, from those that lose least to the one that loses all."""

from math import prod

import numpy as np
from numpy.typing import NDArray

from disclosure.microdata.coding import Coded

# As many keys of records as are worked out at most (nodes by records), and as many nodes.
_WORK, _NODES = 250_000_000, 12_000


def nodes(coded: Coded) -> NDArray[np.int64]:
    """The nodes (nodes, columns) in the order of what a record loses there on average; the last is that of all groups.

    Where the lattice is too large for the number of records, the levels that differ least from the one above them are
    left out, one after the other, until it is not.
    """
    most = max(64, min(_NODES, _WORK // max(coded.height, 1)))
    kept = [_different(weighed) for weighed in coded.weighed]
    while prod(len(levels) for levels in kept) > most:
        column, place = _least_missed(coded, kept)
        del kept[column][place]
    grid = np.stack([axis.ravel() for axis in np.meshgrid(*kept, indexing="ij")], axis=1)
    total = sum(coded.weighed[column][grid[:, column]] for column in range(coded.width))
    # Sums in another order differ in the last digit, which must not decide.
    return grid[np.lexsort((*grid.T[::-1], np.round(total, 12)))]


def _different(weighed: NDArray[np.float64]) -> list[int]:
    """The levels that lose more than the one before them; of those that do not the lowest."""
    return [0, *(level for level in range(1, len(weighed)) if weighed[level] > weighed[level - 1])]


def _least_missed(coded: Coded, kept: list[list[int]]) -> tuple[int, int]:
    """The column and place of the level that is missed least: where little is lost by going up one, and there are many.
    The last level of a column stays; its others go when no column has a third."""
    least = 3 if any(len(levels) > 2 for levels in kept) else 2
    missed = [
        (
            (coded.weighed[column][levels[place + 1]] - coded.weighed[column][levels[place]])
            / len(levels) ** 2,
            column,
            place,
        )
        for column, levels in enumerate(kept)
        if len(levels) >= least
        for place in range(len(levels) - 1)
    ]
    return min(missed)[1:]
