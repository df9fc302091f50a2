"""Families' journeys: how far an episode of help came, whether the family came back, how long outcomes took, what
became of cohorts, and what partners recorded around the start of help.

A release knows days of needs and months of all else, so all of this is told in whole months.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import polars as pl

from figures.quarters import month_number, month_of_day, quarter_number
from figures.row_keys import row_keys
from outcomes import Framework
from release.cohorts import MONTHS_SINCE, last_whole_month
from release.cohorts import month_number as number_of_month

# Whether a family came back: only of help that ended, and only once so many months are over since.
RETURNED = {
    "yes": "Came back within twelve months",
    "no": "Did not come back within twelve months",
    "early": "Ended less than twelve months ago",
    "open": "Still open",
}
_FOLLOWED_FOR = 12
# How far an episode came; each holds those after it.
STAGES = {
    "started": "Started",
    "assessed": "Whole family assessed",
    "met": "Ended with outcomes met, or stepped down",
    "lasting": "Every outcome sustained",
}
_NOT_ASSESSED = "none"
_MET = ("outcomes_met", "step_down")
_SUSTAINED = ("sustained", "waived")
# Months from the day on which a need was identified to that from which its outcome is sustained: whole ones, under.
_BANDS = {"0-3": 3, "3-6": 6, "6-9": 9, "9-12": 12, "12-18": 18}
TIME_TAKEN = {
    "0-3": "Under 3 months",
    "3-6": "3 to under 6 months",
    "6-9": "6 to under 9 months",
    "9-12": "9 to under 12 months",
    "12-18": "12 to under 18 months",
    "18+": "18 months or more",
    "none": "No date recorded",
}
SINCE = {months: f"Within {int(months)} months" for months in MONTHS_SINCE}
IN_TIME = {"yes": "Sustained by then", "no": "Not sustained by then"}
# Events that help is meant to make rarer: kinds of the table activity. Starting work, a visit to a doctor or treatment
# begun are none of them: more of these may be better.
EVENTS = {
    "police_incident": "Police incident",
    "missing_episode": "Missing episode",
    "school_attendance": "Missed a tenth of a school term or more",
    "school_exclusion": "Suspended or excluded from school",
    "social_care_episode": "Social care plan or care begun",
    "youth_justice": "Youth justice order or programme begun",
    "housing_event": "Home at risk: notice, possession, eviction",
    "homelessness_duty": "Homelessness duty owed",
}
# Quarters of a year, by their first month, counted from the month in which help began.
AROUND = {
    "-12": "12 to 10 months before",
    "-09": "9 to 7 months before",
    "-06": "6 to 4 months before",
    "-03": "3 to 1 months before",
    "+00": "Months 1 to 3 of help",
    "+03": "Months 4 to 6",
    "+06": "Months 7 to 9",
    "+09": "Months 10 to 12",
}
_YEAR = 12
_QUARTER = 3


def with_journeys(episode: pl.DataFrame, need: pl.DataFrame, primary: Framework, as_of: date) -> pl.DataFrame:
    """`episode` with `returned` and `stage`. Its rows are in an order that pseudonyms are not part of.

    A family came back where another episode of it began later than this one, in the month in which this one ended or in
    one of the twelve after. That is told once these months are over, of those who came back soon as well: else each
    newest quarter would show none but them. `need`: the table; an episode is lasting where it has a need of the primary
    framework and all of them are sustained or waived.
    """
    start, end = (month_number(pl.col(name)) for name in ("start_month", "end_month"))
    numbered = episode.select("episode", "family_key", start=start, end=end)
    others = numbered.select("family_key", again="start")
    back = (
        numbered.join(others, on="family_key")
        .filter(
            pl.col("again") > pl.col("start"),
            pl.col("again").is_between(pl.col("end"), pl.col("end") + _FOLLOWED_FOR),
        )
        .select("episode")
        .unique()
    )
    lasting = (
        need.filter(pl.col("framework") == primary.id)
        .group_by("episode")
        .agg(every=pl.col("state").is_in(_SUSTAINED).all())
        .filter("every")
        .select("episode")
    )
    is_back, is_lasting = (pl.col("episode").is_in(one["episode"].implode()) for one in (back, lasting))
    over = end + _FOLLOWED_FOR <= last_whole_month(as_of)
    is_assessed = pl.col("wait") != _NOT_ASSESSED
    is_met = is_assessed & pl.col("end_month").is_not_null() & pl.col("closure_reason").is_in(_MET)
    return episode.with_columns(
        returned=pl.when(end.is_null())
        .then(pl.lit("open"))
        .when(~over)
        .then(pl.lit("early"))
        .when(is_back)
        .then(pl.lit("yes"))
        .otherwise(pl.lit("no")),
        stage=pl.when(is_met & is_lasting)
        .then(pl.lit("lasting"))
        .when(is_met)
        .then(pl.lit("met"))
        .when(is_assessed)
        .then(pl.lit("assessed"))
        .otherwise(pl.lit("started")),
    )


def time_taken() -> pl.Expr:
    """The band of the months from `identified_on` to `sustained_on` (Date): "none" where a day is missing."""
    taken = pl.lit("18+")
    for band, months in reversed(_BANDS.items()):
        before = pl.col("sustained_on") < pl.col("identified_on").dt.offset_by(f"{months}mo")
        taken = pl.when(before).then(pl.lit(band)).otherwise(taken)
    known = pl.col("identified_on").is_not_null() & pl.col("sustained_on").is_not_null()
    return pl.when(known).then(taken).otherwise(pl.lit("none"))


def cohorts(need: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Needs once for each of MONTHS_SINCE for which all of the quarter in which their episode began has been followed.

    `need`: needs with `start_month` of their episode, `row_key`, `need_state` and `sustained_on`. Gives them with
    `months_since`, `in_time` (yes: sustained or waived in the month of the start or one of so many after), `need_key`
    (their row key: the same needs have the same noise, in whichever measure) and a `row_key` of each row.
    """
    start = month_number(pl.col("start_month"))
    ends = quarter_number(pl.col("start_month")) * _QUARTER + _QUARTER - 1
    sustained = month_of_day("sustained_on")
    is_sustained = pl.col("need_state").is_in(_SUSTAINED)
    parts = []
    for months in MONTHS_SINCE:
        in_time = (is_sustained & (sustained - start <= int(months))).fill_null(value=False)
        parts.append(
            need.filter(ends + int(months) <= last_whole_month(as_of)).with_columns(
                months_since=pl.lit(months),
                in_time=pl.when(in_time).then(pl.lit("yes")).otherwise(pl.lit("no")),
                need_key="row_key",
            )
        )
    rows = pl.concat(parts)
    return rows.with_columns(row_keys(rows, "need_key", ["months_since"]))


def events_around(
    family: pl.DataFrame, activity: pl.DataFrame, coverage: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """What partners recorded of families in the year before their first episode began, and in the year after.

    One row a family (`family, family_key, locality, start_month`) and kind of event of which the extract covers both
    years, without `months_around`; and one more for each quarter of these years in which it was recorded. A family of
    whom they are not covered is not among those of that kind: not knowing is not "nothing happened".
    `activity`: family, month and kind of events; `coverage`: extract, covers_from, covers_to.
    """
    known = pl.concat(
        [
            family.filter(_within(runs, month_number(pl.col("start_month")))).select(
                "family", "family_key", "locality", "start_month", pl.lit(kind).alias("event")
            )
            for kind in EVENTS
            for runs in [covered_months(coverage, kind, as_of)]
        ]
    )
    apart = month_number(pl.col("month")) - month_number(pl.col("start_month"))
    first = (apart // _QUARTER) * _QUARTER
    codes = {int(code): code for code in AROUND}
    recorded = (
        known.join(activity.select("family", "month", event="kind"), on=["family", "event"])
        .with_columns(months_around=first.replace_strict(codes, default=None, return_dtype=pl.String))
        .drop_nulls("months_around")
        .drop("month")
        .unique()
    )
    rows = pl.concat([known.with_columns(months_around=pl.lit(None, pl.String)), recorded]).sort(
        "family_key", "event", "months_around", nulls_last=False
    )
    return rows.with_columns(row_keys(rows, "family_key", ["event", "months_around"]), unit="family_key")


def covered_months(coverage: pl.DataFrame, extract: str, as_of: date) -> list[tuple[int, int]]:
    """The first and last number of every run of months all of whose days the files of an extract cover, up to the as-of
    date. Files that meet or overlap are one."""
    days = coverage.filter(pl.col("extract") == extract).select("covers_from", "covers_to").drop_nulls()
    runs: list[tuple[date, date]] = []
    for first, last in sorted(days.iter_rows()):
        if runs and first.toordinal() <= runs[-1][1].toordinal() + 1:
            runs[-1] = runs[-1][0], max(runs[-1][1], last)
        else:
            runs.append((first, last))
    return list(_whole_months(runs, as_of))


def held_events(coverage: pl.DataFrame, as_of: date) -> dict[str, tuple[str, ...]]:
    """Of each kind of event those others whose extracts cover all months that its own covers: every family that is
    known for it is known for them. Of kinds that cover the same, the first holds the others."""
    runs = {kind: covered_months(coverage, kind, as_of) for kind in EVENTS}

    def holds(wide: str, narrow: str) -> bool:
        return all(
            any(first <= start and end <= last for first, last in runs[wide]) for start, end in runs[narrow]
        )

    kinds = list(EVENTS)
    return {
        kind: tuple(
            other
            for other in kinds[:place] + kinds[place + 1 :]
            if holds(other, kind) and (not holds(kind, other) or kinds.index(other) < place)
        )
        for place, kind in enumerate(kinds)
    }


def _whole_months(runs: Sequence[tuple[date, date]], as_of: date) -> Iterable[tuple[int, int]]:
    for first, last in runs:
        begins = number_of_month(first) + (first.day > 1)
        ends = min(last_whole_month(last), last_whole_month(as_of))
        if begins <= ends:
            yield begins, ends


def _within(runs: Sequence[tuple[int, int]], start: pl.Expr) -> pl.Expr:
    """Whether the year before a month and the year from it on lie in one of some runs of months."""
    found = pl.lit(value=False)
    for first, last in runs:
        found |= (start - _YEAR >= first) & (start + _YEAR - 1 <= last)
    return found
