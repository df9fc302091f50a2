"""Whom a wrong answer would cost most: people of families that are helped now, or that can be claimed for."""

import polars as pl

_GOOD_ENDS = ("outcomes_met", "step_down")


def whom_it_matters(episodes: pl.DataFrame, claims: pl.DataFrame, memberships: pl.DataFrame) -> pl.Series:
    """The persons (Int64) who are asked about first.

    `episodes`: good rows of `family_episode` (`family_ref`, `end_date`, `closure_reason`). `claims`: good rows of
    `earlier_claim` (`family_ref`): such a family is paid for already. `memberships`: `family`, `family_ref`, `person`.
    """
    counts = episodes.filter(
        pl.col("end_date").is_null() | pl.col("closure_reason").is_in(_GOOD_ENDS)
    ).select("family_ref")
    numbered = memberships.select("family", "family_ref").unique()
    paid = numbered.join(claims.select("family_ref"), on="family_ref", how="semi")
    helped = numbered.join(counts, on="family_ref", how="semi").join(paid, on="family", how="anti")
    return memberships.join(helped, on="family", how="semi")["person"].unique().sort()
