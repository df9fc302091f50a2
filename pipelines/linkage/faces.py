"""Faces: the different descriptions of each entity, with all that is known of its other ones."""

import polars as pl

from pipelines.linkage.describing import SAID
from pipelines.linkage.names import Forms

# A person known by more surnames or at more postcodes than this is compared by the first of them.
_MOST_VALUES = 8


def make_faces(descriptions: pl.DataFrame, forms: Forms) -> pl.DataFrame:
    """One row for each different description of each entity, in order: what pairs are compared by.

    `descriptions`: as `Certain.descriptions`. Gives `face` (UInt32, from 0), `entity`, `source` (of the first record
    that says it), SAID, `roots` (List(String): names that the forename and the other name may be short for), and of the
    whole entity `surnames`, `postcodes` and `numbered` (whether it has a number of its own in its source).
    """
    faces = (
        descriptions.group_by("entity", *SAID)
        .agg(pl.col("description").min(), pl.col("parts").drop_nulls().unique())
        .sort("description")
        .drop("description")
        .with_row_index("face")
    )
    words = pl.col("parts").list.sort().list.join(" ").str.split(" ")
    # A part of two letters ("de", "al") is shared by too many.
    long = words.list.eval(pl.element().filter(pl.element().str.len_chars() > 2))
    history = (
        faces.select("entity", "postcode", word=pl.concat_list(long, pl.col("surname")))
        .group_by("entity")
        .agg(
            pl.col("word").explode().drop_nulls().unique().sort().head(_MOST_VALUES).alias("surnames"),
            pl.col("postcode").drop_nulls().unique().sort().head(_MOST_VALUES).alias("postcodes"),
        )
    )
    roots = forms.roots(pl.concat([faces["first"], faces["forename"], faces["other"]]))
    for column, called in (("first", "roots"), ("forename", "roots_whole"), ("other", "roots_other")):
        faces = faces.join(
            roots.rename({"name": column, "roots": called}), on=column, how="left", maintain_order="left"
        )
    empty = pl.lit([], dtype=pl.List(pl.String))
    return (
        faces.with_columns(
            roots=pl.concat_list(
                pl.col(name).fill_null(empty) for name in ("roots", "roots_whole", "roots_other")
            )
        )
        .join(history, on="entity", how="left", maintain_order="left")
        .drop("roots_whole", "roots_other", "parts")
    )
