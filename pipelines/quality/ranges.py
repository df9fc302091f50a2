"""Places as Excel shows them, consecutive rows as one range: `file!sheet!B7:B12`, `file!7:12`."""

import polars as pl

RANGES = pl.Schema(
    {"contract": pl.String, "rule": pl.String, "file": pl.String, "place": pl.String, "rows": pl.Int64}
)
# What lies before the cell or row, the column's letters, and the last line; anything else is of no known form.
_PLACE = r"^(?<before>(?:.*!)?)(?<letters>[A-Z]*)\d{1,9}(?::\d+)?$"
_LINE = r"(\d{1,9})$"


def ranges(findings: pl.DataFrame) -> pl.DataFrame:
    """The places of every rule (columns of RANGES), by file and then from the top down.

    `findings`: `contract, file, rule, place`, a line for every row that fails a rule; `place` is a cell or a whole row.
    `rows`: how many rows lie in the range. A place that is told twice counts once; one that is neither a cell nor a
    row is kept as it is.
    """
    parsed = findings.select(
        "contract",
        "rule",
        "file",
        "place",
        pl.col("place").str.extract_groups(_PLACE).alias("parts"),
        pl.col("place").str.extract(_LINE, 1).cast(pl.Int64, strict=False).alias("line"),
    ).unnest("parts")
    known = pl.col("letters").is_not_null()
    parsed = parsed.with_columns(
        line=pl.when(known).then("line"), before=pl.when(known).then("before").otherwise("place")
    )
    # Numbers are sorted a good deal faster than long names that begin alike.
    by = ["contract", "rule", "file", "before", "letters"]
    groups = parsed.select(by).unique().sort(by, nulls_last=True).with_row_index("group")
    numbered = parsed.join(groups, on=by, how="left", nulls_equal=True).select("group", "line").unique()
    ordered = numbered.sort("group", "line")
    follows = (pl.col("group") == pl.col("group").shift(1)) & (pl.col("line") == pl.col("line").shift(1) + 1)
    runs = (
        ordered.with_columns(run=(~follows.fill_null(False)).cum_sum())
        .group_by("run", "group")
        .agg(first=pl.col("line").min(), last=pl.col("line").max(), rows=pl.len().cast(pl.Int64))
        .join(groups, on="group")
        .sort("contract", "rule", "file", "before", "first", "letters", nulls_last=True)
    )
    ends = pl.col("letters") + pl.col("last").cast(pl.String)
    cell = pl.col("letters") + pl.col("first").cast(pl.String)
    one_row = (pl.col("rows") == 1) & (pl.col("letters") != "")
    span = pl.when(one_row).then(cell).otherwise(cell + ":" + ends)
    return runs.with_columns(
        place=pl.when(pl.col("letters").is_null()).then("before").otherwise(pl.col("before") + span)
    ).select(RANGES.names())
