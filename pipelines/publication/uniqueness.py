"""How many people and families are alone with what the protected rows say of them (k-anonymity), or share it only with
people of the same needs (l-diversity). The rows are under lock: these measures say what it would cost to lose them with
their key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from disclosure import Rounding, protect_counts

# What somebody who knows a family could know of it: first what anybody in the street knows, then all that is there.
_NEIGHBOUR = ("age_band", "sex", "ethnic_group", "role", "locality")
_EVERYTHING = ("age_band", "sex", "ethnic_group", "role", "locality", "ward", "start_month")
_FAMILY = ("ward", "team", "referral_source", "start_month", "size")
_SAME_NEEDS = "same_needs"
# The classes of k-anonymity: how many share a combination.
_FEW = 5


@dataclass(frozen=True)
class Of:
    """One measure: of which table, by which columns, which of its rows count, and what that means."""

    table: str
    columns: tuple[str, ...]
    counted: pl.Expr
    meaning: str


_HOW_MANY = pl.col("how_many")
MEASURES: Mapping[str, Of] = {
    "people_alone_to_a_neighbour": Of(
        "person",
        _NEIGHBOUR,
        _HOW_MANY == 1,
        "People in families worked with; of them, alone with their age band, sex, ethnic group, role and locality, "
        "which a neighbour knows.",
    ),
    "people_few_to_a_neighbour": Of(
        "person",
        _NEIGHBOUR,
        _HOW_MANY < _FEW,
        "People in families worked with; of them, those who share these with fewer than four others.",
    ),
    "people_alone": Of(
        "person",
        _EVERYTHING,
        _HOW_MANY == 1,
        "People in families worked with; of them, alone once ward and month in which help began are known as well.",
    ),
    "people_few": Of(
        "person",
        _EVERYTHING,
        _HOW_MANY < _FEW,
        "People in families worked with; of them, those who share all this with fewer than four others.",
    ),
    "people_with_the_same_needs": Of(
        "person",
        _NEIGHBOUR,
        (_HOW_MANY > 1) & (pl.col(_SAME_NEEDS) == 1),
        "People in families worked with; of them, not alone to a neighbour, but all who share what a neighbour knows "
        "have the very same needs.",
    ),
    "families_alone": Of(
        "family",
        _FAMILY,
        _HOW_MANY == 1,
        "Families worked with; of them, alone with their ward, team, source of referral, month in which help began "
        "and size.",
    ),
    "families_few": Of(
        "family",
        _FAMILY,
        _HOW_MANY < _FEW,
        "Families worked with; of them, those who share all this with fewer than four others.",
    ),
}
# In per cent of people or families; a measure that is not here is told and keeps no release back.
Limits = Mapping[str, int]


@dataclass(frozen=True)
class Measured:
    """One measure of a release, exact: for whoever checks, and for nobody else. In a release it is rounded."""

    name: str
    whole: int = field(repr=False)
    part: int = field(repr=False)

    def is_over(self, limits: Limits) -> bool:
        """Whether more are counted than the limit lets be."""
        most = limits.get(self.name, 100)
        return 100 * self.part > most * self.whole


def measure(protected: Mapping[str, pl.DataFrame]) -> list[Measured]:
    """Every measure over the tables `person`, `family` and `need` of a release."""
    people = _with_needs(_with_places(protected), protected["need"])
    frames = {"person": people, "family": protected["family"]}
    found = []
    for name, of in MEASURES.items():
        counted = _classes(frames[of.table], of.columns).filter(of.counted)["how_many"].sum()
        found.append(Measured(name, frames[of.table].height, int(counted)))
    return found


def measure_rows(measured: Sequence[Measured], limits: Limits, profile: Rounding) -> pl.DataFrame:
    """The measures as everybody may see them (columns of `privacy_check`): counts follow the rules of all counts."""
    frame = pl.DataFrame(
        [
            (one.name, MEASURES[one.name].meaning, one.whole, one.part, limits.get(one.name))
            for one in measured
        ],
        schema={
            "name": pl.String,
            "meaning": pl.String,
            "whole": pl.Int64,
            "part": pl.Int64,
            "most": pl.Int64,
        },
        orient="row",
    )
    for shown, exact in (("examined", "whole"), ("figure", "part")):
        safe = protect_counts(frame.select("name", pl.col(exact).alias(shown)), shown, profile)
        frame = frame.join(safe, on="name", how="left", maintain_order="left").with_columns(
            pl.when(pl.col(shown).is_null()).then(pl.lit("c")).alias(f"{shown}_symbol")
        )
    return frame.with_columns(
        pl.when(pl.col("most").is_null()).then(pl.lit("measured")).otherwise(pl.lit("passed")).alias("result")
    ).drop("whole", "part")


def _with_places(protected: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    places = protected["family"].select("family", "locality", "ward", "start_month")
    return protected["person"].join(places, on="family", how="left")


def _with_needs(people: pl.DataFrame, needs: pl.DataFrame) -> pl.DataFrame:
    """`people` with `needs`: which needs each has, as one text."""
    of_person = (
        needs.drop_nulls("person")
        .group_by("person")
        .agg(pl.col("need_code").unique().sort().str.join(" ").alias("needs"))
    )
    return people.join(of_person, on="person", how="left").with_columns(pl.col("needs").fill_null(""))


def _classes(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """One row a combination of `columns`: `how_many` share it, and how many different `same_needs` they have."""
    needs = pl.col("needs").n_unique() if "needs" in frame.columns else pl.lit(0)
    return frame.group_by(columns).agg(
        pl.len().cast(pl.Int64).alias("how_many"), needs.cast(pl.Int64).alias(_SAME_NEEDS)
    )
