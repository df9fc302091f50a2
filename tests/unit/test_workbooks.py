"""Workbooks that people work in: nothing in them is a formula, whatever it begins with."""

import re
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.workbooks import Sheet, write_workbook

HOSTILE = [
    "=1+1",
    "+44",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "https://example.org",
    "<b>&",
    "a\x00b",
    "x" * 40_000,
    "{=1}",
]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    file = tmp_path / "book.xlsx"
    file.touch()
    rows = pl.DataFrame(
        {"=heading": HOSTILE, "n": range(len(HOSTILE)), "day": [date(2024, 2, 29)] * len(HOSTILE)}
    )
    write_workbook(file, "=title", ["@line"], [Sheet("Rows", rows)])
    return file


def test_what_begins_like_a_formula_is_a_text(book: Path) -> None:
    with zipfile.ZipFile(book) as content:
        for name in content.namelist():
            if name.startswith("xl/worksheets/sheet"):
                page = content.read(name).decode()
                assert "<f>" not in page
                assert "<hyperlink" not in page
    found = pl.read_excel(book, sheet_name="Rows")
    assert found.columns == ["=heading", "n", "day"]
    assert found["=heading"][:4].to_list() == HOSTILE[:4]
    assert found["n"].to_list() == list(range(len(HOSTILE)))
    assert found["day"][0] == date(2024, 2, 29)
    assert found["=heading"].str.len_chars().max() <= 32_000


def test_header_is_frozen_and_filtered(book: Path) -> None:
    with zipfile.ZipFile(book) as content:
        page = content.read("xl/worksheets/sheet2.xml").decode()
    assert re.search(r'<pane ySplit="1"[^>]*state="frozen"', page)
    assert f'<autoFilter ref="A1:C{len(HOSTILE) + 1}"' in page


def test_a_sheet_of_nothing_is_a_sheet(tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    write_workbook(file, "t", [], [Sheet("Rows", pl.DataFrame(schema={"a": pl.String}))])
    assert pl.read_excel(file, sheet_name="Rows", raise_if_empty=False).columns == ["a"]
