"""Tables built from records, and the rules of primary cells, against plain Python that follows the definitions."""

from collections import defaultdict
from itertools import product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure.tables import (
    ALL,
    Dominance,
    GroupDisclosure,
    Hierarchy,
    PPercent,
    Threshold,
    build,
    primary,
)

PLACE = Hierarchy("place", {"north": None, "south": None, "n1": "north", "n2": "north", "s1": "south"})
KIND = Hierarchy.flat("kind", ["a", "b"])
YEAR = Hierarchy.flat("year", ["1", "2"])
LINKED = (("place", "kind"), ("kind", "year"), ("place",))
records = st.lists(
    st.tuples(
        st.sampled_from(PLACE.leaves),
        st.sampled_from(KIND.leaves),
        st.sampled_from(YEAR.leaves),
        st.integers(0, 9),
        st.integers(0, 4),
    ),
    min_size=1,
    max_size=14,
)


def _frame(rows: list[tuple[str, str, str, int, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["place", "kind", "year", "money", "firm"], orient="row")


def _contributions(rows, counted):  # type: ignore[no-untyped-def]
    """Of every cell of the linked tables: what each contributor gives."""
    trees = {"place": PLACE, "kind": KIND, "year": YEAR}
    cells: dict[tuple[str, ...], dict[int, float]] = {}
    for table in LINKED:
        for key in product(*(trees[name].codes if name in table else (ALL,) for name in trees)):
            given = cells[key] = defaultdict(float)
            for place, kind, year, money, firm in rows:
                own = {"place": place, "kind": kind, "year": year}
                if all(key[n] in trees[name].lies_in(own[name]) for n, name in enumerate(trees)):
                    given[firm] += 1 if counted else money
    return cells


@settings(max_examples=30, deadline=None)
@given(records, st.booleans())
def test_cells_totals_and_equations_are_what_the_records_say(rows, counted) -> None:  # type: ignore[no-untyped-def]
    tables = build(
        _frame(rows),
        [PLACE, KIND, YEAR],
        tables=LINKED,
        value=None if counted else "money",
        contributor="firm",
    )
    expected = _contributions(rows, counted)
    numbers = {firm: number for number, firm in enumerate(sorted({row[4] for row in rows}))}
    assert tables.cells.height == len(expected)
    for row in tables.cells.iter_rows(named=True):
        given = expected[row["place"], row["kind"], row["year"]]
        assert row["value"] == sum(given.values())
        assert row["contributors"] == len(given)
        assert row["holder"] == (numbers[next(iter(given))] if len(given) == 1 else -1)
        assert row["largest"] == sorted(given.values(), reverse=True)[:5]
    value = tables.cells["value"].to_list()
    assert all(sum(value[cell] * factor for cell, factor in line) == 0 for line in tables.equations)
    # What lies in each code, for every choice of the other dimensions; what the first two tables share is there once.
    assert len(tables.equations) == 3 * 3 + 6 + 3 + 3 - 1


@settings(max_examples=30, deadline=None)
@given(records)
def test_rules_find_what_their_definitions_say(rows) -> None:  # type: ignore[no-untyped-def]
    tables = build(_frame(rows), [PLACE, KIND, YEAR], tables=LINKED, value="money", contributor="firm")
    expected = _contributions(rows, counted=False)
    system = primary(tables, [Threshold(3), Dominance(2, 80.0), PPercent(15.0)]).system
    for number, key in enumerate(tables.cells.select("place", "kind", "year").iter_rows()):
        given = sorted(expected[key].values(), reverse=True)
        total = sum(given)
        top = [*given, 0.0, 0.0]
        levels = [
            total * 0.1 if 0 < len(given) < 3 else -1,
            100 / 80 * sum(given[:2]) - total if total else -1,
            0.15 * top[0] - (total - top[0] - top[1]) if total else -1,
        ]
        found = [level for level in levels if level > 0 or (level == 0 and level is levels[0])]
        assert (system.status[number] == "u") == bool(found), key
        if found:
            assert system.protect_upper[number] == pytest.approx(max(*found, total / 1000))
            assert system.protect_lower[number] == pytest.approx(min(total, max(*found, total / 1000)))


@settings(max_examples=30, deadline=None)
@given(records)
def test_a_group_found_in_one_place_gets_a_cell_for_its_rest(rows) -> None:  # type: ignore[no-untyped-def]
    frame = _frame(rows).unique("firm", keep="first", maintain_order=True)
    tables = build(frame, [PLACE, KIND], contributor="firm")
    system = primary(tables, [Threshold(3), GroupDisclosure("kind")]).system
    for code in PLACE.codes:
        inside = frame.filter(
            pl.col("place").is_in([leaf for leaf in PLACE.leaves if code in PLACE.lies_in(leaf)])
        )
        kinds = inside["kind"].unique().to_list()
        where = "" if code == ALL else f"place={code}|"
        for kind in KIND.leaves:
            name = f"rest of {where}kind={kind}"
            assert (name in system.places) == (kinds == [kind])
            if kinds == [kind]:
                cell = system.places[name]
                assert (system.status[cell], system.value[cell], system.protect_upper[cell]) == ("u", 0, 1)
                other = "b" if kind == "a" else "a"
                # The zero beside it may be withheld, unlike others.
                assert system.status[system.places[f"{where}kind={other}"]] == "s"
