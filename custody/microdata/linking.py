"""Which families' rows may be told to belong together.

Rows that carry one token show a family whole: the classes that its rows are in, all at once, are few people's. So a
family's rows are linked only where at least k families have rows in just the same classes; the rows of others are
given tokens that have nothing in common. Whoever knows that a family is not among those linked knows that it is
among the others: of these, too, every class holds k families, or more links are cut until it does.
"""

from collections.abc import Sequence

import polars as pl

# Makes one class of a class's rows that are linked in one way.
CUT = -1


def linked(rows: pl.DataFrame, k: int, *, sensitive: Sequence[str] = (), diversity: int = 1) -> pl.Series:
    """For each row the number of the profile that its family is linked with, or CUT.

    `rows`: `family` and `class` of each row, and the `sensitive` columns, of which each class and each profile in it
    has `diversity` different values. Families of one profile have rows in the same classes, equally many in each.
    """
    profile = _profiles(rows)
    rows = rows.with_columns(profile.alias("profile"))
    whole = rows.group_by("profile").agg(pl.col("family").n_unique().alias("families"))
    few = whole.filter(pl.col("families") < k)["profile"]
    rows = rows.with_columns(
        pl.when(pl.col("profile").is_in(few.implode())).then(CUT).otherwise("profile").alias("profile")
    )
    while True:
        broken = _broken(rows, k, sensitive, diversity)
        if not broken.height:
            return rows["profile"]
        # The profile itself where it is too uniform; where too few are left of a class, the smallest that is in it.
        itself = broken.filter(pl.col("profile") != CUT)["profile"]
        short = broken.filter(pl.col("profile") == CUT)["class"]
        beside = (
            rows.filter((pl.col("profile") != CUT) & pl.col("class").is_in(short.implode()))
            .group_by("class", "profile")
            .agg(pl.col("family").n_unique().alias("families"))
            .sort("class", "families", "profile")
            .group_by("class", maintain_order=True)
            .first()["profile"]
        )
        cut = pl.concat([itself, beside]).unique()
        if not cut.len():
            raise RuntimeError("classes without any link do not keep to the rules")
        rows = rows.with_columns(
            pl.when(pl.col("profile").is_in(cut.implode())).then(CUT).otherwise("profile").alias("profile")
        )


def _profiles(rows: pl.DataFrame) -> pl.Series:
    """The number of the profile of each row's family: which classes its rows are in, and how many in each."""
    profiles = (
        rows.group_by("family")
        .agg(pl.col("class").sort().cast(pl.String).str.join(" ").alias("text"))
        .with_columns((pl.col("text").rank("dense").cast(pl.Int64) - 1).alias("profile"))
    )
    return rows.join(profiles, on="family", how="left", maintain_order="left")["profile"]


def _broken(rows: pl.DataFrame, k: int, sensitive: Sequence[str], diversity: int) -> pl.DataFrame:
    """The classes and profiles of too few families, or with too few different values."""
    found = rows.group_by("class", "profile").agg(
        pl.col("family").n_unique().alias("families"),
        pl.min_horizontal(
            pl.lit(diversity, pl.UInt32), *(pl.col(name).n_unique() for name in sensitive)
        ).alias("values"),
    )
    return found.filter((pl.col("families") < k) | (pl.col("values") < diversity))
