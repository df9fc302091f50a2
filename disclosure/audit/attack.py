"""What an attack found, in words for a data protection officer and a manager."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Counts from 1 to this are small: about so few that one is known.
SMALL = 4
# Two figures, one a part of the other, must differ by so many units.
LEAST_DIFFERENCE = 3
# Areas under the curve up to this count as no better than guessing.
CURVE_LIMIT = 0.55
_ERRORS = 3.0
# Of fewer nothing can be said.
_FEWEST = 20


@dataclass(frozen=True)
class Attack:
    """One attack on a set of figures.

    `meaning`: what was tried and what `found` and `figure` say, in plain words. `examined`: how many cells, pairs or
    people were attacked; `found`: in how many of them the attacker was right. `figure`: the result as a share, or as
    an area under the curve, from 0 to 1; None where nothing could be attacked. `limit`: the highest `figure` that is
    safe; None where the attack is only told. `chance`: the figure that somebody reaches who guesses. `margin`: how far
    above the limit it may lie by luck alone, with so few people. `questions`: those in which something was
    found, the worst first.
    """

    name: str
    meaning: str
    examined: int
    found: int
    figure: float | None
    limit: float | None
    chance: float = 0.0
    margin: float = 0.0
    questions: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the figures withstood it, or there is no limit."""
        return self.limit is None or self.figure is None or self.figure <= self.limit + self.margin

    @property
    def result(self) -> str:
        """`told` where there is no limit, else `passed` or `failed`."""
        if self.limit is None:
            return "told"
        return "passed" if self.passed else "failed"

    @property
    def success(self) -> float:
        """How far the attacker got beyond guessing: 0 no further, 1 always right."""
        if self.figure is None or self.chance >= 1.0:
            return 0.0
        return min(1.0, max(0.0, (self.figure - self.margin - self.chance) / (1.0 - self.chance)))


def worst_first(found: Mapping[str, float]) -> tuple[str, ...]:
    """Questions by how much was found in each, the most first; those alike by name."""
    return tuple(sorted(found, key=lambda name: (-found[name], name)))


def area_under_curve(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float | None:
    """How often somebody who sees one score of each kind tells rightly which is which, ties by the toss of a coin: 0.5
    is guessing (Hanley and McNeil, "The meaning and use of the area under a receiver operating characteristic (ROC)
    curve", Radiology 143, 1982). None where there is none of a kind."""
    if not positive.size or not negative.size:
        return None
    ranked = np.sort(negative)
    below, up_to = (np.searchsorted(ranked, positive, side=side) for side in ("left", "right"))
    return float((below + up_to).sum()) / 2 / (positive.size * negative.size)


def margin_of_curve(positive: int, negative: int, people: int) -> float:
    """Three standard errors of the area under a curve that says nothing: further it lies by luck in one of 700. However
    many pairs there are of few `people`, they say no more than there are people."""
    some, others = min(positive, people), min(negative, people)
    if min(some, others) < _FEWEST:
        return 0.5
    return float(_ERRORS * np.sqrt((some + others + 1) / (12.0 * some * others)))


def margin_of_share(limit: float, examined: int, people: int | None = None) -> float:
    """Three standard errors of a share that lies at its limit."""
    some = examined if people is None else min(examined, people)
    if some < _FEWEST:
        return 1.0
    return float(_ERRORS * np.sqrt(limit * (1.0 - limit) / some))
