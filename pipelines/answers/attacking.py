"""Attacks on the figures of a release, made before anybody sees them, and the table that tells of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import polars as pl

from disclosure.audit.knowledge import Knowledge
from disclosure.audit.of_world import view_of
from disclosure.audit.report import Report, attack_world
from disclosure.audit.sets import rows_in
from disclosure.audit.view import Table, View
from disclosure.closed_world import Rules, World
from figures.coding import Coded

_SCHEMA = pl.Schema(
    {
        "release": pl.String,
        "attack": pl.String,
        "meaning": pl.String,
        "examined": pl.Int64,
        "found": pl.Int64,
        "figure": pl.Int64,
        "limit": pl.Int64,
        "result": pl.String,
    }
)
# What is told beside the attacks: a release that shows nothing leaks nothing.
USE = {
    "leak_score": "How far the best of these attacks got, from 0 (no further than guessing) to 100 (always right).",
    "use_shown": "Figures that could be asked for; of them, those that are shown.",
    "use_error": "Figures that are shown: how far they are off, as the root of the mean square.",
}
# Figures are told in thousandths, and how many were tried to the nearest ten: nobody's own number is in them.
_THOUSANDTHS = 1000
_ABOUT = 10
_EARLIER = 12
# A figure is usually within so much of the truth: in 19 of 20.
_USUAL = 0.95
_TOLD = ("attack", "examined", "found", "figure")


@dataclass(frozen=True)
class Attacked:
    """What came of the attacks on a world; how far 19 of 20 of its figures are off at most (`usual`), and how far any
    of them is (`most`) of the rows that it was drawn for: one or two families may have come or gone since."""

    report: Report
    usual: int
    most: int


def attack(
    world: World, named: Coded, rules: Rules, earlier: Sequence[tuple[Coded, pl.DataFrame]]
) -> Attacked:
    """Every attack on all figures of a world at once.

    `earlier`: of releases before, their populations under the lists of this one, and the figures that they showed (the
    table `answer`), the newest first.
    """
    view = view_of(world.tables(), named.populations, named.measures, rules, named.scopes)
    before = [_before(then, shown, view, named, rules) for then, shown in earlier]
    off = [np.abs(table.shown - table.true)[table.possible] for table in view.tables.values()]
    every = np.concatenate([np.zeros(1), *off])
    every = every[~np.isnan(every)]
    drawn = [
        np.abs(table.shown - table.drawn_for)[table.possible]
        for table in view.tables.values()
        if table.drawn_for is not None
    ]
    return Attacked(
        attack_world(view, before),
        int(np.quantile(every, _USUAL, method="higher")),
        int(np.nanmax(np.concatenate([np.zeros(1), *drawn]))),
    )


@cache
def attack_words() -> Mapping[str, str]:
    """Every attack there is and every measure of use, with what it means: closed lists."""
    nothing = View({}, {}, Knowledge.of_threshold(2))
    return {one.name: one.meaning for one in attack_world(nothing, [nothing]).attacks} | USE


def _before(then: Coded, shown: pl.DataFrame, now: View, named: Coded, rules: Rules) -> View:
    """An earlier release as the attacks see it, in the tables of this one: those that both have can be compared."""
    empty = view_of((), then.populations, then.measures, rules, then.scopes)
    answers = {
        str(name): cells
        for (name,), cells in shown.partition_by("question", as_dict=True, include_key=False).items()
    }
    tables = {}
    for key, table in now.tables.items():
        if table.measure in empty.rows and (cells := answers.get(named.names[table.question])) is not None:
            tables[key] = _as_shown(table, empty, cells)
    return replace(empty, tables=tables)


def _as_shown(table: Table, view: View, cells: pl.DataFrame) -> Table:
    """A table with the counts of a view, and the figures that were shown."""
    inside = rows_in(view, table).unique(["key", "cell"])
    true = np.bincount(inside["cell"].to_numpy(), minlength=table.true.size).astype(np.float64)
    units = inside.group_by("cell").agg(pl.col("unit").n_unique())
    behind = np.zeros(table.true.size)
    behind[units["cell"].to_numpy()] = units["unit"].to_numpy()
    at = pl.lit(0, pl.Int64)
    for place, name in enumerate(table.dimensions, start=1):
        codes = pl.Enum(view.codes[name])
        at = at * len(view.codes[name]) + pl.col(f"code_{place}").cast(
            codes, strict=False
        ).to_physical().cast(pl.Int64)
    told = cells.select(at.alias("cell"), "value").drop_nulls()
    shown = np.full(table.true.size, np.nan)
    shown[told["cell"].to_numpy()] = told["value"].to_numpy()
    shape = table.true.shape
    return replace(table, true=true.reshape(shape), units=behind.reshape(shape), shown=shown.reshape(shape))


def attack_rows(report: Report, carried: pl.DataFrame | None = None, carried_from: str = "") -> pl.DataFrame:
    """The table `attack` of a release: what came of the attacks on it, and of those on up to twelve before it.

    `carried`: the table of the release before, called `carried_from`.
    """
    use = report.use
    told = [
        ("leak_score", len(report.attacks), 0, float(report.leak)),
        ("use_shown", use.cells, use.shown, 1 - use.withheld),
        ("use_error", use.shown, 0, use.error),
    ]
    # Of few figures an attack may do a little better by chance: up to what was let pass.
    most = [None if one.limit is None else min(1.0, one.limit + one.margin) for one in report.attacks]
    limits = pl.Series("limit", most, dtype=pl.Float64)
    found = report.frame().select(*_TOLD, limits, "result")
    of_use = pl.DataFrame(told, schema=found.select(_TOLD).schema, orient="row")
    rows = pl.concat([found, of_use.with_columns(result=pl.lit("told"))], how="diagonal").select(
        pl.lit(None, pl.String).alias("release"),
        "attack",
        *((pl.col(name) + _ABOUT // 2) // _ABOUT * _ABOUT for name in ("examined", "found")),
        # Two digits: a third would tell whoever knows everybody else of the last one.
        ((pl.col("figure") * 100).round(0) * (_THOUSANDTHS // 100)).cast(pl.Int64),
        ((pl.col("limit") * 100).ceil() * (_THOUSANDTHS // 100)).cast(pl.Int64),
        "result",
    )
    if carried is not None:
        before = carried.with_columns(pl.col("release").fill_null(carried_from)).select(rows.columns)
        newest = before["release"].unique().sort(descending=True).head(_EARLIER)
        before = before.filter(pl.col("release").is_in(newest.implode()))
        rows = pl.concat([rows, before.sort("release", descending=True, maintain_order=True)])
    # Of attacks that are made no longer nothing is told, and of the others in the words of today.
    words = pl.col("attack").replace_strict(attack_words(), default=None, return_dtype=pl.String)
    return rows.with_columns(meaning=words).drop_nulls("meaning").select(_SCHEMA.names()).cast(_SCHEMA)
