"""The register under another master key: every keyed hash in it hashed once more, and nothing else touched.

No identity is needed for it, and none is to be had from it.
"""

import polars as pl

from pipelines.keys import Keys
from pipelines.register.book import HOLDINGS, Book, as_token
from pipelines.register.facets import HASHED
from pipelines.register.keep import Register


def rekeyed(register: Register, keys: Keys) -> Register:
    """The register as it is under `keys`, whose master key follows on the one that it was made with."""
    return Register(register.runs, _rekeyed(register.people, keys), _rekeyed(register.families, keys))


def _rekeyed(book: Book, keys: Keys) -> Book:
    # What a family knows its members by are keys of people, which stay.
    further = pl.concat(
        [
            keys.hashed_on(facet, book.holdings.filter(pl.col("facet") == facet)["token"]).select(
                "token", facet=pl.lit(facet), further=as_token("hash")
            )
            for facet in HASHED
        ]
    )
    holdings = book.holdings.join(further, on=["facet", "token"], how="left", maintain_order="left")
    return Book(
        book.keys,
        holdings.with_columns(token=pl.coalesce("further", "token")).select(list(HOLDINGS)),
        book.events,
    )


def nothing_lost(before: Register, after: Register) -> bool:
    """Whether both are one register under two master keys: the same runs, keys and events, every hash with the key it
    was with, since when it was, and no two hashes of a facet made one."""
    books = ((before.people, after.people), (before.families, after.families))
    return before.runs.equals(after.runs) and all(_nothing_lost(*pair) for pair in books)


def _nothing_lost(before: Book, after: Book) -> bool:
    plain = [name for name in HOLDINGS if name != "token"]
    if not (
        before.keys.equals(after.keys)
        and before.events.equals(after.events)
        and before.holdings.select(plain).equals(after.holdings.select(plain))
    ):
        return False
    pairs = before.holdings.select("facet", "token").with_columns(after.holdings["token"].alias("further"))
    stays = pairs.filter(~pl.col("facet").is_in(HASHED))
    told = pairs.unique().filter(pl.col("facet").is_in(HASHED))
    alone = told.select(
        before=pl.struct("facet", "token").is_unique().all(),
        after=pl.struct("facet", "further").is_unique().all(),
        moved=(pl.col("token") != pl.col("further")).all(),
    )
    return all(alone.row(0)) and stays["token"].equals(stays["further"].rename("token"))
