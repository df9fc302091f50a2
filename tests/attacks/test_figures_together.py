"""Two releases, two readers, two ways out: what figures give away beside one another. Every attack finds people out in
the naive dashboard, and nobody in ours."""

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from disclosure.audit import Knowledge, View, against
from disclosure.audit.attack import area_under_curve, margin_of_curve
from disclosure.audit.of_world import view_of
from disclosure.closed_world import Measure, Population, Rules, build_world
from evidence import charts
from evidence.questions import Question
from tests.attacks import figures_town as towns
from tests.attacks.figures_town import CODES, MEASURE, Ours, Town
from tests.attacks.naive_dashboard import NaiveDashboard

NORTH = pl.col("locality").is_in(["North", "East"])


@pytest.fixture(scope="module")
def town() -> Town:
    return towns.town()


@pytest.fixture(scope="module")
def before() -> Ours:
    return towns.first()


@pytest.fixture(scope="module")
def now() -> Ours:
    return towns.second()


def test_by_release(town: Town, before: Ours, now: Ours) -> None:
    """Who joined or left since the last release."""
    naively = towns.joined_or_nobody(
        *(towns.of_naive(NaiveDashboard(rows)) for rows in (town.before, town.now)), town
    )
    assert min(map(len, naively)) > 10
    assert area_under_curve(*naively) == 1.0
    one, nobody = towns.joined_or_nobody(before.figure, now.figure, town)
    assert min(one.size, nobody.size) > 10
    curve = area_under_curve(one, nobody)
    assert curve is not None and curve <= 0.55 + margin_of_curve(one.size, nobody.size, towns.FAMILIES)
    assert now.answers.facts["kept_from"] == "2024-07-31-001"


def test_by_role(town: Town, now: Ours) -> None:
    """Whoever works for one part of the council, beside whoever sees the whole: what lies between is the other part."""
    part = town.now.filter(NORTH)
    inside, everywhere = towns.counts(part), towns.counts(town.now)

    def north(codes: Mapping[str, str]) -> int | None:
        return now.figure(codes, north=True)

    naively = towns.one_more_or_nobody(
        towns.of_naive(NaiveDashboard(part)),
        inside,
        whole=towns.of_naive(NaiveDashboard(town.now)),
        all_of=everywhere,
    )
    assert min(map(len, naively)) > 3
    assert area_under_curve(*naively) == 1.0
    one, nobody = towns.one_more_or_nobody(north, inside, whole=now.figure, all_of=everywhere)
    curve = area_under_curve(one, nobody)
    assert curve is None or curve <= 0.55 + margin_of_curve(one.size, nobody.size, towns.FAMILIES)
    # The reader of a part sees figures, and none of the other part.
    frame = now.north.ask(Question(MEASURE, ("ward",))).frame
    assert {ward.split()[0] for ward in frame["ward"]} == {"North", "East"}
    assert frame["value"].count() > 3


def test_an_export_against_the_dashboard(town: Town) -> None:
    """Rounded here and exact there: each hides what the other tells."""
    naive = NaiveDashboard(town.now, base=5)
    # The dashboard tells which cells are hidden and not empty, the file all others and the totals, exactly.
    hidden = naive.table("ward", "team").filter(pl.col("value").is_null())
    file, totals = naive.download("ward", "team"), dict(naive.download("ward").iter_rows())
    alone = hidden.filter(pl.len().over("ward") == 1)
    assert alone.height > 1
    for ward, team in alone.select("ward", "team").iter_rows():
        others = file.filter(ward=ward)["value"].sum()
        assert totals[ward] - others == towns.counts(town.now)({"ward": ward, "team": team})
    # Beside ours such a file is found out before it is given away; what is shown anyway adds nothing.
    dashboard = shown_by_us(town)
    tables = {
        key: replace(table, shown=np.where((table.true > 0) & (table.true < 5), np.nan, table.true))
        for key, table in dashboard.tables.items()
    }
    export = replace(dashboard, tables=tables, knowledge=Knowledge.of_threshold(5))
    report = against([dashboard], export)
    assert "exact_disclosures" in {one.name for one in report.attacks if not one.passed}
    few = {key: table for key, table in dashboard.tables.items() if len(table.dimensions) < 2}
    assert against([dashboard], replace(dashboard, tables=few)).passed


def shown_by_us(town: Town) -> View:
    """Families by ward and size as our dashboard shows them."""
    frame = town.now.select(
        *(pl.col(name).cast(pl.Enum(CODES[name])) for name in ("ward", "family_size")),
        row_key="family_key",
        unit="family_key",
    )
    questions = ((), ("ward",), ("family_size",), ("family_size", "ward"))
    populations, measures, rules = (
        [Population("family", frame)],
        [Measure("helped", "family", questions)],
        Rules(),
    )
    world = build_world(populations, measures, rules)
    return view_of(world.tables(), populations, measures, rules)


def test_what_is_downloaded_is_what_is_shown(now: Ours) -> None:
    """The table behind a chart, and the text that can be copied from it, hold no other figure than the answer."""
    for by in ("ward", "family_size", "referral_source"):
        answer = now.whole.ask(Question(MEASURE, (by,)))
        chart = charts.ranked(answer, by=by, question="Which?")
        column = chart.table[chart.table.columns[1]].cast(pl.String)
        told = [int(found[0]) for one in column if (found := re.search(r"\d+", one))]
        assert sorted(told) == sorted(int(value) for value in answer.frame["value"].drop_nulls())
