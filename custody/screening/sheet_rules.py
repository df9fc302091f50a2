"""The rules for accessible spreadsheets that a file can be held against.

Written from the Analysis Function's "Making spreadsheets accessible: a checklist of the basics", as the vignettes of
aftables (best-practice-and-impact/aftables, vignettes/checklist.Rmd) retell it, and its "Symbols in tables". `SAFE` are
the house's own.

Left out, because the file does not tell: whether words are spelled right and plain, whether a link's words say where it
leads, whether a colour is the only bearer of a message and has contrast enough (fills are refused whole), whether
columns are of a sensible width, and what the office suite's own accessibility checker says.
"""

from typing import Final

from custody.screening.rules import Rule, Severity, table_of

CHECKLIST: Final = "Analysis Function, Making spreadsheets accessible: a checklist of the basics"
SYMBOLS: Final = "Analysis Function, Symbols in tables: definitions and help"
SAFE: Final = "Outcome Lens"
_WARNING: Final = Severity.WARNING

_BOOK: Final = (
    Rule(
        "sheet_unreadable", "The file cannot be read as a spreadsheet", "Save it as XLSX or ODS.", CHECKLIST
    ),
    Rule("macros", "The file holds macros", "Save it without them.", CHECKLIST),
    Rule("external_links", "The file refers to other files", "Paste the values instead.", SAFE),
    Rule("property_title", "The document has no title among its properties", "Set it.", CHECKLIST),
    Rule("property_author", "The document names nobody who made it", "Set it.", CHECKLIST, _WARNING),
    Rule(
        "cursor",
        "The file does not open at cell A1 of its first worksheet",
        "Put the cursor there before you save it.",
        CHECKLIST,
    ),
    Rule("sheet_names_alike", "Two worksheets have one name", "Tell them apart.", CHECKLIST),
    Rule("superscript", "Text stands raised or lowered", "Write [note 1].", CHECKLIST),
    Rule(
        "notes_missing", "A note is referred to that is on no worksheet Notes", "Write it there.", CHECKLIST
    ),
    Rule("note_unused", "Nothing refers to a note", "Refer to it, or take it out.", CHECKLIST, _WARNING),
)
_SHEETS: Final = (
    Rule("sheet_name_default", "A worksheet is called Sheet1 or the like", "Name it.", CHECKLIST, _WARNING),
    Rule("sheet_blank", "A worksheet is blank", "Take it out.", CHECKLIST),
    Rule("sheet_hidden", "A worksheet is hidden", "Show it, or take it out.", CHECKLIST),
    Rule("hidden_lines", "Rows or columns are hidden", "Show them, or take them out.", CHECKLIST),
    Rule("merged", "Cells are merged", "Split them.", CHECKLIST),
    Rule("title", "A worksheet has no title in cell A1", "Write one.", CHECKLIST),
    Rule(
        "table_count",
        "A worksheet does not say how many tables are on it",
        "Write: This worksheet contains one table.",
        CHECKLIST,
        _WARNING,
    ),
    Rule("freeze", "Rows or columns are frozen", "Unfreeze them.", CHECKLIST, _WARNING),
    Rule("filters", "A table has buttons to filter it", "Take them off.", CHECKLIST, _WARNING),
    Rule("fill", "Cells have a coloured background", "Take it off.", CHECKLIST),
    Rule("header_footer", "A worksheet has a header or footer for print", "Take it out.", CHECKLIST),
    Rule("drawing", "A worksheet has an image, a chart or a box", "Take it out.", CHECKLIST),
    Rule("formula", "A cell holds a formula", "Write its value.", SAFE),
    Rule("wrapped", "Long text does not wrap in its cell", "Wrap it.", CHECKLIST),
    Rule("link_words", "A link shows its address", "Say where it leads.", CHECKLIST, _WARNING),
)
_TABLES: Final = (
    Rule(
        "table_unmarked", "A worksheet has columns that are marked up as no table", "Mark them up.", CHECKLIST
    ),
    Rule("table_header", "A table has no header row", "Give it one.", CHECKLIST),
    Rule("table_heads", "A column of a table has no heading, or that of another", "Head each.", CHECKLIST),
    Rule(
        "table_name", "A table is called Table1 or the like", "Name it by what it holds.", CHECKLIST, _WARNING
    ),
    Rule("table_left", "A table does not begin in column A", "Move it to the left edge.", CHECKLIST),
    Rule("tables_many", "A worksheet has more than one table", "Use a worksheet each.", CHECKLIST, _WARNING),
    Rule(
        "below_table",
        "Something stands below or beside a table",
        "Move it above the table.",
        CHECKLIST,
        _WARNING,
    ),
    Rule("blank_line", "A row of a table is blank", "Take it out.", CHECKLIST),
    Rule(
        "blank_cell",
        "A cell of a table is blank, and nothing above it says why",
        "Write a symbol, or say what a blank cell means.",
        CHECKLIST,
    ),
    Rule("symbol_retired", "A symbol is used that has been retired", "Write [c], [x], [z], [low].", SYMBOLS),
    Rule("symbol_without_brackets", "A symbol has no brackets", "Write [c], not c.", SYMBOLS),
    Rule("symbol_unexplained", "A symbol is explained nowhere", "Explain it above the table.", SYMBOLS),
    Rule(
        "note_mark",
        "A note is marked with a sign or a bare number",
        "Write [note 1].",
        CHECKLIST,
    ),
    Rule("number_as_text", "A number is kept as text", "Keep it as a number.", SAFE, _WARNING),
)
SHEET_RULES: Final = table_of((*_BOOK, *_SHEETS, *_TABLES))
