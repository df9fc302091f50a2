"""Who is alone: in the sample, and by estimate in the population that it was taken from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from disclosure.risk.grouping import Grouping, grouping
from disclosure.risk.reidentification import check_fraction

_LARGE = 1e7


@dataclass(frozen=True)
class Uniques:
    """`sample`: records that are alone in their class. `zayatz`, `pitman`: how many people of the population are
    alone in theirs, by two estimates (with a fraction of 1 both are `sample`)."""

    sample: int
    zayatz: float
    pitman: float


def uniques(records: pl.DataFrame, quasi: Sequence[str], *, fraction: float = 1.0) -> Uniques:
    """Sample and population uniques. `fraction`: which part of the population the records are (above 0, up to 1)."""
    return uniques_of(grouping(records, quasi), fraction)


def uniques_of(classes: Grouping, fraction: float) -> Uniques:
    """The same of classes that are there already."""
    check_fraction(fraction)
    alone = int(np.count_nonzero(classes.sizes == 1))
    if fraction == 1 or not alone:
        return Uniques(alone, float(alone), float(alone))
    return Uniques(alone, zayatz(classes, fraction), pitman(classes, fraction))


def zayatz(classes: Grouping, fraction: float) -> float:
    """Population uniques by Zayatz (1991): the classes of the population are taken to be of the sizes of those in the
    sample, and a record that is alone in the sample comes from each of them as likely as such a class gives one."""
    height = classes.height
    population = round(height / fraction)
    size, number = np.unique(classes.sizes, return_counts=True)
    # The hypergeometric probability that a class of that size gives just one to the sample, as a product: n / N times
    # (N - n - j + 1) / (N - j) for j from 1 to the size - 1.
    place = np.arange(1, size.max(), dtype=np.float64)
    factor = np.maximum(population - height - place + 1, 0.0) / (population - place)
    nobody_else = np.concatenate([[1.0], np.cumprod(factor)])
    weight = number * size * nobody_else[size - 1]
    alone = int(number[size == 1].sum())
    estimate = alone * weight[size == 1].sum() / weight.sum() / fraction
    return float(min(estimate, population))


def pitman(classes: Grouping, fraction: float) -> float:
    """Population uniques by the sampling formula of Ewens and Pitman, fitted by maximum likelihood (Hoshino 2001)."""
    from scipy.special import gammaln  # slow to load, and seldom needed

    height = classes.height
    population = round(height / fraction)
    theta, alpha = _fitted(classes)
    # The expected number of classes of one among N: N (theta + alpha)(N-1 factors) / (theta + 1)(N-1 factors).
    far = theta + population
    # Of numbers so large the logarithms of the gamma function differ by less than their last digit.
    ratio = gammaln(far + alpha - 1) - gammaln(far) if far < _LARGE else (alpha - 1) * np.log(far)
    logarithm = np.log(population) + ratio + gammaln(theta + 1) - gammaln(theta + alpha)
    return float(min(np.exp(logarithm), population))


def _fitted(classes: Grouping) -> tuple[float, float]:
    """theta and alpha under which classes of these sizes are most likely."""
    from scipy.optimize import minimize
    from scipy.special import gammaln

    size, number = np.unique(classes.sizes, return_counts=True)
    count = len(classes.sizes)
    place = np.arange(1, count, dtype=np.float64)
    height = classes.height

    def unlikely(given: NDArray[np.float64]) -> float:
        theta, alpha = np.exp(given[0]), 1 / (1 + np.exp(-given[1]))
        classes_come = np.log(theta + place * alpha).sum() - (gammaln(theta + height) - gammaln(theta + 1))
        they_grow = (number * (gammaln(size - alpha) - gammaln(1 - alpha))).sum()
        return float(-(classes_come + they_grow))

    # From the middle of what there is; the likelihood has one top.
    begin = np.array([np.log(max(count, 1.0)), 0.0])
    found = minimize(
        unlikely,
        begin,
        method="Nelder-Mead",
        bounds=((-20, 30), (-12, 12)),
        options={"xatol": 1e-7, "fatol": 1e-9},
    )
    return float(np.exp(found.x[0])), float(1 / (1 + np.exp(-found.x[1])))
