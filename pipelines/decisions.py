"""What becomes of each column of each extract. A column of which nothing is said here is dropped: closed by default."""

from collections.abc import Mapping

import polars as pl

from pipelines.contracts import CONTRACTS, Column, Part

DROPPED = "dropped"
LINKED = "used to find the person, then dropped"
PSEUDONYM = "replaced by a pseudonym"
BAND = "age band"
GROUP = "group"
MONTH = "month"
DAY = "day, where a payment rule needs it; month elsewhere"
RULES = "used by the rules, then dropped"
NAMED_PLACE = "named where enough families share it"
CODE = "code of a closed list"
YES_OR_NO = "whether there is one"
WAIT = "waiting time in bands"
COUNTED = "counted by month"
FAMILIES = "used to find the families, then dropped"

# What finds a person in the other extracts, where nothing else is said of the column.
_FINDS_PEOPLE = (
    Part.FORENAME,
    Part.SURNAME,
    Part.WHOLE_NAME,
    Part.OTHER_NAME,
    Part.DATE_OF_BIRTH,
    Part.SEX,
    Part.POSTCODE,
    Part.ADDRESS,
    Part.UPRN,
    Part.NHS_NUMBER,
    Part.UPN,
    Part.NINO,
    Part.PNC_ID,
    Part.OWN_KEY,
)

# A spell of something from a partner: rules may ask for its days, the release counts it by month.
_SPELL = {"kind": RULES, "start_date": DAY, "end_date": DAY}

_DECISIONS: Mapping[str, Mapping[str, str]] = {
    "family_member": {
        "person_ref": PSEUDONYM,
        "family_ref": PSEUDONYM,
        "role": CODE,
        "date_of_birth": BAND,
        "sex": CODE,
        "ethnicity": GROUP,
        "from_date": MONTH,
        "to_date": MONTH,
    },
    "family_episode": {
        "episode_ref": PSEUDONYM,
        "family_ref": PSEUDONYM,
        "start_date": MONTH,
        "end_date": MONTH,
        "referral_source": GROUP,
        "assessment_date": WAIT,
        "plan_date": RULES,
        "lead_practitioner": YES_OR_NO,
        "team": NAMED_PLACE,
        "locality": NAMED_PLACE,
        "ward": NAMED_PLACE,
        "closure_reason": CODE,
        "expectant_parent": RULES,
    },
    "need": {
        "episode_ref": PSEUDONYM,
        "person_ref": PSEUDONYM,
        "need_code": CODE,
        "identified_on": DAY,
        "identified_by": PSEUDONYM,
    },
    "progress": {
        "episode_ref": PSEUDONYM,
        "person_ref": PSEUDONYM,
        "need_code": CODE,
        "recorded_on": DAY,
        "state": CODE,
        "evidence": YES_OR_NO,
    },
    "case_note": {},
    "worker": {},
    "school_attendance": {
        "school": RULES,
        "academic_year": RULES,
        "term": RULES,
        "term_start": DAY,
        "term_end": DAY,
        "sessions_possible": RULES,
        "sessions_attended": RULES,
    },
    "school_exclusion": {"start_date": COUNTED},
    "police_incident": {
        "incident_ref": COUNTED,
        "occurred_on": DAY,
        "role": RULES,
        "domestic_abuse": RULES,
    },
    "missing_episode": {"missing_from": DAY, "missing_to": RULES},
    "social_care_episode": {"kind": RULES, "start_date": DAY, "end_date": DAY},
    "housing_event": {"tenancy_ref": COUNTED, "kind": RULES, "occurred_on": DAY},
    "employment_spell": {"start_date": DAY, "end_date": DAY},
    "health_contact": {"contact_date": COUNTED},
    "earlier_claim": {"family_ref": PSEUDONYM, "framework": RULES, "claimed_on": RULES},
    "relationship": dict.fromkeys(
        ("person_ref", "related_person_ref", "relationship", "from_date", "to_date"), FAMILIES
    ),
    "adult_social_care": _SPELL,
    "special_educational_needs": _SPELL,
    "mental_health_support": _SPELL,
    "substance_misuse_treatment": {**_SPELL, "end_reason": RULES},
    "youth_justice": _SPELL,
    "probation": _SPELL,
    "benefit_spell": {**_SPELL, "conditionality": RULES},
    "homelessness_duty": {"case_ref": COUNTED, **_SPELL, "end_reason": RULES},
}


def decision(contract: str, column: Column) -> str:
    """What becomes of a column of a contract, in words."""
    finds = CONTRACTS[contract].about_people and column.part in _FINDS_PEOPLE
    return _DECISIONS.get(contract, {}).get(column.name, LINKED if finds else DROPPED)


def collected() -> pl.DataFrame:
    """The table `collected` of a release: every column of every contract, and what became of it."""
    return pl.DataFrame(
        [
            (
                contract.name,
                column.name,
                column.kind.value,
                column.partner,
                column.meaning,
                column.why,
                decision(contract.name, column),
            )
            for contract in CONTRACTS.values()
            for column in contract.columns
        ],
        schema=["contract", "column_name", "kind", "partner", "meaning", "why", "decision"],
        orient="row",
    )
