"""`python -m custody screen`: what somebody hears about their own file."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from custody.__main__ import app
from custody.documents.data_files import data_files
from custody.documents.errors import DocumentError
from custody.documents.spreadsheet import spreadsheet
from tests.statistics_document import document

NAME = "return-000004-progress-families"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in data_files(document()).items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "progress.xlsx").write_bytes(spreadsheet(document()))
    return tmp_path


def screened(*arguments: Path) -> tuple[str, BaseException | None]:
    result = CliRunner().invoke(app, ["screen", *(str(one) for one in arguments)])
    return result.output, result.exception


def test_a_good_file_keeps_the_rules(folder: Path) -> None:
    for file in ("progress.xlsx", f"{NAME}.csv"):
        assert screened(folder / file) == (f"{file} keeps the rules.\n", None)


def test_a_warning_is_said_and_lets_the_file_pass(folder: Path) -> None:
    file = folder / f"{NAME}.csv"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    said, error = screened(file)
    assert error is None
    assert said.startswith("warning  byte_order_mark") and "keeps the rules, 1 warnings." in said


def test_a_bad_file_hears_what_is_wrong_where_and_what_to_do(folder: Path) -> None:
    file = folder / f"{NAME}.csv"
    file.write_text(file.read_text().replace("geographic_level", "geographical_level"))
    said, error = screened(file)
    assert (
        "error  column_missing  return-000004-progress-families.csv, column geographic_level: A column"
        in said
    )
    assert isinstance(error, DocumentError) and "is refused" in str(error)


def test_metadata_may_be_named_and_must_be_named_alike(folder: Path) -> None:
    other = (folder / f"{NAME}.meta.csv").rename(folder / "other.meta.csv")
    said, error = screened(folder / f"{NAME}.csv", other)
    assert "file_names_match" in said and isinstance(error, DocumentError)
    said, _ = screened(folder / f"{NAME}.csv")
    assert "file_names_match" in said


@pytest.mark.parametrize(
    ("name", "words"), [("report.docx", "neither a data file"), ("gone.csv", "cannot be read: No such file")]
)
def test_what_cannot_be_screened_is_said(folder: Path, name: str, words: str) -> None:
    _, error = screened(folder / name)
    assert isinstance(error, DocumentError) and words in str(error)
