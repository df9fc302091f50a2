"""The lattice peel: level by level of what is lost, whoever is safely alike there makes a class and is taken away.

Every node of the lattice gives full-domain classes in the sense of Samarati and Sweeney; taken one after the other,
with those in safe classes taken out, they recode locally: a rare record is coarse, and its frequent neighbours are not.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from disclosure.microdata.classes import NONE
from disclosure.microdata.coding import Coded
from disclosure.microdata.rules import Judge, Rows
from disclosure.microdata.sparing import spared

# Copying the records that are left pays once so many of them are gone.
_GONE = 0.08


@dataclass(frozen=True)
class Peeled:
    """`of`: the class of each record (numbered from 0), or NONE. `node`: the node at which each class was found."""

    of: Rows
    node: Rows


def peel(coded: Coded, judge: Judge, order: NDArray[np.int64]) -> Peeled:
    """Take away what is safe at each node of `order` (nodes, columns), first nodes first.

    Where the sensitive values are scarce, only so many of them are taken as a class needs (`sparing`); whoever is left
    at the end joins a class that has a place for him as he is, at the first node where there is one.
    """
    of = np.full(coded.height, NONE, np.int64)
    rows = np.arange(coded.height)
    signs = coded.signs
    left = [list(levels) for levels in signs]
    buckets = 1 << max(10, int(np.ceil(np.log2(max(coded.height, 1) * 8))))
    mask, gone = np.uint64(buckets - 1), 0
    kinds = judge.kinds()
    node_of: list[int] = []
    for number, levels in enumerate(order):
        if len(rows) - gone < judge.rules.k:
            break
        key = left[0][levels[0]]
        for column in range(1, coded.width):
            key = key + left[column][levels[column]]
        bucket = (key & mask).astype(np.int64)
        # Records that are gone are still counted here: it is enough that nobody who might be safe is missed.
        likely = np.flatnonzero((np.bincount(bucket, minlength=buckets) >= judge.rules.k)[bucket])
        likely = likely[of[rows[likely]] == NONE]
        if kinds is not None:
            likely = _of_both_kinds(likely, bucket[likely], kinds[rows[likely]], buckets)
        if len(likely) < judge.rules.k:
            continue
        taken, group = _safe(judge, rows[likely], key[likely])
        if not len(taken):
            continue
        of[taken] = group + len(node_of)
        node_of.extend([number] * (int(group.max()) + 1))
        gone += len(taken)
        if gone > _GONE * len(rows):
            stay = of[rows] == NONE
            rows, gone = rows[stay], 0
            left = [[sign[stay] for sign in levels] for levels in left]
    _fill_back(coded, judge, order, of, np.asarray(node_of, np.int64))
    return Peeled(of, np.asarray(node_of, np.int64))


def _of_both_kinds(likely: Rows, bucket: Rows, kind: NDArray[np.bool_], buckets: int) -> Rows:
    """Those whose bucket holds records of both kinds."""
    for wanted in (True, False):
        there = np.zeros(buckets, bool)
        there[bucket[kind == wanted]] = True
        stay = there[bucket]
        likely, bucket, kind = likely[stay], bucket[stay], kind[stay]
    return likely


def _safe(judge: Judge, rows: Rows, key: NDArray[np.uint64]) -> tuple[Rows, Rows]:
    """Those of the rows that make safe classes with others of the same key, and the number of their class."""
    _, group, sizes = np.unique(key, return_inverse=True, return_counts=True)
    rows, group = _only(sizes >= judge.rules.k, rows, group)
    if not len(rows) or judge.size_is_enough:
        return rows, group
    if judge.values:
        stay = spared(judge, rows, group)
        rows, group = rows[stay], group[stay]
    return _only(judge.conform(rows, group, int(group.max()) + 1), rows, group)


def _only(good: NDArray[np.bool_], rows: Rows, group: Rows) -> tuple[Rows, Rows]:
    """The rows of the good groups, and these numbered without gaps."""
    stay = good[group]
    return rows[stay], (np.cumsum(good) - 1)[group[stay]]


def _fill_back(coded: Coded, judge: Judge, order: NDArray[np.int64], of: Rows, node_of: Rows) -> None:
    """Let records that were left join classes in which they write nothing new, as far as the classes stay safe."""
    left = np.flatnonzero(of == NONE)
    if not len(left) or not len(node_of):
        return
    _, one = np.unique(of, return_index=True)
    one = one[of[one] != NONE]
    members: dict[int, list[int]] = {}
    for number in np.unique(node_of):
        classes = np.flatnonzero(node_of == number)
        levels = order[number]
        key = _keys(coded, levels, one[classes])
        by_key = np.argsort(key, kind="stable")
        wanted = _keys(coded, levels, left)
        place = np.minimum(np.searchsorted(key[by_key], wanted), len(classes) - 1)
        fits = key[by_key][place] == wanted
        for row, home in zip(left[fits], classes[by_key][place[fits]], strict=True):
            if judge.joining_is_safe:
                of[row] = home
                continue
            inside = members.setdefault(int(home), [])
            if not inside:
                inside.extend(np.flatnonzero(of == home).tolist())
            if judge.safe([*inside, int(row)]):
                inside.append(int(row))
                of[row] = home
        left = left[of[left] == NONE]
        if not len(left):
            return


def _keys(coded: Coded, levels: Rows, rows: Rows) -> NDArray[np.uint64]:
    key = np.zeros(len(rows), np.uint64)
    for column, level in enumerate(levels):
        key = key + coded.signs[column][level][rows]
    return key
