"""What may become of a column on its way out of the identified side: a closed set of decisions, those that each kind of
column permits, and those that something here reads. Which of them holds is in `data/privacy.toml`; a column without a
decision is dropped."""

from collections.abc import Mapping
from enum import StrEnum

import polars as pl

from pipelines.contracts import CONTRACTS, SERVICES, Column, Kind, Part
from pipelines.notes.settings import Keep


class Decision(StrEnum):
    """What becomes of a column, as `data/privacy.toml` writes it."""

    DROPPED = "dropped"
    LINKAGE = "linkage"
    FAMILIES = "families"
    PSEUDONYM = "pseudonym"
    BAND = "band"
    GROUP = "group"
    MONTH = "month"
    DAY = "day"
    RULES = "rules"
    NAMED_PLACE = "named place"
    CODE = "code"
    YES_OR_NO = "yes or no"
    WAIT = "wait"
    COUNT = "count"
    NOTES = "notes"


Decisions = Mapping[tuple[str, str], Decision]

# What a release says became of a column.
WORDS: Mapping[Decision, str] = {
    Decision.DROPPED: "dropped",
    Decision.LINKAGE: "used to find the person, then dropped",
    Decision.FAMILIES: "used to find the families, then dropped",
    Decision.PSEUDONYM: "replaced by a pseudonym",
    Decision.BAND: "age band",
    Decision.GROUP: "group",
    Decision.MONTH: "month",
    Decision.DAY: "day, where a payment rule needs it; month elsewhere",
    Decision.RULES: "used by the rules, then dropped",
    Decision.NAMED_PLACE: "named where enough families share it",
    Decision.CODE: "code of a closed list",
    Decision.YES_OR_NO: "whether there is one",
    Decision.WAIT: "waiting time in bands",
    Decision.COUNT: "used to count by month, then dropped",
    Decision.NOTES: "read for its themes, then destroyed",
}
# What became of texts, where something else is kept of them.
_OF_TEXTS: Mapping[Keep, str] = {
    Keep.THEMES: WORDS[Decision.NOTES],
    Keep.REDACTED: "kept redacted",
    Keep.NOTHING: "destroyed unread",
}
UNDECIDED = "dropped: no decision"
SEARCHED_FOR = "searched for in notes and in the release, then dropped"
NEEDLESS = "dropped: worth a look, better not asked for"
# How the reason for a column begins that nothing uses.
_NOT_USED = "not used yet"

# What each decision does, for whoever writes the file.
MEANINGS: Mapping[Decision, str] = {
    Decision.DROPPED: "goes no further than the check of the extracts, and the search for identities in notes and in "
    "the release",
    Decision.LINKAGE: "finds the person, and goes no further",
    Decision.FAMILIES: "finds who is one family, and goes no further",
    Decision.PSEUDONYM: "a keyed token stands for it",
    Decision.BAND: "its age band is released, and rules learn who is under 18; it finds the person too",
    Decision.GROUP: "its group ([ethnic_group], [referral_source]) is released; the code goes no further",
    Decision.MONTH: "its month is released",
    Decision.DAY: "rules see the day, and the evidence of a claim may hold it; all else holds months",
    Decision.RULES: "rules see it; it is not released",
    Decision.NAMED_PLACE: "released where enough families share it ([places]); else other",
    Decision.CODE: "the code is released; rules see it",
    Decision.YES_OR_NO: "whether something is written there, never what",
    Decision.WAIT: "its band of waiting time ([waits]) is released; rules do not see it",
    Decision.COUNT: "tells events apart when they are counted by month; rules do not see it",
    Decision.NOTES: "read as [notes] says; beside that, whether something is written there",
}

# What a kind of column permits: what names somebody never leaves, what could tell leaves coarse.
PERMITTED_BY_KIND: Mapping[Kind, frozenset[Decision]] = {
    Kind.IDENTIFIER: frozenset(
        {Decision.DROPPED, Decision.LINKAGE, Decision.FAMILIES, Decision.PSEUDONYM, Decision.COUNT}
    ),
    Kind.DIRECT_IDENTITY: frozenset(
        {Decision.DROPPED, Decision.LINKAGE, Decision.FAMILIES, Decision.YES_OR_NO}
    ),
    Kind.FREE_TEXT: frozenset({Decision.DROPPED, Decision.NOTES, Decision.YES_OR_NO}),
    Kind.QUASI_IDENTIFIER: frozenset(
        {
            Decision.DROPPED,
            Decision.LINKAGE,
            Decision.FAMILIES,
            Decision.BAND,
            Decision.GROUP,
            Decision.RULES,
            Decision.NAMED_PLACE,
            Decision.CODE,
            Decision.YES_OR_NO,
        }
    ),
    Kind.SENSITIVE: frozenset(
        {Decision.DROPPED, Decision.GROUP, Decision.RULES, Decision.CODE, Decision.YES_OR_NO, Decision.COUNT}
    ),
    Kind.PLAIN: frozenset(Decision)
    - {Decision.LINKAGE, Decision.PSEUDONYM, Decision.NAMED_PLACE, Decision.NOTES},
}
WHY_NOT: Mapping[Kind, str] = {
    Kind.IDENTIFIER: "a number that means somebody leaves as a pseudonym at most",
    Kind.DIRECT_IDENTITY: "what names somebody never leaves",
    Kind.FREE_TEXT: "a text may name anybody",
    Kind.QUASI_IDENTIFIER: "what could tell somebody leaves coarse, if it leaves",
    Kind.SENSITIVE: "what is sensitive leaves as a code, a count or a group, if it leaves",
    Kind.PLAIN: "it says nothing of who somebody is",
}

# What finds a person in the other extracts.
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
_DAY_OF_EVENT = (Decision.DAY, Decision.COUNT)
_FACT_OF_EVENT = (Decision.RULES, Decision.COUNT)
_SPELL = {"kind": _FACT_OF_EVENT, "start_date": _DAY_OF_EVENT, "end_date": _DAY_OF_EVENT}

# What later stages read of each column, and as what. Nothing reads the others.
_READ: Mapping[str, Mapping[str, tuple[Decision, ...]]] = {
    "family_member": {
        "person_ref": (Decision.PSEUDONYM,),
        "family_ref": (Decision.PSEUDONYM,),
        "role": (Decision.CODE, Decision.FAMILIES),
        "date_of_birth": (Decision.BAND,),
        "sex": (Decision.CODE,),
        "ethnicity": (Decision.GROUP,),
        "from_date": (Decision.MONTH, Decision.FAMILIES),
        "to_date": (Decision.MONTH, Decision.FAMILIES),
    },
    "family_episode": {
        "episode_ref": (Decision.PSEUDONYM,),
        "family_ref": (Decision.PSEUDONYM,),
        "start_date": (Decision.DAY,),
        "end_date": (Decision.DAY,),
        "referral_source": (Decision.GROUP,),
        "referral_reason": (Decision.NOTES,),
        "assessment_date": (Decision.DAY, Decision.WAIT),
        "plan_date": (Decision.DAY,),
        "lead_practitioner": (Decision.YES_OR_NO,),
        "team": (Decision.NAMED_PLACE,),
        "locality": (Decision.NAMED_PLACE,),
        "ward": (Decision.NAMED_PLACE,),
        "closure_reason": (Decision.CODE,),
        "expectant_parent": (Decision.RULES,),
    },
    "need": {
        "episode_ref": (Decision.PSEUDONYM,),
        "person_ref": (Decision.PSEUDONYM,),
        "need_code": (Decision.CODE,),
        "identified_on": (Decision.DAY,),
        "identified_by": (Decision.PSEUDONYM,),
    },
    "progress": {
        "episode_ref": (Decision.PSEUDONYM,),
        "person_ref": (Decision.PSEUDONYM,),
        "need_code": (Decision.CODE,),
        "recorded_on": (Decision.DAY,),
        "state": (Decision.CODE,),
        "evidence": (Decision.YES_OR_NO, Decision.NOTES),
    },
    "case_note": {
        "note_ref": (Decision.PSEUDONYM,),
        "episode_ref": (Decision.PSEUDONYM,),
        "written_on": (Decision.MONTH,),
        "text": (Decision.NOTES,),
    },
    "school_attendance": {
        "school": _FACT_OF_EVENT[:1],
        "term": _FACT_OF_EVENT[:1],
        "term_start": (Decision.DAY,),
        "term_end": (Decision.DAY,),
        "sessions_possible": _FACT_OF_EVENT[:1],
        "sessions_attended": _FACT_OF_EVENT[:1],
    },
    "school_exclusion": {"category": _FACT_OF_EVENT, "start_date": _DAY_OF_EVENT},
    "police_incident": {
        "incident_ref": (Decision.COUNT,),
        "occurred_on": _DAY_OF_EVENT,
        "role": _FACT_OF_EVENT,
        "domestic_abuse": _FACT_OF_EVENT,
    },
    "missing_episode": {"missing_from": _DAY_OF_EVENT, "missing_to": _DAY_OF_EVENT},
    "social_care_episode": _SPELL,
    "housing_event": {
        "tenancy_ref": (Decision.COUNT,),
        "kind": _FACT_OF_EVENT,
        "occurred_on": _DAY_OF_EVENT,
    },
    "employment_spell": {"start_date": _DAY_OF_EVENT, "end_date": _DAY_OF_EVENT},
    "health_contact": {"kind": _FACT_OF_EVENT, "contact_date": _DAY_OF_EVENT},
    "earlier_claim": {
        "family_ref": (Decision.PSEUDONYM,),
        "framework": (Decision.RULES,),
        "claimed_on": (Decision.DAY,),
    },
    "relationship": dict.fromkeys(
        ("person_ref", "related_person_ref", "relationship", "from_date", "to_date"), (Decision.FAMILIES,)
    ),
    **dict.fromkeys(SERVICES, _SPELL),
    "substance_misuse_treatment": {**_SPELL, "end_reason": _FACT_OF_EVENT},
    "benefit_spell": {**_SPELL, "conditionality": _FACT_OF_EVENT},
    "homelessness_duty": {"case_ref": (Decision.COUNT,), **_SPELL, "end_reason": _FACT_OF_EVENT},
}


def permitted(contract: str, column: Column) -> tuple[Decision, ...]:
    """The decisions that may be taken about a column of a contract: what its kind permits, and something reads."""
    finds = CONTRACTS[contract].about_people and column.part in _FINDS_PEOPLE
    read = _READ.get(contract, {}).get(column.name, ())
    found = (Decision.DROPPED, *((Decision.LINKAGE,) if finds else ()), *read)
    return tuple(one for one in Decision if one in found)


def decision(decisions: Decisions, contract: str, column: str) -> Decision:
    """What becomes of a column of a contract: dropped, where nobody has decided."""
    return decisions.get((contract, column), Decision.DROPPED)


def undecided(decisions: Decisions) -> dict[str, list[str]]:
    """The columns of which nobody has decided what becomes of them, by contract."""
    found = {
        contract.name: [
            column.name for column in contract.columns if (contract.name, column.name) not in decisions
        ]
        for contract in CONTRACTS.values()
    }
    return {contract: columns for contract, columns in found.items() if columns}


def in_words(decisions: Decisions, contract: str, column: Column, kept: Keep = Keep.THEMES) -> str:
    """What becomes of a column of a contract, in words. `kept`: what is kept of texts."""
    if (contract, column.name) not in decisions:
        return UNDECIDED
    decided = decision(decisions, contract, column.name)
    if decided is Decision.NOTES:
        also = Decision.YES_OR_NO in permitted(contract, column)
        return f"{WORDS[Decision.YES_OR_NO]}; {_OF_TEXTS[kept]}" if also else _OF_TEXTS[kept]
    if decided is not Decision.DROPPED:
        return WORDS[decided]
    if column.why.startswith(_NOT_USED):
        return NEEDLESS
    return SEARCHED_FOR if column.part and column.type == "text" else WORDS[decided]


def collected(decisions: Decisions, kept: Keep = Keep.THEMES) -> pl.DataFrame:
    """The table `collected` of a release: every column of every contract, and what became of it.

    `kept`: what the run kept of texts.
    """
    return pl.DataFrame(
        [
            (
                contract.name,
                column.name,
                column.kind.value,
                column.partner,
                column.meaning,
                column.why,
                in_words(decisions, contract.name, column, kept),
            )
            for contract in CONTRACTS.values()
            for column in contract.columns
        ],
        schema=["contract", "column_name", "kind", "partner", "meaning", "why", "decision"],
        orient="row",
    )
