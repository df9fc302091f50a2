"""XmR charts against a naive reference, and what noise can do to what they tell."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.xmr import Limits, Noise, Rule, read
from tests.generative import naive_xmr as naive

# Whole figures as months have them: around a level that may shift once, with gaps.
_POINTS = st.one_of(
    st.lists(st.one_of(st.none(), st.integers(0, 60)), max_size=40),
    st.tuples(
        st.lists(st.integers(40, 60), min_size=8, max_size=20),
        st.lists(st.one_of(st.none(), st.integers(30, 90)), min_size=3, max_size=16),
    ).map(lambda two: [*two[0], *two[1]]),
    st.integers(13, 30).flatmap(
        lambda size: st.lists(st.integers(-1, 6), min_size=size, max_size=size).map(
            lambda steps: [20 + sum(steps[: place + 1]) for place in range(size)]
        )
    ),
)
_NOISE = st.sampled_from([(0.0, 0.0, 1.0), (2.0, 3.0, 7.0), (4.0, 5.0, 11.0)])


def _told(limits: Limits | None) -> set[naive.Found]:
    found = limits.signals if limits else ()
    return {(one.rule.name, tuple(range(one.first, one.last + 1)), one.high) for one in found}


@settings(max_examples=60, deadline=None)
@given(_POINTS, _NOISE)
def test_limits_and_rules_are_those_of_the_reference(
    points: list[int | None], noise: tuple[float, float, float]
) -> None:
    plain = [None if point is None else float(point) for point in points]
    found, expected = read(plain, Noise(*noise)), naive.limits(plain)
    assert (found is None) == (expected is None)
    if found and expected:
        assert found.centre == pytest.approx(expected[0])
        assert found.upper - found.centre == pytest.approx(expected[1])
        assert found.centre - found.lower == pytest.approx(expected[1])
    assert _told(found) == naive.rules(plain, *noise)


@settings(max_examples=60, deadline=None)
@given(_POINTS, st.data())
def test_what_is_told_stands_wherever_noise_may_have_moved_the_points(
    points: list[int | None], data: st.DataObject
) -> None:
    """A point outside the limits, and the two ends of a trend, are so whatever true figures stand behind them; of a run
    the mean is further from the line that it crossed than noise moves means."""
    usual, most, change = 4.0, 5.0, 11.0
    plain = [None if point is None else float(point) for point in points]
    found = read(plain, Noise(usual, most, change))
    for one in found.signals if found else ():
        stretch = [point for point in plain[one.first : one.last + 1] if point is not None]
        moved = [point - data.draw(st.integers(-5, 5)) for point in stretch]
        assert found is not None
        if one.rule is Rule.OUTSIDE:
            assert moved[0] > found.upper if one.high else moved[0] < found.lower
        if one.rule is Rule.TREND:
            assert (moved[-1] > moved[0]) is one.high
        if one.rule is Rule.SHIFT:
            off = sum(true - shown for true, shown in zip(moved, stretch, strict=True)) / len(stretch)
            still = sum(moved) / len(moved) - found.centre
            if abs(off) <= naive.noise_of(len(stretch), usual, most):
                assert still > 0 if one.high else still < 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 10), min_size=13, max_size=40))
def test_noise_alone_is_never_told(points: list[int]) -> None:
    """Months that are the same but for noise of five either way say nothing."""
    found = read([50.0 + point - 5 for point in points], Noise(4.0, 5.0, 11.0))
    assert found is not None
    assert not [one for one in found.signals if one.rule is not Rule.SHIFT]
