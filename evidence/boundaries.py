"""The council's own map: which shapes belong to the wards and localities of a release.

The maps are the GeoJSON files of data/boundaries. The one that knows most wards of the release is taken, if it knows at
least half of them; names are compared without case, spaces, apostrophes and the like.
"""

import logging
import re
import threading
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from evidence.evidence import Evidence
from evidence.map_file import Area, Polygon, read_areas
from evidence.simplify import Ring as GridRing
from evidence.simplify import dissolved, on_grid, simplified
from release.errors import SettingsError
from release.settings_file import read_settings_file

_LOG = logging.getLogger(__name__)

FOLDER: Final = "boundaries"
SETTINGS: Final = "boundaries.toml"
# A page with more points takes long to draw on a phone.
MOST_POINTS: Final = 4_000
_MOST_FILES = 20
# Codes of places that are nowhere on a map.
_NOWHERE = ("other", "unknown")
# What a council is called beside its name.
_TITLES = {"council", "city", "borough", "county", "metropolitan", "district", "london", "royal", "of"}
_KEYS = {"file", "ward", "locality", "source"}
_LOCK = threading.Lock()

# A ring: its x values and its y values; the last point is the first.
Ring = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True)
class Boundaries:
    """The shapes of the places of one dimension, by their codes in the release. They lie on a grid of some 2,000 steps,
    north up, as wide as they are on the ground (`aspect` is 1); outer rings run anticlockwise, holes clockwise.

    `missing`: the labels of places that have no shape. `notes`: what a reader has to know of the map.
    """

    shapes: Mapping[str, tuple[Ring, ...]]
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    aspect: float = 1.0


@dataclass(frozen=True)
class _File:
    """One boundary file. `ward`, `locality`: the properties that name them, where the settings say; `source`: whose map
    it is. `stamp`: its size and time of change."""

    path: Path
    stamp: tuple[int, int]
    ward: str = ""
    locality: str = ""
    source: str = ""


@dataclass(frozen=True)
class _Place:
    """A place of the release: `above` is the locality that a ward lies in."""

    code: str
    label: str
    above: str | None = None


@dataclass(frozen=True)
class _Map:
    """A map that fits a release: shapes on the grid by dimension and code, and whose it is."""

    shapes: Mapping[str, Mapping[str, tuple[Ring, ...]]]
    source: str


@dataclass(frozen=True)
class _Fit:
    """What a file knows of the places of a release."""

    wards: Mapping[str, Sequence[Polygon]] = field(default_factory=dict)
    localities: Mapping[str, Sequence[Polygon]] = field(default_factory=dict)

    @property
    def known(self) -> int:
        """The more wards it knows the better; one with localities alone is better than none."""
        return len(self.wards) or bool(self.localities)


def boundaries(evidence: Evidence, dimension: str) -> Boundaries | None:
    """The map of the wards or localities that the reader may see; None where no file fits the release.

    A file that cannot be used is named in the log, with the reason. What was read and matched is kept until a file or
    the places of the release change, so this is cheap at every turn.
    """
    wards, localities = (_places(evidence, name) for name in ("ward", "locality"))
    # One visitor reads a new file; the others wait for it.
    with _LOCK:
        files = _files(evidence.desk.places.setting(FOLDER))
        found = _fitting(files, wards, localities, evidence.release().authority)
    if found is None:
        return None
    own = {one.code: one.label for one in evidence.choices(dimension) if one.code not in _NOWHERE}
    shapes = {code: rings for code, rings in found.shapes[dimension].items() if code in own}
    if not shapes:
        return None
    missing = tuple(label for code, label in own.items() if code not in shapes)
    without = (f"The boundary file has no shape for: {', '.join(missing)}.",) if missing else ()
    return Boundaries(shapes, missing, (f"Boundaries: {found.source.rstrip('. ')}.", *without))


def folded(name: str) -> str:
    """A name as it is compared: "St. Werburgh's & Quay Ward" and "ST WERBURGHS AND QUAY" are one."""
    plain = unicodedata.normalize("NFKD", name.casefold()).replace("&", " and ")
    letters = "".join(one for one in plain if not unicodedata.combining(one) and one not in "'’‘`.")
    words = re.sub(r"[\W_]+", " ", letters).split()
    words = ["st" if word == "saint" else word for word in words]
    return " ".join(words[:-1] if len(words) > 1 and words[-1] == "ward" else words)


def _places(evidence: Evidence, dimension: str) -> tuple[_Place, ...]:
    """Every place of the release, whoever reads: which map fits does not depend on the reader."""
    listed = evidence.contents.dimension.filter(dimension=dimension)["code", "label", "parent_code"]
    return tuple(_Place(*row) for row in listed.iter_rows() if row[0] not in _NOWHERE)


def _files(folder: Path) -> tuple[_File, ...]:
    """The boundary files as they lie there now, with what the settings say of each."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".geojson", ".json"))
        settings = folder / SETTINGS
        stamp = _stamp(settings) if settings.exists() else None
        stamped = [(path, _stamp(path)) for path in paths if path.is_file()]
    except OSError:
        return ()
    said = _settings(settings, stamp) if stamp else {}
    return tuple(
        _File(path, size_and_time, **said.get(path.name, {})) for path, size_and_time in stamped[:_MOST_FILES]
    )


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


@lru_cache(maxsize=4)
def _settings(path: Path, stamp: tuple[int, int]) -> dict[str, dict[str, str]]:
    """What boundaries.toml says of each file. A mistake is named in the log, and nothing of the file is taken."""
    try:
        return read_settings(path)
    except SettingsError as error:
        _LOG.warning("%s", error)
        return {}


def read_settings(path: Path) -> dict[str, dict[str, str]]:
    """data/boundaries/boundaries.toml: for every file named the properties `ward` and `locality` and the `source`, as
    far as they are given. Raises SettingsError naming the place in the file and the fix."""
    content = read_settings_file(path)
    listed = content.get("map", [])
    if not isinstance(listed, list) or content.keys() - {"map"}:
        raise SettingsError(f"{path}: put every file into a section of its own, [[map]].")
    said = {}
    for place, one in enumerate(listed, 1):
        if not isinstance(one, dict) or not isinstance(one.get("file"), str):
            raise SettingsError(f"{path}, map {place}: name the file, as a text: file = ...")
        for key, value in one.items():
            if key not in _KEYS or not isinstance(value, str) or len(value) > 500:
                known = ", ".join(sorted(_KEYS))
                raise SettingsError(f"{path}, map {place}: only texts are known here, named {known}.")
        said[one["file"]] = {key: value for key, value in one.items() if key != "file"}
    return said


@lru_cache(maxsize=4)
def _fitting(
    files: tuple[_File, ...], wards: tuple[_Place, ...], localities: tuple[_Place, ...], authority: str
) -> _Map | None:
    """The map that knows most wards, simplified; None where none knows half of them, or it cannot be simplified."""
    best, best_fit = None, _Fit()
    for file in files:
        try:
            areas = read_areas(file.path)
        except SettingsError as error:
            _LOG.warning("%s", error)
            continue
        fit = _fit(file, areas, wards, localities, authority)
        if fit.known > best_fit.known:
            best, best_fit = file, fit
    if best is None:
        return None
    try:
        shapes = _drawn(best_fit, wards)
    except SettingsError as error:
        _LOG.warning("%s is not used as a map: %s", best.path, error)
        return None
    _LOG.info("the map is %s: %d of %d wards", best.path.name, len(best_fit.wards), len(wards))
    return _Map(shapes, best.source or "the council’s own file")


def _drawn(fit: _Fit, wards: Sequence[_Place]) -> dict[str, Mapping[str, tuple[Ring, ...]]]:
    """The shapes of both dimensions. A locality that the file does not have is put together of its wards."""
    of_wards = simplified(on_grid(fit.wards), MOST_POINTS) if fit.wards else {}
    parts: dict[str, list[GridRing]] = defaultdict(list)
    if fit.localities:
        parts |= simplified(on_grid(fit.localities), MOST_POINTS)
    else:
        for one in wards:
            if one.above is not None and one.above not in _NOWHERE:
                parts[one.above] += of_wards.get(one.code, [])
    of_localities = {code: dissolved(rings) for code, rings in parts.items() if rings}
    return {"ward": _closed(of_wards), "locality": _closed(of_localities)}


def _closed(shapes: Mapping[str, Iterable[GridRing]]) -> dict[str, tuple[Ring, ...]]:
    return {
        code: tuple(
            ((*ring[:, 0].tolist(), int(ring[0, 0])), (*ring[:, 1].tolist(), int(ring[0, 1])))
            for ring in rings
        )
        for code, rings in shapes.items()
    }


def _fit(
    file: _File,
    areas: Sequence[Area],
    wards: Sequence[_Place],
    localities: Sequence[_Place],
    authority: str,
) -> _Fit:
    """What a file knows: wards if it knows at least half of them, localities if it knows all. A few alike in name are
    another council's: there is a North in many."""
    of_wards = _matched(areas, wards, authority, file.ward)
    of_localities = _matched(areas, localities, authority, file.locality)
    return _Fit(
        of_wards if 2 * len(of_wards) >= len(wards) else {},
        of_localities if len(of_localities) == len(localities) else {},
    )


def _matched(
    areas: Sequence[Area], places: Sequence[_Place], authority: str, only: str
) -> dict[str, list[Polygon]]:
    """The polygons of every place, by the property of the areas that names most places, or by `only` that one.

    Several areas of one name are parts of one place, unless one of them is said to be the authority's: in a file of
    many councils wards of others are called the same.
    """
    names, council = _names(places), _core(authority)
    by_property: dict[str, dict[str, list[Area]]] = defaultdict(lambda: defaultdict(list))
    for area in areas:
        for name, text in area.words.items():
            code = names.get(folded(text))
            if code is not None and name == (only or name):
                by_property[name][code].append(area)
    found = max(by_property.values(), key=len, default={})
    matched = {}
    for code, same in found.items():
        own = [
            one
            for one in same
            if len(same) > 1 and any(_core(text) == council for text in one.words.values())
        ]
        matched[code] = [polygon for one in own or same for polygon in one.polygons]
    return matched


def _core(name: str) -> frozenset[str]:
    """The words of a council's name that no other has."""
    return frozenset(folded(name).split()) - _TITLES


def _names(places: Sequence[_Place]) -> dict[str, str]:
    """The code of every place by its folded code and label; what could mean two places means none."""
    meant = {(folded(text), one.code) for one in places for text in (one.code, one.label)}
    times = Counter(name for name, _ in meant)
    return {name: code for name, code in meant if name and times[name] == 1}
