"""The first disclosure control: a threshold, and rounding to a base. (Rounding in the sense of the GSS guidance
on tables from administrative sources; the values used are settings of the profile.)"""

import polars as pl

from disclosure.profile import ProfileError, Rounding


def protect_counts(
    counts: pl.DataFrame, column: str, profile: Rounding, *, contributors: str | None = None
) -> pl.DataFrame:
    """Only the rows of `counts` whose count may be shown, with `column` (whole numbers) rounded.

    `contributors`: a column that says how many units stand behind a count where one unit can give several (families
    behind needs): a count is shown only if they, too, reach the threshold. What is withheld has no row, be it zero or
    small, so that absence says nothing. Halves round up. Raises ProfileError where the column holds negative or
    missing counts: nothing is guessed.
    """
    value = pl.col(column)
    if not counts.schema[column].is_integer():
        raise ProfileError(f"{column} holds no whole numbers")
    if counts.filter(value.is_null() | (value < 0)).height:
        raise ProfileError(f"{column} holds missing or negative counts")
    base = profile.base
    rounded = (value.cast(pl.Int64) + base // 2) // base * base
    behind = pl.col(contributors) if contributors else value
    return counts.filter(value >= profile.threshold, behind >= profile.threshold).with_columns(
        rounded.alias(column)
    )
