"""Reads an ODS file (OpenDocument 1.3) as far as the rules for accessible spreadsheets need it."""

from typing import Final
from xml.etree.ElementTree import Element

from custody.screening.archive import Archive, UnreadableError, number_of, span_of
from custody.screening.workbook import MarkedTable, SheetCell, Workbook, Worksheet

_O: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_T: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_X: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_S: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_F: Final = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_D: Final = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_M: Final = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_C: Final = "{urn:oasis:names:tc:opendocument:xmlns:config:1.0}"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_NUMBERS: Final = frozenset({"float", "percentage", "currency"})
# Beyond this a worksheet is blank to its end, said in one repeated row or cell.
_MOST_ROWS: Final = 1_048_576
_MOST_REPEATED: Final = 1_000
_MOST_CELLS: Final = 1_000_000


def read_ods(name: str, content: bytes) -> Workbook:
    """The workbook. Raises UnreadableError where it is none."""
    with Archive(content) as archive:
        root = archive.xml("content.xml")
        meta = archive.xml("meta.xml") if "meta.xml" in archive.names else None
        workbook = Workbook(
            name,
            macros=any(part.startswith(("Basic/", "Scripts/")) for part in archive.names)
            or any(len(one) > 0 for one in root.iter(f"{_O}scripts")),
            external_links=any(True for _ in root.iter(f"{_T}table-source")),
        )
        if meta is not None:
            workbook.title = (next((one.text for one in meta.iter(f"{_DC}title")), "") or "").strip()
            author = next((one.text for one in meta.iter(f"{_M}initial-creator")), "") or next(
                (one.text for one in meta.iter(f"{_DC}creator")), ""
            )
            workbook.author = (author or "").strip()
        styles = _Styles(root)
        workbook.superscript = styles.raised
        for table in root.iter(f"{_T}table"):
            workbook.sheets.append(_sheet(table, styles))
        ranges = _ranges(root)
        for sheet in workbook.sheets:
            sheet.tables = ranges.get(sheet.name, [])
        if "settings.xml" in archive.names:
            _cursor(workbook, archive.xml("settings.xml"))
    if not workbook.sheets:
        raise UnreadableError("the file has no worksheet")
    return workbook


class _Styles:
    """Which formats wrap, are filled or hide, by their names."""

    def __init__(self, root: Element) -> None:
        self.wraps: set[str] = set()
        self.filled: set[str] = set()
        self.hides: set[str] = set()
        self.raised = False
        for style in root.iter(f"{_S}style"):
            name = style.get(f"{_S}name", "")
            for one in style:
                if one.get(f"{_F}wrap-option") == "wrap":
                    self.wraps.add(name)
                if one.get(f"{_F}background-color", "transparent") != "transparent":
                    self.filled.add(name)
                if one.get(f"{_T}display") == "false":
                    self.hides.add(name)
                position = one.get(f"{_S}text-position", "")
                self.raised |= bool(position) and not position.startswith("0%")


def _sheet(table: Element, styles: _Styles) -> Worksheet:
    sheet = Worksheet(table.get(f"{_T}name", ""))
    sheet.hidden = table.get(f"{_T}style-name", "") in styles.hides
    sheet.drawings = sum(1 for _ in table.iter(f"{_D}frame"))
    row_number = 0
    for row in table.iter(f"{_T}table-row"):
        times = number_of(row.get(f"{_T}number-rows-repeated"), 1)
        sheet.hidden_lines += row.get(f"{_T}visibility", "visible") != "visible"
        cells = _row(sheet, row, styles)
        copies = min(times, _MOST_REPEATED) if cells else 0
        after = row_number + times
        if after > _MOST_ROWS or len(sheet.cells) + len(cells) * copies > _MOST_CELLS:
            raise UnreadableError("a worksheet has more rows or cells than can be read")
        for again in range(copies):
            for column, cell in cells.items():
                sheet.cells[row_number + again, column] = cell
        row_number = after
    for one in table.iter(f"{_T}table-column"):
        sheet.hidden_lines += one.get(f"{_T}visibility", "visible") != "visible"
    return sheet


def _row(sheet: Worksheet, row: Element, styles: _Styles) -> dict[int, SheetCell]:
    """The cells of a row that are not blank, by column."""
    cells: dict[int, SheetCell] = {}
    column = 0
    for cell in row:
        times = number_of(cell.get(f"{_T}number-columns-repeated"), 1)
        if cell.tag == f"{_T}table-cell":
            spans = (cell.get(f"{_T}number-columns-spanned", "1"), cell.get(f"{_T}number-rows-spanned", "1"))
            sheet.merged += spans != ("1", "1")
            sheet.formulas += cell.get(f"{_T}formula") is not None
            value, style = _value(cell), cell.get(f"{_T}style-name", "")
            if value != "" and times <= _MOST_REPEATED:
                held = SheetCell(value, style in styles.wraps, style in styles.filled)
                cells.update(dict.fromkeys(range(column, column + times), held))
        column += times
    return cells


def _value(cell: Element) -> str | float:
    if cell.get(f"{_O}value-type") in _NUMBERS:
        try:
            return float(cell.get(f"{_O}value", ""))
        except ValueError:
            raise UnreadableError("a number is none") from None
    return "\n".join("".join(one.itertext()) for one in cell.iterfind(f"{_X}p"))


def _ranges(root: Element) -> dict[str, list[MarkedTable]]:
    """The tables that are marked, by their worksheets' names."""
    made: dict[str, list[MarkedTable]] = {}
    for one in root.iter(f"{_T}database-range"):
        sheet, _, first = one.get(f"{_T}target-range-address", "").partition(":")[0].rpartition(".")
        last = one.get(f"{_T}target-range-address", "").rpartition(":")[2].rpartition(".")[2]
        top, left, bottom, right = span_of(f"{first}:{last}")
        table = MarkedTable(
            one.get(f"{_T}name", ""),
            top,
            left,
            bottom,
            right,
            has_header=one.get(f"{_T}contains-header", "true") == "true",
            has_filter=one.get(f"{_T}display-filter-buttons") == "true",
        )
        name = sheet.removeprefix("$")
        if len(name) > 1 and name.startswith("'") and name.endswith("'"):
            name = name[1:-1].replace("''", "'")
        made.setdefault(name, []).append(table)
    return made


def _cursor(workbook: Workbook, settings: Element) -> None:
    """Where the file opens, as its settings say."""
    names = [sheet.name for sheet in workbook.sheets]
    for item in settings.iter(f"{_C}config-item"):
        if item.get(f"{_C}name") == "ActiveTable" and (item.text or "") in names:
            workbook.active = names.index(item.text or "")
    for entry in settings.iter(f"{_C}config-item-map-entry"):
        if entry.get(f"{_C}name") != workbook.sheets[0].name:
            continue
        at = {item.get(f"{_C}name"): item.text for item in entry.iter(f"{_C}config-item")}
        if at.get("CursorPositionX", "0") != "0" or at.get("CursorPositionY", "0") != "0":
            workbook.sheets[0].active_cell = "elsewhere"
        workbook.sheets[0].frozen = at.get("HorizontalSplitMode", "0") == "2"
