"""What is counted: one frame a population, with the columns it may be broken down by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from figures.journeys import events_around, held_events, with_journeys
from figures.of_framework import PLACES, of_framework
from figures.quarters import TIMES, quarter_number, with_quarters
from figures.row_keys import first_as_whole, row_keys
from outcomes import Framework

_LARGEST = 6
# When help ended, of an episode; `month` and so on are when it began.
ENDED_TIMES = tuple(f"{name}_ended" for name in TIMES)
_FACTS_OF_AN_EPISODE = ("end_month", "closure_reason", "wait", *PLACES, "referral_source")


@dataclass(frozen=True)
class Populations:
    """`frames` by name of the population (release.catalogue.POPULATIONS), of needs and claims those of the primary
    framework; `further`: those of each further framework; and the quarters that all span. Populations whose time is
    that of the end are not in it: they are rows of others. `as_of`: the day that all is told of. `held_events`: of each
    kind of event those that are known of every family that it is known of.

    Every frame has `row_key` (of the row) and `unit` (of the family behind it; of somebody in several families: of one
    of them), and what can be counted distinctly has a key beside it: `family_key` and so on. All are UInt64, and the
    same in every release.
    """

    frames: Mapping[str, pl.DataFrame]
    first_quarter: int
    last_quarter: int
    further: Mapping[str, Mapping[str, pl.DataFrame]] = field(default_factory=dict)
    as_of: date = date.max
    held_events: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def span(family: pl.DataFrame, as_of: date, minimum_families: int) -> tuple[int, int]:
    """The first and last quarter that are told apart: from the first in which at least `minimum_families` families
    began to that of `as_of`. What lies before is "earlier"."""
    last = quarter_number_of(as_of)
    return _first_quarter(family, last, minimum_families), last


def populations(
    tables: Mapping[str, pl.DataFrame],
    frameworks: Sequence[Framework],
    first: int,
    last: int,
    as_of: date,
) -> Populations:
    """The populations of a release's tables `family, person, episode, need, claim, claim_evidence, activity,
    rules_coverage, note_theme, possible_family, possible_headline`.

    `frameworks`: the primary one first. `first`, `last`: the quarters that are told apart.
    """
    family = tables["family"].rename({"record_key": "family_key"})
    person = tables["person"].rename({"record_key": "person_key"})
    of_family = family.select("family", "family_key")
    episode = _episodes(tables["episode"].join(of_family, on="family", maintain_order="left"))
    episode = with_journeys(episode, tables["need"], frameworks[0], as_of)
    primary, *further = (of_framework(tables, person, episode, one, first, last, as_of) for one in frameworks)
    ended = with_quarters(episode, pl.col("end_month"), first, last, ENDED_TIMES)
    coverage = tables["rules_coverage"]
    return Populations(
        frames={
            "family": with_quarters(family, pl.col("start_month"), first, last).with_columns(
                family_size=pl.when(pl.col("size") < _LARGEST)
                .then(pl.col("size").cast(pl.String))
                .otherwise(pl.lit(f"{_LARGEST}+")),
                row_key="family_key",
                unit="family_key",
            ),
            "episode": with_quarters(ended, pl.col("start_month"), first, last).with_columns(
                row_key="episode_key", unit="family_key"
            ),
            "person": _people(person, family),
            "theme": _themes(tables["note_theme"], family, first, last),
            "event": events_around(family, tables["activity"], coverage, as_of),
            **primary,
        },
        first_quarter=first,
        last_quarter=last,
        further={one.id: frames for one, frames in zip(frameworks[1:], further, strict=True)},
        as_of=as_of,
        held_events=held_events(coverage, as_of),
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
    of_family = themes.join(family.select("family", "family_key", *PLACES), on="family")
    found = with_quarters(of_family, pl.col("month"), first, last)
    keys = row_keys(of_family, "family_key", ["theme", "month"])
    return found.with_columns(keys, unit="family_key")


def quarter_number_of(day: date) -> int:
    """The number of the quarter in which `day` lies."""
    return day.year * 4 + (day.month - 1) // 3


def _first_quarter(family: pl.DataFrame, last: int, minimum_families: int) -> int:
    begun = family.group_by(quarter_number(pl.col("start_month")).alias("quarter")).len()
    common = begun.filter(pl.col("len") >= minimum_families)["quarter"]
    earliest = common.min()
    return earliest if isinstance(earliest, int) else last
