"""Evidence: the only door to a number. It answers questions out of one release, by looking them up."""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Protocol

import polars as pl

from evidence import derived
from evidence.access import Who
from evidence.answers import Answer
from evidence.cells import Cells
from evidence.desk import Desk
from evidence.errors import AccessError
from evidence.facts import Release, read_facts
from evidence.kept import Found, Kept
from evidence.lists import Lists, read_lists
from evidence.questions import Question, check
from evidence.settling import Settled, Standing, settle, standings
from evidence.symbols import MEANINGS, WITHDRAWN, Symbol
from evidence.words import day
from release.catalogue import Catalogue, Measure


class Contents(Protocol):
    """One release, as it was read. Frames have the columns of release/schema.py."""

    manifest: Mapping[str, str]
    question: pl.DataFrame
    dimension: pl.DataFrame
    data_quality: pl.DataFrame
    linkage_quality: pl.DataFrame
    privacy_check: pl.DataFrame
    collected: pl.DataFrame
    attack: pl.DataFrame

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
    """Everything that may be asked about one release, under one of its frameworks (none: the primary one), by one
    reader: somebody of a role, kept to a scope or not. It never changes: a new release is a new Evidence.

    Without a reader (`seen_by`) it tells of the release and answers no question.
    """

    contents: Contents
    catalogue: Catalogue
    desk: Desk
    framework: str = ""
    role: str | None = None
    scope: str = ""
    _release: Release = field(init=False)
    _lists: Lists = field(init=False, compare=False, repr=False)
    _stored: Mapping[str, Standing] = field(init=False, compare=False, repr=False)
    _cells: Cells = field(init=False, compare=False, repr=False)
    _kept: Kept = field(init=False, compare=False, repr=False, default_factory=Kept)
    _others: dict[tuple[str, str | None, str], "Evidence"] = field(
        init=False, compare=False, repr=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        facts = read_facts(self.contents.manifest)
        if self.framework:
            facts = facts.under(next(one for one in facts.frameworks if one.id == self.framework))
        localities = self.catalogue.scopes[self.scope].localities if self.scope else None
        lists = read_lists(self.contents.dimension, self.catalogue, self.framework, localities, facts.as_of)
        object.__setattr__(self, "_release", facts)
        object.__setattr__(self, "_lists", lists)
        object.__setattr__(self, "_stored", standings(self.contents.question))
        object.__setattr__(self, "_cells", Cells(self.contents.answer))

    def under(self, framework: str) -> "Evidence":
        """The same release under another of its frameworks; an id that it does not know is the primary one's."""
        _primary, *others = (one.id for one in self._release.frameworks)
        return self._other(framework if framework in others else "", self.role, self.scope)

    def seen_by(self, who: Who) -> "Evidence":
        """The same release as somebody may see it. Raises AccessError where they are kept to a part of the council that
        the catalogue does not know."""
        if who.scope and who.scope not in self.catalogue.scopes:
            raise AccessError(
                "data/access.toml keeps this reader to a scope that data/catalogue.toml does not have. Name one that "
                "it has: nothing is shown until then."
            )
        return self._other(self.framework, who.role.value, who.scope)

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

    def scope_label(self) -> str | None:
        """Which part of the council the reader is kept to, in words; None where it is the whole."""
        return self.catalogue.scopes[self.scope].label if self.scope else None

    def choices(self, dimension: str, measure: str | None = None) -> list[Choice]:
        """The codes of a dimension, in their order; those that a measure can have, where one is named."""
        never = self._lists.never(self.catalogue.measures[measure], dimension) if measure else []
        listed = self._lists.frames[dimension].iter_rows()
        return [Choice(code, label) for code, label in listed if code not in never]

    def may_ask(self, measure: str, *dimensions: str) -> bool:
        """Whether the catalogue has a measure by each of these dimensions, for the reader."""
        asked = self.catalogue.measures.get(measure)
        return (
            self.role is not None
            and asked is not None
            and set(dimensions) <= set(asked.dimensions)
            and self.catalogue.allows(self.role, asked, dimensions)
        )

    def may_ask_together(self, measure: str, *dimensions: str) -> bool:
        """Whether the reader may ask for a measure by all of these dimensions at once."""
        return self.may_ask(measure, *dimensions) and self.catalogue.goes_together(
            self.catalogue.normal(dimensions)
        )

    def ask(self, question: Question) -> Answer:
        """The answer to a question. Where too much of it would be withheld, it is the answer to a coarser one, and says
        so. Raises QuestionError where the catalogue does not allow it, AccessError where it is not for the reader."""
        if self.role is None:
            raise AccessError("Nobody has said who asks: a question is answered to a reader of a role.")
        measure = check(question, self.catalogue, self._lists.places, self.role)
        where = (text for pair in sorted(question.where.items()) for text in pair)
        key = ("answer", measure.name, *question.by, "where", *where)
        return self.kept(key, lambda: self._looked_up(question, measure))

    def _looked_up(self, question: Question, measure: Measure) -> Answer:
        settled = settle(question, measure, self._stored, self._lists, self.framework, self.scope)
        frame = self._every_cell(settled.question, measure)
        stored = [self._found(settled, name, frame) for name in settled.names]
        if measure.share is not None:
            figures = derived.share(*stored)
        elif measure.money is not None:
            figures = self._money(settled.question, measure, frame, stored[0])
        else:
            figures = stored[0]
        return self._answer(settled, measure, frame, figures)

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

    def attacks(self) -> pl.DataFrame:
        """One row an attack on the figures of this release or of one before it: release, attack, meaning, examined,
        found, figure and limit (in thousandths; null where there is none) and result."""
        # A release is made before it has a name: its own attacks have none there.
        return self.contents.attack.with_columns(pl.col("release").fill_null(self._release.name))

    def questions(self) -> pl.DataFrame:
        """One row a question that can be asked: question, state, instead (what is shown in its place) and why."""
        return self.contents.question

    def collected(self) -> pl.DataFrame:
        """One row a column of an extract: contract, column_name, kind, meaning, decision (what became of it)."""
        return self.contents.collected

    def kept(self, key: tuple[str, ...], make: Callable[[], Found]) -> Found:
        """What `make` works out of this evidence alone, once for all readers of its kind. `key` says in texts what it
        is and what it was asked by; what is kept is never changed."""
        return self._kept.get(key, make)

    def _other(self, framework: str, role: str | None, scope: str) -> "Evidence":
        if (framework, role, scope) == (self.framework, self.role, self.scope):
            return self
        # All readers share what was made for one of their kind.
        if (framework, role, scope) not in self._others:
            same = (framework, scope) == (self.framework, self.scope)
            other = copy(self) if same else replace(self, framework=framework, scope=scope)
            # What was worked out for one kind of reader stays with that kind.
            for name, value in (
                ("role", role),
                ("_others", self._others),
                ("_cells", self._cells),
                ("_kept", Kept()),
            ):
                object.__setattr__(other, name, value)
            self._others[framework, role, scope] = other
        return self._others[framework, role, scope]

    def _every_cell(self, question: Question, measure: Measure) -> pl.DataFrame:
        """Every combination of codes, in order, with labels, and `_impossible` (Boolean)."""
        frame = pl.DataFrame({"_impossible": [False]})
        for name in question.by:
            codes = self._lists.frames[name].rename({"code": name, "label": f"{name}_label"})
            if name in question.where:
                codes = codes.filter(pl.col(name) == question.where[name])
            frame = frame.join(codes, how="cross")
        never = pl.lit(False)
        for name in question.dimensions:
            asked = _column(question, name)
            barred = self._lists.never(measure, name)
            if barred:
                never |= asked.is_in(barred)
            for above in self.catalogue.ancestors(name):
                if above in question.dimensions:
                    lies_in = self._lists.above[name, above]
                    belongs = asked.replace_strict(lies_in, default=None, return_dtype=pl.String)
                    never |= belongs.ne_missing(_column(question, above))
        for (one, other), apart in self._lists.apart.items():
            if apart and {one, other} <= set(question.dimensions):
                both = pl.struct(_column(question, one).alias("one"), _column(question, other).alias("other"))
                pairs = [{"one": code, "other": with_it} for code, with_it in sorted(apart)]
                never |= both.is_in(pairs)
        return frame.with_columns(_impossible=never)

    def _found(self, settled: Settled, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """The figures of a stored question, row by row of `frame`. What is withheld goes the same way as what is not:
        it takes as long."""
        question = settled.question
        if name not in self._stored:
            return derived.without(frame.height, Symbol.NOT_AVAILABLE)
        stored = self.catalogue.normal(question.dimensions)
        chosen = [
            pl.col(f"code_{place}") == question.where[one]
            for place, one in enumerate(stored, 1)
            if one in question.where
        ]
        cells = self._cells.of(name)
        if chosen:
            cells = cells.filter(*chosen)
        keys = {f"code_{place}": one for place, one in enumerate(stored, 1) if one in question.by}
        if keys:
            cells = cells.select("value", *keys).rename(keys)
            found = frame.join(cells, on=list(keys.values()), how="left", maintain_order="left")
            values = found.select(pl.when(~pl.col("_impossible")).then("value")).to_series()
        else:
            value = None if cells.is_empty() else cells["value"][0]
            values = pl.select(
                pl.when(~frame["_impossible"]).then(pl.lit(value, pl.Int64)).alias("value")
            ).to_series()
        return derived.counted(values, self._release.noise_usual, self._release.noise_most)

    def _money(
        self, question: Question, measure: Measure, frame: pl.DataFrame, counts: pl.DataFrame
    ) -> pl.DataFrame:
        """What shown counts are worth, row by row of `frame`: count times price. Where kinds of claim have prices of
        their own, the sum over the kinds that are shown."""
        release = self._release
        if not release.paid_by_results:
            return derived.without(frame.height, Symbol.NOT_APPLICABLE)
        if not release.rules.several_kinds:
            return derived.priced(counts, release.price)
        prices = {kind.code: kind.price for kind in release.rules.claims}

        def price(of: pl.DataFrame) -> pl.Series:
            kind = _column(question, "kind") if "kind" in question.dimensions else pl.col("kind")
            return of.select(kind.replace_strict(prices, default=None, return_dtype=pl.Int64)).to_series()

        if "kind" in question.dimensions:
            return derived.priced(counts, pl.repeat(1, frame.height, eager=True) * price(frame))
        finer = Question(measure.money or "", (*question.by, "kind"), question.where)
        stored = self.catalogue.normal(finer.dimensions)
        if "kind" not in measure.dimensions or not self.catalogue.goes_together(stored):
            return derived.without(frame.height, Symbol.NOT_AVAILABLE)
        by_kind = self.ask(finer)
        if by_kind.frame.is_empty() or by_kind.question.by != finer.by:
            return derived.without(frame.height, Symbol.NOT_AVAILABLE)
        figures = derived.priced(by_kind.frame.select(derived.FIGURE), price(by_kind.frame))
        return derived.summed(figures, by_kind.frame.height // frame.height)

    def _answer(
        self, settled: Settled, measure: Measure, frame: pl.DataFrame, figures: pl.DataFrame
    ) -> Answer:
        labelled = [column for name in settled.question.by for column in (name, f"{name}_label")]
        why = pl.when("_impossible").then(pl.lit(Symbol.NOT_APPLICABLE.value)).otherwise("symbol")
        result = (
            frame.select(*labelled, "_impossible")
            .hstack(figures)
            .with_columns(symbol=pl.when(pl.col("value").is_null()).then(why))
            .drop("_impossible")
        )
        release = self._release
        notes = (
            *settled.notes,
            release.accuracy,
            *derived.in_words(measure, release.price, several_kinds=release.rules.several_kinds),
        )
        reasons = {symbol.value: words for symbol, words in MEANINGS.items()}
        if settled.withdrawn:
            reasons[Symbol.CONFIDENTIAL.value] = WITHDRAWN
        named = replace(measure, label=self.label(measure.name))
        source = self.source()
        return Answer(settled.question, named, result, notes, source, settled.notes, reasons)

    def source(self) -> str:
        """What every answer is made from, in words: whose release, of when."""
        release = self._release
        made_up = "made-up data, " if release.synthetic else ""
        part = f", {self.scope_label()}" if self.scope else ""
        return f"{release.authority}{part}, {made_up}release {release.name}, as of {day(release.as_of)}"


def _column(question: Question, name: str) -> pl.Expr:
    """The codes of a dimension that is asked by, or the one that was chosen."""
    return pl.col(name) if name in question.by else pl.lit(question.where[name])
