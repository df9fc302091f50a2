"""What stands between an episode and a claim, first things first."""

import polars as pl
import pytest

from pipelines.running.evaluation import _obstacle

PASSED = {"assessment_ok": True, "plan_ok": True, "lead_practitioner_ok": True, "some_not_evidenced": False}


@pytest.mark.parametrize(
    ("facts", "obstacle"),
    [
        ({"evidence_state": "claimable"}, "none"),
        ({"evidence_state": "not_eligible"}, "not_eligible"),
        ({"evidence_state": "closed_otherwise"}, "closed_otherwise"),
        ({"evidence_state": "in_progress", "assessment_ok": False}, "need_outstanding"),
        (
            {"evidence_state": "evidence_gap", "some_not_evidenced": True, "plan_ok": False},
            "need_not_evidenced",
        ),
        ({"evidence_state": "evidence_gap", "assessment_ok": False, "plan_ok": False}, "assessment_missing"),
        ({"evidence_state": "evidence_gap", "plan_ok": False, "lead_practitioner_ok": False}, "plan_missing"),
        ({"evidence_state": "evidence_gap", "lead_practitioner_ok": False}, "no_lead_practitioner"),
        ({"evidence_state": "sustaining"}, "sustaining"),
        ({"evidence_state": "outside_period"}, "outside_period"),
        ({"evidence_state": "in_progress", "state": "claimed"}, "already_claimed"),
        ({"evidence_state": "claimable", "state": "claimed"}, "already_claimed"),
    ],
)
def test_obstacle(facts: dict[str, object], obstacle: str) -> None:
    row = {"family": "f", "state": facts["evidence_state"], **PASSED, **facts}
    assert pl.DataFrame([row]).select(_obstacle()).item() == obstacle


def test_the_other_episode_of_a_claimable_family() -> None:
    rows = [
        {"family": "f", "state": state, "evidence_state": "claimable", **PASSED}
        for state in ("claimable", "claimed")
    ]
    assert pl.DataFrame(rows).select(_obstacle()).to_series().to_list() == ["none", "other_episode"]
