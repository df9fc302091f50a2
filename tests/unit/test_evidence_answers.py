"""Questions and answers: closed lists, a value or a symbol in every cell, nothing derived from what is withheld."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.answers import Symbol
from evidence.errors import QuestionError
from evidence.evidence import Evidence
from evidence.facts import read_facts
from evidence.questions import Question
from evidence.store import Store
from release.catalogue import question_name, questions_of
from release.errors import ReleaseError
from release.places import Places
from tests.fakes import MANIFEST, FakeContents, FakeDesk, catalogue, fake_evidence, figures, write_release

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
        Question("families_helped", ("ward",), {"ward": "W10"}),
        Question("families_helped", ("ward", "quarter", "team"), {"locality": "L1"}),
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
    used = data.draw(st.sampled_from([one for one in questions_of(measure) if len(one) <= 2]))
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
        "value",
        "symbol",
    ]
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
        self.questions = frozenset(name for name, _, _ in cells)

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
        (10, 15, 67.0, None),
        (125, 120, 100.0, None),
        (None, 120, None, "c"),
        (30, None, None, "c"),
        (None, None, None, "c"),
        (0, 0, None, "z"),
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
    answer = Evidence(_Cells(*given_, *others), catalogue(), FakeDesk()).ask(
        Question("share_sustained", (), {"sex": "F"})
    )
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
    evidence = Evidence(_Cells(*cells, payment=payment), catalogue(), FakeDesk())  # type: ignore[arg-type]
    answer = evidence.ask(Question("worth_claimable", (), {"year": "2023-24"}))
    assert (answer.value, answer.symbol) == (value, symbol)


def test_a_question_that_a_release_lacks_is_not_available() -> None:
    answer = Evidence(_Cells(("families_helped", (), 10)), catalogue(), FakeDesk()).ask(
        Question("people_helped", ("sex",))
    )
    assert set(answer.applicable["symbol"]) == {"x"}


def test_where_too_much_is_withheld_a_coarser_answer_comes_and_says_so(evidence: Evidence) -> None:
    nothing = fake_evidence("nothing").ask_or_coarser(Question("families_helped", ("ward",)))
    assert nothing.dimension == "locality"
    assert "by locality" in nothing.notes[0]
    assert evidence.ask_or_coarser(Question("families_helped", ("ward",))).dimension == "ward"
    assert evidence.ask_or_coarser(Question("families_helped", ("team",))).dimension == "team"


def test_measures_are_named_as_the_council_is_paid() -> None:
    question = Question("claims_claimable")
    assert fake_evidence().ask(question).measure.label == "Claims ready to make"
    assert fake_evidence(payment="earned_autonomy").ask(question).measure.label == "Outcomes evidenced"


@pytest.mark.parametrize(
    "broken", [{"as_of": "yesterday"}, {"price": "£800"}, {"payment": "in kind"}, {"rounding": "five"}]
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
        seen.append(opened)
    assert [one.release().name for one in seen] == names
    for older, newer in pairwise(seen):
        question = Question("families_helped", ("locality",))
        assert older.ask(question).frame.equals(newer.ask(question).frame)


def test_a_stored_release_says_what_the_same_release_in_memory_says(
    tmp_path: Path, evidence: Evidence
) -> None:
    stored = Store(write_release(tmp_path), FakeDesk()).current()
    assert stored is not None
    for measure in catalogue().measures.values():
        for by in questions_of(measure):
            if len(by) == 1:
                assert stored.ask(Question(measure.name, by)).frame.equals(
                    evidence.ask(Question(measure.name, by)).frame
                )
    for mine, other in (
        (stored.data_quality(), evidence.data_quality()),
        (stored.privacy_checks(), evidence.privacy_checks()),
        (stored.collected(), evidence.collected()),
    ):
        assert mine.equals(other)
