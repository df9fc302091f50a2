"""Chapter 8. What contracts ask beside the programme's rules: so many of a thing, fewer than before, a change of status."""
# ruff: noqa: E501 — tables are read across

from fractions import Fraction
from typing import Any

import polars as pl

from outcomes.rules import Count, Judgement, NoEvent, Reduction, Rule, Spell, StatusChange
from tests.spec.outcomes.auditor import (
    ALWAYS,
    Case,
    cases,
    council,
    coverage,
    day,
    episode,
    frame,
    framework,
    judge,
    matches,
    period,
    some,
)

AS_OF = "2024-10-31"


def judged(rule: Rule, case: Case, **changes: Any) -> dict[str, Any]:
    """One need of the child from 10 January 2024; incidents and periods as the case lists them."""
    incidents = [part.split() for part in some(case.get("incidents", ""))]
    periods = [part.split() for part in some(case.get("periods", ""))]
    given: dict[str, Any] = {
        "person": "child",
        "identified": "2024-01-10",
        "as_of": case.get("as of") or AS_OF,
        "police_incident": frame(
            "police_incident", *((who, day(on), "suspect", False) for on, who in incidents)
        ),
        "social_care_episode": frame(
            "social_care_episode", *(("child", kind, *period(span)) for kind, span in periods)
        ),
        "coverage": pl.concat(
            coverage(name, case.get("covered") or ALWAYS)
            for name in ("police_incident", "social_care_episode")
        ),
        **changes,
    }
    return judge(rule, **given)


@cases("""
    at least two records            | months | incidents                                                           | covered                | state         | achieved   | sustained  | reason
    the second one's day            |        | 2024-02-01 child; 2024-05-01 child; 2024-06-01 child                |                        | sustained     | 2024-05-01 | 2024-05-01 |
    too few                         |        | 2024-02-01 child                                                    |                        | outstanding   |            |            | too_few_records
    not before the need was known   |        | 2024-01-09 child; 2024-02-01 child                                  |                        | outstanding   |            |            | too_few_records
    on that day: counts             |        | 2024-01-10 child; 2024-02-01 child                                  |                        | sustained     | 2024-02-01 | 2024-02-01 |
    on the as-of date: counts       |        | 2024-02-01 child; 2024-10-31 child                                  |                        | sustained     | 2024-10-31 | 2024-10-31 |
    after it: not known             |        | 2024-02-01 child; 2024-11-01 child                                  |                        | outstanding   |            |            | too_few_records
    two on one day are one          |        | 2024-02-01 child; 2024-02-01 child                                  |                        | outstanding   |            |            | too_few_records
    somebody else's do not count    |        | 2024-02-01 child; 2024-05-01 mother                                 |                        | outstanding   |            |            | too_few_records
    within three months             | 3      | 2024-02-01 child; 2024-04-09 child                                  |                        | sustained     | 2024-04-09 | 2024-04-09 |
    a day too late                  | 3      | 2024-02-01 child; 2024-04-10 child                                  |                        | outstanding   |            |            | too_few_records
    what is there needs no coverage |        | 2024-02-01 child; 2024-05-01 child                                  | 2024-03-01..2024-03-02 | sustained     | 2024-05-01 | 2024-05-01 |
    what is not there needs it      |        | 2024-02-01 child                                                    | 2020-01-01..2024-10-30 | not_evidenced |            |            | not_covered
    … inside the months asked for   | 3      | 2024-02-01 child                                                    | 2020-01-01..2024-04-09 | outstanding   |            |            | too_few_records
    … no record, nothing sent       |        |                                                                     | 2019-01-01..2019-01-02 | not_evidenced |            |            | not_covered
""")
def test_a_count_of_records(case: Case) -> None:
    months = int(case["months"]) if case["months"] else None
    matches(judged(Count(2, extract="police_incident", months=months), case), case)


def test_a_count_may_look_at_every_member() -> None:
    case = {"incidents": "2024-02-01 child; 2024-02-01 mother"}
    row = judged(Count(2, extract="police_incident", whose="any_member"), case)
    assert (row["state"], row["achieved_on"]) == ("sustained", day("2024-02-01"))


def test_nothing_is_missing_of_a_person_whom_nobody_could_look_for() -> None:
    row = judged(
        Count(1, extract="police_incident"), {}, unlinked_person=frame("unlinked_person", ("child",))
    )
    assert (row["state"], row["reason"]) == ("not_evidenced", "person_not_linked")


@cases("""
    two of: judged met, silence, work | met        | incidents        | work         | covered                | state         | achieved   | sustained  | reason
    all three: the second of the days | 2024-02-01 |                  | 2024-03-01.. |                        | sustained     | 2024-02-01 | 2024-07-31 |
    two of them                       | 2024-02-01 | 2024-10-31 child | 2024-03-01.. |                        | sustained     | 2024-03-01 | 2024-08-29 |
    the second is sustaining          | 2024-09-01 |                  |              |                        | sustaining    | 2024-09-01 |            |
    the second is not evidenced       | 2024-02-01 |                  |              | 2024-01-10..2024-02-01 | not_evidenced | 2024-02-01 |            | not_covered
    one alone                         | 2024-02-01 | 2024-10-31 child |              |                        | outstanding   |            |            | event_on_as_of
    none                              |            | 2024-10-31 child |              |                        | outstanding   |            |            | not_met
""")
def test_a_count_of_rules_is_as_good_as_its_nth_best(case: Case) -> None:
    rule = Count(2, (Judgement(6), NoEvent("police_incident", 6), Spell("employment_spell", 182)))
    work = [("child", *period(span)) for span in some(case["work"])]
    met = [("episode", "child", "1.1", day(on), "met", False) for on in some(case["met"])]
    progress, spells = frame("progress", *met), frame("employment_spell", *work)
    matches(judged(rule, case, progress=progress, employment_spell=spells), case)


@cases("""
    at least half fewer over three months    | incidents                                                                                 | as of      | covered                            | state         | achieved   | sustained  | reason
    two before, one after                    | 2023-11-01 child; 2023-12-01 child; 2024-02-01 child                                      | 2024-04-09 |                                    | sustained     | 2024-01-10 | 2024-04-09 |
    … a day before the window has elapsed    | 2023-11-01 child; 2023-12-01 child; 2024-02-01 child                                      | 2024-04-08 |                                    | sustaining    | 2024-01-10 |            |
    two before, two after                    | 2023-11-01 child; 2023-12-01 child; 2024-02-01 child; 2024-03-01 child                    | 2024-04-09 |                                    | outstanding   |            |            | not_reduced
    … known as soon as they are too many     | 2023-11-01 child; 2023-12-01 child; 2024-02-01 child; 2024-03-01 child                    | 2024-03-01 |                                    | outstanding   |            |            | not_reduced
    the first and the last day before        | 2023-10-10 child; 2024-01-09 child; 2024-02-01 child                                      | 2024-04-09 |                                    | sustained     | 2024-01-10 | 2024-04-09 |
    a day too early                          | 2023-10-09 child; 2024-01-09 child; 2024-02-01 child                                      | 2024-04-09 |                                    | outstanding   |            |            | not_reduced
    nothing before, nothing to reduce        |                                                                                           | 2024-10-31 |                                    | outstanding   |            |            | nothing_to_reduce
    many on one day are one                  | 2023-11-01 child; 2023-11-01 child; 2024-02-01 child                                      | 2024-04-09 |                                    | outstanding   |            |            | not_reduced
    the last window that elapsed decides     | 2023-11-01 child; 2023-12-01 child; 2024-07-20 child; 2024-08-20 child                    | 2024-10-31 |                                    | outstanding   |            |            | not_reduced
    … and the run that leads up to it        | 2023-11-01 child; 2023-12-01 child; 2024-02-01 child; 2024-03-01 child; 2024-07-20 child  | 2024-10-31 |                                    | sustained     | 2024-04-10 | 2024-07-09 |
    the window that runs decides nothing yet | 2023-11-01 child; 2023-12-01 child; 2024-10-15 child; 2024-10-20 child                    | 2024-10-31 |                                    | sustained     | 2024-01-10 | 2024-04-09 |
    the window before is not covered         | 2023-11-01 child; 2023-12-01 child                                                        | 2024-04-09 | 2023-10-11..2024-10-31             | not_evidenced |            |            | not_covered
    nor is the one that decides              | 2023-11-01 child; 2023-12-01 child                                                        | 2024-04-09 | 2020-01-01..2024-04-08             | not_evidenced |            |            | not_covered
    one of the run is not: it breaks the run | 2023-11-01 child; 2023-12-01 child                                                        | 2024-10-31 | 2020-01-01..2024-05-01; 2024-05-03..2024-10-31 | sustained | 2024-07-10 | 2024-10-09 |
""")
def test_a_reduction(case: Case) -> None:
    matches(judged(Reduction("police_incident", 3, Fraction(1, 2)), case), case)


def test_a_third_is_a_third() -> None:
    """Shares are compared as fractions: two instead of three are a third fewer, and not a rounding less."""
    days = [f"2023-12-0{n} child" for n in (1, 2, 3)] + [f"2024-02-0{n} child" for n in (1, 2)]
    row = judged(Reduction("police_incident", 2, Fraction(1, 3)), {"incidents": "; ".join(days)})
    assert row["state"] == "sustained"


FROM_PLAN = StatusChange("social_care_episode", (("kind", ("CPP",)),), (("kind", ("CIN",)),), 6)


@cases("""
    from a plan to a child in need           | periods                                                                                   | as of      | covered                | state         | achieved   | sustained  | reason
    held for six months                      | CPP 2023-06-01..2024-02-29; CIN 2024-03-01..                                              | 2024-08-31 |                        | sustained     | 2024-03-01 | 2024-08-31 |
    … a day before                           | CPP 2023-06-01..2024-02-29; CIN 2024-03-01..                                              | 2024-08-30 |                        | sustaining    | 2024-03-01 |            |
    never a plan                             | CIN 2024-03-01..                                                                          | 2024-08-31 |                        | outstanding   |            |            | no_status_change
    the plan came after                      | CIN 2024-03-01..2024-03-31; CPP 2024-03-02..2024-05-01                                    | 2024-10-31 |                        | outstanding   |            |            | no_status_change
    changed before the need was known        | CPP 2023-06-01..2023-12-31; CIN 2024-01-09..                                              | 2024-10-31 |                        | outstanding   |            |            | no_status_change
    the plan ends on the day of the change   | CPP 2023-06-01..2024-03-01; CIN 2024-03-01..                                              | 2024-08-31 |                        | sustained     | 2024-03-01 | 2024-08-31 |
    the plan goes on for a day               | CPP 2023-06-01..2024-03-02; CIN 2024-03-01..                                              | 2024-10-31 |                        | outstanding   |            |            | status_returned
    a plan again, years of success or not    | CPP 2023-06-01..2024-02-29; CIN 2024-03-01..; CPP 2024-10-01..2024-10-02                  | 2024-10-31 |                        | outstanding   |            |            | status_returned
    … after which the change is made anew    | CPP 2023-06-01..2024-02-29; CIN 2024-03-01..2024-04-01; CPP 2024-04-02..2024-04-30; CIN 2024-05-01.. | 2024-10-31 |             | sustained     | 2024-05-01 | 2024-10-31 |
    it ends inside the window                | CPP 2023-06-01..2024-02-29; CIN 2024-03-01..2024-08-30                                    | 2024-10-31 |                        | outstanding   |            |            | status_ended
    it ends with the window                  | CPP 2023-06-01..2024-02-29; CIN 2024-03-01..2024-08-31                                    | 2024-10-31 |                        | sustained     | 2024-03-01 | 2024-08-31 |
    a new period starts the clock again      | CPP 2023-06-01..2024-02-29; CIN 2024-03-01..2024-06-30; CIN 2024-07-01..                  | 2024-10-31 |                        | sustaining    | 2024-07-01 |            |
    coverage ends inside the window          | CPP 2023-06-01..2024-02-29; CIN 2024-03-01..                                              | 2024-10-31 | 2020-01-01..2024-08-30 | not_evidenced | 2024-03-01 |            | not_covered
""")
def test_a_change_of_status(case: Case) -> None:
    matches(judged(FROM_PLAN, case), case)


def test_a_change_that_needs_not_last_is_sustained_at_once() -> None:
    at_once = StatusChange("social_care_episode", FROM_PLAN.from_where, FROM_PLAN.to_where, 0)
    row = judged(at_once, {"periods": "CPP 2023-06-01..2024-02-29; CIN 2024-03-01..", "as of": "2024-03-01"})
    assert (row["state"], row["sustained_on"]) == ("sustained", day("2024-03-01"))


def test_a_change_of_status_is_of_a_person() -> None:
    row = judged(FROM_PLAN, {"periods": "CPP 2023-06-01..2024-02-29; CIN 2024-03-01.."}, person=None)
    assert (row["state"], row["reason"]) == ("not_evidenced", "no_person")


@cases("""
    under closure                 | rule   | ended      | state       | achieved   | sustained  | reason
    open: nothing is achieved     | count  |            | outstanding |            |            | episode_open
    records since the end         | count  | 2024-03-01 | sustained   | 2024-03-01 | 2024-03-01 |
    before and after the end      | fewer  | 2024-04-01 | sustained   | 2024-04-01 | 2024-06-30 |
    open                          | fewer  |            | outstanding |            |            | episode_open
    open                          | change |            | outstanding |            |            | episode_open
    a change before the end       | change | 2024-04-01 | outstanding |            |            | no_status_change
""")
def test_the_clock_starts_at_closure_where_the_framework_says_so(case: Case) -> None:
    rules: dict[str, Rule] = {
        "count": Count(1, extract="police_incident"),
        "fewer": Reduction("police_incident", 3, Fraction(1, 2)),
        "change": FROM_PLAN,
    }
    ended = day(case["ended"])
    records = {
        "incidents": "2024-02-01 child; 2024-03-01 child; 2024-05-01 child",
        "periods": "CPP 2023-06-01..2024-02-29; CIN 2024-03-01..",
    }
    closed = frame("episode", episode(end_date=ended, closure_reason="step_down" if ended else None))
    row = judged(rules[case["rule"]], records, changes={"sustain_from": "closure"}, episode=closed)
    matches(row, case)


def test_what_counted_is_named() -> None:
    given = framework({"1.1": Reduction("police_incident", 3, Fraction(1, 2))})
    incidents = [("child", day(on), "suspect", False) for on in ("2023-11-01", "2023-12-01", "2024-02-01")]
    evidence = council(
        as_of="2024-04-09",
        given=given,
        need=frame("need", ("episode", "child", "1.1", day("2024-01-10"))),
        police_incident=frame("police_incident", *incidents),
        coverage=coverage("police_incident", ALWAYS),
    ).claim_evidence.filter(pl.col("need_code") == "1.1")
    facts = evidence.select("measure", "value", "window_from", "record").rows()
    assert facts[2:] == [
        ("coverage", "covered", day("2023-10-10"), None),
        ("coverage", "covered", day("2024-01-10"), None),
        ("counted", "2023-11-01", day("2023-11-01"), "police_incident 1"),
        ("counted", "2023-12-01", day("2023-12-01"), "police_incident 2"),
        ("counted", "2024-02-01", day("2024-02-01"), "police_incident 3"),
        ("before", "2", day("2023-10-10"), None),
        ("reduced", "1", day("2024-01-10"), None),
    ]
