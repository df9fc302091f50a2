"""Questions and answers: closed lists, a value or a symbol in every cell, nothing derived from what is withheld."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence import derived
from evidence.access import Role
from evidence.answers import Symbol
from evidence.cells import Cells
from evidence.errors import AccessError, QuestionError
from evidence.evidence import Evidence
from evidence.facts import read_facts
from evidence.questions import Question
from evidence.store import Store
from release.catalogue import Scope, question_name, questions_of
from release.errors import ReleaseError
from release.places import Places
from tests.fakes import (
    MANIFEST,
    FakeContents,
    FakeDesk,
    catalogue,
    evidence_of,
    fake_evidence,
    figures,
    visitor,
    write_release,
)
from tests.fakes import question as asked

HOSTILE = ["", "'; DROP TABLE answer; --", "x" * 1_000_000, "../../etc/passwd", "\x00", "W10' OR '1'='1"]


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return fake_evidence()


@pytest.mark.parametrize(
    "question",
    [
        *(Question(text) for text in HOSTILE),
        *(Question("families_helped", (text,)) for text in HOSTILE),
        *(Question("families_helped", (), {"ward": text}) for text in HOSTILE),
        Question("families_helped", (), {"ward": ["W10"]}),  # type: ignore[dict-item]
        Question("families_helped", (), {"sex": "F"}),
        Question("families_helped", ("sex",)),
        Question("families_helped", ("ward", "ward")),
        Question("families_helped", ("ward", "quarter", "team"), {"family_size": "1"}),
        Question("families_helped", ("month", "ward")),
        Question(["families_helped"]),  # type: ignore[arg-type]
    ],
)
def test_what_the_catalogue_does_not_know_is_refused_in_a_sentence(
    evidence: Evidence, question: Question
) -> None:
    with pytest.raises(QuestionError) as caught:
        evidence.ask(question)
    message = str(caught.value)
    assert message.endswith(".")
    assert len(message) < 300
    assert "DROP" not in message


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_every_cell_has_a_value_or_a_symbol(evidence: Evidence, data: st.DataObject) -> None:
    measure = data.draw(st.sampled_from(list(catalogue().measures.values())))
    few = [one for one in questions_of(measure, catalogue()) if len(one) <= 2]
    used = data.draw(st.sampled_from(few))
    split = data.draw(st.integers(0, len(used)))
    chosen = {name: data.draw(st.sampled_from(evidence.choices(name))).code for name in used[split:]}
    answer = evidence.ask(Question(measure.name, used[:split], chosen))
    cells = 1
    for name in used[:split]:
        cells *= len(evidence.choices(name))
    assert answer.frame.height == cells
    assert answer.frame.filter(pl.col("value").is_null() == pl.col("symbol").is_null()).is_empty()
    assert answer.frame.columns == [
        *(c for name in used[:split] for c in (name, f"{name}_label")),
        *derived.FIGURE,
    ]
    unshown = pl.col("value").is_null()
    for off in ("tolerance", "most"):
        assert answer.frame.filter(pl.col(off).is_null() != unshown).is_empty()
    assert answer.frame.filter(pl.col("tolerance") > pl.col("most")).is_empty()
    assert set(answer.reasons) >= set(answer.frame["symbol"].drop_nulls())
    assert set(answer.frame["symbol"].drop_nulls()) <= {symbol.value for symbol in Symbol}


def test_an_answer_says_what_was_stored(evidence: Evidence) -> None:
    question = Question("needs_identified", ("ward",), {"headline": "3"})
    stored = figures(catalogue().measures["needs_identified"], ("headline", "ward"))
    expected = dict(stored.filter(code_1="3")["code_2", "value"].iter_rows())
    found = evidence.ask(question).shown["ward", "value"]
    assert dict(found.iter_rows()) == expected
    assert found["ward"].to_list() == [one.code for one in evidence.choices("ward") if one.code in expected]


@pytest.mark.parametrize(
    ("question", "where", "symbol"),
    [
        (Question("needs_identified", ("need",), {"headline": "2"}), pl.col("need") == "1.1", "z"),
        (Question("needs_identified", ("headline",), {"need": "1.1"}), pl.col("headline") == "2", "z"),
        (Question("families_helped", ("ward",), {"locality": "L1"}), pl.col("ward") == "W20", "z"),
        (Question("families_helped", ("quarter",)), pl.col("quarter") == "none", "z"),
        (Question("people_helped", ("sex",)), pl.col("sex") == "family", "z"),
        (Question("share_sustained", ("need",), {"headline": "2"}), pl.col("need") == "1.1", "z"),
        (
            Question("families_helped", ("ward", "quarter"), {"team": "North team"}),
            pl.col("quarter") != "none",
            "c",
        ),
    ],
)
def test_what_cannot_be_is_not_applicable_and_what_is_not_there_is_withheld(
    evidence: Evidence, question: Question, where: pl.Expr, symbol: str
) -> None:
    assert set(evidence.ask(question).frame.filter(where)["symbol"]) == {symbol}


class _Cells(FakeContents):
    """A release with the figures given: (question, codes, value)."""

    def __init__(self, *cells: tuple[str, tuple[str, ...], int], **manifest: str) -> None:
        super().__init__(manifest=manifest)
        self.cells = cells
        self.question = asked({name for name, _, _ in cells})

    def answer(self, question: str) -> pl.DataFrame:
        rows = [
            (*codes, *[None] * (3 - len(codes)), value)
            for name, codes, value in self.cells
            if name == question
        ]
        kinds: dict[str, Any] = {
            "code_1": pl.String,
            "code_2": pl.String,
            "code_3": pl.String,
            "value": pl.Int64,
        }
        return pl.DataFrame(rows, schema=kinds, orient="row")


@pytest.mark.parametrize(
    ("part", "whole", "value", "symbol"),
    [
        (30, 120, 25.0, None),
        (125, 120, 100.0, None),
        (None, 120, None, "c"),
        (30, None, None, "c"),
        (None, None, None, "c"),
        # The noise of 4 in a whole of 40 is 10 points, and in the part some more.
        (0, 40, 0.0, None),
        (0, 39, None, "u"),
        (10, 40, None, "u"),
        (57, 57, 100.0, None),
        (56, 56, None, "u"),
        (0, 0, None, "u"),
    ],
)
def test_a_share_is_of_shown_figures_only(
    part: int | None, whole: int | None, value: float | None, symbol: str | None
) -> None:
    names = question_name("needs_sustained", ("sex",)), question_name("needs_identified", ("sex",))
    given_ = [
        (name, ("F",), count) for name, count in zip(names, (part, whole), strict=True) if count is not None
    ]
    others = [(name, ("M",), 50) for name in names]
    answer = evidence_of(_Cells(*given_, *others)).ask(Question("share_sustained", (), {"sex": "F"}))
    assert (answer.value, answer.symbol) == (value, symbol)


@pytest.mark.parametrize(
    ("payment", "count", "value", "symbol"),
    [
        ("by_results", 25, 20_000.0, None),
        ("by_results", None, None, "c"),
        ("earned_autonomy", 25, None, "z"),
        ("none", 25, None, "z"),
    ],
)
def test_money_is_the_shown_count_times_the_price(
    payment: str, count: int | None, value: float | None, symbol: str | None
) -> None:
    cells = (
        [("claims_claimable|year", ("2023-24",), count)]
        if count
        else [("claims_claimable|year", ("2022-23",), 10)]
    )
    evidence = evidence_of(_Cells(*cells, payment=payment))
    answer = evidence.ask(Question("worth_claimable", (), {"year": "2023-24"}))
    assert (answer.value, answer.symbol) == (value, symbol)
    assert (answer.tolerance, answer.most) == ((3200.0, 4000.0) if value else (None, None))


def test_a_question_that_a_release_lacks_is_not_available() -> None:
    answer = evidence_of(_Cells(("families_helped", (), 10))).ask(Question("people_helped", ("sex",)))
    assert set(answer.applicable["symbol"]) == {"x"}


# In this release too little can be shown by ward and by month, and nothing at all of help by how long it waited.
STATES: Mapping[str, tuple[str, str | None]] = {
    "families_helped|ward": ("coarser", "families_helped|locality"),
    "families_helped|month|team": ("coarser", "families_helped|quarter|team"),
    "families_helped|quarter|team": ("coarser", "families_helped|team|year"),
    "needs_sustained|ward": ("coarser", "needs_sustained|locality"),
    "needs_identified|need": ("coarser", "needs_identified|headline"),
    "needs_sustained|headline": ("withdrawn", None),
    "episodes_started|wait": ("withdrawn", None),
}


@pytest.mark.parametrize(
    ("question", "answered", "note"),
    [
        (
            Question("families_helped", ("ward",)),
            Question("families_helped", ("locality",)),
            "by ward, so this is by locality",
        ),
        (
            Question("families_helped", ("ward",), {"locality": "L2"}),
            Question("families_helped", ("locality",), {"locality": "L2"}),
            "by ward, so this is by locality",
        ),
        (
            Question("families_helped", (), {"ward": "W20"}),
            Question("families_helped", (), {"locality": "L2"}),
            "for one ward, so this is for the locality that it lies in",
        ),
        (
            Question("families_helped", ("month",), {"team": "North team"}),
            Question("families_helped", ("year",), {"team": "North team"}),
            "by month, so this is by quarter",
        ),
        # A derived figure is as coarse as the coarsest of its parts.
        (
            Question("share_sustained", ("ward",)),
            Question("share_sustained", ("locality",)),
            "by ward, so this is by locality",
        ),
        (
            Question("families_helped", ("team",)),
            Question("families_helped", ("team",)),
            "",
        ),
    ],
)
def test_where_too_much_would_be_withheld_a_coarser_answer_comes_and_says_so(
    question: Question, answered: Question, note: str
) -> None:
    evidence = evidence_of(FakeContents(states=STATES))
    answer = evidence.ask(question)
    assert answer.question == answered
    assert note in answer.notes[0] if note else "Too much" not in " ".join(answer.notes)
    plain = fake_evidence().ask(answered)
    assert answer.frame.equals(plain.frame)
    assert answer.frame.height == (1 if "locality" in answered.where else plain.frame.height)


@pytest.mark.parametrize(
    "question",
    [
        Question("episodes_started", ("wait",)),
        Question("share_sustained", ("headline",)),
        # The one falls back to what is withdrawn of the other.
        Question("share_sustained", ("need",)),
        # A ward that lies in no one locality has nothing coarser.
        Question("families_helped", (), {"ward": "other"}),
    ],
)
def test_of_a_withdrawn_question_every_cell_is_withheld(question: Question) -> None:
    answer = evidence_of(FakeContents(states=STATES)).ask(question)
    assert set(answer.applicable["symbol"]) == {"c"}
    assert "withdrawn" in answer.reasons["c"]
    assert "withheld" in answer.notes[-3 if "share" in question.measure else -2]


def test_a_dimension_and_what_it_lies_in_are_looked_up_by_the_finer(evidence: Evidence) -> None:
    both = evidence.ask(Question("needs_identified", ("locality", "ward")))
    alone = evidence.ask(Question("needs_identified", ("ward",)))
    inside = both.frame.filter(pl.col("value").is_not_null())
    assert inside["ward", "value"].equals(alone.shown["ward", "value"].filter(alone.shown["ward"] != "other"))
    assert set(inside["ward"].str.slice(1, 1) == inside["locality"].str.slice(1, 1)) == {True}
    quarter = Question("families_helped", ("month",), {"quarter": "2023-24 Q4"})
    shown = evidence.ask(quarter).applicable
    assert shown["month"].to_list() == ["2024-01", "2024-02", "2024-03"]
    assert evidence.ask(Question("families_helped", (), {"ward": "W20", "locality": "L1"})).symbol == "z"


def test_what_is_in_the_breakdown_and_chosen_too_is_one_row(evidence: Evidence) -> None:
    one = evidence.ask(Question("families_helped", ("ward",), {"ward": "W10"})).frame
    assert one["ward"].to_list() == ["W10"]
    assert one["value"].to_list() == [evidence.ask(Question("families_helped", (), {"ward": "W10"})).value]


@pytest.mark.parametrize("role", Role)
def test_a_measure_is_answered_to_its_audience_alone(role: Role) -> None:
    evidence = evidence_of(FakeContents(), role=role)
    for name, measure in catalogue().measures.items():
        allowed = any(role in one.roles and name in one.measures for one in catalogue().audiences.values())
        assert evidence.may_ask(name, *measure.dimensions) is allowed
        if allowed:
            evidence.ask(Question(name))
        else:
            with pytest.raises(AccessError, match="not for your role"):
                evidence.ask(Question(name))


def test_without_a_reader_no_question_is_answered() -> None:
    nobody = Evidence(FakeContents(), catalogue(), FakeDesk())
    assert not nobody.may_ask("families_helped")
    with pytest.raises(AccessError, match="Nobody"):
        nobody.ask(Question("families_helped"))
    assert nobody.seen_by(visitor("manager")).ask(Question("families_helped")).value == 2000


NORTH = {"north": Scope("north", "North and Centre", ("L1", "L2"))}


class _Scoped(FakeContents):
    """A release with the questions of one scope, of which each figure is 1 higher than the council's own."""

    def __init__(self) -> None:
        super().__init__()
        self.question = asked({*self._asked, *(f"north@{name}" for name in self._asked)})

    def answer(self, question: str) -> pl.DataFrame:
        scope, _, name = question.rpartition("@")
        return super().answer(name).with_columns(pl.col("value") + (1 if scope else 0))


def _in_scope(scope: str) -> Evidence:
    known = replace(catalogue(), scopes=NORTH)
    return Evidence(_Scoped(), known, FakeDesk()).seen_by(replace(visitor("manager"), scope=scope))


def test_who_is_kept_to_a_part_of_the_council_sees_its_figures_and_its_places_alone() -> None:
    whole, part = _in_scope(""), _in_scope("north")
    assert part.ask(Question("families_helped")).value == 2001
    assert whole.ask(Question("families_helped")).value == 2000
    assert [one.label for one in part.choices("locality")] == ["North", "Centre"]
    wards = {one.code for one in part.choices("ward")}
    assert wards == {one.code for one in whole.choices("ward") if one.code[:2] in {"W1", "W2"}}
    assert {one.code for one in part.choices("team")} == {one.code for one in whole.choices("team")}
    assert set(part.ask(Question("families_helped", ("ward",))).frame["ward"]) == wards
    assert "North and Centre" in part.ask(Question("families_helped")).source
    for elsewhere in ({"locality": "L3"}, {"ward": "W30"}, {"ward": "other"}):
        with pytest.raises(QuestionError, match="no such code for you"):
            part.ask(Question("families_helped", (), elsewhere))
    # What is known of the council as a whole alone is not told for a part of it.
    unscoped = FakeContents()
    alone = Evidence(unscoped, replace(catalogue(), scopes=NORTH), FakeDesk())
    kept = alone.seen_by(replace(visitor("manager"), scope="north"))
    assert kept.ask(Question("families_possible", ("headline",))).applicable["symbol"].unique().to_list() == [
        "x"
    ]


@pytest.mark.parametrize("scope", ["south", "North", "north@", "x" * 1000])
def test_a_scope_that_the_catalogue_does_not_know_shows_nothing(scope: str) -> None:
    with pytest.raises(AccessError, match="scope"):
        _in_scope(scope)


def test_what_is_withheld_is_looked_up_as_what_is_shown(evidence: Evidence) -> None:
    looked_up: list[str] = []

    class Watched(FakeContents):
        def answer(self, question: str) -> pl.DataFrame:
            looked_up.append(question)
            return super().answer(question)

    for show in ("everything", "nothing"):
        evidence_of(Watched(show)).ask(Question("share_sustained", ("ward",)))
    half = len(looked_up) // 2
    assert looked_up[:half] == looked_up[half:] == ["needs_sustained|ward", "needs_identified|ward"]


def test_cells_asked_lately_are_kept_and_room_is_limited() -> None:
    asked_for: list[str] = []

    def look_up(question: str) -> pl.DataFrame:
        asked_for.append(question)
        return pl.DataFrame({"value": range(150_000)})

    cells = Cells(look_up)
    for question in ("a", "a", "b", "c", "a", "c"):
        assert cells.of(question).height == 150_000
    assert asked_for == ["a", "b", "c", "a"]


def test_measures_are_named_as_the_council_is_paid() -> None:
    question = Question("claims_claimable")
    assert fake_evidence().ask(question).measure.label == "Claims ready to make"
    assert fake_evidence(payment="earned_autonomy").ask(question).measure.label == "Outcomes evidenced"


@pytest.mark.parametrize(
    "broken",
    [
        {"as_of": "yesterday"},
        {"price": "£800"},
        {"payment": "in kind"},
        {"rounding": "five"},
        {"noise_most": "-1"},
        {"noise_usual": "few"},
        {"noise_change": ""},
    ],
)
def test_a_manifest_that_cannot_be_read_is_a_release_error(broken: dict[str, str]) -> None:
    with pytest.raises(ReleaseError):
        read_facts(MANIFEST | broken)


def test_a_store_follows_the_pointer_and_a_reader_keeps_theirs(tmp_path: Path) -> None:
    places = Places(tmp_path)
    store = Store(places, FakeDesk())
    assert store.current() is None
    names = ["2024-10-31-001", "2024-11-30-002"]
    seen = []
    for name in names:
        write_release(tmp_path, name=name)
        opened = store.current()
        assert opened is not None
        assert store.current() is opened
        seen.append(opened.seen_by(visitor("manager")))
    assert [one.release().name for one in seen] == names
    for older, newer in pairwise(seen):
        question = Question("families_helped", ("locality",))
        assert older.ask(question).frame.equals(newer.ask(question).frame)


def test_a_stored_release_says_what_the_same_release_in_memory_says(
    tmp_path: Path, evidence: Evidence
) -> None:
    opened = Store(write_release(tmp_path), FakeDesk()).current()
    assert opened is not None
    stored = opened.seen_by(visitor("manager"))
    for measure in catalogue().measures.values():
        for by in questions_of(measure, catalogue()):
            if len(by) == 1:
                assert stored.ask(Question(measure.name, by)).frame.equals(
                    evidence.ask(Question(measure.name, by)).frame
                )
    for mine, other in (
        (stored.data_quality(), evidence.data_quality()),
        (stored.privacy_checks(), evidence.privacy_checks()),
        (stored.collected(), evidence.collected()),
        (stored.attacks(), evidence.attacks()),
        (stored.questions(), evidence.questions()),
    ):
        assert mine.equals(other)
