"""Reads a council's boundary file: GeoJSON (RFC 7946) as map programs write it, whatever may be wrong with it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy
from numpy.typing import NDArray

from release.errors import SettingsError

# A file of all wards of a large council in full detail has some 20 MB; more would fill the server's memory.
MOST_BYTES: Final = 64 * 1024 * 1024
MOST_AREAS: Final = 20_000
MOST_POINTS: Final = 1_500_000
# British National Grid goes to 1,300,000 metres; nothing on a map of a council is further than this.
FURTHEST: Final = 1e8
_LONGEST_NAME = 200

# A ring: points in order, one row each, x and y (Float64).
Ring = NDArray[numpy.float64]
# An outer ring and the holes in it.
Polygon = tuple[Ring, ...]


@dataclass(frozen=True)
class Area:
    """One area of the file. `words`: its properties that are short texts or whole numbers, as texts, by their names;
    `polygons`: what it covers, in the units of the file (degrees or metres)."""

    words: Mapping[str, str]
    polygons: tuple[Polygon, ...]


def read_areas(file: Path) -> list[Area]:
    """The areas of a boundary file. One of which any ring cannot be read is left out as a whole: a hole that is missing
    would cover its neighbour. Raises SettingsError where the file cannot be used; it says why and what to do."""
    content = _content(file)
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        raise SettingsError(
            f"{file} is no map: a FeatureCollection of GeoJSON is expected. Export it as GeoJSON."
        )
    if len(features) > MOST_AREAS:
        raise SettingsError(
            f"{file} has {len(features):,} areas, more than {MOST_AREAS:,}. Keep those of your council alone."
        )
    left = MOST_POINTS
    areas = []
    for feature in features:
        if not isinstance(feature, dict):
            continue
        polygons = list(_polygons(feature.get("geometry")))
        left -= sum(_size(ring) for rings in polygons for ring in rings)
        if left < 0:
            raise SettingsError(
                f"{file} has more than {MOST_POINTS:,} points. Export it generalised (to 20 metres is plenty)."
            )
        whole = tuple(rings for rings in map(_polygon, polygons) if rings)
        if whole and len(whole) == len(polygons):
            areas.append(Area(_words(feature.get("properties")), whole))
    return areas


def _content(file: Path) -> Any:
    try:
        with file.open("rb") as opened:
            # One byte more than may be: the file may grow while it is read.
            read = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}. Check who may read it.") from None
    if len(read) > MOST_BYTES:
        raise SettingsError(
            f"{file} is larger than {MOST_BYTES // 1024**2} MB. Export it generalised (to 20 metres is plenty)."
        )
    try:
        # NaN and Infinity are no JSON; what holds them is left out.
        return json.loads(read.decode("utf-8-sig"), parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise SettingsError(
            f"{file} is not readable as GeoJSON ({type(error).__name__}). Export it again, in UTF-8."
        ) from None


def _polygons(geometry: object) -> Iterator[list[Any]]:
    """The polygons of a geometry, each a list of what should be rings."""
    if not isinstance(geometry, dict):
        return
    coordinates = geometry.get("coordinates")
    kind = geometry.get("type")
    if kind == "GeometryCollection" and isinstance(geometry.get("geometries"), list):
        for one in geometry["geometries"]:
            if isinstance(one, dict) and one.get("type") != "GeometryCollection":
                yield from _polygons(one)
    elif not isinstance(coordinates, list):
        return
    elif kind == "Polygon":
        yield coordinates
    elif kind == "MultiPolygon":
        yield from (one if isinstance(one, list) else [one] for one in coordinates)


def _size(ring: object) -> int:
    return len(ring) if isinstance(ring, list) else 0


def _polygon(rings: list[Any]) -> Polygon | None:
    """The rings of a polygon; None where one of them cannot be read, or there is none."""
    read = [_ring(ring) for ring in rings]
    return tuple(ring for ring in read if ring is not None) if all(one is not None for one in read) else None


def _ring(points: object) -> Ring | None:
    """The points of a ring; None where they are none: heights are dropped, nothing else is."""
    if not isinstance(points, list):
        return None
    try:
        ring = numpy.array(points, dtype=numpy.float64)
    except (TypeError, ValueError, OverflowError):
        # A point that is no point, or one with a height among others without.
        return None
    if ring.ndim != 2 or ring.shape[0] < 3 or ring.shape[1] < 2:
        return None
    ring = ring[:, :2]
    return ring if bool((numpy.abs(ring) <= FURTHEST).all()) else None


def _words(properties: object) -> dict[str, str]:
    if not isinstance(properties, dict):
        return {}
    kept = {}
    for name, value in properties.items():
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if isinstance(text, str) and len(text) <= _LONGEST_NAME:
            kept[name] = text
    return kept
