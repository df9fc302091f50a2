"""Files that a reader takes away: exactly what is shown, with what has to be known of it."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from evidence.chart import Chart
from evidence.evidence import Evidence
from evidence.symbols import MEANINGS

# What a spreadsheet takes for a formula at the start of a cell, whatever blanks stand before it (OWASP, CSV injection).
_FORMULAS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def as_csv(chart: Chart) -> bytes:
    """The table behind a chart as comma-separated values, and below it, after an empty line, its title, the notes, the
    symbols and the source. In UTF-8 with a mark at the start, by which Excel knows it.

    The first line is the heading, and every line has as many fields, so that any program reads it (RFC 4180; the
    government's Tabular Data Standard). Every cell is the text that the page shows, in quotes; one that a spreadsheet
    would run as a formula begins with an apostrophe.
    """
    table = chart.table
    used = {str(cell) for name in table.columns for cell in table[name]}
    below = (
        f"Table: {chart.title}",
        *chart.told,
        *chart.notes,
        *(f"{symbol}: {words}" for symbol, words in MEANINGS.items() if symbol.value in used),
        f"Source: {chart.source}",
    )
    # What is told stands among the notes already, where it came from the answer.
    rest = [""] * (table.width - 1)
    lines: list[Iterable[object]] = [table.columns, *table.iter_rows(), ["", *rest]]
    lines += [[one, *rest] for one in dict.fromkeys(below)]
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    for line in lines:
        writer.writerow([_harmless("" if cell is None else str(cell)) for cell in line])
    return text.getvalue().encode("utf-8-sig")


def file_name(evidence: Evidence, page: str, key: str) -> str:
    """What such a file is called: outcome-lens-outcomes-breakdown-2024-10-31-001.csv."""
    parts = (
        re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-")[:60]
        for part in (page, key, evidence.release().name)
    )
    return "-".join(("outcome-lens", *(part for part in parts if part))) + ".csv"


def _harmless(text: str) -> str:
    """A text without control characters that no spreadsheet runs."""
    plain = "".join(one for one in text if one == "\n" or unicodedata.category(one) not in ("Cc", "Cf"))
    return f"'{plain}" if plain.lstrip().startswith(_FORMULAS) else plain
