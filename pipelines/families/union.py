"""Tied families become one, as long as what comes of it is of a size that a family can have."""

from dataclasses import dataclass

import polars as pl

from pipelines.families.ties import REASONS
from pipelines.grouping import Groups


@dataclass(frozen=True)
class United:
    """`family_of_ref`: `family, family_ref`. `ties`: those given, with `made`: whether they were followed."""

    family_of_ref: pl.DataFrame
    ties: pl.DataFrame
    warnings: tuple[str, ...]


def unite(spells: pl.DataFrame, ties: pl.DataFrame, largest: int) -> United:
    """Number the families, from 0 in the order of their smallest number in the case system.

    `spells`: `family_ref, person`. `ties`: see pipelines.families.ties. Ties are followed in the order of their
    reasons, then of the numbers they tie; one that would make a family of more than `largest` people is not.
    """
    refs = spells.select("family_ref").unique().sort("family_ref")
    order = pl.col("reason").replace_strict(list(REASONS), list(range(len(REASONS))), return_dtype=pl.Int64)
    ranked = ties.sort(order, "family_ref", "other_family_ref")
    tied = pl.concat([ties["family_ref"], ties["other_family_ref"]]).unique()
    people = (
        spells.filter(pl.col("family_ref").is_in(tied.implode()))
        .group_by("family_ref")
        .agg(pl.col("person").unique())
    )
    groups = _Families({ref: set(persons) for ref, persons in people.iter_rows()}, largest)
    made = [
        groups.unite(one, other) for one, other in ranked.select("family_ref", "other_family_ref").iter_rows()
    ]
    leads = pl.DataFrame(
        [(ref, groups.lead(ref)) for ref in sorted(groups.people)],
        schema={"family_ref": pl.String, "lead": pl.String},
        orient="row",
    )
    numbered = (
        refs.join(leads, on="family_ref", how="left", maintain_order="left")
        .with_columns(pl.coalesce("lead", "family_ref").alias("lead"))
        .select("family_ref", family=pl.col("lead").rank("dense").cast(pl.Int64) - 1)
    )
    judged = ranked.with_columns(made=pl.Series(made, dtype=pl.Boolean)).sort(
        "family_ref", "other_family_ref", "reason"
    )
    refused = judged.filter(~pl.col("made")).select("family_ref", "other_family_ref").n_unique()
    warnings = (
        f"{refused} pairs of families of the case system look like one, but together would have more than {largest} "
        "people: they stay apart. Raise largest_family in data/linkage.toml if there are such families.",
    )
    return United(numbered.select("family", "family_ref"), judged, warnings if refused else ())


class _Families(Groups):
    """Which numbers are one family so far: the leader of each knows its people."""

    def __init__(self, people: dict[str, set[int]], largest: int) -> None:
        super().__init__()
        self.people = people
        self._largest = largest

    def unite(self, one: str, other: str) -> bool:
        """Make them one family, if it is not too large."""
        first, second = self.leads(one, other)
        if first == second:
            return True
        together = self.people[first] | self.people[second]
        if len(together) > self._largest:
            return False
        self.people[first] = together
        self.join(first, second)
        return True
