"""How values are spread in classes of records: what l-diversity and t-closeness are worked out from.

Groups and values are numbers from 0. Each function takes the pairs of a group (`where`) and a value (`which`) that
occur, how often (`count`), and the size of each group; every group has a record.
"""

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


def pairs(group: Whole, value: Whole, groups: int, values: int) -> tuple[Whole, Whole, Whole]:
    """The group, the value and the count of each pair that occurs, sorted by group, then value."""
    key = group.astype(np.int64) * values + value
    if groups * values <= max(4 * len(key), 100_000):
        count = np.bincount(key, minlength=groups * values)
        found = np.flatnonzero(count)
        count = count[found]
    else:
        found, count = np.unique(key, return_counts=True)
    return found // values, found % values, count


def entropy(where: Whole, count: Whole, sizes: Whole) -> NDArray[np.float64]:
    """The entropy (natural logarithm) of the values in each group."""
    share = count / sizes[where]
    return np.asarray(np.bincount(where, weights=-share * np.log(share), minlength=len(sizes)), np.float64)


def recursive(where: Whole, count: Whole, groups: int, l: int) -> NDArray[np.float64]:  # noqa: E741
    """How many times as frequent the most frequent value is as all but the l - 1 most frequent together; infinite where
    there are no more than l - 1 values."""
    order = np.lexsort((-count, where))
    where, count = where[order], count[order]
    begins = np.searchsorted(where, np.arange(groups))
    rank = np.arange(len(where)) - begins[where]
    most = np.bincount(where, weights=np.where(rank == 0, count, 0), minlength=groups)
    rest = np.bincount(where, weights=np.where(rank >= l - 1, count, 0), minlength=groups)
    result = np.full(groups, np.inf)
    np.divide(most, rest, out=result, where=rest > 0)
    return result


def equal_distance(
    where: Whole, which: Whole, count: Whole, sizes: Whole, share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How far each group's values are spread from the whole: half of the sum of absolute differences of shares."""
    whole = share[which]
    beyond = np.abs(count / sizes[where] - whole) - whole
    return (1.0 + np.bincount(where, weights=beyond, minlength=len(sizes))) / 2


def ordered_distance(
    where: Whole, which: Whole, count: Whole, sizes: Whole, share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The same where the values have an order: what must be carried how far, over the number of steps there are.

    That is the sum over the values of the absolute difference of cumulated shares. The own one of a group changes
    only where it has a value; in between the sums come from those of the whole."""
    whole = np.cumsum(share)
    sums = np.concatenate([[0.0], np.cumsum(whole)])
    last = np.diff(where, append=-1) != 0
    first = np.diff(where, prepend=-1) != 0
    running = np.cumsum(count)
    before = np.where(first, running - count, 0)
    reach = (running - np.maximum.accumulate(before)) / sizes[where]
    end = np.where(last, len(share), np.append(which[1:], 0))
    # Up to `cross` the whole is behind the group, from there on ahead of it.
    cross = np.clip(np.searchsorted(whole, reach), which, end)
    behind = reach * (cross - which) - (sums[cross] - sums[which])
    ahead = (sums[end] - sums[cross]) - reach * (end - cross)
    far = behind + ahead + np.where(first, sums[which], 0.0)
    total = np.asarray(np.bincount(where, weights=far, minlength=len(sizes)), np.float64)
    return np.maximum(total, 0.0) / max(len(share) - 1, 1)
