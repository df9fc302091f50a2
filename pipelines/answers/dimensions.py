"""The codes of every dimension, with words for them: closed lists, the same whatever the figures are."""

from collections.abc import Iterable, Mapping

import polars as pl

from outcomes import Framework
from pipelines.answers import quarters
from pipelines.answers.populations import Populations
from pipelines.policy import Policy
from pipelines.pseudonymise.coarse import OTHER, UNKNOWN, age_bands, wait_bands
from pipelines.pseudonymise.places import NamedPlaces

SCHEMA = pl.Schema(
    {
        "dimension": pl.String,
        "code": pl.String,
        "label": pl.String,
        "parent_dimension": pl.String,
        "parent_code": pl.String,
        "position": pl.Int32,
    }
)

_WORDS: Mapping[str, Mapping[str, str]] = {
    "sex": {"F": "Female", "M": "Male", "U": "Not recorded", "family": "The whole family"},
    "ethnic_group": {
        "asian": "Asian",
        "black": "Black",
        "mixed": "Mixed",
        "white": "White",
        "other": "Other",
        "unknown": "Not known",
        "family": "The whole family",
    },
    "role": {
        "parent": "Parent",
        "carer": "Carer",
        "child": "Child",
        "other adult": "Other adult",
        "unborn": "Unborn",
        "unknown": "Not recorded",
    },
    "family_size": {
        "0": "None recorded",
        "1": "1 person",
        **{str(n): f"{n} people" for n in range(2, 6)},
        "6+": "6 or more",
    },
    "closure_reason": {
        "open": "Still open",
        "outcomes_met": "Outcomes met",
        "step_down": "Stepped down",
        "step_up": "Stepped up to social care",
        "withdrew": "Family withdrew",
        "moved_away": "Moved away",
        "other": "Other reason",
        "unknown": "No reason recorded",
    },
    "need_state": {
        "outstanding": "Outstanding",
        "not_evidenced": "Not evidenced",
        "sustaining": "Reached, not yet sustained",
        "sustained": "Sustained",
        "waived": "Waived with a reason",
    },
    "claim_state": {
        "claimed": "Claimed before",
        "not_eligible": "Not eligible",
        "closed_otherwise": "Closed for another reason",
        "in_progress": "Needs outstanding",
        "evidence_gap": "Evidence missing",
        "sustaining": "Reached, not yet sustained",
        "outside_period": "Outside the period",
        "claimable": "Claimable",
    },
    "obstacle": {
        "not_eligible": "Not eligible",
        "closed_otherwise": "Closed for another reason",
        "need_outstanding": "A need is outstanding",
        "need_not_evidenced": "A need is not evidenced",
        "assessment_missing": "No whole-family assessment",
        "plan_missing": "No plan, or one before the assessment",
        "no_lead_practitioner": "No lead practitioner",
        "sustaining": "Not sustained long enough yet",
        "outside_period": "Outside the period",
        "already_claimed": "Claimed before",
        "other_episode": "Another episode is claimable",
        "none": "Nothing: claimable",
    },
}


def dimension_lists(
    framework: Framework,
    places: NamedPlaces,
    policy: Policy,
    counted: Populations,
    themes: Mapping[str, str],
) -> pl.DataFrame:
    """All codes of all dimensions: `dimension, code, label, parent_dimension, parent_code, position`.

    `themes`: code to label of the themes of notes.
    """
    lists = {name: _plain(words) for name, words in _WORDS.items()}
    lists["evidence_state"] = [row for row in lists["claim_state"] if row[0] != "claimed"]
    lists["referral_source"] = _plain(
        {group: group.capitalize() for group in [*dict.fromkeys(policy.referral_source.values()), UNKNOWN]}
    )
    ages = {band: f"{band.capitalize()}" for band in age_bands(policy.age_bands)}
    lists["age_band"] = _plain({**ages, "unknown": "Not known", "family": "The whole family"})
    lists["wait"] = _plain(
        {
            band: "No assessment" if band == "none" else f"{band} days"
            for band in wait_bands(policy.wait_bands)
        }
    )
    for place in ("locality", "team"):
        lists[place] = _plain(_place_words(places.named[place]))
    lists["ward"] = [
        (ward, words, "locality", places.locality_of_ward.get(ward, OTHER))
        for ward, words in _place_words(places.named["ward"]).items()
    ]
    lists["headline"] = [(headline.id, headline.label, None, None) for headline in framework.headlines]
    lists["need"] = [
        (need.code, f"{need.code} {need.text}", "headline", headline.id)
        for headline in framework.headlines
        for need in headline.needs
    ]
    lists["theme"] = _plain(themes)
    lists["quarter"], lists["year"] = _quarters(counted)
    return pl.DataFrame(
        [
            (dimension, *row, position)
            for dimension, rows in sorted(lists.items())
            for position, row in enumerate(rows)
        ],
        schema=SCHEMA,
        orient="row",
    )


_Row = tuple[str, str, str | None, str | None]


def _plain(words: Mapping[str, str]) -> list[_Row]:
    return [(code, label, None, None) for code, label in words.items()]


def _place_words(named: Iterable[str]) -> dict[str, str]:
    return {**{place: place for place in named}, OTHER: "Other", UNKNOWN: "Not recorded"}


def _quarters(counted: Populations) -> tuple[list[_Row], list[_Row]]:
    numbers = range(counted.first_quarter, counted.last_quarter + 1)
    some = [
        (quarters.quarter_code(number), quarters.quarter_label(number), "year", quarters.year_of(number))
        for number in numbers
    ]
    years = list(dict.fromkeys(quarters.year_of(number) for number in numbers))
    around = {quarters.EARLIER: "Earlier", quarters.NONE: "No date yet"}
    return (
        [
            ("earlier", around["earlier"], "year", "earlier"),
            *some,
            ("none", around["none"], "year", "none"),
        ],
        _plain({"earlier": around["earlier"], **{year: year for year in years}, "none": around["none"]}),
    )
