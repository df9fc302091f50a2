"""Frames that are not as promised are refused before anything is evaluated, and no message holds a value."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from outcomes import FRAMES, evaluate, read_framework
from outcomes.frames import qualifying
from outcomes.rules import EXTRACTS
from pipelines.contracts import CONTRACTS

FRAMEWORK = read_framework(
    Path(__file__).parents[2] / "data" / "frameworks" / "supporting-families-2022.toml"
)
AS_OF = date(2024, 10, 31)
EMPTY = {name: pl.DataFrame(schema=columns) for name, columns in FRAMES.items()}
EPISODE = pl.DataFrame(
    [("secret", "family", AS_OF, None, None, None, True, None, None)], schema=FRAMES["episode"], orient="row"
)


def changed(**frames: pl.DataFrame) -> dict[str, pl.DataFrame]:
    return {**EMPTY, **frames}


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        ({k: v for k, v in EMPTY.items() if k != "coverage"}, "the frame coverage is missing"),
        (changed(need=EMPTY["need"].drop("person")), "the frame need has no column person"),
        (changed(episode=EPISODE.with_columns(pl.col("start_date").cast(pl.String))), "start_date is String"),
        (changed(episode=EPISODE.with_columns(start_date=None)), "episode.start_date is null in 1 rows"),
        (
            changed(episode=pl.concat([EPISODE, EPISODE.with_columns(family=pl.lit("another"))])),
            "two different rows of the frame episode describe the same episode",
        ),
    ],
)
def test_what_is_refused(frames: dict[str, pl.DataFrame], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        evaluate(frames, FRAMEWORK, as_of=AS_OF)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"as_of": AS_OF, "payment": "monthly"}, "payment is one of"),
        ({"as_of": date(9999, 1, 1)}, "too far in the future"),
    ],
    ids=["payment", "as-of date"],
)
def test_settings_that_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        evaluate(EMPTY, FRAMEWORK, **settings)


def test_no_families_no_answers() -> None:
    needed = ("episode", "episode_member", "need", "progress", "coverage")
    evaluation = evaluate({name: EMPTY[name] for name in needed}, FRAMEWORK, as_of=AS_OF)
    assert evaluation.need.schema == {
        "episode": pl.String,
        "person": pl.String,
        "need_code": pl.String,
        "headline": pl.String,
        "identified_on": pl.Date,
        "state": pl.String,
        "achieved_on": pl.Date,
        "sustained_on": pl.Date,
        "rule": pl.String,
        "reason": pl.String,
    }
    assert evaluation.claim.schema == {
        "episode": pl.String,
        "family": pl.String,
        "person": pl.String,
        "framework": pl.String,
        "kind": pl.String,
        "state": pl.String,
        "evidence_state": pl.String,
        "claim_date": pl.Date,
        "expected_on": pl.Date,
        "eligible": pl.Boolean,
        "needs": pl.Int64,
        "headlines": pl.Int64,
        "needs_met": pl.Int64,
        "assessment_ok": pl.Boolean,
        "plan_ok": pl.Boolean,
        "lead_practitioner_ok": pl.Boolean,
        "worth": pl.Int64,
    }
    assert evaluation.claim_evidence.schema == {
        "episode": pl.String,
        "person": pl.String,
        "need_code": pl.String,
        "measure": pl.String,
        "value": pl.String,
        "window_from": pl.Date,
        "window_to": pl.Date,
        "extract": pl.String,
        "record": pl.String,
        "rule_version": pl.String,
        "kind": pl.String,
    }
    assert evaluation.need.is_empty() and evaluation.claim.is_empty() and evaluation.claim_evidence.is_empty()


def test_an_episode_repeated_exactly_is_one_episode_and_columns_without_a_value_may_have_no_type() -> None:
    twice = pl.concat([EPISODE, EPISODE]).with_columns(end_date=None)
    claims = evaluate(changed(episode=twice), FRAMEWORK, as_of=AS_OF).claim
    assert claims["state"].to_list() == ["not_eligible"]


def test_records_that_qualify() -> None:
    rows = pl.DataFrame(
        [
            ("a", "CPP", date(2024, 1, 1), None, "1"),
            ("a", "CLA", date(2024, 1, 1), AS_OF, "2"),
            ("a", "CLA", date(2024, 1, 1), date(2024, 11, 1), "3"),
            ("a", "CIN", date(2024, 1, 1), None, "another kind"),
            ("a", None, date(2024, 1, 1), None, "no kind"),
            (None, "CPP", date(2024, 1, 1), None, "nobody"),
            ("a", "CPP", date(2024, 11, 1), None, "after the as-of date"),
        ],
        schema=FRAMES["social_care_episode"],
        orient="row",
    )
    found = qualifying(
        {"social_care_episode": rows}, "social_care_episode", (("kind", ("CPP", "CLA")),), as_of=AS_OF
    )
    assert found.select("record", "last_day").rows() == [("1", None), ("2", AS_OF), ("3", None)]


def test_rules_may_name_the_codes_of_the_contracts_and_no_others() -> None:
    """A code that a rule cannot name, or that no contract knows, would let no record qualify: silence counts."""
    for extract, facts in EXTRACTS.items():
        columns = CONTRACTS[extract].by_name
        assert {facts.first_day, *((facts.last_day,) if facts.last_day else ()), *facts.conditions} <= set(
            columns
        )
        for column, codes in facts.conditions.items():
            listed = columns[column].codes
            if codes == (True, False):
                codes = ("Y", "N")
            assert (set(codes) if codes else None) == (set(listed) if listed else None), (extract, column)


def test_every_extract_that_a_rule_may_name_has_a_frame() -> None:
    assert set(EXTRACTS) <= set(FRAMES)
    for extract, facts in EXTRACTS.items():
        assert {"person", "record", facts.first_day, *facts.conditions} <= set(FRAMES[extract])
