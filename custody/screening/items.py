"""Whether filters and indicators hold what they may: items with a total, numbers or symbols, every row once."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from custody.screening.data_file import DataFile, shown_name
from custody.screening.data_rules import DATA_RULES
from custody.screening.metadata import Metadata, default_of
from custody.screening.rules import Finding, found
from custody.screening.standard import (
    ETHNICITIES,
    NULLS,
    OBSERVATIONAL,
    OLD_SYMBOLS,
    SEXES,
    SYMBOLS,
)

_MOST_ITEMS: Final = 25_000
_ITEM_LIMIT: Final = 120
_NUMBER: Final = r"^-?([0-9]+(\.[0-9]+)?|\.[0-9]+)$"
_RUNS: Final = r"^[=+@\t\r＝＋－＠-]"
_SIGNED: Final = r"^[+-]?[0-9]+(\.[0-9]+)?$"
# The table tool reads no row of these.
_IGNORED: Final = frozenset({"Planning area", "Institution"})


def check_items(data: DataFile, metadata: Metadata) -> Iterator[Finding]:
    """What is wrong with the cells of filters and indicators."""
    for row in metadata.filters:
        if data.has(row.col_name):
            yield from _filter(data, row.col_name, default_of(row))
    for name, group in metadata.groups.items():
        if data.has(name, group):
            yield from _items(data, group)
            if data.frame[group].n_unique() > data.frame[name].n_unique():
                yield found(DATA_RULES["filter_group_levels"], data.name, f"column {shown_name(group)}")
    for row in metadata.indicators:
        if data.has(row.col_name):
            decimals = (
                int(row.indicator_dp) if row.indicator_dp.isascii() and row.indicator_dp.isdigit() else None
            )
            yield from _indicator(data, row.col_name, decimals, text=row.indicator_unit == "numberstring")
    yield from _rows_twice(data, metadata)


def check_cells(file: DataFile) -> Iterator[Finding]:
    """What no cell of a data file or of its metadata may say."""
    rules = {"null": _null, "runs_in_spreadsheet": _runs}
    # Most files break neither rule: all columns are looked at together before any is by itself.
    there = file.frame.select(
        rule(pl.nth(place)).any().alias(f"{code} {place}")
        for place in range(file.frame.width)
        for code, rule in rules.items()
    ).row(0, named=True)
    for place, column in enumerate(file.frame.columns):
        for code, rule in rules.items():
            if there[f"{code} {place}"]:
                yield from file.found(code, column, file.frame.select(rule(pl.nth(place))).to_series())


def _null(cells: pl.Expr) -> pl.Expr:
    return cells.is_in(list(NULLS))


def _runs(cells: pl.Expr) -> pl.Expr:
    """Whether a spreadsheet would run a cell. Retired symbols, of which some begin so, have a rule of their own."""
    return cells.str.contains(_RUNS) & ~(cells.str.contains(_SIGNED) | cells.is_in(list(OLD_SYMBOLS)))


def _filter(data: DataFile, column: str, total: str) -> Iterator[Finding]:
    items = data.frame[column]
    if items.n_unique() == 1:
        yield found(DATA_RULES["filter_singular"], data.name, f"column {shown_name(column)}")
    elif not (items == total).any():
        yield found(DATA_RULES["filter_total"], data.name, f"column {shown_name(column)}")
    if items.n_unique() > _MOST_ITEMS:
        yield found(DATA_RULES["filter_items_many"], data.name, f"column {shown_name(column)}")
    yield from _items(data, column)
    if column == "sex":
        yield from data.found("items_sex", column, ~items.is_in(list(SEXES)))
    if column == "ethnicity_major":
        yield from data.found("items_ethnicity", column, ~items.is_in(list(ETHNICITIES)))
    if column == "date" or column.endswith("_date"):
        dated = items.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$") | (items == total)
        yield from data.found("filter_date", column, ~dated)


def _items(data: DataFile, column: str) -> Iterator[Finding]:
    """What the words of any item must be."""
    items = data.frame[column]
    blank = items.str.strip_chars() == ""
    yield from data.found("filter_blank", column, blank)
    yield from data.found("filter_spaces", column, (items != items.str.strip_chars()) & ~blank)
    yield from data.found("item_long", column, items.str.len_chars() > _ITEM_LIMIT)
    yield from data.found("item_slash", column, items.str.contains(r"[^ \d]/|/[^ \d]"))
    yield from data.found("symbol_old", column, items.is_in(list(OLD_SYMBOLS)))


def _indicator(data: DataFile, column: str, decimals: int | None, *, text: bool) -> Iterator[Finding]:
    cells = data.frame[column]
    blank = cells.str.strip_chars() == ""
    old = cells.is_in(list(OLD_SYMBOLS))
    number = cells.str.contains(_NUMBER)
    yield from data.found("indicator_blank", column, blank)
    yield from data.found("symbol_old", column, old)
    if not text:
        known = blank | old | cells.is_in(list(SYMBOLS)) | cells.is_in(list(NULLS))
        yield from data.found("indicator_text", column, ~number & ~known)
    if decimals is not None:
        exact = cells.str.extract(r"\.([0-9]+)$").str.len_chars().fill_null(0)
        yield from data.found("indicator_decimals", column, number & (exact > decimals))


def _rows_twice(data: DataFile, metadata: Metadata) -> Iterator[Finding]:
    what = {*OBSERVATIONAL, *metadata.filter_columns}
    columns = [column for column in data.frame.columns if column in what]
    if not columns:
        return
    if data.has("geographic_level"):
        read = ~data.frame["geographic_level"].is_in(list(_IGNORED))
        twice = data.frame.select(columns).is_duplicated() & read
    else:
        twice = data.frame.select(columns).is_duplicated()
    yield from data.found("rows_twice", "", twice)
