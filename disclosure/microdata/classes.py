"""Which record is in which class, and what each class must write so that its records are alike."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from disclosure.microdata.coding import Coded
from disclosure.microdata.rules import Rows

NONE = -1


@dataclass(frozen=True)
class Boxes:
    """For each class one of its records, and the level that each column must be written on (classes, columns)."""

    one: Rows
    level: NDArray[np.int64]

    def loss(self, coded: Coded) -> NDArray[np.float64]:
        """What each record of each class loses: 0 nothing, 1 everything."""
        total = np.zeros(len(self.one))
        for column, (loss, leaves) in enumerate(zip(coded.loss, coded.leaves, strict=True)):
            total += loss[self.level[:, column], leaves[self.one]]
        return total


def numbered(of: Rows) -> Rows:
    """Classes numbered from 0 without gaps, in the order of their first records; records of none stay so."""
    inside = np.flatnonzero(of != NONE)
    _, first, place = np.unique(of[inside], return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    numbers = np.full(len(of), NONE, np.int64)
    numbers[inside] = rank[place]
    return numbers


def boxes(coded: Coded, of: Rows) -> Boxes:
    """The lowest levels on which the records of each class (numbered from 0 without gaps) are alike."""
    inside = np.flatnonzero(of != NONE)
    order = inside[np.argsort(of[inside], kind="stable")]
    starts = np.flatnonzero(np.diff(of[order], prepend=NONE))
    one = order[starts]
    level = np.zeros((len(one), coded.width), np.int64)
    if not len(one):
        return Boxes(one, level)
    for column, (above, leaves) in enumerate(zip(coded.above, coded.leaves, strict=True)):
        here, first = leaves[order], leaves[one[of[order]]]
        needed = np.zeros(len(order), np.int64)
        for groups in above[:-1]:
            needed += groups[here] != groups[first]
        level[:, column] = np.maximum.reduceat(needed, starts)
    return Boxes(one, level)


def lost(coded: Coded, of: Rows) -> float:
    """What is lost on average over all records; a record of no class loses everything."""
    if not coded.height:
        return 0.0
    inside = of != NONE
    per_class = boxes(coded, of).loss(coded)
    return float((per_class[of[inside]].sum() + np.count_nonzero(~inside)) / coded.height)
