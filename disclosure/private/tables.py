"""Counts of people with discrete Gaussian noise (Canonne, Kamath and Steinke 2020), made by OpenDP.

Which tables, and which codes each column may have, is fixed before the records are looked at: a list of codes taken
from them would tell that somebody has one. The unit is a person with all that is known of them. Somebody with many
records could move many cells, so of each person at most so many records count, chosen by a keyed order that hangs on
nothing but the person's own records. The noise is fresh, and from the operating system's source of randomness.
"""

import hmac
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import opendp.prelude as dp
import polars as pl

from disclosure.cell_key.keys import LEAST_SECRET
from disclosure.errors import CountError, PerturbationError, TableError
from disclosure.private.budget import Budget

dp.enable_features("contrib")

# OpenDP draws about fifty thousand numbers a second; more cells are nobody's to read.
MOST_CELLS: Final = 1_000_000
_ONE_IN_TWENTY: Final = 0.05
_VALUE: Final = "value"


@dataclass(frozen=True)
class PrivateTable:
    """People counted by the columns `by`, with noise.

    `cells`: `by..., value` (Int64, may be negative: cutting that off would push the sums up), every combination of
    codes, sorted by their order. `rho`: what it cost. `scale`: of the noise. `usual`: 19 of 20 cells are within it of
    the count of the people whose records were kept; `all_within`: in 19 of 20 such tables all cells are.
    """

    by: tuple[str, ...]
    cells: pl.DataFrame
    rho: float
    scale: float
    usual: float
    all_within: float


def private_tables(
    records: pl.DataFrame,
    tables: Sequence[Sequence[str]],
    codes: Mapping[str, Sequence[str]],
    *,
    unit: str,
    most: int,
    secret: bytes,
    budget: Budget,
    rho: float,
    weights: Sequence[float] | None = None,
) -> list[PrivateTable]:
    """The `tables` (each a list of columns; an empty one is the number of people) of `records`, for `rho` of `budget`.

    `codes`: the closed list of each column. `unit`: the column that says whose record it is. `most`: so many records of
    one person count, chosen by an order under `secret`. `weights`: how `rho` is shared out (equally, if not given).
    Raises TableError, CountError or PerturbationError before anything is spent; what is spent is so before any noise is
    drawn.
    """
    asked = [tuple(table) for table in tables]
    _check(records, asked, codes, unit)
    columns = sorted({column for table in asked for column in table})
    shares = _shares(asked, rho, weights)
    kept = bounded(records.select(unit, *columns).unique(), unit, most, secret)
    measurements = [
        _Noise.costing(share, _apart(table, codes, most)) for table, share in zip(asked, shares, strict=True)
    ]
    budget.spend(
        math.fsum(noise.rho for noise in measurements), f"{len(asked)} table{'s' * (len(asked) != 1)}"
    )
    return [
        _measured(_counted(kept, table, codes, unit), table, noise)
        for table, noise in zip(asked, measurements, strict=True)
    ]


def bounded(records: pl.DataFrame, unit: str, most: int, secret: bytes) -> pl.DataFrame:
    """At most `most` records of every `unit`: those that come first in an order made of HMAC-SHA256 under `secret`.

    Which are kept of one person hangs on that person's records alone, whatever their order and whoever else is there;
    somebody without a secret cannot see to it that a record is kept. Raises PerturbationError and CountError.
    """
    if most < 1:
        raise PerturbationError(f"at least one record of a person counts, not {most}")
    if len(secret) < LEAST_SECRET:
        raise PerturbationError(
            f"The secret that orders records has {len(secret)} bytes: take {LEAST_SECRET} or more"
        )
    if records[unit].null_count():
        raise CountError(f"{records[unit].null_count():,} records say not whose they are (column {unit})")
    many = pl.len().over(unit) > most
    # Equal records of one person are told apart by their number, and it does not matter which is which.
    numbered = records.with_columns(number=pl.int_range(pl.len()).over(records.columns))
    long = numbered.filter(many)
    if not long.height:
        return records
    written = (repr(row).encode() for row in long.rows())
    order = [hmac.digest(secret, one, "sha256") for one in written]
    first = (
        long.with_columns(order=pl.Series(order, dtype=pl.Binary))
        .sort(unit, "order")
        .filter(pl.int_range(pl.len()).over(unit) < most)
    )
    return pl.concat([numbered.filter(~many), first.select(numbered.columns)]).drop("number")


def _shares(tables: Sequence[tuple[str, ...]], rho: float, weights: Sequence[float] | None) -> list[float]:
    if not (math.isfinite(rho) and rho > 0):
        raise PerturbationError(f"tables cost more than 0 of the privacy budget (rho), not {rho}")
    parts = list(weights) if weights is not None else [1.0] * len(tables)
    if len(parts) != len(tables) or not all(math.isfinite(part) and part > 0 for part in parts):
        raise PerturbationError("every table needs a weight of more than 0")
    return [rho * part / math.fsum(parts) for part in parts]


@dataclass(frozen=True)
class _Noise:
    """Discrete Gaussian noise of a `scale` that costs `rho`."""

    measurement: dp.Measurement
    scale: float
    rho: float

    @classmethod
    def costing(cls, rho: float, apart: float) -> "_Noise":
        """Noise that costs at most `rho` where one person moves the counts by `apart` (Euclidean distance)."""
        space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="f64")
        scale = apart / math.sqrt(2 * rho)
        while True:
            measurement = dp.m.make_gaussian(*space, scale=scale)
            loss = measurement.map(apart)  # type: ignore[no-untyped-call]
            if loss <= rho:
                return cls(measurement, scale, loss)
            # OpenDP rounds against us: a hair more of noise, until what it says is what was asked for.
            scale *= 1 + 1e-12


def _apart(table: tuple[str, ...], codes: Mapping[str, Sequence[str]], most: int) -> float:
    """How far one person moves a table at most: by one in each of as many cells as they have records."""
    cells = min(most, math.prod(len(codes[column]) for column in table))
    root = math.isqrt(cells)
    return float(root) if root * root == cells else math.nextafter(math.sqrt(cells), math.inf)


def _counted(
    records: pl.DataFrame, table: tuple[str, ...], codes: Mapping[str, Sequence[str]], unit: str
) -> pl.DataFrame:
    """Everybody once in each of their cells; every combination of codes has a row, in the order of the codes."""
    if not table:
        return pl.DataFrame({_VALUE: [records[unit].n_unique()]}, schema={_VALUE: pl.Int64})
    grid = pl.DataFrame({table[0]: pl.Series(list(codes[table[0]]), dtype=pl.String)})
    for column in table[1:]:
        grid = grid.join(pl.DataFrame({column: pl.Series(list(codes[column]), dtype=pl.String)}), how="cross")
    people = records.select(pl.col(list(table)).cast(pl.String), unit).unique()
    counts = people.group_by(table).agg(pl.len().cast(pl.Int64).alias(_VALUE))
    return grid.join(counts, on=table, how="left", maintain_order="left").with_columns(
        pl.col(_VALUE).fill_null(0)
    )


def _measured(exact: pl.DataFrame, table: tuple[str, ...], noise: _Noise) -> PrivateTable:
    noisy = pl.Series(_VALUE, noise.measurement(exact[_VALUE].to_list()), dtype=pl.Int64)
    return PrivateTable(
        by=table,
        cells=exact.with_columns(noisy),
        rho=noise.rho,
        scale=noise.scale,
        usual=dp.discrete_gaussian_scale_to_accuracy(noise.scale, _ONE_IN_TWENTY),
        all_within=dp.discrete_gaussian_scale_to_accuracy(noise.scale, _ONE_IN_TWENTY / exact.height),
    )


def _check(
    records: pl.DataFrame, tables: Sequence[tuple[str, ...]], codes: Mapping[str, Sequence[str]], unit: str
) -> None:
    if not tables:
        raise TableError("no table is asked for")
    if unit not in records.columns:
        raise TableError(f"there is no column {unit}: there are {', '.join(records.columns)}")
    for table in tables:
        if len(set(table)) < len(table) or {unit, _VALUE, "number"} & set(table):
            raise TableError(f"a table counts by columns once each, and not by the unit ({', '.join(table)})")
        for column in table:
            if column not in records.columns:
                raise TableError(f"there is no column {column}: there are {', '.join(records.columns)}")
            _check_codes(records[column], codes.get(column))
        cells = math.prod(len(codes[column]) for column in table)
        if cells > MOST_CELLS:
            raise TableError(f"the table by {', '.join(table)} has {cells:,} cells: at most {MOST_CELLS:,}")


def _check_codes(values: pl.Series, listed: Sequence[str] | None) -> None:
    if not listed or len(set(listed)) < len(listed):
        raise TableError(
            f"the column {values.name} needs a closed list of codes, each once, made without the records"
        )
    strangers = values.cast(pl.String).is_in(list(listed)).fill_null(False).not_().sum()
    if strangers:
        raise CountError(
            f"{strangers:,} records have none of the listed codes in the column {values.name}. Add a code for what is "
            'missing or unknown, such as "other".'
        )
