"""A closed world: every table that can ever be asked, counted once, made safe together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import TypeVar

import numpy as np
import polars as pl

from disclosure.closed_world.checking import check_codes_within
from disclosure.closed_world.coding import Counted, code_measure, code_population
from disclosure.closed_world.counting import Counts, count_tables
from disclosure.closed_world.deciding import WITHHELD, Decided, Drawn, decide
from disclosure.closed_world.description import (
    Measure,
    Memory,
    Population,
    Question,
    Rules,
    Scope,
    WorldError,
)
from disclosure.closed_world.memory import Remembered, touched
from disclosure.closed_world.nesting import Flags, Structure, holders_of
from disclosure.closed_world.recovery import withhold_recovered
from disclosure.closed_world.units import UnitsOutside

Named = TypeVar("Named", Population, Measure, Scope)


@dataclass(frozen=True)
class World:
    """All tables of a release. Exact counts are in here: it is for building and attacking a release, never to be
    written down. `questions`: those that can be asked. `remembered`: whether figures were kept from an earlier release;
    `kept`: how many stayed as they were drawn though their rows have changed."""

    questions: tuple[Question, ...]
    remembered: bool
    kept: int
    _structure: Structure = field(repr=False)
    _drawn: Mapping[Question, Drawn] = field(repr=False)
    _changes: Mapping[Question, pl.DataFrame] = field(repr=False)
    _rules: Rules = field(repr=False)
    _units_outside: UnitsOutside = field(repr=False)

    def without(self, names: Sequence[str] | frozenset[str]) -> "World":
        """The same world in which some questions cannot be asked; what is withheld is decided anew."""
        gone = set(names)
        if not gone:
            return self
        unknown = gone - {question.name for question in self.questions}
        if unknown:
            raise WorldError(f"there is no question {min(unknown)}")
        return replace(self, questions=tuple(one for one in self.questions if one.name not in gone))

    def shown(self) -> pl.DataFrame:
        """`question, code_1 …, value` (Int64) of every figure that is shown, zeros among them, sorted."""
        parts = [
            frame.filter(pl.col("shown").is_not_null()).select(
                pl.lit(question.name).alias("question"),
                *self._codes_as_text(question),
                value="shown",
            )
            for question, frame in self.tables()
        ]
        empty = pl.DataFrame(schema={"question": pl.String, **self._text_schema, "value": pl.Int64})
        return pl.concat([empty, *parts])

    def use(self) -> pl.DataFrame:
        """`question, cells` (that can be)`, withheld, share` of them, one row a question."""
        rows = []
        for question in self.questions:
            value, possible, _ = self._decision(question)
            cells, withheld = int(possible.sum()), int((possible & (value == WITHHELD)).sum())
            rows.append((question.name, cells, withheld, withheld / cells if cells else 0.0))
        return pl.DataFrame(
            rows,
            schema={"question": pl.String, "cells": pl.Int64, "withheld": pl.Int64, "share": pl.Float64},
            orient="row",
        )

    def tables(self) -> Iterator[tuple[Question, pl.DataFrame]]:
        """Every question with all cells that can be: `code_1 …` (Enum), `true`, `units`, `shown` (null: withheld) and
        `figure`: cells with the same number show one figure, drawn once; `drawn_for`: how many rows it had when it was
        drawn, `changed`: how many units have come or gone since."""
        for question in self.questions:
            value, possible, source = self._decision(question)
            drawn = self._drawn[self._base(question)]
            counts = drawn.counts
            at = np.flatnonzero(possible)
            places = np.unravel_index(at, counts.shape) if counts.shape else ()
            lists = self._structure.population(question.measure).lists
            codes = [
                pl.Series(lists[name], dtype=pl.Enum(lists[name])).gather(place).alias(f"code_{number}")
                for number, (name, place) in enumerate(zip(question.dimensions, places, strict=True), 1)
            ]
            value, source = value[at], source[at]
            yield (
                question,
                pl.DataFrame(
                    [
                        *codes,
                        pl.Series("true", counts.count[at]),
                        pl.Series("units", counts.units[at]),
                        pl.Series("shown", value).set(pl.Series(value == WITHHELD), None),
                        pl.Series("figure", np.where(value == WITHHELD, -1, source)),
                        pl.Series("drawn_for", drawn.drawn_for[at]),
                        pl.Series("changed", drawn.changed[at]),
                    ]
                ),
            )

    @property
    def changes(self) -> pl.DataFrame:
        """`question, code_1 …, row_key, unit`: what changed since the figures that were kept were drawn: for the next
        release (Memory), and nobody else."""
        parts = []
        for question, frame in sorted(self._changes.items(), key=lambda item: item[0].name):
            shape = self._drawn[question].counts.shape
            places = np.unravel_index(frame["cell"].to_numpy(), shape) if shape else ()
            lists = self._structure.population(question.measure).lists
            coded = frame.with_columns(
                pl.Series(lists[name]).gather(place).alias(f"code_{number}")
                for number, (name, place) in enumerate(zip(question.dimensions, places, strict=True), 1)
            )
            parts.append(
                coded.select(
                    pl.lit(question.name).alias("question"),
                    *self._codes_as_text(question),
                    "row_key",
                    "unit",
                )
            )
        empty = pl.DataFrame(
            schema={"question": pl.String, **self._text_schema, "row_key": pl.UInt64, "unit": pl.UInt64}
        )
        return pl.concat([empty, *parts])

    @cached_property
    def _decided(self) -> Mapping[Question, Decided]:
        asked = sorted({self._base(question) for question in self.questions}, key=lambda one: one.name)
        decided = decide(self._structure, self._drawn, asked, self._rules, self._units_outside)
        withhold_recovered(self._drawn, decided, self._rules)
        return decided

    def _decision(self, question: Question) -> tuple[np.ndarray, Flags, np.ndarray]:
        """What is shown in each cell, which cells can be, and whose figures they are."""
        decided = self._decided[self._base(question)]
        return decided.value, self._structure.possible(question), decided.source

    def _base(self, question: Question) -> Question:
        """The question whose table this one's figures are: for a scope that its dimensions tell, that for everybody."""
        return replace(question, scope="") if self._structure.within_scope(question) else question

    @cached_property
    def _text_schema(self) -> dict[str, type[pl.String]]:
        most = max((len(question.dimensions) for question in self._structure.asked), default=0)
        return {f"code_{number}": pl.String for number in range(1, max(most, 3) + 1)}

    def _codes_as_text(self, question: Question) -> list[pl.Expr]:
        own = len(question.dimensions)
        return [
            pl.col(name).cast(pl.String) if number <= own else pl.lit(None, pl.String).alias(name)
            for number, name in enumerate(self._text_schema, 1)
        ]


def build_world(
    populations: Sequence[Population],
    measures: Sequence[Measure],
    rules: Rules,
    scopes: Sequence[Scope] = (),
    memory: Memory | None = None,
) -> World:
    """Count every question of every measure, for everybody and for each scope, draw the figures, and decide what is
    shown. `memory`: the release before, whose figures are kept where little has changed.

    Raises WorldError where something is not as it must be, StrangeKeysError where the release before has other keys.
    """
    named = _by_name("population", populations)
    by_measure, by_scope = _by_name("measure", measures), _by_name("scope", scopes)
    distinct: dict[str, list[str]] = {}
    for measure in measures:
        if measure.population not in named:
            raise WorldError(f"measure {measure.name}: there is no population {measure.population}")
        if measure.distinct:
            distinct.setdefault(measure.population, []).append(measure.distinct)
    coded = {name: code_population(one, distinct.get(name, [])) for name, one in named.items()}
    asked = {measure.name: _closed(measure) for measure in measures}
    scoped = [(scope, name) for scope in scopes for name in scope.measures]
    for scope, name in scoped:
        if name not in by_measure or scope.dimension not in coded[by_measure[name].population].lists:
            raise WorldError(f"scope {scope.name}: measure {name} cannot be seen through {scope.dimension}")
    questions = [Question(name, dimensions) for name, sets in asked.items() for dimensions in sets]
    questions += [
        Question(name, dimensions, scope.name) for scope, name in scoped for dimensions in asked[name]
    ]
    structure = Structure(by_measure, coded, by_scope, holders_of(measures), frozenset(questions))
    _check_lists(structure)
    remembered = Remembered(memory, structure, named, distinct) if memory else None
    drawn: dict[Question, Drawn] = {}
    changes: dict[Question, pl.DataFrame] = {}
    counted: dict[tuple[str, str], Counted] = {}
    kept = 0
    for measure in measures:
        today = code_measure(measure, coded[measure.population])
        check_codes_within(today)
        before = remembered.earlier(measure) if remembered else None
        for filtered in (None, *(scope for scope, name in scoped if name == measure.name)):
            name = filtered.name if filtered else ""
            wanted = {
                one: Question(measure.name, one, name)
                for one in asked[measure.name]
                if not structure.within_scope(Question(measure.name, one, name))
            }
            now = _filtered(today, filtered) if filtered else today
            counted[measure.name, name] = now
            tables = count_tables(now, list(wanted))
            then = (_filtered(before, filtered) if filtered else before) if before else None
            moved = touched(now, then) if then else pl.Series(dtype=pl.UInt64)
            for dimensions, question in wanted.items():
                counts, possible = tables[dimensions], structure.possible(question)
                if remembered is None or then is None:
                    drawn[question] = _draw(
                        counts, counts.count, counts.key, counts.count * 0, possible, rules
                    )
                    continue
                known = remembered.kept(question, now, then, counts, moved, rules.least_difference)
                drawn[question] = _draw(counts, known.count, known.key, known.changed, possible, rules)
                if known.changes.height:
                    changes[question] = known.changes
                    kept += int((known.changed > 0).sum())
    return World(
        tuple(sorted(questions, key=lambda one: one.name)),
        memory is not None,
        kept,
        structure,
        drawn,
        changes,
        rules,
        UnitsOutside(counted, changes),
    )


def _draw(
    counts: Counts, count: np.ndarray, key: np.ndarray, changed: np.ndarray, possible: Flags, rules: Rules
) -> Drawn:
    return Drawn(counts, possible, count + rules.table.changes(count, key), count, changed, key)


def _filtered(counted: Counted, scope: Scope) -> Counted:
    """What a measure counts inside a scope."""
    listed = counted.population.lists[scope.dimension]
    unknown = [code for code in scope.codes if code not in listed]
    if unknown:
        raise WorldError(f"scope {scope.name}: {scope.dimension} has no code {unknown[0]!r}")
    where = {**counted.measure.where, scope.dimension: scope.codes}
    if scope.dimension in counted.measure.where:
        where[scope.dimension] = tuple(
            code for code in counted.measure.where[scope.dimension] if code in scope.codes
        )
    return code_measure(replace(counted.measure, where=where), counted.population)


def _closed(measure: Measure) -> tuple[tuple[str, ...], ...]:
    """A measure's sets of dimensions with all of their subsets, each sorted."""
    for question in measure.questions:
        if len(set(question)) < len(question):
            raise WorldError(f"measure {measure.name}: {'|'.join(question)} names a dimension twice")
    found = {
        tuple(sorted(chosen))
        for question in measure.questions
        for many in range(len(question) + 1)
        for chosen in combinations(question, many)
    }
    return tuple(sorted(found, key=lambda one: (len(one), one)))


def _by_name(kind: str, things: Sequence[Named]) -> dict[str, Named]:
    found = {thing.name: thing for thing in things}
    if len(found) < len(things):
        raise WorldError(f"two {kind}s have the same name; give each its own")
    return found


def _check_lists(structure: Structure) -> None:
    """Measures of two populations can only be held against each other where their lists of codes are the same."""
    for name, holders in structure.holders.items():
        own = structure.population(name).lists
        for holder in holders:
            theirs = structure.population(holder).lists
            for dimension in own.keys() & theirs.keys():
                if own[dimension] != theirs[dimension]:
                    raise WorldError(
                        f"measure {name} lies within {holder}, but their lists of {dimension} differ"
                    )
