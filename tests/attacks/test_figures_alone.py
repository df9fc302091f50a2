"""One release, one reader: what margins, averaging, differencing, gaps, order and tooltips give away. Every attack
finds people out in the naive dashboard, and nobody in ours."""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from statistics import median
from typing import Any

import numpy as np
import polars as pl
import pytest

from disclosure.audit import Knowledge, reconstruct
from disclosure.audit.attack import area_under_curve, margin_of_curve, margin_of_share
from disclosure.audit.lattice import finest_of, narrow
from evidence import charts
from evidence.errors import QuestionError
from evidence.questions import Question
from tests.attacks import figures_town as towns
from tests.attacks.figures_town import CODES, MEASURE, Ours, Town
from tests.attacks.naive_dashboard import NaiveDashboard

BY = ("referral_source", "team", "ward")
NEW = Knowledge.of_cell_keys(towns.PROFILE.bound, towns.PROFILE.variance, coarsened=2)
Figure = Callable[[Mapping[str, str]], int | None]


@pytest.fixture(scope="module")
def town() -> Town:
    return towns.town()


@pytest.fixture(scope="module")
def ours() -> Ours:
    return towns.first()


@pytest.fixture(scope="module")
def naive(town: Town) -> NaiveDashboard:
    return NaiveDashboard(town.before)


def lattice(figure: Figure) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A table with all of its margins, as it can be asked for; NaN where it is withheld."""
    shape = tuple(len(CODES[name]) + 1 for name in BY)
    found = np.full(shape, np.nan)
    for places in product(*map(range, shape)):
        codes = {name: [*CODES[name], ""][place] for name, place in zip(BY, places, strict=True)}
        value = figure({name: code for name, code in codes.items() if code})
        found[places] = np.nan if value is None else value
    return found


def test_margins(town: Town, naive: NaiveDashboard, ours: Ours) -> None:
    """The small counts of a table, from its totals."""
    true = finest_of(lattice(towns.counts(town.before)))
    small = (true > 0) & (true < 5)
    hidden = reconstruct(lattice(towns.of_naive(naive)), Knowledge.of_threshold(5))
    assert (hidden.claims == true)[small].mean() > 0.8
    shown = lattice(ours.figure)
    found = reconstruct(shown, NEW)
    assert (found.claims == true)[small].mean() <= 0.25 + margin_of_share(0.25, int(small.sum()))
    claimed = int(found.ones.sum())
    assert (true == 1)[found.ones].sum() <= claimed * (0.35 + margin_of_share(0.35, claimed))
    low, high = narrow(*NEW.bounds(shown, np.full(shown.shape, np.nan)))
    assert not (finest_of(low) == finest_of(high))[true > 0].any()


def test_averaging(town: Town, ours: Ours) -> None:
    """Is this family among those who were helped? Once with it and once without it, through 25 filters."""
    naive = NaiveDashboard(town.before, base=5)
    chance = np.random.default_rng(1)
    alone = town.before.filter(pl.len().over(towns.FREE) == 1)
    gone = {name: alone[name][0] for name in towns.FREE}
    assert mean_difference(naive, gone, chance) > 0.5
    empty = next(
        codes for codes in towns.cells(most=4) if len(codes) == 4 and towns.counts(town.before)(codes) == 0
    )
    assert mean_difference(naive, empty, chance) == 0
    # Ours has no filter that leaves somebody out, none of several codes, and no more than three at once.
    for where in ({name: [code] for name, code in gone.items()}, dict(gone)):
        with pytest.raises(QuestionError):
            ours.whole.ask(Question(MEASURE, (), where))  # type: ignore[arg-type]


def mean_difference(naive: NaiveDashboard, codes: Mapping[str, str], chance: np.random.Generator) -> float:
    """The mean over 25 filters, each of some codes and this one of every dimension."""
    seen = []
    while len(seen) < 25:
        where = {
            name: {*(code for code in CODES[name] if chance.random() < 0.7), codes[name]}
            for name in towns.FREE
        }
        pair = naive.figure(where), naive.figure(where, without=codes)
        if pair[0] is not None and pair[1] is not None:
            seen.append(pair[0] - pair[1])
    return float(np.mean(seen))


def test_differencing_by_filter(town: Town, naive: NaiveDashboard, ours: Ours) -> None:
    """One condition more, and one family less or none."""
    true = towns.counts(town.before)
    naively = towns.one_more_or_nobody(towns.of_naive(naive), true)
    assert min(map(len, naively)) > 3
    assert area_under_curve(*naively) == 1.0
    one, nobody = towns.one_more_or_nobody(ours.figure, true)
    curve = area_under_curve(one, nobody)
    assert curve is None or curve <= 0.55 + margin_of_curve(one.size, nobody.size, towns.FAMILIES)


def test_an_absent_row(naive: NaiveDashboard, town: Town, ours: Ours) -> None:
    """Which rows a table has says who is there, before any figure does."""
    rows = {tuple(row) for row in naive.table(*BY).select(BY).iter_rows()}
    assert rows == {tuple(row) for row in town.before.select(BY).unique().iter_rows()}
    frame = ours.whole.ask(Question(MEASURE, BY)).frame
    assert {tuple(row) for row in frame.select(BY).iter_rows()} == set(product(*(CODES[name] for name in BY)))
    assert set(frame.filter(pl.col("value").is_null())["symbol"]) <= {"c"}
    assert {"value", "symbol", "tolerance", "most"} >= set(frame.columns) - {
        column for name in BY for column in (name, f"{name}_label")
    }
    # In the naive one, what is hidden is somebody and what is absent is nobody; ours shows most of either.
    true = towns.counts(town.before)
    shown = {
        few: [
            value is not None
            for *codes, value in frame.select(*BY, "value").iter_rows()
            if few == _few(true, codes)
        ]
        for few in (True, False)
    }
    assert not naive.table(*BY).filter(pl.col("value") < naive.threshold).height
    assert min(np.mean(shown[True]), np.mean(shown[False])) > 0.5


def _few(true: Callable[[Mapping[str, str]], int], codes: Sequence[str]) -> bool:
    return 0 < true(dict(zip(BY, codes, strict=True))) < 5


def test_the_order_of_a_table(naive: NaiveDashboard, ours: Ours) -> None:
    """Hidden counts that stand between others lie between them."""
    sorted_naively = naive.table("ward", "referral_source")
    assert sorted_naively["value"].drop_nulls().is_sorted(descending=True)
    assert sorted_naively["value"].null_count()
    frame = ours.whole.ask(Question(MEASURE, ("ward", "referral_source"))).frame
    listed = list(product(CODES["ward"], CODES["referral_source"]))
    assert list(frame.select("ward", "referral_source").iter_rows()) == listed
    # A chart goes by what is shown; what is withheld stands behind that, in the order of the list.
    answer = ours.whole.ask(Question(MEASURE, ("ward",), {"referral_source": "housing"}))
    table = charts.ranked(answer, by="ward", question="Which wards?").table
    first, *_ = table.columns
    withheld = [
        label for label, told in table.select(first, table.columns[1]).iter_rows() if "c" in str(told)
    ]
    assert withheld == [code for code in CODES["ward"] if code in withheld]


def test_totals_in_tooltips(naive: NaiveDashboard, town: Town, ours: Ours) -> None:
    """What a chart says on pointing at it, beside what it shows."""
    told = naive.tooltip("ward")
    worked_out = {
        ward: round(float(share.split()[0]) * town.before.height / 100) for ward, share in told.items()
    }
    assert worked_out == dict(town.before.group_by("ward").len().iter_rows())
    answer = ours.whole.ask(Question(MEASURE, ("ward",)))
    shown = {int(value) for value in answer.frame["value"].drop_nulls()}
    chart = charts.ranked(answer, by="ward", question="Which wards?")
    for said in texts(chart.figure.to_plotly_json()["data"]):
        figures = {int(one.replace(",", "")) for one in re.findall(r"(?<![\w.])\d[\d,]*(?![\w.])", said)}
        assert figures <= shown | {towns.noise(ours)} | set(map(int, "0123456789")) | limits(answer.frame)


def limits(frame: pl.DataFrame) -> set[int]:
    """How far a figure may be off, and between which counts it then lies."""
    off = frame.drop_nulls("value").select("value", "tolerance", "most")
    return {
        int(value + sign * distance)
        for value, *distances in off.iter_rows()
        for distance in distances
        for sign in (-1, 0, 1)
    } | {int(one) for name in ("tolerance", "most") for one in off[name]}


def texts(data: object) -> Iterator[str]:
    """Everything in a chart that can be read on pointing at it."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for name, value in data.items():
            if name in ("text", "hovertext", "customdata", "hovertemplate"):
                yield from texts(value)
    elif isinstance(data, Sequence | np.ndarray):
        for value in data:
            yield from texts(value)


def test_the_time_that_a_withheld_figure_takes(naive: NaiveDashboard, ours: Ours) -> None:
    """The naive one works longer where it hides something."""
    before = naive.looked_up
    naive.table("ward", "team")
    assert naive.looked_up - before > 1
    frame = ours.whole.ask(Question(MEASURE, BY)).frame
    withheld, shown = (
        frame.filter(pl.col("value").is_null() == hidden).select(BY).row(0, named=True)
        for hidden in (True, False)
    )
    taken = {True: list[float](), False: list[float]()}
    for _ in range(60):
        for hidden, codes in ((True, withheld), (False, shown)):
            started = time.process_time()
            ours.whole.ask(Question(MEASURE, (), codes))
            taken[hidden].append(time.process_time() - started)
    assert 0.6 < median(taken[True]) / median(taken[False]) < 1.6
