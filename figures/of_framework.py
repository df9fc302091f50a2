"""What is counted under one framework: its needs, its cohorts, its claims and what they lack, and who would be
eligible."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from figures.held_up import held_up
from figures.journeys import cohorts, time_taken
from figures.quarters import TIMES, expected_quarter, with_quarters
from figures.row_keys import first_as_whole, row_keys
from outcomes import Framework

# When an outcome was sustained, of a need; `month` and so on are when it was identified.
SUSTAINED_TIMES = tuple(f"{name}_sustained" for name in TIMES)
# When the episode of a need began, of a cohort.
STARTED_TIMES = tuple(f"{name}_started" for name in TIMES)
PLACES = ("locality", "ward", "team")
_MONTH = "%Y-%m"
_NOBODY = pl.lit(0, pl.UInt64)


def of_framework(
    tables: Mapping[str, pl.DataFrame],
    person: pl.DataFrame,
    episode: pl.DataFrame,
    framework: Framework,
    first: int,
    last: int,
    as_of: date,
) -> dict[str, pl.DataFrame]:
    """The populations of needs and claims under one framework. `episode`: with `episode_key` and `family_key`."""
    mine = pl.col("framework") == framework.id
    need, claim = tables["need"].filter(mine), tables["claim"].filter(mine)
    places = episode.select("episode", "family", "family_key", "episode_key", *PLACES)
    known = person.select("person", "family", "person_key")
    needs = _needs(need.join(places, on="episode"), person, first, last)
    began = episode.select("episode", "start_month")
    followed = cohorts(needs.join(began, on="episode", maintain_order="left"), as_of)
    missing = held_up(claim, need, tables["claim_evidence"].filter(mine), framework)
    return {
        "need": needs,
        "need_followed": with_quarters(followed, pl.col("start_month"), first, last, STARTED_TIMES),
        "claim": _claims(claim.join(places.drop("family"), on="episode"), known, first, last),
        "claim_need": _held_up(missing.join(places.drop("family"), on="episode"), known),
        "possible": _possible(tables, framework),
    }


def _needs(need: pl.DataFrame, person: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    facts = person.select("person", "family", "person_key", "age_band", "sex", "ethnic_group")
    whole_family = pl.col("person").is_null()
    needs = (
        need.join(facts, on=["person", "family"], how="left")
        .with_columns(
            pl.col("person_key").fill_null(_NOBODY),
            *(
                pl.when(whole_family)
                .then(pl.lit("family"))
                .otherwise(pl.col(fact).fill_null(unknown))
                .alias(fact)
                for fact, unknown in (("age_band", "unknown"), ("sex", "U"), ("ethnic_group", "unknown"))
            ),
        )
        .rename({"need_code": "need", "state": "need_state"})
        .sort("episode_key", "person_key", "need", "identified_on", nulls_last=True)
    )
    needs = with_quarters(needs, pl.col("identified_on").dt.strftime(_MONTH), first, last)
    sustained = pl.col("sustained_on").dt.strftime(_MONTH)
    needs = with_quarters(needs, sustained, first, last, SUSTAINED_TIMES)
    needs = needs.with_columns(time_taken=time_taken())
    return needs.with_columns(row_keys(needs, "episode_key", ["person_key", "need"]), unit="family_key")


def _claims(claim: pl.DataFrame, known: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    claims = (
        _with_person(claim, known)
        .with_columns(expected_quarter=expected_quarter(last))
        .rename({"state": "claim_state"})
        .sort("episode_key", "kind", "person_key")
    )
    claims = with_quarters(claims, pl.col("claim_date").dt.strftime(_MONTH), first, last)
    keys = row_keys(claims, "episode_key", ["kind", "person_key"])
    return claims.with_columns(first_as_whole(claims, "episode_key", keys), unit="family_key")


def _held_up(missing: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    within = ["kind", "person_key", "need", "headline", "missing"]
    rows = _with_person(missing, known).sort("episode_key", *within, nulls_last=True)
    return rows.with_columns(row_keys(rows, "episode_key", within), unit="family_key")


def _possible(tables: Mapping[str, pl.DataFrame], framework: Framework) -> pl.DataFrame:
    mine = pl.col("framework") == framework.id
    keys = tables["possible_family"].filter(mine).select("household", family_key="record_key")
    rows = (
        tables["possible_headline"]
        .filter(mine)
        .join(keys, on="household")
        .sort("family_key", "headline")
        .rename({"household": "family"})
    )
    return rows.with_columns(row_keys(rows, "family_key", ["headline"]), unit="family_key")


def _with_person(frame: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """`frame` (`person, family`) with `person_key`: 0 where it is about the whole family."""
    return frame.join(known, on=["person", "family"], how="left").with_columns(
        pl.col("person_key").fill_null(_NOBODY)
    )
