"""What a return tells, in the terms of the joint audit: each counted column as a table that is to leave, or that left.

All of it stands in the content of a version: a template that was changed since does not matter.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from custody.released.proposed import Proposed, exact_knowledge
from custody.returns.counting import Codes, CountedTable
from custody.returns.source import Source
from figures.at_a_date import CHILDREN, HELP, help_where
from figures.coding import CountedRows
from release.measures import FRAMEWORK_POPULATIONS
from release.return_measures import RETURN_MEASURES
from release.return_periods import Period, period_named
from release.returns import Over

BETWEEN = "/"


def proposed_of(source: Source, content: Mapping[str, Any]) -> list[Proposed]:
    """The tables of a version, named `table/column`. Of a scorecard there are none: its figures are the dashboard's
    very own. `source`: the release that it was counted from."""
    period = period_named(content["period"]["code"])
    found = []
    for table in content["tables"]:
        rows = tuple(one["name"] for one in table["filters"])
        for place, column in enumerate(table["columns"]):
            if column["source"]["from"] == "release":
                cells = _cells(rows, table["rows"], place)
                if cells.height:
                    name = f"{table['name']}{BETWEEN}{column['name']}"
                    found.append(_proposed(source, name, rows, cells, column["source"], period))
    return found


def _cells(dimensions: Sequence[str], rows: Sequence[Mapping[str, Any]], place: int) -> pl.DataFrame:
    """The cells of a column: null in a dimension is its total; a cell that cannot be is left out."""
    kept = [row for row in rows if row["cells"][place][1] in ("", "c")]
    columns = {
        name: pl.Series(name, [row["codes"][number] for row in kept], dtype=pl.String)
        for number, name in enumerate(dimensions)
    }
    values = [row["cells"][place][0] for row in kept]
    return pl.DataFrame({**columns, "value": pl.Series("value", values, dtype=pl.Float64)})


def _proposed(
    source: Source,
    name: str,
    rows: tuple[str, ...],
    cells: pl.DataFrame,
    told: Mapping[str, Any],
    period: Period,
) -> Proposed:
    knowledge = exact_knowledge(source.rules)
    threshold = source.rules.highest + 1
    filters = {dimension: tuple(codes) for dimension, codes in told["filters"].items()}
    over, measure = Over(told["over"]), told["measure"]
    which = period.year_to_date if over is Over.YEAR_TO_DATE else (period,)
    if measure in RETURN_MEASURES:
        return Proposed(
            name,
            f"{measure}@{which[0].code}..{which[-1].code}",
            rows,
            cells,
            knowledge,
            fixed=filters,
            threshold=threshold,
            rows=_rows(source, measure, rows, tuple(filters), which),
        )
    asked = source.catalogue.measures.get(measure)
    if asked is None:
        # The catalogue has it no more: the audit says that it cannot be held against anything.
        return Proposed(name, measure, rows, cells, knowledge, fixed=filters, threshold=threshold)
    framework = (
        source.counting.further(told["framework"]) if asked.population in FRAMEWORK_POPULATIONS else ""
    )
    fixed = dict(filters)
    if over is not Over.TO_DATE and "quarter" in asked.dimensions:
        fixed["quarter"] = tuple(code for one in which for code in one.quarters)
    elif over is not Over.TO_DATE:
        fixed["year"] = (period.year_code,)
    return Proposed(
        name, measure, rows, cells, knowledge, framework=framework, fixed=fixed, threshold=threshold
    )


def _rows(
    source: Source, name: str, rows: Sequence[str], filters: Sequence[str], which: Sequence[Period]
) -> pl.DataFrame:
    """Everything that a measure of returns counts before its filters: one row a family or child."""
    measure = RETURN_MEASURES[name]
    quarters = [code for one in which for code in one.quarters]
    # What is open at the end was open in the period, or in the year so far, by its own months.
    where = help_where(measure, which[0].first_month, which[-1].last_month, quarters)
    population, distinct = (CHILDREN, "person_key") if measure.children else (HELP, "family_key")
    columns = [*rows, *filters]
    cubes = source.counting.cubes(CountedRows(population, distinct, where), "", columns)
    return cubes.distinct_rows(distinct, columns, where)


def leaking(
    leaks: Mapping[str, pl.DataFrame], counted: Mapping[str, CountedTable]
) -> list[tuple[str, str, Codes]]:
    """What an audit says must not be shown: table, column and codes of each cell."""
    found: list[tuple[str, str, Codes]] = []
    for name, cells in leaks.items():
        table, _, column = name.partition(BETWEEN)
        if table in counted:
            rows = counted[table].rows
            found += [(table, column, tuple(row[one] for one in rows)) for row in cells.iter_rows(named=True)]
    return sorted(found, key=lambda one: (one[0], one[1], tuple(code or "" for code in one[2])))
