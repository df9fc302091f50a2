"""What partners recorded about the people of the families worked with: tokens, days and codes."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import polars as pl

from pipelines.contracts import SERVICES
from pipelines.keys import Keys, Purpose
from pipelines.pseudonymise.coarse import month
from pipelines.pseudonymise.newest import newest
from pipelines.pseudonymise.tokens import Tokens

_SPELL = ("kind", "start_date", "end_date")
# What later stages may know of each event, beside the person and the record.
_KEPT: Mapping[str, tuple[str, ...]] = {
    "school_attendance": (
        "school",
        "academic_year",
        "term",
        "term_start",
        "term_end",
        "sessions_possible",
        "sessions_attended",
    ),
    "police_incident": ("occurred_on", "role", "domestic_abuse"),
    "missing_episode": ("missing_from", "missing_to"),
    "social_care_episode": ("kind", "start_date", "end_date"),
    "housing_event": ("kind", "occurred_on"),
    "employment_spell": ("start_date", "end_date"),
    "school_exclusion": ("category", "start_date"),
    "health_contact": ("kind", "contact_date"),
    **dict.fromkeys(SERVICES, _SPELL),
    "substance_misuse_treatment": (*_SPELL, "end_reason"),
    "benefit_spell": (*_SPELL, "conditionality"),
    "homelessness_duty": (*_SPELL, "end_reason"),
}
# What makes two rows of two files the same fact, told again: `linked` is the person that linkage found.
_SAME: Mapping[str, tuple[str, ...]] = {
    "school_attendance": ("linked", "school", "term_start"),
    "social_care_episode": ("linked", "kind", "start_date"),
    "employment_spell": ("linked", "start_date"),
    **dict.fromkeys(SERVICES, ("linked", "kind", "start_date")),
    # One person may be in two cases of one day: with the partner who was left, and in the new household.
    "homelessness_duty": ("linked", "case_ref", "kind", "start_date"),
}
_ATTENDANCE = "school_attendance"
# Who misses this part of a term's sessions or more is persistently absent (Department for Education, Pupil absence
# statistics: methodology).
_MOST_MISSED = Fraction(1, 10)
# In August some schools have begun, none has ended.
_SCHOOL_STARTS = 8
# The day of an event, for those that are counted by month.
_DAYS: Mapping[str, str] = {
    "police_incident": "occurred_on",
    "missing_episode": "missing_from",
    "social_care_episode": "start_date",
    "housing_event": "occurred_on",
    "employment_spell": "start_date",
    "school_exclusion": "start_date",
    "health_contact": "contact_date",
    **dict.fromkeys(SERVICES, "start_date"),
}
# Two people of a family in one incident are one event of that family, and so is a duty owed to a household.
_SHARED = {
    "police_incident": ("incident_ref",),
    "housing_event": ("tenancy_ref",),
    "homelessness_duty": ("case_ref", "kind"),
}


def everybodys_events(
    good: Mapping[str, pl.DataFrame], persons: pl.DataFrame, tokens: Tokens, keys: Keys
) -> dict[str, pl.DataFrame]:
    """For each kind of event `person` (a token, null for somebody in no family worked with), what is kept, `record`."""
    who = persons.join(tokens.person.select("person", "token"), on="person", how="left")
    events = {}
    for contract, kept in _KEPT.items():
        frame = good[contract].join(
            who.filter(pl.col("contract") == contract).select("file", "row", "token", linked="person"),
            on=["file", "row"],
            how="left",
        )
        frame = newest(frame, _SAME[contract]) if contract in _SAME else frame
        frame = frame.with_columns(pl.col("domestic_abuse") == "Y") if "domestic_abuse" in kept else frame
        if "academic_year" in kept:
            frame = school_calendar(frame)
        if "school" in kept:
            schools = keys.tokens(Purpose.SCHOOL, frame["school"]).rename(
                {"key": "school", "token": "school_token"}
            )
            frame = frame.join(schools, on="school", how="left").with_columns(school="school_token")
        events[contract] = frame.select(pl.col("token").alias("person"), *kept, "record")
    return events


def school_calendar(attendance: pl.DataFrame) -> pl.DataFrame:
    """Attendance with the academic year in which each term begins ("2023/24"), and each term's commonest days: what one
    school or one row gives differently moves the calendar for nobody."""
    first = pl.col("term_start").dt.year() - (pl.col("term_start").dt.month() < _SCHOOL_STARTS).cast(pl.Int32)
    year = pl.concat_str(first, pl.lit("/"), ((first + 1) % 100).cast(pl.String).str.zfill(2))
    dated = attendance.with_columns(academic_year=year)
    commonest = (
        dated.group_by("academic_year", "term", "term_start", "term_end")
        .len()
        .sort("len", "term_start", "term_end", descending=[True, False, True])
        .unique(["academic_year", "term"], keep="first", maintain_order=True)
        .drop("len")
    )
    return dated.drop("term_start", "term_end").join(commonest, on=["academic_year", "term"], how="left")


def exclude_strangers(events: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Events of people of the families worked with. Attendance keeps everybody's terms: they are the calendar."""
    return {
        contract: frame if contract == _ATTENDANCE else frame.drop_nulls("person")
        for contract, frame in events.items()
    }


def activity(
    good: Mapping[str, pl.DataFrame],
    events: Mapping[str, pl.DataFrame],
    memberships: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """The table `activity` of the release: events of each family by month and kind, up to the as-of date.

    Exact repeats count once, and two people of one family in one police incident are one event. Of school attendance an
    event is a child who misses a tenth of the sessions of a term or more, as the Department for Education counts
    persistent absence, in every month of that term.
    """
    belongs = memberships.select("family", pl.col("token").alias("person")).unique()
    parts = []
    for contract, day in _DAYS.items():
        frame = events[contract].drop_nulls("person")
        if contract in _SHARED:
            number = pl.concat_str(*_SHARED[contract], separator="|")  # null where the number is blank
            shared = good[contract].select("record", shared=number)
            frame = frame.join(shared, on="record", how="left")
        else:
            frame = frame.with_columns(pl.lit(None, pl.String).alias("shared"))
        own = pl.concat_str(
            [pl.col(name).cast(pl.String).fill_null("") for name in _identity(contract)], separator="|"
        )
        counted = (
            frame.filter(pl.col(day) <= as_of)
            .with_columns(event=pl.coalesce("shared", own))
            .join(belongs, on="person")
            .group_by("family", month(day).alias("month"))
            .agg(pl.col("event").n_unique().cast(pl.Int64).alias("events"))
            .select("family", "month", pl.lit(contract).alias("kind"), "events")
        )
        parts.append(counted)
    parts.append(absences(events[_ATTENDANCE], belongs, as_of))
    return pl.concat(parts).sort("family", "month", "kind")


def absences(attendance: pl.DataFrame, belongs: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Children of each family (`belongs`: family, person) who miss too much of a term, in every month of it."""
    first, last = pl.col("term_start").dt.truncate("1mo"), pl.min_horizontal("term_end", pl.lit(as_of))
    return (
        attendance.drop_nulls("person")
        .group_by("person", "term_start", "term_end")
        .agg(pl.col("sessions_possible", "sessions_attended").sum())
        .filter(
            _MOST_MISSED.denominator * (pl.col("sessions_possible") - pl.col("sessions_attended"))
            >= _MOST_MISSED.numerator * pl.col("sessions_possible"),
            pl.col("sessions_possible") > 0,
            pl.col("term_start") <= last,
        )
        .with_columns(day=pl.date_ranges(first, last, "1mo"))
        .explode("day")
        .join(belongs, on="person")
        .group_by("family", month("day").alias("month"))
        .agg(pl.col("person").n_unique().cast(pl.Int64).alias("events"))
        .select("family", "month", pl.lit(_ATTENDANCE).alias("kind"), "events")
    )


def _identity(contract: str) -> list[str]:
    return ["person", *_KEPT[contract]]
