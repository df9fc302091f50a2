"""XmR charts: what a monthly figure usually does, and where it does something else.

The limits are those of Wheeler (Understanding Variation, 1993): the mean, give or take 2.66 times the mean moving
range. The rules are those of NHS England's Making Data Count. Figures here are changed a little by chance, so that
nobody can be found from them; a rule that is met is told only where it stands even so (`Noise`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Final

from evidence.answers import Answer
from evidence.periods import month_after, whole_periods

# Three standard deviations, worked out from the mean distance between neighbours: 3 / 1.128.
SCALE: Final = 2.66
# Fewer points make no limits that hold.
FEWEST: Final = 13
# So many points in a row make a run or a trend.
IN_A_ROW: Final = 7


class Rule(StrEnum):
    """What a run of points can do that chance seldom does."""

    OUTSIDE = "a point outside the limits"
    SHIFT = "seven or more in a row on one side of the mean"
    TREND = "seven or more in a row, each further the same way"
    TWO_OF_THREE = "two of three close to the same limit, or beyond it"


@dataclass(frozen=True)
class Signal:
    """One rule that is met by the points from place `first` to place `last`; `high`: above the mean, or rising."""

    rule: Rule
    first: int
    last: int
    high: bool


@dataclass(frozen=True)
class Limits:
    """What the points usually do, in their unit: the mean and the limits about it, and where they do something else,
    the earliest first."""

    centre: float
    lower: float
    upper: float
    signals: tuple[Signal, ...]


@dataclass(frozen=True)
class Noise:
    """How far a point may be off: in 19 of 20 cases, at most, and by how much two have to differ to be different."""

    usual: float
    most: float
    change: float

    def of_mean(self, size: int) -> float:
        """How far noise moves the mean of so many points at most: twice its standard error, for which the usual noise
        is an upper bound, and never further than each of them."""
        return min(self.most, 2 * self.usual / math.sqrt(size))


@dataclass(frozen=True)
class Reading:
    """An answer by month as it is read: its whole months, oldest first (a withheld or missing one is None)."""

    codes: tuple[str, ...]
    labels: tuple[str, ...]
    points: tuple[float | None, ...]
    limits: Limits

    @property
    def current(self) -> Signal | None:
        """What the last month is part of, the most telling rule first; None where it is nothing unusual."""
        last = len(self.points) - 1
        found = {one.rule: one for one in self.limits.signals if one.last == last}
        return next((found[rule] for rule in _TELLING if rule in found), None)

    def finding(self, name: str) -> str:
        """What is to be seen, in a few words: "Families helped: above the mean since Mar 2026"."""
        now = self.current
        if now is not None:
            return f"{name}: {_said(now, self.labels)}"
        earlier = max((one.last for one in self.limits.signals), default=None)
        if earlier is None:
            return f"{name}: no change beyond chance"
        return f"{name}: no change beyond chance since {self.labels[earlier + 1]}"


_TELLING = (Rule.SHIFT, Rule.OUTSIDE, Rule.TWO_OF_THREE, Rule.TREND)


def of(answer: Answer, as_of: date, noise_change: float) -> Reading | None:
    """What an answer by month has to say of its whole months, from the first with a figure that is not nothing. The
    one still running is left out.

    None where it is by something else than the month, or there are too few points.
    """
    if answer.question.by != ("month",):
        return None
    rows = {
        code: (label, value)
        for code, label, value in answer.frame["month", "month_label", "value"].iter_rows()
    }
    whole = whole_periods("month", list(rows), as_of)
    # Before the first figure there was nothing to count: that is no low.
    begun = next((place for place, code in enumerate(whole) if rows[code][1] != 0), len(whole))
    codes = _every_month(whole[begun:])
    known = [rows.get(code, (code, None)) for code in codes]
    points = tuple(None if value is None else float(value) for _, value in known)
    limits = read(points, Noise(answer.tolerance or 0.0, answer.most or 0.0, noise_change))
    return Reading(tuple(codes), tuple(label for label, _ in known), points, limits) if limits else None


def read(points: Sequence[float | None], noise: Noise) -> Limits | None:
    """The limits of points that follow one another, and the rules that they meet beyond what noise can make.

    A point that is None breaks the moving range, and every run: what is not known is not bridged. The limits are those
    of all points; they are not worked out anew after a change. None where there are too few points, or too few
    neighbours among them.
    """
    known = [point for point in points if point is not None]
    ranges = [abs(two - one) for one, two in pairwise(points) if one is not None and two is not None]
    if len(known) < FEWEST or len(ranges) < FEWEST - 1:
        return None
    centre = sum(known) / len(known)
    reach = SCALE * sum(ranges) / len(ranges)
    signals = [
        *_outside(points, centre, reach, noise),
        *_shifts(points, centre, noise),
        *_trends(points, noise),
        *_close(points, centre, reach, noise),
    ]
    signals.sort(key=lambda one: (one.first, one.last, one.rule.name))
    return Limits(centre, centre - reach, centre + reach, tuple(signals))


def _outside(points: Sequence[float | None], centre: float, reach: float, noise: Noise) -> list[Signal]:
    # The mean of months that do not differ may itself be off: what lies closer to it than two figures that may be the
    # same is no news.
    return [
        Signal(Rule.OUTSIDE, place, place, point > centre)
        for place, point in enumerate(points)
        if point is not None
        and abs(point - centre) > reach + noise.of_mean(1)
        and abs(point - centre) >= noise.change
    ]


def _shifts(points: Sequence[float | None], centre: float, noise: Noise) -> list[Signal]:
    sides = [0 if point is None or point == centre else 1 if point > centre else -1 for point in points]
    return [
        Signal(Rule.SHIFT, first, last, sides[first] > 0)
        for first, last in _runs(sides)
        if last - first + 1 >= IN_A_ROW
        and abs(_mean(points[first : last + 1]) - centre) > noise.of_mean(last - first + 1)
    ]


def _trends(points: Sequence[float | None], noise: Noise) -> list[Signal]:
    ways = [
        0 if one is None or two is None or one == two else 1 if two > one else -1
        for one, two in pairwise(points)
    ]
    found = []
    # A run of steps from one place to another joins one point more.
    for first, last in _runs(ways):
        start, end = points[first], points[last + 1]
        if last - first + 2 < IN_A_ROW or start is None or end is None:
            continue
        if abs(end - start) >= noise.change:
            found.append(Signal(Rule.TREND, first, last + 1, end > start))
    return found


def _close(points: Sequence[float | None], centre: float, reach: float, noise: Noise) -> list[Signal]:
    third = 2 * reach / 3
    found = []
    for first in range(len(points) - 2):
        three = points[first : first + 3]
        if None in three:
            continue
        for side in (1, -1):
            close = [
                (place, side * (point - centre))
                for place, point in enumerate(three, first)
                if point is not None and side * (point - centre) > third
            ]
            if len(close) < 2:
                continue
            mean = sum(distance for _, distance in close) / len(close)
            if mean - third > noise.of_mean(len(close)) and mean >= noise.change:
                found.append(Signal(Rule.TWO_OF_THREE, close[0][0], close[-1][0], side > 0))
    # The same two points lie in several threes.
    return list(dict.fromkeys(found))


def _runs(signs: Sequence[int]) -> list[tuple[int, int]]:
    """The first and the last place of every longest run of the same sign; nothing is a run of none."""
    found: list[tuple[int, int]] = []
    for place, sign in enumerate(signs):
        if not sign:
            continue
        if found and found[-1][1] == place - 1 and signs[place - 1] == sign:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found


def _mean(points: Sequence[float | None]) -> float:
    known = [point for point in points if point is not None]
    return sum(known) / len(known)


def _every_month(codes: Sequence[str]) -> list[str]:
    """Every month from the first to the last."""
    found = list(codes[:1])
    while found and found[-1] < codes[-1]:
        found.append(month_after(found[-1]))
    return found


def _said(signal: Signal, labels: Sequence[str]) -> str:
    first = labels[signal.first]
    if signal.rule is Rule.SHIFT:
        return f"{'above' if signal.high else 'below'} the mean since {first}"
    if signal.rule is Rule.TREND:
        return f"{'rising' if signal.high else 'falling'} since {first}"
    if signal.rule is Rule.OUTSIDE:
        return f"unusually {'high' if signal.high else 'low'} in {first}"
    return f"{'high' if signal.high else 'low'} since {first}, beyond chance"
