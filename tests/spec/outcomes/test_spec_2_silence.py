"""Chapter 2. No event, no status: silence counts from the last record, and only on covered days."""
# ruff: noqa: E501 — tables are read across

import polars as pl

from outcomes.rules import NoEvent, NoStatus
from tests.spec.outcomes.auditor import (
    ALWAYS,
    Case,
    cases,
    coverage,
    day,
    frame,
    judge,
    matches,
    period,
    some,
)

SUSPECT = NoEvent("police_incident", 6, "person", (("role", ("suspect",)),))
VIOLENCE = NoEvent("police_incident", 6, "any_member", (("domestic_abuse", (True,)),))
NO_PLAN = NoStatus("social_care_episode", 6, "person", (("kind", ("CPP", "CLA")),))
MISSING = NoEvent("missing_episode", 6)


def police(cell: str) -> pl.DataFrame:
    """Incidents as `2024-01-31 mother suspect Y`."""
    rows = [part.split() for part in some(cell)]
    return frame("police_incident", *((who, day(on), role, flag == "Y") for on, who, role, flag in rows))


@cases("""
    incidents                            | police                       | state        | achieved   | sustained  | reason
    none: from the day of identification |                              | sustained    | 2024-01-10 | 2024-07-09 |
    the last one counts, not the best run | 2024-02-01 child suspect N; 2024-09-05 child suspect N | sustaining | 2024-09-06 | |
    it starts the clock the day after    | 2024-03-31 child suspect N   | sustained    | 2024-04-01 | 2024-09-30 |
    its window ends on the as-of date    | 2024-04-30 child suspect N   | sustained    | 2024-05-01 | 2024-10-31 |
    its window ends a day later          | 2024-05-01 child suspect N   | sustaining   | 2024-05-02 |            |
    in another role                      | 2024-09-05 child victim Y    | sustained    | 2024-01-10 | 2024-07-09 |
    of somebody else                     | 2024-09-05 mother suspect N  | sustained    | 2024-01-10 | 2024-07-09 |
    before the need was identified       | 2024-01-09 child suspect N   | sustained    | 2024-01-10 | 2024-07-09 |
    on the day it was identified         | 2024-01-10 child suspect N   | sustained    | 2024-01-11 | 2024-07-10 |
    on the as-of date                    | 2024-10-31 child suspect N   | outstanding  |            |            | event_on_as_of
    the day before the as-of date        | 2024-10-30 child suspect N   | sustaining   | 2024-10-31 |            |
    after the as-of date: not known      | 2024-11-01 child suspect N   | sustained    | 2024-01-10 | 2024-07-09 |
""")
def test_no_event_of_the_person(case: Case) -> None:
    row = judge(
        SUSPECT,
        identified="2024-01-10",
        as_of="2024-10-31",
        police_incident=police(case["police"]),
        coverage=coverage("police_incident", ALWAYS),
    )
    matches(row, case)


def test_silence_about_somebody_whom_nobody_could_find_is_no_evidence() -> None:
    row = judge(
        SUSPECT,
        identified="2024-01-10",
        as_of="2024-10-31",
        coverage=coverage("police_incident", ALWAYS),
        unlinked_person=frame("unlinked_person", ("child",)),
    )
    assert (row["state"], row["reason"]) == ("not_evidenced", "person_not_linked")


@cases("""
    whose records                                     | person | rule     | police                        | state     | achieved   | sustained  | reason
    any member: the mother's count for the child's need | child | violence | 2024-02-01 mother witness Y   | sustained | 2024-02-02 | 2024-08-01 |
    any member: not a stranger's                      | child  | violence | 2024-02-01 stranger suspect Y | sustained | 2024-01-10 | 2024-07-09 |
    any member: the person named, who is no member    | uncle  | violence | 2024-02-01 uncle suspect Y    | sustained | 2024-02-02 | 2024-08-01 |
    any member: the latest of all                     | child  | violence | 2024-03-01 mother victim Y; 2024-02-01 child witness Y | sustained | 2024-03-02 | 2024-09-01 |
    without the flag it is no event                   | child  | violence | 2024-02-01 mother suspect N   | sustained | 2024-01-10 | 2024-07-09 |
    the whole family's need: every member             |        | suspect  | 2024-02-01 mother suspect N   | sustained | 2024-02-02 | 2024-08-01 |
    a person's need: that person alone                | child  | suspect  | 2024-02-01 mother suspect N   | sustained | 2024-01-10 | 2024-07-09 |
""")
def test_whose_records_count(case: Case) -> None:
    row = judge(
        VIOLENCE if case["rule"] == "violence" else SUSPECT,
        identified="2024-01-10",
        as_of="2024-10-31",
        person=case["person"] or None,
        police_incident=police(case["police"]),
        coverage=coverage("police_incident", ALWAYS),
    )
    matches(row, case)


@cases("""
    the extract covers                      | covers                                           | police                     | state         | achieved   | sustained  | reason
    everything                              | 2020-04-01..2024-10-31                           |                            | sustained     | 2024-01-10 | 2024-07-09 |
    to the last day of the window           | 2020-04-01..2024-07-09                           |                            | sustained     | 2024-01-10 | 2024-07-09 |
    to the day before                       | 2020-04-01..2024-07-08                           |                            | not_evidenced | 2024-01-10 |            | not_covered
    from a day after identification         | 2024-03-01..2024-10-31                           |                            | sustained     | 2024-03-01 | 2024-08-31 |
    from the day of the last event          | 2024-03-01..2024-10-31                           | 2024-03-01 child suspect N | sustained     | 2024-03-02 | 2024-09-01 |
    an event it does not cover counts       | 2024-03-01..2024-10-31                           | 2024-02-01 child suspect N | sustained     | 2024-03-01 | 2024-08-31 |
    two files, side by side                 | 2020-04-01..2024-03-31; 2024-04-01..2024-10-31   |                            | sustained     | 2024-01-10 | 2024-07-09 |
    two files, overlapping, the later first | 2024-03-01..2024-10-31; 2020-04-01..2024-03-31   |                            | sustained     | 2024-01-10 | 2024-07-09 |
    two files and a day between             | 2020-04-01..2024-03-31; 2024-04-02..2024-10-31   |                            | not_evidenced | 2024-01-10 |            | not_covered
    a gap before the last event is past     | 2020-04-01..2024-03-31; 2024-04-02..2024-10-31   | 2024-04-03 child suspect N | sustained     | 2024-04-04 | 2024-10-03 |
    one file within another                 | 2020-04-01..2024-10-31; 2024-02-01..2024-02-02   |                            | sustained     | 2024-01-10 | 2024-07-09 |
    nothing                                 |                                                  |                            | not_evidenced |            |            | not_covered
    nothing yet                             | 2024-11-01..2025-10-31                           |                            | not_evidenced |            |            | not_covered
    nothing, and an event on the as-of date |                                                  | 2024-10-31 child suspect N | outstanding   |            |            | event_on_as_of
    not to the as-of date, still sustaining | 2020-04-01..2024-10-30                           | 2024-09-01 child suspect N | not_evidenced | 2024-09-02 |            | not_covered
    to the as-of date, still sustaining     | 2020-04-01..2024-10-31                           | 2024-09-01 child suspect N | sustaining    | 2024-09-02 |            |
""")
def test_silence_counts_on_covered_days_only(case: Case) -> None:
    row = judge(
        SUSPECT,
        identified="2024-01-10",
        as_of="2024-10-31",
        police_incident=police(case["police"]),
        coverage=coverage("police_incident", case["covers"]),
    )
    matches(row, case)


def test_another_extract_does_not_cover() -> None:
    row = judge(
        SUSPECT, identified="2024-01-10", as_of="2024-10-31", coverage=coverage("missing_episode", ALWAYS)
    )
    assert (row["state"], row["reason"]) == ("not_evidenced", "not_covered")


@cases("""
    plans                                   | plans                                            | state       | achieved   | sustained  | reason
    none                                    |                                                  | sustained   | 2024-01-10 | 2024-07-09 |
    ended: the day after its end            | CPP 2023-05-01..2024-02-29                       | sustained   | 2024-03-01 | 2024-08-31 |
    ended on the day of identification      | CPP 2023-05-01..2024-01-10                       | sustained   | 2024-01-11 | 2024-07-10 |
    ended before                            | CPP 2023-05-01..2024-01-09                       | sustained   | 2024-01-10 | 2024-07-09 |
    open                                    | CLA 2023-05-01..                                 | outstanding |            |            | status_open
    ends on the as-of date                  | CPP 2023-05-01..2024-10-31                       | outstanding |            |            | status_open
    ends after it: not known yet            | CPP 2023-05-01..2024-11-30                       | outstanding |            |            | status_open
    begins after it: not known yet          | CPP 2024-11-01..                                 | sustained   | 2024-01-10 | 2024-07-09 |
    a child in need is no such plan         | CIN 2023-05-01..                                 | sustained   | 2024-01-10 | 2024-07-09 |
    the later end counts, not the later start | CPP 2024-02-01..2024-05-31; CLA 2024-03-01..2024-03-31 | sustaining | 2024-06-01 |       |
""")
def test_no_status_takes_every_day_of_an_open_period_for_an_event(case: Case) -> None:
    plans = [part.split() for part in some(case["plans"])]
    row = judge(
        NO_PLAN,
        identified="2024-01-10",
        as_of="2024-10-31",
        social_care_episode=frame(
            "social_care_episode", *(("child", kind, *period(days)) for kind, days in plans)
        ),
        coverage=coverage("social_care_episode", ALWAYS),
    )
    matches(row, case)


def test_a_missing_episode_counts_on_its_first_day() -> None:
    row = judge(
        MISSING,
        identified="2024-01-10",
        as_of="2024-10-31",
        missing_episode=frame("missing_episode", ("child", day("2024-02-01"), day("2024-02-09"))),
        coverage=coverage("missing_episode", ALWAYS),
    )
    assert (row["state"], row["achieved_on"]) == ("sustained", day("2024-02-02"))
