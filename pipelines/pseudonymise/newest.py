"""Where two files of one contract tell the same thing differently, the file that covers the latest day is believed."""

from collections.abc import Sequence

import polars as pl

COVERS_TO = "covers_to"


def newest(frame: pl.DataFrame, same: Sequence[str]) -> pl.DataFrame:
    """The rows of `frame` from the newest file that holds their `same` columns (blanks are equal).

    `covers_to`: the last day that the row's file covers. An older export must not keep a job open that has ended since,
    nor add half a term to the whole. Rows of one file stay as they are.
    """
    latest = pl.col(COVERS_TO).max().over(same)
    return frame.filter((pl.col(COVERS_TO) == latest) | latest.is_null())
