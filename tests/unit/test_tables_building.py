"""Hierarchies, records and linked tables that do not fit are refused in words; joined tables are one."""

import numpy as np
import polars as pl
import pytest

from disclosure.errors import CountError, HierarchyError, TableError
from disclosure.tables import (
    Dominance,
    GroupDisclosure,
    Hierarchy,
    PPercent,
    Threshold,
    build,
    join,
    primary,
    system_of,
)

PLACE = Hierarchy("place", {"north": None, "n1": "north", "n2": "north", "only": None, "s1": "only"})
RECORDS = pl.DataFrame(
    {"place": ["n1", "n2", "s1", "s1"], "money": [1.0, 2.0, 3.0, 4.0], "firm": [1, 2, 3, 3]}
)


@pytest.mark.parametrize(
    ("parents", "told"),
    [
        ({}, "has no codes"),
        ({"n1": "north"}, "n1 lies in north, which has no line of its own"),
        ({"a": "b", "b": "c", "c": "a"}, "lies in itself"),
        ({"a": "a"}, "lies in itself"),
        ({"all": None, "a": "all"}, "all is what the total is called"),
    ],
)
def test_a_hierarchy_with_a_hole_or_a_circle_is_refused(parents: dict[str, str | None], told: str) -> None:
    with pytest.raises(HierarchyError, match=told):
        Hierarchy("place", parents)


def test_a_code_alone_in_its_parent_is_a_cell_that_is_always_the_same() -> None:
    system = primary(build(RECORDS, [PLACE]), [Threshold(2)]).system
    only, inside = system.places["place=only"], system.places["place=s1"]
    assert system.value[only] == system.value[inside] == 2
    assert "+1×[place=s1] -1×[place=only] = 0" in {system.equation(e) for e in range(system.equations)}


@pytest.mark.parametrize(
    ("records", "more", "error", "told"),
    [
        (RECORDS.drop("place"), {}, TableError, "no column place"),
        (RECORDS, {"value": "sum"}, TableError, "no column sum"),
        (RECORDS, {"tables": []}, TableError, "no table"),
        (RECORDS, {"tables": [["place", "place"]]}, TableError, "twice"),
        (RECORDS, {"tables": [["kind"]]}, TableError, "without a hierarchy"),
        (
            RECORDS.with_columns(place=pl.lit("north")),
            {},
            HierarchyError,
            "4 records .* 4 one that others lie in",
        ),
        (RECORDS.with_columns(place=pl.lit(None)), {}, HierarchyError, "4 have none"),
        (RECORDS.with_columns(place=pl.lit("elsewhere")), {}, HierarchyError, "4 records"),
        (RECORDS.with_columns(money=-1.0), {"value": "money"}, CountError, "4 records have a value"),
        (RECORDS.with_columns(money=float("nan")), {"value": "money"}, CountError, "4 records have a value"),
        (
            RECORDS.with_columns(money=pl.lit(None, pl.Float64)),
            {"value": "money"},
            CountError,
            "4 records have a value",
        ),
        (RECORDS, {"value": "place"}, CountError, "holds no numbers"),
        (
            RECORDS.with_columns(firm=pl.lit(None, pl.Int64)),
            {"contributor": "firm"},
            CountError,
            "have nobody",
        ),
    ],
)
def test_records_that_do_not_fit_are_refused(records, more, error, told) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error, match=told):
        build(records, [PLACE], **more)


def test_a_dimension_cannot_be_called_like_a_column_of_ours() -> None:
    with pytest.raises(TableError, match="cannot be called value"):
        build(pl.DataFrame({"value": ["a"]}), [Hierarchy.flat("value", ["a"])])


@pytest.mark.parametrize(
    "make",
    [
        lambda: Threshold(1),
        lambda: Dominance(0),
        lambda: Dominance(6),
        lambda: Dominance(1, 100),
        lambda: PPercent(0),
        lambda: primary(build(RECORDS, [PLACE]), [GroupDisclosure("kind")]),
        lambda: primary(build(RECORDS, [PLACE]), [], cost="dear"),
    ],
)
def test_rules_that_protect_nobody_are_refused(make) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(TableError):
        make()


def test_who_contributes_alone_is_known_and_empty_cells_are_primary_where_zeros_are_not_shown() -> None:
    records = RECORDS.filter(pl.col("place") != "n2")
    shown = primary(build(records, [PLACE], contributor="firm"), [Threshold(2)])
    assert shown.system.status[shown.system.places["place=n2"]] == "z"
    holder = shown.system.holder
    # The two records of s1 are of one firm, which is the only one of its parent as well.
    assert holder[shown.system.places["place=s1"]] == holder[shown.system.places["place=only"]] == 1
    assert holder[shown.system.places["all"]] == -1
    assert shown.why[shown.system.places["place=s1"]] == "fewer than 2 contribute: one alone"
    hidden = primary(build(records, [PLACE]), [Threshold(3, zeros=True)], zeros_shown=False).system
    empty = hidden.places["place=n2"]
    assert (hidden.status[empty], hidden.protect_lower[empty], hidden.protect_upper[empty]) == ("u", 0, 3)


def _line(names: str, values: list[float], **more: object):  # type: ignore[no-untyped-def]
    terms = [*((place, 1.0) for place in range(len(values) - 1)), (len(values) - 1, -1.0)]
    return system_of(values, [(0.0, terms)], names=list(names), **more)  # type: ignore[arg-type]


def test_cells_of_the_same_name_are_one_and_the_strictest_holds() -> None:
    one = _line(
        "abt", [1, 2, 3], status=["u", "s", "s"], protect_upper=[1, 0, 0], cost=[1, 2, 3], upper=[9, 9, 9]
    )
    two = _line("cdt", [0, 3, 3], status=["s", "s", "s"], cost=[1, 2, 9], upper=[5, 5, 5])
    both = join({"one": one, "two": two, "again": one})
    assert both.names == ("a", "b", "t", "c", "d")
    assert both.equations == 2
    assert both.cost[both.places["t"]] == 9
    assert both.upper[both.places["t"]] == 5
    assert both.status.tolist() == ["u", "s", "s", "s", "s"]
    assert both.matrix.toarray().tolist() == [[1, 1, -1, 0, 0], [0, 0, -1, 1, 1]]


def test_tables_that_do_not_agree_are_not_joined() -> None:
    with pytest.raises(TableError, match="two: cell t has another value"):
        join({"one": _line("abt", [1, 2, 3]), "two": _line("cdt", [1, 3, 4])})
    with pytest.raises(TableError, match="cell a must be shown in one table and is primary"):
        join(
            {
                "one": _line("abt", [1, 2, 3], status=["u", "s", "s"]),
                "two": _line("act", [1, 2, 3], status=["z", "s", "s"]),
            }
        )
    with pytest.raises(TableError, match="no table to join"):
        join({})


def test_a_system_says_what_is_wrong_with_it() -> None:
    with pytest.raises(TableError, match="cell a: the name is there twice"):
        _line("aat", [1, 2, 3])
    with pytest.raises(TableError, match="lower has 2 entries for 3 cells"):
        _line("abt", [1, 2, 3], lower=np.zeros(2))
    with pytest.raises(TableError, match="status that is none of"):
        _line("abt", [1, 2, 3], status=["u", "s", "x"])
    with pytest.raises(TableError, match="names a cell that is not in the table"):
        system_of([1.0], [(0.0, [(1, 1.0)])])


@pytest.mark.parametrize("name", ["value", "_who", "*", "^place$"])
def test_a_dimension_has_a_name_that_means_one_column(name: str) -> None:
    with pytest.raises(TableError, match="cannot be called"):
        build(pl.DataFrame({name: ["a", "b"]}), [Hierarchy.flat(name, ["a", "b"])])


def test_a_table_has_a_dimension() -> None:
    with pytest.raises(TableError, match="at least one dimension"):
        build(pl.DataFrame({"place": ["a"]}), [])
