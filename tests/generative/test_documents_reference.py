"""Whatever is in a document of statistics, its files say the same and nothing else: read back by a plain reader."""

import csv
import io
import json
import unicodedata
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from custody.documents.data_files import data_files
from custody.documents.machine import document_json
from custody.documents.spreadsheet import spreadsheet
from custody.documents.statistics import SYMBOLS, Cell, StatisticalDocument
from custody.screening import screen_files
from custody.screening.read_xlsx import read_xlsx
from tests.statistics_document import document, table

_WORDS = st.one_of(
    st.sampled_from(
        ["=1+1", "+44", "-", "@a", "\t=1", "[note 1]", "$$a$$", "_x0041_", "a,b", 'say "x"', "\r\n=x"]
    ),
    st.text(min_size=1, max_size=12),
).filter(lambda words: words.strip())
_FILTERS = st.builds(Cell, _WORDS)
_INDICATORS = st.one_of(
    st.builds(Cell, st.integers(-(10**14), 10**14)),
    st.builds(Cell, st.decimals(-(10**9), 10**9, places=2)),
    st.builds(Cell, st.none(), st.sampled_from(sorted(SYMBOLS))),
)
_ROWS = st.lists(st.tuples(*[_FILTERS] * 3, *[_INDICATORS] * 3), min_size=1, max_size=6)


@st.composite
def documents(draw: st.DrawFn) -> StatisticalDocument:
    rows = tuple(draw(_ROWS))
    return document(title=draw(_WORDS), tables=(table(rows=rows, title=draw(_WORDS), about=draw(_WORDS)),))


def one_line(words: str) -> str:
    """The naive reference: one line, normalised, without letters that a screen or a file could obey."""
    line = " ".join(unicodedata.normalize("NFC", words).split())
    return "".join(
        "\ufffd" if unicodedata.category(letter) in {"Cc", "Cf", "Cn", "Co", "Cs"} else letter
        for letter in line
    )


def as_a_number(words: str) -> bool:
    return words[:1] in {"+", "-"} and words[1:].replace(".", "", 1).isdecimal() and words[1:].isascii()


def in_a_data_file(cell: Cell) -> str:
    """The naive reference of a cell in CSV."""
    if cell.value is None:
        return cell.symbol
    if isinstance(cell.value, str):
        line = one_line(cell.value)
        return f"'{line}" if line[:1] in {"=", "+", "-", "@"} and not as_a_number(line) else line
    return str(cell.value) if isinstance(cell.value, int) else format(cell.value, "f")


@settings(max_examples=40, deadline=None)
@given(documents())
def test_a_data_file_says_what_the_document_says(made: StatisticalDocument) -> None:
    data = next(iter(data_files(made).values()))
    read_back = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    assert [line[10:] for line in read_back[1:]] == [
        [in_a_data_file(cell) for cell in row] for row in made.tables[0].rows
    ]
    found = {finding.rule for finding in screen_files(data_files(made))}
    assert not found & {"runs_in_spreadsheet", "unreadable", "ragged_rows", "encoding", "indicator_text"}


@settings(max_examples=40, deadline=None)
@given(documents())
def test_a_spreadsheet_says_what_the_document_says(made: StatisticalDocument) -> None:
    sheet = read_xlsx("a.xlsx", spreadsheet(made)).sheets[-1]
    top = sheet.tables[0].top
    for number, row in enumerate(made.tables[0].rows, start=top + 1):
        for column, cell in enumerate(row):
            value = sheet.cells[number, column].value
            if cell.value is None:
                assert value == f"[{cell.symbol}]"
            elif isinstance(cell.value, str):
                assert value == one_line(cell.value)
            else:
                assert value == float(cell.value)
    assert sheet.formulas == 0


@settings(max_examples=40, deadline=None)
@given(documents())
def test_json_says_what_the_document_says(made: StatisticalDocument) -> None:
    (said,) = json.loads(document_json(made))["tables"]
    for row, cells in zip(said["rows"], made.tables[0].rows, strict=True):
        for one, cell in zip(row, cells, strict=True):
            if cell.value is None:
                assert one == {"symbol": cell.symbol}
            elif isinstance(cell.value, Decimal):
                assert Decimal(one["value"]) == cell.value
            else:
                assert one == {"value": cell.value}
