"""Which group of records takes which key: the strongest claim first, nobody two, no key twice."""

import polars as pl


def strongest_first(claims: pl.DataFrame) -> pl.DataFrame:
    """The claims that hold when they are granted one after another: the greatest weight, then the key that is longer in
    the book, then the smaller unit; a claim to a key that is given, or of a unit that has one, falls.

    `claims`: `unit`, `key` (its place in the book) and `weight` (Int64), one row a pair. Gives `unit, key, weight`.
    """
    alone = pl.col("unit").is_unique() & pl.col("key").is_unique()
    uncontested = claims.filter(alone).select("unit", "key", "weight")
    ordered = claims.filter(~alone).sort("weight", "key", "unit", descending=[True, False, False])
    units: set[int] = set()
    keys: set[int] = set()
    granted = []
    # Few are contested; one after another is the plainest way to be right.
    for unit, key, weight in ordered.select("unit", "key", "weight").iter_rows():
        if unit not in units and key not in keys:
            units.add(unit)
            keys.add(key)
            granted.append((unit, key, weight))
    contested = pl.DataFrame(granted, schema=uncontested.schema, orient="row")
    return pl.concat([uncontested, contested])
