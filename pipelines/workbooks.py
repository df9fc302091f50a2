"""Workbooks that people work in: sheets with a frozen header, filters and widths, in which nothing is a formula."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl
import xlsxwriter

# What Excel holds in one cell.
_LONGEST = 32_000
_WIDEST, _NARROWEST = 60, 8
# Widths are told by so many rows.
_LOOKED_AT = 500
# The time of making would be the only difference between two workbooks of the same.
_MADE = datetime(2020, 1, 1)


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name (31 letters at most), and a frame whose columns are its headings."""

    name: str
    rows: pl.DataFrame


def write_workbook(file: Path, title: str, about: Sequence[str], sheets: Sequence[Sheet]) -> None:
    """Write a workbook into `file`, which is there already, empty and its owner's alone.

    The first sheet, "About", holds `title` and the lines of `about`. Texts are written as texts whatever they begin
    with, days as days. The same content gives the same bytes.
    """
    content = io.BytesIO()
    book = xlsxwriter.Workbook(
        content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": title, "created": _MADE})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
    first = book.add_worksheet("About")
    first.set_column(0, 0, 100)
    first.write_string(0, 0, title, bold)
    for place, line in enumerate(about, start=1):
        first.write_string(place, 0, line, wrapped)
    formats: Mapping[type, object] = {date: day}
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        for column, heading in enumerate(sheet.rows.columns):
            page.write_string(0, column, heading, bold)
            page.set_column(column, column, _width(heading, sheet.rows[heading]))
        for place, row in enumerate(sheet.rows.iter_rows(), start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(
                        place, column, datetime(cell.year, cell.month, cell.day), formats[date]
                    )
                elif isinstance(cell, int) and not isinstance(cell, bool):
                    page.write_number(place, column, cell, wrapped)
                elif cell is not None:
                    page.write_string(place, column, str(cell)[:_LONGEST], wrapped)
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, max(sheet.rows.height, 1), sheet.rows.width - 1)
    book.close()
    file.write_bytes(content.getvalue())


def _width(heading: str, values: pl.Series) -> int:
    longest = values.head(_LOOKED_AT).cast(pl.String).str.len_chars().max()
    return max(_NARROWEST, min(_WIDEST, max(len(heading), longest if isinstance(longest, int) else 0) + 2))
