"""The tables of a release that say how far its figures can be trusted: the exact ones, and what everybody may see."""

from collections.abc import Sequence

import polars as pl

from disclosure import Rounding, protect_counts
from pipelines.quality.linkage import MEANINGS, Measure
from pipelines.quality.trend import COUNTS, with_trend

_CONFIDENTIAL, _NOT_APPLICABLE, _NOT_AVAILABLE = "c", "z", "x"
_BEFORE = ("rows_before", "failures_before")


def quality_counts(checked: pl.DataFrame, matched: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """What checking counted, how many rows about people found a family worked with, and what became of `texts` (all of
    them columns of COUNTS)."""
    found = matched.select(
        "extract",
        pl.lit("matched").alias("rule"),
        pl.lit("stops_linkage").alias("severity"),
        pl.lit("the row is about somebody in a family worked with").alias("meaning"),
        "rows",
        "failures",
    )
    return pl.concat([checked.select(COUNTS.names()), found, texts.select(COUNTS.names())]).sort(
        "extract", "rule"
    )


def quality_table(counts: pl.DataFrame, before: pl.DataFrame | None) -> pl.DataFrame:
    """The exact table `data_quality`. `before`: the counts of the release before, or None."""
    return with_trend(counts, before).drop("trend")


def safe_quality(quality: pl.DataFrame, shown: pl.DataFrame | None, profile: Rounding) -> pl.DataFrame:
    """The table `data_quality` that everybody may see.

    Counts of rows follow the rules of all counts: a rule that fails nowhere, and one that fails a few times, look the
    same. Of the release before, only what it showed then (`shown`: `extract, rule, rows_before, failures_before`; None
    where it cannot be read) is shown again, so that two releases tell nothing that they did not tell by themselves.
    """
    safe = quality.drop(_BEFORE)
    for column in ("rows", "failures"):
        safe = _protected(safe, column, profile)
    if shown is None:
        there_was_one = quality.select(pl.col("rows_before").is_not_null().any()).item()
        symbol = pl.lit(_NOT_AVAILABLE if there_was_one else _NOT_APPLICABLE)
        return safe.with_columns(pl.lit(None, pl.Int64).alias(name) for name in _BEFORE).with_columns(
            symbol.alias(f"{name}_symbol") for name in _BEFORE
        )
    then = shown.select("extract", "rule", *_BEFORE, looked_at=True).unique(
        ["extract", "rule"], keep="first", maintain_order=True
    )
    safe = safe.join(then, on=["extract", "rule"], how="left", maintain_order="left")
    for column in _BEFORE:
        safe = _protected(safe, column, profile)
        symbol = pl.when(pl.col("looked_at").is_null()).then(pl.lit(_NOT_APPLICABLE))
        safe = safe.with_columns(symbol.otherwise(pl.col(f"{column}_symbol")).alias(f"{column}_symbol"))
    return safe.drop("looked_at")


def linkage_table(counted: pl.DataFrame, poor: Sequence[str]) -> pl.DataFrame:
    """The exact table `linkage_quality`, and `whole_units`, `part_units` (how many families are behind each count).

    `counted`: columns of quality.linkage.COUNTED. `poor`: the poorly matched extracts. Without an estimate of what
    was missed an extract can be known to be poorly matched, but never to be well matched.
    """
    judged = (pl.col("measure") == Measure.DECIDED) & (pl.col("dimension") == "extract")
    is_estimated = counted.filter(measure=Measure.FOUND_BLIND.value)["whole"].sum() > 0
    well = pl.lit("good" if is_estimated else None, pl.String)
    standing = pl.when(pl.col("code").is_in(list(poor))).then(pl.lit("poor")).otherwise(well)
    meanings = {measure.value: words for measure, words in MEANINGS.items()}
    return counted.with_columns(
        meaning=pl.col("measure").replace_strict(meanings, return_dtype=pl.String),
        standing=pl.when(judged).then(standing),
    ).sort("measure", "dimension", "code")


def safe_linkage(linkage: pl.DataFrame, profile: Rounding) -> pl.DataFrame:
    """The table `linkage_quality` that everybody may see: a count is shown where it and the families behind it reach
    the threshold, and a standing only where both its counts are shown."""
    safe = linkage
    for column in ("whole", "part"):
        safe = _protected(safe, column, profile, contributors=f"{column}_units")
    hidden = pl.col("whole").is_null() | pl.col("part").is_null()
    return safe.with_columns(standing=pl.when(~hidden).then(pl.col("standing")))


def _protected(
    frame: pl.DataFrame, column: str, profile: Rounding, *, contributors: str | None = None
) -> pl.DataFrame:
    """`frame` with `column` as it may be shown, and `<column>_symbol`: c where it is withheld."""
    placed = frame.with_row_index("place")
    behind = [contributors] if contributors else []
    counts = placed.select("place", column, *behind).filter(pl.col(column).is_not_null())
    shown = protect_counts(counts, column, profile, contributors=contributors).select("place", column)
    safe = placed.drop(column).join(shown, on="place", how="left", maintain_order="left").drop("place")
    withheld = pl.when(pl.col(column).is_null()).then(pl.lit(_CONFIDENTIAL))
    return safe.with_columns(withheld.alias(f"{column}_symbol"))
