"""What stands between an episode and a claim, first things first; and what the ledger says of it."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from outcomes import Framework, read_framework
from pipelines.running.slots import LIVE
from pipelines.running.standing import (
    barred_by_earlier_claims,
    beside_what_is_entered,
    evidence_by_slot,
    obstacle,
    once_for_each_fund,
    with_steps,
)
from release.places import PROJECT

FOLDER = PROJECT / "data" / "frameworks"
NATIONAL = read_framework(FOLDER / "supporting-families-2022.toml")
CONTRACT = read_framework(FOLDER / "family-outcomes-contract.toml")
PASSED = {"assessment_ok": True, "plan_ok": True, "lead_practitioner_ok": True, "some_not_evidenced": False}
MADE = {"made": True}
DAY = date(2024, 7, 1)


def first_obstacle(framework: Framework, *rows: dict[str, object]) -> list[str]:
    every = [{"slot": "s", "state": row["evidence_state"], "made": False, **PASSED, **row} for row in rows]
    return pl.DataFrame(every).select(obstacle(framework)).to_series().to_list()


@pytest.mark.parametrize(
    ("facts", "expected"),
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
        ({"evidence_state": "in_progress", "state": "claimed", **MADE}, "already_claimed"),
        ({"evidence_state": "claimable", "state": "claimed", **MADE}, "already_claimed"),
    ],
)
def test_obstacle(facts: dict[str, object], expected: str) -> None:
    assert first_obstacle(NATIONAL, facts) == [expected]


def test_a_practice_test_that_the_framework_does_not_ask_for_stands_in_nobodys_way() -> None:
    without = replace(NATIONAL, practice_tests=("plan",))
    row = {"evidence_state": "evidence_gap", "assessment_ok": False, "plan_ok": False}
    assert first_obstacle(without, row) == ["plan_missing"]


def test_the_other_episode_of_a_claimable_family() -> None:
    rows = ({"evidence_state": "claimable"}, {"evidence_state": "claimable", "state": "claimed"})
    assert first_obstacle(NATIONAL, *rows) == ["none", "other_episode"]


def test_of_a_rate_card_what_is_over_the_cap_or_the_other_of_a_set() -> None:
    same_slot = ({"evidence_state": "claimable"}, {"evidence_state": "claimable", "state": "claimed"})
    assert first_obstacle(CONTRACT, *same_slot) == ["none", "other_claim"]
    over_the_cap = {"evidence_state": "claimable", "state": "claimed", "slot": "t"}
    assert first_obstacle(CONTRACT, {"evidence_state": "claimable"}, over_the_cap) == ["none", "other_claim"]


def claim(*rows: dict[str, object]) -> pl.DataFrame:
    every = [
        {
            "framework": NATIONAL.id,
            "episode": f"e{number}",
            "kind": "successful_family_outcome",
            "slot": "s1",
            "fund_slot": f"f{number}",
            "state": "claimable",
            "evidence_state": "claimable",
            "claim_date": DAY,
            "evidence_digest": f"d{number}",
            "obstacle": "none",
            "worth": 800,
            **row,
        }
        for number, row in enumerate(rows)
    ]
    return pl.DataFrame(every, schema_overrides={"claim_date": pl.Date})


def live(*rows: tuple[str, bool, int, str, str]) -> pl.DataFrame:
    """`slot, own, number, step, evidence` of live claims of the national kind on DAY."""
    return pl.DataFrame([(*row, "successful_family_outcome", DAY) for row in rows], schema=LIVE, orient="row")


def test_the_live_claim_is_about_the_episode_with_its_very_evidence() -> None:
    steps = with_steps(claim({}, {}), live(("s1", True, 7, "submitted", "d1")))
    assert steps.select("step", "evidence_changed").rows() == [("none", False), ("submitted", False)]
    assert evidence_by_slot(steps) == {"s1": "d1"}


def test_evidence_that_is_other_than_what_was_entered_is_told_once() -> None:
    rows = ({"evidence_state": "in_progress", "claim_date": None}, {"claim_date": date(2024, 8, 1)}, {})
    steps = with_steps(claim(*rows), live(("s1", True, 7, "claimable", "gone")))
    # The claimable episode of the very day is likelier what was claimed for than the others.
    assert steps.select("step", "evidence_changed").rows() == [
        ("none", False),
        ("none", False),
        ("claimable", True),
    ]
    assert evidence_by_slot(steps) == {"s1": "d2"}


def test_a_slot_that_only_a_fund_knows_gives_no_step() -> None:
    steps = with_steps(claim({}), live(("f0", False, 7, "paid", "d0")))
    assert steps["step"].to_list() == ["none"]


SECOND = replace(NATIONAL, id="second", fund=NATIONAL.fund)
ELSEWHERE = replace(NATIONAL, id="elsewhere", fund="another")
NO_LIVE = LIVE.to_frame()


@pytest.mark.parametrize(
    ("order", "counts"),
    [((NATIONAL, SECOND), NATIONAL.id), ((SECOND, NATIONAL), "second")],
)
def test_an_episode_counts_under_the_first_framework_of_a_fund(
    order: tuple[Framework, ...], counts: str
) -> None:
    rows = claim(*({"framework": one.id, "episode": "e", "slot": one.id, "fund_slot": "f"} for one in order))
    found = once_for_each_fund(rows, order, NO_LIVE)
    assert dict(found.select("framework", "worth").iter_rows()) == {
        one.id: 800 if one.id == counts else 0 for one in order
    }
    assert found.filter(pl.col("worth") == 0)["obstacle"].to_list() == ["other_framework"]


def test_what_draws_on_another_fund_counts_beside() -> None:
    order = (NATIONAL, ELSEWHERE)
    rows = claim(
        *({"framework": one.id, "episode": "e", "slot": one.id, "fund_slot": one.id} for one in order)
    )
    assert once_for_each_fund(rows, order, NO_LIVE)["obstacle"].to_list() == ["none", "none"]


def test_a_claim_in_the_ledger_counts_before_the_order_of_frameworks() -> None:
    order = (NATIONAL, SECOND)
    rows = claim(*({"framework": one.id, "episode": "e", "slot": one.id, "fund_slot": "f"} for one in order))
    held = live(("second", True, 3, "claimable", "d"), ("f", False, 3, "claimable", "d"))
    found = once_for_each_fund(rows, order, held)
    assert dict(found.select("framework", "obstacle").iter_rows()) == {
        NATIONAL.id: "other_framework",
        "second": "none",
    }


def test_an_earlier_claim_for_another_episode_takes_nothing_from_a_later_framework() -> None:
    order = (SECOND, NATIONAL)
    rows = claim(
        {
            "framework": "second",
            "episode": "e",
            "slot": "a",
            "state": "claimed",
            "evidence_state": "in_progress",
            "obstacle": "already_claimed",
        },
        {"episode": "e", "slot": "b"},
    )
    assert once_for_each_fund(rows, order, NO_LIVE)["obstacle"].to_list() == ["already_claimed", "none"]


def barred(
    *earlier: tuple[str, date, str | None, str | None],
    frameworks: tuple[Framework, ...] = (NATIONAL, SECOND, ELSEWHERE),
) -> list[tuple[str, str]]:
    """Which rows are barred by `framework, claimed_on, kind, episode`; one episode began on DAY, one a year later."""
    rows = claim(
        *(
            {"family": "fam", "person": None, "framework": one.id, "episode": episode}
            for one in frameworks
            for episode in ("e0", "e1")
        )
    ).with_columns(pl.col("person").cast(pl.String))
    given = pl.DataFrame(
        [("fam", framework, day, kind, None, episode) for framework, day, kind, episode in earlier],
        schema={
            **dict.fromkeys(("family", "framework"), pl.String),
            "claimed_on": pl.Date,
            **dict.fromkeys(("kind", "person", "episode"), pl.String),
        },
        orient="row",
    )
    episodes = pl.DataFrame({"episode": ["e0", "e1"], "start_date": [DAY, DAY.replace(year=2025)]})
    funds = {"ended": NATIONAL.fund, **{one.id: one.fund for one in frameworks}}
    found = barred_by_earlier_claims(rows, frameworks, funds, given, episodes, date(2026, 1, 1))
    assert found.select("framework", "episode").equals(rows.select("framework", "episode"))
    taken = found.filter(pl.col("obstacle") == "other_framework")
    assert (taken["worth"] == 0).all()
    return sorted(taken.select("framework", "episode").rows())


def test_a_claim_under_another_framework_of_the_fund_bars_the_episode_that_it_falls_into() -> None:
    both = [("second", "e0"), (NATIONAL.id, "e0")]
    # Whether that framework is active still or not, and wherever it stands among them.
    assert barred(("ended", DAY, None, None)) == both
    assert barred(("second", DAY, None, None)) == [(NATIONAL.id, "e0")]
    assert barred((NATIONAL.id, DAY, None, None)) == [("second", "e0")]
    assert barred(("ended", date(2024, 6, 30), None, None)) == []
    assert barred(("ended", date(2025, 7, 1), None, "e1")) == [("second", "e1"), (NATIONAL.id, "e1")]
    assert barred(("elsewhere", DAY, None, None), ("nobody knows", DAY, None, None)) == []
    # What is not known on the as-of date is not known.
    assert barred(("ended", date(2026, 1, 2), None, None)) == []


def test_of_a_fund_with_several_kinds_it_bars_the_kind_that_it_names() -> None:
    card = replace(NATIONAL, payment=replace(NATIONAL.payment, one_claim_per_family=False))
    assert barred(("ended", DAY, "another", None), frameworks=(card,)) == []
    assert barred(("ended", DAY, "another", None), frameworks=(NATIONAL,)) == [(NATIONAL.id, "e0")]
    assert barred(("ended", DAY, card.claims[0].code, None), frameworks=(card,)) == [(card.id, "e0")]


CAPPED = next(kind for kind in CONTRACT.claims if kind.most_per_family == 2 and kind.unit == "person")
THREE_DAYS = [date(2024, 7, day) for day in (3, 1, 2)]


def beside(*steps: str, made: int = 0, slots: tuple[str, ...] = ("s0", "s1", "s2")) -> list[str]:
    """The obstacles of three claimable claims of a kind of which two are paid for a family, with these steps."""
    rows = claim(
        *(
            {
                "family": "fam",
                "person": slot,
                "kind": CAPPED.code,
                "slot": slot,
                "step": step,
                "claim_date": day,
            }
            for slot, step, day in zip(slots, steps, THREE_DAYS, strict=True)
        )
    )
    earlier = pl.DataFrame(
        [("fam", CONTRACT.id, CAPPED.code, f"p{number}", DAY) for number in range(made)],
        schema={
            **dict.fromkeys(("family", "framework", "kind", "person"), pl.String),
            "claimed_on": pl.Date,
        },
        orient="row",
    )
    found = beside_what_is_entered(rows, CONTRACT, earlier)
    assert found.columns == rows.columns
    assert found["episode"].equals(rows["episode"])
    assert found["worth"].to_list() == [0 if one == "other_claim" else 800 for one in found["obstacle"]]
    return found["obstacle"].to_list()


def test_a_claim_that_is_entered_takes_a_place_below_its_cap() -> None:
    # The latest one was entered first: of the two that have come since, the earlier finds a place.
    assert beside("claimable", "none", "none") == ["none", "none", "other_claim"]
    assert beside("claimable", "audited", "none") == ["none", "none", "other_claim"]
    assert beside("claimable", "none", "none", made=1) == ["none", "other_claim", "other_claim"]
    # What was submitted is among those made.
    assert beside("submitted", "none", "none", made=1) == ["none", "none", "other_claim"]


def test_of_one_slot_what_is_entered_counts_or_else_the_earliest() -> None:
    assert beside("none", "none", "none", slots=("a", "a", "b")) == ["other_claim", "none", "none"]
    assert beside("claimable", "none", "none", slots=("a", "a", "b")) == ["none", "other_claim", "none"]
