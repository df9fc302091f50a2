"""Connected components: which rows hang together through equal tokens."""

from collections.abc import Sequence

import polars as pl


def components(rows: pl.DataFrame, tokens: Sequence[str]) -> pl.Series:
    """A number for every row (UInt32), equal for rows that share a token, or share one with a row that does, and so on.

    `rows` has the columns `tokens`, each nullable; a null shares nothing. Numbers are those of the smallest row of
    each component. Smallest labels are passed on through the tokens and shortened by jumping to the label's own
    label, so that a chain of n rows takes about log n rounds.
    """
    labels = rows.select(tokens).with_columns(label=pl.int_range(pl.len(), dtype=pl.UInt32))
    while True:
        before = labels["label"]
        smallest = [
            pl.when(pl.col(token).is_not_null())
            .then(pl.col("label").min().over(token))
            .otherwise(pl.col("label"))
            for token in tokens
        ]
        labels = labels.with_columns(label=pl.min_horizontal("label", *smallest))
        # Hang the old label's own row under the new one: what hung there before comes along.
        jump = (
            pl.DataFrame({"old": before, "new": labels["label"]})
            .group_by("old")
            .agg(pl.col("new").min())
            .sort("old")
        )
        labels = labels.with_columns(label=_jumped(before, labels["label"], jump))
        if labels["label"].equals(before):
            return labels["label"].rename("component")


def _jumped(before: pl.Series, after: pl.Series, jump: pl.DataFrame) -> pl.Series:
    """Each row's label, replaced by the smallest that any row of its old component has reached."""
    moved = pl.DataFrame({"old": before, "label": after}).join(
        jump, on="old", how="left", maintain_order="left"
    )
    return moved.select(pl.min_horizontal("label", "new"))["label"]
