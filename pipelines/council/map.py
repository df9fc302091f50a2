"""The map of a town that does not exist: wards with a ragged coast and a river mouth, the same at every call.

`python -m pipelines.council.map` writes those that are shipped into data/boundaries. The towns lie in the North Sea, so
that nobody takes one for a real place.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import atan2, cos, hypot, radians, sin
from pathlib import Path
from typing import Any, Final

import numpy
from numpy.typing import NDArray
from scipy.spatial import Voronoi

from pipelines.council.chance import draws
from pipelines.council.places import AUTHORITY, WARDS
from release.places import PROJECT

FOLDER: Final = PROJECT / "data" / "boundaries"
# So many kilometres are one degree of latitude.
_DEGREE = 111.2
# A map is put together of cells this wide, in kilometres.
_CELL = 0.26
_SEA = -1
# The shore's waves: how many there are around the land, and how high each is (a share of its width).
_WAVES = ((2, 0.04), (3, 0.085), (5, 0.06), (7, 0.03), (11, 0.02), (17, 0.012))

Point = tuple[float, float]


@dataclass(frozen=True)
class Seat:
    """The middle of a ward, in kilometres east and north of the map's corner, and how far it reaches: moors further
    than the wards of a town."""

    ward: str
    locality: str
    x: float
    y: float
    reach: float = 1.0


@dataclass(frozen=True)
class Land:
    """A council: its wards, where its middle is and how far it stretches (kilometres), the river's way to the sea from
    its source, and the corner of the map in degrees (longitude, latitude)."""

    name: str
    seats: Sequence[Seat]
    middle: Point
    stretch: Point
    river: Sequence[Point]
    corner: Point
    seed: int


_SEATS: Final = {
    "Tanners Row": (11.6, 9.1, 0.75),
    "Gaslight Hill": (10.4, 10.5, 0.8),
    "Minster Gate": (12.6, 10.6, 0.75),
    "Ropewalk North": (13.8, 9.4, 0.8),
    "Wyth Quays": (15.6, 7.0, 1.0),
    "Osier Holme": (10.4, 6.4, 1.1),
    "Colliers Moor": (7.0, 9.4, 1.2),
    "Hagg Fold": (6.4, 13.6, 1.35),
    "Larkstone Edge": (3.4, 6.4, 1.5),
    "Saltmarsh End": (18.2, 10.8, 1.15),
    "Beacon Thorpe": (15.2, 13.0, 1.1),
    "Abbey Dene": (11.0, 14.4, 1.15),
}
WYTHBROOK: Final = Land(
    name=AUTHORITY,
    seats=[Seat(ward.name, ward.locality, *_SEATS[ward.name]) for ward in WARDS],
    middle=(11.0, 10.0),
    stretch=(10.2, 7.0),
    river=[(16.2, 8.5), (18.0, 8.3), (20.0, 8.8), (23.5, 8.6)],
    corner=(1.30, 54.60),
    seed=9,
)
# The council of tests/sample-extracts.
ASHMERE: Final = Land(
    name="Ashmere",
    seats=[
        Seat("Hollin Bank", "North", 5.6, 11.6, 1.2),
        Seat("Moorside", "North", 9.6, 13.0, 1.35),
        Seat("Thornsett", "North", 9.0, 10.0),
        Seat("Kelbrook", "East", 14.6, 11.4, 1.25),
        Seat("Priory", "East", 12.0, 8.6, 0.8),
        Seat("Wharf", "East", 15.2, 7.4),
        Seat("Canalside", "South", 9.8, 6.8, 0.85),
        Seat("Ings", "South", 12.8, 4.6, 1.15),
        Seat("Marlow Bridge", "South", 6.6, 6.0, 1.2),
    ],
    middle=(10.4, 8.8),
    stretch=(8.0, 6.8),
    river=[(14.4, 5.6), (16.4, 5.9), (18.2, 5.2), (21.0, 5.6)],
    corner=(1.90, 54.55),
    seed=5,
)


def drawn(land: Land) -> dict[str, Any]:
    """The map as GeoJSON, in degrees. Neighbours share every point of the line between them."""
    points = _scattered(land)
    grid = Voronoi(points)
    belongs = [_owner(land, (float(x), float(y))) for x, y in points]
    edges: dict[int, list[tuple[int, int]]] = {place: [] for place in range(len(land.seats))}
    for (one, other), ends in zip(grid.ridge_points.tolist(), grid.ridge_vertices, strict=True):
        if belongs[one] == belongs[other]:
            continue
        for mine, cell in ((belongs[one], one), (belongs[other], other)):
            if mine != _SEA:
                edges[mine].append(_anticlockwise(ends, points[cell], grid.vertices))
    features = []
    for place, seat in enumerate(land.seats):
        rings = [[_degrees(land, grid.vertices[at]) for at in ring] for ring in _rings(edges[place])]
        features.append(
            {
                "type": "Feature",
                "properties": {"ward": seat.ward, "locality": seat.locality, "council": land.name},
                "geometry": {"type": "Polygon", "coordinates": [max(rings, key=len)]},
            }
        )
    return {"type": "FeatureCollection", "features": features}


def write(land: Land, folder: Path) -> Path:
    """Write the map into a folder, one line an area, and give the file."""
    file = folder / f"{land.name.lower()}.geojson"
    areas = ",\n".join(json.dumps(one, separators=(",", ":")) for one in drawn(land)["features"])
    file.write_text(f'{{"type":"FeatureCollection","features":[\n{areas}\n]}}\n', encoding="utf-8")
    return file


def _scattered(land: Land) -> NDArray[numpy.float64]:
    """Points all over the map and around it, a cell apart and each a little out of line."""
    draw = draws(land.seed, "map", land.name)
    across, up = (int(2 * one / _CELL) + 12 for one in land.stretch)
    left, low = (
        middle - stretch - 6 * _CELL for middle, stretch in zip(land.middle, land.stretch, strict=True)
    )
    return numpy.array(
        [
            (left + _CELL * (x + draw.uniform(-0.42, 0.42)), low + _CELL * (y + draw.uniform(-0.42, 0.42)))
            for x in range(across)
            for y in range(up)
        ]
    )


def _owner(land: Land, point: Point) -> int:
    """The place of the ward that a point lies in; _SEA outside and in the river's mouth."""
    x, y = point
    east, north = (x - land.middle[0]) / land.stretch[0], (y - land.middle[1]) / land.stretch[1]
    turn = atan2(north, east)
    # Bays and headlands: waves around something between an oval and a box.
    shore = 0.87 + sum(size * sin(times * turn + land.seed * times) for times, size in _WAVES)
    if (abs(east) ** 2.6 + abs(north) ** 2.6) ** (1 / 2.6) > shore or _in_the_river(land, point):
        return _SEA
    bent = (x + 0.5 * sin(1.3 * y + land.seed), y + 0.5 * sin(1.1 * x))
    away = [hypot(bent[0] - seat.x, bent[1] - seat.y) / seat.reach for seat in land.seats]
    return away.index(min(away))


def _in_the_river(land: Land, point: Point) -> bool:
    """Whether a point lies in the mouth, which is wider the nearer it is to the sea."""
    x, y = point
    for (x0, y0), (x1, y1) in zip(land.river, land.river[1:], strict=False):
        if x0 <= x < x1:
            middle = y0 + (y1 - y0) * (x - x0) / (x1 - x0) + 0.15 * sin(2.5 * x)
            return abs(y - middle) < 0.12 + 0.16 * (x - land.river[0][0])
    return False


def _anticlockwise(
    ends: Sequence[int], inside: NDArray[numpy.float64], vertices: NDArray[numpy.float64]
) -> tuple[int, int]:
    """An edge turned so that `inside` lies to its left."""
    first, second = ends
    (x0, y0), (x1, y1) = vertices[first], vertices[second]
    left = (x1 - x0) * (inside[1] - y0) - (y1 - y0) * (inside[0] - x0) > 0
    return (first, second) if left else (second, first)


def _rings(edges: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Edges put together to closed rings."""
    onwards = dict(sorted(edges))
    while onwards:
        ring = [next(iter(onwards))]
        while ring[-1] in onwards:
            ring.append(onwards.pop(ring[-1]))
        yield ring


def _degrees(land: Land, point: NDArray[numpy.float64]) -> Point:
    longitude, latitude = land.corner
    return (
        round(longitude + float(point[0]) / (_DEGREE * cos(radians(latitude))), 5),
        round(latitude + float(point[1]) / _DEGREE, 5),
    )


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for shipped in (WYTHBROOK, ASHMERE):
        write(shipped, FOLDER)
