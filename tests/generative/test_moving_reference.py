"""Whether a headline figure has changed, against every pair of true counts that may stand behind it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.moving import Outcome, judged, spread


def _naive(last: int, before: int, most: int, noise_change: int, spread_: float) -> Outcome:
    beyond = [
        abs(one - two) > 2 * (spread_ * (one + two)) ** 0.5 and (one > two) == (last > before)
        for one in range(max(last - most, 0), last + most + 1)
        for two in range(max(before - most, 0), before + most + 1)
    ]
    either = [
        abs(one - two) > 2 * (spread_ * (one + two)) ** 0.5
        for one in range(max(last - most, 0), last + most + 1)
        for two in range(max(before - most, 0), before + most + 1)
    ]
    if all(beyond) and abs(last - before) >= noise_change:
        return Outcome.UP if last > before else Outcome.DOWN
    return Outcome.UNTOLD if any(either) else Outcome.NONE


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 400),
    st.integers(0, 400),
    st.sampled_from([(0, 1), (3, 7), (5, 11)]),
    st.sampled_from([1.0, 1.7, 4.0, 30.0]),
)
def test_a_change_is_one_of_every_pair_of_true_counts(
    last: int, before: int, noise: tuple[int, int], spread_: float
) -> None:
    most, noise_change = noise
    assert judged(last, before, most, noise_change, spread_) == _naive(
        last, before, most, noise_change, spread_
    )


_YEARS = st.lists(st.tuples(st.integers(0, 200), st.one_of(st.none(), st.integers(0, 200))), max_size=12)


@settings(max_examples=80, deadline=None)
@given(_YEARS)
def test_years_never_differ_by_less_than_chance(pairs: list[tuple[int, int | None]]) -> None:
    scores = []
    for place in range(1, len(pairs)):
        (one, one_before), (two, two_before) = pairs[place - 1], pairs[place]
        if one_before is None or two_before is None or not one + one_before + two + two_before:
            continue
        change = (two - two_before) - (one - one_before)
        scores.append(change * change / (one + one_before + two + two_before))
    scores.sort()
    found = spread(pairs)
    if found is None or len(scores) < 4:
        assert found is None
        assert len(scores) < 4
    else:
        half = len(scores) // 2
        middle = scores[half] if len(scores) % 2 else (scores[half - 1] + scores[half]) / 2
        assert abs(found - max(middle / 0.4549, 1.0)) < 1e-9


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 400), st.integers(0, 400))
def test_of_a_short_history_little_is_told(last: int, before: int) -> None:
    """What is told where it is not known how much counts differ is told too where they differ three times as much as by
    chance, and where they differ by chance alone."""
    told = judged(last, before, 3, 7, 3.0, 1.0)
    if told is Outcome.NONE:
        assert _naive(last, before, 3, 7, 1.0) is Outcome.NONE
    if told in (Outcome.UP, Outcome.DOWN):
        assert {_naive(last, before, 3, 7, one) for one in (1.0, 3.0)} == {told}
    assert (told is Outcome.UNTOLD) is (
        _naive(last, before, 3, 7, 1.0) is not Outcome.NONE
        and _naive(last, before, 3, 7, 3.0) not in (Outcome.UP, Outcome.DOWN)
    )


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 60), st.integers(20, 200))
def test_a_service_that_grows_at_one_pace_differs_by_no_more_than_chance(pace: int, start: int) -> None:
    counts = [start + pace * place for place in range(16)]
    assert spread(list(zip(counts[4:], counts, strict=False))) == 1.0
