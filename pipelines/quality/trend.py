"""How each rule fares beside the last run: better, worse, the same, new or gone."""

from enum import StrEnum

import polars as pl

from pipelines.checking import DATA_QUALITY

# What is kept of a run, so that the next one can be held against it: counts alone.
COUNTS = pl.Schema(DATA_QUALITY)
# Lines that describe an extract as a whole: no row of them is wrong.
WHOLE = ("received", "quarantined", "matched")


class Trend(StrEnum):
    """What became of a rule since the last run."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    NEW = "new"
    GONE = "gone"


def with_trend(quality: pl.DataFrame, before: pl.DataFrame | None) -> pl.DataFrame:
    """`quality` (columns of COUNTS) with `rows_before`, `failures_before` and `trend` (a Trend).

    `before`: the counts of the run before (columns of COUNTS), or None where there was none: then all three are
    blank. A rule that fails now and failed nowhere before, or was not looked at, is new; one that failed before and
    fails nowhere now is gone; otherwise the shares of rows are compared, exactly.
    """
    if before is None:
        return quality.with_columns(
            pl.lit(None, pl.Int64).alias("rows_before"),
            pl.lit(None, pl.Int64).alias("failures_before"),
            pl.lit(None, pl.String).alias("trend"),
        )
    old = before.select("extract", "rule", rows_before="rows", failures_before="failures").unique(
        ["extract", "rule"], keep="first", maintain_order=True
    )
    both = quality.join(old, on=["extract", "rule"], how="left", maintain_order="left")
    return both.with_columns(trend=_trend())


def not_sent(quality: pl.DataFrame, before: pl.DataFrame | None) -> list[str]:
    """The extracts that came in the run before and did not come now, in order."""
    if before is None:
        return []
    return sorted(set(before["extract"]) - set(quality["extract"]))


def _trend() -> pl.Expr:
    now, then = pl.col("failures"), pl.col("failures_before").fill_null(0)
    # Shares compared by cross-multiplication: no rounding decides.
    here, there = now * pl.col("rows_before"), then * pl.col("rows")
    return (
        pl.when((now > 0) & (then == 0))
        .then(pl.lit(Trend.NEW.value))
        .when((now == 0) & (then > 0))
        .then(pl.lit(Trend.GONE.value))
        .when((now == 0) & (then == 0))
        .then(pl.lit(Trend.SAME.value))
        .when(here > there)
        .then(pl.lit(Trend.WORSE.value))
        .when(here < there)
        .then(pl.lit(Trend.BETTER.value))
        .otherwise(pl.lit(Trend.SAME.value))
    )
