"""Families out of what the case system says, never out of an address alone."""

from dataclasses import dataclass

import polars as pl

from pipelines.families.edges import EDGES, case_memberships, recorded_relationships
from pipelines.families.ties import find_ties
from pipelines.families.union import unite

LARGEST_FAMILY = 20
_MEMBERSHIP = ("family", "family_ref", "person", "role", "from_date", "to_date")


@dataclass(frozen=True)
class Families:
    """The families of one run.

    `memberships`: `family` (Int64, of meaning in this run only), `family_ref`, `person`, `role`, `from_date`,
    `to_date`: one row a spell of membership (no start: always; no end: still), each once. `family_of_ref`: `family`,
    `family_ref`: one row for every number that the case system gives a family; several may be one family. `edges`: all
    that holds families together, as pipelines.families.edges describes it. `warnings`: what a person should look at.
    """

    memberships: pl.DataFrame
    family_of_ref: pl.DataFrame
    edges: pl.DataFrame
    warnings: tuple[str, ...]


def families(
    members: pl.DataFrame,
    relationships: pl.DataFrame | None,
    records: pl.DataFrame,
    persons: pl.DataFrame,
    *,
    largest: int = LARGEST_FAMILY,
) -> Families:
    """The families of a run.

    `members`: good rows of `family_member` (`file`, `row`, `person_ref`, `family_ref`, `role`, `from_date`, `to_date`).
    `relationships`: good rows of `relationship` (`file`, `row`, `person_ref`, `related_person_ref`, `relationship`,
    `from_date`, `to_date`), or none. `records`: identified records (`record_id`, `contract`, `file`, `row`, `surname`,
    `postcode`, `address`, `uprn`). `persons`: `record_id`, `person`. `largest`: of so many people at most a family is
    made out of several.

    A family is what the case system calls one. Two of its numbers are one family only where they are tied
    (pipelines.families.ties). A person whom somebody entered twice belongs once; a child of two households belongs to
    both families; somebody in no family of the case system is in none.
    """
    spells = case_memberships(members, records, persons)
    recorded = recorded_relationships(relationships, spells)
    found = find_ties(spells, recorded, largest)
    united = unite(spells, found.ties, largest)
    number = united.family_of_ref
    return Families(
        memberships=spells.join(number, on="family_ref")
        .select(_MEMBERSHIP)
        .unique()
        .sort("family_ref", "person", "from_date", "to_date", "role", nulls_last=True),
        family_of_ref=number.select("family", "family_ref").sort("family", "family_ref"),
        edges=_edges(spells, recorded, found.homes, united.ties, number),
        warnings=(*found.warnings, *united.warnings),
    )


def _edges(
    spells: pl.DataFrame,
    recorded: pl.DataFrame,
    homes: pl.DataFrame,
    ties: pl.DataFrame,
    number: pl.DataFrame,
) -> pl.DataFrame:
    """Every edge with the family it is part of, or was considered for. See pipelines.families.edges.EDGES."""
    memberships = spells.select(
        pl.lit("case_membership").alias("kind"),
        pl.col("role").alias("what"),
        "family_ref",
        "person",
        "person_ref",
        "from_date",
        "to_date",
        "contract",
        "file",
        "row",
    )
    # A relationship belongs to every family in which one of the two is.
    of_person = spells.select("person", "family_ref").unique()
    related = (
        pl.concat(
            [
                recorded.join(of_person, on="person"),
                recorded.join(of_person.rename({"person": "other_person"}), on="other_person"),
            ],
            how="diagonal",
        )
        .unique()
        .with_columns(kind=pl.lit("recorded_relationship"), contract=pl.lit("relationship"))
    )
    home = homes.with_columns(kind=pl.lit("same_home"), contract=pl.lit("family_member"))
    tied = ties.select(
        pl.when("made").then(pl.lit("one_family")).otherwise(pl.lit("not_made")).alias("kind"),
        pl.col("reason").alias("what"),
        "family_ref",
        "other_family_ref",
        "from_date",
    )
    every = pl.concat([EDGES.to_frame(), memberships, related, home, tied], how="diagonal_relaxed")
    return (
        every.join(number, on="family_ref", how="left")
        .with_columns(family=pl.col("family_right"))
        .select(EDGES.names())
        .cast(EDGES)
        .sort(EDGES.names(), nulls_last=True)
    )
