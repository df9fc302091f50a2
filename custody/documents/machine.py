"""A document of statistics as JSON: every value or symbol, and where it comes from."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from custody.documents.statistics import Cell, Column, Period, StatisticalDocument, StatisticalTable


def document_json(document: StatisticalDocument) -> bytes:
    """The document in canonical JSON: keys in order, one line, each source of a cell said once and referred to by its
    place in `sources`."""
    sources = _sources(document)
    content = {
        "name": document.name,
        "title": document.title,
        "publisher": document.publisher,
        "about": list(document.about),
        "period": _period(Period(document.time_period, document.time_identifier, document.period_words)),
        "geography": {
            "geographic_level": document.geography.level,
            "country_code": document.geography.country_code,
            "country_name": document.geography.country_name,
            "region_code": document.geography.region_code,
            "region_name": document.geography.region_name,
            "old_la_code": document.geography.old_la_code,
            "new_la_code": document.geography.new_la_code,
            "la_name": document.geography.la_name,
        },
        "as_of": document.as_of.isoformat(),
        "release": document.release,
        "version": document.version,
        "state": document.state,
        "synthetic": document.synthetic,
        "signatures": [{"by": one.by, "role": one.role, "at": one.at} for one in document.signatures],
        "contact": list(document.contact),
        "narrative": [{"title": one.title, "words": one.words} for one in document.narrative],
        "notes": list(document.notes),
        "sources": list(sources),
        "tables": [_table(document, table, sources) for table in document.tables],
        "changes_since": document.changes_since,
        "changes": [
            {
                "table": one.table,
                "row": one.row,
                "column": one.column,
                "before": one.before,
                "now": one.now,
                "difference": one.difference,
                "why": one.why,
            }
            for one in document.changes
        ],
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return f"{text}\n".encode()


def _sources(document: StatisticalDocument) -> dict[str, int]:
    said = (cell.source for table in document.tables for row in table.rows for cell in row if cell.source)
    return {source: place for place, source in enumerate(dict.fromkeys(said))}


def _table(
    document: StatisticalDocument, table: StatisticalTable, sources: Mapping[str, int]
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": table.name,
        "title": table.title,
        "about": table.about,
        "notes": list(table.notes),
        "columns": [_column(column) for column in table.columns],
        "rows": [[_cell(cell, sources) for cell in row] for row in table.rows],
    }
    if table.periods:
        made["periods"] = [_period(document.period_of(table, row)) for row in range(len(table.rows))]
    return made


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "label": column.label,
        "kind": column.kind.value,
        "unit": column.unit,
        "decimals": column.decimals,
        "about": column.about,
        "grouping": column.grouping,
        "notes": list(column.notes),
    }


def _period(period: Period) -> dict[str, str]:
    return {
        "time_period": period.time_period,
        "time_identifier": period.time_identifier,
        "words": period.words,
    }


def _cell(cell: Cell, sources: Mapping[str, int]) -> dict[str, Any]:
    """A value or a symbol. An exact decimal is text, so that no reader rounds it."""
    if cell.value is None:
        made: dict[str, Any] = {"symbol": cell.symbol}
    else:
        made = {"value": f"{cell.value:f}" if isinstance(cell.value, Decimal) else cell.value}
    if cell.source:
        made["source"] = sources[cell.source]
    return made
