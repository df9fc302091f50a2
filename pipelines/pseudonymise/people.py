"""Families and people, coarse."""

from datetime import date

import polars as pl

from pipelines.policy import Policy
from pipelines.pseudonymise.coarse import UNKNOWN, age_band, age_on, month
from pipelines.pseudonymise.newest import newest
from pipelines.pseudonymise.places import NamedPlaces
from pipelines.pseudonymise.tokens import Tokens

_DAYS = ("end_date", "assessment_date", "plan_date")


def worked_with(episodes: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The episodes known on the as-of date, each once: what lies later is not known yet.

    Where rows of one episode disagree, the newest file is believed, and within it the row that a claim could rest on
    least: ended for another reason, then ended for none, then open.
    """
    worst_first = (
        pl.when(pl.col("closure_reason").is_in(["step_up", "withdrew", "moved_away", "other"]))
        .then(0)
        .when(pl.col("closure_reason").is_null() & pl.col("end_date").is_not_null())
        .then(1)
        .when(pl.col("end_date").is_null())
        .then(2)
        .otherwise(3)
    )
    once = (
        newest(episodes, ["episode_ref"])
        .sort(worst_first, "end_date", "file", "row", nulls_last=True)
        .unique("episode_ref", keep="first", maintain_order=True)
    )
    is_known = pl.col("end_date").is_null() | (pl.col("end_date") <= as_of)
    return once.filter(pl.col("start_date") <= as_of).with_columns(
        closure_reason=pl.when(is_known).then(pl.col("closure_reason")),
        **{
            day: pl.when(pl.col(day) <= as_of).then(pl.col(day))
            for day in ("end_date", "assessment_date", "plan_date")
        },
    )


def _with_family(episodes: pl.DataFrame, tokens: Tokens) -> pl.DataFrame:
    return episodes.join(tokens.family.select("family_ref", "family"), on="family_ref")


def _first_episodes(episodes: pl.DataFrame) -> pl.DataFrame:
    return episodes.sort("start_date", "episode_ref").unique("family", keep="first", maintain_order=True)


def coarse_families(
    episodes: pl.DataFrame, memberships: pl.DataFrame, tokens: Tokens, places: NamedPlaces
) -> pl.DataFrame:
    """The table `family` of the release. Where and by whom: as in the first episode."""
    episodes = _with_family(episodes, tokens)
    spans = episodes.group_by("family").agg(
        pl.col("end_date").max().alias("last_end"),
        pl.col("end_date").is_null().any().alias("open"),
        pl.len().cast(pl.Int64).alias("episodes"),
    )
    sizes = memberships.group_by("family").agg(pl.col("person").n_unique().cast(pl.Int64).alias("size"))
    return (
        _first_episodes(episodes)
        .with_columns(places.named_only())
        .join(spans, on="family")
        .join(sizes, on="family", how="left")
        .join(tokens.family.select("family", "record_key").unique(), on="family")
        .select(
            "family",
            "locality",
            "ward",
            "team",
            month("start_date").alias("start_month"),
            pl.when(~pl.col("open")).then(month("last_end")).alias("end_month"),
            pl.col("referral_source").fill_null(UNKNOWN),
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
    first_days = _first_episodes(_with_family(episodes, tokens)).select("family", "start_date")
    facts = members.group_by("person", maintain_order=True).agg(
        pl.col(name).drop_nulls().first() for name in ("date_of_birth", "sex", "ethnicity")
    )
    spells = memberships.group_by("family", "person", "token").agg(
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
        spells.join(first_days, on="family")
        .join(facts, on="person", how="left")
        .join(tokens.person.select("person", "record_key"), on="person")
        .select(
            pl.col("token").alias("person"),
            "family",
            pl.col("role").fill_null(UNKNOWN),
            age_band(age, policy.age_bands).alias("age_band"),
            pl.col("sex").fill_null("U"),
            pl.col("ethnicity").fill_null(UNKNOWN).alias("ethnic_group"),
            month("from_date").alias("from_month"),
            month("to_date").alias("to_month"),
            "record_key",
        )
        .sort("person", "family")
    )
