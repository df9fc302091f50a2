"""The words of a team's list: every reason has some, and every window that runs has its last day."""

from datetime import date
from fractions import Fraction

import polars as pl
import pytest

from figures.held_up import EVIDENCE, missing_code
from outcomes import Reason, read_framework
from outcomes.rules import AllOf, Attendance, Judgement, NoEvent, Rule, Spell
from pipelines import worklist
from pipelines.answers.dimensions import _WORDS
from pipelines.worklist import WorklistError, make_worklist
from release.places import PROJECT

NATIONAL = read_framework(PROJECT / "data" / "frameworks" / "supporting-families-2022.toml")
CONTRACT = read_framework(PROJECT / "data" / "frameworks" / "family-outcomes-contract.toml")
SINCE = date(2024, 8, 31)


def test_every_reason_has_words() -> None:
    assert set(worklist._REASONS) == set(Reason)


def test_everything_that_can_be_missing_or_in_the_way_has_a_label() -> None:
    assert set(_WORDS["missing"]) >= {
        *(missing_code(extract) for extract in EVIDENCE),
        *("outstanding", "sustaining", "not_evidenced", "assessment", "plan", "lead_practitioner"),
    }
    assert set(worklist._ON_THE_LIST) <= set(_WORDS["obstacle"])
    assert set(_WORDS["obstacle"]) >= {"other_episode", "other_claim", "other_framework", "already_claimed"}


@pytest.mark.parametrize(
    ("rule", "part", "until"),
    [
        (NoEvent("police_incident", 6), None, date(2025, 2, 27)),
        (Judgement(6), None, date(2025, 2, 27)),
        (Spell("employment_spell", 182), None, date(2025, 2, 28)),
        (AllOf((Judgement(6),)), date(2025, 1, 1), date(2025, 1, 1)),
        (AllOf((Judgement(6),)), None, None),
        (Attendance(Fraction(9, 10), 6), None, None),
        (None, None, None),
    ],
)
def test_until_when_it_must_hold(rule: Rule | None, part: date | None, until: date | None) -> None:
    need = {"state": "sustaining", "achieved_on": SINCE, "until": part}
    assert worklist._until(need, rule) == until
    assert worklist._until({**need, "state": "outstanding"}, rule) is None


def tables(**claim: object) -> dict[str, pl.DataFrame]:
    row = {
        "family": "f",
        "episode": "e",
        "person": None,
        "framework": NATIONAL.id,
        "kind": NATIONAL.claims[0].code,
        "obstacle": "need_outstanding",
        "needs": 3,
        "headlines": 3,
        "needs_met": 1,
        "assessment_ok": True,
        "plan_ok": False,
        "lead_practitioner_ok": True,
        "claim_date": None,
        "expected_on": None,
        "rows_in_quarantine": 2,
        "pairs_in_review": 1,
        "poor_match": True,
        **claim,
    }
    days = {"claim_date": pl.Date, "expected_on": pl.Date, "person": pl.String}
    need = {
        "episode": "e",
        "person": None,
        "framework": NATIONAL.id,
        "need_code": "7.1",
        "state": "not_evidenced",
        "reason": "not_covered",
        "identified_on": SINCE,
        "achieved_on": SINCE,
        "poor_match": True,
    }
    gap = {
        "episode": "e",
        "person": None,
        "framework": NATIONAL.id,
        "need_code": "7.1",
        "measure": "coverage",
        "value": "not covered",
        "extract": "police_incident",
        "window_from": SINCE,
        "window_to": date(2024, 10, 31),
    }
    return {
        "episode": pl.DataFrame({"episode": ["e", "x"], "family": ["f", "g"], "team": ["North", "other"]}),
        "claim": pl.DataFrame([row], schema_overrides=days),
        "need": pl.DataFrame([need], schema_overrides={"person": pl.String}),
        "claim_evidence": pl.DataFrame([gap], schema_overrides={"person": pl.String}),
    }


REFERENCES = pl.DataFrame(
    [("family", "f", "F2"), ("family", "f", "F1"), ("episode", "e", "=E1")],
    schema=["kind", "pseudonym", "reference"],
    orient="row",
)


def test_a_family_is_told_with_all_it_lacks_and_all_its_references() -> None:
    found = make_worklist("North", tables(), REFERENCES, [NATIONAL])
    (family,) = found.families.rows(named=True)
    assert family["family_ref"] == "F1, F2"
    assert family["episode_ref"] == "=E1"
    assert family["what is lacking"] == (
        "something is not reached: see the sheet Needs; no plan, or one from before the assessment; "
        "2 rows about it are in quarantine: see the data-quality report; "
        "1 pair of records about its people waits for an answer: see review.csv"
    )
    assert family["rests on a poorly matched extract"] == "yes"
    (need,) = found.needs.rows(named=True)
    assert need["what is lacking"].endswith("Police incidents, 2024-08-31 to 2024-10-31.")
    assert (need["need"], need["state"], need["must hold until"]) == ("7.1", "not evidenced", None)
    assert found.left_out == 0


@pytest.mark.parametrize(
    "obstacle", ["already_claimed", "other_episode", "outside_period", "closed_otherwise"]
)
def test_of_what_nothing_more_can_come_it_is_silent(obstacle: str) -> None:
    found = make_worklist("North", tables(obstacle=obstacle), REFERENCES, [NATIONAL])
    assert found.families.is_empty()
    assert found.needs.is_empty()
    assert found.left_out == 1


def test_what_a_rate_card_might_pay_for_some_day_is_no_lack() -> None:
    own = next(kind.code for kind in CONTRACT.claims if kind.about == "rule")
    rate_card = tables(framework=CONTRACT.id, kind=own)
    assert make_worklist("North", rate_card, REFERENCES, [CONTRACT]).families.is_empty()
    ready = tables(framework=CONTRACT.id, kind=own, obstacle="none", plan_ok=True)
    assert make_worklist("North", ready, REFERENCES, [CONTRACT]).families.height == 1


def test_a_team_that_is_none_is_refused_with_those_there_are() -> None:
    with pytest.raises(WorklistError, match="North, other"):
        make_worklist("South", tables(), REFERENCES, [NATIONAL])
