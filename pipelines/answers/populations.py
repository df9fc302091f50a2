"""What is counted: one frame a population, with the columns it may be broken down by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.answers.quarters import quarter_number, with_quarters

_LARGEST = 6


@dataclass(frozen=True)
class Populations:
    """`frames` by name of the population (release.catalogue.POPULATIONS), and the quarters they span."""

    frames: Mapping[str, pl.DataFrame]
    first_quarter: int
    last_quarter: int


def populations(tables: Mapping[str, pl.DataFrame], as_of: date, minimum_families: int) -> Populations:
    """The populations of a release's tables `family, person, episode, need, claim, note_theme`.

    Quarters begin with the first in which at least `minimum_families` families began; what lies before is "earlier".
    """
    family, person, episode = tables["family"], tables["person"], tables["episode"]
    last = quarter_number_of(as_of)
    first = _first_quarter(family, last, minimum_families)
    places = episode.select("episode", "family", "locality", "ward", "team")
    needs = (
        tables["need"].join(places, on="episode").join(_facts(person), on=["person", "family"], how="left")
    )
    whole_family = pl.col("person").is_null()
    needs = needs.with_columns(
        pl.when(whole_family).then(pl.lit("family")).otherwise(pl.col(fact).fill_null(unknown)).alias(fact)
        for fact, unknown in (("age_band", "unknown"), ("sex", "U"), ("ethnic_group", "unknown"))
    ).rename({"need_code": "need", "state": "need_state"})
    claims = tables["claim"].rename({"state": "claim_state"}).join(places.drop("family"), on="episode")
    day_to_month = "%Y-%m"
    return Populations(
        frames={
            "family": with_quarters(family, pl.col("start_month"), first, last).with_columns(
                family_size=pl.when(pl.col("size") < _LARGEST)
                .then(pl.col("size").cast(pl.String))
                .otherwise(pl.lit(f"{_LARGEST}+"))
            ),
            "episode": with_quarters(episode, pl.col("start_month"), first, last),
            "person": person.join(family.select("family", "locality", "ward"), on="family"),
            "need": with_quarters(needs, pl.col("identified_on").dt.strftime(day_to_month), first, last),
            "need_sustained": with_quarters(
                needs.filter(pl.col("need_state").is_in(["sustained", "waived"])),
                pl.col("sustained_on").dt.strftime(day_to_month),
                first,
                last,
            ),
            "theme": with_quarters(
                tables["note_theme"].join(family.select("family", "locality", "ward", "team"), on="family"),
                pl.col("month"),
                first,
                last,
            ),
            "claim": with_quarters(claims, pl.col("claim_date").dt.strftime(day_to_month), first, last),
        },
        first_quarter=first,
        last_quarter=last,
    )


def quarter_number_of(day: date) -> int:
    """The number of the quarter in which `day` lies."""
    return day.year * 4 + (day.month - 1) // 3


def _first_quarter(family: pl.DataFrame, last: int, minimum_families: int) -> int:
    begun = family.group_by(quarter_number(pl.col("start_month")).alias("quarter")).len()
    common = begun.filter(pl.col("len") >= minimum_families)["quarter"]
    earliest = common.min()
    return earliest if isinstance(earliest, int) else last


def _facts(person: pl.DataFrame) -> pl.DataFrame:
    return person.select("person", "family", "age_band", "sex", "ethnic_group")
