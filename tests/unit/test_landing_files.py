"""Files as partners send them, and as nobody should."""

import io
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from pipelines.errors import (
    DuplicateColumnError,
    EmptyExtractError,
    EmptyFileError,
    MissingColumnError,
    UnreadableFileError,
)
from pipelines.extracts import Extract
from pipelines.landing import Landed, land

CLAIMS = "claim_ref,family_ref,framework,claimed_on"


def extract(file: Path, contract: str = "earlier_claim", **more: object) -> Extract:
    given: dict[str, object] = {"columns": {}, "values": {}, **more}
    return Extract(file, contract, "P", date(2020, 4, 1), date(2024, 10, 31), **given)  # type: ignore[arg-type]


def landed(folder: Path, data: str | bytes, name: str = "file.csv", **more: object) -> Landed:
    file = folder / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return land(extract(file, **more))  # type: ignore[arg-type]


def claims(*rows: str, separator: str = ",", end: str = "\r\n") -> str:
    return end.join([CLAIMS, *rows]).replace(",", separator) + end


ONE = "C1,Fé,fw,03/04/2024"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encoding_separator_and_line_ends_are_found(
    tmp_path: Path, encoding: str, separator: str, end: str
) -> None:
    found = landed(tmp_path, claims(ONE, ONE, separator=separator, end=end).encode(encoding))
    assert found.frame.rows() == [
        (1, "C1", "Fé", "fw", date(2024, 4, 3)),
        (2, "C1", "Fé", "fw", date(2024, 4, 3)),
    ]
    assert found.unreadable.is_empty()
    assert found.odd_rows.is_empty()
    assert found.raw.rows()[0] == (1, "C1", "Fé", "fw", "03/04/2024")


def test_bytes_that_windows_1252_does_not_define_do_no_harm(tmp_path: Path) -> None:
    found = landed(tmp_path, claims("C1,F\x811é,fw,2024-04-03").encode("latin-1"))
    assert found.frame["claimed_on"].to_list() == [date(2024, 4, 3)]


@pytest.mark.parametrize(
    "heading",
    [
        "Claim_Ref",
        " claim ref ",
        "CLAIM  REF",
        "\u200bclaim_ref",
        "claim\xa0ref",
        '"claim\nref"',
        "Their ref",
        "THEIR REF ",
    ],
)
def test_headings_are_compared_forgivingly(tmp_path: Path, heading: str) -> None:
    text = claims("C1,F1,fw,2024-04-03").replace("claim_ref", heading)
    assert landed(tmp_path, text, columns={"Their Ref": "claim_ref"}).frame["claim_ref"].to_list() == ["C1"]


def test_titles_above_the_headings_move_the_places(tmp_path: Path) -> None:
    found = landed(tmp_path, "sep=,\nReport of claims\n\n" + claims("C1,F1,fw,nonsense"))
    assert found.frame.height == 1
    assert found.place(1, "claimed_on") == "file.csv!D5"
    assert found.place(1, None) == "file.csv!5:5"


def test_cells_keep_their_lines_quotes_and_formulas(tmp_path: Path) -> None:
    text = (
        "note_ref,episode_ref,written_on,worker,text\r\n"
        'N1,E1,2024-04-03,,"=HYPERLINK(""x""),\r\n@b\r\n\r\n +44"\r\n'
        "N2,E1,2024-04-04,,  \xa0\r\n"
    )
    found = landed(tmp_path, text, contract="case_note")
    assert found.frame["text"].to_list() == ['=HYPERLINK("x"),\r\n@b\r\n\r\n +44', None]
    assert found.raw["text"].to_list() == ['=HYPERLINK("x"),\r\n@b\r\n\r\n +44', "  \xa0"]


def test_text_is_tidied_and_raw_is_not(tmp_path: Path) -> None:
    text = "Worker ID,Name,Team,Email,Shoe size\nW1,\xa0 Ann\xa0\xa0 Other ,  ,a@b.c,43\n"
    found = landed(tmp_path, text, contract="worker")
    assert found.frame.rows() == [(1, "W1", "Ann Other", None, "a@b.c")]
    assert found.raw.rows() == [(1, "W1", "\xa0 Ann\xa0\xa0 Other ", "  ", "a@b.c", "43")]
    assert any(note.endswith("left out: E") for note in found.notes)


def test_unknown_headings_may_repeat_or_be_missing(tmp_path: Path) -> None:
    found = landed(tmp_path, "worker_id,name,x,x,,row\nW1,Ann,1,2,3,4\n", contract="worker")
    assert found.raw.columns == ["row", "worker_id", "name", "x", "x (D)", "column E", "row (F)"]
    assert found.raw.rows() == [(1, "W1", "Ann", "1", "2", "3", "4")]


def test_rows_with_too_few_cells_are_blank_at_the_end(tmp_path: Path) -> None:
    found = landed(tmp_path, claims("C1,F1", "C2,F2,fw,2024-04-03"))
    assert found.frame.rows() == [(1, "C1", "F1", None, None), (2, "C2", "F2", "fw", date(2024, 4, 3))]


@pytest.mark.parametrize("extra", ["x", ",x", ",,,,,x", "x,x,x,x,x,x,x,x,x,x,x,x,x"])
def test_rows_with_too_many_cells_are_told(tmp_path: Path, extra: str) -> None:
    found = landed(tmp_path, claims("C1,F1,fw,2024-04-03", f"C2,F2,fw,2024-04-03,{extra}"))
    assert found.odd_rows.rows() == [(2, "slipped")]


def test_separators_at_the_end_are_no_cells(tmp_path: Path) -> None:
    assert landed(tmp_path, claims("C1,F1,fw,2024-04-03,,, ,")).odd_rows.is_empty()


@pytest.mark.parametrize(
    ("row", "oddity"),
    [
        (",,,", ["empty"]),
        ("", ["empty"]),
        (" ,\xa0,,", ["empty"]),
        ("TOTAL,,,", ["total"]),
        (",Grand total: 12,,", ["total"]),
        (",,12,", ["total"]),
        ("End of report,,,", ["total"]),
        ("TOTAL,F1,,", []),
        ("Totaly,F1,fw,2024-04-03", []),
    ],
)
def test_rows_that_are_none(tmp_path: Path, row: str, oddity: list[str]) -> None:
    found = landed(tmp_path, claims(row, "C1,F1,fw,2024-04-03"))
    assert found.frame.height == 2
    assert found.odd_rows.filter(row=1)["oddity"].to_list() == oddity


def test_blank_lines_at_the_very_end_are_no_rows(tmp_path: Path) -> None:
    assert landed(tmp_path, claims("C1,F1,fw,2024-04-03") + "\r\n\r\n\x1a").frame.height == 1


def test_inches_and_quotation_marks_inside_a_cell_stay(tmp_path: Path) -> None:
    rows = ['W1,5" nail,,', 'W2,"a, ""b""",,', 'W3,x"y,"z",', 'W4,"c",,6"']
    found = landed(tmp_path, "worker_id,name,team,email\n" + "\n".join(rows), contract="worker")
    assert found.raw.select("name", "team", "email").rows() == [
        ('5" nail', "", ""),
        ('a, "b"', "", ""),
        ('x"y', "z", ""),
        ("c", "", '6"'),
    ]


def test_a_stray_carriage_return_begins_no_row(tmp_path: Path) -> None:
    found = landed(tmp_path, claims("C1,F\r1,fw,2024-04-03", '"C\r2",F1,fw,2024-04-03'))
    assert found.frame.select("claim_ref", "family_ref").rows() == [("C1", "F 1"), ("C 2", "F1")]


def test_a_hundred_thousand_equal_rows(tmp_path: Path) -> None:
    found = landed(tmp_path, claims(*["C1,F1,fw,2024-04-03"] * 100_000))
    assert found.frame.height == 100_000
    assert found.frame.drop("row").n_unique() == 1


ATTENDANCE = (
    "upn,forename,surname,date_of_birth,postcode,academic_year,term,term_start,term_end,sessions_possible,"
    "sessions_attended\nU,A,B,2010-01-01,AS1 1AA,2023/24,{term},2023-09-01,2023-12-20,{possible},0\n"
)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("126", 126),
        ("126.0", 126),
        ("1,126", 1126),
        (" 126 ", 126),
        ("-3", -3),
        ("12O", None),
        ("n/a", None),
        ("1.5", None),
    ],
)
def test_whole_numbers(tmp_path: Path, written: str, number: int | None) -> None:
    text = ATTENDANCE.format(term="Autumn", possible=f'"{written}"')
    found = landed(tmp_path, text, contract="school_attendance")
    assert found.frame["sessions_possible"].to_list() == [number]
    assert found.unreadable.rows() == ([] if number is not None else [(1, "sessions_possible")])


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("autumn", "Autumn"),
        (" AUTUMN", "Autumn"),
        ("Autumn  term", "Autumn"),
        ("Herbst", "Autumn"),
        ("T1", None),
    ],
)
def test_codes(tmp_path: Path, written: str, code: str | None) -> None:
    text = ATTENDANCE.format(term=written, possible=1)
    found = landed(tmp_path, text, contract="school_attendance", values={"term": {"herbst ": "Autumn"}})
    assert found.frame["term"].to_list() == [code]
    assert found.unreadable.rows() == ([] if code else [(1, "term")])


@pytest.mark.parametrize(
    ("written", "pounds"),
    [
        ("£1,234.50", 1234.5),
        ("(12.30)", -12.3),
        ("-5", -5.0),
        ("0", 0.0),
        (".5", 0.5),
        ("#REF!", None),
        ("1e5", None),
    ],
)
def test_pounds(tmp_path: Path, written: str, pounds: float | None) -> None:
    text = f'tenancy_ref,tenant_name,address,kind,occurred_on,arrears_balance\nT1,A,B,NSP,2024-04-03,"{written}"\n'
    found = landed(tmp_path, text, contract="housing_event")
    assert found.frame["arrears_balance"].to_list() == [pounds]


def test_a_person_may_be_called_null_but_a_day_may_not(tmp_path: Path) -> None:
    text = "nhs_number,forename,surname,date_of_birth,kind,contact_date\n,A,Null,NULL,visit,2024-04-03\n"
    found = landed(tmp_path, text, contract="health_contact")
    assert found.frame.select("surname", "date_of_birth").rows() == [("Null", None)]
    assert found.unreadable.is_empty()


# Workbooks and Parquet


def workbook(path: Path, sheets: Mapping[str, list[list[object]]], first_row: int = 0) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows, first_row):
                for column, cell in enumerate(row):
                    if isinstance(cell, datetime):
                        sheet.write_datetime(number, column, cell, day)
                    elif cell is not None:
                        sheet.write(number, column, cell)


HOUSING = [
    "tenancy_ref",
    "tenant_name",
    "date_of_birth",
    "address",
    "uprn",
    "kind",
    "occurred_on",
    "arrears_balance",
]


def test_a_workbook_keeps_its_dates_and_whole_numbers(tmp_path: Path) -> None:
    rows = [
        HOUSING,
        [4153, "A", 29440, "B", 10016107785, "NSP", datetime(2024, 4, 3), 12.5],
        ["0042", "A", None, "B", "010016107785", "nsp", "03/04/2024", "£12.50"],
        [None, None, None, None, None, None, None, " "],
    ]
    workbook(tmp_path / "h.xlsx", {"Cover": [["Made by"]], "Empty": [], "Events": rows}, first_row=2)
    found = land(extract(tmp_path / "h.xlsx", "housing_event"))
    assert found.frame.rows()[:2] == [
        (1, "4153", "A", date(1980, 8, 7), "B", "10016107785", "NSP", date(2024, 4, 3), 12.5),
        (2, "0042", "A", None, "B", "10016107785", "NSP", date(2024, 4, 3), 12.5),
    ]
    assert found.raw["tenancy_ref"].to_list() == ["4153", "0042", None]
    assert found.odd_rows.rows() == [(3, "empty")]
    assert found.place(1, "kind") == "h.xlsx!Events!F4"


def test_the_sheet_may_be_named(tmp_path: Path) -> None:
    rows = [HOUSING, ["1", "A", None, "B", None, "NSP", "03/04/2024", None]]
    workbook(tmp_path / "h.xlsx", {"Old": [*rows, rows[1]], "New": rows})
    assert land(extract(tmp_path / "h.xlsx", "housing_event", sheet="New")).frame.height == 1
    assert land(extract(tmp_path / "h.xlsx", "housing_event")).frame.height == 2
    with pytest.raises(UnreadableFileError, match="has no sheet"):
        land(extract(tmp_path / "h.xlsx", "housing_event", sheet="Other"))


def test_cells_beyond_the_headings_of_a_workbook_are_told(tmp_path: Path) -> None:
    workbook(
        tmp_path / "h.xlsx", {"S": [HOUSING, ["1", "A", None, "B", None, "NSP", "03/04/2024", None, "x"]]}
    )
    assert land(extract(tmp_path / "h.xlsx", "housing_event")).odd_rows.rows() == [(1, "slipped")]


def test_parquet(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "tenancy_ref": [4153.0, None],
            "tenant_name": ["A", "B"],
            "date_of_birth": [date(1980, 8, 7), None],
            "address": ["x", "y"],
            "uprn": [10016107785, None],
            "kind": pl.Series(["NSP", "NTQ"], dtype=pl.Categorical),
            "occurred_on": [datetime(2024, 4, 3, 12), datetime(2024, 4, 4)],
            "arrears_balance": [12.5, 3.0],
            "active": [True, None],
        }
    )
    frame.write_parquet(tmp_path / "h.parquet")
    found = land(extract(tmp_path / "h.parquet", "housing_event"))
    assert found.frame.rows() == [
        (1, "4153", "A", date(1980, 8, 7), "x", "10016107785", "NSP", date(2024, 4, 3), 12.5),
        (2, None, "B", None, "y", None, "NTQ", date(2024, 4, 4), 3.0),
    ]
    assert found.raw["active"].to_list() == ["true", None]


def test_parquet_with_lists_is_refused(tmp_path: Path) -> None:
    pl.DataFrame({"claim_ref": [["a"]]}).write_parquet(tmp_path / "c.parquet")
    with pytest.raises(UnreadableFileError, match="lists, structures or bytes"):
        land(extract(tmp_path / "c.parquet"))


# What cannot be read


def zipped() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet().write(0, 0, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("f.csv", zipped(), "zip archive or Excel workbook, whatever its name says"),
        ("f.csv", b"%PDF-1.7 ...", "is a PDF"),
        ("f.csv", bytes(range(256)) * 10, "a binary file"),
        ("f.csv", bytes(range(1, 256)) * 10, "a binary file"),
        ("f.csv", b"\xff\xfea", "damaged UTF-16"),
        ("f.xlsx", b"claim_ref,family_ref\n", "no Excel workbook"),
        ("f.xlsx", zipped()[:-30], "no Excel workbook"),
        ("f.xlsx", b"PK\x05\x06" + bytes(18), "no Excel workbook"),
        ("f.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600), "no Excel workbook"),
        ("f.parquet", b"claim_ref,family_ref\n", "no Parquet file"),
        ("f.parquet", b"PAR1" + bytes(40) + b"PAR1", "no Parquet file"),
        ("f.docx", b"x", "files ending in .docx are not read"),
        ("f", b"x", "files ending in nothing are not read"),
        (
            "f.csv",
            claims('C1,"F1,fw,2024-04-03', "C2,F2,fw,2024-04-03").encode(),
            "begins on line 2 do not match",
        ),
        ("f.csv", claims("C1,F1,fw,x", 'C2,"F"2,fw,2024-04-03').encode(), "begins on line 3 do not match"),
    ],
)
def test_a_file_that_is_not_what_it_says(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        landed(tmp_path, data, name)
    assert words in str(caught.value)
    assert str(caught.value).startswith(name)


def test_what_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.reading.LARGEST_UNPACKED", 100)
    with pytest.raises(UnreadableFileError, match="would unpack"):
        landed(tmp_path, zipped(), "f.xlsx", contract="housing_event")
    monkeypatch.setattr("pipelines.reading.LARGEST_FILE", 10)
    with pytest.raises(UnreadableFileError, match="larger than"):
        landed(tmp_path, claims(ONE))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "f.csv").mkdir()
    with pytest.raises(UnreadableFileError, match="cannot be read: Is a directory"):
        land(extract(tmp_path / "f.csv"))


def test_endless_headings_are_none(tmp_path: Path) -> None:
    with pytest.raises(MissingColumnError, match="none of the columns"):
        landed(tmp_path, "x" * 300_000 + "\na\n")


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"\xef\xbb\xbf", b"  \n \n", b"\xff\xfe"])
def test_a_file_of_nothing(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(EmptyFileError, match="has nothing in it"):
        landed(tmp_path, data)


def test_a_workbook_of_nothing(tmp_path: Path) -> None:
    workbook(tmp_path / "h.xlsx", {"A": [], "B": []})
    with pytest.raises(EmptyFileError, match="only empty sheets"):
        land(extract(tmp_path / "h.xlsx", "housing_event"))


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n\n"])
def test_headings_without_rows(tmp_path: Path, end: str) -> None:
    with pytest.raises(EmptyExtractError, match="may_be_empty = true"):
        landed(tmp_path, CLAIMS + end)
    assert landed(tmp_path, CLAIMS + end, may_be_empty=True).frame.is_empty()


def test_headings_without_rows_where_rows_there_must_be(tmp_path: Path) -> None:
    with pytest.raises(EmptyExtractError, match="there is nothing to evaluate"):
        landed(tmp_path, "episode_ref,person_ref,need_code,identified_on\n", contract="need")


def test_a_missing_column_is_named_with_the_line_to_write(tmp_path: Path) -> None:
    with pytest.raises(MissingColumnError) as caught:
        landed(tmp_path, claims("C1,F1,fw,2024-04-03").replace("family_ref", "Familly Reff"))
    assert '"Familly Reff" = "family_ref"' in str(caught.value)
    assert "F1" not in str(caught.value)


def test_a_mapped_heading_that_changed_a_little_is_found(tmp_path: Path) -> None:
    with pytest.raises(MissingColumnError, match='"Date of clam" = "claimed_on"'):
        landed(
            tmp_path,
            claims("C1,F1,fw,2024-04-03").replace("claimed_on", "Date of clam"),
            columns={"Date of claim": "claimed_on"},
        )


def test_a_file_without_headings_shows_nothing_of_itself(tmp_path: Path) -> None:
    with pytest.raises(MissingColumnError) as caught:
        landed(tmp_path, "C77,F88,Smith,2024-04-03\nC78,F89,Jones,2024-04-03\n")
    assert "none of the columns" in str(caught.value)
    assert not any(word in str(caught.value) for word in ("C77", "F88", "Smith", "Jones"))


@pytest.mark.parametrize(
    "headings",
    [
        "claim_ref,family_ref,framework,claimed_on,Claim Ref",
        "claim_ref,family_ref,framework,claimed_on,Their ref",
    ],
)
def test_a_column_twice(tmp_path: Path, headings: str) -> None:
    with pytest.raises(DuplicateColumnError, match="columns A and E both say they are claim_ref"):
        landed(tmp_path, headings + "\na,b,c,2024-04-03,e\n", columns={"Their ref": "claim_ref"})


def test_optional_columns_may_be_missing(tmp_path: Path) -> None:
    found = landed(tmp_path, "worker_id,name\nW1,Ann\n", contract="worker")
    assert found.frame.rows() == [(1, "W1", "Ann", None, None)]
    assert any("team, email" in note for note in found.notes)
