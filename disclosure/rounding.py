"""The first disclosure control: a threshold, and rounding to a base. (Rounding in the sense of the GSS guidance
on tables from administrative sources; the values used are settings of the profile.)"""

import polars as pl

from disclosure.profile import Profile, ProfileError


def protect_counts(counts: pl.DataFrame, column: str, profile: Profile) -> pl.DataFrame:
    """Only the rows of `counts` whose count may be shown, with `column` (whole numbers) rounded.

    What is withheld has no row, be it zero or small, so that absence says nothing. Halves round up. Raises
    ProfileError where the column holds negative or missing counts: nothing is guessed.
    """
    value = pl.col(column)
    if not counts.schema[column].is_integer():
        raise ProfileError(f"{column} holds no whole numbers")
    if counts.filter(value.is_null() | (value < 0)).height:
        raise ProfileError(f"{column} holds missing or negative counts")
    base = profile.base
    rounded = (value.cast(pl.Int64) + base // 2) // base * base
    return counts.filter(value >= profile.threshold).with_columns(rounded.alias(column))
