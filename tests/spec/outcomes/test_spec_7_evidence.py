"""Chapter 7. Every answer explains itself: rule, days, window, records, coverage, tests."""

from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl

from outcomes import FRAMES, Measure
from outcomes.rules import AllOf, Attendance, Judgement, NoEvent, Rule, Spell
from tests.spec.outcomes.auditor import council, coverage, day, episode, frame, framework

AS_OF = "2024-10-31"
VERSION = "supporting-families-2022/1"


def facts(rule: Rule, person: str | None = "child", **frames: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Measure, value, window, extract, record and rule version of every fact about one need."""
    need = frame("need", ("episode", person, "1.1", day("2024-01-10")))
    given = {"need": need, **frames}
    evidence = council(as_of=AS_OF, given=framework({"1.1": rule}), **given).claim_evidence
    assert set(evidence["measure"]) <= set(Measure)
    about_need = evidence.filter(pl.col("need_code") == "1.1")
    assert about_need.select(pl.col("person").eq_missing(pl.lit(person)).all()).item()
    return list(about_need.select(pl.exclude("episode", "person", "need_code", "kind")).iter_rows())


def test_silence_names_the_last_record_and_the_days_that_had_to_be_covered() -> None:
    assert facts(
        NoEvent("police_incident", 6),
        police_incident=frame(
            "police_incident",
            ("child", day("2024-02-01"), "suspect", False),
            ("child", day("2024-03-01"), "victim", False),
        ),
        coverage=coverage("police_incident", "2020-04-01..2024-10-31"),
    ) == [
        ("identified", "1.1", date(2024, 1, 10), date(2024, 1, 10), "need", "need 1", f"{VERSION} 1.1"),
        ("outcome", "sustained", date(2024, 3, 2), date(2024, 9, 1), None, None, f"{VERSION} 1.1"),
        (
            "last_record",
            "2024-03-01",
            date(2024, 3, 1),
            date(2024, 3, 1),
            "police_incident",
            "police_incident 2",
            f"{VERSION} 1.1",
        ),
        (
            "coverage",
            "covered",
            date(2024, 3, 2),
            date(2024, 9, 1),
            "police_incident",
            None,
            f"{VERSION} 1.1",
        ),
    ]


def test_silence_without_records_says_so_and_what_is_not_covered() -> None:
    found = facts(
        NoEvent("police_incident", 6), coverage=coverage("police_incident", "2020-04-01..2024-03-31")
    )
    assert [fact[:6] for fact in found[2:]] == [
        ("last_record", "none", None, None, "police_incident", None),
        ("coverage", "not covered", date(2024, 1, 10), date(2024, 7, 9), "police_incident", None),
    ]


def test_attendance_shows_the_sums_of_both_terms_and_their_records() -> None:
    spring = ("2023/24", "Spring", day("2024-01-10"), day("2024-04-04"))
    summer = ("2023/24", "Summer", day("2024-04-22"), day("2024-07-22"))
    rows = frame(
        "school_attendance",
        ("child", *spring, 100, 80),
        ("child", *spring, 20, 20),
        ("child", *summer, 100, 99),
        ("child", *summer, 100, 99),
        ("other", *summer, 100, 1),
    )
    found = facts(Attendance(Fraction(9, 10), 6), school_attendance=rows)
    assert [(fact[0], fact[1], fact[2], fact[5]) for fact in found[2:]] == [
        ("term", "100/120", date(2024, 1, 10), None),
        ("term", "99/100", date(2024, 4, 22), None),
        ("term_record", "80/100", date(2024, 1, 10), "school_attendance 1"),
        ("term_record", "20/20", date(2024, 1, 10), "school_attendance 2"),
        ("term_record", "99/100", date(2024, 4, 22), "school_attendance 3"),
    ]


def test_a_spell_is_named() -> None:
    spells = frame("employment_spell", ("child", day("2024-02-01"), None))
    found = facts(Spell("employment_spell", 182), employment_spell=spells)
    assert found[2][:6] == (
        "spell",
        "open",
        date(2024, 2, 1),
        None,
        "employment_spell",
        "employment_spell 1",
    )


def test_a_combined_rule_shows_what_each_part_came_to() -> None:
    found = facts(
        AllOf((NoEvent("police_incident", 6), Judgement(6))),
        person=None,
        progress=frame(
            "progress",
            ("episode", None, "1.1", day("2024-02-01"), "regressed", False),
            ("episode", None, "1.1", day("2024-03-01"), "met", False),
            ("episode", None, "1.1", day("2024-04-01"), "met", False),
        ),
        coverage=coverage("police_incident", "2020-04-01..2024-10-31"),
    )
    assert [(fact[0], fact[1], fact[2], fact[5], fact[6]) for fact in found[1:]] == [
        ("outcome", "sustained", date(2024, 3, 1), None, f"{VERSION} 1.1"),
        ("part", "sustained", date(2024, 1, 10), None, f"{VERSION} 1.1/1"),
        ("last_record", "none", None, None, f"{VERSION} 1.1/1"),
        ("coverage", "covered", date(2024, 1, 10), None, f"{VERSION} 1.1/1"),
        ("part", "sustained", date(2024, 3, 1), None, f"{VERSION} 1.1/2"),
        ("met", "2024-03-01", date(2024, 3, 1), "progress 2", f"{VERSION} 1.1/2"),
        ("regressed", "2024-02-01", date(2024, 2, 1), "progress 1", f"{VERSION} 1.1/2"),
    ]


def test_a_waiver_is_named() -> None:
    progress = frame("progress", ("episode", "child", "1.1", day("2024-02-01"), "waived", True))
    found = facts(Attendance(Fraction(9, 10), 6, waiver=True), progress=progress)
    assert found[1][:4] == ("outcome", "waived", date(2024, 2, 1), date(2024, 2, 1))
    assert found[2][:2] + found[2][4:6] == ("waiver", "reason recorded", "progress", "progress 1")


def test_a_claim_shows_its_tests() -> None:
    evaluation = council(
        as_of=AS_OF,
        given=framework({"1.1": Judgement(6)}),
        episode=frame(
            "episode", episode(end_date=day("2024-05-01"), closure_reason="step_up", plan_date=None)
        ),
        earlier_claim=frame("earlier_claim", ("family", "supporting-families-2022", day("2024-06-01"))),
    )
    columns = ("need_code", "measure", "value", "window_from")
    assert list(evaluation.claim_evidence.select(columns).iter_rows()) == [
        (None, "eligible", "failed: 0 needs, 0 headlines, a child or expectant parent", date(2023, 1, 1)),
        (None, "assessment", "passed", date(2023, 1, 10)),
        (None, "plan", "failed", None),
        (None, "lead_practitioner", "passed", None),
        (None, "closing", "failed: step_up", date(2024, 5, 1)),
        (None, "earlier_claim", "2024-06-01", date(2024, 6, 1)),
    ]


def test_the_same_rows_in_any_order_give_the_same_answers() -> None:
    given = framework({"1.1": NoEvent("police_incident", 6, waiver=True), "2.1": Judgement(6)})
    frames = {
        "need": frame(
            "need", *(("episode", who, "1.1", day("2024-01-10")) for who in (None, "child", "mother"))
        ),
        "progress": frame(
            "progress", *(("episode", "child", "1.1", day("2024-02-01"), "waived", True) for _ in range(9))
        ),
        "police_incident": frame(
            "police_incident", *(("mother", day("2024-02-01"), "suspect", False) for _ in range(9))
        ),
        "coverage": coverage("police_incident", "2020-04-01..2024-03-31; 2024-03-15..2024-10-31"),
    }
    assert set(frames) <= set(FRAMES)
    first = council(as_of=AS_OF, given=given, **frames)
    second = council(as_of=AS_OF, given=given, **{name: rows.reverse() for name, rows in frames.items()})
    assert first.need.equals(second.need)
    assert first.claim.equals(second.claim)
    assert first.claim_evidence.equals(second.claim_evidence)
