"""What an attack on the figures leads to: what it got something out of is not shown, or nothing is published."""

from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import polars as pl
import pytest

from disclosure import CellKeys
from disclosure.audit.attack import Attack
from disclosure.audit.report import Report
from figures.populations import Populations
from pipelines.answers import Earlier, State, UnsafeFiguresError, Why, build_answers
from pipelines.answers import build as building
from pipelines.publication.content import Check
from pipelines.running import figures_again as again
from pipelines.running.settings import Settings
from release.catalogue import Catalogue, Dimension, Measure, Scope
from release.places import Places

PROFILE = CellKeys("any", 2.5, 5, 2, 3)
DIMENSIONS = {
    "locality": Dimension("locality", ""),
    "ward": Dimension("ward", "", "locality"),
    "team": Dimension("team", ""),
}
CATALOGUE = Catalogue(
    DIMENSIONS, {"helped": Measure("helped", "", "", tuple(DIMENSIONS), population="family")}
)
LISTS = pl.DataFrame(
    [
        ("locality", "West", None, None),
        ("locality", "East", None, None),
        ("ward", "Hill", "locality", "West"),
        ("ward", "Dale", "locality", "East"),
        ("team", "One", None, None),
        ("team", "Two", None, None),
    ],
    schema=dict.fromkeys(("dimension", "code", "parent_dimension", "parent_code"), pl.String),
    orient="row",
)
KEYS = pl.Series([n * 0x9E3779B97F4A7C15 % 2**64 for n in range(1, 241)], dtype=pl.UInt64)
COUNTED = Populations(
    {
        "family": pl.DataFrame(
            {
                "locality": ["West", "East"] * 120,
                "ward": ["Hill", "Dale"] * 120,
                "team": ["One", "One", "Two", "Two"] * 60,
            }
        ).with_columns(row_key=KEYS, unit=KEYS, family_key=KEYS)
    },
    0,
    0,
)


@dataclass
class Tries:
    """An attack that finds something in `weak` as long as it is shown, and fails then."""

    weak: str
    asked: int = 0

    def __call__(self, *parts: Any) -> Any:
        self.asked += 1
        tried = real_attack(*parts)
        shown = {question.name for question, _ in parts[0].tables()}
        if self.weak not in shown and self.weak:
            return tried
        failed = Attack("close_pairs", "", 1, 1, 1.0, 0.0, questions=(self.weak,) if self.weak else ())
        return replace(tried, report=Report((failed,), tried.report.use))


real_attack = building.attack


def test_what_an_attack_finds_something_in_is_answered_by_something_coarser(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries = Tries("helped|ward")
    monkeypatch.setattr(building, "attack", tries)
    built = build_answers(COUNTED, LISTS, CATALOGUE, PROFILE)
    assert tries.asked == 2
    (row,) = built.question.filter(pl.col("question") == "helped|ward").rows()
    assert row == ("helped|ward", State.COARSER, "helped|locality", Why.ATTACKED)
    assert built.answer.filter(pl.col("question") == "helped|ward").is_empty()
    assert not built.answer.filter(pl.col("question") == "helped|locality").is_empty()
    assert built.facts["questions_coarser"] == "1"


def test_what_nothing_coarser_stands_for_is_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "attack", Tries("helped|team"))
    built = build_answers(COUNTED, LISTS, CATALOGUE, PROFILE)
    states = dict(built.question.select("question", "state").iter_rows())
    assert states["helped|team"] == State.WITHDRAWN
    assert built.facts["questions_withdrawn"] == "1"


def test_figures_that_withstand_no_attack_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = Tries("")
    monkeypatch.setattr(building, "attack", tries)
    with pytest.raises(UnsafeFiguresError, match="close_pairs") as caught:
        build_answers(COUNTED, LISTS, CATALOGUE, PROFILE)
    assert caught.value.exit_code == 75
    assert "the release before stays current" in str(caught.value)
    assert tries.asked <= 4


def settings() -> Settings:
    return cast(Settings, SimpleNamespace(catalogue=CATALOGUE, profiles=SimpleNamespace(dashboard=PROFILE)))


@pytest.mark.parametrize("more", [0, 7])
def test_a_release_is_held_against_the_figures_that_its_rows_give(
    monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    built = build_answers(COUNTED, LISTS, CATALOGUE, PROFILE)
    published = built.answer.with_columns(
        pl.col("value") + pl.when(pl.col("value") > 0).then(more).otherwise(0)
    )
    release = Earlier(
        "2024-01-31-001", COUNTED, built.cell_change, built.question, published, LISTS, built.attack
    )
    monkeypatch.setattr(again, "read_earlier", lambda *_parts: release)
    faults, notes = again.figures_again(
        Places(Path()), "2024-01-31-001", {"kept_from": "none"}, cast(Any, None), settings()
    )
    assert [fault.check for fault in faults] == ([Check.FIGURES] if more else [])
    assert notes == []


def test_a_scope_sees_its_own_localities_and_no_others() -> None:
    scopes = {
        "near": Scope("near", "", ("West", "Nowhere")),
        # None of its localities is named in this release: it has no questions.
        "away": Scope("away", "", ("Nowhere",)),
    }
    built = build_answers(COUNTED, LISTS, replace(CATALOGUE, scopes=scopes), PROFILE)
    asked = set(built.question["question"])
    assert {"helped|ward", "near@helped", "near@helped|team|ward"} <= asked
    assert not any(name.startswith("away@") for name in asked)
    inside = built.answer.filter(pl.col("question") == "near@helped|ward")
    assert set(inside["code_1"]) <= {"Hill"}
    # The same families are the same figure, whoever asks for them.
    figures = {row[:3]: row[-1] for row in built.answer.iter_rows()}
    assert figures["near@helped", None, None] == figures["helped|locality", "West", None]
