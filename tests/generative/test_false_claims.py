"""How often a change or a difference is claimed where there is none: true figures drawn by chance, with the noise of a
release, thousands of times."""

import random
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from evidence import derived
from evidence.answers import Answer
from evidence.findings import extremes
from evidence.funnel_plot import standing_out, units_of
from evidence.gaps import gap
from evidence.moving import Outcome, judged, spread
from evidence.xmr import Noise, Rule, read
from tests.made_answers import made_answer

# As of the profile `dashboard`: two of three figures are moved by less than 2, none by more than 5, and by 2 more for
# whom came or left last.
_USUAL, _MOST, _CHANGE = 4, 7, 8
_STEPS = range(-5, 6)
_WEIGHTS = [2.718 ** (-(step**2) / 5.2) for step in _STEPS]


def _shown(chance: random.Random, true: int) -> int:
    return max(true + chance.choices(_STEPS, _WEIGHTS)[0], 0)


def _counts(chance: random.Random, mean: float, times: int, unlike: float = 1.0) -> list[int]:
    """Counts whose variance is `unlike` times their mean, by the normal approximation."""
    return [max(round(chance.gauss(mean, (unlike * mean) ** 0.5)), 0) for _ in range(times)]


def _place(chance: random.Random, share: float, families: int) -> tuple[int, int]:
    """How many needs, and how many of them with a sustained outcome: four a family, which stand and fall together (a
    correlation of 0.3)."""
    needs = sustained = 0
    for _ in range(families):
        own = chance.betavariate(share * 7 / 3, (1 - share) * 7 / 3)
        needs += 4
        sustained += sum(chance.random() < own for _ in range(4))
    return needs, sustained


def _answers(chance: random.Random, places: Sequence[tuple[int, int]]) -> tuple[Answer, Answer, float]:
    shown = [(_shown(chance, needs), _shown(chance, sustained)) for needs, sustained in places]
    whole = derived.counted(pl.Series([needs for needs, _ in shown]), _USUAL, _MOST)
    part = derived.counted(pl.Series([sustained for _, sustained in shown]), _USUAL, _MOST)
    shares = derived.share(part, whole)
    codes = [str(place) for place in range(len(shown))]
    share = made_answer("share_sustained", "ward", list(zip(codes, shares["value"], strict=True)))
    share = replace(share, frame=share.frame.with_columns(tolerance=shares["tolerance"], most=shares["most"]))
    sizes = made_answer("needs_identified", "ward", list(zip(codes, whole["value"], strict=True)), most=_MOST)
    return share, sizes, 100 * sum(one for _, one in shown) / sum(one for one, _ in shown)


def test_a_month_of_a_series_that_does_not_change_is_seldom_said_to_be_unusual() -> None:
    chance = random.Random(7)
    now = anywhere = by_noise = 0
    for _ in range(1500):
        months = [float(_shown(chance, one)) for one in _counts(chance, 80, 36)]
        found = read(months, Noise(_USUAL, _MOST, _CHANGE))
        assert found is not None
        now += any(one.last == 35 for one in found.signals)
        anywhere += bool(found.signals)
        by_noise += any(one.rule is not Rule.SHIFT for one in found.signals)
    # What the notes of the chart say of it: one in a hundred now, one in five anywhere.
    assert now / 1500 < 0.02
    assert 0.1 < anywhere / 1500 < 0.25
    assert by_noise / 1500 < 0.04


def test_places_that_do_not_differ_are_seldom_said_to_and_those_that_do_are() -> None:
    chance = random.Random(7)
    false = told = 0
    for _ in range(60):
        share, sizes, overall = _answers(chance, [_place(chance, 0.55, 150) for _ in range(12)])
        out = standing_out(units_of(share, sizes, overall))
        false += bool(out) or gap(share, sizes, by="Ward").clear or extremes(share, sizes) is not None
    for _ in range(20):
        true = [0.42 if place < 2 else 0.55 if place < 10 else 0.7 for place in range(12)]
        share, sizes, overall = _answers(chance, [_place(chance, one, 150) for one in true])
        out = standing_out(units_of(share, sizes, overall))
        assert all(one.code in ["0", "1", "10", "11"] for one in out)
        told += gap(share, sizes, by="Ward").clear
    assert false / 60 <= 0.05
    assert told / 20 >= 0.8


def test_a_quarter_of_a_service_that_does_not_change_is_seldom_said_to_have_moved() -> None:
    """Counts that differ three times as much as by chance, for two years, of which nothing is learnt yet, and for
    four."""
    chance = random.Random(7)
    for quarters, at_most in ((8, 0.06), (16, 0.06)):
        false = told = 0
        for change in (1.0, 0.5):
            for _ in range(1000):
                counts = [_shown(chance, one) for one in _counts(chance, 400, quarters, 3.0)]
                last = round(change * counts[-1])
                pairs = list(zip(counts[4:-1], counts, strict=False))
                known = spread(pairs)
                found = judged(last, counts[-5], _MOST, _CHANGE, known or 3.0, known or 1.0)
                false += change == 1 and found in (Outcome.UP, Outcome.DOWN)
                told += change != 1 and found is Outcome.DOWN
        assert false / 1000 < at_most
        assert told / 1000 > 0.8
