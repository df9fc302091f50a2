"""What the register knows of one kind of key, persons' or families', as frames."""

from dataclasses import dataclass, field

import polars as pl

# `into`: the key that this one was merged into; null: it stands for itself. `absent_since`: the first run that found
# nobody for it. Runs are numbered from 1.
KEYS = pl.Schema({"key": pl.String, "born": pl.Int64, "into": pl.String, "absent_since": pl.Int64})
# Which key a facet's hash is at home with. Of a hash 64 bits are kept: among ten million, two alike have a chance of
# one in three hundred thousand, and would be evidence of nobody. `key`: its place among the keys of the book, from 0.
# `until`: the first run in which it was no longer seen there; `over`: the row says nothing of the key any more, for the
# hash was seen with another instead, or again, which is a row of its own.
HOLDINGS = pl.Schema(
    {
        "id": pl.Int64,
        "facet": pl.String,
        "token": pl.UInt64,
        "key": pl.Int64,
        "since": pl.Int64,
        "until": pl.Int64,
        "over": pl.Boolean,
    }
)
# What befell `key` in a run, and which other key had part in it:
# merged: `key` leads to `other` from now on; split: part of the records of `key` now have the key `other`;
# moved: records of `key` went to `other`, and both go on; withdrawn, returned: nobody, and somebody again, has it.
EVENTS = pl.Schema({"run": pl.Int64, "event": pl.String, "key": pl.String, "other": pl.String})


def as_token(hashes: str) -> pl.Expr:
    """The token of the hashes (24 hexadecimal digits) in a column: what the register keeps of them."""
    return pl.col(hashes).str.decode("hex").bin.slice(0, 8).bin.reinterpret(dtype=pl.UInt64, endianness="big")


@dataclass(frozen=True)
class Book:
    """All keys of one kind, what they are known again by, and what befell them."""

    keys: pl.DataFrame = field(default_factory=KEYS.to_frame)
    holdings: pl.DataFrame = field(default_factory=HOLDINGS.to_frame)
    events: pl.DataFrame = field(default_factory=EVENTS.to_frame)


@dataclass(frozen=True)
class Changes:
    """What one run changes in a book.

    `born` and `opened` are rows to add (as KEYS and HOLDINGS have them), `turned` (`key, into, absent_since`) and
    `closed` (`id, until, over`) what becomes of rows that are there, `events` rows to add.
    """

    born: pl.DataFrame
    turned: pl.DataFrame
    opened: pl.DataFrame
    closed: pl.DataFrame
    events: pl.DataFrame


def changed(book: Book, changes: Changes) -> Book:
    """The book after a run."""
    turned = changes.turned.with_columns(turned=True)
    keys = book.keys.join(turned, on="key", how="left", maintain_order="left")
    closed = changes.closed.with_columns(closed=True)
    holdings = book.holdings.join(closed, on="id", how="left", maintain_order="left")
    return Book(
        pl.concat([_replaced(keys, "turned", KEYS), changes.born]),
        pl.concat([_replaced(holdings, "closed", HOLDINGS), changes.opened]),
        pl.concat([book.events, changes.events]),
    )


def _replaced(joined: pl.DataFrame, touched: str, schema: pl.Schema) -> pl.DataFrame:
    """The rows with every column that the other side of the join has too (`x_right`), where it touched the row."""
    return joined.select(
        pl.when(touched).then(f"{name}_right").otherwise(name).alias(name)
        if f"{name}_right" in joined.columns
        else name
        for name in schema
    )


def presently(keys: pl.DataFrame) -> pl.DataFrame:
    """Where every key leads today: `key, present`. A key that was merged into none is its own.

    `keys`: `key, into`. Raises ValueError where keys lead in a circle, or to one that is not there.
    """
    merged = keys.select("key", "into").drop_nulls()
    steps = merged.rename({"into": "present"})
    ends = keys.filter(pl.col("into").is_null()).select("key")
    # Each round doubles how far a step leads: two to the sixty-fourth keys is more than there are.
    for _ in range(64):
        onwards = steps.join(ends, left_on="present", right_on="key", how="anti")
        if onwards.is_empty():
            return (
                keys.select("key")
                .join(steps, on="key", how="left", maintain_order="left")
                .with_columns(pl.coalesce("present", "key").alias("present"))
            )
        further = steps.rename({"key": "present", "present": "beyond"})
        steps = steps.join(further, on="present", how="left", maintain_order="left").select(
            "key", present=pl.coalesce("beyond", "present")
        )
        if not onwards.join(further, on="present", how="anti").is_empty():
            raise ValueError("a key leads to one that is not there")
    raise ValueError("keys lead in a circle")


def resolve(wanted: pl.Series, keys: pl.DataFrame) -> pl.DataFrame:
    """Which present key each of `wanted` (String) leads to: `key, present`, null for one that never was. Each once.

    `keys`: the keys of a book.
    """
    return (
        pl.DataFrame({"key": wanted.unique().sort()})
        .join(presently(keys), on="key", how="left", maintain_order="left")
        .select("key", "present")
    )
