"""The figures of a scorecard: the very ones that the dashboard of the release shows, so that the two never disagree."""

from collections.abc import Mapping, Sequence

import duckdb

from release.catalogue import Catalogue, question_name
from release.measures import FRAMEWORK_POPULATIONS
from release.return_periods import Period
from release.returns import ColumnAsked, Over, TableAsked

Codes = tuple[str | None, ...]
_SHOWN = "shown"


class Dashboard:
    """The safe answers of one release (`answers`: open, the schema of its file)."""

    def __init__(self, answers: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
        self._answers, self._catalogue = answers, catalogue
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
        state = self._answers.execute("SELECT state FROM question WHERE question = ?", [name]).fetchone()
        if state is None or state[0] != _SHOWN:
            return None
        rows = self._answers.execute(
            "SELECT code_1, code_2, code_3, value FROM answer WHERE question = ?", [name]
        ).fetchall()
        return {tuple(code for code in codes if code is not None): int(value) for *codes, value in rows}


def _told(rows: Sequence[str], codes: Codes) -> dict[str, str]:
    return {name: code for name, code in zip(rows, codes, strict=True) if code is not None}
