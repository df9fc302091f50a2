"""Spans that overlap become one that covers them all."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.notes.spans import Kind, Span, merged


def span(start: int, end: int, score: float = 0.8, kind: Kind = Kind.PERSON, who: str = "") -> Span:
    return Span(start, end, kind, "a rule", score, who)


@pytest.mark.parametrize(
    ("found", "left"),
    [
        ([], []),
        ([(5, 9), (0, 3)], [(0, 3), (5, 9)]),
        ([(0, 5), (5, 9)], [(0, 5), (5, 9)]),
        ([(0, 5), (4, 9)], [(0, 9)]),
        ([(0, 9), (2, 4), (6, 7)], [(0, 9)]),
        ([(0, 4), (3, 6), (5, 8), (8, 9)], [(0, 8), (8, 9)]),
        ([(2, 2)], []),
    ],
)
def test_what_overlaps_is_one(found: list[tuple[int, int]], left: list[tuple[int, int]]) -> None:
    assert [(one.start, one.end) for one in merged(span(*place) for place in found)] == left


def test_it_is_called_by_the_surest_then_the_longest_then_who_is_known() -> None:
    (one,) = merged([span(0, 9, 0.6, Kind.ADDRESS), span(3, 6, 1.0, who="CHILD_1")])
    assert (one.start, one.end, one.kind, one.who) == (0, 9, Kind.PERSON, "CHILD_1")
    (one,) = merged([span(0, 4, 1.0, Kind.PERSON, "CHILD_1"), span(0, 9, 1.0, Kind.ADDRESS)])
    assert one.kind is Kind.ADDRESS
    (one,) = merged([span(0, 4, 1.0), span(0, 4, 1.0, who="CHILD_1")])
    assert one.who == "CHILD_1"


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 8)).map(lambda it: span(it[0], it[0] + it[1]))))
def test_every_character_that_was_found_stays_found_and_no_other(found: list[Span]) -> None:
    left = merged(found)
    assert _covered(left) == _covered(found)
    assert all(one.end <= after.start for one, after in itertools.pairwise(left))


def _covered(spans: list[Span]) -> set[int]:
    return {place for one in spans for place in range(one.start, one.end)}
