"""Which wards, localities and teams have enough families in them to be named."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.pseudonymise.coarse import OTHER, UNKNOWN, common_places, named_place

PLACES = ("locality", "ward", "team")


@dataclass(frozen=True)
class NamedPlaces:
    """The names that may be used: `named` by kind of place, and for each ward the locality most families give.

    `like_people`: how many more have families enough, but are called like somebody.
    """

    named: Mapping[str, list[str]]
    locality_of_ward: Mapping[str, str]
    like_people: int = 0

    def named_only(self) -> list[pl.Expr]:
        """Expressions that put "other" where a place may not be named."""
        return [named_place(place, self.named[place]).alias(place) for place in PLACES]


def named_places(
    episodes: pl.DataFrame, minimum_families: int, name_somebody: Callable[[Sequence[str]], set[str]]
) -> NamedPlaces:
    """The places that may be named: `episodes` has `family_key, locality, ward, team`.

    `name_somebody` says which of some places are called like a person: a team that goes by its practitioner's name is
    not named.
    """
    common = {place: common_places(episodes, place, "family_key", minimum_families) for place in PLACES}
    people = name_somebody([name for names in common.values() for name in names])
    named = {place: [name for name in names if name not in people] for place, names in common.items()}
    lies_in = (
        episodes.drop_nulls(["ward", "locality"])
        .filter(pl.col("ward").is_in(named["ward"]), pl.col("locality").is_in(named["locality"]))
        .group_by("ward", "locality")
        .len()
        .sort("ward", "len", "locality", descending=[False, True, False])
        .unique("ward", keep="first", maintain_order=True)
    )
    locality_of_ward = dict(lies_in.select("ward", "locality").iter_rows())
    lies_in_named = {**locality_of_ward, OTHER: OTHER, UNKNOWN: UNKNOWN}
    return NamedPlaces(named=named, locality_of_ward=lies_in_named, like_people=len(people))
