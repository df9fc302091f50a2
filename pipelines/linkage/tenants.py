"""A landlord sends one field for a name, in any order: `MR D OKAFOR`, `Okafor, Daniel`, `OKAFOR D`."""

import polars as pl

TENANT = "tenant_name"
_TITLES = r"(?i)^(mr|mrs|ms|miss|mx|dr|prof|rev|sir|master)\.?\s+"
_POSTCODE = r"(?i)\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\s*$"


def parse_tenants(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with `forename`, `surname` (where they are plain) and `postcode` read out of the name and address.

    Takes `tenant_name` and `address` (String). "Surname, Forename" is plain. "A B" is read as forename and surname,
    unless A or B is an initial, which is then the forename. Names that cannot be told apart stay blank.
    """
    name = pl.col(TENANT).str.replace(_TITLES, "").str.strip_chars()
    with_comma = name.str.contains(",", literal=True)
    before, after = (name.str.splitn(",", 2).struct.field(f"field_{part}") for part in (0, 1))
    last_word = name.str.extract(r"(\S+)$", 1)
    first_word = name.str.extract(r"^(\S+)", 1)
    rest = name.str.extract(r"^\S+\s+(.*)$", 1)
    all_but_last = name.str.extract(r"^(.*)\s+\S+$", 1)
    initial_last = last_word.str.contains(r"^[A-Za-z]\.?$")
    surname = (
        pl.when(with_comma)
        .then(before)
        .when(initial_last)
        .then(all_but_last)
        .otherwise(pl.coalesce(rest, first_word))
    )
    forename = (
        pl.when(with_comma)
        .then(after)
        .when(initial_last)
        .then(last_word)
        .when(rest.is_not_null())
        .then(first_word)
    )
    return frame.with_columns(
        forename.str.strip_chars().str.replace(_TITLES, "").alias("forename"),
        surname.str.strip_chars().alias("surname"),
        pl.col("address")
        .str.replace_all(r"\s+", " ")
        .str.extract(_POSTCODE, 0)
        .str.to_uppercase()
        .alias("postcode"),
    )
