"""The pseudonymous frames that the engine reads: their columns, and the checks before anything is evaluated."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from outcomes.rules import EXTRACTS, Conditions

Columns = dict[str, pl.DataType]
# A lazy frame (of a file, say) is read when a rule asks for it, and no more of it than the rule needs.
Given = pl.DataFrame | pl.LazyFrame

_STRING, _DATE, _BOOLEAN, _INTEGER = pl.String(), pl.Date(), pl.Boolean(), pl.Int64()


def _spell(*codes: str) -> Columns:
    """A spell of something of one person, as partners send it alike, with the codes that are its partner's own."""
    return {
        "person": _STRING,
        "kind": _STRING,
        "start_date": _DATE,
        "end_date": _DATE,
        **dict.fromkeys(codes, _STRING),
        "record": _STRING,
    }


# What must be there. A frame may hold more columns; they are ignored (save in school_attendance).
FRAMES: Final[dict[str, Columns]] = {
    "episode": {
        "episode": _STRING,
        "family": _STRING,
        "start_date": _DATE,
        "end_date": _DATE,
        "assessment_date": _DATE,
        "plan_date": _DATE,
        "has_lead_practitioner": _BOOLEAN,
        "closure_reason": _STRING,
        "expectant_parent": _BOOLEAN,
    },
    "episode_member": {"episode": _STRING, "person": _STRING, "child_on_first_day": _BOOLEAN},
    "need": {
        "episode": _STRING,
        "person": _STRING,
        "need_code": _STRING,
        "identified_on": _DATE,
        "record": _STRING,
    },
    "progress": {
        "episode": _STRING,
        "person": _STRING,
        "need_code": _STRING,
        "recorded_on": _DATE,
        "state": _STRING,
        "has_reason": _BOOLEAN,
        "record": _STRING,
    },
    "school_attendance": {
        "person": _STRING,
        "academic_year": _STRING,
        "term": _STRING,
        "term_start": _DATE,
        "term_end": _DATE,
        "sessions_possible": _INTEGER,
        "sessions_attended": _INTEGER,
        "record": _STRING,
    },
    "police_incident": {
        "person": _STRING,
        "occurred_on": _DATE,
        "role": _STRING,
        "domestic_abuse": _BOOLEAN,
        "record": _STRING,
    },
    "missing_episode": {"person": _STRING, "missing_from": _DATE, "missing_to": _DATE, "record": _STRING},
    "social_care_episode": {
        "person": _STRING,
        "kind": _STRING,
        "start_date": _DATE,
        "end_date": _DATE,
        "record": _STRING,
    },
    "housing_event": {"person": _STRING, "kind": _STRING, "occurred_on": _DATE, "record": _STRING},
    "employment_spell": {"person": _STRING, "start_date": _DATE, "end_date": _DATE, "record": _STRING},
    "school_exclusion": {"person": _STRING, "category": _STRING, "start_date": _DATE, "record": _STRING},
    "health_contact": {"person": _STRING, "kind": _STRING, "contact_date": _DATE, "record": _STRING},
    "adult_social_care": _spell(),
    "special_educational_needs": _spell(),
    "mental_health_support": _spell(),
    "substance_misuse_treatment": _spell("end_reason"),
    "youth_justice": _spell(),
    "probation": _spell(),
    "benefit_spell": _spell("conditionality"),
    "homelessness_duty": _spell("end_reason"),
    # People named in a need whom linkage could not look for: silence about them is evidence of nothing.
    "unlinked_person": {"person": _STRING},
    "earlier_claim": {"family": _STRING, "framework": _STRING, "claimed_on": _DATE},
    "coverage": {"extract": _STRING, "covers_from": _DATE, "covers_to": _DATE},
}

# What may be there; null where it is not, which means every kind, person or episode of the family.
OPTIONAL: Final[dict[str, Columns]] = {
    "earlier_claim": {"kind": _STRING, "person": _STRING, "episode": _STRING}
}

# Without these nothing can be said; any other frame that is left out counts as an extract without rows.
_NEEDED: Final = ("episode", "episode_member", "need", "progress", "coverage")

# A row without these would drop out of the reckoning unseen, and a need that is missed is a claim too many.
_NEVER_NULL: Final[dict[str, tuple[str, ...]]] = {
    "episode": ("episode", "family", "start_date"),
    "episode_member": ("episode", "person"),
    "need": ("episode", "need_code", "identified_on"),
    "progress": ("episode", "need_code", "recorded_on", "state"),
    "school_attendance": ("academic_year", "term", "term_start", "term_end"),
    "police_incident": ("occurred_on",),
    "missing_episode": ("missing_from",),
    "social_care_episode": ("start_date",),
    "housing_event": ("occurred_on",),
    "employment_spell": ("start_date",),
    "school_exclusion": ("start_date",),
    "health_contact": ("contact_date",),
    "adult_social_care": ("start_date",),
    "special_educational_needs": ("start_date",),
    "mental_health_support": ("start_date",),
    "substance_misuse_treatment": ("start_date",),
    "youth_justice": ("start_date",),
    "probation": ("start_date",),
    "benefit_spell": ("start_date",),
    "homelessness_duty": ("start_date",),
    "unlinked_person": ("person",),
    "earlier_claim": ("family", "framework", "claimed_on"),
    "coverage": ("extract", "covers_from", "covers_to"),
}


def checked(frames: Mapping[str, Given]) -> dict[str, pl.LazyFrame]:
    """Every frame of `FRAMES` with the columns and types that the engine reads; those of `OPTIONAL` always there.

    Rows of `school_attendance` keep whatever columns they have: all but `record` tell one row of a pupil from
    an exact repeat (a `school` column, where it is given, keeps two schools of one term apart).

    Raises ValueError (a mistake of the caller, not of a user) where a needed frame or column is missing, a
    type is another, or a key or day is null. Messages hold no value.
    """
    found: dict[str, pl.LazyFrame] = {}
    for name, columns in FRAMES.items():
        optional = OPTIONAL.get(name, {})
        if name not in frames:
            if name in _NEEDED:
                raise ValueError(f"the frame {name} is missing")
            found[name] = pl.LazyFrame(schema=columns | optional)
            continue
        frame = frames[name].lazy()
        schema = frame.collect_schema()
        for column in columns:
            if column not in schema:
                raise ValueError(f"the frame {name} has no column {column}")
        known = {column: dtype for column, dtype in (columns | optional).items() if column in schema}
        for column, dtype in known.items():
            given = schema[column]
            if given != dtype and not (
                given == pl.Null or (given.is_integer() and dtype.is_integer()) or dtype == pl.String == given
            ):
                raise ValueError(f"{name}.{column} is {given}, not {dtype}")
        nulls = frame.select(pl.col(_NEVER_NULL[name]).null_count()).collect().row(0, named=True)
        for column, count in nulls.items():
            if count:
                raise ValueError(f"{name}.{column} is null in {count} rows")
        kept = frame.with_columns(
            *(pl.col(column).cast(dtype) for column, dtype in known.items() if schema[column] != dtype),
            *(pl.lit(None, dtype).alias(column) for column, dtype in optional.items() if column not in known),
        )
        found[name] = kept if name == "school_attendance" else kept.select(list(columns | optional))
    return found


def qualifying(
    frames: Mapping[str, pl.DataFrame], extract: str, where: Conditions, *, as_of: date
) -> pl.DataFrame:
    """The records of `extract` that a rule looks at: person, first_day, last_day, record.

    Records of people in no family and records that begin after `as_of` are left out. `last_day` is null where
    the period is open on `as_of` or where an end after it, not yet known, is given. A blank code never
    qualifies: the rules say which codes do.
    """
    facts = EXTRACTS[extract]
    last_day = pl.col(facts.last_day) if facts.last_day else pl.col(facts.first_day)
    frame = frames[extract].filter(pl.col("person").is_not_null(), pl.col(facts.first_day) <= as_of)
    for column, codes in where:
        frame = frame.filter(pl.col(column).is_in(list(codes)))
    return frame.select(
        "person",
        pl.col(facts.first_day).alias("first_day"),
        pl.when(last_day <= as_of).then(last_day).alias("last_day"),
        "record",
    )
