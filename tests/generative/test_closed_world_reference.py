"""The closed world against the plain-Python one: what is counted, coarsened, withheld, kept."""

from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from disclosure.cell_key import Ptable
from disclosure.closed_world import (
    Hierarchy,
    Measure,
    Memory,
    Population,
    Rules,
    Scope,
    StrangeKeysError,
    World,
    build_world,
)
from tests.generative.naive_world import Cell, NaiveWorld

CODES = {
    "place": ("north", "south"),
    "ward": ("w1", "w2", "w3", "none"),
    "sex": ("f", "m"),
    "state": ("a", "b"),
}
PARENT = {"w1": "north", "w2": "north", "w3": "south", "none": None}
TABLE = Ptable.maximum_entropy()
SCOPES = {"some": ("place", ("north",))}
MEASURES: dict[str, tuple[str | None, dict[str, tuple[str, ...]], tuple[str, ...]]] = {
    "all": (None, {}, ("place", "ward", "sex")),
    "part": (None, {"state": ("a",)}, ("place", "sex")),
    "families": ("unit", {}, ("ward", "sex")),
}
# Rules without the attack, which has a reference of its own: itself.
RULES = Rules(table=TABLE, recovered=1.0, ones=1.0)

# Wards by themselves are named so that many rows are in the same cells: the rules are about cells that nearly coincide.
row = st.fixed_dictionaries(
    {
        "ward": st.sampled_from(["w1", "w1", "w1", "w2", "w3", "none"]),
        "sex": st.sampled_from(["f", "f", "f", "m", None]),
        "state": st.sampled_from(["a", "a", "a", "b", None]),
        "unit": st.integers(1, 9),
        "number": st.integers(0, 40),
        "other_place": st.sampled_from(["north", "south", None]),
    }
)
releases = st.lists(row, max_size=30, unique_by=lambda one: one["number"])


def _key(number: int) -> int:
    """Keys that look random and are the same in every release."""
    return number * 0x9E3779B97F4A7C15 % 2**64


def _rows(drawn: list[dict[str, Any]], alone: bool) -> list[dict[str, Any]]:
    rows = []
    for one in drawn:
        parent = PARENT[one["ward"]]
        place = one["other_place"] if parent is None else parent
        unit = _key(1_000 + (one["number"] if alone else one["unit"]))
        rows.append({**one, "place": place, "row_key": _key(one["number"] + 1), "unit": unit})
    return rows


def _population(rows: list[dict[str, Any]]) -> Population:
    schema = {name: pl.Enum(codes) for name, codes in CODES.items()} | {
        "row_key": pl.UInt64,
        "unit": pl.UInt64,
    }
    frame = pl.DataFrame([{name: one[name] for name in schema} for one in rows], schema=schema)
    return Population("rows", frame, hierarchies=(Hierarchy("ward", "place", PARENT),))


def _world(rows: list[dict[str, Any]], memory: Memory | None = None) -> World:
    measures = [
        Measure(name, "rows", (dimensions,), distinct=distinct, where=where)
        for name, (distinct, where, dimensions) in MEASURES.items()
    ]
    scopes = [Scope("some", "place", ("north",), ("all",))]
    return build_world([_population(rows)], measures, RULES, scopes, memory)


def _naive(rows: list[dict[str, Any]], before: NaiveWorld | None = None) -> NaiveWorld:
    class Scoped(NaiveWorld):
        """Only `all` is asked under the scope."""

        def cells(self) -> Any:
            return (cell for cell in super().cells() if not cell.scope or cell.measure == "all")

    parents = {"ward": ("place", PARENT)}
    earlier = before.drawn_for if before else None
    return Scoped(rows, MEASURES, CODES, parents, SCOPES, TABLE, before=earlier)


def _overlap(before: Population, rows: list[dict[str, Any]]) -> float:
    """The share of rows that stayed, of the smaller of two releases."""
    then, now = set(before.frame["row_key"]), {one["row_key"] for one in rows}
    return len(then & now) / max(min(len(then), len(now)), 1)


def _same(world: World, naive: NaiveWorld) -> None:
    seen = 0
    for question, frame in world.tables():
        for one in frame.iter_rows(named=True):
            codes = [one[f"code_{number}"] for number in range(1, len(question.dimensions) + 1)]
            conditions = frozenset(zip(question.dimensions, codes, strict=True))
            cell = Cell(question.measure, question.scope, conditions)
            if cell not in naive.things:
                # A scope that the codes tell by themselves: the figure for everybody.
                cell = Cell(question.measure, "", conditions)
            things = naive.things[cell]
            assert (one["true"], one["units"]) == (len(things), len({unit for _, unit in things}))
            assert one["shown"] == naive.shown(cell), (question.name, codes)
            seen += 1
    assert seen
    assert naive.near_pairs() == []
    assert world.use()["withheld"].sum() == sum(frame["shown"].null_count() for _, frame in world.tables())


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=releases, alone=st.booleans())
def test_every_figure_is_what_the_rules_say(drawn: list[dict[str, Any]], alone: bool) -> None:
    rows = _rows(drawn, alone)
    _same(_world(rows), _naive(rows))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    drawn=releases,
    gone=st.lists(st.integers(0, 40), max_size=3),
    come=st.lists(row, max_size=3, unique_by=lambda one: one["number"]),
    back=st.booleans(),
    alone=st.booleans(),
)
def test_figures_are_kept_until_three_units_have_changed(
    drawn: list[dict[str, Any]], gone: list[int], come: list[dict[str, Any]], back: bool, alone: bool
) -> None:
    first = drawn
    second = [one for one in first if one["number"] not in gone]
    third = first if back else second + [{**one, "number": one["number"] + 50} for one in come]
    earlier: tuple[World, NaiveWorld, Population] | None = None
    for release in (first, second, third):
        rows = _rows(release, alone)
        memory = Memory([earlier[2]], earlier[0].changes) if earlier else None
        naive = _naive(rows, earlier[1] if earlier else None)
        try:
            world = _world(rows, memory)
        except StrangeKeysError:
            # Over half of the rows are other ones, as it can be with a handful.
            assert earlier and _overlap(earlier[2], rows) < 0.5
            return
        _same(world, naive)
        earlier = (world, naive, _population(rows))
