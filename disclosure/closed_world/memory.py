"""Kept figures: from release to release a figure stays as it is until three units have come or gone.

A figure that moves when one person joins tells that somebody joined. So each figure is shown as it was drawn for the
rows that it had then, until the rows of three units are other ones; what changed since is remembered, row by row.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from disclosure.closed_world.coding import Counted, Whole, code_measure, code_population
from disclosure.closed_world.counting import KEYS, Counts, cells_of
from disclosure.closed_world.description import (
    Measure,
    Memory,
    Population,
    Question,
    StrangeKeysError,
    WorldError,
)
from disclosure.closed_world.nesting import Structure

_CELL = {"cell": pl.Int64, "row_key": pl.UInt64, "unit": pl.UInt64}


@dataclass(frozen=True)
class Kept:
    """What one table's figures are drawn for: `count` and `key` (sum modulo 2^32) of the rows then; `changed`: by how
    many units these differ from today's; `changes`: `cell, row_key, unit` of all rows that differ."""

    count: Whole
    key: Whole
    changed: Whole
    changes: pl.DataFrame


class Remembered:
    """An earlier release beside this one. Raises StrangeKeysError where over half of a population's rows are gone and
    over half are new: then its keys are other ones, and no figure can be kept."""

    def __init__(
        self,
        memory: Memory,
        structure: Structure,
        populations: Mapping[str, Population],
        distinct: Mapping[str, list[str]],
    ) -> None:
        self._structure = structure
        self._changes = _by_question(memory.changes, structure)
        before = {one.name: one for one in memory.populations}
        self._before = {}
        for name, now in populations.items():
            if name in before:
                _check_keys(before[name], now)
                earlier = Population(name, _as_now(before[name], now), now.row_key, now.unit)
                self._before[name] = code_population(earlier, distinct.get(name, []))

    def earlier(self, measure: Measure) -> Counted | None:
        """What a measure counted then; None where the earlier release did not have its columns."""
        population = self._before.get(measure.population)
        if population is None:
            return None
        needed = {*measure.where, *(name for question in measure.questions for name in question)}
        if not needed <= set(population.lists):
            return None
        return code_measure(measure, population)

    def kept(
        self, question: Question, now: Counted, then: Counted, counts: Counts, touched: pl.Series, least: int
    ) -> Kept:
        """What the figures of a question are drawn for: the rows of the last time that three units had changed, or
        today's. `touched`: keys of what came, went or changed since the earlier release."""
        recorded = self._changes.get(question.name, pl.DataFrame(schema=_CELL))
        keys = pl.concat([touched, recorded["row_key"]]).unique()
        here = _entries(now, question, keys)
        there = _entries(then, question, keys)
        # What changed before and what changed since; what went and came back has not changed.
        changed = (
            pl.concat([recorded, there, here])
            .group_by("cell", "row_key")
            .agg(pl.len().alias("times"), pl.col("unit").last())
            .filter(pl.col("times") % 2 == 1)
            .drop("times")
            .join(here.select("cell", "row_key", came=pl.lit(1)), on=["cell", "row_key"], how="left")
            .with_columns(units=pl.col("unit").n_unique().over("cell"))
            .filter(pl.col("units") < least)
            .sort("cell", "row_key")
        )
        count, key = counts.count.copy(), counts.key.copy()
        units = np.zeros(count.size, np.int64)
        at, came = changed["cell"].to_numpy(), changed["came"].is_not_null().to_numpy()
        sign = np.where(came, -1, 1)
        np.add.at(count, at, sign)
        np.add.at(key, at, sign * (changed["row_key"] % KEYS).cast(pl.Int64).to_numpy())
        units[at] = changed["units"].to_numpy()
        return Kept(count, key % KEYS, units, changed.select("cell", "row_key", "unit"))


def touched(now: Counted, then: Counted) -> pl.Series:
    """The keys of what came, went or has other codes than in the earlier release."""
    today, before = _rows(now), _rows(then)
    names = today.columns
    came = today.join(before, on=names, how="anti")
    went = before.join(today, on=names, how="anti")
    return pl.concat([came["key"], went["key"]]).unique()


def _rows(counted: Counted) -> pl.DataFrame:
    return pl.DataFrame({"key": counted.thing_key[counted.thing], **counted.codes})


def _entries(counted: Counted, question: Question, keys: pl.Series) -> pl.DataFrame:
    """Of some keys the cells in which they count: `cell, row_key, unit`, each once."""
    wanted = np.flatnonzero(np.isin(counted.thing_key, keys.to_numpy()))
    rows = np.flatnonzero(np.isin(counted.thing, wanted))
    cell = cells_of(counted, question.dimensions)[rows]
    thing = counted.thing[rows]
    return (
        pl.DataFrame(
            {
                "cell": cell,
                "row_key": counted.thing_key[thing],
                "unit": counted.unit_key[counted.unit_of[thing]],
            },
            schema=_CELL,
        )
        .filter(pl.col("cell") >= 0)
        .unique(["cell", "row_key"])
    )


def _check_keys(before: Population, now: Population) -> None:
    then, today = before.frame[before.row_key], now.frame[now.row_key]
    stayed = then.is_in(today.implode()).sum()
    if 2 * stayed < then.len() and 2 * stayed < today.len():
        raise StrangeKeysError(
            f"population {now.name}: the keys are not those of the earlier release (over half of its rows are gone and "
            "over half are new). Give the earlier record key, or let every figure be drawn anew."
        )


def _as_now(before: Population, now: Population) -> pl.DataFrame:
    """An earlier population with today's lists: a code that is on none of them is blank."""
    schema = now.frame.schema
    return before.frame.select(
        pl.col(name).cast(pl.String).cast(kind, strict=False) if isinstance(kind, pl.Enum) else pl.col(name)
        for name, kind in schema.items()
        if name in before.frame.columns
    )


def _by_question(changes: pl.DataFrame, structure: Structure) -> dict[str, pl.DataFrame]:
    """Recorded changes by the name of the question, with the place of the cell; what a lost code had is lost."""
    needed = {"question": pl.String, "row_key": pl.UInt64, "unit": pl.UInt64}
    wrong = [name for name, kind in needed.items() if changes.schema.get(name) != kind]
    if wrong:
        raise WorldError(f"the remembered changes have no column {wrong[0]} of type {needed[wrong[0]]}")
    found: dict[str, pl.DataFrame] = {}
    parts = {str(name): frame for (name,), frame in changes.group_by("question")}
    for question in structure.asked:
        part = parts.get(question.name)
        if part is None:
            continue
        lists = structure.population(question.measure).lists
        cell = pl.lit(0, pl.Int64)
        for place, name in enumerate(question.dimensions):
            code = pl.col(f"code_{place + 1}").cast(pl.String).cast(pl.Enum(lists[name]), strict=False)
            cell = cell * len(lists[name]) + code.to_physical().cast(pl.Int64)
        found[question.name] = part.select("row_key", "unit", cell=cell).drop_nulls().select(*_CELL)
    return found
