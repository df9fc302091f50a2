"""Whether a headline figure has changed: by more than chance, by no more than chance, or it cannot be told."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import Final

from evidence.answers import Answer
from evidence.periods import whole_periods, year_before
from evidence.words import written

# Two counts differ by more than chance where they lie this many standard errors apart.
_ERRORS: Final = 2.0
# The median of the chi-squared distribution with one degree of freedom: what such a median is by chance alone.
_MEDIAN: Final = 0.4549
# Of fewer pairs of years nothing is learnt of how much counts differ from year to year: then they are taken to differ
# by so many times as much as by chance alone, as counts of such services commonly do.
_FEWEST_PAIRS: Final = 4
UNLEARNT: Final = 3.0


class Outcome(StrEnum):
    """What became of a figure, in words."""

    UP = "up, more than chance"
    DOWN = "down, more than chance"
    NONE = "no change beyond chance"
    UNTOLD = "cannot be told"


@dataclass(frozen=True)
class Moved:
    """The last whole period of a measure against the same of the year before. `unit` is the measure's; `why` says why
    it cannot be told."""

    outcome: Outcome
    period: str = ""
    dimension: str = ""
    last: float | None = None
    before: float | None = None
    unit: str = ""
    why: str = ""

    @property
    def words(self) -> str:
        """The outcome in a few words, beside a figure."""
        return self.outcome.value

    @property
    def sentence(self) -> str:
        """The whole of it: "120 in Jul to Sep 2024, 83 a year before: up, more than chance."."""
        if self.last is None or self.before is None:
            return f"Whether it has changed {Outcome.UNTOLD.value}: {self.why}."
        last, before = (written(value, None, self.unit) for value in (self.last, self.before))
        because = f", {self.why}" if self.outcome is Outcome.UNTOLD else ""
        return f"{last} in {self.period}, {before} a year before: {self.outcome.value}{because}."


def moved(answer: Answer, as_of: date, noise_change: float) -> Moved:
    """Whether a count by month, quarter or year has changed since the same period of the year before: help for families
    has seasons.

    Two shown counts stand for true ones that noise may have moved (by `most`, each). It is a change where all the true
    counts that they may stand for differ by more than two standard errors of counts (Poisson, and where the measure
    moves more than that from year to year, so much more: quasi-Poisson; McCullagh and Nelder, Generalized Linear
    Models, 1989, section 6.2), and the shown ones by `noise_change`; no change beyond chance where none of them do;
    else it cannot be told.
    """
    dimension = answer.dimension
    codes: Sequence[str] = answer.frame[dimension].to_list()
    values: dict[str, float | None] = dict(zip(codes, answer.frame["value"], strict=True))
    labels = dict(zip(codes, answer.frame[f"{dimension}_label"], strict=True))
    whole = whole_periods(dimension, codes, as_of)
    if not whole:
        return Moved(Outcome.UNTOLD, why=f"no {dimension} is over yet")
    code = whole[-1]
    earlier = year_before(dimension, code)
    last, before = values[code], values.get(earlier)
    if last is None or before is None:
        why = (
            "one of the figures is withheld"
            if earlier in values
            else "there is no year before to compare with"
        )
        return Moved(Outcome.UNTOLD, why=why)
    known = spread_of(answer, whole[:-1])
    # Where nothing is learnt of it yet, neither a change nor that there is none is told on too little.
    outcome = judged(last, before, answer.most or 0.0, noise_change, known or UNLEARNT, known or 1.0)
    why = f"since noise {'' if known else 'or chance '}may make or hide a change"
    return Moved(
        outcome,
        str(labels[code]),
        dimension,
        last,
        before,
        answer.measure.unit,
        why if outcome is Outcome.UNTOLD else "",
    )


def spread(pairs: Sequence[tuple[float | None, float | None]]) -> float | None:
    """How many times as much counts differ from year to year as chance alone would make them, never less than once;
    None where too few years tell.

    `pairs`: each period, oldest first, and the same one a year before. What is looked at is how the change over a year
    differs from one period to the next: that leaves out the seasons, and a service that grows or is being built up. The
    median of it, so that one odd period does not hide every later change.
    """
    scores = []
    for (one, one_before), (two, two_before) in pairwise(pairs):
        if one is None or one_before is None or two is None or two_before is None:
            continue
        total = one + one_before + two + two_before
        if total > 0:
            scores.append(((two - two_before) - (one - one_before)) ** 2 / total)
    return max(median(scores) / _MEDIAN, 1.0) if len(scores) >= _FEWEST_PAIRS else None


def spread_of(answer: Answer, periods: Sequence[str]) -> float | None:
    """The same of an answer by month, quarter or year, over some of its periods, oldest first."""
    values: dict[str, float | None] = dict(answer.frame.select(answer.dimension, "value").iter_rows())
    return spread([(values[one], values.get(year_before(answer.dimension, one))) for one in periods])


def judged(
    last: float, before: float, most: float, noise_change: float, spread_: float, least: float | None = None
) -> Outcome:
    """What two shown counts say, each off by at most `most`: see `moved`. `least`: the spread for which there has to be
    no change, for it to be told that there is none (None: the same)."""
    high, low = max(last, before), min(last, before)
    # The true counts that lie closest to one another, and those furthest apart (none is negative): how far two lie
    # apart beyond chance falls with the smaller one, and grows with the larger wherever they do at all.
    gap = high - low
    surely = gap > 2 * most and _beyond(high - most, low + most, spread_)
    maybe = any(
        _beyond(max(high + one, 0), max(low + two, 0), spread_ if least is None else least)
        for one in (-most, most)
        for two in (-most, most)
    )
    if surely and gap >= noise_change:
        return Outcome.UP if last > before else Outcome.DOWN
    return Outcome.UNTOLD if maybe else Outcome.NONE


def _beyond(one: float, two: float, spread_: float) -> bool:
    """Whether two true counts differ by more than chance."""
    return abs(one - two) > _ERRORS * math.sqrt(spread_ * (one + two))
