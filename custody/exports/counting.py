"""Counts the tables of an export: the closed world of the dashboard, with the deeper questions of researchers in it.

A figure that the dashboard has is the dashboard's own. A deeper one is drawn of the same keys and beside all that the
dashboard shows, so that a part which is nearly its whole shows the figure of its whole here too: no two figures of the
same people differ, whoever asks, how often, and in which export.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

import polars as pl

from custody.exports.errors import NoExportError
from custody.exports.source import Source
from disclosure.closed_world import (
    Measure,
    Question,
    Rules,
    StrangeKeysError,
    World,
    WorldError,
    build_world,
)
from figures.profiles import rules_of
from release.catalogue import Catalogue, question_name, questions_of
from release.specification import TableAsked

# A cell of the world and a table of the export: which codes are withheld besides, by the name of the world's question.
Withheld = Mapping[str, pl.DataFrame]
_SHOWN = "shown"
# Above all numbers of figures in a world.
_OWN = 2**40


@dataclass(frozen=True)
class Deeper:
    """The world in which an export is counted. Exact counts are within: nothing of it is written down.

    `inside`: of every counted measure (framework, name) what its dimensions are called in the world. `asked`: the
    questions of the export, totals among them; `shown`: those that the dashboard answers.
    """

    source: Source = field(repr=False)
    world: World = field(repr=False)
    measures: Sequence[Measure] = field(repr=False)
    rules: Rules = field(repr=False)
    inside: Mapping[tuple[str, str], Mapping[str, str]] = field(repr=False)
    asked: frozenset[str]
    shown: frozenset[str] = field(repr=False)

    def question(self, framework: str, measure: str, dimensions: Collection[str]) -> str:
        """The name in the world of a measure by dimensions of the catalogue."""
        called = self.inside[framework, measure]
        return _name(measure, [called[one] for one in dimensions], framework)

    def tables(self, threshold: int, withheld: Withheld) -> Iterator[tuple[Question, pl.DataFrame]]:
        """Every table that anybody has or is to have, with its cells as World.tables() has them: the dashboard's as it
        shows them; those of the export without figures under `threshold` and without the cells in `withheld`. Where
        both have one, the dashboard's comes first."""
        for question, cells in self._counted:
            if question.name in self._dashboard:
                yield question, self._dashboard[question.name]
            if question.name in self.asked:
                yield question, self._exported(question.name, cells, threshold, withheld)

    def exported(self, threshold: int, withheld: Withheld) -> dict[str, pl.DataFrame]:
        """The tables of the export alone, by the names of their questions."""
        return {
            question.name: self._exported(question.name, cells, threshold, withheld)
            for question, cells in self._counted
            if question.name in self.asked
        }

    @cached_property
    def _counted(self) -> list[tuple[Question, pl.DataFrame]]:
        return list(self.world.tables())

    @cached_property
    def _dashboard(self) -> dict[str, pl.DataFrame]:
        """The tables of the dashboard: what it shows, under the numbers that figures have here."""
        names = self.source.world.names
        answers = {
            str(name): cells
            for (name,), cells in self.source.answer.partition_by("question", as_dict=True).items()
        }
        here = {question.name: cells["figure"] for question, cells in self._counted}
        # Decided without the export's tables, as it was decided then: for some figures less is withheld.
        deeper = self.asked - self.shown
        alone = list(self.world.without(deeper).tables())
        pairs = pl.concat(
            pl.DataFrame({"then": cells["figure"], "here": here[question.name]}) for question, cells in alone
        )
        pairs = pairs.filter(pl.col("then") >= 0, pl.col("here") >= 0).unique(
            "then", keep="first", maintain_order=True
        )
        found, size = {}, 0
        for question, cells in alone:
            codes = [name for name in cells.columns if name.startswith("code_")]
            answer = answers.get(names[question.name], self.source.answer.clear())
            told = _beside(
                cells.select(pl.col(codes).cast(pl.String)), answer.select(*codes, "value"), "value"
            )
            number = cells.select(then="figure").join(pairs, on="then", how="left", maintain_order="left")[
                "here"
            ]
            found[question.name] = cells.with_columns(
                told.cast(pl.Int64).alias(_SHOWN),
                # A figure of which nothing is known here has a number of its own.
                figure=pl.when(told.is_null())
                .then(-1)
                .otherwise(pl.coalesce(number, _OWN + pl.int_range(pl.len()) + size)),
            )
            size += cells.height
        return found

    def _exported(self, name: str, cells: pl.DataFrame, threshold: int, withheld: Withheld) -> pl.DataFrame:
        told = self._dashboard.get(name)
        if told is None:
            joined = cells.join(self._told, on="figure", how="left", maintain_order="left")
            told = joined.with_columns(pl.coalesce("told", _SHOWN).alias(_SHOWN)).drop("told")
        kept = told.with_columns(pl.when(pl.col(_SHOWN) >= threshold).then(_SHOWN).alias(_SHOWN))
        gone = withheld.get(name)
        if gone is not None:
            codes = kept.select(pl.col(gone.columns).cast(pl.String))
            # A table by nothing has one cell, whose codes are none: a frame without columns has no row to find it by.
            out = _beside(codes, gone.unique().with_columns(out=pl.lit(1)), "out").is_null()
            kept = kept.with_columns(
                pl.when(out & bool(gone.width)).then(_SHOWN).otherwise(None).alias(_SHOWN)
            )
        return kept.with_columns(figure=pl.when(pl.col(_SHOWN).is_null()).then(-1).otherwise("figure"))

    @cached_property
    def _told(self) -> pl.DataFrame:
        """`figure, told`: the figures of the world that the dashboard shows somewhere, with what it shows for them."""
        parts = [cells.select("figure", told=_SHOWN) for cells in self._dashboard.values()]
        empty = pl.DataFrame(schema={"figure": pl.Int64, "told": pl.Int64})
        return pl.concat([empty, *parts]).drop_nulls().unique("figure", keep="first", maintain_order=True)


def _beside(codes: pl.DataFrame, told: pl.DataFrame, column: str) -> pl.Series:
    """What is told for each row of codes, null where nothing is."""
    if not codes.width:
        return told[column] if told.height else pl.Series(column, [None], told.schema[column])
    return codes.join(told, on=codes.columns, how="left", maintain_order="left")[column]


def count_deeper(source: Source, tables: Sequence[TableAsked]) -> Deeper:
    """Count what is asked, beside all that the dashboard has.

    `tables`: of counted measures. Raises NoExportError where there is nobody to be counted, or too much is asked.
    """
    world_of, catalogue = source.world, source.catalogue
    counted = {one.name: one for one in world_of.measures}
    asked: dict[str, set[tuple[str, ...]]] = {}
    inside = {}
    for table in tables:
        name = _named(table.measure, table.framework)
        if name not in counted:
            raise NoExportError(
                f"The release {source.name} counts nothing as {table.measure}"
                + (f" under {table.framework}" if table.framework else "")
                + ": take it out of what is asked, or ask of another release."
            )
        called = called_in_the_world(catalogue, table.measure, counted[name])
        inside[table.framework, table.measure] = called
        chosen = tuple(sorted(called[one] for one in table.dimensions))
        asked.setdefault(name, set()).add(chosen)
    measures = [
        replace(one, questions=tuple(sorted({*one.questions, *asked.get(one.name, ())})))
        for one in world_of.measures
    ]
    rules = rules_of(replace(source.profile, threshold=0))
    parts = (world_of.populations, measures, rules, world_of.scopes)
    try:
        try:
            world = build_world(*parts, source.memory())
        except StrangeKeysError:
            # Hardly anybody of the release before is in this one: its dashboard kept nothing either.
            world = build_world(*parts)
    except WorldError:
        raise NoExportError(
            "What is asked has more cells than can be counted at once: ask by fewer dimensions, or for fewer tables."
        ) from None
    wanted = frozenset(
        question
        for table in tables
        for question in _with_totals(catalogue, table, inside[table.framework, table.measure])
    )
    shown = set(source.question.filter(pl.col("state") == _SHOWN)["question"])
    answered = frozenset(name for name, told in world_of.names.items() if told in shown)
    world = world.without([one.name for one in world.questions if one.name not in answered | wanted])
    return Deeper(source, world, measures, rules, inside, wanted, answered)


def sets_of(catalogue: Catalogue, dimensions: Collection[str]) -> list[tuple[str, ...]]:
    """The dimensions of a table and of each of its totals: without those in which something is missing that another is
    told with alone (months since help began, without the cohort)."""
    ordered = sorted(dimensions)
    return [
        chosen
        for many in range(len(ordered), -1, -1)
        for chosen in combinations(ordered, many)
        if all(
            not (needed := catalogue.dimensions[one].with_one_of) or not needed.isdisjoint(chosen)
            for one in chosen
        )
    ]


def _with_totals(catalogue: Catalogue, table: TableAsked, called: Mapping[str, str]) -> Iterator[str]:
    for chosen in sets_of(catalogue, table.dimensions):
        yield _name(table.measure, [called[one] for one in chosen], table.framework)


def _named(measure: str, framework: str) -> str:
    return f"{framework}:{measure}" if framework else measure


def _name(measure: str, dimensions: Collection[str], framework: str) -> str:
    return question_name(measure, tuple(dimensions), framework)


def called_in_the_world(catalogue: Catalogue, measure: str, counted: Measure) -> dict[str, str]:
    """What the dimensions of a measure are called in the world: both lists of questions have one order."""
    pairs = zip(questions_of(catalogue.measures[measure], catalogue), counted.questions, strict=True)
    return {outside: inner for chosen, within in pairs for outside, inner in zip(chosen, within, strict=True)}
