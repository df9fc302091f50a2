"""Data files in the Explore Education Statistics standard: one CSV a table, each with its file of metadata.

The standard: the Department for Education's analysts' guide, "Open Data Standards" and "Statistics API Data Standards"
(dfe-analytical-services/analysts-guide, statistics-production).
"""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from custody.documents.cells import bare, harmless
from custody.documents.statistics import Column, Geography, Kind, StatisticalDocument, StatisticalTable

META_COLUMNS: Final = (
    "col_name",
    "col_type",
    "label",
    "indicator_grouping",
    "indicator_unit",
    "indicator_dp",
    "filter_hint",
    "filter_grouping_column",
)
_REGIONAL: Final = "Regional"
_LOCAL: Final = "Local authority"


def data_files(document: StatisticalDocument) -> dict[str, bytes]:
    """The files of every table by name: `DOCUMENT-TABLE.csv` and `DOCUMENT-TABLE.meta.csv`, in UTF-8."""
    files: dict[str, bytes] = {}
    for table in document.tables:
        data, metadata = data_file_names(document.name, table.name)
        files[data] = _written(_data(document, table))
        files[metadata] = _written(_metadata(table))
    return files


def data_file_names(document: str, table: str) -> tuple[str, str]:
    """The names of a table's data file and of its metadata, in lower-case letters: the platform would change others."""
    name = f"{document}-{table}".lower()
    return f"{name}.csv", f"{name}.meta.csv"


def _data(document: StatisticalDocument, table: StatisticalTable) -> Iterable[Sequence[str]]:
    place = _place(document.geography)
    names = [column.name for column in table.columns]
    yield ["time_period", "time_identifier", *place, *names]
    where = list(place.values())
    for number, row in enumerate(table.rows):
        period = document.period_of(table, number)
        yield [period.time_period, period.time_identifier, *where, *(bare(cell) for cell in row)]


def _place(geography: Geography) -> dict[str, str]:
    """The columns that say where, in the order of the standard: only those that the level has."""
    country = {
        "geographic_level": geography.level,
        "country_code": geography.country_code,
        "country_name": geography.country_name,
    }
    region = {"region_code": geography.region_code, "region_name": geography.region_name}
    authority = {
        "old_la_code": geography.old_la_code,
        "new_la_code": geography.new_la_code,
        "la_name": geography.la_name,
    }
    has_region = geography.level in {_REGIONAL, _LOCAL}
    columns = country | (region if has_region else {}) | (authority if geography.level == _LOCAL else {})
    return {name: harmless(value) for name, value in columns.items()}


def _metadata(table: StatisticalTable) -> Iterable[Sequence[str]]:
    yield META_COLUMNS
    groups = {column.grouping for column in table.filters if column.grouping}
    for place, column in enumerate(table.columns):
        if column.kind is Kind.INDICATOR:
            decimals = str(_decimals(table, place, column))
            unit, grouping = column.unit, harmless(column.grouping)
            yield [column.name, "Indicator", _label(column), grouping, unit, decimals, "", ""]
        # The standard has no row for a filter of one item, nor for one that only groups another.
        elif column.name not in groups and len({row[place].value for row in table.rows}) > 1:
            yield [column.name, "Filter", _label(column), "", "", "", harmless(column.about), column.grouping]


def _label(column: Column) -> str:
    return harmless(column.label)


def _decimals(table: StatisticalTable, place: int, column: Column) -> int:
    """How many decimals an indicator is shown with: as its column says, else as many as its values have."""
    if column.decimals is not None:
        return column.decimals
    values = (row[place].value for row in table.rows)
    return max((_places(value) for value in values if isinstance(value, Decimal)), default=0)


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _written(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
