"""Every rule for spreadsheets finds what breaks it: a good file, broken in one way for each."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping

import pytest

from custody.documents.spreadsheet import spreadsheet
from custody.screening import screen_files
from custody.screening.sheet_rules import SHEET_RULES
from tests.statistics_document import document

Parts = dict[str, bytes]
Breaking = Callable[[Parts], None]

NAME = "progress.xlsx"
BOOK, STYLES, TEXTS, CORE = "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "docProps/core.xml"
COVER, CONTENTS, NOTES, CHANGES, SAID, TABLE = (f"xl/worksheets/sheet{number}.xml" for number in range(1, 7))
# The contents, the notes, the changes, the commentary and the table are marked up in this order.
MARKED = "xl/tables/table5.xml"


def unpacked(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def rules_of(content: bytes, name: str = NAME) -> set[str]:
    return {finding.rule for finding in screen_files({name: content})}


def changed(part: str, old: str, new: str, times: int = 1) -> Breaking:
    """The first places of a pattern in a part written otherwise."""

    def breaking(parts: Parts) -> None:
        made, number = re.subn(old, new, parts[part].decode(), count=times)
        assert number, f"{old} is not in {part}"
        parts[part] = made.encode()

    return breaking


def put(part: str, content: str = "") -> Breaking:
    def breaking(parts: Parts) -> None:
        parts[part] = content.encode()

    return breaking


def cell(reference: str, value: str | None, part: str = TABLE) -> Breaking:
    """A cell with another text; none where `value` is None."""
    new = "" if value is None else f'<c r="{reference}" s="10" t="inlineStr"><is><t>{value}</t></is></c>'
    return changed(part, f'<c r="{reference}"[^>]*>.*?</c>', new)


def all_of(*breakings: Breaking) -> Breaking:
    def breaking(parts: Parts) -> None:
        for one in breakings:
            one(parts)

    return breaking


# What breaks each rule, and what else it breaks: nothing, unless it cannot be helped. The table's heads are in row 7.
BROKEN: dict[str, tuple[Breaking, set[str]]] = {
    "sheet_unreadable": (changed(BOOK, "<sheets>", "<sheets"), set()),
    "macros": (put("xl/vbaProject.bin"), set()),
    "external_links": (put("xl/externalLinks/externalLink1.xml", "<a/>"), set()),
    "property_title": (changed(CORE, "<dc:title>.*?</dc:title>", "<dc:title> </dc:title>"), set()),
    "property_author": (changed(CORE, "<dc:creator>.*?</dc:creator>", ""), set()),
    "cursor": (changed(BOOK, "<workbookView ", '<workbookView activeTab="2" '), set()),
    "sheet_names_alike": (changed(BOOK, 'name="Commentary"', 'name="table 1"'), set()),
    "superscript": (changed(STYLES, "<font>", '<font><vertAlign val="superscript"/>'), set()),
    "notes_missing": (cell("A5", "note 7", NOTES), {"note_unused"}),
    "note_unused": (
        changed(
            NOTES,
            r'<row r="5".*?</row>',
            r"\g<0>" + ('<row r="6"><c r="A6" s="10" t="inlineStr"><is><t>note 3</t></is></c></row>'),
        ),
        {"below_table"},
    ),
    "sheet_name_default": (changed(BOOK, 'name="Commentary"', 'name="Sheet4"'), set()),
    "sheet_blank": (changed(COVER, "<sheetData>.*?</sheetData>", "<sheetData/>"), set()),
    "sheet_hidden": (changed(BOOK, 'name="Commentary"', 'name="Commentary" state="veryHidden"'), set()),
    "hidden_lines": (changed(TABLE, '<row r="9"', '<row hidden="1" r="9"'), set()),
    "merged": (
        changed(TABLE, "</sheetData>", '</sheetData><mergeCells><mergeCell ref="A9:A10"/></mergeCells>'),
        set(),
    ),
    "title": (cell("A1", None), set()),
    "table_count": (cell("A2", "See below."), set()),
    "freeze": (
        changed(
            TABLE,
            r"<sheetView ([^>]*)/>",
            r'<sheetView \1><pane ySplit="7" topLeftCell="A8" state="frozen"/></sheetView>',
        ),
        set(),
    ),
    "filters": (changed(MARKED, "<tableColumns", '<autoFilter ref="A7:F19"/><tableColumns'), set()),
    "fill": (
        changed(STYLES, '<patternFill patternType="none"/>', '<patternFill patternType="solid"/>'),
        set(),
    ),
    "header_footer": (
        changed(TABLE, "<tableParts", "<headerFooter><oddHeader>Draft</oddHeader></headerFooter><tableParts"),
        set(),
    ),
    "drawing": (changed(TABLE, "<tableParts", '<drawing r:id="rId9"/><tableParts'), set()),
    "formula": (changed(TABLE, r'(<c r="D9"[^>]*>)<v>', r"\1<f>6*7</f><v>"), set()),
    "wrapped": (
        all_of(cell("A12", "x" * 61), changed(STYLES, ' wrapText="1"', "", times=20)),
        set(),
    ),
    "link_words": (cell("A4", "https://www.example.gov.uk/notes", COVER), set()),
    "table_unmarked": (
        changed(TABLE, "<tableParts.*?</tableParts>", ""),
        set(),
    ),
    "table_header": (changed(MARKED, "totalsRowShown", 'headerRowCount="0" totalsRowShown'), set()),
    "table_heads": (cell("B7", "Column2"), set()),
    "table_name": (changed(MARKED, 'displayName="[^"]*"', 'displayName="Table5"'), set()),
    "table_left": (changed(MARKED, 'ref="A7', 'ref="B7'), {"below_table"}),
    "tables_many": (
        all_of(
            changed(
                TABLE,
                "</tableParts>",
                '<tablePart r:id="rId8"/></tableParts>',
            ),
            changed(
                "xl/worksheets/_rels/sheet6.xml.rels",
                r'(<Relationship Id=")rId1(".*?/>)',
                r"\g<0>\1rId8\2",
            ),
        ),
        set(),
    ),
    "below_table": (
        changed(
            TABLE,
            "</sheetData>",
            '<row r="30"><c r="A30" s="10" t="inlineStr"><is><t>Source: us</t></is></c></row></sheetData>',
        ),
        set(),
    ),
    "blank_line": (changed(TABLE, '<row r="10".*?</row>', ""), set()),
    "blank_cell": (cell("D10", None), set()),
    "symbol_retired": (cell("D10", ".."), set()),
    "symbol_without_brackets": (cell("D10", "c"), set()),
    "symbol_unexplained": (cell("D10", "[low]"), set()),
    "note_mark": (cell("C7", "Sex*"), set()),
    "number_as_text": (cell("D10", "1,234"), set()),
}


@pytest.fixture(scope="module")
def good() -> bytes:
    return spreadsheet(document())


def test_what_is_written_here_breaks_no_rule(good: bytes) -> None:
    assert rules_of(good) == set()


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_found(rule: str, good: bytes) -> None:
    breaking, besides = BROKEN[rule]
    parts = unpacked(good)
    breaking(parts)
    assert rules_of(packed(parts)) == {rule, *besides}


def test_every_rule_has_been_broken() -> None:
    assert set(BROKEN) == set(SHEET_RULES)
