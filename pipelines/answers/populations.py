"""What is counted: one frame a population, with the columns it may be broken down by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from outcomes import Framework
from pipelines.answers.held_up import held_up
from pipelines.answers.quarters import expected_quarter, quarter_number, with_quarters

_LARGEST = 6
_MONTH = "%Y-%m"
_PLACES = ("locality", "ward", "team")


@dataclass(frozen=True)
class Populations:
    """`frames` by name of the population (release.catalogue.POPULATIONS), of needs and claims those of the primary
    framework; `further`: those of each further framework; and the quarters that all span."""

    frames: Mapping[str, pl.DataFrame]
    first_quarter: int
    last_quarter: int
    further: Mapping[str, Mapping[str, pl.DataFrame]] = field(default_factory=dict)


def populations(
    tables: Mapping[str, pl.DataFrame],
    possible: pl.DataFrame,
    frameworks: Sequence[Framework],
    as_of: date,
    minimum_families: int,
) -> Populations:
    """The populations of a release's tables `family, person, episode, need, claim, claim_evidence, note_theme`.

    `possible`: `family, framework, headline`: households that would be eligible. `frameworks`: the primary one first.
    Quarters begin with the first in which at least `minimum_families` families began; what lies before is "earlier".
    """
    family, person, episode = tables["family"], tables["person"], tables["episode"]
    last = quarter_number_of(as_of)
    first = _first_quarter(family, last, minimum_families)
    primary, *further = (_of_framework(tables, possible, one, first, last) for one in frameworks)
    return Populations(
        frames={
            "family": with_quarters(family, pl.col("start_month"), first, last).with_columns(
                family_size=pl.when(pl.col("size") < _LARGEST)
                .then(pl.col("size").cast(pl.String))
                .otherwise(pl.lit(f"{_LARGEST}+"))
            ),
            "episode": with_quarters(episode, pl.col("start_month"), first, last),
            "person": person.join(family.select("family", "locality", "ward"), on="family"),
            "theme": with_quarters(
                tables["note_theme"].join(family.select("family", *_PLACES), on="family"),
                pl.col("month"),
                first,
                last,
            ),
            **primary,
        },
        first_quarter=first,
        last_quarter=last,
        further={one.id: frames for one, frames in zip(frameworks[1:], further, strict=True)},
    )


def _of_framework(
    tables: Mapping[str, pl.DataFrame], possible: pl.DataFrame, framework: Framework, first: int, last: int
) -> dict[str, pl.DataFrame]:
    """The populations of needs and claims under one framework."""
    mine = pl.col("framework") == framework.id
    need, claim = tables["need"].filter(mine), tables["claim"].filter(mine)
    places = tables["episode"].select("episode", "family", *_PLACES)
    missing = held_up(claim, need, tables["claim_evidence"].filter(mine), framework)
    needs = need.join(places, on="episode").join(
        _facts(tables["person"]), on=["person", "family"], how="left"
    )
    whole_family = pl.col("person").is_null()
    needs = needs.with_columns(
        pl.when(whole_family).then(pl.lit("family")).otherwise(pl.col(fact).fill_null(unknown)).alias(fact)
        for fact, unknown in (("age_band", "unknown"), ("sex", "U"), ("ethnic_group", "unknown"))
    ).rename({"need_code": "need", "state": "need_state"})
    claims = (
        claim.with_columns(expected_quarter=expected_quarter(last))
        .rename({"state": "claim_state"})
        .join(places.drop("family"), on="episode")
    )
    return {
        "need": with_quarters(needs, pl.col("identified_on").dt.strftime(_MONTH), first, last),
        "need_sustained": with_quarters(
            needs.filter(pl.col("need_state").is_in(["sustained", "waived"])),
            pl.col("sustained_on").dt.strftime(_MONTH),
            first,
            last,
        ),
        "claim": with_quarters(claims, pl.col("claim_date").dt.strftime(_MONTH), first, last),
        "claim_need": missing.join(places.drop("family"), on="episode"),
        "possible": possible.filter(mine),
    }


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
