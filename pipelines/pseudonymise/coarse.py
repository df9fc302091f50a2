"""Coarse facts: bands of ages and waits, months, groups of codes, and places with enough families in them."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

UNKNOWN = "unknown"
OTHER = "other"


def age_on(day: str, born: str) -> pl.Expr:
    """Whole years of age on the day in column `day`, born on the day in column `born` (both Date)."""
    before_birthday = _day_of_year(day) < _day_of_year(born)
    return pl.col(day).dt.year() - pl.col(born).dt.year() - before_birthday.cast(pl.Int32)


def _day_of_year(column: str) -> pl.Expr:
    """Month and day as one number that sorts, the same in leap years and others."""
    return pl.col(column).dt.month().cast(pl.Int32) * 100 + pl.col(column).dt.day()


def age_band(age: pl.Expr, bands: Sequence[int]) -> pl.Expr:
    """The band of an age in years: for bands 5, 11: "0-4", "5-10", "11+"."""
    *closed, last, unknown = age_bands(bands)
    return _banded(age, zip([0, *bands], closed, strict=True), last, unknown)


def age_bands(bands: Sequence[int]) -> list[str]:
    """All bands of ages in order, "unborn" first and "unknown" last."""
    starts = [0, *bands]
    closed = [f"{start}-{after - 1}" for start, after in zip(starts, bands, strict=False)]
    return ["unborn", *closed, f"{bands[-1]}+", UNKNOWN]


def wait_band(days: pl.Expr, bands: Sequence[int]) -> pl.Expr:
    """The band of a number of days: for bands 14, 28: "0-14", "15-28", "29+"; "none" where there is no number."""
    *closed, last, unknown = wait_bands(bands)
    return _banded(days, zip([band + 1 for band in bands], closed, strict=True), last, unknown)


def wait_bands(bands: Sequence[int]) -> list[str]:
    """All bands of waits in order, "none" last."""
    starts = [0, *(band + 1 for band in bands)]
    return [
        *(f"{start}-{last}" for start, last in zip(starts, bands, strict=False)),
        f"{bands[-1] + 1}+",
        "none",
    ]


def _banded(value: pl.Expr, under: Iterable[tuple[int, str]], above: str, unknown: str) -> pl.Expr:
    """The label of the first limit that `value` lies under; `above` where it lies under none."""
    band = pl.when(value.is_not_null()).then(pl.lit(above)).otherwise(pl.lit(unknown))
    for limit, label in reversed(list(under)):
        band = pl.when(value < limit).then(pl.lit(label)).otherwise(band)
    return band


def month(column: str) -> pl.Expr:
    """The month of a day, as YYYY-MM."""
    return pl.col(column).dt.strftime("%Y-%m")


def group_of(column: str, groups: Mapping[str, str]) -> pl.Expr:
    """The group of a code; no code, or one of no group: unknown."""
    return pl.col(column).str.to_uppercase().replace_strict(groups, default=UNKNOWN, return_dtype=pl.String)


def common_places(frame: pl.DataFrame, column: str, unit: str, minimum: int) -> list[str]:
    """The values of `column` that at least `minimum` different values of `unit` have, in order.

    Only these become names in a release: what a partner typed once may be anything, a person's name too.
    """
    counted = frame.drop_nulls(column).group_by(column).agg(pl.col(unit).n_unique().alias("units"))
    return counted.filter(pl.col("units") >= minimum)[column].sort().to_list()


def named_place(column: str, named: Sequence[str]) -> pl.Expr:
    """A place's name where it is one of `named`, "other" where it is not, "unknown" where there is none."""
    value = pl.col(column)
    return (
        pl.when(value.is_null())
        .then(pl.lit(UNKNOWN))
        .when(value.is_in(list(named)))
        .then(value)
        .otherwise(pl.lit(OTHER))
    )
