"""What is counted: one frame a population, with the columns it may be broken down by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from outcomes import Framework
from pipelines.answers.held_up import held_up
from pipelines.answers.quarters import TIMES, expected_quarter, quarter_number, with_quarters
from pipelines.answers.row_keys import first_as_whole, row_keys

_LARGEST = 6
_MONTH = "%Y-%m"
_PLACES = ("locality", "ward", "team")
# When an outcome was sustained, of a need; `month` and so on are when it was identified.
SUSTAINED_TIMES = tuple(f"{name}_sustained" for name in TIMES)
# The populations of needs whose time is that of the outcome: those rows of the population of the same needs.
SUSTAINED = "need_sustained"
_FACTS_OF_AN_EPISODE = ("end_month", "closure_reason", "wait", *_PLACES, "referral_source")
_NOBODY = pl.lit(0, pl.UInt64)


@dataclass(frozen=True)
class Populations:
    """`frames` by name of the population (release.catalogue.POPULATIONS), of needs and claims those of the primary
    framework; `further`: those of each further framework; and the quarters that all span.

    Every frame has `row_key` (of the row) and `unit` (of the family behind it; of somebody in several families: of one
    of them), and what can be counted distinctly has a key beside it: `family_key` and so on. All are UInt64, and the
    same in every release.
    """

    frames: Mapping[str, pl.DataFrame]
    first_quarter: int
    last_quarter: int
    further: Mapping[str, Mapping[str, pl.DataFrame]] = field(default_factory=dict)


def span(family: pl.DataFrame, as_of: date, minimum_families: int) -> tuple[int, int]:
    """The first and last quarter that are told apart: from the first in which at least `minimum_families` families
    began to that of `as_of`. What lies before is "earlier"."""
    last = quarter_number_of(as_of)
    return _first_quarter(family, last, minimum_families), last


def populations(
    tables: Mapping[str, pl.DataFrame], frameworks: Sequence[Framework], first: int, last: int
) -> Populations:
    """The populations of a release's tables `family, person, episode, need, claim, claim_evidence, note_theme,
    possible_family, possible_headline`.

    `frameworks`: the primary one first. `first`, `last`: the quarters that are told apart.
    """
    family = tables["family"].rename({"record_key": "family_key"})
    person = tables["person"].rename({"record_key": "person_key"})
    of_family = family.select("family", "family_key")
    episode = _episodes(tables["episode"].join(of_family, on="family", maintain_order="left"))
    primary, *further = (_of_framework(tables, person, episode, one, first, last) for one in frameworks)
    return Populations(
        frames={
            "family": with_quarters(family, pl.col("start_month"), first, last).with_columns(
                family_size=pl.when(pl.col("size") < _LARGEST)
                .then(pl.col("size").cast(pl.String))
                .otherwise(pl.lit(f"{_LARGEST}+")),
                row_key="family_key",
                unit="family_key",
            ),
            "episode": with_quarters(episode, pl.col("start_month"), first, last).with_columns(
                row_key="episode_key", unit="family_key"
            ),
            "person": _people(person, family),
            "theme": _themes(tables["note_theme"], family, first, last),
            **primary,
        },
        first_quarter=first,
        last_quarter=last,
        further={one.id: frames for one, frames in zip(frameworks[1:], further, strict=True)},
    )


def _episodes(episode: pl.DataFrame) -> pl.DataFrame:
    """`episode` with `episode_key`. Which of a family's episodes is its first is told by months, not by pseudonyms."""
    ordered = episode.sort("family_key", "start_month", *_FACTS_OF_AN_EPISODE, nulls_last=True)
    keys = row_keys(ordered, "family_key", ["start_month"])
    return ordered.with_columns(first_as_whole(ordered, "family_key", keys).alias("episode_key"))


def _people(person: pl.DataFrame, family: pl.DataFrame) -> pl.DataFrame:
    """People by family. Somebody in two families is one person, and two rows."""
    people = person.join(family.select("family", "family_key", "locality", "ward"), on="family").sort(
        "person_key", "family_key"
    )
    keys = row_keys(people, "person_key", ["family_key"])
    # Who comes, comes with a family: were people the units, a family that joins would move its figures at once.
    unit = pl.col("family_key").min().over("person_key")
    return people.with_columns(first_as_whole(people, "person_key", keys), unit.alias("unit"))


def _themes(themes: pl.DataFrame, family: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    of_family = themes.join(family.select("family", "family_key", *_PLACES), on="family")
    found = with_quarters(of_family, pl.col("month"), first, last)
    keys = row_keys(of_family, "family_key", ["theme", "month"])
    return found.with_columns(keys, unit="family_key")


def _of_framework(
    tables: Mapping[str, pl.DataFrame],
    person: pl.DataFrame,
    episode: pl.DataFrame,
    framework: Framework,
    first: int,
    last: int,
) -> dict[str, pl.DataFrame]:
    """The populations of needs and claims under one framework."""
    mine = pl.col("framework") == framework.id
    need, claim = tables["need"].filter(mine), tables["claim"].filter(mine)
    places = episode.select("episode", "family", "family_key", "episode_key", *_PLACES)
    known = person.select("person", "family", "person_key")
    missing = held_up(claim, need, tables["claim_evidence"].filter(mine), framework)
    return {
        "need": _needs(need.join(places, on="episode"), person, first, last),
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


def quarter_number_of(day: date) -> int:
    """The number of the quarter in which `day` lies."""
    return day.year * 4 + (day.month - 1) // 3


def _first_quarter(family: pl.DataFrame, last: int, minimum_families: int) -> int:
    begun = family.group_by(quarter_number(pl.col("start_month")).alias("quarter")).len()
    common = begun.filter(pl.col("len") >= minimum_families)["quarter"]
    earliest = common.min()
    return earliest if isinstance(earliest, int) else last
