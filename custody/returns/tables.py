"""The tables of a return as its content tells them: every cell a safe figure or a symbol, with where it comes from."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product
from math import sqrt
from typing import Any, Final

import polars as pl

from custody.returns.asking import Asked, asked_of
from custody.returns.counting import Codes, CountedTable, Holders, count_table
from custody.returns.protecting import Protected
from custody.returns.source import Source
from release.catalogue import FRAMEWORK_POPULATIONS
from release.cohorts import COHORTS, is_of_followed, not_followed
from release.measures import list_name
from release.return_measures import RETURN_MEASURES
from release.return_periods import Period
from release.returns import TOTAL, ColumnAsked, Given, Over, TableAsked, Template

CONFIDENTIAL, NOT_AVAILABLE, NOT_APPLICABLE, LOW, UNRELIABLE = "c", "x", "z", "low", "u"
# A share that chance may move by more points than this says too little: the dashboard's own rule (evidence.derived).
_FURTHEST: Final = 10.0
Told = tuple[int | str | None, str]


def count_tables(
    source: Source, template: Template, period: Period, holders: Holders
) -> dict[str, CountedTable]:
    """Every table of a template that counts people, families or records, from the protected rows."""
    further = source.counting.further(template.framework)
    found = {}
    for table, columns in asked_tables(source, template, period):
        if columns:
            codes = {name: row_codes(source, table, name, further) for name in table.rows}
            found[table.name] = count_table(
                source.counting,
                table.name,
                table.rows,
                codes,
                _parents(source, table.rows, columns),
                columns,
                holders,
            )
    return found


def asked_tables(
    source: Source, template: Template, period: Period
) -> list[tuple[TableAsked, dict[str, Asked]]]:
    """What each table of a template asks for in a period, by column; said to the counting at once."""
    further = source.counting.further(template.framework)
    found = []
    for table in template.tables:
        columns = {
            column.name: asked_of(column, table, period, source.catalogue, further)
            for column in table.columns
            if column.counted and not early(source, column, period)
        }
        for one in columns.values():
            source.counting.expect(one.rows, one.framework, one.columns.values())
        found.append((table, columns))
    return found


def early(source: Source, column: ColumnAsked, period: Period) -> bool:
    """Whether what a column counts has not been followed for long enough to be told of the period."""
    measure = source.catalogue.measures.get(column.of[0]) if column.given is Given.MEASURE else None
    if measure is None or column.over is Over.TO_DATE or not is_of_followed(measure.where):
        return False
    which = {Over.BEFORE: period.before, Over.YEAR_BEFORE: period.year_before}.get(column.over, period)
    codes = (*which.quarters, which.year_code)
    late = not_followed(codes, source.counting.codes("quarter")["code"], source.as_of)
    return bool(late & set(which.quarters if period.quarter else codes[-1:]))


def row_codes(source: Source, table: TableAsked, dimension: str, further: str) -> tuple[str, ...]:
    """The codes that a table has rows for: those of which something can be counted in one of its columns."""
    codes = source.counting.codes(list_name(dimension, further).rpartition(":")[2], further)["code"].to_list()
    return tuple(
        code for code in codes if any(possible(source, one, dimension, code) for one in table.columns)
    )


def possible(source: Source, column: ColumnAsked, dimension: str, code: str) -> bool:
    """Whether a code can occur at all in what a column counts."""
    if column.given is Given.COUNTED:
        # Of children and of families with help: no code is kept from them but those of needs and of times.
        allowed = source.catalogue.dimensions[dimension].only.get(code)
        return allowed is None or bool(allowed & {"episode", "person", "family"})
    if column.given is not Given.MEASURE:
        return False
    if dimension in COHORTS and not code[:1].isdigit():
        return False
    return source.catalogue.possible(source.catalogue.measures[column.of[0]], dimension, code)


def _parents(source: Source, rows: Sequence[str], columns: Mapping[str, Asked]) -> dict[str, dict[str, str]]:
    """For each dimension of the rows that lies in another ("ward<locality"), what each of its codes lies in."""
    found: dict[str, dict[str, str]] = {}
    for name in rows:
        parent = source.catalogue.dimensions[name].parent
        if parent is None:
            continue
        framework = next(iter(columns.values())).framework
        lies_in = source.counting.codes(name, framework).select("code", "parent_code").drop_nulls()
        found[f"{name}<{parent}"] = dict(lies_in.iter_rows())
    return found


def told_rows(
    source: Source,
    template: Template,
    table: TableAsked,
    period: Period,
    counted: CountedTable | None,
    protected: Protected | None,
) -> list[dict[str, Any]]:
    """The rows of a table that is counted, as content tells them."""
    further = source.counting.further(template.framework)
    labels = {
        name: dict(
            source.counting.codes(name, further if _of_framework(source, table) else "")
            .select("code", "label")
            .iter_rows()
        )
        for name in table.rows
    }
    grid = list(product(*((None, *row_codes(source, table, name, further)) for name in table.rows)))
    found: dict[str, dict[Codes, Told]] = {}
    for column in table.columns:
        found[column.name] = _column(source, template, table, column, period, grid, counted, protected, found)
    return [
        {
            "codes": list(codes),
            "labels": [
                TOTAL if code is None else labels[name].get(code, code)
                for name, code in zip(table.rows, codes, strict=True)
            ],
            "cells": [list(found[column.name][codes]) for column in table.columns],
        }
        for codes in grid
    ]


def _of_framework(source: Source, table: TableAsked) -> bool:
    return any(
        one.given is Given.MEASURE
        and source.catalogue.measures[one.of[0]].population in FRAMEWORK_POPULATIONS
        for one in table.columns
    )


def _column(
    source: Source,
    template: Template,
    table: TableAsked,
    column: ColumnAsked,
    period: Period,
    grid: Sequence[Codes],
    counted: CountedTable | None,
    protected: Protected | None,
    before: Mapping[str, Mapping[Codes, Told]],
) -> dict[Codes, Told]:
    """Every cell of one column. `before`: the columns that stand before it."""
    if column.given is Given.NOT_AVAILABLE or (column.counted and early(source, column, period)):
        return dict.fromkeys(grid, (None, NOT_AVAILABLE))
    if column.given in (Given.SHARE, Given.CHANGE):
        one, other = (before[name] for name in column.of)
        if column.given is Given.CHANGE:
            return {codes: _change(one[codes], other[codes]) for codes in grid}
        if template.profile == "dashboard":
            usual = float(source.facts.get("noise_usual", 0))
            return {codes: _share_shown(one[codes], other[codes], usual) for codes in grid}
        return {codes: _share(one[codes], other[codes], source.rules.decimals) for codes in grid}
    shown: Mapping[Codes, int | None] = {}
    if template.profile == "dashboard":
        further = source.counting.further(template.framework)
        shown = source.dashboard.figures(table, column, period, grid, further)
    found: dict[Codes, Told] = {}
    for codes in grid:
        pairs = zip(table.rows, codes, strict=True)
        if not all(code is None or possible(source, column, name, code) for name, code in pairs):
            found[codes] = None, NOT_APPLICABLE
        elif template.profile == "dashboard":
            value = shown[codes]
            found[codes] = (None, CONFIDENTIAL) if value is None else (value, "")
        else:
            assert counted is not None and protected is not None
            hidden = protected.hides(counted.key(column.name, codes))
            found[codes] = (None, CONFIDENTIAL) if hidden else (counted.figure(column.name, codes).value, "")
    return found


def _hidden(one: Told, other: Told) -> str:
    """The symbol of what is worked out from two cells of which one has no value."""
    symbols = [symbol for _, symbol in (one, other) if symbol]
    return CONFIDENTIAL if CONFIDENTIAL in symbols else symbols[0] if symbols else ""


def _change(now: Told, then: Told) -> Told:
    if symbol := _hidden(now, then):
        return None, symbol
    assert isinstance(now[0], int) and isinstance(then[0], int)
    return now[0] - then[0], ""


def _share(part: Told, whole: Told, decimals: int) -> Told:
    """A percentage of two exact counts. Halves go up, and no floating point decides."""
    if symbol := _hidden(part, whole):
        return None, symbol
    assert isinstance(part[0], int) and isinstance(whole[0], int)
    if whole[0] == 0:
        return None, NOT_APPLICABLE
    scale = 10**decimals
    units = (200 * scale * part[0] + whole[0]) // (2 * whole[0])
    if units == 0 and part[0] > 0:
        return None, LOW
    return str(Decimal(units).scaleb(-decimals)), ""


def _share_shown(part: Told, whole: Told, usual: float) -> Told:
    """A share of two figures of the dashboard, to the nearest whole, as the dashboard itself writes it."""
    if symbol := _hidden(part, whole):
        return None, symbol
    assert isinstance(part[0], int) and isinstance(whole[0], int)
    if whole[0] <= 0:
        return None, UNRELIABLE
    ratio = min(max(part[0] / whole[0], 0.0), 1.0)
    if 100 * sqrt(usual**2 + (ratio * usual) ** 2) / whole[0] > _FURTHEST:
        return None, UNRELIABLE
    return str(int(pl.select(pl.lit(100 * ratio).round(0)).item())), ""


def unit_of(column: ColumnAsked) -> str:
    """The unit of a column, as the standard names it."""
    if column.given is Given.SHARE:
        return "%"
    return "£" if column.given is Given.CLAIMS and column.of[0] == "pounds" else ""


def source_of(
    source: Source, template: Template, column: ColumnAsked, period: Period, line: int
) -> dict[str, Any]:
    """Where every figure of a column comes from, for whoever reads the return: in words and codes."""
    told: dict[str, Any] = {"over": column.over.value, "item_source": column.source}
    if column.given is Given.CLAIMS:
        told |= {"from": "ledger", "line": line, "figure": column.of[0], "states": list(column.states)}
    elif column.given is Given.NOT_AVAILABLE:
        return {"from": "nowhere", "why": column.of[0], "item_source": column.source}
    elif column.given in (Given.SHARE, Given.CHANGE):
        return {"from": "columns", column.given.value: list(column.of), "item_source": column.source}
    else:
        place = "answers" if template.profile == "dashboard" else "release"
        told |= {"from": place, "release": source.release, "measure": column.of[0]}
        told["filters"] = {name: list(codes) for name, codes in sorted(column.filters.items())}
    told["framework"] = column.framework
    told["period"] = {
        Over.PERIOD: period.code,
        Over.YEAR_TO_DATE: f"{period.year_to_date[0].code} to {period.year_to_date[-1].code}",
        Over.TO_DATE: f"up to {source.facts['as_of']}",
        Over.BEFORE: period.before.code,
        Over.YEAR_BEFORE: period.year_before.code,
    }[column.over]
    return told


def about_of(source: Source, column: ColumnAsked) -> str:
    """What a reader must know of a column."""
    words = [column.about]
    if column.given is Given.NOT_AVAILABLE:
        words.append(f"Not available: {column.of[0]}")
    if column.given is Given.COUNTED:
        words.append(RETURN_MEASURES[column.of[0]].about)
    return " ".join(one for one in words if one)
