"""What joins two records without doubt: a valid number, the sender's own number, or whole name, birth and place.

Every rule gives a token: two descriptions with one token are one person, unless something speaks against it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipelines import identifiers
from pipelines.linkage.components import components
from pipelines.linkage.describing import LOOKS, NUMBERS
from pipelines.linkage.names import Forms
from pipelines.linkage.people import Face, all_one

# Numbers of which a person has one, so that two different ones are two people (a temporary pupil number is replaced).
SINGLE = ("nhs_number", "permanent_upn", "nino")
JUDGED = "judged"
# Before the name of a source: whose own numbers are meant.
OWN = "own "
# More descriptions with one token are not tied each to each.
_LARGEST_CROWD = 40
# By how much each kind of token is believed where not all can be: the case worker who judged, then the sender, then
# numbers, then the description.
STRENGTH = {
    JUDGED: 1_000.0,
    "own": 60.0,
    "nhs_number": 55.0,
    "upn": 50.0,
    "nino": 50.0,
    "pnc_id": 45.0,
    "name": 40.0,
}


@dataclass(frozen=True)
class Certain:
    """`descriptions`: all columns of the descriptions, with `description` (UInt32), `entity` (UInt32: those that are
    one person without doubt), `how` (what ties it to another source: judged, number, name or none) and SINGLE numbers
    where they may be believed. `edges`: `left`, `right` (entity), `weight`, `how`: what would join entities that
    something speaks against."""

    descriptions: pl.DataFrame
    edges: pl.DataFrame


def find_certain(descriptions: pl.DataFrame, apart: pl.DataFrame, largest: int, forms: Forms) -> Certain:
    """Join descriptions by tokens.

    `descriptions`: distinct ones with `description`, `judged` (one name for all that somebody judged to be one, or
    null) and the columns of `described`. `apart`: `group`, `side`, `description`. A component that holds two different
    numbers of which a person has one, both sides of a group of `apart`, or more than `largest` different names and
    births is taken apart again: its descriptions stand alone, and the edges say what would join them.
    """
    frame, tokens = _with_tokens(descriptions, forms)
    frame = frame.with_columns(_how(tokens).alias("how"), entity=components(frame.select(tokens), tokens))
    doubtful = _doubtful(frame, apart, largest)
    edges = _edges(frame.filter(pl.col("entity").is_in(doubtful.implode())), tokens)
    # Entities are numbered by their smallest description, so those taken apart keep a number of their own.
    frame = frame.with_columns(
        entity=pl.when(pl.col("entity").is_in(doubtful.implode()))
        .then(pl.col("description"))
        .otherwise(pl.col("description").min().over("entity"))
    )
    return Certain(frame.drop("own", *tokens), edges)


def _with_tokens(descriptions: pl.DataFrame, forms: Forms) -> tuple[pl.DataFrame, list[str]]:
    whole_name = (pl.col("surname").is_not_null()) & (pl.col("forename").str.len_chars() > 1)
    frame = descriptions.with_columns(
        own=pl.when(pl.col("own_key").is_not_null()).then(pl.concat_str("source", pl.lit("|"), "own_key")),
        name=pl.when(whole_name).then(
            pl.concat_str("surname", "forename", "born", "postcode", separator="|")
        ),
        permanent_upn=pl.when(~identifiers.temporary_upn(pl.col("upn"))).then(pl.col("upn")),
    )
    tokens = [JUDGED, "name"]
    for kind in ("own", *NUMBERS):
        frame, careful = _with_care(frame, kind, forms)
        tokens += careful
    # A number that two people seem to have says nothing of either.
    believed = {
        single: pl.when(pl.col(f"{token}_alone").is_not_null()).then(pl.col(single))
        for single, token in zip(SINGLE, ("nhs_number", "upn", "nino"), strict=True)
    }
    return frame.with_columns(**believed), tokens


def _with_care(frame: pl.DataFrame, token: str, forms: Forms) -> tuple[pl.DataFrame, list[str]]:
    """`frame` with the tokens that `token` links by, and their names.

    A number whose records cannot all be of one person was given to two, or mistyped: a brother with his sister's number
    must not become her, nor a twin. Then it links only records that agree on forename and birth.
    """
    looks = frame.select(token, *LOOKS).drop_nulls(token).unique().filter(pl.len().over(token) > 1)
    known = (
        looks.sort(token, *LOOKS)
        .with_columns(pl.col("born").cast(pl.Int64))
        .group_by(token)
        .agg(pl.struct(LOOKS).alias("looks"))
    )
    doubtful = [
        value for value, seen in known.iter_rows() if not all_one([Face(**look) for look in seen], forms)
    ]
    one_person = ~pl.col(token).is_in(doubtful)
    names = [f"{token}_alone", f"{token}_both"]
    frame = frame.with_columns(
        pl.when(one_person).then(pl.col(token)).alias(names[0]),
        pl.when(~one_person).then(pl.concat_str(token, "first", "born", separator="|")).alias(names[1]),
    )
    return frame, names


def _how(tokens: Sequence[str]) -> pl.Expr:
    """What ties a description to one of another source."""

    def shared(kind: str, *beginnings: str) -> pl.Expr:
        named = [token for token in tokens if token.startswith(beginnings)]
        across = (
            pl.col(token).is_not_null() & (pl.col("source").n_unique().over(token) > 1) for token in named
        )
        return pl.when(pl.any_horizontal(across)).then(pl.lit(kind))

    judged = pl.when(pl.len().over(JUDGED) > 1, pl.col(JUDGED).is_not_null()).then(pl.lit(JUDGED))
    return pl.coalesce(judged, shared("number", *NUMBERS), shared("name", "name"))


def _doubtful(frame: pl.DataFrame, apart: pl.DataFrame, largest: int) -> pl.Series:
    """The entities that something speaks against."""
    numbers = frame.group_by("entity").agg(
        pl.struct(LOOKS).n_unique().alias("faces"),
        *(pl.col(single).drop_nulls().n_unique().alias(single) for single in SINGLE),
    )
    mixed = numbers.filter(
        (pl.col("faces") > largest) | pl.any_horizontal(pl.col(single) > 1 for single in SINGLE)
    )
    sides = (
        apart.join(frame.select("description", "entity"), on="description")
        .group_by("entity", "group")
        .agg(pl.col("side").n_unique())
        .filter(pl.col("side") > 1)
    )
    return pl.concat([mixed["entity"], sides["entity"]]).unique().sort()


def _edges(frame: pl.DataFrame, tokens: Sequence[str]) -> pl.DataFrame:
    """Descriptions of `frame` with the same token, tied: `left`, `right`, `weight`, `how`.

    Each to each, so that none stays alone for another being refused; a large crowd only each to the next.
    """
    parts = [
        pl.DataFrame(schema={"left": pl.UInt32, "right": pl.UInt32, "weight": pl.Float64, "how": pl.String})
    ]
    for token in tokens:
        kind = next(kind for kind in STRENGTH if token.startswith(kind))
        sized = frame.drop_nulls(token).select(token, "description", size=pl.len().over(token))
        few = sized.filter(pl.col("size").is_between(2, _LARGEST_CROWD))
        each = few.join(few, on=token).select(left="description", right="description_right")
        many = sized.filter(pl.col("size") > _LARGEST_CROWD).sort("description")
        next_one = many.select(
            left="description", right=pl.col("description").shift(-1).over(token)
        ).drop_nulls()
        tied = pl.concat([each, next_one]).filter(pl.col("left") < pl.col("right"))
        parts.append(tied.with_columns(weight=pl.lit(STRENGTH[kind]), how=pl.lit(kind)))
    return pl.concat(parts)
