"""A document of statistics on paper: what it is, who signed it, its notes, and as much of its tables as paper holds."""

import textwrap
from typing import Any, Final

from custody.documents.cells import heading, plain, read
from custody.documents.spreadsheet import facts_of, note_words, symbol_words
from custody.documents.statistics import Kind, StatisticalDocument, StatisticalTable
from custody.typesetting import Document, Typesetter

# A longer table is for a machine to read: it is whole in the other formats, and paper says so.
ROWS_ON_PAPER: Final = 200
# More columns than this do not fit beside one another on a page held upright.
_UPRIGHT: Final = 7
# As much as the typesetter takes in one piece (custody.letters).
_PIECE: Final = 2000


def paper(document: StatisticalDocument) -> bytes:
    """The document as PDF/UA-1, byte for byte the same each time."""
    return Typesetter().pdf(Document.RETURN, paper_content(document))


def paper_content(document: StatisticalDocument) -> dict[str, Any]:
    """What the document says on paper (custody.typesetting, RETURN)."""
    return {
        "title": plain(document.title),
        "running": [plain(document.title), plain(document.period_words)],
        "foot": f"{plain(document.publisher)}. Release {plain(document.release)}, version {document.version}.",
        "as_of": {"iso": document.as_of.isoformat()},
        "period": plain(document.period_words),
        "synthetic": document.synthetic,
        "about": _pieces(document.about),
        "facts": [{"what": what, "said": said} for what, said in facts_of(document) if what != "Signed by"],
        "signatures": [
            {"by": plain(one.by), "role": plain(one.role), "at": plain(one.at)} for one in document.signatures
        ],
        "narrative": [
            {"title": plain(one.title), "words": _pieces(one.words.split("\n")) or ["Nothing was written."]}
            for one in document.narrative
        ],
        "changes_title": f"Changes since version {document.changes_since}",
        "changes": [
            [
                plain(part) or "None"
                for part in (one.table, one.row, one.column, one.before, one.now, one.difference, one.why)
            ]
            for one in document.changes
        ],
        "notes": [[name, plain(words)] for name, words in document.named_notes()],
        "symbols": list(symbol_words(document.tables)),
        "wide": any(len(table.columns) + bool(table.periods) > _UPRIGHT for table in document.tables),
        "tables": [_table(table, number) for number, table in enumerate(document.tables, start=1)],
    }


def _table(table: StatisticalTable, number: int) -> dict[str, Any]:
    rows = [
        [read(cell, column) for cell, column in zip(row, table.columns, strict=True)]
        for row in table.rows[:ROWS_ON_PAPER]
    ]
    heads = [f"{heading(column)} {note_words(column.notes)}".strip() for column in table.columns]
    numbers = [column.kind is Kind.INDICATOR for column in table.columns]
    if table.periods:
        heads, numbers = ["Period", *heads], [False, *numbers]
        rows = [[plain(period.words), *row] for period, row in zip(table.periods, rows, strict=False)]
    return {
        "title": f"Table {number}: {plain(table.title)} {note_words(table.notes)}".strip(),
        "about": plain(table.about),
        "left_out": ""
        if len(table.rows) <= ROWS_ON_PAPER
        else f"The first {ROWS_ON_PAPER} of {len(table.rows):,} rows. The whole table is in the spreadsheet and in the "
        f"data file {table.name}.",
        "heads": heads,
        "numbers": numbers,
        "rows": rows,
    }


def _pieces(paragraphs: tuple[str, ...] | list[str]) -> list[str]:
    """Paragraphs, each no longer than the typesetter takes, without the blank ones."""
    lines = (plain(words) for words in paragraphs)
    return [piece for line in lines for piece in textwrap.wrap(line, _PIECE)]
