"""LibreOffice opens what is written and reads the same: no cell is lost on the way."""

import io
import zipfile
from collections.abc import Callable
from decimal import Decimal

import polars as pl
import pytest

from custody.documents.errors import DocumentError
from custody.documents.files import files
from custody.documents.office import converted, open_document
from custody.documents.spreadsheet import spreadsheet
from custody.documents.statistics import Cell, Format
from custody.screening import screen_files
from custody.screening.read_ods import read_ods
from custody.screening.read_xlsx import read_xlsx
from custody.screening.workbook import Workbook
from tests.statistics_document import document, table

HOSTILE = ("=1+1", "007", "1 March", "TRUE", "'quoted", "£5", "a, b; c", 'say "x"', "1,234", "Ünïcode – ẞ")


def written() -> bytes:
    """A spreadsheet of everything, with words that a program could take for something else."""
    rows = tuple(
        (Cell(words), Cell("North"), Cell("Total"), Cell(number), Cell(Decimal("0.1")), Cell(None, "low"))
        for number, words in enumerate(HOSTILE)
    )
    return spreadsheet(document(tables=(table(), table("hostile", rows=rows))))


@pytest.fixture(scope="module")
def workbook() -> bytes:
    return written()


@pytest.fixture(scope="module")
def opened(workbook: bytes) -> bytes:
    return open_document(workbook, document().as_of)


def values(book: Workbook) -> dict[str, dict[tuple[int, int], str | float]]:
    return {sheet.name: {place: cell.value for place, cell in sheet.cells.items()} for sheet in book.sheets}


def test_every_cell_is_the_same_in_libreoffice(workbook: bytes, opened: bytes) -> None:
    ours, theirs = values(read_xlsx("a.xlsx", workbook)), values(read_ods("a.ods", opened))
    assert list(ours) == list(theirs)
    assert ours == theirs
    assert [ours["Table 2"][row, 0] for row in range(6, 6 + len(HOSTILE))] == list(HOSTILE)


def test_the_open_document_keeps_the_rules_and_its_times_are_the_release_s(opened: bytes) -> None:
    # A number that is to be read as words warns; nothing else does.
    found = screen_files({"progress.ods": opened})
    assert {finding.rule for finding in found} <= {"number_as_text"}
    with zipfile.ZipFile(io.BytesIO(opened)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(2026, 9, 30, 0, 0, 0)}
        assert archive.infolist()[0].filename == "mimetype"
        assert b"2026-09-30T00:00:00" in archive.read("meta.xml")


def merged(content: bytes) -> bytes:
    return content.replace(b"<table:table-cell ", b'<table:table-cell table:number-columns-spanned="2" ', 1)


def hidden(content: bytes) -> bytes:
    return content.replace(b"<table:table-row ", b'<table:table-row table:visibility="collapse" ', 1)


def unmarked(content: bytes) -> bytes:
    before, _, rest = content.partition(b"<table:database-ranges>")
    return before + rest.partition(b"</table:database-ranges>")[2]


def calculated(content: bytes) -> bytes:
    return content.replace(
        b'office:value-type="float"', b'table:formula="of:=1" office:value-type="float"', 1
    )


@pytest.mark.parametrize(
    ("breaking", "rule"),
    [(merged, "merged"), (hidden, "hidden_lines"), (unmarked, "table_unmarked"), (calculated, "formula")],
)
def test_an_open_document_is_held_against_the_rules_too(
    opened: bytes, breaking: Callable[[bytes], bytes], rule: str
) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(opened)) as before, zipfile.ZipFile(made, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, breaking(content) if name == "content.xml" else content)
    assert rule in {finding.rule for finding in screen_files({"progress.ods": made.getvalue()})}


def test_a_conversion_that_takes_too_long_is_ended(workbook: bytes) -> None:
    with pytest.raises(DocumentError, match=r"took longer than 0\.05 seconds"):
        converted(workbook, "ods", seconds=0.05)


@pytest.mark.proof
def test_the_same_document_is_the_same_open_document(opened: bytes, workbook: bytes) -> None:
    assert open_document(workbook, document().as_of) == opened


@pytest.mark.proof
def test_a_table_of_a_thousand_rows_comes_back_whole() -> None:
    rows = tuple(
        (
            Cell(f"Place {number}"),
            Cell("North"),
            Cell("Total"),
            Cell(number),
            Cell(Decimal(number) / 4),
            Cell(None, "c"),
        )
        for number in range(1000)
    )
    made = files(document(tables=(table(rows=rows),)), [Format.XLSX])["return-000004-progress.xlsx"]
    back = pl.read_excel(converted(made, "ods"), engine="calamine", sheet_name="Table 1", has_header=False)
    there = pl.read_excel(made, engine="calamine", sheet_name="Table 1", has_header=False)
    assert back.equals(there)
