"""Perturbed tables against plain Python, and against the package of the Office for National Statistics."""

import contextlib
import io
import math
from random import Random

import numpy as np
import pandas
import polars as pl
import pytest
from cell_key_perturbation.create_perturbed_table import create_perturbed_table
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure.cell_key import (
    Ptable,
    perturb_counts,
    perturb_records,
    perturbed_medians,
    perturbed_sums,
    ptable_from_text,
    record_keys,
)
from disclosure.cell_key.entropy import allowed, reach
from disclosure.errors import PerturbationError
from tests.generative import naive_cell_keys as naive

SECRET = b"a secret of nobody, 32 bytes long"
TABLES = st.builds(
    lambda bound, share, smallest: (bound, share, smallest),
    st.integers(1, 12),
    st.floats(0.001, 0.999),
    st.integers(1, 6),
)


def rows_of(ptable: Ptable) -> dict[int, list[tuple[int, int]]]:
    rows: dict[int, list[tuple[int, int]]] = {}
    for count, _low, high, change in ptable.intervals.rows():
        rows.setdefault(count, []).append((change, high + 1))
    return rows


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_every_table_keeps_the_mean_has_the_variance_and_never_publishes_what_is_forbidden(
    asked: tuple[int, float, int],
) -> None:
    bound, share, smallest = asked
    reaches = [reach(allowed(count, bound, smallest)) for count in range(1, bound + smallest + 1)]
    least, largest = max(low for low, _ in reaches), min(high for _, high in reaches)
    variance = least + share * (largest - least)
    if least > largest or variance <= 0:
        with pytest.raises(PerturbationError):
            Ptable.maximum_entropy(bound=bound, variance=max(variance, 0.1), smallest=smallest)
        return
    ptable = Ptable.maximum_entropy(bound=bound, variance=variance, smallest=smallest)
    for count, row in rows_of(ptable).items():
        parts = [
            (end - before, change)
            for (change, end), before in zip(row, [0, *(end for _, end in row)], strict=False)
        ]
        assert sum(width for width, _ in parts) == ptable.keys
        mean = sum(width * change for width, change in parts) / ptable.keys
        spread = sum(width * change**2 for width, change in parts) / ptable.keys
        assert abs(mean) < 1e-8 if least == largest else abs(mean) < 1e-9
        assert math.isclose(spread, variance if count else 0, abs_tol=1e-6)
        for _, change in parts:
            published = count + change
            assert abs(change) <= bound
            assert published == 0 or published >= (smallest if count else 0)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b", "c d", '"; drop']), st.integers(-2, 1), st.integers(0, 12)),
        max_size=40,
    ),
    st.booleans(),
    st.booleans(),
    st.integers(0, 2),
)
def test_a_table_of_records_is_what_plain_python_makes_of_them(
    people: list[tuple[str, int, int]], several: bool, all_margins: bool, columns: int
) -> None:
    # With `several`, a unit may have several records; else each record is a unit of its own.
    units = [f"unit {unit if several else at}" for at, (_, _, unit) in enumerate(people)]
    records = pl.DataFrame(
        {
            "place": pl.Series([place for place, _, _ in people], dtype=pl.String),
            "level": pl.Series([level for _, level, _ in people], dtype=pl.Int64),
            "record_key": record_keys(SECRET, pl.Series(units, dtype=pl.String)),
        }
    )
    ptable = Ptable.maximum_entropy()
    by = ["place", "level"][:columns]
    found = perturb_records(records, by, ptable, distinct=several, all_margins=all_margins)
    plain = [
        {"place": place, "level": level, "record_key": naive.record_key(SECRET, "unit", unit)}
        for (place, level, _), unit in zip(people, units, strict=True)
    ]
    expected = naive.table(plain, by, rows_of(ptable), ptable.keys, distinct=several, all_margins=all_margins)
    if not people and by and all_margins:
        expected = {(None,) * len(by): (0, 0, 0)} if found.height else {}
    cells = {row[: len(by)]: row[len(by) :] for row in found.rows()}
    assert {cell: (count, key, perturbed) for cell, (count, key, _, perturbed) in cells.items()} == expected
    ready = perturb_counts(found.drop("perturbed"), ptable)
    assert ready["perturbed"].to_list() == found["perturbed"].to_list()
    assert found.select(by).rows() == sorted(
        found.select(by).rows(), key=lambda row: [(one is not None, one) for one in row]
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1.0, 3.0]), st.booleans())
def test_sums_and_medians_are_what_plain_python_makes_of_them(seed: int, skew: float, negative: bool) -> None:
    random = Random(seed)
    people = [
        {
            "place": random.choice("aab"),
            "value": float(round(random.lognormvariate(3, skew)))
            * (random.choice([-1, 1]) if negative else 1),
            "record_key": naive.record_key(SECRET, "unit", random.randrange(60)),
        }
        for _ in range(random.randrange(1, 70))
    ]
    records = pl.DataFrame(people, schema_overrides={"record_key": pl.UInt64})
    ptable = Ptable.maximum_entropy()
    for ours, plain in (
        (perturbed_sums(records, ["place"], ptable, value="value"), naive.sums),
        (perturbed_medians(records, ["place"], ptable, value="value"), naive.medians),
    ):
        expected = plain(people, ["place"], rows_of(ptable))
        assert ours["place"].to_list() == sorted(place for (place,) in expected)
        for place, units, figure in ours.rows():
            known, told = expected[place,]
            assert (units, figure is None) == (known, told is None)
            assert figure is None or math.isclose(figure, told, rel_tol=1e-9, abs_tol=1e-6)


def ons_table(seed: int, keys: int) -> pandas.DataFrame:
    """A table in the ONS's form in which every count and key may move otherwise, but never below zero."""
    random = np.random.default_rng(seed)
    counts, cell_keys = np.repeat(np.arange(1, 751), keys), np.tile(np.arange(keys), 750)
    changes = np.maximum(random.integers(-4, 5, counts.size), -counts)
    return pandas.DataFrame({"pcv": counts, "ckey": cell_keys, "pvalue": changes})


@pytest.mark.parametrize(
    ("seed", "keys", "among", "people", "threshold"),
    [(1, 256, 256, 3_000, 10), (2, 256, 4096, 800, 0), (3, 64, 64, 40_000, 3)],
    ids=["threshold", "record keys 0..4095, zeros shown", "counts over 750"],
)
def test_it_agrees_with_the_package_of_the_ons_cell_for_cell(
    seed: int, keys: int, among: int, people: int, threshold: int
) -> None:
    random = np.random.default_rng(seed)
    records = pandas.DataFrame(
        {
            "record_key": random.integers(0, among, people),
            "region": random.choice([1, 2, 3], people, p=[0.9, 0.07, 0.03]),
            "health": random.choice(list("ABCD"), people, p=[0.9, 0.08, 0.015, 0.005]),
            "age": random.integers(0, 4 if people > 10_000 else 9, people),
        }
    )
    table = ons_table(seed, keys)
    with contextlib.redirect_stdout(io.StringIO()):
        theirs = create_perturbed_table(
            records, table, ["region"], ["health", "age"], "record_key", threshold=threshold
        )
    ours = perturb_records(
        pl.DataFrame(records.to_dict("list")),
        ["region", "health", "age"],
        ptable_from_text(table.to_csv(index=False)),
        among=among,
        threshold=threshold,
    )
    expected = [
        (*row[:-1], None if pandas.isna(row[-1]) else int(row[-1]))
        for row in theirs[["region", "health", "age", "pre_sdc_count", "ckey", "pvalue", "count"]].itertuples(
            index=False, name=None
        )
    ]
    assert ours.rows() == sorted(expected, key=lambda row: row[:3])
    counts = ours["count"]
    assert (counts == 0).any() or people > 10_000
    assert (counts > 750).any() == (people > 10_000)
