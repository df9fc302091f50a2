"""Documents of statistics: what they may hold, and how each format says it."""

import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from custody.documents.cells import bare, harmless, plain, read
from custody.documents.data_files import data_files
from custody.documents.errors import DocumentError
from custody.documents.files import files, left_out
from custody.documents.machine import document_json
from custody.documents.office import converted
from custody.documents.paper import ROWS_ON_PAPER, paper, paper_content
from custody.documents.repacking import repacked
from custody.documents.spreadsheet import spreadsheet
from custody.documents.statistics import Cell, Column, Format, Kind, Period, StatisticalTable
from custody.screening import screen_files
from tests.statistics_document import COLUMNS, document, row, table

COUNT = Column("family_count", "Families", Kind.INDICATOR, decimals=0)
SHARE = Column("share", "Share", Kind.INDICATOR, "%", 1)


@pytest.mark.parametrize(
    ("value", "symbol"),
    [
        (None, ""),
        (1, "c"),
        (None, "n/a"),
        (" ", ""),
        (1.5, ""),
        (True, ""),
        (Decimal("NaN"), ""),
    ],
)
def test_a_cell_is_an_exact_value_or_a_known_symbol(value: object, symbol: str) -> None:
    with pytest.raises(ValueError, match="a cell"):
        Cell(value, symbol)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "Families by area"},
        {"columns": (COLUMNS[3], COLUMNS[0])},
        {"columns": COLUMNS[:3]},
        {"columns": (*COLUMNS, COLUMNS[0])},
        {"columns": COLUMNS[:4]},
        {"rows": ()},
        {"rows": ((Cell(1), *row(("Hill", "North"), "Total", 1, "1")[1:]),)},
        {"periods": (Period("202627", "Financial year Q1", "Quarter 1"),)},
    ],
)
def test_a_table_is_tidy(changed: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="table"):
        table(**changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed",
    [{"name": "../progress"}, {"tables": ()}, {"tables": (table(), table())}, {"notes": ("Only one.",)}],
)
def test_a_document_is_whole(changed: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="document"):
        document(**changed)


@pytest.mark.parametrize(
    ("cell", "column", "in_a_file", "to_a_reader"),
    [
        (Cell(12345), COUNT, "12345", "12,345"),
        (Cell(-3), COUNT, "-3", "-3"),
        (Cell(Decimal("12.50")), SHARE, "12.50", "12.5"),
        (Cell(None, "low"), SHARE, "low", "[low]"),
        (Cell("=cmd|' /C calc'!A0"), COUNT, "'=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        (Cell("-1 to 5"), COUNT, "'-1 to 5", "-1 to 5"),
        (Cell("-1.5"), COUNT, "-1.5", "-1.5"),
        (Cell("a\nb\x1b[31m"), COUNT, "a b\N{REPLACEMENT CHARACTER}[31m", "a b\N{REPLACEMENT CHARACTER}[31m"),
        (Cell(202627), replace(COUNT, unit="numberstring"), "202627", "202627"),
    ],
)
def test_how_a_cell_reads(cell: Cell, column: Column, in_a_file: str, to_a_reader: str) -> None:
    assert (bare(cell), read(cell, column)) == (in_a_file, to_a_reader)


def test_words_lose_what_could_be_an_order() -> None:
    assert plain(" a\u202eb\ud800 \t c ") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER} c"
    assert [harmless(words)[0] for words in ("=1", "+1+1", "-a", "@a", "＝1", "－1")] == ["'"] * 6


def test_a_data_file_says_what_the_standard_asks() -> None:
    made = data_files(document())
    assert list(made) == [
        "return-000004-progress-families.csv",
        "return-000004-progress-families.meta.csv",
    ]
    data, metadata = (content.decode().splitlines() for content in made.values())
    assert data[0] == (
        "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,"
        "old_la_code,new_la_code,la_name,locality,side,sex,family_count,family_percent,worth_sum"
    )
    where = "202627,Financial year Q2,Local authority,E92000001,England,E12000003,Yorkshire and The Humber,"
    assert data[1] == where + "999,E08999999,Sample Council,Total,Total,Total,56,28,1600.50"
    assert data[-1] == where + "999,E08999999,Sample Council,Mill,South,Male,c,c,z"
    assert metadata == [
        "col_name,col_type,label,indicator_grouping,indicator_unit,indicator_dp,filter_hint,filter_grouping_column",
        "locality,Filter,Locality,,,,Where the family lives,side",
        "sex,Filter,Sex of the main carer,,,,,",
        "family_count,Indicator,Families,Families,,0,,",
        "family_percent,Indicator,Share of all families,Families,%,1,,",
        "worth_sum,Indicator,Worth,Money,£,2,,",
    ]


def test_a_filter_of_one_item_stays_out_of_the_metadata_and_a_row_may_have_its_own_period() -> None:
    rows = tuple(row(("Hill", "North"), "Total", families, "1.00") for families in (1, 2))
    quarters = tuple(
        Period(period, f"Financial year Q{quarter}", f"Quarter {quarter}")
        for period, quarter in (("202526", 4), ("202627", 1))
    )
    of_two = table(rows=rows, periods=quarters)
    made = data_files(document(tables=(of_two,)))
    data, metadata = (content.decode().splitlines() for content in made.values())
    assert [line.split(",")[:2] for line in data[1:]] == [
        ["202526", "Financial year Q4"],
        ["202627", "Financial year Q1"],
    ]
    assert [line.split(",")[1] for line in metadata[1:]] == ["Indicator"] * 3
    assert paper_content(document(tables=(of_two,)))["tables"][0]["rows"][1][0] == "Quarter 1"


def test_a_national_document_has_no_columns_of_authorities() -> None:
    national = replace(document().geography, level="National")
    data = next(iter(data_files(document(geography=national)).values())).decode()
    assert "la_name" not in data and "region_code" not in data and "country_code" in data


def test_json_says_every_source_once_and_keeps_decimals_exact() -> None:
    said = json.loads(document_json(document()))
    assert said["sources"] == ["families, release 1", "ledger, line 12"]
    first, last = said["tables"][0]["rows"][0], said["tables"][0]["rows"][-1]
    assert first[3:] == [
        {"source": 0, "value": 56},
        {"value": "28"},
        {"source": 1, "value": "1600.50"},
    ]
    assert last[3:] == [{"symbol": "c"}, {"symbol": "c"}, {"symbol": "z"}]
    assert (said["as_of"], said["version"], said["changes"][0]["difference"]) == ("2026-09-30", 2, "+1")


def test_a_spreadsheet_says_the_same_as_the_data_file() -> None:
    workbook = spreadsheet(document())
    read_back = pl.read_excel(workbook, sheet_name="Table 1", has_header=False, infer_schema_length=0)
    cells = [["" if value is None else value for value in line] for line in read_back.rows()]
    assert [line[0] for line in cells[:6]] == [
        "Table 1: Families [note 1]",
        "This worksheet contains one table. Some cells refer to notes, which are on the worksheet Notes.",
        "[c] means suppressed, so that nobody can be recognised.",
        "[z] means not applicable.",
        "Source: Sample Council, release 20261001-1",
        "Open at the end.",
    ]
    assert cells[6] == [
        "Locality [note 1]",
        "Side of the river",
        "Sex of the main carer",
        "Families [note 2]",
        "Share of all families (%)",
        "Worth (£)",
    ]
    data = list(csv.reader(io.StringIO(next(iter(data_files(document()).values())).decode())))
    for line, written in zip(cells[7:], data[1:], strict=True):
        for shown, bare_value in zip(line, written[10:], strict=True):
            if bare_value in {"c", "z"}:
                assert shown == f"[{bare_value}]"
            else:
                assert shown == bare_value or float(shown) == float(bare_value)


def test_a_spreadsheet_has_its_cover_contents_notes_changes_and_commentary() -> None:
    sheets = pl.read_excel(spreadsheet(document()), sheet_id=0, has_header=False, infer_schema_length=0)
    assert list(sheets) == ["Cover", "Contents", "Notes", "Changes since version 1", "Commentary", "Table 1"]
    cover = sheets["Cover"].to_series().to_list()
    assert "Signed by: Ann Officer, Returns officer, 1 October 2026, 10:02" in cover
    assert "Made from the release: 20261001-1, as of 30 September 2026" in cover
    assert sheets["Changes since version 1"].rows()[-1] == (
        *("families", "Hill", "Families", "41", "42", "+1", "A family was added"),
    )
    assert sheets["Notes"].rows()[-1] == ("note 2", "Families with an open episode.")


def test_a_note_that_no_table_refers_to_is_of_all_tables() -> None:
    noted = document(notes=(*document().notes, "Every family is made up."))
    assert paper_content(noted)["notes"][1:] == [
        ["note 2", "Families with an open episode."],
        ["all tables", "Every family is made up."],
    ]
    workbook = {"progress.xlsx": spreadsheet(noted), "progress.pdf": paper(noted)}
    assert screen_files(workbook) == ()


@pytest.mark.parametrize("one", [Format.XLSX, Format.CSV, Format.JSON, Format.PDF])
def test_the_same_document_is_the_same_bytes(one: Format) -> None:
    assert files(document(), [one]) == files(document(), [one])


def test_every_time_in_a_spreadsheet_is_the_release_s() -> None:
    with zipfile.ZipFile(io.BytesIO(spreadsheet(document(as_of=date(2027, 3, 31))))) as archive:
        assert {member.date_time for member in archive.infolist()} == {(2027, 3, 31, 0, 0, 0)}
        assert archive.read("docProps/core.xml").count(b">2027-03-31T00:00:00Z<") == 2


def test_words_stand_to_the_left_and_numbers_to_the_right() -> None:
    with zipfile.ZipFile(io.BytesIO(spreadsheet(document()))) as archive:
        styles = re.findall(r"<xf [^>]*?(?:/>|>.*?</xf>)", archive.read("xl/styles.xml").decode())
        sheet = archive.read("xl/worksheets/sheet6.xml").decode()
    cells = [re.search(rf'<c r="{column}8" s="(\d+)"', sheet) for column in "ABCDEF"]
    # The first format is that of the styles, not of the cells.
    sides = [re.search('horizontal="(.*?)"', styles[int(cell[1]) + 1]) for cell in cells if cell is not None]
    assert [side[1] for side in sides if side is not None] == ["left"] * 3 + ["right"] * 3


def test_text_is_never_a_formula_a_link_or_a_number() -> None:
    hostile = ("=1+1", "{=SUM(A1)}", "[x](https://example.org)", "$$note$$", "007", "http://example.org")
    cells = tuple(
        (Cell(words), Cell("North"), Cell("Total"), Cell(1), Cell(Decimal(1)), Cell(Decimal(1)))
        for words in hostile
    )
    made = spreadsheet(document(tables=(table(rows=cells, title="$$1$$ [x](y)"),), title="=1+1"))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        sheet = archive.read("xl/worksheets/sheet6.xml").decode()
        assert "<f>" not in sheet and "hyperlink" not in sheet
    read_back = pl.read_excel(made, sheet_name="Table 1", has_header=False, infer_schema_length=0)
    assert read_back.to_series().to_list()[-len(hostile) :] == list(hostile)


def test_a_text_too_long_for_a_cell_is_refused_not_lost() -> None:
    long = replace(document().narrative[0], words="x" * 32_768)
    with pytest.raises(DocumentError, match="longer than the 32,767 letters"):
        spreadsheet(document(narrative=(long,)))


def test_heads_that_differ_in_nothing_are_told_apart() -> None:
    twice = (*COLUMNS[:5], replace(COLUMNS[3], name="other_count", label="families"))
    made = spreadsheet(document(tables=(table(columns=twice),)))
    heads = pl.read_excel(made, sheet_name="Table 1", has_header=False, infer_schema_length=0).rows()[6]
    assert heads[3:] == ("Families [note 2]", "Share of all families (%)", "families [note 2] (2)")


def test_paper_is_tagged_and_says_where_the_rest_of_a_long_table_is() -> None:
    long = table(
        rows=tuple(
            row((f"Place {number}", "North"), "Total", number, "1") for number in range(ROWS_ON_PAPER + 1)
        )
    )
    content = paper_content(document(tables=(table(), long := replace(long, name="long"))))
    whole, cut = content["tables"]
    assert whole["left_out"] == "" and len(whole["rows"]) == 12
    assert len(cut["rows"]) == ROWS_ON_PAPER
    assert cut["left_out"].startswith("The first 200 of 201 rows.") and long.name in cut["left_out"]
    made = paper(document())
    assert made.startswith(b"%PDF") and b"StructTreeRoot" in made


def test_long_commentary_is_on_paper_to_its_last_word() -> None:
    said = replace(document().narrative[0], words=f"{'word ' * 900}last")
    (one,) = paper_content(document(narrative=(said,)))["narrative"]
    assert len(one["words"]) > 1 and one["words"][-1].endswith("last")


def test_files_are_named_by_the_document_and_data_files_by_their_table_too() -> None:
    made = files(document(), [Format.XLSX, Format.CSV, Format.JSON, Format.PDF])
    ends = (".xlsx", "-families.csv", "-families.meta.csv", ".json", ".pdf")
    assert list(made) == [f"return-000004-progress{end}" for end in ends]


def test_without_libreoffice_its_format_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert list(files(document(), [Format.ODS, Format.JSON])) == ["return-000004-progress.json"]
    assert left_out([Format.ODS])[0].startswith("No OpenDocument spreadsheet (ODS) was written")
    assert left_out([Format.XLSX]) == ()
    with pytest.raises(DocumentError, match="no LibreOffice on this machine"):
        converted(b"", "ods")


def test_a_repacked_file_keeps_the_order_and_what_was_stored() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "a/b", zipfile.ZIP_STORED)
        archive.writestr("b.xml", "<b/>", zipfile.ZIP_DEFLATED)
    again = repacked(made.getvalue(), date(2026, 1, 2), lambda name, content: content + name.encode())
    with zipfile.ZipFile(io.BytesIO(again)) as archive:
        assert [(one.filename, one.compress_type) for one in archive.infolist()] == [
            ("mimetype", zipfile.ZIP_STORED),
            ("b.xml", zipfile.ZIP_DEFLATED),
        ]
        assert archive.read("b.xml") == b"<b/>b.xml"


def test_a_table_knows_its_filters_and_indicators() -> None:
    one: StatisticalTable = table()
    assert [column.name for column in one.filters] == ["locality", "side", "sex"]
    assert [column.name for column in one.indicators] == ["family_count", "family_percent", "worth_sum"]
