"""The codes of every dimension, with words for them: closed lists, the same whatever the figures are."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from figures import quarters
from figures.held_up import EVIDENCE, NOT_EVIDENCED, missing_code
from figures.journeys import AROUND, EVENTS, IN_TIME, RETURNED, SINCE, STAGES, TIME_TAKEN
from figures.populations import Populations
from ledger import Step
from outcomes import Framework
from pipelines.contracts import CONTRACTS
from pipelines.policy import Policy
from pipelines.pseudonymise.coarse import OTHER, UNKNOWN, age_bands, wait_bands
from pipelines.pseudonymise.places import NamedPlaces
from release.catalogue import list_name

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
    "returned": RETURNED,
    "stage": STAGES,
    "time_taken": TIME_TAKEN,
    "months_since": SINCE,
    "in_time": IN_TIME,
    "event": EVENTS,
    "months_around": AROUND,
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
        "other_claim": "As much as may be claimed is claimed",
        "other_framework": "Counts under another framework",
        "none": "Nothing: claimable",
    },
    "missing": {
        "outstanding": "The outcome is not reached",
        "sustaining": "Not sustained long enough yet",
        **{missing_code(extract): f"Not evidenced: {CONTRACTS[extract].title}" for extract in EVIDENCE},
        NOT_EVIDENCED: "Not evidenced for another reason",
        "assessment": "No whole-family assessment",
        "plan": "No plan, or one before the assessment",
        "lead_practitioner": "No lead practitioner",
    },
    "step": {
        "none": "Not entered",
        Step.CLAIMABLE.value: "Entered",
        Step.SELECTED.value: "Selected for audit",
        Step.AUDITED.value: "Audited",
        Step.SUBMITTED.value: "Submitted",
        Step.PAID.value: "Paid",
    },
}


def dimension_lists(
    frameworks: Sequence[Framework],
    places: NamedPlaces,
    policy: Policy,
    counted: Populations,
    themes: Mapping[str, str],
) -> pl.DataFrame:
    """All codes of all dimensions: `dimension, code, label, parent_dimension, parent_code, position`.

    `frameworks`: the primary one first; those of a further one have lists of their own (release.catalogue.list_name).
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
        (ward, words, None, None)
        if ward in (OTHER, UNKNOWN)  # they lie in no one locality
        else (ward, words, "locality", places.locality_of_ward.get(ward, OTHER))
        for ward, words in _place_words(places.named["ward"]).items()
    ]
    for number, framework in enumerate(frameworks):
        lists |= _of_framework(framework, framework.id if number else "")
    lists["theme"] = _plain(themes)
    lists["month"], lists["quarter"], lists["year"] = _times(counted)
    lists["expected_quarter"] = _plain(_ahead(counted.last_quarter))
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


def _of_framework(framework: Framework, name: str) -> dict[str, list[_Row]]:
    """The lists of a framework's own codes. `name`: its id; none for the primary one."""
    headline = list_name("headline", name)
    return {
        headline: [(one.id, one.label, None, None) for one in framework.headlines],
        list_name("need", name): [
            (need.code, f"{need.code} {need.text}", headline, one.id)
            for one in framework.headlines
            for need in one.needs
        ],
        list_name("kind", name): [(kind.code, kind.label, None, None) for kind in framework.claims],
    }


def _plain(words: Mapping[str, str]) -> list[_Row]:
    return [(code, label, None, None) for code, label in words.items()]


def _place_words(named: Iterable[str]) -> dict[str, str]:
    return {**{place: place for place in named}, OTHER: "Other", UNKNOWN: "Not recorded"}


def _ahead(now: int) -> dict[str, str]:
    """The quarters in which claims are expected, `now` being the as-of date's."""
    some = {
        quarters.quarter_code(number): quarters.quarter_label(number)
        for number in range(now, now + quarters.AHEAD)
    }
    return {
        quarters.READY: "Ready to claim",
        **some,
        quarters.LATER: "Later",
        quarters.UNKNOWN: "Cannot be told, or outside the period",
    }


def _times(counted: Populations) -> tuple[list[_Row], list[_Row], list[_Row]]:
    """The lists of months, quarters and years; no month after the as-of date's."""
    numbers = range(counted.first_quarter, counted.last_quarter + 1)
    some = [
        (quarters.quarter_code(number), quarters.quarter_label(number), "year", quarters.year_of(number))
        for number in numbers
    ]
    years = list(dict.fromkeys(quarters.year_of(number) for number in numbers))
    around = {quarters.EARLIER: "Earlier", quarters.NONE: "No date yet"}
    months: list[_Row] = [
        (month, quarters.month_label(month), "quarter", quarters.quarter_code(number))
        for number in numbers
        for month in quarters.months_of(number)
        if month <= f"{counted.as_of:%Y-%m}"
    ]

    def with_those_around(rows: Sequence[_Row], parent: str) -> list[_Row]:
        before, after = ((code, words, parent, code) for code, words in around.items())
        return [before, *rows, after]

    return (
        with_those_around(months, "quarter"),
        with_those_around(some, "year"),
        _plain({"earlier": around["earlier"], **{year: year for year in years}, "none": around["none"]}),
    )
