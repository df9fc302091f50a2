"""Differentially private tables: what they cost, whom they bound, and that the noise is what was paid for.

The noise is fresh each time, from the operating system, so its size is checked coarsely: a right program fails here
less than once in a million runs.
"""

import math
from collections import Counter, defaultdict

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure.errors import CountError, PerturbationError, TableError
from disclosure.private import Budget, bounded, epsilon_of, private_tables, rho_of

SECRET = bytes(range(32))
CODES = {"place": ["a", "b", "c"], "level": ["low", "high"]}
RECORDS = pl.DataFrame(
    [
        ("ann", "a", "low"),
        ("ann", "a", "low"),
        ("ann", "b", "low"),
        ("ben", "a", "high"),
        ("cal", "a", "high"),
        ("cal", "b", "high"),
        ("cal", "b", "low"),
    ],
    schema=["person", "place", "level"],
    orient="row",
)


def asked(rho: float = 1.0, budget: Budget | None = None, **changed: object) -> list[pl.DataFrame]:
    given = {
        "records": RECORDS,
        "tables": [[], ["place"], ["place", "level"]],
        "codes": CODES,
        "unit": "person",
        "most": 3,
        "secret": SECRET,
        "budget": budget or Budget(1e9),
        "rho": rho,
    } | changed
    records, tables, codes = (given.pop(name) for name in ("records", "tables", "codes"))
    return [table.cells for table in private_tables(records, tables, codes, **given)]  # type: ignore[arg-type]


def test_with_next_to_no_noise_the_tables_are_people_counted_once_a_cell() -> None:
    everybody, by_place, by_both = asked(rho=1e7)
    assert everybody.rows() == [(3,)]
    assert by_place.rows() == [("a", 3), ("b", 2), ("c", 0)]
    assert by_both.rows() == [
        ("a", "low", 1),
        ("a", "high", 2),
        ("b", "low", 2),
        ("b", "high", 1),
        ("c", "low", 0),
        ("c", "high", 0),
    ]


def test_the_noise_has_the_scale_that_was_paid_for() -> None:
    codes = {"place": [f"place {at}" for at in range(4_000)]}
    nobody = pl.DataFrame(schema={"person": pl.String, "place": pl.String})
    (table,) = private_tables(
        nobody, [["place"]], codes, unit="person", most=4, secret=SECRET, budget=Budget(1.0), rho=0.125
    )
    # Two is the distance that four cells moved by one make, so the scale is 2 / sqrt(2 * 0.125) = 4.
    assert math.isclose(table.scale, 4, rel_tol=1e-9)
    noise = table.cells["value"]
    assert abs(noise.mean()) < 5 * 4 / math.sqrt(4_000)  # type: ignore[arg-type]
    assert noise.std() == pytest.approx(4, rel=0.06)
    assert (noise.abs() <= table.usual).mean() > 0.935  # type: ignore[operator]
    assert table.all_within > table.usual
    assert noise.n_unique() > 10


def test_noise_is_fresh_each_time() -> None:
    wide = {"place": [f"place {at}" for at in range(100)], "level": ["low", "high"]}
    first, second = (asked(codes=wide | {"place": [*"abc", *wide["place"]]}, rho=0.1)[1] for _ in range(2))
    assert not first.equals(second)


def test_tables_share_what_is_spent_and_the_budget_ends() -> None:
    budget = Budget(1.0)
    found = private_tables(
        RECORDS,
        [["place"], ["level"]],
        CODES,
        unit="person",
        most=2,
        secret=SECRET,
        budget=budget,
        rho=0.9,
        weights=[2, 1],
    )
    assert [table.rho for table in found] == pytest.approx([0.6, 0.3])
    assert sum(table.rho for table in found) <= 0.9
    assert budget.left == pytest.approx(0.1)
    with pytest.raises(PerturbationError, match=r"2 tables would cost 0.2 .* 0.1 of 1 is left"):
        asked(budget=budget, rho=0.2, tables=[["place"], ["level"]])
    assert budget.left == pytest.approx(0.1)
    asked(budget=budget, rho=0.1)
    assert [what for what, _ in budget.entries] == ["2 tables", "3 tables"]


def test_a_mistake_costs_nothing() -> None:
    budget = Budget(1.0)
    for changed in ({"tables": [["nowhere"]]}, {"most": 0}, {"secret": b"short"}, {"weights": [1]}):
        with pytest.raises((TableError, PerturbationError)):
            asked(budget=budget, **changed)
    assert budget.spent == 0


@pytest.mark.parametrize("rho", [0.0, -1.0, float("nan"), float("inf")])
def test_no_budget_and_no_spending_without_an_end(rho: float) -> None:
    with pytest.raises(PerturbationError):
        Budget(rho)
    with pytest.raises(PerturbationError):
        Budget(1.0).spend(rho, "a table")
    with pytest.raises(PerturbationError):
        asked(rho=rho)


def test_epsilon_and_rho_say_the_same() -> None:
    assert epsilon_of(0.5, 1e-6) == pytest.approx(0.5 + 2 * math.sqrt(0.5 * math.log(1e6)))
    for epsilon in (0.1, 1.0, 8.0):
        assert epsilon_of(rho_of(epsilon, 1e-6), 1e-6) == pytest.approx(epsilon)
    with pytest.raises(PerturbationError):
        epsilon_of(1.0, 0.0)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("uvw"), st.sampled_from("abc")), max_size=25),
    st.integers(1, 4),
)
def test_of_everybody_at_most_so_many_records_count_whoever_else_is_there(
    rows: list[tuple[str, str]], most: int
) -> None:
    def kept(some: list[tuple[str, str]]) -> dict[str, Counter[str]]:
        frame = pl.DataFrame(some, schema={"unit": pl.String, "code": pl.String}, orient="row")
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for unit, code in bounded(frame, "unit", most, SECRET).rows():
            found[unit][code] += 1
        return found

    together = kept(rows)
    had = Counter(unit for unit, _ in rows)
    for unit in "uvw":
        alone = [row for row in rows if row[0] == unit]
        assert sum(together[unit].values()) == min(most, had[unit])
        # Neither the others nor the order of the records matter.
        assert kept(alone[::-1])[unit] == together[unit]
        assert together[unit] <= Counter(code for _, code in alone)


@pytest.mark.parametrize(
    ("changed", "error", "says"),
    [
        ({"tables": []}, TableError, "no table"),
        ({"tables": [["place", "place"]]}, TableError, "once"),
        ({"tables": [["person"]]}, TableError, "not by the unit"),
        ({"unit": "nobody"}, TableError, "no column nobody"),
        ({"codes": {"place": ["a", "b", "c"]}}, TableError, "closed list of codes"),
        ({"codes": CODES | {"place": ["a", "a"]}}, TableError, "each once"),
        ({"codes": CODES | {"place": ["a", "b"], "level": ["low"]}}, CountError, "none of the listed codes"),
        (
            {"codes": {name: [*codes, *map(str, range(2_000))] for name, codes in CODES.items()}},
            TableError,
            "cells: at most",
        ),
        ({"records": RECORDS.with_columns(person=pl.lit(None, dtype=pl.String))}, CountError, "not whose"),
        ({"records": RECORDS.with_columns(place=pl.lit(None, dtype=pl.String))}, CountError, "7 records"),
    ],
)
def test_what_is_not_fixed_beforehand_is_refused(
    changed: dict[str, object], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        asked(**changed)
