"""Bounds that follow from bounds: what each equation alone says about its cells, again and again until nothing moves.

Sound, never too narrow; linear programs may find narrower ones (`disclosure.audit.intervals`). One pass is a few array
operations over all terms, so systems of a million cells are no matter. (Feasibility-based bound tightening; for tables
the "shuttle algorithm" of Buzzigoli and Giusti, 1999.)
"""

import numpy as np
from scipy.sparse import csr_array

from disclosure.errors import PatternError
from disclosure.tables.system import Floats, Integers

# What floating point may lose in a sum, as a share of its terms: bounds are moved outwards by it.
_SHARE = 1e-12
# A bound that moves by less than this share of the interval's width is taken for unmoved.
_WORTH = 1e-6


def propagate(
    matrix: csr_array,
    right: Floats,
    lowest: Floats,
    highest: Floats,
    *,
    rounds: int = 200,
    whole: bool = False,
) -> tuple[Floats, Floats]:
    """The narrowest bounds of x that single equations of `matrix @ x == right` give within `lowest <= x <= highest`.

    Bounds may be infinite. `whole`: x are whole numbers, so bounds are rounded inwards. `rounds`: passes at most; each
    one looks only at equations with a cell that has moved. Raises PatternError where the bounds contradict each other.
    """
    low, high = np.array(lowest, np.float64), np.array(highest, np.float64)
    if whole:
        low, high = inwards(low, high)
    columns = np.asarray(matrix.indices, np.int64)
    rows = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))
    terms = np.arange(columns.size)
    for _round in range(rounds):
        moved = _one_round(rows[terms], columns[terms], matrix.data[terms], right, low, high, whole=whole)
        if low.size and (low > high + _slack(low, high)).any():
            raise PatternError("what is said of the cells contradicts itself: no table has all these values")
        if not moved.any():
            break
        touched = np.zeros(matrix.shape[0], np.bool_)
        touched[rows[moved[columns]]] = True
        terms = np.flatnonzero(touched[rows])
    return low, high


def inwards(low: Floats, high: Floats, hair: float = 1e-6) -> tuple[Floats, Floats]:
    """Bounds of whole numbers: rounded inwards, but for the `hair` by which they may be off."""
    return np.ceil(low - hair), np.floor(high + hair)


def _one_round(
    rows: Integers,
    columns: Integers,
    factors: Floats,
    right: Floats,
    low: Floats,
    high: Floats,
    *,
    whole: bool,
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Narrow `low` and `high` in place by every term given; which cells moved."""
    count = right.size
    one, other = factors * low[columns], factors * high[columns]
    least, most = np.where(factors > 0, one, other), np.where(factors > 0, other, one)
    rest_least = right[rows] - _sum_of_others(rows, most, count)
    rest_most = right[rows] - _sum_of_others(rows, least, count)
    with np.errstate(invalid="ignore"):
        from_least, from_most = rest_least / factors, rest_most / factors
    below, above = np.minimum(from_least, from_most), np.maximum(from_least, from_most)
    size = np.bincount(
        rows,
        np.where(np.isfinite(one), np.abs(one), 0) + np.where(np.isfinite(other), np.abs(other), 0),
        count,
    )
    hair = _SHARE * (size + np.abs(right))[rows] / np.abs(factors)
    before_low, before_high = low.copy(), high.copy()
    np.maximum.at(low, columns, below - hair)
    np.minimum.at(high, columns, above + hair)
    if whole:
        low[:], high[:] = inwards(low, high)
    with np.errstate(invalid="ignore"):
        worth = np.where(np.isfinite(before_high - before_low), _WORTH * (before_high - before_low), 0.0)
        risen = np.where(low > before_low, low - before_low, 0.0) > worth
        fallen = np.where(high < before_high, before_high - high, 0.0) > worth
    return np.asarray(risen | fallen)


def _sum_of_others(rows: Integers, terms: Floats, count: int) -> Floats:
    """For each term the sum of the other terms of its equation; infinite where one of these is."""
    finite = np.isfinite(terms)
    sums = np.bincount(rows, np.where(finite, terms, 0.0), count)
    endless = np.bincount(rows, ~finite, count)
    sign = np.bincount(rows, np.where(finite, 0.0, np.sign(terms)), count)
    others_endless = endless[rows] - ~finite > 0
    infinite = np.where(sign[rows] >= 0, np.inf, -np.inf)
    return np.asarray(np.where(others_endless, infinite, sums[rows] - np.where(finite, terms, 0.0)))


def _slack(low: Floats, high: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.asarray(1e-6 * np.maximum(1.0, np.where(np.isfinite(low), np.abs(low), 1.0)))
