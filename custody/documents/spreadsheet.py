"""Accessible spreadsheets of statistics, with the ONS's gptables: cover, contents, notes, and one table on each sheet.

As the Analysis Function asks ("Making spreadsheets accessible: a checklist of the basics"): tables are marked up with
one header row, nothing is merged, hidden, coloured or left blank, notes are named `[note 1]` and symbols `[c]`. The
same document gives the same bytes: every time in the file is the day to which its release was made.
"""

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from custody.documents.cells import bare, heading, plain
from custody.documents.errors import DocumentError
from custody.documents.repacking import repacked
from custody.documents.statistics import (
    SYMBOLS,
    Cell,
    Column,
    Kind,
    StatisticalDocument,
    StatisticalTable,
    symbols_in,
)

if TYPE_CHECKING:
    from gptables import Cover, GPTable

PUBLISHED_BY: Final = "Outcome Lens"
_TEXT: Final = "@"
_LONGEST: Final = 32_767
_WHOLE: Final = re.compile(r"-?[0-9]{1,15}")
_DECIMAL: Final = re.compile(r"-?[0-9]{1,13}\.[0-9]{1,6}")
# No text of a cell is a formula, a number or a link.
_AS_WRITTEN: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One sheet with one table: heads and rows as they are written, and each column's format of numbers."""

    label: str
    table_name: str
    title: str
    instructions: str
    legend: tuple[str, ...]
    scope: str
    source: str
    heads: tuple[str, ...]
    rows: tuple[tuple[int | float | str, ...], ...]
    formats: tuple[str, ...]


def spreadsheet(document: StatisticalDocument) -> bytes:
    """The document as XLSX. Raises DocumentError where a text is longer than a cell can hold."""
    sheets = _sheets(document)
    if max(map(len, _texts(document, sheets))) > _LONGEST:
        raise DocumentError(
            f"A text of the document {document.name} is longer than the {_LONGEST:,} letters that a cell of a "
            "spreadsheet holds. Shorten it, or split it."
        )
    file = io.BytesIO()
    with warnings.catch_warnings():
        # What the libraries warn of (a file that gptables leaves open, a name like a cell's) is decided here.
        warnings.simplefilter("ignore")
        from custody.documents.worksheets import HouseWorkbook

        workbook = HouseWorkbook(file, _AS_WRITTEN)
        workbook.set_properties(_properties(document))
        workbook.add_worksheet("Cover").write_cover(_cover(document))
        tables = {sheet.label: _as_gptable(sheet) for sheet in sheets}
        formats = {sheet.label: sheet.formats for sheet in sheets}
        contents = workbook.make_table_of_contents(
            tables, table_name="contents", column_names=["Worksheet", "What is on it"], title="Contents"
        )
        for label, table in {"Contents": contents, **tables}.items():
            worksheet = workbook.add_worksheet(label)
            worksheet.number_formats = formats.get(label, (_TEXT, _TEXT))
            worksheet.write_gptable(table, auto_width=True)
        workbook.close()
    return repacked(file.getvalue(), document.as_of)


def _texts(document: StatisticalDocument, sheets: Sequence[_Sheet]) -> Iterator[str]:
    """Every text that somebody wrote."""
    yield from (document.title, document.publisher, *document.about, *document.contact)
    for sheet in sheets:
        yield from (sheet.title, sheet.scope, *sheet.heads)
        yield from (cell for row in sheet.rows for cell in row if isinstance(cell, str))


def _properties(document: StatisticalDocument) -> dict[str, Any]:
    return {
        "title": plain(document.title),
        "subject": plain(document.subject or document.period_words),
        "author": plain(document.publisher),
        "company": plain(document.publisher),
        "category": "Statistics",
        "keywords": ", ".join(plain(word) for word in document.keywords),
        "comments": f"Release {plain(document.release)}, version {document.version}. Made with {PUBLISHED_BY}.",
        "created": datetime.combine(document.as_of, time()),
    }


def _cover(document: StatisticalDocument) -> "Cover":
    from gptables import Cover

    intro = [plain(words) for words in document.about]
    if document.synthetic:
        intro.insert(0, "Fictional data: made to show and test the software. Nobody in it exists.")
    return Cover(
        title=plain(document.title),
        intro=intro or [f"Statistics of {plain(document.publisher)}."],
        about=[f"{what}: {said}" for what, said in facts_of(document)],
        contact=[plain(words) for words in document.contact] or [plain(document.publisher)],
    )


def facts_of(document: StatisticalDocument) -> list[tuple[str, str]]:
    """What a reader must know of a document before its tables, as pairs of words."""
    facts = [
        ("Published by", plain(document.publisher)),
        ("Area", plain(document.geography.la_name or document.geography.country_name)),
        ("Period", plain(document.period_words)),
        ("Made from the release", f"{plain(document.release)}, as of {_day(document)}"),
        ("Version", str(document.version)),
    ]
    if document.state:
        facts.append(("State", plain(document.state)))
    facts.extend(
        ("Signed by", f"{plain(one.by)}, {plain(one.role)}, {plain(one.at)}") for one in document.signatures
    )
    return facts


def symbol_words(tables: Sequence[StatisticalTable]) -> tuple[str, ...]:
    """What the symbols in the tables mean, a sentence each."""
    return tuple(f"[{symbol}] means {SYMBOLS[symbol]}." for symbol in symbols_in(tables))


def note_words(notes: Sequence[int]) -> str:
    """How notes are referred to in a text that people read."""
    return " ".join(f"[note {note}]" for note in notes)


def _day(document: StatisticalDocument) -> str:
    return f"{document.as_of.day} {document.as_of:%B %Y}"


def _sheets(document: StatisticalDocument) -> list[_Sheet]:
    made = []
    if document.notes:
        numbered = tuple((name, plain(words)) for name, words in document.named_notes())
        made.append(_words_sheet("Notes", "notes", "Notes", ("Note", "Text"), numbered))
    if document.changes:
        made.append(_changes(document))
    if document.narrative:
        said = tuple(
            (plain(one.title), plain(one.words) or "Nothing was written") for one in document.narrative
        )
        made.append(_words_sheet("Commentary", "commentary", "Commentary", ("Question", "Answer"), said))
    made.extend(_table(document, table, number) for number, table in enumerate(document.tables, start=1))
    return made


def _words_sheet(
    label: str, name: str, title: str, heads: tuple[str, ...], rows: tuple[tuple[str, ...], ...]
) -> _Sheet:
    formats = (_TEXT,) * len(heads)
    return _Sheet(label, name, title, "This worksheet contains one table.", (), "", "", heads, rows, formats)


def _changes(document: StatisticalDocument) -> _Sheet:
    words = f"Changes since version {document.changes_since}"
    rows = tuple(
        (
            *(plain(part) or "None" for part in (one.table, one.row, one.column)),
            _figure(one.before),
            _figure(one.now),
            *(plain(part) or "None" for part in (one.difference, one.why)),
        )
        for one in document.changes
    )
    heads = ("Table", "Row", "Column", "Before", "Now", "Difference", "Why")
    formats = (_TEXT, _TEXT, _TEXT, "General", "General", _TEXT, _TEXT)
    explained = tuple(
        f"[{symbol}] means {SYMBOLS[symbol]}."
        for symbol in SYMBOLS
        if any(f"[{symbol}]" in {one.before, one.now} for one in document.changes)
    )
    instructions = "This worksheet contains one table."
    return _Sheet(words, "changes", words, instructions, explained, "", "", heads, rows, formats)


def _figure(words: str) -> int | float | str:
    """A figure in words as the number that it is; a symbol and other words as they are."""
    said = plain(words)
    digits = said.replace(",", "")
    if _WHOLE.fullmatch(digits):
        return int(digits)
    return float(digits) if _DECIMAL.fullmatch(digits) else said or "None"


def _table(document: StatisticalDocument, table: StatisticalTable, number: int) -> _Sheet:
    columns = table.columns
    heads = [_head(column) for column in columns]
    rows: list[tuple[int | float | str, ...]] = [
        tuple(_value(cell, column) for cell, column in zip(row, columns, strict=True)) for row in table.rows
    ]
    formats = [_format(column) for column in columns]
    if table.periods:
        heads.insert(0, "Period")
        formats.insert(0, _TEXT)
        rows = [(plain(period.words), *row) for period, row in zip(table.periods, rows, strict=True)]
    named = note_words(table.notes)
    noted = bool(table.notes) or any(column.notes for column in columns)
    return _Sheet(
        label=f"Table {number}",
        table_name=f"table_{number}_{table.name}",
        title=f"Table {number}: {plain(table.title)}{' ' + named if named else ''}",
        instructions="This worksheet contains one table."
        + (" Some cells refer to notes, which are on the worksheet Notes." if noted else ""),
        legend=symbol_words([table]),
        scope=plain(table.about),
        source=f"Source: {plain(document.publisher)}, release {plain(document.release)}",
        heads=_apart(heads),
        rows=tuple(rows),
        formats=tuple(formats),
    )


def _head(column: Column) -> str:
    named = note_words(column.notes)
    return f"{heading(column)} {named}" if named else heading(column)


def _apart(heads: Sequence[str]) -> tuple[str, ...]:
    """The heads of a table, no two of them the same but for capitals: a spreadsheet refuses a table with such."""
    seen: dict[str, int] = {}
    made = []
    for head in heads:
        times = seen[head.lower()] = seen.get(head.lower(), 0) + 1
        made.append(head if times == 1 else f"{head} ({times})")
    return tuple(made)


def _value(cell: Cell, column: Column) -> int | float | str:
    """What is written: a number as a number, a symbol in brackets, text as it is."""
    if cell.value is None:
        return f"[{cell.symbol}]"
    if isinstance(cell.value, str):
        return plain(cell.value)
    if column.unit == "numberstring":
        return bare(cell)
    return float(cell.value) if isinstance(cell.value, Decimal) else cell.value


def _format(column: Column) -> str:
    if column.kind is Kind.FILTER or column.unit == "numberstring":
        return _TEXT
    if column.decimals is None:
        return "General"
    return "#,##0" + ("." + "0" * column.decimals if column.decimals else "")


def _as_gptable(sheet: _Sheet) -> "GPTable":
    import pandas  # type: ignore[import-untyped]
    from gptables import GPTable

    return GPTable(
        table=pandas.DataFrame(list(sheet.rows), columns=list(sheet.heads), dtype=object),
        table_name=sheet.table_name,
        title=sheet.title,
        instructions=sheet.instructions,
        legend=list(sheet.legend),
        scope=sheet.scope or None,
        source=sheet.source or None,
        index_columns={},
    )
