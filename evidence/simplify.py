"""Fewer points on a map, neighbours still touching: every line that two areas share is simplified once, for both.

Lines are simplified as by Douglas and Peucker (Algorithms for the reduction of the number of points required to
represent a digitized line, Cartographica 10(2), 1973). As in TopoJSON, rings are cut where three areas meet, so that
two neighbours keep the same points of the line between them.

A ring here is open (its first point is not repeated) and lies on a grid: one row a point, x and y (Int64).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import cos, radians, sqrt
from typing import Final

import numpy
from numpy.typing import NDArray

from evidence.map_file import Polygon
from release.errors import SettingsError

Ring = NDArray[numpy.int64]

# A map is so many steps wide or high, whichever is more: finer than any screen shows it.
STEPS: Final = 2000
# Islets smaller than this many squares of the grid are left out, but for the largest of an area.
_SMALLEST = 16
_WIDER: Final = 1 << 32
# Odd numbers that spread keys over all of 64 bits.
_SPREAD: Final = (numpy.int64(0x1E3779B97F4A7C15), numpy.int64(0x42B2AE3D27D4EB4F))


def on_grid(shapes: Mapping[str, Sequence[Polygon]]) -> dict[str, list[Ring]]:
    """Areas on a grid of STEPS, north up and as wide as they are on the ground: outer rings run anticlockwise, holes
    clockwise. Degrees are made out by their size. What vanishes on the grid is left out."""
    everything = numpy.concatenate([ring for polygons in shapes.values() for one in polygons for ring in one])
    low, high = everything.min(axis=0), everything.max(axis=0)
    scale = numpy.array([1.0, 1.0])
    if (numpy.abs(everything) <= (180.0, 90.0)).all():
        scale[0] = max(cos(radians((low[1] + high[1]) / 2)), 0.01)
    extent = float(((high - low) * scale).max())
    scale *= STEPS / extent if extent > 0 else 0.0
    placed = {}
    for code, polygons in shapes.items():
        rings = [
            _turned(numpy.rint((ring - low) * scale).astype(numpy.int64), hole=place > 0)
            for one in polygons
            for place, ring in enumerate(one)
        ]
        kept = _without_islets([ring for ring in rings if ring is not None])
        if kept:
            placed[code] = kept
    return placed


def simplified(shapes: Mapping[str, Sequence[Ring]], most: int) -> dict[str, list[Ring]]:
    """The same areas with at most `most` points in all, or with as few as their corners leave. Raises SettingsError
    where that is more than twice as many: no map of places that lie beside one another has so many corners."""
    found = {code: list(rings) for code, rings in shapes.items()}
    corners = _corners([ring for rings in shapes.values() for ring in rings])
    # Before anything takes long.
    _bounded(len(corners), most)
    # Lines get coarser from turn to turn. The more is too much, the coarser the first turn is.
    tolerance = 0.5 * sqrt(_points(found) / most)
    while _points(found) > most and tolerance < STEPS:
        before, found = found, _coarser(found, corners, tolerance)
        # What would vanish stays as it is, in this turn and in all that follow.
        _bounded(_points({code: rings for code, rings in found.items() if rings is before[code]}), most)
        tolerance *= 1.5
    _bounded(_points(found), most)
    return found


def _bounded(points: int, most: int) -> None:
    if points > 2 * most:
        raise SettingsError(
            f"after simplifying {points:,} points are left, where {most:,} are usual: areas lie on one another, or "
            "cross. Export the map again, generalised and clipped, each area once."
        )


def dissolved(rings: Sequence[Ring]) -> list[Ring]:
    """Several areas as one: the lines that two of them share are gone. Where neighbours do not share their points, the
    line between them stays, but for gaps too small to be seen."""
    edges: set[tuple[int, int]] = set()
    for ring in rings:
        keys = _keys(ring).tolist()
        for edge in zip(keys, [*keys[1:], keys[0]], strict=True):
            if edge[::-1] in edges:
                edges.remove(edge[::-1])
            else:
                edges.add(edge)
    onwards = defaultdict(list)
    for start, end in sorted(edges):
        onwards[start].append(end)
    chained = []
    while onwards:
        start = next(iter(onwards))
        chain = [start]
        while chain[-1] in onwards:
            ends = onwards[chain[-1]]
            if len(ends) == 1:
                del onwards[chain[-1]]
            chain.append(ends.pop())
        if len(chain) > 3:
            chained.append(numpy.array([divmod(key, _WIDER) for key in chain[:-1]], dtype=numpy.int64))
    return _without_islets(chained)


def area(ring: Ring) -> float:
    """The area within a ring, in squares of the grid; negative where it runs clockwise (the shoelace formula)."""
    x, y = ring[:, 0], ring[:, 1]
    return float((x * numpy.roll(y, -1) - y * numpy.roll(x, -1)).sum()) / 2


def _turned(ring: Ring, *, hole: bool) -> Ring | None:
    """A ring without points that repeat the one before, turned the way it has to run; None where nothing is left."""
    ring = ring[(ring != numpy.roll(ring, 1, axis=0)).any(axis=1)]
    if len(ring) < 3:
        return None
    size = area(ring)
    if size == 0:
        return None
    return ring if (size < 0) == hole else ring[::-1]


def _without_islets(rings: list[Ring]) -> list[Ring]:
    largest = max((area(ring) for ring in rings), default=0)
    if largest <= 0:
        return []
    return [ring for ring in rings if abs(area(ring)) >= min(_SMALLEST, largest)]


def _points(shapes: Mapping[str, Sequence[Ring]]) -> int:
    return sum(len(ring) for rings in shapes.values() for ring in rings)


def _keys(ring: Ring) -> NDArray[numpy.int64]:
    """One number a point."""
    return ring[:, 0] * _WIDER + ring[:, 1]


def _coarser(
    shapes: Mapping[str, list[Ring]], corners: NDArray[numpy.int64], tolerance: float
) -> dict[str, list[Ring]]:
    found = {}
    for code, rings in shapes.items():
        fewer = [_simplified(ring, corners, tolerance) for ring in rings]
        kept = [ring for ring in fewer if len(ring) > 2 and area(ring) != 0]
        # An area never vanishes: the smallest ones stay as they are.
        found[code] = kept if any(area(ring) > 0 for ring in kept) else rings
    return found


def _corners(rings: Sequence[Ring]) -> NDArray[numpy.int64]:
    """The points (as keys) where lines part: one ring leaves them by other lines than another does."""
    seen = [numpy.empty((0, 2), dtype=numpy.int64)]
    for ring in rings:
        keys = _keys(ring)
        after = numpy.roll(keys, -1)
        # A number for every line from point to point, the same both ways; points are gone through more than once.
        line = numpy.minimum(keys, after) * _SPREAD[0] ^ numpy.maximum(keys, after) * _SPREAD[1]
        points, place = numpy.unique(keys, return_inverse=True)
        lines = numpy.zeros(len(points), dtype=numpy.int64)
        numpy.add.at(lines, place, line + numpy.roll(line, 1))
        seen.append(numpy.stack([points, lines], axis=1))
    ways: NDArray[numpy.int64] = numpy.unique(numpy.concatenate(seen), axis=0)[:, 0]
    again: NDArray[numpy.bool_] = ways[1:] == ways[:-1]
    return ways[1:][again]


def _simplified(ring: Ring, corners: NDArray[numpy.int64], tolerance: float) -> Ring:
    keys = _keys(ring)
    cuts = numpy.flatnonzero(numpy.isin(keys, corners))
    # A ring that meets no other has no corner: any point will do that is the same on both sides of it.
    first = int(cuts[0]) if len(cuts) else int(keys.argmin())
    turned = numpy.roll(ring, -first, axis=0)
    ends = [*((cuts - first).tolist() if len(cuts) else [0]), len(ring)]
    closed = numpy.concatenate([turned, turned[:1]])
    lines = [_line(closed[start : end + 1], tolerance)[:-1] for start, end in pairwise(ends)]
    return numpy.concatenate(lines)


def _line(points: Ring, tolerance: float) -> Ring:
    """A line with fewer points: none that is left out lies further than `tolerance` from what is left. The same line
    run backwards keeps the same points."""
    keys = _keys(points)
    backwards = tuple(keys[[0, 1]]) > tuple(keys[[-1, -2]])
    line = points[::-1] if backwards else points
    keep = numpy.zeros(len(line), dtype=bool)
    keep[[0, -1]] = True
    stretches = [(0, len(line) - 1)]
    while stretches:
        start, end = stretches.pop()
        if end - start < 2:
            continue
        off = _distances(line[start + 1 : end], line[start], line[end])
        furthest = int(off.argmax())
        if off[furthest] > tolerance:
            middle = start + 1 + furthest
            keep[middle] = True
            stretches += [(start, middle), (middle, end)]
    kept = line[keep]
    return kept[::-1] if backwards else kept


def _distances(points: Ring, start: Ring, end: Ring) -> NDArray[numpy.float64]:
    """How far points lie from the stretch between two."""
    along = (end - start).astype(numpy.float64)
    away = (points - start).astype(numpy.float64)
    length = float(along @ along)
    if length == 0:
        return numpy.hypot(away[:, 0], away[:, 1])
    share = numpy.clip(away @ along / length, 0, 1)
    rest = away - share[:, None] * along
    return numpy.hypot(rest[:, 0], rest[:, 1])
