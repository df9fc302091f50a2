"""Families and people, coarse."""

from datetime import date

import polars as pl

from pipelines.policy import Policy
from pipelines.pseudonymise.coarse import UNKNOWN, age_band, age_on, group_of, month
from pipelines.pseudonymise.places import NamedPlaces
from pipelines.pseudonymise.tokens import Tokens


def worked_with(episodes: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The episodes known on the as-of date, each once: what begins later is not known yet, nor is an end that lies
    later. Where rows of one episode disagree, the open one counts, or else the one that ended last: the strict choice.
    """
    later = pl.col("end_date") > as_of
    known = pl.when(~later | later.is_null())
    strictest_first = episodes.sort(
        "end_date", "file", "row", descending=[True, False, False], nulls_last=False
    )
    once = strictest_first.unique("episode_ref", keep="first", maintain_order=True)
    return once.filter(pl.col("start_date") <= as_of).with_columns(
        end_date=known.then(pl.col("end_date")), closure_reason=known.then(pl.col("closure_reason"))
    )


def _first_episodes(episodes: pl.DataFrame) -> pl.DataFrame:
    return episodes.sort("start_date", "episode_ref").unique("family_ref", keep="first", maintain_order=True)


def coarse_families(
    episodes: pl.DataFrame, memberships: pl.DataFrame, tokens: Tokens, places: NamedPlaces, policy: Policy
) -> pl.DataFrame:
    """The table `family` of the release. Where and by whom: as in the first episode."""
    spans = episodes.group_by("family_ref").agg(
        pl.col("end_date").max().alias("last_end"),
        pl.col("end_date").is_null().any().alias("open"),
        pl.len().cast(pl.Int64).alias("episodes"),
    )
    sizes = memberships.group_by("family_ref").agg(pl.col("person").n_unique().cast(pl.Int64).alias("size"))
    return (
        _first_episodes(episodes)
        .with_columns(places.named_only())
        .join(spans, on="family_ref")
        .join(sizes, on="family_ref", how="left")
        .join(tokens.family, on="family_ref")
        .select(
            "family",
            "locality",
            "ward",
            "team",
            month("start_date").alias("start_month"),
            pl.when(~pl.col("open")).then(month("last_end")).alias("end_month"),
            group_of("referral_source", policy.referral_source).alias("referral_source"),
            pl.col("size").fill_null(0),
            "episodes",
            "record_key",
        )
        .sort("family")
    )


def coarse_people(
    episodes: pl.DataFrame, memberships: pl.DataFrame, members: pl.DataFrame, tokens: Tokens, policy: Policy
) -> pl.DataFrame:
    """The table `person` of the release: one row a person and family.

    The age is that on the first day of the family's first episode. Where the case system holds a person twice, the
    first known value counts.
    """
    first_days = _first_episodes(episodes).select("family_ref", "start_date")
    facts = members.group_by("person", maintain_order=True).agg(
        pl.col(name).drop_nulls().first() for name in ("date_of_birth", "sex", "ethnicity")
    )
    spells = memberships.group_by("family_ref", "family", "person", "token").agg(
        pl.col("role").sort_by("from_date", "role", nulls_last=False).last(),
        pl.when(~pl.col("from_date").is_null().any()).then(pl.col("from_date").min()).alias("from_date"),
        pl.when(~pl.col("to_date").is_null().any()).then(pl.col("to_date").max()).alias("to_date"),
    )
    age = (
        pl.when(pl.col("role") == "unborn", pl.col("date_of_birth").is_null())
        .then(-1)
        .otherwise(age_on("start_date", "date_of_birth"))
    )
    return (
        spells.join(first_days, on="family_ref")
        .join(facts, on="person", how="left")
        .join(tokens.person.select("person", "record_key"), on="person")
        .select(
            pl.col("token").alias("person"),
            "family",
            pl.col("role").fill_null(UNKNOWN),
            age_band(age, policy.age_bands).alias("age_band"),
            pl.col("sex").fill_null("U"),
            group_of("ethnicity", policy.ethnic_group).alias("ethnic_group"),
            month("from_date").alias("from_month"),
            month("to_date").alias("to_month"),
            "record_key",
        )
        .sort("person", "family")
    )
