"""A closed world as the attacks see it. Which figures are parts of which is worked out here once more, from what is
counted alone: an audit that took the builder's word for it would miss what the builder missed."""

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from disclosure.audit.knowledge import Knowledge
from disclosure.audit.view import Key, Rows, Table, View, make_table
from disclosure.closed_world.description import Measure, Population, Question, Rules, Scope

_What = tuple[str, str | None, tuple[tuple[str, tuple[str, ...]], ...]]


def view_of(
    tables: Iterable[tuple[Question, pl.DataFrame]],
    populations: Sequence[Population],
    measures: Sequence[Measure],
    rules: Rules,
    scopes: Sequence[Scope] = (),
) -> View:
    """`tables`: every question with its cells (`code_1` …, `true`, `units`, `shown`, `figure`), as World.tables() has
    them."""
    called = called_first(measures)
    of = {one.name: one for one in populations}
    codes = {
        column: tuple(kind.categories.to_list())
        for population in populations
        for column, kind in population.frame.schema.items()
        if isinstance(kind, pl.Enum)
    }
    found: dict[Key, Table] = {}
    for question, cells in tables:
        table = make_table(
            question.name, called[question.measure], question.dimensions, cells, codes, question.scope
        )
        other = found.get(table.key)
        found[table.key] = _either(other, table) if other is not None else table
    kept = [one for one in measures if called[one.name] == one.name]
    coarsened = rules.least_difference - 1 if rules.near == "coarsened" else 0
    return View(
        tables=found,
        codes=codes,
        knowledge=Knowledge.of_cell_keys(rules.table.bound, rules.table.variance, coarsened=coarsened),
        parents={
            one.child: (one.parent, one.codes) for population in populations for one in population.hierarchies
        },
        within={one.name: _holding(one, kept, called) for one in kept},
        scopes={one.name: (one.dimension, one.codes) for one in scopes},
        rows={one.name: _rows(one, of[one.population]) for one in kept},
        codes_within={one.name: one.codes_within for one in kept if one.codes_within is not None},
    )


def called_first(measures: Sequence[Measure]) -> dict[str, str]:
    """Of every measure the first that counts the same: their figures are the same figure under two names."""
    first: dict[_What, str] = {}
    return {one.name: first.setdefault(_what(one), one.name) for one in measures}


def lie_within(measures: Sequence[Measure]) -> dict[str, tuple[str, ...]]:
    """Of every measure that is the first of its kind those that count all that it counts, by name."""
    called = called_first(measures)
    kept = [one for one in measures if called[one.name] == one.name]
    return {one.name: _holding(one, kept, called) for one in kept}


def _what(measure: Measure) -> _What:
    """What a measure counts, whatever it is called."""
    where = tuple((column, tuple(sorted(codes))) for column, codes in sorted(measure.where.items()))
    return measure.population, measure.distinct, where


def _either(one: Table, other: Table) -> Table:
    """One table of two that are the same: what either shows is shown."""
    order = [other.dimensions.index(name) for name in one.dimensions]
    hidden = np.isnan(one.shown)
    np.copyto(one.figure, np.transpose(other.figure, order), where=hidden)
    np.copyto(one.shown, np.transpose(other.shown, order), where=hidden)
    return one


def _holding(measure: Measure, others: Sequence[Measure], called: dict[str, str]) -> tuple[str, ...]:
    """The measures that count all that this one counts."""
    inside = [
        other.name
        for other in others
        if other.name != measure.name
        and (other.population, other.distinct) == (measure.population, measure.distinct)
        and all(
            column in measure.where and set(measure.where[column]) <= set(codes)
            for column, codes in other.where.items()
        )
    ]
    return tuple(dict.fromkeys([*inside, *(called[name] for name in measure.within)]))


def _rows(measure: Measure, population: Population) -> Rows:
    """The rows that a measure counts, with codes as places in their lists."""
    frame = population.frame
    for column, codes in measure.where.items():
        frame = frame.filter(pl.col(column).cast(pl.String).is_in(list(codes)))
    listed = [column for column, kind in frame.schema.items() if isinstance(kind, pl.Enum)]
    key = measure.distinct or population.row_key
    rows = frame.select(
        *(pl.col(column).to_physical().cast(pl.Int64) for column in listed),
        key=pl.col(key),
        unit=pl.col(population.unit),
    )
    return Rows(rows, f"{population.name}.{key}")
