"""Simplified maps against plain ones: lines as Douglas and Peucker have them, and neighbours that still touch."""

from collections import Counter
from itertools import pairwise
from math import dist, hypot
from typing import Any

import numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.simplify import STEPS, Ring, area, dissolved, on_grid, simplified
from evidence.simplify import _line as line

Point = tuple[int, int]
points = st.tuples(st.integers(0, 60), st.integers(0, 60))


def off(point: Point, start: Point, end: Point) -> float:
    """How far a point lies from a stretch."""
    (x, y), (x0, y0), (x1, y1) = point, start, end
    length = (x1 - x0) ** 2 + (y1 - y0) ** 2
    if length == 0:
        return dist(point, start)
    share = min(max(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length, 0), 1)
    return hypot(x - x0 - share * (x1 - x0), y - y0 - share * (y1 - y0))


def plainly(points: list[Point], tolerance: float) -> list[Point]:
    """Douglas and Peucker's rule, as it is told: keep the furthest point, and look at both halves alike."""
    if len(points) < 3:
        return points
    away = [off(point, points[0], points[-1]) for point in points[1:-1]]
    if max(away) <= tolerance:
        return [points[0], points[-1]]
    at = 1 + away.index(max(away))
    return plainly(points[: at + 1], tolerance)[:-1] + plainly(points[at:], tolerance)


@settings(max_examples=80, deadline=None)
@given(st.lists(points, min_size=2, max_size=25), st.sampled_from([0.5, 2.0, 7.0]))
def test_a_line(course: list[Point], tolerance: float) -> None:
    found = [tuple(point) for point in line(numpy.array(course, dtype=numpy.int64), tolerance).tolist()]
    backwards = line(numpy.array(course[::-1], dtype=numpy.int64), tolerance).tolist()
    assert [tuple(point) for point in backwards[::-1]] == found, "the same both ways"
    # Which of two points is the furthest is told apart by rounding alone: either way keeps to the rule.
    assert found in (plainly(course, tolerance), plainly(course[::-1], tolerance)[::-1]) or _keeps(
        course, found, tolerance
    )


def _keeps(course: list[Point], found: list[Any], tolerance: float) -> bool:
    """Whether every point of a line lies near what is left of it, which is a part of it."""
    left = iter(course)
    near = all(
        min(off(point, *stretch) for stretch in pairwise(found)) <= tolerance + 1e-9 for point in course
    )
    return near and all(point in left for point in found)


@st.composite
def maps(draw: st.DrawFn) -> dict[str, list[list[Point]]]:
    """Some areas of three by three boxes, whose sides are jagged and shared: rings of points in kilometres."""
    jags = draw(st.lists(st.integers(-9, 9), min_size=8, max_size=40))
    shapes = {}
    for row in range(3):
        for column in range(3):
            corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]
            ring: list[Point] = []
            for start, end in zip(corners, [*corners[1:], corners[0]], strict=True):
                ring += side(start, end, jags)[:-1]
            shapes[f"{row}{column}"] = [ring]
    kept = draw(st.lists(st.sampled_from(sorted(shapes)), min_size=1, unique=True))
    return {name: shapes[name] for name in kept}


def side(start: Point, end: Point, jags: list[int]) -> list[Point]:
    """The line between two corners, the same whichever way it is gone."""
    (x0, y0), (x1, y1) = min(start, end), max(start, end)
    steps = 16
    course = [
        (
            100 * x0
            + (100 * (x1 - x0) * step) // steps
            + (0 if x0 != x1 else _jag(step, steps, jags, x0 + y0)),
            100 * y0
            + (100 * (y1 - y0) * step) // steps
            + (0 if y0 != y1 else _jag(step, steps, jags, x0 + y0)),
        )
        for step in range(steps + 1)
    ]
    return course if start < end else course[::-1]


def _jag(step: int, steps: int, jags: list[int], which: int) -> int:
    return jags[(step * 7 + which) % len(jags)] if 2 < step < steps - 2 else 0


def edges(rings: list[Ring]) -> list[tuple[Point, Point]]:
    listed = [[tuple(point) for point in ring.tolist()] for ring in rings]
    return [edge for ring in listed for edge in zip(ring, [*ring[1:], ring[0]], strict=True)]


@settings(max_examples=20, deadline=None)
@given(maps(), st.sampled_from([30, 60, 150]))
def test_neighbours_touch_as_before_and_nothing_is_between_them(
    shapes: dict[str, list[list[Point]]], most: int
) -> None:
    drawn = {
        name: [(numpy.array(ring, dtype=float) * 1000,) for ring in rings] for name, rings in shapes.items()
    }
    before = on_grid(drawn)
    after = simplified(before, most)
    assert after.keys() == before.keys() == shapes.keys()
    assert sum(len(ring) for rings in after.values() for ring in rings) <= sum(
        len(ring) for rings in before.values() for ring in rings
    )
    for rings in (before, after):
        every = edges([ring for one in rings.values() for ring in one])
        assert max(Counter(every).values()) == 1, "no two areas lie on each other"
        # Every line runs once each way between two neighbours, once alone at the shore; all else would be a gap.
        whole = dissolved([ring for one in rings.values() for ring in one])
        shore = {edge for edge in every if edge[::-1] not in set(every)}
        assert set(edges(whole)) <= shore
        parts = sum(area(ring) for one in rings.values() for ring in one)
        assert abs(sum(area(ring) for ring in whole) - parts) < 16 * 9
    assert max(int(ring.max()) for rings in before.values() for ring in rings) == STEPS
