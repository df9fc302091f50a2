"""The limits of funnel plots and the classes of maps against counting by hand."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.binomial_limits import ALARM, WARNING, limits, overdispersed, overdispersion
from evidence.classes import MOST, classes_of
from evidence.funnel_plot import Unit


def _below(share: Fraction, size: int, count: int) -> Fraction:
    """The chance of at most so many of `size`."""
    return sum(
        (comb(size, one) * share**one * (1 - share) ** (size - one) for one in range(count + 1)), Fraction(0)
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 99), st.integers(1, 60), st.sampled_from([ALARM, WARNING]))
def test_a_limit_lies_between_the_counts_that_its_chance_lies_between(
    percent: int, size: int, chance: float
) -> None:
    share, exact = Fraction(percent, 100), Fraction(chance)
    low, high = limits(percent / 100, size, chance)
    assert 0 <= low <= percent / 100 <= high <= 1 or size < 4
    for bound, part in ((low, share), (1 - high, 1 - share)):
        least = next(count for count in range(size + 1) if _below(part, size, count) >= exact)
        here = comb(size, least) * part**least * (1 - part) ** (size - least)
        expected = (least - (_below(part, size, least) - exact) / here) / size
        assert bound == pytest.approx(max(float(expected), 0.0), abs=1e-9)


@pytest.mark.parametrize(("share", "size"), [(0.42, 900), (0.05, 4000), (0.9, 12000)])
def test_limits_of_many_are_those_of_the_normal_distribution(share: float, size: int) -> None:
    for chance, errors in ((WARNING, 1.96), (ALARM, 3.09)):
        low, high = limits(share, size, chance)
        error = (share * (1 - share) / size) ** 0.5
        assert low == pytest.approx(share - errors * error, abs=0.2 * error)
        assert high == pytest.approx(share + errors * error, abs=0.2 * error)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 100),
    st.integers(20, 2000),
    st.integers(1, 99),
    st.floats(0, 0.1),
    st.integers(0, 5),
    st.data(),
)
def test_a_unit_outside_is_so_wherever_noise_may_have_moved_it(
    percent: int, size: int, overall: int, off: float, size_off: int, data: st.DataObject
) -> None:
    unit = Unit("a", "A", percent / 100, size, overall / 100, off, size_off)
    side = unit.outside(ALARM)
    true = unit.share + data.draw(st.floats(-off, off))
    larger = size + data.draw(st.integers(-size_off, size_off))
    low, high = limits(unit.overall, larger, ALARM)
    if side > 0:
        assert true > high - 0.01
    if side < 0:
        assert true < low + 0.01
    if not off and not size_off:
        assert side == (percent / 100 > high) - (percent / 100 < low)


def test_units_that_differ_by_chance_are_not_overdispersed() -> None:
    assert not overdispersed([])
    assert overdispersion([1.0, -1.0, 1.0, -1.0]) == 1.0
    assert not overdispersed([1.0, -1.0] * 8)
    assert overdispersed([3.0, -3.0] * 8)
    # The furthest tenth counts as the next one: one odd place is not a reason to widen everything.
    assert not overdispersed([20.0, *([1.0, -1.0] * 8)])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 5000), min_size=1, max_size=30), st.integers(0, 12))
def test_classes_hold_every_figure_and_are_no_narrower_than_noise(values: list[int], noise: int) -> None:
    classes = classes_of(values, noise)
    assert 1 <= classes.number <= MOST
    assert classes.width >= max(noise, 1)
    for value in values:
        place = classes.of(value)
        assert classes.start + place * classes.width <= value < classes.start + (place + 1) * classes.width
    for one in values:
        for two in values:
            if classes.of(two) - classes.of(one) >= 2:
                assert two - one > noise
