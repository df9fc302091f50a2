"""Chapter 10. Where claims go wrong: each trap of the trade once, under the national rules as they are shipped."""
# ruff: noqa: E501 — tables are read across

from typing import Any

import pytest

from outcomes import Evaluation
from tests.spec.outcomes.auditor import (
    ALWAYS,
    NATIONAL,
    Case,
    cases,
    council,
    coverage,
    day,
    episode,
    frame,
    some,
)

# Needs that rest on judgement alone, to make a family eligible beside the need that a trap is about.
OTHERS = ("2.1", "3.1", "5.1")


def family(
    *needs: str,
    as_of: str = "2024-10-31",
    judged: str = "2023-03-01",
    covered: str = ALWAYS,
    incidents: str = "",
    members: str = "child; mother",
    **changes: Any,
) -> Evaluation:
    """A family with needs as `code person`, identified on 5 January 2023, and all that rests on judgement met.

    `incidents`: domestic abuse as `day person`, the person a suspect.
    """
    named = [tuple(need.split()) for need in (*(f"{code} child" for code in OTHERS), *needs)]
    return council(
        as_of=as_of,
        given=NATIONAL,
        episode=frame("episode", episode(**changes)),
        episode_member=frame("episode_member", *(("episode", who, who != "mother") for who in some(members))),
        need=frame("need", *(("episode", who, code, day("2023-01-05")) for code, who in named)),
        progress=frame(
            "progress", *(("episode", who, code, day(judged), "met", True) for code, who in named)
        ),
        police_incident=frame(
            "police_incident",
            *((who, day(on), "suspect", True) for on, who in map(str.split, some(incidents))),
        ),
        coverage=coverage("police_incident", covered),
    )


def states(evaluation: Evaluation, code: str) -> dict[str, str]:
    of_code = evaluation.need.filter(need_code=code)
    return dict(of_code.select("person", "state").iter_rows())


def test_twins_with_one_need_each_are_two_needs_of_one_code() -> None:
    """An incident of one twin is none of the other's; the claim waits for both, and they are one code."""
    twins = {"members": "child; first; second; mother"}
    evaluation = family("7.1 first", "7.1 second", incidents="2024-08-01 first", **twins)
    assert states(evaluation, "7.1") == {"first": "sustaining", "second": "sustained"}
    claim = evaluation.claim.select("state", "needs", "needs_met").row(0)
    assert claim == ("sustaining", 4, 3)
    assert family("7.1 first", "7.1 second", **twins).claim["state"].to_list() == ["claimable"]


def test_a_member_who_left_counts_until_the_end() -> None:
    """The father was a member when the episode began: what he does after he left starts the clock of the family again."""
    evaluation = family("8.1 mother", incidents="2024-08-01 father", members="child; mother; father")
    assert states(evaluation, "8.1") == {"mother": "sustaining"}
    strangers = family("8.1 mother", incidents="2024-08-01 father")
    assert states(strangers, "8.1") == {"mother": "sustained"}


def test_an_episode_that_was_stepped_up_is_not_claimed_for() -> None:
    stepped_up = family(end_date=day("2023-12-01"), closure_reason="step_up")
    assert stepped_up.claim.select("state", "worth").row(0) == ("closed_otherwise", 0)
    stepped_down = family(end_date=day("2023-12-01"), closure_reason="step_down")
    assert stepped_down.claim.select("state", "worth").row(0) == ("claimable", 800)


@cases("""
    the day payment was suspended   | judged     | claim date | state
    the day before                  | 2024-05-18 | 2024-11-17 | claimable
    the day itself                  | 2024-05-19 | 2024-11-18 | outside_period
    the day after                   | 2024-05-20 | 2024-11-19 | outside_period
""")
def test_a_claim_date_on_the_day_payment_was_suspended(case: Case) -> None:
    claim = family(as_of="2025-01-31", judged=case["judged"]).claim
    assert claim.select("state", "claim_date").row(0) == (case["state"], day(case["claim date"]))


@cases("""
    coverage that ends inside the window | covered                | incident   | state
    to the window's last day             | 2020-01-01..2024-07-31 | 2024-01-31 | sustained
    a day less                           | 2020-01-01..2024-07-30 | 2024-01-31 | not_evidenced
    a day missing in the middle          | 2020-01-01..2024-05-01; 2024-05-03..2024-10-31 | 2024-01-31 | not_evidenced
    a window that was over before        | 2020-01-01..2024-07-30 |            | sustained
    a window that is running             | 2020-01-01..2024-10-30 | 2024-08-01 | not_evidenced
""")
def test_coverage_that_ends_inside_the_window(case: Case) -> None:
    incidents = f"{case['incident']} child" if case["incident"] else ""
    evaluation = family("7.1 child", covered=case["covered"], incidents=incidents)
    assert states(evaluation, "7.1") == {"child": case["state"]}
    gap = case["state"] == "not_evidenced"
    assert evaluation.claim["state"].to_list() == ["evidence_gap" if gap else "claimable"]


@cases("""
    a leap day                            | judged     | as of      | state      | claim date
    six months from the 29th of February  | 2024-02-29 | 2024-08-28 | claimable  | 2024-08-28
    … are not over on the 27th            | 2024-02-29 | 2024-08-27 | sustaining |
    six months up to it                   | 2023-08-31 | 2024-02-28 | claimable  | 2024-02-28
    … which is a day more than it seems   | 2023-09-01 | 2024-02-28 | sustaining |
    … the window has it                   | 2023-09-01 | 2024-02-29 | claimable  | 2024-02-29
""")
def test_a_leap_day(case: Case) -> None:
    claim = family(as_of=case["as of"], judged=case["judged"]).claim
    assert claim.select("state", "claim_date").row(0) == (case["state"], day(case["claim date"]))


@pytest.mark.parametrize(
    ("second_judged", "claimable"),
    [("2023-03-02", "first"), ("2023-02-27", "second"), ("2023-03-01", "first")],
)
def test_two_episodes_claimable_at_once_are_one_claim(second_judged: str, claimable: str) -> None:
    """The earlier claim date counts, and of two on one day the episode that began first."""
    judged = {"first": "2023-03-01", "second": second_judged}
    started = {"first": "2023-01-01", "second": "2023-01-02"}
    evaluation = council(
        as_of="2024-10-31",
        given=NATIONAL,
        episode=frame("episode", *(episode(ref, start_date=day(since)) for ref, since in started.items())),
        episode_member=frame("episode_member", *((ref, "child", True) for ref in judged)),
        need=frame("need", *((ref, "child", code, day("2023-01-05")) for ref in judged for code in OTHERS)),
        progress=frame(
            "progress",
            *((ref, "child", code, day(on), "met", True) for ref, on in judged.items() for code in OTHERS),
        ),
    )
    assert evaluation.claim["evidence_state"].to_list() == ["claimable", "claimable"]
    rows = evaluation.claim.select("episode", "state", "worth").rows()
    assert [row for row in rows if row[1] == "claimable"] == [(claimable, "claimable", 800)]
    assert sum(row[2] for row in rows) == 800
