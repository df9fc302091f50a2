"""A council's own map: whatever its file is like, the wards that it knows are drawn, and nothing else happens."""

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import polars as pl
import pytest

from evidence import boundaries as module
from evidence import map_file
from evidence.access import Role, Who
from evidence.boundaries import Boundaries, Ring, boundaries, folded, read_settings
from evidence.evidence import Evidence
from evidence.map_file import read_areas
from evidence.simplify import area, on_grid
from pipelines.council import map as made_up
from pipelines.council.places import WARDS
from release.errors import SettingsError
from release.measures import Scope
from release.places import PROJECT
from tests.fakes import FakeContents, FakeDesk, catalogue

Points = list[list[float]]
WARD_NAMES = [
    ["Abbotsleigh", "MILLBROOK", "St Werburghs", "Upper Ashmere Ward"],
    ["Castle", "Market & Riverside", "priory", "Station"],
    ["Fenwick", "Harbour", "Lower-Ashmere", "Old  Quay"],
    ["Beacon Hill", "Cotter’s End", "Westfield"],
]


def square(x: float, y: float, size: float = 1000, *, closed: bool = True) -> Points:
    corners = [[x, y], [x + size, y], [x + size, y + size], [x, y + size]]
    return [*corners, corners[0]] if closed else corners


def feature(name: str, *rings: Points, **words: Any) -> dict[str, Any]:
    properties = {"WD24CD": f"E05{len(name):06}", "WD24NM": name, "LAD24NM": "Ashmere", **words}
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": list(rings)},
    }


def council(**words: Any) -> list[dict[str, Any]]:
    """Wards on British National Grid as they are published, a square kilometre each, a row a locality."""
    return [
        feature(name, square(412000 + 1000 * column, 298000 - 1000 * row), **words)
        for row, names in enumerate(WARD_NAMES)
        for column, name in enumerate(names)
    ]


def told(*files: tuple[str, object], scope: Scope | None = None) -> Evidence:
    """Evidence of the made-up release with these files in data/boundaries."""
    desk = FakeDesk()
    folder = desk.places.data / "boundaries"
    folder.mkdir()
    for name, content in files:
        if isinstance(content, bytes):
            (folder / name).write_bytes(content)
        else:
            text = content if isinstance(content, str) else json.dumps(collection(content))
            (folder / name).write_text(text, encoding="utf-8")
    known = replace(catalogue(), scopes={scope.name: scope} if scope else {})
    who = Who("somebody", Role.MANAGER, frozenset({"places"}), scope=scope.name if scope else "")
    return Evidence(FakeContents(), known, desk).seen_by(who)


def collection(features: object) -> dict[str, object]:
    return {"type": "FeatureCollection", "features": features}


def found(evidence: Evidence, dimension: str = "ward") -> Boundaries:
    map_ = boundaries(evidence, dimension)
    assert map_ is not None
    return map_


def covers(rings: Sequence[Ring], x: float, y: float) -> bool:
    """Whether a path of rings is filled at a point, as a browser fills it: by the number of times it is gone around."""
    turns = 0
    for xs, ys in rings:
        for x0, y0, x1, y1 in zip(xs, ys, xs[1:], ys[1:], strict=False):
            left = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
            turns += (y0 <= y < y1 and left > 0) - (y1 <= y < y0 and left < 0)
    return turns != 0


def test_a_file_as_the_national_office_publishes_it_just_works() -> None:
    """Names in other case, with "&" and without apostrophes; metres of the National Grid; wards of others beside."""
    elsewhere = [
        feature("Castle", square(600000, 100000), LAD24NM="Elsewhere"),
        feature("Nowhere", square(0, 0)),
    ]
    map_ = found(told(("WD_MAY_2024_UK_BGC.geojson", [*elsewhere, *council()])))
    assert len(map_.shapes) == 15
    assert not map_.missing
    # Four wards in a row: as high as they are wide, and north is up.
    assert [max(max(xs) for xs, _ in rings) for rings in (map_.shapes["W10"], map_.shapes["W13"])] == [
        500,
        2000,
    ]
    assert covers(map_.shapes["W10"], 250, 1750)
    assert covers(map_.shapes["W32"], 1250, 750)


def test_wards_are_known_by_their_codes_too() -> None:
    coded = [
        {**one, "properties": {"code": f"w{row + 1}{column}"}}
        for one, (row, column) in zip(
            council(), ((r, c) for r, names in enumerate(WARD_NAMES) for c in range(len(names))), strict=True
        )
    ]
    assert len(found(told(("wards.json", coded))).shapes) == 15


def test_localities_are_put_together_of_their_wards() -> None:
    shapes = found(told(("wards.geojson", council())), "locality").shapes
    assert set(shapes) == {"L1", "L2", "L3", "L4"}
    (ring,) = shapes["L1"]
    # The lines between its wards are gone: a box of 2,000 by 500 steps.
    assert (min(ring[0]), max(ring[0]), min(ring[1]), max(ring[1])) == (0, 2000, 1500, 2000)
    assert len(ring[0]) == 11


def test_localities_of_the_file_go_before_those_put_together() -> None:
    hubs = [
        {**one, "properties": {"hub": hub}}
        for one, hub in zip(council(), ["North", "Centre", "South", "West"] * 4, strict=False)
    ]
    shapes = found(told(("hubs.geojson", hubs)), "locality").shapes
    assert {code: len(rings) for code, rings in shapes.items()} == {"L1": 1, "L2": 1, "L3": 1, "L4": 1}
    ((xs, ys),) = shapes["L1"]
    assert (min(ys), max(ys)) == (0, 2000) == (min(xs), 4 * max(xs)), (
        "a column of wards, not a row, as the file has it"
    )


def test_what_has_no_shape_is_said() -> None:
    map_ = found(told(("wards.geojson", council()[:-2])))
    assert map_.missing == ("Cotter's End", "Westfield")
    assert any("Cotter's End, Westfield" in note for note in map_.notes)


def test_holes_islands_and_rings_that_are_not_closed() -> None:
    wards = council()
    wards[0]["geometry"] = {
        "type": "MultiPolygon",
        "coordinates": [
            [square(412000, 298000, closed=False)[::-1], square(412400, 298400, 200)],
            [square(411000, 299000, 500)],
        ],
    }
    rings = found(told(("wards.geojson", wards))).shapes["W10"]
    assert all((xs[0], ys[0]) == (xs[-1], ys[-1]) for xs, ys in rings)
    step = 2000 / 5000
    inside, hole, island, sea = ((100, 100), (500, 500), (-800, 1200), (-300, 300))
    at = [covers(rings, (1000 + x) * step, (3000 + y) * step) for x, y in (inside, hole, island, sea)]
    assert at == [True, False, True, False]


def test_degrees_are_drawn_as_wide_as_they_are_on_the_ground() -> None:
    """At 60 degrees north a degree of longitude is half as long as one of latitude."""
    wards = [
        feature(
            name,
            [
                [column, 59 + row / 2],
                [column + 1, 59 + row / 2],
                [column + 1, 59.5 + row / 2],
                [column, 59.5 + row / 2],
            ],
        )
        for row, names in enumerate(WARD_NAMES)
        for column, name in enumerate(names)
    ]
    ((xs, ys),) = found(told(("wards.geojson", wards))).shapes["W10"]
    assert max(xs) - min(xs) == max(ys) - min(ys)


def test_a_reader_of_some_localities_gets_their_map_alone() -> None:
    files = ("wards.geojson", council())
    evidence = told(files, scope=Scope("north", "The north", ("L1",)))
    assert set(found(evidence).shapes) == {"W10", "W11", "W12", "W13"}
    assert set(found(evidence, "locality").shapes) == {"L1"}
    assert found(evidence).shapes["W10"] == found(told(files)).shapes["W10"]


def test_the_file_that_knows_most_wards_is_taken() -> None:
    evidence = told(("a.geojson", council()[:9]), ("b.geojson", council()), ("c.geojson", "{}"))
    assert len(found(evidence).shapes) == 15
    assert boundaries(told(("a.geojson", council()[:7])), "ward") is None, "half of them is the least"
    assert boundaries(told(), "ward") is None
    assert (
        boundaries(told(("ashmere.geojson", (made_up.FOLDER / "ashmere.geojson").read_text())), "locality")
        is None
    )


def test_a_new_file_is_seen_at_once() -> None:
    evidence = told(("a.geojson", council()[:9]))
    assert len(found(evidence).shapes) == 9
    (evidence.desk.places.data / "boundaries" / "b.geojson").write_text(json.dumps(collection(council())))
    assert len(found(evidence).shapes) == 15


def test_the_settings_name_the_property_and_whose_map_it_is() -> None:
    wards = [
        {**one, "properties": {"old": one["properties"]["WD24NM"], "new": names[place % 4]}}
        for place, (one, names) in enumerate(zip(council(), [WARD_NAMES[1]] * 15, strict=True))
    ]
    settings = '[[map]]\nfile = "a.geojson"\nward = "old"\nsource = "Contains *OS data*"\n'
    map_ = found(told(("a.geojson", wards), ("boundaries.toml", settings)))
    assert len(map_.shapes) == 15
    assert "Boundaries: Contains *OS data*." in map_.notes
    assert (
        boundaries(told(("a.geojson", wards), ("boundaries.toml", settings.replace("old", "gone"))), "ward")
        is None
    )


@pytest.mark.parametrize(
    "settings",
    [
        "[[map]]\nward = 3",
        '[[map]]\nfile = "a"\ncolour = "red"',
        '[[map]]\nfile = "a"\nward = 3',
        "map = 3",
        "[[map]]\n[maps]",
        "\ufeff[",
        '[[map]]\nfile = "a"\nsource = "' + 501 * "x" + '"',
    ],
)
def test_a_mistake_in_the_settings_is_named_and_the_map_stays(
    settings: str, caplog: pytest.LogCaptureFixture
) -> None:
    evidence = told(("wards.geojson", council()), ("boundaries.toml", settings))
    with caplog.at_level(logging.WARNING):
        assert len(found(evidence).shapes) == 15
    assert "boundaries.toml" in caplog.text
    with pytest.raises(SettingsError, match=r"boundaries\.toml"):
        read_settings(evidence.desk.places.data / "boundaries" / "boundaries.toml")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff\xfe{}", "not readable"),
        ("", "not readable"),
        ("[" * 200_000, "not readable"),
        ('{"type": "FeatureCollection", "features": ' + "9" * 5000 + "}", "not readable"),
        ("[]", "no map"),
        ('{"features": {"a": 1}}', "no map"),
        (json.dumps(collection([{}] * 20_001)), "20,001 areas"),
    ],
    ids=["bytes", "nothing", "deep", "a number of 5,000 digits", "a list", "no list", "too many"],
)
def test_a_file_that_is_no_map_is_named_in_the_log_and_nothing_happens(
    content: str | bytes, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert boundaries(told(("hostile.geojson", content)), "ward") is None
    assert "hostile.geojson" in caplog.text
    assert why in caplog.text
    assert len(caplog.text) < 1000, "nothing of the file is repeated"


@pytest.mark.parametrize("ring", [[[1, 1]] * 5, [[0, 0], [9, 9], [0, 0]]])
def test_areas_that_cover_nothing_make_no_map(ring: list[list[int]]) -> None:
    features = [{**one, "geometry": {"type": "Polygon", "coordinates": [ring]}} for one in council()]
    evidence = told(("hostile.geojson", features))
    assert boundaries(evidence, "ward") is None
    assert boundaries(evidence, "locality") is None


def test_a_map_that_cannot_be_simplified_is_named_in_the_log_and_not_drawn(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("evidence.boundaries.MOST_POINTS", 4)
    with caplog.at_level(logging.WARNING):
        assert boundaries(told(("tangle.geojson", council())), "ward") is None
    assert "tangle.geojson" in caplog.text
    assert "each area once" in caplog.text


@pytest.mark.parametrize("limit", ["MOST_BYTES", "MOST_POINTS"])
def test_a_file_that_would_fill_the_memory_is_not_taken(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_file, limit, 70)
    assert boundaries(told(("huge.geojson", council())), "ward") is None


@pytest.mark.parametrize(
    "ring",
    [
        "[[NaN, 1], [2, 3], [4, 5]]",
        "[[1e999, 1], [2, 3], [4, 5]]",
        "[[-Infinity, 1], [2, 3], [4, 5]]",
        '[["x", 1], [2, 3], [4, 5]]',
        "[[1], [2], [3]]",
        "[1, 2, 3]",
        "[[1, 2], [3, 4, 5], [6, 7]]",
        "[[[1, 2]], [[3, 4]], [[5, 6]]]",
        "[[1, 2], [3, 4]]",
        "[[5, 5], [5, 5], [5, 5]]",
        "[[1e9, 1], [2, 3], [4, 5]]",
        "[[" + "9" * 400 + ", 1], [2, 3], [4, 5]]",
        "null",
        '{"a": 1}',
        "[]",
    ],
)
def test_an_area_that_cannot_be_read_has_no_shape_and_harms_no_other(ring: str) -> None:
    wards = json.dumps(collection(council())).replace(json.dumps(square(412000, 298000)), ring)
    map_ = found(told(("wards.geojson", wards)))
    assert len(map_.shapes) == 14
    assert map_.missing == ("Abbotsleigh",)


@pytest.mark.parametrize(
    "geometry",
    [None, [], {}, {"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon", "coordinates": 3},
     {"type": "GeometryCollection", "geometries": [[], 3, {"type": "GeometryCollection", "geometries": []}]},
     {"type": "MultiPolygon", "coordinates": [3, [], [[3]]]}],
)  # fmt: skip
def test_other_geometries_are_no_areas(geometry: object) -> None:
    wards: list[Any] = [*council()[1:], {**council()[0], "geometry": geometry}, 3, None, {"properties": []}]
    assert found(told(("wards.geojson", wards))).missing == ("Abbotsleigh",)


def test_a_detailed_map_is_simplified_and_neighbours_still_touch() -> None:
    """Each side of every ward has 120 points, on a jagged line that both neighbours share."""

    def jagged(corners: Points) -> Points:
        points: Points = []
        for (x0, y0), (x1, y1) in pairwise(corners):
            for step in range(120):
                share = step / 120
                x, y = x0 + (x1 - x0) * share, y0 + (y1 - y0) * share
                # The way out and the way back bend alike.
                bend = (
                    0.3 * (min(step, 120 - step) % 40) * ((round(x + y) * 7919) % 13 - 6)
                    if 10 < step < 110
                    else 0
                )
                points.append([x + bend * (y1 != y0), y + bend * (x1 != x0)])
        return points

    wards = council()
    for one in wards:
        one["geometry"]["coordinates"] = [jagged(one["geometry"]["coordinates"][0])]
    evidence = told(("wards.geojson", wards))
    shapes = found(evidence).shapes
    assert 200 < sum(len(xs) for rings in shapes.values() for xs, _ in rings) <= module.MOST_POINTS + 15
    edges = [
        {*zip(zip(xs, ys, strict=True), zip(xs[1:], ys[1:], strict=False), strict=False)}
        for rings in shapes.values()
        for xs, ys in rings
    ]
    everything = set().union(*edges)
    shared = sum((end, start) in everything for start, end in everything) / 2
    assert shared > 50
    # A locality of four wards in a row is one ring: no line between them is left.
    assert len(found(evidence, "locality").shapes["L1"]) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("St. Werburgh's", "ST WERBURGHS"),
        ("Saint Mary’s", "St Marys Ward"),
        ("Market & Riverside", "market and riverside"),
        ("Lower-Ashmere", "  Lower   Ashmere"),
        ("Bryn-y-môr", "Bryn y Mor"),
        ("Ward", "WARD"),
    ],
)
def test_names_are_compared_as_people_read_them(one: str, other: str) -> None:
    assert folded(one) == folded(other)
    assert folded(one) != folded(f"{one} East")


@pytest.mark.parametrize("land", [made_up.WYTHBROOK, made_up.ASHMERE], ids=lambda land: land.name)
def test_the_made_up_maps_are_as_they_are_drawn(land: made_up.Land) -> None:
    drawn = made_up.drawn(land)["features"]
    shipped = json.loads((made_up.FOLDER / f"{land.name.lower()}.geojson").read_text())["features"]
    for one, other in zip(drawn, shipped, strict=True):
        assert one["properties"] == other["properties"]
        (ring,), (kept,) = one["geometry"]["coordinates"], other["geometry"]["coordinates"]
        assert [point for at in kept for point in at] == pytest.approx(
            [point for at in ring for point in at], abs=2e-5
        )


def test_the_made_up_map_has_every_ward_of_the_made_up_town_and_no_gap_between_them() -> None:
    areas = read_areas(made_up.FOLDER / "wythbrook.geojson")
    assert {(one.words["ward"], one.words["locality"]) for one in areas} == {
        (ward.name, ward.locality) for ward in WARDS
    }
    shapes = on_grid({one.words["ward"]: one.polygons for one in areas})
    assert all(area(ring) > 0 for rings in shapes.values() for ring in rings)
    edges = [
        (tuple(start), tuple(end))
        for rings in shapes.values()
        for ring in rings
        for start, end in zip(ring.tolist(), [*ring.tolist()[1:], ring.tolist()[0]], strict=True)
    ]
    assert len(edges) == len(set(edges)), "no two wards lie on each other"
    every = set(edges)
    outer = [(start, end) for start, end in edges if (end, start) not in every]
    # What is left is the shore: it leads from point to point all the way around, in one.
    onwards = dict(outer)
    point = outer[0][0]
    for _ in range(len(outer)):
        point = onwards.pop(point)
    assert point == outer[0][0]
    assert not onwards


def test_the_map_of_the_sample_has_its_wards() -> None:
    episodes = pl.read_csv(PROJECT / "tests" / "sample-extracts" / "family_episodes.csv", infer_schema=False)
    mapped = {(seat.ward, seat.locality) for seat in made_up.ASHMERE.seats}
    assert set(episodes.select("ward", "locality").drop_nulls().iter_rows()) == mapped
