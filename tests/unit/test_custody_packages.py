"""The files of a package: what is in them, that other programs read them, and that they are the same each time."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from custody.packages import Holds, Package, PackageColumn, PackageTable, package, write_csv, zipped
from custody.packages.statistical import names_for_programs, write_spss, write_stata

AS_OF = date(2024, 10, 31)
FRAME = pl.DataFrame(
    {
        "person_token": ["aa", "bb", "cc"],
        "age band": ["0-4", "*", None],
        "number": [1, -2, None],
        "share": [0.5, None, -1.25],
        "true": [True, None, False],
        "month": ["2024-01", None, "2023-12"],
        "=words": ["=1+1", 'é, "said"\nhe', None],
    }
)
TABLE = PackageTable(
    "people",
    "People — of a town",
    "One row is a person.",
    FRAME,
    (
        PackageColumn("person_token", "Person", "stands for it", nullable=False),
        PackageColumn("age band", "Age", "age", codes=(("0-4", "0 to 4"), ("*", "Not told")), unit="years"),
        PackageColumn("number", "Number", "a number", Holds.WHOLE),
        PackageColumn("share", "Share", "a share", Holds.NUMBER, disclosure="Rounded."),
        PackageColumn("true", "True", "whether", Holds.TRUTH),
        PackageColumn("month", "Month", "a month", Holds.MONTH, derivation="From a day."),
        PackageColumn("=words", "Words", "words"),
    ),
)
PACKAGE = Package(
    "export-3",
    "An export",
    'Of a town: "ours"',
    "A council",
    AS_OF,
    date(2026, 3, 1),
    "2024-10-31-001",
    "1",
    (TABLE,),
    ("First.", "Second."),
    {"smallest": 5},
    ("Not likely.",),
    "For the project alone.",
)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return package(PACKAGE)


def test_frictionless_finds_the_package_valid(files: dict[str, bytes], tmp_path: Path) -> None:
    import frictionless

    for path, data in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])
    assert {task.place for task in report.tasks} == {
        f"data/people.{one}" for one in ("csv", "parquet", "sav", "dta")
    }
    # And it would say so, if a file were another.
    (tmp_path / "data/people.csv").write_bytes(files["data/people.csv"].replace(b"0-4", b"5-9"))
    assert not frictionless.validate(str(tmp_path / "datapackage.json")).valid


def test_the_dictionary_says_all_of_every_column(files: dict[str, bytes]) -> None:
    fields = json.loads(files["datapackage.json"])["resources"][0]["schema"]["fields"]
    assert [one["type"] for one in fields] == [one.holds.value for one in TABLE.columns]
    assert fields[1]["codes"] == [{"value": "0-4", "label": "0 to 4"}, {"value": "*", "label": "Not told"}]
    assert (fields[1]["unit"], fields[3]["disclosureControl"], fields[5]["derivation"]) == (
        "years",
        "Rounded.",
        "From a day.",
    )
    lines = list(csv.DictReader(io.StringIO(files["DICTIONARY.csv"].decode())))
    assert [one["column"] for one in lines if not one["code"]] == [
        "'=words" if c == "=words" else c for c in FRAME.columns
    ]
    assert [one["number_in_spss_and_stata"] for one in lines if one["column"] == "age band"] == ["", "1", "2"]


def test_spss_and_stata_read_the_same_with_its_words(tmp_path: Path) -> None:
    import pyreadstat

    for write, read in ((write_spss, pyreadstat.read_sav), (write_stata, pyreadstat.read_dta)):
        file = tmp_path / write.__name__
        file.write_bytes(write(TABLE, AS_OF))
        found, about = read(str(file), output_format="polars")
        assert found.columns == ["person_token", "age_band", "number", "share", "true", "month", "v__words"]
        assert found["age_band"].to_list() == [1, 2, None]
        assert about.variable_value_labels == {"age_band": {1: "0 to 4", 2: "Not told"}}
        assert about.column_labels == [column.label for column in TABLE.columns]
        assert found["share"].to_list() == [0.5, None, -1.25]
        assert (found["number"].to_list(), found["true"].to_list()) == ([1, -2, None], [1, None, 0])
        assert (about.creation_time and about.creation_time.date(), about.file_label) == (AS_OF, TABLE.title)


def test_parquet_and_csv_read_back_as_they_were(files: dict[str, bytes]) -> None:
    assert pl.read_parquet(files["data/people.parquet"]).equals(FRAME)
    read = list(csv.reader(io.StringIO(files["data/people.csv"].decode())))
    assert read[1] == ["aa", "0-4", "1", "0.5", "true", "2024-01", "'=1+1"]
    assert read[2][6] == 'é, "said"\nhe'


def test_the_same_package_is_the_same_bytes(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 0.0)
    again = package(PACKAGE)
    assert again == files and zipped(again) == zipped(dict(reversed(files.items())))
    archive = zipfile.ZipFile(io.BytesIO(zipped(files)))
    assert archive.namelist() == sorted(files) and {one.date_time[0] for one in archive.infolist()} == {1980}
    sums = dict(line.split("  ")[::-1] for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {
        path: hashlib.sha256(data).hexdigest() for path, data in files.items() if path != "SHA256SUMS"
    }


def test_words_say_what_until_when_and_how_to_cite(files: dict[str, bytes]) -> None:
    assert (
        "1 March 2026" in files["LICENCE.md"].decode()
        and "For the project alone." in files["LICENCE.md"].decode()
    )
    assert 'abstract: "Of a town: \\"ours\\""' in files["CITATION.cff"].decode()
    assert files["METHOD.md"].decode().endswith("First.\n\nSecond.\n")
    assert json.loads(files["RISK.json"]) == {"smallest": 5}


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1+2",
        "@SUM(1)",
        "\tx",
        "\rx",
        "\n=1",
        " =1",
        "\u00a0=1",
        "\ufeff=1",
        "＝1",
        "＠x",
        "\u200b-x",
    ],
)
def test_text_that_a_spreadsheet_would_run_is_made_harmless(text: str) -> None:
    written = write_csv(pl.DataFrame({"a": [text], text: ["b"]})).decode()
    heading, row = list(csv.reader(io.StringIO(written, newline="")))
    assert (row[0], heading[1]) == (f"'{text}", f"'{text}")


def test_other_text_and_numbers_stay() -> None:
    frame = pl.DataFrame({"a": ["0-4", "a=b", "", "é", None], "b": [-1, 2, 3, 4, 5], "c": [-0.5, 1, 2, 3, 4]})
    written = write_csv(frame).decode()
    assert written == 'a,b,c\n0-4,-1,-0.5\na=b,2,1.0\n"",3,2.0\né,4,3.0\n,5,4.0\n'


def test_names_fit_both_programs_and_no_two_are_alike() -> None:
    made = names_for_programs(
        ["age band", "age_band", "AGE_BAND", "if", "1st", "é", "x" * 40, "x" * 41, "_n"]
    )
    assert made == (
        "age_band",
        "age_band_2",
        "AGE_BAND_3",
        "v_if",
        "v_1st",
        "v__",
        "x" * 32,
        "x" * 30 + "_2",
        "v__n",
    )
