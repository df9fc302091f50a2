"""XmR charts the slow way: every rule as somebody with a ruler would check it, one window after another.

Wheeler, Understanding Variation, 1993, for the limits; NHS England's Making Data Count for the rules.
"""

import math
from collections.abc import Iterator, Sequence

Points = Sequence[float | None]
# How far a point may be off in 19 of 20 cases, at most, and by how much two have to differ.
Noise = tuple[float, float, float]
# A rule by its name, the places of the points that meet it, and whether they are high.
Found = tuple[str, tuple[int, ...], bool]


def limits(points: Points) -> tuple[float, float] | None:
    """The mean, and how far the limits lie from it; None where there are too few points or neighbours."""
    known, steps = [], []
    for place, point in enumerate(points):
        if point is None:
            continue
        known.append(point)
        if place and points[place - 1] is not None:
            steps.append(abs(point - (points[place - 1] or 0.0)))
    if len(known) < 13 or len(steps) < 12:
        return None
    return sum(known) / len(known), 2.66 * sum(steps) / len(steps)


def noise_of(size: int, usual: float, most: float) -> float:
    """How far noise moves a mean of so many at most."""
    return min(most, 2 * usual / math.sqrt(size))


def rules(points: Points, usual: float, most: float, change: float) -> set[Found]:
    """All that is met, however noise fell."""
    found = limits(points)
    if found is None:
        return set()
    centre, reach = found
    return {
        *_outside(points, centre, reach, (usual, most, change)),
        *_windows(points, centre, usual, most),
        *_slopes(points, change),
        *_threes(points, centre, reach, (usual, most, change)),
    }


def _outside(points: Points, centre: float, reach: float, noise: Noise) -> Iterator[Found]:
    usual, most, change = noise
    off = noise_of(1, usual, most)
    for place, point in enumerate(points):
        if point is None or abs(point - centre) < change:
            continue
        if point - off > centre + reach:
            yield "OUTSIDE", (place,), True
        if point + off < centre - reach:
            yield "OUTSIDE", (place,), False


def _windows(points: Points, centre: float, usual: float, most: float) -> Iterator[Found]:
    """Every stretch of seven or more on one side that cannot be made longer."""
    for first in range(len(points)):
        for last in range(first + 6, len(points)):
            for high in (True, False):

                def beside(place: int, high: bool = high) -> bool:
                    if not 0 <= place < len(points):
                        return False
                    point = points[place]
                    return point is not None and (point > centre if high else point < centre)

                stretch = range(first, last + 1)
                if not all(beside(place) for place in stretch) or beside(first - 1) or beside(last + 1):
                    continue
                mean = sum(points[place] or 0.0 for place in stretch) / len(stretch)
                if abs(mean - centre) > noise_of(len(stretch), usual, most):
                    yield "SHIFT", tuple(stretch), high


def _slopes(points: Points, change: float) -> Iterator[Found]:
    """Every stretch of seven or more, each further than the one before, that cannot be made longer."""
    for first in range(len(points)):
        for last in range(first + 6, len(points)):
            for high in (True, False):

                def step(place: int, high: bool = high) -> bool:
                    """Whether the points at `place` and after it are a step that way."""
                    if not 0 <= place < len(points) - 1:
                        return False
                    one, two = points[place], points[place + 1]
                    return one is not None and two is not None and (two > one if high else two < one)

                if not all(step(place) for place in range(first, last)) or step(first - 1) or step(last):
                    continue
                if abs((points[last] or 0.0) - (points[first] or 0.0)) >= change:
                    yield "TREND", tuple(range(first, last + 1)), high


def _threes(points: Points, centre: float, reach: float, noise: Noise) -> Iterator[Found]:
    """Two or three of three neighbours beyond two thirds of the way to the same limit."""
    usual, most, change = noise
    for first in range(len(points) - 2):
        three = [(place, points[place]) for place in range(first, first + 3)]
        if any(point is None for _, point in three):
            continue
        for high in (True, False):
            beyond = []
            for place, point in three:
                distance = (point or 0.0) - centre if high else centre - (point or 0.0)
                if distance > 2 * reach / 3:
                    beyond.append((place, distance))
            if len(beyond) >= 2:
                mean = sum(distance for _, distance in beyond) / len(beyond)
                if mean - 2 * reach / 3 > noise_of(len(beyond), usual, most) and mean >= change:
                    places = [place for place, _ in beyond]
                    yield "TWO_OF_THREE", tuple(range(places[0], places[-1] + 1)), high
