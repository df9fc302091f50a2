"""Chapter 6. The family: eligible, tested, closed, and claimed for once."""
# ruff: noqa: E501 — tables are read across

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from outcomes import Evaluation, Framework
from outcomes.rules import Judgement
from tests.spec.outcomes.auditor import Case, cases, council, day, episode, frame, framework, some

CODES = ("1.1", "1.2", "2.1", "3.1")
FRAMEWORK = framework({code: Judgement(6) for code in CODES})
AS_OF = "2024-10-31"


def claim_for(
    needs: str = "1.1; 1.2; 2.1",
    met: str = "2023-03-01",
    given: Framework = FRAMEWORK,
    member: tuple[Any, ...] = ("episode", "child", True),
    as_of: str = AS_OF,
    **changes: Any,
) -> dict[str, Any]:
    """The claim of one episode all of whose needs were judged met on the days `met` (in turn, the last repeated)."""
    codes, days = some(needs), [day(d) for d in some(met)]
    reviews = [
        ("episode", "child", code, days[min(n, len(days) - 1)], "met", False)
        for n, code in enumerate(codes)
        if days
    ]
    evaluation = council(
        as_of=as_of,
        given=given,
        episode=frame("episode", episode(**changes)),
        episode_member=frame("episode_member", member),
        need=frame("need", *(("episode", "child", code, date(2023, 1, 5)) for code in codes)),
        progress=frame("progress", *reviews),
    )
    (row,) = evaluation.claim.to_dicts()
    return row


def test_a_claim_that_nothing_stands_against() -> None:
    assert claim_for() == {
        "episode": "episode",
        "family": "family",
        "person": None,
        "framework": "supporting-families-2022",
        "kind": "successful_family_outcome",
        "state": "claimable",
        "evidence_state": "claimable",
        "claim_date": date(2023, 8, 31),
        "expected_on": date(2023, 8, 31),
        "eligible": True,
        "needs": 3,
        "headlines": 2,
        "needs_met": 3,
        "assessment_ok": True,
        "plan_ok": True,
        "lead_practitioner_ok": True,
        "worth": 800,
    }


@cases("""
    eligibility                                | needs              | count by | child | expecting | requires                  | state
    three needs                                | 1.1; 1.2; 2.1      | need     | yes   |           | child_or_expectant_parent | claimable
    two needs                                  | 1.1; 2.1           | need     | yes   |           | child_or_expectant_parent | not_eligible
    the same need twice is one                 | 1.1; 1.1; 2.1      | need     | yes   |           | child_or_expectant_parent | not_eligible
    no need                                    |                    | need     | yes   |           | child_or_expectant_parent | not_eligible
    three needs under two headlines            | 1.1; 1.2; 2.1      | headline | yes   |           | child_or_expectant_parent | not_eligible
    three headlines                            | 1.1; 2.1; 3.1      | headline | yes   |           | child_or_expectant_parent | claimable
    nobody under 18 on the first day           | 1.1; 1.2; 2.1      | need     | no    |           | child_or_expectant_parent | not_eligible
    nobody under 18, not expecting             | 1.1; 1.2; 2.1      | need     | no    | no        | child_or_expectant_parent | not_eligible
    an expectant parent                        | 1.1; 1.2; 2.1      | need     | no    | yes       | child_or_expectant_parent | claimable
    the framework asks for neither             | 1.1; 1.2; 2.1      | need     | no    |           | nobody                    | claimable
    a need outside the framework counts for nothing | 1.1; 2.1; 9.9 | need     | yes   |           | child_or_expectant_parent | not_eligible
    … and stands in the way                    | 1.1; 1.2; 2.1; 9.9 | need     | yes   |           | child_or_expectant_parent | evidence_gap
""")
def test_eligibility(case: Case) -> None:
    settings = replace(FRAMEWORK.eligibility, count_by=case["count by"], requires=case["requires"])
    row = claim_for(
        case["needs"],
        given=replace(FRAMEWORK, eligibility=settings),
        member=("episode", "child", case["child"] == "yes"),
        expectant_parent={"yes": True, "no": False}.get(case["expecting"]),
    )
    assert row["state"] == row["evidence_state"] == case["state"]
    assert row["eligible"] == (case["state"] != "not_eligible")


@cases("""
    practice tests                     | assessment | plan       | lead | asked for                          | fails             | state
    all passed                         | 2023-01-10 | 2023-01-20 | yes  | assessment; plan; lead_practitioner |                   | claimable
    plan on the day of the assessment  | 2023-01-10 | 2023-01-10 | yes  | assessment; plan; lead_practitioner |                   | claimable
    plan before the assessment         | 2023-01-10 | 2023-01-09 | yes  | assessment; plan; lead_practitioner | plan              | evidence_gap
    no plan                            | 2023-01-10 |            | yes  | assessment; plan; lead_practitioner | plan              | evidence_gap
    no assessment, so no plan after it |            | 2023-01-20 | yes  | assessment; plan; lead_practitioner | assessment; plan  | evidence_gap
    no lead practitioner               | 2023-01-10 | 2023-01-20 | no   | assessment; plan; lead_practitioner | lead_practitioner | evidence_gap
    assessed after the as-of date      | 2024-11-01 | 2024-11-01 | yes  | assessment; plan; lead_practitioner | assessment; plan  | evidence_gap
    planned after the as-of date       | 2023-01-10 | 2024-11-01 | yes  | assessment; plan; lead_practitioner | plan              | evidence_gap
    a test that is not asked for       | 2023-01-10 |            | no   | assessment                         | plan; lead_practitioner | claimable
""")
def test_practice_tests(case: Case) -> None:
    row = claim_for(
        given=replace(FRAMEWORK, practice_tests=tuple(some(case["asked for"]))),
        assessment_date=day(case["assessment"]),
        plan_date=day(case["plan"]),
        has_lead_practitioner=case["lead"] == "yes",
    )
    failed = [test for test in ("assessment", "plan", "lead_practitioner") if not row[f"{test}_ok"]]
    assert (row["state"], failed) == (case["state"], some(case["fails"]))


@cases("""
    what fits first                         | needs         | met                     | ended      | reason       | lead | state            | claim date
    outstanding                             | 1.1; 1.2; 2.1 |                         |            |              | yes  | in_progress      |
    sustaining                              | 1.1; 1.2; 2.1 | 2023-03-01; 2024-09-01  |            |              | yes  | sustaining       |
    outstanding before sustaining           | 1.1; 1.2; 2.1 | 2025-01-01; 2024-09-01  |            |              | yes  | in_progress      |
    a failed test before sustaining         | 1.1; 1.2; 2.1 | 2023-03-01; 2024-09-01  |            |              | no   | evidence_gap     |
    outstanding before a failed test        | 1.1; 1.2; 2.1 |                         |            |              | no   | in_progress      |
    the latest day decides                  | 1.1; 1.2; 2.1 | 2023-03-01; 2024-04-01; 2023-04-01 | |              | yes  | claimable        | 2024-09-30
    closed with outcomes met                | 1.1; 1.2; 2.1 | 2023-03-01              | 2023-06-01 | outcomes_met | yes  | claimable        | 2023-08-31
    stepped down                            | 1.1; 1.2; 2.1 | 2023-03-01              | 2023-06-01 | step_down    | yes  | claimable        | 2023-08-31
    stepped up                              | 1.1; 1.2; 2.1 | 2023-03-01              | 2023-06-01 | step_up      | yes  | closed_otherwise | 2023-08-31
    closed for no reason given              | 1.1; 1.2; 2.1 | 2023-03-01              | 2023-06-01 |              | yes  | closed_otherwise | 2023-08-31
    closed on the as-of date                | 1.1; 1.2; 2.1 | 2023-03-01              | 2024-10-31 | withdrew     | yes  | closed_otherwise | 2023-08-31
    closed after it: open                   | 1.1; 1.2; 2.1 | 2023-03-01              | 2024-11-01 | withdrew     | yes  | claimable        | 2023-08-31
    closed otherwise before outstanding     | 1.1; 1.2; 2.1 |                         | 2023-06-01 | withdrew     | yes  | closed_otherwise |
    not eligible before closed otherwise    | 1.1; 1.2      | 2023-03-01              | 2023-06-01 | withdrew     | yes  | not_eligible     | 2023-08-31
""")
def test_the_first_state_that_fits(case: Case) -> None:
    row = claim_for(
        case["needs"],
        case["met"],
        end_date=day(case["ended"]),
        closure_reason=case["reason"] or None,
        has_lead_practitioner=case["lead"] == "yes",
    )
    assert (row["state"], row["claim_date"]) == (case["state"], day(case["claim date"]))


@cases("""
    the framework's period            | met        | from       | to         | suspended  | state
    claim date on its first day       | 2023-03-01 | 2023-08-31 | 2025-03-31 | 2024-11-18 | claimable
    a day before it                   | 2023-03-01 | 2023-09-01 | 2025-03-31 | 2024-11-18 | outside_period
    on its last day                   | 2023-03-01 | 2022-10-03 | 2023-08-31 | 2024-11-18 | claimable
    a day after it                    | 2023-03-01 | 2022-10-03 | 2023-08-30 | 2024-11-18 | outside_period
    the day before payment stopped    | 2023-03-01 | 2022-10-03 | 2025-03-31 | 2023-09-01 | claimable
    the day it stopped                | 2023-03-01 | 2022-10-03 | 2025-03-31 | 2023-08-31 | outside_period
    no limits                         | 2023-03-01 |            |            |            | claimable
""")
def test_the_period_of_the_framework(case: Case) -> None:
    given = replace(
        FRAMEWORK,
        valid_from=day(case["from"]),
        valid_to=day(case["to"]),
        payment=replace(FRAMEWORK.payment, suspended_on=day(case["suspended"])),
    )
    assert claim_for(met=case["met"], given=given)["state"] == case["state"]


def several(
    *visits: tuple[str, str, str], earlier: str = "", payment: str = "by_results", once: bool = True
) -> Evaluation:
    """Visits as (episode, first day, day all its needs were met); earlier claims as `family framework day`."""
    given = replace(FRAMEWORK, payment=replace(FRAMEWORK.payment, one_claim_per_family=once))
    claims = [part.split() for part in some(earlier)]
    return council(
        as_of=AS_OF,
        given=given,
        payment=payment,
        episode=frame("episode", *(episode(ref, start_date=day(start)) for ref, start, _ in visits)),
        episode_member=frame("episode_member", *((ref, "child", True) for ref, _, _ in visits)),
        need=frame("need", *((ref, None, code, day(start)) for ref, start, _ in visits for code in CODES)),
        progress=frame(
            "progress",
            *((ref, None, code, day(met), "met", False) for ref, _, met in visits for code in CODES),
        ),
        earlier_claim=frame("earlier_claim", *((fam, fw, day(on)) for fam, fw, on in claims)),
    )


def states(evaluation: Evaluation) -> list[tuple[str, str, str]]:
    return list(evaluation.claim.select("episode", "state", "evidence_state").iter_rows())


def test_of_several_claimable_episodes_the_earliest_claim_date_counts() -> None:
    evaluation = several(("a", "2023-01-01", "2023-05-01"), ("b", "2023-01-02", "2023-04-01"))
    assert states(evaluation) == [("a", "claimed", "claimable"), ("b", "claimable", "claimable")]


def test_then_the_earlier_start() -> None:
    evaluation = several(("a", "2023-01-02", "2023-05-01"), ("b", "2023-01-01", "2023-05-01"))
    assert states(evaluation) == [("a", "claimed", "claimable"), ("b", "claimable", "claimable")]


def test_an_episode_that_is_not_claimable_takes_nobodys_turn() -> None:
    evaluation = several(("a", "2023-01-01", "2024-09-01"), ("b", "2023-01-02", "2023-05-01"))
    assert states(evaluation) == [("a", "sustaining", "sustaining"), ("b", "claimable", "claimable")]


def test_a_framework_may_pay_for_every_episode() -> None:
    evaluation = several(("a", "2023-01-01", "2023-05-01"), ("b", "2023-01-02", "2023-04-01"), once=False)
    assert states(evaluation) == [("a", "claimable", "claimable"), ("b", "claimable", "claimable")]


@pytest.mark.parametrize(
    ("earlier", "state"),
    [
        ("family supporting-families-2022 2024-01-01", "claimed"),
        ("family supporting-families-2022 2024-10-31", "claimed"),
        ("family supporting-families-2022 2024-11-01", "sustaining"),
        ("family troubled-families-2015 2016-01-01", "sustaining"),
        ("another supporting-families-2022 2024-01-01", "sustaining"),
        (
            "family supporting-families-2022 2024-12-01; family supporting-families-2022 2024-01-01",
            "claimed",
        ),
    ],
)
def test_an_earlier_claim_of_the_family_under_this_framework(earlier: str, state: str) -> None:
    evaluation = several(("a", "2023-01-01", "2024-09-01"), earlier=earlier)
    assert states(evaluation) == [("a", state, "sustaining")]


@pytest.mark.parametrize(
    ("met", "earlier", "payment", "worth"),
    [
        ("2023-05-01", "", "by_results", 800),
        ("2023-05-01", "family supporting-families-2022 2024-01-01", "by_results", 800),
        ("2024-09-01", "", "by_results", 0),
        ("2023-05-01", "", "earned_autonomy", 0),
        ("2023-05-01", "", "none", 0),
    ],
)
def test_worth(met: str, earlier: str, payment: str, worth: int) -> None:
    evaluation = several(("a", "2023-01-01", met), earlier=earlier, payment=payment)
    assert evaluation.claim["worth"].to_list() == [worth]


@pytest.mark.parametrize("earlier", ["", "family supporting-families-2022 2024-01-01"])
def test_a_familys_claim_is_worth_its_price_once(earlier: str) -> None:
    evaluation = several(
        ("a", "2023-01-02", "2023-05-01"), ("b", "2023-01-01", "2023-05-01"), earlier=earlier
    )
    assert evaluation.claim.select("episode", "worth").rows() == [("a", 0), ("b", 800)]


def test_an_episode_that_begins_after_the_as_of_date_is_not_known() -> None:
    evaluation = several(("a", "2024-10-31", "2024-10-31"), ("b", "2024-11-01", "2024-11-01"))
    assert evaluation.claim["episode"].to_list() == ["a"]
    assert evaluation.need["episode"].unique().to_list() == ["a"]
