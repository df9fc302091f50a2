"""Sums and medians of values, by rules of their own: counts alone do not protect a value.

A sum gives away its largest contributors, so it is withheld where few stand behind it or one or two make most of it,
and moved in proportion to the largest (the top contributors method: Thompson, Broadfoot and Elazar 2013; for the cell
key method of tau-ARGUS and the R package cellKey: Giessing and Tent 2019). A median is one unit's own value, so it is
taken at a place that the cell key moves, as a mean over three neighbours, and withheld where few stand behind it. What
is withheld is null, and never says why.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from disclosure.cell_key.entropy import widths
from disclosure.cell_key.keys import FINE_KEYS, check_record_keys
from disclosure.cell_key.ptable import Ptable
from disclosure.errors import CountError, PerturbationError, TableError

# The noise of one contributor: in hundredths of its standard deviation, up to three of them.
_STEPS: Final = 100
_MOST_DEVIATIONS: Final = 3


@dataclass(frozen=True)
class SumRules:
    """When a sum is withheld, and by how much it is moved.

    `least_units`: so many units at least stand behind a sum, in truth and as published. `dominance`: so many of the
    largest may make at most this share of it. `p_ratio`: the second largest, taking its own value off, must not know
    the largest better than by this share. (Both as in the rules of ACRO, with which UK research services check
    outputs.) `multipliers`: the standard deviation of the noise as a share of the largest value, of the second, …
    """

    least_units: int = 10
    dominance: tuple[int, float] = (2, 0.9)
    p_ratio: float = 0.1
    multipliers: tuple[float, ...] = (0.2, 0.1, 0.05)

    def __post_init__(self) -> None:
        largest, share = self.dominance
        if self.least_units < 3 or largest < 1 or not 0 < share < 1 or not 0 <= self.p_ratio < 1:
            raise PerturbationError(
                "sums need at least 3 units, and shares (dominance, p) between 0 and 1: these rules protect nobody"
            )
        if not self.multipliers or min(self.multipliers) <= 0 or max(self.multipliers) > 10:
            raise PerturbationError("the noise of a sum is a share of its largest values, from over 0 to 10")


def perturbed_sums(
    records: pl.DataFrame,
    by: Sequence[str],
    ptable: Ptable,
    *,
    value: str,
    key: str = "record_key",
    rules: SumRules | None = None,
) -> pl.DataFrame:
    """Sums of `value` by the columns `by`: `by..., units, sum`, sorted; cells that nobody is in have no row.

    `units` (Int64): the units behind it, told by their record keys, perturbed by `ptable`. `sum` (Float64): null where
    withheld; a sum of values that are never negative is not published below 0. Raises TableError, CountError,
    PerturbationError.
    """
    rules = rules or SumRules()
    cells = _cells(records, by, ptable, value, key)
    largest, share = rules.dominance
    sizes = pl.col("sizes")
    whole = sizes.list.sum()
    rest = whole - sizes.list.slice(0, 2).list.sum()
    safe = (
        (pl.min_horizontal("true", "units") >= rules.least_units)
        & (sizes.list.slice(0, largest).list.sum() <= share * whole)
        & (rest >= rules.p_ratio * sizes.list.get(0, null_on_oob=True).fill_null(0))
    )
    moved = _noise(cells, value, rules.multipliers)
    total = pl.col("values").list.sum() + pl.Series("noise", moved)
    least = pl.when(pl.col("values").list.min() >= 0).then(0.0).otherwise(-float("inf"))
    return cells.select(*_named(by), "units", sum=pl.when(safe).then(pl.max_horizontal(total, least)))


def perturbed_medians(
    records: pl.DataFrame,
    by: Sequence[str],
    ptable: Ptable,
    *,
    value: str,
    key: str = "record_key",
    least_units: int = 10,
) -> pl.DataFrame:
    """Medians of `value` by the columns `by`: `by..., units, median`, sorted; cells that nobody is in have no row.

    A unit's several values count as their sum. `median` (Float64): null where fewer than `least_units` stand behind it,
    in truth or as published, and where all have the same value. Raises TableError, CountError, PerturbationError.
    """
    if least_units < 5:
        raise PerturbationError("a median of fewer than 5 is nearly somebody's own value")
    cells = _cells(records, by, ptable, value, key)
    units = cells["true"].to_numpy()
    # Another part of the key's range than the count's own noise comes from.
    keys = (cells["key"].to_numpy() + np.uint64(zlib.crc32(f"median {value}".encode()))) % np.uint64(
        FINE_KEYS
    )
    moves = ptable.changes(np.full(units.shape, max(ptable.last, 1)), keys)
    places = (units - 1) // 2 + np.clip(moves, -(units // 4), units // 4)
    middle = pl.Series("place", np.clip(places - 1, 0, np.maximum(units - 3, 0)))
    ordered = pl.col("values").list.sort()
    safe = (pl.min_horizontal("true", "units") >= least_units) & (ordered.list.first() < ordered.list.last())
    return cells.with_columns(middle).select(
        *_named(by), "units", median=pl.when(safe).then(ordered.list.slice(pl.col("place"), 3).list.mean())
    )


def _cells(records: pl.DataFrame, by: Sequence[str], ptable: Ptable, value: str, key: str) -> pl.DataFrame:
    """One row a cell: `by_0, by_1, …, true, units, key`, and of its units, largest first, `sizes`, `values`, `keys`."""
    _check(records, by, ptable, value, key)
    names = [f"by_{at}" for at in range(len(by))]
    told = records.select(
        *(pl.col(column).alias(name) for column, name in zip(by, names, strict=True)),
        value=pl.col(value).cast(pl.Float64),
        own=pl.col(key),
    )
    each = told.group_by(*names, "own").agg(pl.col("value").sum())
    ordered = each.with_columns(size=pl.col("value").abs()).sort(
        *names, "size", "own", descending=[False] * len(names) + [True, True]
    )
    cells = ordered.group_by(*names, pl.lit(0).alias("all"), maintain_order=True).agg(
        true=pl.len().cast(pl.Int64),
        key=(pl.col("own") % FINE_KEYS).sum() % FINE_KEYS,
        sizes="size",
        values="value",
        keys="own",
    )
    changes = ptable.changes(cells["true"].to_numpy(), cells["key"].to_numpy())
    return cells.with_columns(units=cells["true"] + pl.Series(changes, dtype=pl.Int64))


def _named(by: Sequence[str]) -> list[pl.Expr]:
    return [pl.col(f"by_{at}").alias(column) for at, column in enumerate(by)]


def _noise(cells: pl.DataFrame, value: str, multipliers: Sequence[float]) -> npt.NDArray[np.float64]:
    """Of every cell the sum over its largest values of multiplier x size x noise, the noise drawn by the cell's key and
    the unit's own: the same people always give the same, and one person more gives another."""
    apart = np.uint64(zlib.crc32(value.encode()))
    noise = np.zeros(cells.height)
    cell_keys = cells["key"].to_numpy().astype(np.uint64)
    for place, multiplier in enumerate(multipliers):
        sizes = cells["sizes"].list.get(place, null_on_oob=True).fill_null(0.0).to_numpy()
        own = cells["keys"].list.get(place, null_on_oob=True).fill_null(0).to_numpy() >> np.uint64(32)
        noise += multiplier * sizes * _deviations((cell_keys + own + apart) % np.uint64(FINE_KEYS))
    return noise


def _deviations(keys: npt.NDArray[np.uint64]) -> npt.NDArray[Any]:
    """Noise of mean 0 and variance 1, at most three, for keys from 0 to 2^32 - 1."""
    changes, ends = _standard()
    return changes[np.searchsorted(ends, keys, "right")] / _STEPS


@cache
def _standard() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64]]:
    bound = _MOST_DEVIATIONS * _STEPS
    rows = widths(2 * bound, bound, float(_STEPS**2), 1, FINE_KEYS)
    return np.array([change for change, _ in rows]), np.cumsum([width for _, width in rows]).astype(np.uint64)


def _check(records: pl.DataFrame, by: Sequence[str], ptable: Ptable, value: str, key: str) -> None:
    for column in (*by, value, key):
        if column not in records.columns:
            raise TableError(f"there is no column {column}: there are {', '.join(records.columns)}")
    if len({*by, value, key}) < len(by) + 2:
        raise TableError("a column can be counted by once, and not by the value or the record key")
    taken = {"units", "sum", "median"} & set(by)
    if taken:
        raise TableError(f"the column {min(taken)} is named like one of the result: give it another name")
    if not records.schema[value].is_numeric():
        raise CountError(f"the column {value} holds {records.schema[value]}, no numbers")
    numbers = records[value].cast(pl.Float64)
    if numbers.null_count() or not numbers.is_finite().all():
        raise CountError(
            f"the column {value} is empty or no number in some records: leave those records out, or say 0"
        )
    for column in by:
        if records[column].null_count():
            raise CountError(f"the column {column} is empty in {records[column].null_count():,} records")
    if ptable.keys != FINE_KEYS:
        raise PerturbationError(
            f"{ptable.name} has {ptable.keys:,} cell keys: sums and medians need one of {FINE_KEYS:,} (made by maximum "
            "entropy, or in the form of ptable)"
        )
    if records.schema[key] != pl.UInt64:
        raise PerturbationError(f"record keys of sums and medians are UInt64, not {records.schema[key]}")
    check_record_keys(records[key])
