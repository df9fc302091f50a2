"""Values that stand where a fact should: a date of birth that hundreds have, a postcode that half a town has."""

import polars as pl

from pipelines.linkage.describing import NUMBERS

# A share of the records that have a value, and a number of them, that no true value reaches: of a date of birth one in
# thirty thousand is to be expected, of a postcode some fifteen homes.
_TOO_COMMON = {"born": (0.005, 100), "postcode": (0.2, 500), "home": (0.01, 500), "uprn": (0.01, 500)}
_CALLED = {"born": "date of birth", "postcode": "postcode", "home": "address", "uprn": "property number"}
# A number that stands beside more dates of birth than a person can be mistyped with is somebody's placeholder.
_MOST_DATES_OF_BIRTH = 4
# Of so many records of one source, all lack a fact, or half share one surname: the file is odd, not the people.
_ENOUGH = 100
_HALF = 0.5
_NEEDED = {"surname": "a surname", "forename": "a forename", "born": "a date of birth"}


def without_placeholders(described: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """`described` with values that are too common to be true taken for missing, and warnings in plain words.

    No warning holds a value of a record.
    """
    warnings = [*_odd_sources(described)]
    for column, (share, least) in _TOO_COMMON.items():
        # Whoever has many records has one date of birth: only different names count.
        named = described.select(column, "forename", "surname").drop_nulls(column).unique()
        counts, given = named[column].value_counts(), named.height
        common = counts.filter((pl.col("count") > least) & (pl.col("count") > share * given))
        if common.height:
            described = described.with_columns(
                pl.when(~pl.col(column).is_in(common[column].implode())).then(pl.col(column)).alias(column)
            )
            warnings.append(
                f"one {_CALLED[column]} stands in {common['count'].sort()[-1]} of {given} descriptions: it is taken "
                "for a placeholder, and for missing. Ask which partner fills it in"
            )
    for number in NUMBERS:
        births = described.select(number, "born").drop_nulls().unique()[number].value_counts()
        shared = births.filter(pl.col("count") > _MOST_DATES_OF_BIRTH)[number]
        if shared.len():
            described = described.with_columns(
                pl.when(~pl.col(number).is_in(shared.implode())).then(pl.col(number)).alias(number)
            )
            warnings.append(
                f"{shared.len()} different values of {number} stand beside more than {_MOST_DATES_OF_BIRTH} dates of "
                "birth each: they are taken for placeholders, and join nobody"
            )
    return described, tuple(warnings)


def _odd_sources(described: pl.DataFrame) -> list[str]:
    counted = (
        described.group_by("source")
        .agg(
            pl.len().alias("records"),
            pl.col("surname").drop_nulls().unique_counts().max().fill_null(0).alias("commonest"),
            *(pl.col(name).null_count().alias(f"{name} lacking") for name in _NEEDED),
        )
        .filter(pl.col("records") >= _ENOUGH)
        .sort("source")
    )
    warnings = []
    for row in counted.iter_rows(named=True):
        warnings += [
            f"{row['source']}: no record has {what}; they are found by what else they hold, or not at all"
            for name, what in _NEEDED.items()
            if row[f"{name} lacking"] == row["records"]
        ]
        if row["commonest"] > _HALF * row["records"]:
            warnings.append(
                f"{row['source']}: more than half of the records have one surname. Is the column filled in?"
            )
    return warnings
