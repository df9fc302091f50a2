"""What a template asks for in one period, in the terms of what is counted: rows of a population, and conditions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from figures.at_a_date import CHILDREN, HELP, help_where
from figures.coding import CountedRows, column_of, counted_rows
from release.catalogue import FRAMEWORK_POPULATIONS, Catalogue
from release.return_measures import RETURN_MEASURES
from release.return_periods import Period
from release.returns import ColumnAsked, Given, Over, TableAsked

Where = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Asked:
    """What one column counts: rows, or distinct values of `distinct`, of a population, `where` columns have codes.

    `framework`: "" for the primary one, or for a population of none. `columns`: what each dimension of the table's rows
    is called in the population. `times`: the columns of `where` that hold the period.
    """

    population: str
    framework: str
    distinct: str | None
    where: Where
    columns: Mapping[str, str] = field(hash=False, compare=False)
    times: frozenset[str] = frozenset()

    @property
    def of(self) -> tuple[str, str, str]:
        """What is counted, without conditions: figures of one of these may be held against each other."""
        return self.population, self.framework, self.distinct or ""

    @property
    def rows(self) -> CountedRows:
        return CountedRows(self.population, self.distinct, dict(self.where))

    def holds(self, other: "Asked") -> bool:
        """Whether everything that `other` counts is counted here too, by the conditions alone."""
        theirs = dict(other.where)
        return self.of == other.of and all(
            column in theirs and set(theirs[column]) <= set(codes) for column, codes in self.where
        )


def asked_of(
    column: ColumnAsked, table: TableAsked, period: Period, catalogue: Catalogue, further: str
) -> Asked:
    """What a counted column asks for. `further`: its framework, as figures.in_file has it."""
    if column.given is Given.COUNTED:
        return _of_returns(column, table, period)
    measure = catalogue.measures[column.of[0]]
    rows = counted_rows(measure)
    where = dict(rows.where)
    for dimension, codes in column.filters.items():
        inside = column_of(measure, dimension)
        where[inside] = tuple(one for one in codes if one in where.get(inside, codes))
    times: frozenset[str] = frozenset()
    if column.over is not Over.TO_DATE:
        time = "quarter" if "quarter" in measure.dimensions else "year"
        codes = _quarters(column.over, period) if time == "quarter" else (period.year_code,)
        where[column_of(measure, time)] = codes
        times = frozenset({column_of(measure, time)})
    framework = further if rows.population in FRAMEWORK_POPULATIONS else ""
    distinct = f"{rows.distinct}_key" if rows.distinct else None
    columns = {name: column_of(measure, name) for name in table.rows}
    return Asked(rows.population, framework, distinct, _sorted(where), columns, times)


def _of_returns(column: ColumnAsked, table: TableAsked, period: Period) -> Asked:
    measure = RETURN_MEASURES[column.of[0]]
    first = period.year_to_date[0] if column.over is Over.YEAR_TO_DATE else period
    where = help_where(measure, first.first_month, period.last_month, _quarters(column.over, period))
    for dimension, codes in column.filters.items():
        where[dimension] = codes
    population, distinct = (CHILDREN, "person_key") if measure.children else (HELP, "family_key")
    times = frozenset(name for name in where if name in ("quarter", "quarter_ended"))
    return Asked(population, "", distinct, _sorted(where), {name: name for name in table.rows}, times)


def _quarters(over: Over, period: Period) -> tuple[str, ...]:
    if over is Over.YEAR_TO_DATE:
        return tuple(code for one in period.year_to_date for code in one.quarters)
    return period.quarters


def _sorted(where: Mapping[str, Collection[str]]) -> Where:
    return tuple((name, tuple(sorted(codes))) for name, codes in sorted(where.items()))
