"""Households of people whom nobody works with: who would be looked at together, by what partners know alone."""

from datetime import date

import polars as pl

from pipelines import identifiers
from pipelines.families.edges import place_of_home
from pipelines.grouping import Groups
from pipelines.pseudonymise.coarse import age_on

# Extracts that are about children: whom they name is one, unless a date of birth says otherwise.
_ABOUT_CHILDREN = (
    "school_attendance",
    "school_exclusion",
    "missing_episode",
    "social_care_episode",
    "special_educational_needs",
)
_ADULT = 18
HOUSEHOLDS = pl.Schema({"person": pl.Int64, "household": pl.String, "is_child": pl.Boolean})


def households(
    records: pl.DataFrame,
    persons: pl.DataFrame,
    members: pl.DataFrame,
    relationships: pl.DataFrame,
    worked: pl.Series,
    person_keys: pl.DataFrame,
    *,
    largest: int,
    as_of: date,
) -> pl.DataFrame:
    """The households of people in no family worked with (columns of HOUSEHOLDS).

    `records`: identified records. `persons`: `record_id, person`. `members`, `relationships`: good rows of the case
    system. `worked`: the persons in families that have an episode. `person_keys`: `person, person_key`.

    One household are people at one home (a valid UPRN, or postcode and number; of several homes the one that most
    records give), of one family that the case system holds without an episode, or of a recorded relationship. A
    household with somebody worked with is left out, and so is one of more than `largest`: a hostel or a block of flats.
    Somebody without a home stands alone. What this cannot know: who moved in or out when, who shares a home without
    being a family, and which family lives in two. `is_child`: under 18 on the as-of date; null where no date of birth
    is known and no extract about children names them.
    """
    known = records.join(persons.select("record_id", "person"), on="record_id").select(
        "person",
        "contract",
        "date_of_birth",
        uprn=pl.when(identifiers.valid_uprn(pl.col("uprn"))).then("uprn"),
        place=place_of_home(),
    )
    homes = _homes(known)
    crowded = homes.filter(pl.len().over("home") > largest)
    everybody = (
        known.select("person")
        .unique()
        .join(crowded, on="person", how="anti")
        .join(homes, on="person", how="left")
        .join(person_keys, on="person", how="left")
        .select(
            "person",
            household=pl.coalesce("home", pl.concat_str(pl.lit("person "), "person_key")),
            is_worked=pl.col("person").is_in(worked.implode()),
        )
    )
    tied = _tied(everybody, _ties(members, relationships, records, persons))
    return (
        tied.filter(~pl.col("is_worked").any().over("household"), pl.len().over("household") <= largest)
        .join(_children(known, as_of), on="person", how="left")
        .select(HOUSEHOLDS.names())
        .sort("person")
    )


def _homes(known: pl.DataFrame) -> pl.DataFrame:
    """`person, home`: where each person lives, by most of the records that say so. A postcode and number of which all
    records give one UPRN is that property."""
    one_property = (
        known.drop_nulls(["uprn", "place"])
        .group_by("place")
        .agg(pl.col("uprn").min().alias("property"), several=pl.col("uprn").n_unique() > 1)
        .filter(~pl.col("several"))
        .select("place", "property")
    )
    return (
        known.join(one_property, on="place", how="left")
        .select(
            "person",
            home=pl.coalesce(
                pl.concat_str(pl.lit("property "), pl.coalesce("uprn", "property")),
                pl.concat_str(pl.lit("place "), "place"),
            ),
        )
        .drop_nulls()
        .group_by("person", "home")
        .len()
        .sort("person", "len", "home", descending=[False, True, False])
        .unique("person", keep="first", maintain_order=True)
        .select("person", "home")
    )


def _ties(
    members: pl.DataFrame, relationships: pl.DataFrame, records: pl.DataFrame, persons: pl.DataFrame
) -> pl.DataFrame:
    """`person, other`: people of one number of a family of the case system, and of a recorded relationship."""
    own = (
        records.filter(pl.col("contract") == "family_member")
        .select("record_id", "file", "row")
        .join(persons.select("record_id", "person"), on="record_id")
        .join(members.select("file", "row", "person_ref", "family_ref"), on=["file", "row"])
    )
    first = own.select("family_ref", "person", pl.col("person").min().over("family_ref").alias("other"))
    named = own.select("person_ref", "person").unique()
    related = (
        relationships.select("person_ref", "related_person_ref")
        .join(named, on="person_ref")
        .join(named.rename({"person_ref": "related_person_ref", "person": "other"}), on="related_person_ref")
    )
    ties = pl.concat([first.select("person", "other"), related.select("person", "other")])
    return ties.filter(pl.col("person") != pl.col("other")).unique()


def _tied(everybody: pl.DataFrame, ties: pl.DataFrame) -> pl.DataFrame:
    """`everybody` with households that a tie joins made one."""
    of = everybody.select("person", "household")
    pairs = (
        ties.join(of, on="person")
        .join(of.rename({"person": "other", "household": "with"}), on="other")
        .filter(pl.col("household") != pl.col("with"))
        .select("household", "with")
        .unique()
        .sort("household", "with")
    )
    groups = Groups()
    for one, other in pairs.iter_rows():
        groups.join(one, other)
    names = pl.concat([pairs["household"], pairs["with"]]).unique().to_list()
    lead = {name: groups.lead(name) for name in names}
    return everybody.with_columns(pl.col("household").replace(lead))


def _children(known: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """`person, is_child`. Where records disagree about the date of birth, the one that most give counts."""
    born = (
        known.drop_nulls("date_of_birth")
        .group_by("person", "date_of_birth")
        .len()
        .sort("person", "len", "date_of_birth", descending=[False, True, False])
        .unique("person", keep="first", maintain_order=True)
        .with_columns(as_of=pl.lit(as_of))
        .select(
            "person",
            by_birth=(pl.col("date_of_birth") <= as_of) & (age_on("as_of", "date_of_birth") < _ADULT),
        )
    )
    named = (
        known.filter(pl.col("contract").is_in(_ABOUT_CHILDREN))
        .select("person", by_extract=pl.lit(True))
        .unique()
    )
    both = (
        known.select("person")
        .unique()
        .join(born, on="person", how="left")
        .join(named, on="person", how="left")
    )
    return both.select("person", is_child=pl.coalesce("by_birth", "by_extract"))
