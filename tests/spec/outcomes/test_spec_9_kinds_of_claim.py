"""Chapter 9. Kinds of claim: by rule or attachment, for the family or a member; entry and sustain; prices; caps."""
# ruff: noqa: E501 — tables are read across

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl
import pytest

from outcomes import Evaluation, Framework
from outcomes.digest import evidence_digests
from outcomes.frameworks import ClaimKind, Price
from outcomes.rules import Attendance, Judgement, NoEvent, Rule, Spell
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
    framework,
    period,
    some,
)

AS_OF = "2024-10-31"
CODES = ("1.1", "1.2", "2.1")


def kind(code: str, rule: Rule | None = None, unit: str = "person", **settings: Any) -> ClaimKind:
    """A kind of claim worth £500: about a rule of its own, else about the needs, else an attachment."""
    about = "rule" if rule else settings.pop("about", "needs")
    return ClaimKind(code, "", unit, about, rule, **{"prices": (Price(500, None, None),), **settings})


def contract(*kinds: ClaimKind, once: bool = False, minimum: int = 0, **changes: Any) -> Framework:
    """A framework with these kinds of claim, and needs that rest on judgement."""
    settings: dict[str, Any] = {
        "claims": kinds,
        "eligibility": replace(NATIONAL.eligibility, minimum=minimum),
        "payment": replace(NATIONAL.payment, one_claim_per_family=once),
        **changes,
    }
    return framework({code: Judgement(6) for code in CODES}, **settings)


def claims(given: Framework, *columns: str, **frames: Any) -> list[tuple[Any, ...]]:
    evaluation = evaluated(given, **frames)
    return evaluation.claim.select(columns or ("kind", "person", "state", "claim_date")).rows()


def evaluated(given: Framework, as_of: str = AS_OF, work: str = "", **frames: Any) -> Evaluation:
    """`work`: spells of work as `person since..until`."""
    spells = [part.split() for part in some(work)]
    return council(
        as_of=as_of,
        given=given,
        employment_spell=frame("employment_spell", *((who, *period(span)) for who, span in spells)),
        **frames,
    )


WORK = kind("work", Spell("employment_spell", 28))
KEPT = kind("kept", Spell("employment_spell", 182), after=("work",))
TRAINING = kind("training", Judgement(0, needs=("2.1",)))


def met(*facts: str) -> pl.DataFrame:
    """Judgements as `person need day`, the person `-` where it is the whole family's."""
    rows = [fact.split() for fact in facts]
    return frame(
        "progress",
        *(("episode", None if who == "-" else who, code, day(on), "met", False) for who, code, on in rows),
    )


def test_a_kind_with_a_rule_of_its_own_counts_from_the_first_day_of_the_episode() -> None:
    """The episode began on 1 January 2023; the mother works since before, so the clock starts with the episode."""
    assert claims(contract(WORK), work="mother 2022-06-01..; child 2024-10-15..") == [
        ("work", "child", "sustaining", None),
        ("work", "mother", "claimable", date(2023, 1, 28)),
    ]


def test_what_it_asks_for_is_no_need_of_the_episode() -> None:
    evaluation = evaluated(contract(WORK), work="mother 2022-06-01..")
    assert evaluation.need.is_empty()
    assert evaluation.claim["needs"].to_list() == [0, 0]
    facts = evaluation.claim_evidence.filter(
        pl.col("person") == "mother", pl.col("measure").is_in(["outcome", "spell"])
    )
    assert facts.select("kind", "need_code", "value", "window_from", "rule_version").rows() == [
        ("work", None, "sustained", date(2023, 1, 1), "supporting-families-2022/1 work"),
        ("work", None, "open", date(2022, 6, 1), "supporting-families-2022/1 work"),
    ]


def test_twins_with_one_outcome_each_are_two_claims() -> None:
    twins = frame("episode_member", ("episode", "first_twin", True), ("episode", "second_twin", True))
    work = "first_twin 2024-01-01..; second_twin 2024-01-01.."
    assert claims(contract(WORK), work=work, episode_member=twins) == [
        ("work", "first_twin", "claimable", date(2024, 1, 28)),
        ("work", "second_twin", "claimable", date(2024, 1, 28)),
    ]


@cases("""
    the later of both days         | assessed   | planned    | tests            | state        | claim date
    planned after the assessment   | 2023-01-10 | 2023-01-20 | assessment; plan | claimable    | 2023-01-20
    on one day                     | 2023-01-10 | 2023-01-10 | assessment; plan | claimable    | 2023-01-10
    no plan                        | 2023-01-10 |            | assessment; plan | evidence_gap |
    no assessment                  |            | 2023-01-20 | assessment; plan | evidence_gap |
    no plan, and none is tested    | 2023-01-10 |            |                  | evidence_gap |
    planned first                  | 2023-01-20 | 2023-01-10 | assessment; plan | evidence_gap | 2023-01-20
    … and nobody tests it          | 2023-01-20 | 2023-01-10 |                  | claimable    | 2023-01-20
    planned after the as-of date   | 2023-01-10 | 2024-11-01 | assessment; plan | evidence_gap |
""")
def test_an_attachment_fee(case: Case) -> None:
    given = contract(
        kind("fee", unit="family", about="attachment"), practice_tests=tuple(some(case["tests"]))
    )
    row = episode(assessment_date=day(case["assessed"]), plan_date=day(case["planned"]))
    assert claims(given, "state", "claim_date", episode=frame("episode", row)) == [
        (case["state"], day(case["claim date"]))
    ]


@cases("""
    entry, then sustain                    | work                    | as of      | entry       | sustain
    neither                                |                         | 2024-10-31 | in_progress | in_progress
    four weeks are running                 | mother 2024-10-15..     | 2024-10-31 | sustaining  | in_progress
    the entry is claimable                 | mother 2024-08-01..     | 2024-10-31 | claimable   | sustaining
    both                                   | mother 2024-01-01..     | 2024-10-31 | claimable   | claimable
""")
def test_a_kind_comes_after_another(case: Case) -> None:
    mother = frame("episode_member", ("episode", "mother", False))
    given = contract(WORK, KEPT, eligibility=replace(NATIONAL.eligibility, minimum=0, requires="nobody"))
    rows = claims(given, "state", work=case["work"], as_of=case["as of"], episode_member=mother)
    assert rows == [(case["entry"],), (case["sustain"],)]


def test_what_comes_first_must_not_be_complete_later() -> None:
    """The long spell was complete before the judgement was made that should have come first."""
    given = contract(TRAINING, kind("kept", Spell("employment_spell", 182), after=("training",)))
    progress = met("mother 2.1 2024-09-01")
    rows = claims(given, work="mother 2023-06-01..", progress=progress)
    assert ("kept", "mother", "in_progress", date(2023, 11, 29)) in rows
    rows = claims(given, work="mother 2023-06-01..", progress=met("mother 2.1 2023-11-29"))
    assert ("kept", "mother", "claimable", date(2023, 11, 29)) in rows


def test_each_person_waits_for_their_own_entry() -> None:
    given = contract(
        kind("trained", Judgement(0, needs=("2.1",))),
        kind("kept", Spell("employment_spell", 28), after=("trained",)),
    )
    rows = claims(
        given,
        "kind",
        "person",
        "state",
        work="mother 2024-01-01..; child 2024-01-01..",
        progress=met("child 2.1 2023-03-01"),
    )
    assert rows == [
        ("trained", "child", "claimable"),
        ("trained", "mother", "in_progress"),
        ("kept", "child", "claimable"),
        ("kept", "mother", "in_progress"),
    ]


ENTRY = replace(WORK, one_of="entry"), replace(TRAINING, one_of="entry")


def test_one_of_a_list_is_claimed_for_once_and_any_of_it_will_do() -> None:
    given = contract(*ENTRY, replace(KEPT, after=("work", "training")))
    rows = claims(
        given,
        "kind",
        "person",
        "state",
        work="mother 2024-01-01..",
        progress=met("mother 2.1 2023-12-01", "child 2.1 2024-01-01"),
    )
    assert rows == [
        ("work", "child", "in_progress"),
        ("work", "mother", "claimed"),  # complete on 28 January 2024: the training came first
        ("training", "child", "claimable"),
        ("training", "mother", "claimable"),
        ("kept", "child", "in_progress"),
        ("kept", "mother", "claimable"),
    ]


def test_judgements_of_the_whole_family_count_for_each_member_and_somebody_elses_do_not() -> None:
    assert claims(contract(TRAINING), "state", progress=met("- 2.1 2024-01-01")) == [
        ("claimable",),
        ("claimable",),
    ]
    assert claims(contract(TRAINING), "person", "state", progress=met("mother 2.1 2024-01-01")) == [
        ("child", "in_progress"),
        ("mother", "claimable"),
    ]
    of_family = contract(replace(TRAINING, unit="family"))
    assert claims(of_family, "state", progress=met("mother 2.1 2024-01-01")) == [("claimable",)]
    assert claims(of_family, "state", progress=met("mother 1.1 2024-01-01")) == [("in_progress",)]


def test_a_cap_leaves_the_earliest() -> None:
    given = contract(replace(WORK, most_per_family=1))
    rows = claims(given, "person", "state", "worth", work="child 2024-02-01..; mother 2024-01-01..")
    assert rows == [("child", "claimed", 0), ("mother", "claimable", 500)]


def test_a_cap_holds_over_all_episodes_of_a_family_and_counts_what_was_claimed() -> None:
    given = contract(replace(WORK, most_per_family=2))
    two = frame("episode", episode(), episode("later", start_date=day("2023-06-01")))
    members = frame(
        "episode_member", *((ref, who, True) for ref in ("episode", "later") for who in ("child", "mother"))
    )
    work = "child 2022-02-01..; mother 2022-02-01.."
    rows = claims(given, "episode", "person", "state", work=work, episode=two, episode_member=members)
    assert [row[2] for row in rows] == ["claimable", "claimable", "claimed", "claimed"]
    earlier = earlier_claims("work child episode 2024-01-01")
    rows = claims(given, "state", work=work, episode=two, episode_member=members, earlier_claim=earlier)
    assert [row[0] for row in rows] == ["claimed", "claimable", "claimed", "claimed"]


def test_one_job_is_paid_for_once_however_many_episodes_its_person_is_in() -> None:
    two = frame("episode", episode(), episode("later", start_date=day("2023-06-01")))
    members = frame("episode_member", *((ref, "mother", True) for ref in ("episode", "later")))
    frames: dict[str, Any] = {"episode": two, "episode_member": members}
    rows = claims(contract(WORK), "episode", "state", "worth", work="mother 2024-01-01..", **frames)
    assert rows == [("episode", "claimable", 500), ("later", "claimed", 0)]
    # Claimed for in one episode: not again in the other.
    for claimed_in in ("episode", "later"):
        earlier = earlier_claims(f"work mother {claimed_in} 2024-03-01")
        rows = claims(
            contract(WORK),
            "episode",
            "state",
            "worth",
            work="mother 2024-01-01..",
            **frames,
            earlier_claim=earlier,
        )
        assert {row[1] for row in rows} == {"claimed"}
        assert [row[0] for row in rows if row[2]] == [claimed_in]
    # What a family is claimed for is claimed for in each of its episodes.
    taken_on = contract(kind("taken_on", unit="family", about="attachment"))
    assert claims(taken_on, "state", **frames) == [("claimable",), ("claimable",)]


def earlier_claims(*facts: str) -> pl.DataFrame:
    """Earlier claims as `kind person episode day`, `-` for what is not said."""
    rows = [[None if part == "-" else part for part in fact.split()] for fact in facts]
    return pl.DataFrame(
        [("family", NATIONAL.id, day(on or ""), *what) for *what, on in rows],
        schema={
            "family": pl.String,
            "framework": pl.String,
            "claimed_on": pl.Date,
            "kind": pl.String,
            "person": pl.String,
            "episode": pl.String,
        },
        orient="row",
    )


@cases("""
    claimed before                       | earlier                        | work, child | work, mother | training, child | training, mother
    nothing                              |                                | claimable   | claimable    | in_progress     | in_progress
    that kind, person and episode        | work mother episode 2024-03-01 | claimable   | claimed      | in_progress     | claimed
    the other of the set                 | training mother episode 2024-03-01 | claimable | claimed    | in_progress     | claimed
    nobody in particular: everybody      | work - - 2024-03-01            | claimed     | claimed      | claimed         | claimed
    no kind in particular: every kind    | - mother - 2024-03-01          | claimable   | claimed      | in_progress     | claimed
    hers, another episode                | work mother before 2024-03-01  | claimable   | claimed      | in_progress     | claimed
    somebody who is not there            | work father - 2024-03-01       | claimable   | claimable    | in_progress     | in_progress
    after the as-of date                 | work mother - 2024-11-01       | claimable   | claimable    | in_progress     | in_progress
""")
def test_an_earlier_claim_bars_what_it_was_for(case: Case) -> None:
    rows = claims(
        contract(*ENTRY),
        "kind",
        "person",
        "state",
        work="child 2024-02-01..; mother 2024-01-01..",
        earlier_claim=earlier_claims(*some(case["earlier"])),
    )
    assert [f"{kind}, {person} {state}" for kind, person, state in rows] == [
        f"{heading} {case[heading]}"
        for heading in ("work, child", "work, mother", "training, child", "training, mother")
    ]


@pytest.mark.parametrize("earlier", ["- - - 2024-03-01", "work mother episode 2024-03-01"])
def test_where_a_family_is_claimed_for_once_any_earlier_claim_bars_every_kind(earlier: str) -> None:
    given = contract(WORK, kind("needs"), once=True)
    rows = claims(
        given, "kind", "state", "worth", work="child 2024-02-01..", earlier_claim=earlier_claims(earlier)
    )
    assert {row[1] for row in rows} == {"claimed"}
    assert sum(row[2] for row in rows) == 500


def test_progress_or_work_never_both() -> None:
    """Significant and sustained progress, or continuous employment: whichever is complete first."""
    progress = kind("progress", unit="family")
    given = contract(progress, replace(WORK, most_per_family=1), once=True, minimum=2)
    need = frame("need", *(("episode", "child", code, day("2023-01-05")) for code in CODES))
    judged = met(*(f"child {code} 2023-03-01" for code in CODES))
    for since, states in (
        ("2024-01-01", ["claimable", "in_progress", "claimed"]),
        ("2023-02-01", ["claimed", "in_progress", "claimable"]),
    ):
        rows = claims(given, "state", work=f"mother {since}..", need=need, progress=judged)
        assert [row[0] for row in rows] == states


@cases("""
    tiers by the claim date     | since      | state          | worth
    the first tier's last day   | 2024-03-04 | claimable      | 500
    the second tier's first day | 2024-03-05 | claimable      | 700
    its last day                | 2024-08-04 | claimable      | 700
    no price any more           | 2024-08-05 | outside_period | 0
""")
def test_prices_go_by_the_claim_date(case: Case) -> None:
    tiers = (Price(500, None, date(2024, 3, 31)), Price(700, date(2024, 4, 1), date(2024, 8, 31)))
    rows = claims(
        contract(replace(WORK, prices=tiers)), "person", "state", "worth", work=f"mother {case['since']}.."
    )
    assert rows[1] == ("mother", case["state"], int(case["worth"]))


def test_a_kind_without_prices_is_worth_what_the_framework_pays() -> None:
    rows = claims(contract(replace(WORK, prices=())), "worth", work="mother 2024-01-01..")
    assert [row[0] for row in rows] == [0, 800]


@cases("""
    when it will be complete                 | rule       | work                | state        | expected
    the last day of the window               | work       | mother 2024-10-15.. | sustaining   | 2024-11-11
    outside the period by then               | work       | mother 2024-10-25.. | sustaining   |
    it is already                            | work       | mother 2024-01-01.. | claimable    | 2024-01-28
    nothing has begun                        | work       |                     | in_progress  |
    terms to come cannot be told             | attendance |                     | sustaining   |
""")
def test_the_day_on_which_a_claim_is_complete_if_nothing_changes(case: Case) -> None:
    rules: dict[str, Rule] = {
        "work": Spell("employment_spell", 28),
        "attendance": Attendance(Fraction(9, 10), 6),
    }
    sessions = frame(
        "school_attendance", ("mother", "2023/24", "Summer", day("2024-04-15"), day("2024-07-23"), 100, 99)
    )
    given = contract(kind("work", rules[case["rule"]]))
    rows = claims(given, "state", "expected_on", work=case["work"], school_attendance=sessions)
    assert rows[1] == (case["state"], day(case["expected"]))


def test_the_digest_of_a_claim_stays_while_nothing_about_it_changes() -> None:
    def digests(as_of: str, work: str, **frames: Any) -> list[str]:
        found = evaluated(
            contract(WORK, kind("quiet", NoEvent("police_incident", 3), unit="family")),
            as_of,
            work,
            coverage=coverage("police_incident", ALWAYS),
            **frames,
        )
        slots = found.claim.with_columns(slot=pl.col("kind") + pl.col("person").fill_null(""))
        return list(evidence_digests(found.need, slots, found.claim_evidence)["evidence_digest"])

    first = digests("2024-03-31", "mother 2024-01-01..")
    assert len(set(first)) == 3
    assert all(len(digest) == 64 for digest in first)
    # A quarter later, claimed for meanwhile, closed in the regular way: the mother's claim and the family's stay.
    later = digests(
        "2024-06-30",
        "mother 2024-01-01..",
        earlier_claim=earlier_claims("work mother - 2024-04-15"),
        episode=frame("episode", episode(end_date=day("2024-05-01"), closure_reason="step_down")),
    )
    assert later == first
    changed = digests("2024-06-30", "mother 2024-01-02..")
    assert [one == other for one, other in zip(first, changed, strict=True)] == [True, True, False]
    incident = frame("police_incident", ("child", day("2024-02-01"), "suspect", False))
    changed = digests("2024-06-30", "mother 2024-01-01..", police_incident=incident)
    assert [one == other for one, other in zip(first, changed, strict=True)] == [False, True, True]


def test_a_slot_is_in_the_digest() -> None:
    found = evaluated(contract(WORK), work="mother 2024-01-01..")
    one, other = (
        evidence_digests(found.need, found.claim.with_columns(slot=pl.lit(slot)), found.claim_evidence)
        for slot in "ab"
    )
    assert set(one["evidence_digest"]).isdisjoint(other["evidence_digest"])


def test_other_pseudonyms_for_the_same_people_give_the_same_digest() -> None:
    """Keys are replaced from time to time; a claim in the ledger must not look changed for that."""
    need = frame("need", *(("episode", who, "1.1", day("2023-01-05")) for who in ("child", "mother")))
    judged = met("child 1.1 2023-03-01", "mother 1.1 2023-04-01")
    found = evaluated(contract(WORK, kind("needs", unit="family")), need=need, progress=judged)

    def renamed(rows: pl.DataFrame) -> pl.DataFrame:
        names = {"episode": "aaa", "child": "zzz", "mother": "bbb"}
        return rows.with_columns(pl.col("episode", "person").replace(names))

    before = evidence_digests(found.need, found.claim, found.claim_evidence)
    after = evidence_digests(*map(renamed, (found.need, found.claim, found.claim_evidence)))
    assert renamed(before).sort("kind", "person").equals(after.sort("kind", "person"))
    # Whose need it is makes a difference all the same.
    exchanged = evaluated(
        contract(WORK, kind("needs", unit="family")),
        need=need,
        progress=met("child 1.1 2023-03-01", "child 1.1 2023-04-01"),
    )
    other = evidence_digests(exchanged.need, exchanged.claim, exchanged.claim_evidence)
    assert (
        before.filter(kind="needs")["evidence_digest"][0] != other.filter(kind="needs")["evidence_digest"][0]
    )
