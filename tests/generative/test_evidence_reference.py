"""Looking up beside a naive reference: whatever was published of whatever questions, every cell is the figure of its
own people, or of a coarser group that holds them, or a symbol, and never another figure."""

from itertools import combinations, product
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.evidence import Evidence
from evidence.questions import Question
from release.catalogue import Catalogue, Dimension, Measure, question_name
from tests.fakes import FakeContents, FakeDesk, visitor
from tests.fakes import question as asked

# Each dimension, what it lies in, and its codes with what each lies in there ("far" lies in no one locality).
LISTS: dict[str, tuple[str | None, dict[str, str | None]]] = {
    "locality": (None, {"N": None, "S": None}),
    "ward": ("locality", {"n1": "N", "n2": "N", "s1": "S", "far": None}),
    "year": (None, {"2023-24": None, "2024-25": None}),
    "quarter": ("year", {"2023-24 Q4": "2023-24", "2024-25 Q1": "2024-25"}),
    "month": ("quarter", {"2024-03": "2023-24 Q4", "2024-04": "2024-25 Q1", "2024-05": "2024-25 Q1"}),
    "sex": (None, {"F": None, "M": None}),
}
DIMENSIONS = tuple(LISTS)
CATALOGUE = Catalogue(
    {name: Dimension(name, name, parent) for name, (parent, _) in LISTS.items()},
    {
        "all": Measure("all", "All", "people", DIMENSIONS, "person"),
        "some": Measure("some", "Some", "people", DIMENSIONS, "person"),
        "share": Measure("share", "Share", "per cent", DIMENSIONS, share=("some", "all")),
        "worth": Measure("worth", "Worth", "pounds", DIMENSIONS, money="some"),
    },
)
SETS = [
    one for size in range(4) for one in combinations(sorted(DIMENSIONS), size) if CATALOGUE.normal(one) == one
]


def _above(name: str) -> list[str]:
    parent = LISTS[name][0]
    return [] if parent is None else [parent, *_above(parent)]


def _lies_in(name: str, code: str | None, ancestor: str) -> str | None:
    while name != ancestor and code is not None:
        parent, codes = LISTS[name]
        assert parent is not None
        name, code = parent, codes[code]
    return code


class _Published(FakeContents):
    """A release with these states of questions and these figures."""

    def __init__(
        self, states: dict[str, tuple[str, str | None]], figures: dict[tuple[str, tuple[str, ...]], int]
    ) -> None:
        super().__init__()
        names = [question_name(one, chosen) for one in ("all", "some") for chosen in SETS]
        self.question = asked(names, states)
        self.figures = figures
        rows = [
            (name, code, code, parent, above, place)
            for name, (parent, codes) in LISTS.items()
            for place, (code, above) in enumerate(codes.items())
        ]
        self.dimension = pl.DataFrame(rows, schema=self.dimension.schema, orient="row")

    def answer(self, question: str) -> pl.DataFrame:
        rows = [
            (*codes, *[None] * (3 - len(codes)), value)
            for (name, codes), value in self.figures.items()
            if name == question
        ]
        kinds: dict[str, Any] = dict.fromkeys(("code_1", "code_2", "code_3"), pl.String) | {"value": pl.Int64}
        return pl.DataFrame(rows, schema=kinds, orient="row")


@st.composite
def releases(draw: st.DrawFn) -> _Published:
    """Questions that fall back or are withdrawn, and figures of the others."""
    states: dict[str, tuple[str, str | None]] = {}
    figures: dict[tuple[str, tuple[str, ...]], int] = {}
    for measure in ("all", "some"):
        # Coarsest first: what is shown in the place of another is shown itself.
        for chosen in sorted(SETS, key=lambda one: sum(len(_above(name)) for name in one)):
            name = question_name(measure, chosen)
            ways = [
                question_name(measure, CATALOGUE.normal({*chosen} - {finer} | {above}))
                for finer in chosen
                for above in _above(finer)[:1]
            ]
            ways = [one for one in ways if one not in states]
            state = draw(st.sampled_from(["shown", "shown", "shown", "coarser", "withdrawn"]))
            if state == "coarser" and ways:
                states[name] = (state, draw(st.sampled_from(ways)))
            elif state == "withdrawn":
                states[name] = (state, None)
            else:
                for codes in product(*(LISTS[one][1] for one in chosen)):
                    value = draw(st.sampled_from([None, 0, 3, 40, 57, 400]))
                    if value is not None:
                        figures[name, codes] = value
    return _Published(states, figures)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Up to three dimensions, some chosen, and what they lie in too."""
    used = list(draw(st.sampled_from(SETS)))
    used += [one for name in used for one in _above(name) if draw(st.booleans())]
    by = draw(st.permutations([one for one in used if draw(st.booleans())]))
    where = {one: draw(st.sampled_from(list(LISTS[one][1]))) for one in used if one not in by}
    return Question(draw(st.sampled_from(list(CATALOGUE.measures))), tuple(by), where)


def _naive(contents: _Published, question: Question) -> tuple[tuple[str, ...], dict[tuple[str, ...], object]]:
    """By what the answer is broken down, and each of its cells: a figure or a symbol."""
    states = {name: (state, instead) for name, state, instead, _ in contents.question.iter_rows()}
    parts = CATALOGUE.measures[question.measure].parts or (question.measure,)
    by, where, withdrawn = list(question.by), dict(question.where), False
    while True:
        stored = sorted(set(by) | set(where))
        stored = [one for one in stored if not any(one in _above(other) for other in stored)]
        found = [states["|".join((part, *stored))] for part in parts]
        instead = next((one for state, one in found if state == "coarser"), None)
        if any(state == "withdrawn" for state, _ in found):
            withdrawn = True
        if withdrawn or instead is None:
            break
        kept = instead.split("|")[1:]
        for name in stored:
            if name in kept:
                continue
            wider = next(one for one in _above(name) if one in kept)
            if name in where:
                code = _lies_in(name, where[name], wider)
                if code is None or where.get(wider, code) != code:
                    withdrawn = True
                    break
                del where[name]
                where[wider] = code
            else:
                by[by.index(name)] = wider
        by = list(dict.fromkeys(by))
        if withdrawn:
            break
    cells: dict[tuple[str, ...], object] = {}
    for codes in product(*(LISTS[one][1] for one in by)):
        chosen = where | dict(zip(by, codes, strict=True))
        if any(where.get(name, code) != code for name, code in zip(by, codes, strict=True)):
            continue
        if any(
            above in chosen and _lies_in(name, chosen[name], above) != chosen[above]
            for name in chosen
            for above in _above(name)
        ):
            cells[codes] = "z"
            continue
        key = tuple(chosen[one] for one in stored)
        values = [None if withdrawn else contents.figures.get(("|".join((p, *stored)), key)) for p in parts]
        if None in values:
            cells[codes] = "c"
        elif question.measure == "worth":
            cells[codes] = 800 * (values[0] or 0)
        elif question.measure == "share":
            part, whole = values[0] or 0, values[1] or 0
            ratio = min(part / whole, 1) if whole else 0
            off = 100 * 4 * (1 + ratio**2) ** 0.5 / whole if whole else 100
            cells[codes] = float(round(100 * ratio)) if off <= 10 else "u"
        else:
            cells[codes] = values[0]
    return tuple(by), cells


@settings(max_examples=30, deadline=None)
@given(contents=releases(), asking=st.lists(questions(), min_size=6, max_size=6))
def test_every_cell_is_as_by_the_naive_reference(contents: _Published, asking: list[Question]) -> None:
    evidence = Evidence(contents, CATALOGUE, FakeDesk()).seen_by(visitor("manager"))
    for question in asking:
        by, cells = _naive(contents, question)
        answer = evidence.ask(question)
        assert answer.question.by == by
        found = {
            row[: len(by)]: row[-2] if row[-2] is not None else row[-1]
            for row in answer.frame.select(*by, "value", "symbol").iter_rows()
        }
        assert found == pytest.approx(cells) if question.measure == "share" else found == cells
