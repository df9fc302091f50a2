"""Sensitive values that are scarce go round: no class takes more of them than it needs while others have none.

Without it the first classes use up whatever makes a class safe, and thousands of records are left that are all alike in
what is sensitive, which nothing can make safe any more.
"""

import numpy as np
from numpy.typing import NDArray

from disclosure.microdata.rules import Distance, Judge, Rows, Rules

# l-diversity: with more than so many times the values that classes of k need, nobody need spare.
_PLENTY = 2.5
# How much more than its share in the whole a scarce value may make of a class.
_BEYOND = 1.2
# t-closeness: which part of t a value may be above its share; the most frequent may use all of it.
_PART = 0.25
# A class shrinks while what is too much goes, and then a little more is too much.
_ROUNDS = 8
# A table of groups by values larger than this is not worth it.
_LARGEST = 4_000_000


def spared(judge: Judge, rows: Rows, group: Rows) -> NDArray[np.bool_]:
    """Which of the rows (in order) a class takes; the others wait. Of those alike the first ones are taken."""
    stay = np.ones(len(rows), bool)
    groups = int(group.max()) + 1 if len(group) else 0
    most = _most(judge.rules, judge.shares[0])
    if most is None or groups * len(most) > _LARGEST:
        return stay
    value = judge.values[0][rows]
    there = np.bincount(group * len(most) + value, minlength=groups * len(most)).reshape(groups, len(most))
    taken = there
    for _ in range(_ROUNDS):
        size = taken.sum(axis=1, keepdims=True)
        fewer = np.minimum(there, np.maximum(np.floor(size * most + 1e-9).astype(np.int64), 1))
        if (fewer == taken).all():
            break
        taken = np.minimum(taken, fewer)
    # The place of each row among those of its group with its value.
    cell = group * len(most) + value
    order = np.argsort(cell, kind="stable")
    cell = cell[order]
    place = np.empty(len(rows), np.int64)
    place[order] = np.arange(len(rows)) - np.searchsorted(cell, cell)
    return place < taken[group, value]


def _most(rules: Rules, share: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The largest part of a class that each value may be, or None where nothing is scarce."""
    usual = int(np.argmax(share))
    most = np.ones(len(share))
    if rules.t < 1:
        if rules.distance is Distance.ORDERED:
            return None
        most = np.minimum(share + _PART * rules.t, 1.0)
        most[usual] = min(share[usual] + rules.t, 1.0)
        return most
    rare = 1.0 - share[usual]
    if rare * rules.k > _PLENTY * max(rules.l - 1, 1):
        return None
    most[np.arange(len(share)) != usual] = _BEYOND * rare
    return most
