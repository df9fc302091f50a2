"""Episodes: what the rules need of them, who belonged to them, and their coarse facts."""

import polars as pl

from pipelines.policy import Policy
from pipelines.pseudonymise.coarse import UNKNOWN, age_on, month, wait_band
from pipelines.pseudonymise.places import NamedPlaces
from pipelines.pseudonymise.tokens import Tokens

_ADULT = 18


def rule_episodes(episodes: pl.DataFrame, tokens: Tokens) -> pl.DataFrame:
    """The frame `episode` that rules are evaluated over: days, and whether a lead practitioner is named (not who)."""
    return episodes.join(tokens.episode.drop("family_ref"), on="episode_ref").select(
        "episode",
        "family",
        "start_date",
        "end_date",
        "assessment_date",
        "plan_date",
        pl.col("lead_practitioner").fill_null(False).alias("has_lead_practitioner"),
        "closure_reason",
        (pl.col("expectant_parent") == "Y").alias("expectant_parent"),
    )


def episode_members(
    episodes: pl.DataFrame, memberships: pl.DataFrame, members: pl.DataFrame, tokens: Tokens
) -> pl.DataFrame:
    """`episode, family, person, child_on_first_day`: people whose membership of the family overlaps the episode.

    A child is somebody born by the first day and under 18 on it; nobody is, whose date of birth is not known.
    """
    births = (
        members.select("person", "date_of_birth")
        .drop_nulls()
        .unique("person", keep="first", maintain_order=True)
    )
    together = (
        episodes.select("episode_ref", "start_date", "end_date")
        .join(tokens.episode, on="episode_ref")
        .join(memberships.drop("family_ref"), on="family")
        .filter(
            pl.col("from_date").is_null()
            | pl.col("end_date").is_null()
            | (pl.col("from_date") <= pl.col("end_date")),
            pl.col("to_date").is_null() | (pl.col("to_date") >= pl.col("start_date")),
        )
        .join(births, on="person", how="left")
    )
    age = age_on("start_date", "date_of_birth")
    born = pl.col("date_of_birth") <= pl.col("start_date")
    return (
        together.select(
            "episode", "family", person="token", child_on_first_day=(born & (age < _ADULT)).fill_null(False)
        )
        .group_by("episode", "family", "person")
        .agg(pl.col("child_on_first_day").any())
        .sort("episode", "person")
    )


def coarse_episodes(
    episodes: pl.DataFrame, in_episodes: pl.DataFrame, tokens: Tokens, places: NamedPlaces, policy: Policy
) -> pl.DataFrame:
    """The table `episode` of the release."""
    sizes = in_episodes.group_by("episode").agg(pl.len().cast(pl.Int64).alias("members"))
    days = (pl.col("assessment_date") - pl.col("start_date")).dt.total_days()
    closed = pl.coalesce("closure_reason", pl.lit(UNKNOWN))
    return (
        episodes.with_columns(places.named_only())
        .join(tokens.episode.drop("family_ref"), on="episode_ref")
        .join(sizes, on="episode", how="left")
        .select(
            "episode",
            "family",
            "locality",
            "ward",
            "team",
            pl.col("referral_source").fill_null(UNKNOWN),
            month("start_date").alias("start_month"),
            month("end_date").alias("end_month"),
            pl.when(pl.col("end_date").is_null())
            .then(pl.lit("open"))
            .otherwise(closed)
            .alias("closure_reason"),
            wait_band(days, policy.wait_bands).alias("wait"),
            pl.col("members").fill_null(0),
        )
        .sort("episode")
    )
