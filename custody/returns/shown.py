"""The figures of a scorecard: the very ones that the dashboard of the release shows, so that the two never disagree."""

from collections.abc import Mapping, Sequence
from contextlib import closing

import polars as pl

from release.catalogue import Catalogue, question_name
from release.measures import FRAMEWORK_POPULATIONS
from release.opening import open_answers
from release.places import Places
from release.return_periods import Period
from release.returns import ColumnAsked, Over, TableAsked

Codes = tuple[str | None, ...]
_SHOWN = "shown"


class Dashboard:
    """The safe answers of one release, read when they are first asked for."""

    def __init__(self, places: Places, release: str, catalogue: Catalogue) -> None:
        self._places, self._release, self._catalogue = places, release, catalogue
        self._tables: tuple[pl.DataFrame, pl.DataFrame] | None = None
        self._found: dict[str, Mapping[tuple[str, ...], int] | None] = {}

    def figures(
        self, table: TableAsked, column: ColumnAsked, period: Period, grid: Sequence[Codes], further: str
    ) -> dict[Codes, int | None]:
        """The figure of each row (its codes, None for a total) of a counted column; None where the dashboard withholds
        it. A question that is answered by a coarser one, or not at all, is withheld."""
        measure = self._catalogue.measures[column.of[0]]
        framework = further if measure.population in FRAMEWORK_POPULATIONS else ""
        fixed = {name: codes[0] for name, codes in column.filters.items()}
        if column.over is not Over.TO_DATE:
            fixed.update(self._time(column.over, period))
        return {
            codes: self._figure(measure.name, framework, {**fixed, **_told(table.rows, codes)})
            for codes in grid
        }

    def _time(self, over: Over, period: Period) -> dict[str, str]:
        which = {Over.BEFORE: period.before, Over.YEAR_BEFORE: period.year_before}.get(over, period)
        if which.quarter:
            return {"quarter": which.quarters[0]}
        return {"year": which.year_code}

    def _figure(self, measure: str, framework: str, codes: Mapping[str, str]) -> int | None:
        dimensions = self._catalogue.normal(tuple(codes))
        name = question_name(measure, dimensions, framework)
        if name not in self._found:
            self._found[name] = self._answer(name)
        cells = self._found[name]
        return None if cells is None else cells.get(tuple(codes[one] for one in sorted(dimensions)))

    def _answer(self, name: str) -> Mapping[tuple[str, ...], int] | None:
        if self._tables is None:
            # Not held open: whoever audits the return opens the file too.
            with closing(open_answers(self._places, self._release)) as answers:
                self._tables = (
                    answers.execute("SELECT question, state FROM question").pl(),
                    answers.execute("SELECT question, code_1, code_2, code_3, value FROM answer").pl(),
                )
        questions, figures = self._tables
        if questions.filter(question=name)["state"].to_list() != [_SHOWN]:
            return None
        return {
            tuple(code for code in codes if code is not None): int(value)
            for _, *codes, value in figures.filter(question=name).iter_rows()
        }


def _told(rows: Sequence[str], codes: Codes) -> dict[str, str]:
    return {name: code for name, code in zip(rows, codes, strict=True) if code is not None}
