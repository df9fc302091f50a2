"""Reads an XLSX file (ECMA-376, SpreadsheetML) as far as the rules for accessible spreadsheets need it."""

import posixpath
import re
from typing import Final
from xml.etree.ElementTree import Element

from custody.screening.archive import Archive, UnreadableError, number_of, place_of, span_of
from custody.screening.workbook import MarkedTable, SheetCell, Workbook, Worksheet

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PACKAGE: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_CORE: Final = "{http://purl.org/dc/elements/1.1/}"
_BOOK: Final = "xl/workbook.xml"
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_RAISED: Final = frozenset({"superscript", "subscript"})
_DRAWINGS: Final = ("drawing", "legacyDrawing", "picture", "oleObjects", "controls")


def read_xlsx(name: str, content: bytes) -> Workbook:
    """The workbook. Raises UnreadableError where it is none."""
    with Archive(content) as archive:
        book = archive.xml(_BOOK)
        styles = _styles(archive)
        workbook = Workbook(
            name,
            macros=any(part.endswith(".bin") and "vba" in part.lower() for part in archive.names),
            external_links=any(part.startswith("xl/externalLinks/") for part in archive.names),
            active=number_of(_first(book, "bookViews/workbookView", "activeTab")),
        )
        if "docProps/core.xml" in archive.names:
            core = archive.xml("docProps/core.xml")
            workbook.title = (core.findtext(f"{_CORE}title") or "").strip()
            workbook.author = (core.findtext(f"{_CORE}creator") or "").strip()
        texts, raised = _texts(archive)
        workbook.superscript = raised or styles.raised
        links = _links(archive, _BOOK)
        for sheet in book.iterfind(f"{_MAIN}sheets/{_MAIN}sheet"):
            part = links.get(sheet.get(_LINK, ""), "")
            if not part.startswith("xl/worksheets/"):
                continue
            made = _sheet(archive, part, sheet.get("name", ""), texts, styles)
            made.hidden = sheet.get("state", "visible") != "visible"
            workbook.sheets.append(made)
    if not workbook.sheets:
        raise UnreadableError("the file has no worksheet")
    return workbook


class _Styles:
    """Which formats of cells wrap and are filled, and whether one raises text."""

    def __init__(self) -> None:
        self.wraps: set[int] = set()
        self.filled: set[int] = set()
        self.raised = False


def _styles(archive: Archive) -> _Styles:
    styles = _Styles()
    if "xl/styles.xml" not in archive.names:
        return styles
    root = archive.xml("xl/styles.xml")
    styles.raised = any(one.get("val") in _RAISED for one in root.iter(f"{_MAIN}vertAlign"))
    plain = frozenset({"none", "gray125"})
    fills = [
        place
        for place, fill in enumerate(root.iterfind(f"{_MAIN}fills/{_MAIN}fill"))
        if fill.find(f"{_MAIN}gradientFill") is not None
        or any(one.get("patternType", "none") not in plain for one in fill.iterfind(f"{_MAIN}patternFill"))
    ]
    for place, form in enumerate(root.iterfind(f"{_MAIN}cellXfs/{_MAIN}xf")):
        if _first(form, "alignment", "wrapText") in {"1", "true"}:
            styles.wraps.add(place)
        if number_of(form.get("fillId")) in fills:
            styles.filled.add(place)
    return styles


def _texts(archive: Archive) -> tuple[list[str], bool]:
    """The texts that cells refer to, and whether one of them is raised in part."""
    if "xl/sharedStrings.xml" not in archive.names:
        return [], False
    root = archive.xml("xl/sharedStrings.xml")
    raised = any(one.get("val") in _RAISED for one in root.iter(f"{_MAIN}vertAlign"))
    return [_words(one) for one in root.iterfind(f"{_MAIN}si")], raised


def _words(element: Element) -> str:
    """The text of an element. `_x0041_` in it is the letter of that number (ST_Xstring)."""
    text = "".join(one.text or "" for one in element.iter(f"{_MAIN}t"))
    return _ESCAPED.sub(lambda letter: chr(int(letter[1], 16)), text) if "_x" in text else text


def _sheet(archive: Archive, part: str, name: str, texts: list[str], styles: _Styles) -> Worksheet:
    sheet = Worksheet(name)

    def read(row: Element) -> None:
        sheet.hidden_lines += row.get("hidden") in {"1", "true"}
        for cell in row.iterfind(f"{_MAIN}c"):
            _cell(sheet, cell, texts, styles)

    root = archive.xml(part, f"{_MAIN}row", read)
    sheet.hidden_lines += sum(one.get("hidden") in {"1", "true"} for one in root.iter(f"{_MAIN}col"))
    sheet.merged = sum(1 for _ in root.iter(f"{_MAIN}mergeCell"))
    sheet.frozen = root.find(f"{_MAIN}sheetViews/{_MAIN}sheetView/{_MAIN}pane") is not None
    sheet.active_cell = _first(root, "sheetViews/sheetView/selection", "activeCell") or "A1"
    sheet.filters = root.find(f"{_MAIN}autoFilter") is not None
    header = root.find(f"{_MAIN}headerFooter")
    sheet.header_footer = header is not None and any((one.text or "").strip() for one in header)
    sheet.drawings = sum(root.find(f"{_MAIN}{one}") is not None for one in _DRAWINGS)
    links = _links(archive, part)
    for one in root.iterfind(f"{_MAIN}tableParts/{_MAIN}tablePart"):
        target = links.get(one.get(_LINK, ""))
        if target in archive.names:
            sheet.tables.append(_table(archive.xml(str(target))))
    return sheet


def _cell(sheet: Worksheet, cell: Element, texts: list[str], styles: _Styles) -> None:
    kind, value, form = cell.get("t", "n"), cell.findtext(f"{_MAIN}v"), number_of(cell.get("s"))
    sheet.formulas += cell.find(f"{_MAIN}f") is not None
    held: str | float
    if kind == "inlineStr":
        held = _words(cell)
    elif value is None:
        held = ""
    elif kind == "s":
        place = number_of(value, -1)
        if not 0 <= place < len(texts):
            raise UnreadableError("a cell refers to a text that is not there")
        held = texts[place]
    elif kind == "n":
        try:
            held = float(value)
        except ValueError:
            raise UnreadableError("a number is none") from None
    else:
        held = value
    filled = form in styles.filled
    if held != "" or filled:
        sheet.cells[place_of(cell.get("r", ""))] = SheetCell(held, form in styles.wraps, filled)


def _table(root: Element) -> MarkedTable:
    top, left, bottom, right = span_of(root.get("ref", ""))
    return MarkedTable(
        root.get("displayName", ""),
        top,
        left,
        bottom,
        right,
        has_header=number_of(root.get("headerRowCount"), 1) == 1,
        has_filter=root.find(f"{_MAIN}autoFilter") is not None,
    )


def _links(archive: Archive, part: str) -> dict[str, str]:
    """Which part each of a part's references leads to."""
    folder, file = posixpath.split(part)
    name = f"{folder}/_rels/{file}.rels"
    if name not in archive.names:
        return {}
    return {
        one.get("Id", ""): posixpath.normpath(posixpath.join("/" + folder, one.get("Target", ""))).lstrip("/")
        for one in archive.xml(name).iter(f"{_PACKAGE}Relationship")
        if one.get("TargetMode") != "External"
    }


def _first(element: Element, path: str, attribute: str) -> str:
    """An attribute of the first element at a path, or nothing."""
    one = element.find("/".join(f"{_MAIN}{step}" for step in path.split("/")))
    return "" if one is None else one.get(attribute, "")
