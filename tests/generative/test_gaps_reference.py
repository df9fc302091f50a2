"""Which group is said to stand highest and lowest, against a naive reference, and wherever noise may have put them."""

from itertools import combinations
from statistics import NormalDist

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.answers import Answer
from evidence.findings import extremes, shown_extremes
from evidence.gaps import gap
from evidence.questions import Question
from tests.fakes import catalogue

# A share in per cent (None: withheld), how far it may be off at most, and of how many.
Group = tuple[int | None, int, int]
_GROUPS = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 100), st.integers(0, 100), st.none()), st.integers(0, 8), st.integers(0, 900)
    ),
    min_size=1,
    max_size=7,
)


def _answers(groups: list[Group]) -> tuple[Answer, Answer]:
    codes = [str(place) for place in range(len(groups))]
    base = pl.DataFrame({"sex": codes, "sex_label": [f"G{code}" for code in codes]})

    def answer(measure: str, values: list[int | None], offs: list[int]) -> Answer:
        frame = base.with_columns(
            value=pl.Series(values, dtype=pl.Float64),
            symbol=pl.Series([None if value is not None else "c" for value in values], dtype=pl.String),
            tolerance=pl.Series(offs, dtype=pl.Float64),
            most=pl.Series(offs, dtype=pl.Float64),
        )
        return Answer(Question(measure, ("sex",)), catalogue().measures[measure], frame, (), "a source")

    share = answer("share_sustained", [value for value, _, _ in groups], [off for _, off, _ in groups])
    return share, answer("needs_identified", [size for *_, size in groups], [5] * len(groups))


def _naive(groups: list[Group]) -> tuple[str, str] | None:
    large = [
        (value / 100, off / 100, size, f"G{place}")
        for place, (value, off, size) in enumerate(groups)
        if value is not None and size >= 50
    ]
    if len(large) < 2:
        return None
    highest = [one for one in large if one[0] == max(other[0] for other in large)]
    lowest = [one for one in large if one[0] == min(other[0] for other in large)]
    # Of several that are level, which is named is of no matter: none is named twice.
    if len(highest) > 1 or len(lowest) > 1:
        return None
    (high,), (low,) = highest, lowest
    # Needs of one family are alike, so that two tell as much as one.
    chance = (2 * sum(one[0] * (1 - one[0]) / one[2] for one in (high, low))) ** 0.5
    pairs = len(list(combinations(large, 2)))
    seldom = NormalDist().inv_cdf(1 - 0.05 / pairs / 2) * max(chance, 0.02)
    return (high[3], low[3]) if high[0] - high[1] - (low[0] + low[1]) > seldom else None


@settings(max_examples=80, deadline=None)
@given(_GROUPS, st.floats(-1, 1), st.floats(-1, 1))
def test_the_highest_and_the_lowest_are_those_of_the_reference(
    groups: list[Group], up: float, down: float
) -> None:
    share, whole = _answers(groups)
    found, expected = shown_extremes(share, whole), _naive(groups)
    values = [value for value, _, size in groups if value is not None and size >= 50]
    if values and (values.count(max(values)), values.count(min(values))) == (1, 1):
        assert found == expected
    withheld = any(value is None for value, *_ in groups)
    assert extremes(share, whole) == (None if withheld else found)
    said = gap(share, whole, by="Sex")
    assert said.clear == (found is not None)
    assert ("of those shown" in said.words) == (withheld and len(values) >= 2)
    if found is not None:
        high, low = (groups[int(label[1:])] for label in found)
        assert (high[0] or 0) + up * high[1] > (low[0] or 0) + down * low[1]
