"""Mondrian along hierarchies: classes that are large enough are split, column by column, as long as all parts are safe.

After LeFevre, DeWitt and Ramakrishnan (Mondrian multidimensional k-anonymity, ICDE 2006), with two differences: a split
goes down one level of a hierarchy, and whoever is in a part that would not be safe stays behind as he was, if those who
stay are safe together. All classes are split at once, round by round.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from disclosure.microdata.classes import NONE, Boxes, boxes, numbered
from disclosure.microdata.coding import Coded
from disclosure.microdata.rules import Judge, Rows

# A hierarchy has few levels, and each round goes down one of one column: more rounds are hardly ever of use.
_ROUNDS = 200


@dataclass(frozen=True)
class _Split:
    """For each class what is won, and for each row the part that it goes to (0: it stays behind)."""

    won: NDArray[np.float64]
    part: Rows


def split(coded: Coded, judge: Judge, of: Rows) -> Rows:
    """The classes, split where they can be: the class of each record, or NONE."""
    of = numbered(of)
    for _ in range(_ROUNDS):
        sizes = np.bincount(of[of != NONE])
        large = sizes >= 2 * judge.rules.k
        rows = np.flatnonzero((of != NONE) & large[of]) if len(sizes) else np.empty(0, np.int64)
        if not len(rows):
            break
        home = np.unique(of[rows], return_inverse=True)[1].astype(np.int64)
        found = boxes(coded, _inside(coded, rows, home))
        best = _Split(np.zeros(len(found.one)), np.zeros(len(rows), np.int64))
        for column in range(coded.width):
            offered = _one_column(coded, judge, rows, home, found, column)
            if offered is not None:
                better = offered.won > best.won
                best = _Split(
                    np.where(better, offered.won, best.won), np.where(better[home], offered.part, best.part)
                )
        if not best.won.any():
            break
        parts = of[rows] * (int(best.part.max()) + 1) + best.part
        of[rows] = len(sizes) + np.unique(parts, return_inverse=True)[1]
        of = numbered(of)
    return of


def _inside(coded: Coded, rows: Rows, home: Rows) -> Rows:
    of = np.full(coded.height, NONE, np.int64)
    of[rows] = home
    return of


def _one_column(
    coded: Coded, judge: Judge, rows: Rows, home: Rows, found: Boxes, column: int
) -> _Split | None:
    """What is won by going down one level of this column in each class."""
    level = found.level[:, column]
    if not level.any():
        return None
    leaf, classes = coded.leaves[column][rows], len(level)
    below = np.maximum(level - 1, 0)[home]
    child = coded.above[column][below, leaf]
    _, part = np.unique(home * (coded.above[column].shape[1] + 1) + child, return_inverse=True)
    part = part.astype(np.int64)
    parts = int(part.max()) + 1
    goes = judge.conform(rows, part, parts)
    owner = np.empty(parts, np.int64)
    owner[part] = home
    goes &= level[owner] > 0
    sizes = np.bincount(part, minlength=parts)
    for _ in range(3):
        stays = ~goes[part]
        alone = np.bincount(home[stays], minlength=classes) > 0
        unsafe = alone & ~judge.conform(rows[stays], home[stays], classes)
        if not (unsafe[owner] & goes).any():
            break
        # Those who stay need company: that of the smallest part that would have gone.
        order = np.lexsort((sizes, owner))
        order = order[goes[order] & unsafe[owner[order]]]
        goes[order[np.flatnonzero(np.diff(owner[order], prepend=-1))]] = False
    stays = ~goes[part]
    unsafe = (np.bincount(home[stays], minlength=classes) > 0) & ~judge.conform(
        rows[stays], home[stays], classes
    )
    goes &= ~unsafe[owner]
    loss = coded.loss[column]
    won = np.where(goes[part], loss[level[home], leaf] - loss[below, leaf], 0.0)
    total = np.asarray(np.bincount(home, weights=won, minlength=classes), np.float64)
    return _Split(total, np.where(goes[part], part + 1, 0))
