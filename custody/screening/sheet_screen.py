"""Whether a spreadsheet can be read by everybody (custody.screening.sheet_rules)."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from custody.screening.archive import UnreadableError
from custody.screening.read_ods import read_ods
from custody.screening.read_xlsx import read_xlsx
from custody.screening.rules import Finding, found
from custody.screening.sheet_rules import SHEET_RULES
from custody.screening.standard import OLD_SYMBOLS, SYMBOLS
from custody.screening.workbook import MarkedTable, Workbook, Worksheet

_NOTE: Final = re.compile(r"\[note (\d{1,4})\]", re.I)
_NOTE_NAMED: Final = re.compile(r"(?:\[?note )?(\d{1,4})\]?", re.I)
_SYMBOL: Final = re.compile(r"\[(c|k|low|u|x|z)\]")
# A star, a dagger, or a number in brackets behind a word is a note's mark to the eye alone.
_BARE_MARK: Final = re.compile(r"(?:[*†‡§]|\s?[\[(]\d{1,2}[\])]|[¹²³⁰⁴-⁹])$")
_DEFAULT_SHEET: Final = re.compile(r"sheet ?\d*", re.I)
_DEFAULT_TABLE: Final = re.compile(r"table\d*", re.I)
_COUNTS: Final = re.compile(r"\bcontains\b.*\btables?\b|\b(one|two|three|\d+) tables?\b", re.I)
_SAYS_BLANK: Final = re.compile(r"\b(blank|empty)\b", re.I)
_ADDRESS: Final = re.compile(r"^(https?://|www\.)\S+$", re.I)
_NUMBER: Final = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?|-?[0-9]+(\.[0-9]+)?")
_LONG: Final = 60


def screen_sheets(name: str, content: bytes) -> list[Finding]:
    """What is wrong with a spreadsheet, XLSX or ODS by its name."""
    try:
        workbook = read_ods(name, content) if name.lower().endswith(".ods") else read_xlsx(name, content)
    except UnreadableError:
        return [found(SHEET_RULES["sheet_unreadable"], name, "the file")]
    return [found(SHEET_RULES[code], name, place, times) for code, place, times in _broken(workbook) if times]


def _broken(workbook: Workbook) -> Iterator[tuple[str, str, int]]:
    """Rules that are broken, where, and how often."""
    yield from _book(workbook)
    for sheet in workbook.sheets:
        for code, times in (*_sheet(sheet), *_tables(sheet)):
            yield code, f"worksheet {_shown(sheet.name)}", times
    yield from _notes(workbook)
    yield from _symbols(workbook)


def _book(workbook: Workbook) -> Iterator[tuple[str, str, int]]:
    names = Counter(sheet.name.strip().lower() for sheet in workbook.sheets)
    first = workbook.sheets[0]
    yield "macros", "the file", workbook.macros
    yield "external_links", "the file", workbook.external_links
    yield "property_title", "the file", not workbook.title
    yield "property_author", "the file", not workbook.author
    yield "cursor", "the file", workbook.active != 0 or first.active_cell != "A1"
    yield "sheet_names_alike", "the file", sum(times > 1 for times in names.values())
    yield "superscript", "the file", workbook.superscript


def _sheet(sheet: Worksheet) -> Iterator[tuple[str, int]]:
    yield "sheet_name_default", _DEFAULT_SHEET.fullmatch(sheet.name.strip()) is not None
    yield "sheet_hidden", sheet.hidden
    yield "hidden_lines", sheet.hidden_lines
    yield "merged", sheet.merged
    yield "freeze", sheet.frozen
    yield "filters", sheet.filters or any(table.has_filter for table in sheet.tables)
    yield "header_footer", sheet.header_footer
    yield "drawing", sheet.drawings
    yield "formula", sheet.formulas
    yield "fill", sum(cell.filled for cell in sheet.cells.values())
    texts = [cell for cell in sheet.cells.values() if isinstance(cell.value, str) and cell.value.strip()]
    if not texts and not any(isinstance(cell.value, float) for cell in sheet.cells.values()):
        yield "sheet_blank", 1
        return
    yield "title", not sheet.text(0, 0).strip()
    yield "link_words", sum(_ADDRESS.match(str(cell.value)) is not None for cell in texts)
    # What stands above the table runs on over the cells beside it, which are blank.
    wide = [sheet.cells[place] for place in sheet.cells if any(table.holds(*place) for table in sheet.tables)]
    yield (
        "wrapped",
        sum(isinstance(one.value, str) and len(one.value) > _LONG and not one.wraps for one in wide),
    )


def _tables(sheet: Worksheet) -> Iterator[tuple[str, int]]:
    loose = [place for place in sheet.cells if not any(table.holds(*place) for table in sheet.tables)]
    if not sheet.tables:
        yield "table_unmarked", any(column > 0 for _, column in loose)
        return
    yield "tables_many", len(sheet.tables) > 1
    top = min(table.top for table in sheet.tables)
    above = " ".join(sheet.text(row, 0) for row in range(min(top, 50)))
    yield "table_count", _COUNTS.search(above) is None
    yield "below_table", sum(row >= top for row, _ in loose)
    for table in sheet.tables:
        yield from _table(sheet, table, explained=_SAYS_BLANK.search(above) is not None)


def _table(sheet: Worksheet, table: MarkedTable, *, explained: bool) -> Iterator[tuple[str, int]]:
    yield "table_header", not table.has_header
    yield "table_name", _DEFAULT_TABLE.fullmatch(table.name) is not None
    yield "table_left", table.left != 0
    columns = range(table.left, table.right + 1)
    heads = [sheet.text(table.top, column).strip().lower() for column in columns]
    generic = [re.fullmatch(r"column ?\d+", head) is not None for head in heads]
    yield "table_heads", sum(not head for head in heads) + sum(generic) + len(heads) - len(set(heads))
    # By what is there, not by what is marked: a small file can mark a whole sheet, and many times over.
    first = table.top + table.has_header
    lines: dict[int, list[str | float]] = {}
    for (row, column), cell in sheet.cells.items():
        if cell.value != "" and row >= first and table.holds(row, column):
            lines.setdefault(row, []).append(cell.value)
    words = [value.strip() for line in lines.values() for value in line if isinstance(value, str)]
    blanks = sum(len(columns) - len(line) for line in lines.values())
    yield "blank_line", max(table.bottom - first + 1 - len(lines), 0)
    yield "blank_cell", 0 if explained else blanks
    yield "symbol_retired", sum(one in OLD_SYMBOLS for one in words)
    yield "symbol_without_brackets", sum(one in SYMBOLS for one in words)
    yield "number_as_text", sum(_NUMBER.fullmatch(one) is not None for one in words)
    yield "note_mark", sum(_BARE_MARK.search(head) is not None for head in heads)


def _notes(workbook: Workbook) -> Iterator[tuple[str, str, int]]:
    """Whether every note that is referred to is written, and the other way."""
    notes = next((sheet for sheet in workbook.sheets if sheet.name.strip().lower() == "notes"), None)
    referred = {
        number
        for sheet in workbook.sheets
        if sheet is not notes
        for cell in sheet.cells.values()
        if isinstance(cell.value, str)
        for number in _NOTE.findall(cell.value)
    }
    written = set()
    if notes is not None:
        firsts = (notes.cells[place] for place in notes.cells if place[1] == 0)
        for cell in firsts:
            words = str(int(cell.value)) if isinstance(cell.value, float) else cell.value.strip()
            named = _NOTE_NAMED.fullmatch(words)
            written |= {named[1]} if named else set()
    yield "notes_missing", "worksheet Notes", len(referred - written)
    yield "note_unused", "worksheet Notes", len(written - referred)


def _symbols(workbook: Workbook) -> Iterator[tuple[str, str, int]]:
    """Whether every symbol is explained: in a text outside a table, or on a worksheet of words."""
    used: set[str] = set()
    explained: set[str] = set()
    for sheet in workbook.sheets:
        for place, cell in sheet.cells.items():
            if not isinstance(cell.value, str):
                continue
            said = set(_SYMBOL.findall(cell.value))
            alone = _SYMBOL.fullmatch(cell.value.strip()) is not None
            (used if alone and any(table.holds(*place) for table in sheet.tables) else explained).update(said)
    yield "symbol_unexplained", "the file", len(used - explained)


def _shown(name: str) -> str:
    return ascii(name[:60])[1:-1]
