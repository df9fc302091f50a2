"""Months moved instead of told: all of a family's by the same number, so that what lies between them stays.

After the shifted dates of clinical research (Hripcsak et al. 2016, "shift and truncate"). How far is decided by the
project's key and the family, and never so far that a month falls before the first or after the last of all rows: a
month out of that frame would say how far it was moved. Moved months are quasi-identifiers as others are: every class
is of k families whatever they are moved by, so that nobody is safe by the moving alone.
"""

from collections.abc import Sequence

import polars as pl

from release.keys import derived
from release.tokens import keyed_tokens

_DIGITS = 12


def shifted(
    rows: pl.DataFrame, owner: str, months: Sequence[str], most: int, last: str, key: str
) -> pl.DataFrame:
    """The rows with the `months` (columns of YYYY-MM, or other words, which stay) moved by up to `most` months either
    way. `owner`: the column that says whose a row is; `last`: the last month that there can be."""
    numbers = rows.select(owner, *(_number(name).alias(name) for name in months))
    # Of what lies beyond the day of the figures already, nothing is known to be the last.
    first, end = _bounds(numbers, months, last)
    room = numbers.group_by(owner).agg(
        (first - pl.min_horizontal(pl.col(name).min() for name in months)).clip(-most, 0).alias("least"),
        (end - pl.max_horizontal(pl.col(name).max() for name in months)).clip(0, most).alias("most"),
    )
    drawn = keyed_tokens(derived(key, "months of a family"), room[owner]).select(
        pl.col("key").alias(owner), _integer("token").alias("drawn")
    )
    offsets = room.join(drawn, on=owner, how="left").select(
        owner, (pl.col("least") + pl.col("drawn") % (pl.col("most") - pl.col("least") + 1)).alias("offset")
    )
    joined = rows.join(offsets, on=owner, how="left", maintain_order="left")
    return joined.with_columns(
        pl.when(_number(name).is_null() | pl.col("offset").is_null())
        .then(pl.col(name))
        .otherwise(_month(_number(name) + pl.col("offset")))
        .alias(name)
        for name in months
    ).drop("offset")


def _bounds(numbers: pl.DataFrame, months: Sequence[str], last: str) -> tuple[int, int]:
    """The first and the last month of all rows."""
    whole = numbers.select(
        pl.min_horizontal(pl.col(name).min() for name in months).alias("first"),
        pl.max_horizontal(pl.col(name).max() for name in months).alias("last"),
    )
    known = int(last[:4]) * 12 + int(last[5:7]) - 1
    first, end = whole.row(0)
    return (known if first is None else int(first)), max(known, known if end is None else int(end))


def _number(name: str) -> pl.Expr:
    """The number of a month since the year 0; none for other words."""
    year = pl.col(name).str.slice(0, 4).cast(pl.Int64, strict=False)
    month = pl.col(name).str.slice(5, 2).cast(pl.Int64, strict=False)
    return year * 12 + month - 1


def _month(number: pl.Expr) -> pl.Expr:
    year = (number // 12).cast(pl.String).str.zfill(4)
    return year + "-" + (number % 12 + 1).cast(pl.String).str.zfill(2)


def _integer(name: str) -> pl.Expr:
    return pl.col(name).str.slice(0, _DIGITS).str.to_integer(base=16, dtype=pl.Int64)
