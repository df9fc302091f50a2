"""Makes an extract of rows: read, made coarse until every row is like those of other families, held against what was
given before, named by the project's own tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from custody.finding import ProtectedRelease
from custody.microdata.describing import described, method
from custody.microdata.errors import TogetherError
from custody.microdata.given import CLASS, FAMILY, LINKED, Given, joined, marks, numbered, of_family, refined
from custody.microdata.given import ROW as MARK
from custody.microdata.linking import CUT, linked
from custody.microdata.report import risk_report, risk_words
from custody.microdata.rows import FAMILY as FAMILY_TOKEN
from custody.microdata.rows import ROW as ROW_TOKEN
from custody.microdata.rows import read_rows
from custody.microdata.together import Finding, together
from custody.packages import PackageTable
from disclosure.errors import DisclosureError
from disclosure.microdata import Anonymised, Hierarchy, Rules, anonymise, hierarchy_of
from release.microdata import (
    Asked,
    Column,
    ExtractError,
    Microdata,
    Part,
    calendar_lines,
    check_asked,
    codes_of,
    lines_of,
    tokens_of,
)
from release.tokens import project_tokens

# What making an extract coarser beside earlier ones may cost before tokens of its own are the better choice: so many
# times the loss without, and so much more.
_TIMES, _MORE = 2.0, 0.1
_BESIDE, _AT = " beside", " at"


@dataclass(frozen=True)
class Extract:
    """An extract as it may leave: `table` with its dictionary, `method` and `risk_words` as paragraphs, `risk` as safe
    figures. `given`: what custody keeps of it. `findings`: what it gives away together with earlier ones."""

    table: PackageTable
    method: tuple[str, ...]
    risk: dict[str, Any]
    risk_words: tuple[str, ...]
    given: Given
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Try:
    """One way to make it. `own_tokens`: tokens that no other extract has."""

    done: Anonymised
    given: Given
    findings: tuple[Finding, ...]
    profile: pl.Series
    own_tokens: bool

    @property
    def passed(self) -> bool:
        return all(one.passed for one in self.findings)


def extract(
    release: ProtectedRelease,
    dimensions: pl.DataFrame,
    microdata: Microdata,
    asked: Asked,
    *,
    project: str,
    project_key: str,
    marks_key: str,
    export: int,
    earlier: Sequence[Given] = (),
) -> Extract:
    """An extract of a release for a project. `dimensions`: its table `dimension`; `marks_key`: the key of the protected
    files; `earlier`: what was given before, to this project and others.

    Raises ExtractError where what is asked is not allowed or no rows can keep to its rules, TogetherError where nothing
    that could be given is safe beside what was given before, EvidenceError for a release of an earlier schema.
    """
    check_asked(microdata, asked)
    rows = read_rows(release, dimensions, microdata, asked, project_key)
    making = _Making(rows, dimensions, microdata, asked, release.name, project, export, marks_key, earlier)
    chosen = making.best()
    table = _table(making, chosen, project_key)
    risk = risk_report(
        rows, chosen.done, making.quasi, making.hierarchies, asked, microdata, chosen.profile, chosen.findings
    )
    return Extract(
        table,
        method(microdata, asked, chosen.own_tokens, bool(earlier)),
        risk,
        risk_words(risk),
        chosen.given,
        chosen.findings,
    )


class _Making:
    """Everything that the ways to make one extract have in common."""

    def __init__(
        self,
        rows: pl.DataFrame,
        dimensions: pl.DataFrame,
        microdata: Microdata,
        asked: Asked,
        release: str,
        project: str,
        export: int,
        marks_key: str,
        earlier: Sequence[Given],
    ) -> None:
        self.microdata, self.asked, self.release = microdata, asked, release
        self.project, self.export, self.earlier = project, export, earlier
        self.dimensions = dimensions
        self.columns = [microdata.columns[name] for name in asked.columns]
        self.quasi = self._named(Part.QUASI)
        self.sensitive = self._named(Part.SENSITIVE)
        self.kept = self._named(Part.KEPT)
        self.hierarchies = {
            column.name: _hierarchy(column, rows[column.name], dimensions)
            for column in self.columns
            if column.part is Part.QUASI
        }
        self.rows = rows.with_columns(
            marks(marks_key, "row", rows[ROW_TOKEN]), marks(marks_key, "family", rows[FAMILY_TOKEN])
        )

    def best(self) -> _Try:
        """The way that is safe and keeps the most use. Raises TogetherError where there is none."""
        plain = self._try(None, own_tokens=False)
        if plain is None:
            raise ExtractError(
                f"No rows about a {self.asked.unit} can be given with k = {self.asked.k}, l = {self.asked.l} and "
                f"t = {self.asked.t}: choose a smaller k or l, a larger t, or other sensitive columns."
            )
        if plain.passed:
            return plain
        most = _TIMES * plain.done.loss.penalty + _MORE
        safe: list[_Try] = []
        for own_tokens in (False, True):
            alone = self._try(None, own_tokens=True) if own_tokens else plain
            safe += self._safe_ways(alone, own_tokens=own_tokens)
            if safe and min(one.done.loss.penalty for one in safe) <= most:
                break
        if safe:
            return min(safe, key=lambda one: one.done.loss.penalty)
        raise TogetherError(
            "This extract is not made: together with what was released before, it would give somebody away. "
            + " ".join(f"With export {one.export}: {one.words}" for one in plain.findings if not one.passed)
            + " Ask for columns that were given before, for other rows, or for tables."
        )

    def _safe_ways(self, alone: _Try | None, *, own_tokens: bool) -> list[_Try]:
        """The ways that are safe: `alone` as it is, else beside those that it failed with, else beside all."""
        if alone is not None and alone.passed:
            return [alone]
        wrong = {one.export for one in alone.findings if not one.passed} if alone is not None else set()
        every = {one.export for one in self.earlier}
        for exports in (wrong, every) if wrong != every else (every,):
            classes = self._earlier_classes(exports, own_tokens=own_tokens)
            beside = self._beside(classes, own_tokens=own_tokens) if classes is not None else []
            safe = [one for one in beside if one is not None and one.passed]
            if safe:
                return safe
        return []

    def _beside(self, classes: pl.Series, *, own_tokens: bool) -> list[_Try | None]:
        """Ways beside earlier classes. Those who are of none with enough others cannot be given; and few who came since
        are better left out than hidden, since they would make everybody's rows coarse."""
        rows = self.rows.with_columns(classes.alias(_BESIDE))
        few = pl.col(FAMILY).n_unique().over(_BESIDE) < self.asked.k
        for name in self.sensitive:
            few |= pl.col(name).n_unique().over(_BESIDE) < self.asked.l
        before = pl.concat(
            [one.rows[MARK] for one in self.earlier if one.unit == self.asked.unit] or [rows[MARK].clear()]
        )
        enough = rows.select(~few).to_series()
        known = rows[MARK].is_in(before.implode())
        chosen = [enough] if (enough & ~known).sum() == 0 else [enough, enough & known]
        return [self._try(classes, own_tokens=own_tokens, chosen=one) for one in chosen]

    def _try(
        self, beside: pl.Series | None, *, own_tokens: bool, chosen: pl.Series | None = None
    ) -> _Try | None:
        """One way, or None where no rows can keep to the rules. `chosen`: which rows may be given (None: all)."""
        rows = self.rows if beside is None else self.rows.with_columns(beside.alias(_BESIDE))
        rows = rows.with_row_index(_AT) if chosen is None else rows.with_row_index(_AT).filter(chosen)
        if self.rows.height - rows.height > int(self.asked.limit * self.rows.height):
            return None
        strict = bool(self.sensitive)
        rules = Rules(
            self.asked.k,
            self.asked.l if strict else 1,
            t=self.asked.t if strict else 1.0,
            sensitive=self.sensitive,
        )
        try:
            done = anonymise(
                rows,
                self.quasi,
                self.hierarchies,
                rules,
                limit=self.asked.limit,
                keep=self.kept,
                owner=FAMILY,
                beside="" if beside is None else _BESIDE,
            )
        except DisclosureError:
            return None
        done = _without(done, rows, self.rows.height)
        whose = self.rows[done.places]
        told = whose.select(
            MARK,
            FAMILY,
            pl.Series(CLASS, numbered(done.records, self.quasi)),
            *self.sensitive,
            *self.kept,
        )
        profile = self._profiles(told)
        given = Given(
            self.project,
            self.export,
            self.release,
            self.asked.unit,
            not own_tokens,
            self.asked.k,
            self.asked.l if strict else 1,
            self.sensitive,
            told.with_columns((profile != CUT).alias(LINKED)),
            self.kept,
        )
        return _Try(
            done,
            given,
            together(
                self.earlier,
                given,
                narrowed=self.microdata.narrowed,
                facts={name: one.fact for name, one in self.microdata.columns.items()},
            ),
            profile,
            own_tokens,
        )

    def _profiles(self, told: pl.DataFrame) -> pl.Series:
        """What each row's family is linked with; a family that is a row is linked with itself."""
        if self.asked.unit == "family":
            return pl.Series("profile", [0]).new_from_index(0, told.height)
        if not self.asked.linked:
            return pl.Series("profile", [CUT], dtype=pl.Int64).new_from_index(0, told.height)
        by = told.rename({FAMILY: "family", CLASS: "class"})
        return linked(by, self.asked.k, sensitive=self.sensitive, diversity=self.asked.l)

    def _earlier_classes(self, exports: set[int], *, own_tokens: bool) -> pl.Series | None:
        """The classes that the rows were in already, in what they are held against: by the project's tokens in all that
        these join; of the rest in these `exports`. None where that is nothing."""
        found = []
        for one in self.earlier:
            tied = one.project == self.project and one.joinable and not own_tokens
            if not tied and one.export not in exports:
                continue
            classes = joined(one, self.asked.unit, self.rows, linked=self.asked.linked)
            if one.unit != self.asked.unit and one.export in exports and (classes is None or not tied):
                classes = of_family(one, self.rows)
            if classes is not None:
                found.append(classes)
        return refined(found) if found else None

    def _named(self, part: Part) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.part is part)


def _without(done: Anonymised, rows: pl.DataFrame, whole: int) -> Anonymised:
    """What was done to some of the rows, told of the `whole`: all others are left out."""
    out = whole - rows.height
    loss = done.loss
    by_column = {name: (one * rows.height + out) / whole for name, one in loss.columns.items()}
    return replace(
        done,
        left_out=done.left_out + out,
        places=rows[_AT].to_numpy()[done.places].astype(np.int64),
        loss=replace(
            loss,
            penalty=(loss.penalty * rows.height + out) / whole,
            columns=by_column,
            discernibility=loss.discernibility - done.left_out * rows.height + (done.left_out + out) * whole,
        ),
    )


def _hierarchy(column: Column, values: pl.Series, dimensions: pl.DataFrame) -> Hierarchy:
    lines = (
        calendar_lines(values.unique().to_list())
        if column.calendar
        else lines_of(column, codes_of(column, dimensions), dimensions)
    )
    try:
        return hierarchy_of(lines, column.name, source=f"data/microdata.toml, column.{column.name}")
    except DisclosureError as error:
        raise ExtractError(str(error)) from None


def _table(making: _Making, chosen: _Try, project_key: str) -> PackageTable:
    """The rows as they leave: tokens first, sorted by what is written, so that no order tells anything."""
    asked, done = making.asked, chosen.done
    whose = making.rows[done.places]
    written = done.records.select(asked.columns)
    tokens: dict[str, pl.Series] = {}
    for named in tokens_of(asked):
        name = f"{named}_token"
        of_family = named == "family"
        values = whose[FAMILY_TOKEN if of_family else ROW_TOKEN]
        purpose = f"{named} of export {making.export}" if chosen.own_tokens else named
        tokens[name] = _tokens(project_key, purpose, values)
        if of_family and asked.unit != "family":
            alone = _tokens(project_key, f"row of export {making.export}", whose[ROW_TOKEN])
            shown = pl.select(pl.when(chosen.profile != CUT).then(tokens[name]).otherwise(alone))
            tokens[name] = shown.to_series()
    frame = written.with_columns(one.alias(name) for name, one in tokens.items())
    frame = frame.select(*tokens, *asked.columns).sort(*asked.columns, *tokens)
    unit = making.microdata.units[asked.unit]
    return PackageTable(
        asked.unit,
        unit.label,
        unit.about,
        frame,
        described(making.columns, tuple(tokens), done, making.hierarchies, making.dimensions, asked),
    )


def _tokens(key: str, purpose: str, values: pl.Series) -> pl.Series:
    tokens: Mapping[str, str] = dict(project_tokens(key, purpose, values).iter_rows())
    return values.replace_strict(tokens, return_dtype=pl.String)
