"""How likely somebody is found again among records: prosecutor, journalist and marketer risk (El Emam 2013)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from disclosure.errors import MicrodataError
from disclosure.risk.grouping import Grouping, Whole, grouping

# A fifth is the usual threshold of what is too likely: one of a class of five.
USUAL_THRESHOLD = 0.2
# Of a smaller part the population would be more people than ever were.
_LEAST_FRACTION = 1e-10


@dataclass(frozen=True)
class Risk:
    """What one attacker can expect. `highest`: the largest probability with which one record is rightly said to be
    somebody's; `mean`: the same on average over the records, which is the share of rightly named ones if everybody is
    named; `beyond`: the share of records for which it is above the threshold."""

    highest: float
    mean: float
    beyond: float


@dataclass(frozen=True)
class Reidentification:
    """`prosecutor`: knows that somebody is among the records. `journalist`: does not, and takes anybody of the
    population. `marketer`: wants to name as many as possible: the share of records he names rightly."""

    prosecutor: Risk
    journalist: Risk
    marketer: float


def reidentification_risk(
    records: pl.DataFrame,
    quasi: Sequence[str],
    *,
    fraction: float = 1.0,
    threshold: float = USUAL_THRESHOLD,
) -> Reidentification:
    """The three risks. `fraction`: which part of the population the records are, above 0 up to 1 (1: all of it, where
    journalist and prosecutor are one). Raises MicrodataError for another one."""
    return risks(grouping(records, quasi), fraction=fraction, threshold=threshold)


def risks(
    classes: Grouping, *, fraction: float = 1.0, threshold: float = USUAL_THRESHOLD
) -> Reidentification:
    """The same of classes that are there already."""
    check_fraction(fraction)
    if not 0 < threshold <= 1:
        raise MicrodataError(f"threshold = {threshold}: choose a probability above 0, up to 1")
    size = classes.size
    prosecutor = _summed(1 / size, threshold)
    journalist = _summed(expected_inverse(classes.sizes, fraction)[classes.of], threshold)
    return Reidentification(prosecutor, journalist, journalist.mean)


def expected_inverse(sizes: Whole, fraction: float) -> NDArray[np.float64]:
    """The expected value of 1 / (how many of the population are in a class) of which `sizes` are in the sample.

    Of the population given the sample the negative binomial of Benedetti and Franconi (1998), as in mu-ARGUS: with the
    fraction p and f in the sample, p^f / f * 2F1(f, f; f + 1; 1 - p)."""
    if fraction == 1:
        return 1 / sizes
    from scipy.special import hyp2f1  # slow to load, and seldom needed

    different, place = np.unique(sizes, return_inverse=True)
    found = np.empty(len(different))
    for number, size in enumerate(different.tolist()):
        # Euler's transformation of the series: all terms positive and small, whatever the size.
        found[number] = fraction * hyp2f1(1, 1, size + 1, 1 - fraction) / size
    return np.asarray(found[place])


def check_fraction(fraction: float) -> None:
    """Refuse what is no part of a population."""
    if not 0 < fraction <= 1:
        raise MicrodataError(
            f"fraction = {fraction}: the records are a part of the population, above 0 and up to 1"
        )
    if fraction < _LEAST_FRACTION:
        raise MicrodataError(
            f"fraction = {fraction}: no population is so large; choose {_LEAST_FRACTION} or more"
        )


def _summed(risk: NDArray[np.float64], threshold: float) -> Risk:
    return Risk(float(risk.max()), float(risk.mean()), float((risk > threshold + 1e-12).mean()))
