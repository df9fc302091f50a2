"""What becomes of each column of each extract. A column that is not named here is dropped: closed by default."""

from collections.abc import Mapping

import polars as pl

from pipelines.contracts import CONTRACTS, Column

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

_LINKING = dict.fromkeys(
    (
        "forename",
        "surname",
        "tenant_name",
        "date_of_birth",
        "postcode",
        "address",
        "uprn",
        "nhs_number",
        "upn",
        "nino",
        "la_child_id",
    ),
    LINKED,
)

_DECISIONS: Mapping[str, Mapping[str, str]] = {
    "family_member": {
        **_LINKING,
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
        **_LINKING,
        "school": RULES,
        "academic_year": RULES,
        "term": RULES,
        "term_start": DAY,
        "term_end": DAY,
        "sessions_possible": RULES,
        "sessions_attended": RULES,
    },
    "school_exclusion": {**_LINKING, "start_date": COUNTED},
    "police_incident": {
        **_LINKING,
        "incident_ref": COUNTED,
        "occurred_on": DAY,
        "role": RULES,
        "domestic_abuse": RULES,
    },
    "missing_episode": {**_LINKING, "missing_from": DAY, "missing_to": RULES},
    "social_care_episode": {**_LINKING, "kind": RULES, "start_date": DAY, "end_date": DAY},
    "housing_event": {**_LINKING, "tenancy_ref": COUNTED, "kind": RULES, "occurred_on": DAY},
    "employment_spell": {**_LINKING, "start_date": DAY, "end_date": DAY},
    "health_contact": {**_LINKING, "contact_date": COUNTED},
    "earlier_claim": {"family_ref": PSEUDONYM, "framework": RULES, "claimed_on": RULES},
}


def decision(contract: str, column: Column) -> str:
    """What becomes of a column of a contract, in words."""
    return _DECISIONS.get(contract, {}).get(column.name, DROPPED)


def collected() -> pl.DataFrame:
    """The table `collected` of a release: every column of every contract, and what became of it."""
    return pl.DataFrame(
        [
            (contract.name, column.name, column.kind.value, column.meaning, decision(contract.name, column))
            for contract in CONTRACTS.values()
            for column in contract.columns
        ],
        schema=["contract", "column_name", "kind", "meaning", "decision"],
        orient="row",
    )
