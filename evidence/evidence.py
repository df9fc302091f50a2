"""Evidence: the only door to a number. It answers questions out of one release, by looking them up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol

import polars as pl

from evidence.answers import Answer, Symbol
from evidence.desk import Desk
from evidence.facts import Release, read_facts
from evidence.questions import Question, check, names_in_release
from evidence.words import day
from release.catalogue import MOST_DIMENSIONS, Catalogue, Measure, list_name

_REMEMBERED = 512
_TOO_MUCH = 0.5


class Contents(Protocol):
    """One release, as it was read. Frames have the columns of release/schema.py."""

    manifest: Mapping[str, str]
    questions: frozenset[str]
    dimension: pl.DataFrame
    data_quality: pl.DataFrame
    linkage_quality: pl.DataFrame
    privacy_check: pl.DataFrame
    collected: pl.DataFrame

    def answer(self, question: str) -> pl.DataFrame:
        """The cells of a stored question that may be shown: code_1, code_2, code_3 (String), value (Int64)."""
        ...


@dataclass(frozen=True)
class Choice:
    """One code of a dimension, and the words for it."""

    code: str
    label: str


@dataclass(frozen=True)
class Evidence:
    """Everything that may be asked about one release, under one of its frameworks (none: the primary one). It never
    changes: a new release is a new Evidence."""

    contents: Contents
    catalogue: Catalogue
    desk: Desk
    framework: str = ""
    _release: Release = field(init=False)
    _codes: Mapping[str, frozenset[str]] = field(init=False)
    _cells: Callable[[str], pl.DataFrame] = field(init=False, compare=False)
    _others: dict[str, "Evidence"] = field(init=False, compare=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        facts = read_facts(self.contents.manifest)
        if self.framework:
            facts = facts.under(next(one for one in facts.frameworks if one.id == self.framework))
        listed = dict(self.contents.dimension.group_by("dimension").agg("code").iter_rows())
        codes = {name: listed.get(list_name(name, self.framework), []) for name in self.catalogue.dimensions}
        object.__setattr__(self, "_release", facts)
        object.__setattr__(self, "_codes", {name: frozenset(found) for name, found in codes.items()})
        object.__setattr__(self, "_cells", lru_cache(_REMEMBERED)(self.contents.answer))

    def under(self, framework: str) -> "Evidence":
        """The same release under another of its frameworks; an id that it does not know is the primary one's."""
        _primary, *others = (one.id for one in self._release.frameworks)
        asked = framework if framework in others else ""
        if asked == self.framework:
            return self
        if asked not in self._others:
            self._others[asked] = replace(self, framework=asked)
        return self._others[asked]

    def release(self) -> Release:
        """The facts of the release."""
        return self._release

    def label(self, measure: str) -> str:
        """What a measure is called, given how the council is paid."""
        asked = self.catalogue.measures[measure]
        if not self._release.paid_by_results and asked.label_paid_up_front:
            return asked.label_paid_up_front
        return asked.label

    def dimension_label(self, dimension: str) -> str:
        """What a dimension is called."""
        return self.catalogue.dimensions[dimension].label

    def choices(self, dimension: str, measure: str | None = None) -> list[Choice]:
        """The codes of a dimension, in their order; those that a measure can have, where one is named."""
        codes = self._listed(dimension).select("code", "label")
        chosen = [Choice(code, label) for code, label in codes.iter_rows()]
        if measure is None:
            return chosen
        asked = self.catalogue.measures[measure]
        return [one for one in chosen if self.catalogue.possible(asked, dimension, one.code)]

    def ask(self, question: Question) -> Answer:
        """The answer to a question. Raises QuestionError where the catalogue does not allow it."""
        measure = check(question, self.catalogue, self._codes)
        frame = self._every_cell(question, measure)
        names = names_in_release(question, measure, self.catalogue, self.framework)
        stored = [self._stored(question, name, frame) for name in names]
        if measure.share is not None:
            values = _share(*stored)
        elif measure.money is not None:
            values = self._money(question, measure, frame, stored[0])
        else:
            values = stored[0]
        labelled = [column for name in question.by for column in (name, f"{name}_label")]
        result = frame.select(*labelled, "_impossible").hstack(values)
        not_applicable = pl.lit(Symbol.NOT_APPLICABLE.value)
        why = pl.when("_impossible").then(not_applicable).otherwise(pl.col("symbol"))
        symbol = pl.when(pl.col("value").is_null()).then(why)
        result = result.with_columns(symbol=symbol).drop("_impossible")
        named = replace(measure, label=self.label(measure.name))
        return Answer(question, named, result, self._notes(measure), self._source())

    def ask_or_coarser(self, question: Question) -> Answer:
        """As `ask`, but by the parent of its one dimension where more than half of the figures would be withheld."""
        answer = self.ask(question)
        parent = self.catalogue.dimensions[answer.dimension].parent
        possible = answer.applicable.height
        if parent is None or parent in question.where or parent not in answer.measure.dimensions:
            return answer
        if possible and answer.withheld / possible <= _TOO_MUCH:
            return answer
        coarser = self.ask(Question(question.measure, (parent,), question.where))
        finer, wider = self.dimension_label(answer.dimension).lower(), self.dimension_label(parent).lower()
        note = f"Too much would be withheld by {finer}, so this is by {wider}."
        return Answer(
            coarser.question, coarser.measure, coarser.frame, (note, *coarser.notes), coarser.source
        )

    def data_quality(self) -> pl.DataFrame:
        """One row a rule on an extract: extract, rule, severity, meaning, rows, failures (now and in the release
        before), and their symbols."""
        return self.contents.data_quality

    def linkage_quality(self) -> pl.DataFrame:
        """One row a measure of how far records find their people: measure, dimension, code, meaning, whole and part
        (Int64, null where withheld), their symbols, and standing (poor, good or null)."""
        return self.contents.linkage_quality

    def privacy_checks(self) -> pl.DataFrame:
        """One row a check made before this release was published, or a measure taken of it: name, meaning, examined
        and figure (Int64, null where withheld), their symbols, most (the limit, in per cent) and result."""
        return self.contents.privacy_check

    def collected(self) -> pl.DataFrame:
        """One row a column of an extract: contract, column_name, kind, meaning, decision (what became of it)."""
        return self.contents.collected

    def _listed(self, dimension: str) -> pl.DataFrame:
        named = list_name(dimension, self.framework)
        return self.contents.dimension.filter(pl.col("dimension") == named).sort("position", "code")

    def _every_cell(self, question: Question, measure: Measure) -> pl.DataFrame:
        """Every combination of codes, in order, with labels, and `_impossible` (Boolean)."""
        frame = pl.DataFrame({"_impossible": [False]})
        for name in question.by:
            codes = self._listed(name).select(
                pl.col("code").alias(name), pl.col("label").alias(f"{name}_label")
            )
            frame = frame.join(codes, how="cross")
        frame = frame.with_columns(pl.lit(code).alias(name) for name, code in question.where.items())
        impossible = pl.lit(False)
        for name in question.dimensions:
            never = [
                code for code in self._codes.get(name, ()) if not self.catalogue.possible(measure, name, code)
            ]
            impossible |= pl.col(name).is_in(never)
            parent = self.catalogue.dimensions[name].parent
            if parent in question.dimensions:
                inside = self._listed(name).filter(pl.col("parent_code").is_not_null())
                belongs = pl.col(name).replace_strict(
                    inside["code"], inside["parent_code"], default=None, return_dtype=pl.String
                )
                impossible |= belongs.is_not_null() & (belongs != pl.col(parent))
        return frame.with_columns(_impossible=impossible)

    def _stored(self, question: Question, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """`value` (Int64) and `symbol` (String) of a stored question, row by row of `frame`."""
        if name not in self.contents.questions:
            unknown = frame.with_columns(
                value=pl.lit(None, pl.Int64), symbol=pl.lit(Symbol.NOT_AVAILABLE.value)
            )
            return unknown.select("value", "symbol")
        keys = {f"code_{place}": dimension for place, dimension in enumerate(question.dimensions, start=1)}
        cells = self._cells(name)
        if keys:
            cells = cells.select("value", *keys).rename(keys)
            found = frame.join(cells, on=list(keys.values()), how="left", maintain_order="left").select(
                "value"
            )
        else:
            found = pl.DataFrame({"value": cells["value"].first()}, schema={"value": pl.Int64})
        withheld = pl.when(pl.col("value").is_null()).then(pl.lit(Symbol.CONFIDENTIAL.value))
        return found.with_columns(symbol=withheld)

    def _money(
        self, question: Question, measure: Measure, frame: pl.DataFrame, counted: pl.DataFrame
    ) -> pl.DataFrame:
        """`value` and `symbol` of what shown counts are worth: row by row of `frame`, count times price.

        Where kinds of claim have prices of their own, the sum over the kinds that are shown.
        """
        release = self._release

        def without(symbol: Symbol) -> pl.DataFrame:
            return counted.with_columns(value=pl.lit(None, pl.Int64), symbol=pl.lit(symbol.value))

        if not release.paid_by_results:
            return without(Symbol.NOT_APPLICABLE)
        if not release.rules.several_kinds:
            return counted.with_columns(pl.col("value") * release.price)
        prices = {kind.code: kind.price for kind in release.rules.claims}
        price = pl.col("kind").replace_strict(prices, default=None, return_dtype=pl.Int64)
        if "kind" in question.dimensions:
            return counted.with_columns(value=counted["value"] * frame.select(price).to_series())
        if "kind" not in measure.dimensions or len(question.dimensions) == MOST_DIMENSIONS:
            return without(Symbol.NOT_AVAILABLE)
        by_kind = self.ask(Question(measure.money or "", (*question.by, "kind"), question.where)).frame
        if by_kind.is_empty():
            return without(Symbol.NOT_AVAILABLE)
        size = by_kind.height // frame.height
        return (
            by_kind.with_row_index("row")
            .with_columns(row=pl.col("row") // size, value=pl.col("value") * price)
            .group_by("row", maintain_order=True)
            .agg(
                value=pl.when(pl.col("value").is_not_null().any()).then(pl.col("value").sum()),
                symbol=pl.when(pl.col("value").is_null().all()).then(pl.lit(Symbol.CONFIDENTIAL.value)),
            )
            .select("value", "symbol")
        )

    def _notes(self, measure: Measure) -> tuple[str, ...]:
        notes = [self._release.profile_words]
        if measure.share is not None:
            notes.append("Shares are worked out from the rounded figures, to the nearest per cent.")
        if measure.money is not None and self._release.rules.several_kinds:
            notes.append("Worth is the shown count of each kind of claim times its price.")
        elif measure.money is not None:
            notes.append(f"Worth is the shown count times £{self._release.price:,}.")
        return tuple(notes)

    def _source(self) -> str:
        release = self._release
        made_up = "made-up data, " if release.synthetic else ""
        return f"{release.authority}, {made_up}release {release.name}, as of {day(release.as_of)}"


def _share(part: pl.DataFrame, whole: pl.DataFrame) -> pl.DataFrame:
    both = pl.DataFrame(
        {"part": part["value"], "whole": whole["value"], "first": part["symbol"], "second": whole["symbol"]}
    )
    # Rounding can lift a part above its whole.
    share = (100 * pl.col("part") / pl.col("whole")).round(0).clip(0, 100)
    some = pl.col("whole") > 0
    symbol = pl.coalesce(
        "second", "first", pl.when(pl.col("whole") <= 0).then(pl.lit(Symbol.NOT_APPLICABLE.value))
    )
    return both.select(value=pl.when(some).then(share), symbol=symbol)
