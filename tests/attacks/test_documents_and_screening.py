"""Files that are made to harm whoever opens or screens them, and documents that are made to harm their readers."""

import io
import zipfile

import pytest

from custody.documents.errors import DocumentError
from custody.documents.spreadsheet import spreadsheet
from custody.screening import data_file, screen_files
from tests.statistics_document import document

UNREADABLE = {"sheet_unreadable"}
GROWING = '<!DOCTYPE a [<!ENTITY b "bbbb">]>'
ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">{}</office:document-content>'
)
REPEATED = (
    '<table:table table:name="A"><table:table-row table:number-rows-repeated="1000">'
    + '<table:table-cell table:number-columns-repeated="1000"><text:p>x</text:p></table:table-cell>' * 2
    + "</table:table-row></table:table>"
)


def rules_of(name: str, content: bytes) -> set[str]:
    return {finding.rule for finding in screen_files({name: content})}


def packed(**parts: str | bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", b""),
        ("a.xlsx", b"PK\x03\x04" + b"\0" * 100),
        ("a.xlsx", packed(content_xml="<a/>")),
        ("a.xlsx", packed(xl__workbook_xml=f"{GROWING}<a>&b;</a>")),
        ("a.xlsx", packed(xl__workbook_xml=f"{GROWING}<a>&b;</a>".encode("utf-16"))),
        ("a.xlsx", spreadsheet(document())[:-200]),
        ("a.ods", packed(content_xml=f"{GROWING}<a>&b;</a>")),
        ("a.ods", packed(content_xml=ODS.format(REPEATED))),
        ("a.ods", packed(content_xml=ODS.format(""))),
    ],
)
def test_a_hostile_spreadsheet_is_refused_not_opened(name: str, content: bytes) -> None:
    assert rules_of(name, content) == UNREADABLE


def test_a_file_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custody.screening.archive._LARGEST", 1_000_000)
    assert rules_of("a.xlsx", packed(xl__workbook_xml=b"<a>" + b" " * 2_000_000 + b"</a>")) == UNREADABLE


@pytest.mark.parametrize(
    "content",
    [b"\0" * 10, b'a,"b\n', b"\xff\xfea\0,\0", b"a,b\n" * 1, b"", b"\n\n\n", b"a\n\n \n"],
)
def test_a_hostile_data_file_is_refused(content: bytes) -> None:
    found = rules_of("a.csv", content) - {"file_names_match"}
    assert found & {"encoding", "unreadable", "no_rows"}


def test_a_name_that_leads_elsewhere_or_gives_orders_is_shown_harmless() -> None:
    (first, *_) = screen_files({"../a.csv": b"\x1b[2J\n1\n"})
    assert first.rule == "file_name_letters"
    assert not any("\x1b" in finding.place for finding in screen_files({"a.csv": b"\x1b[2J\n1\n"}))


def test_a_file_larger_than_can_be_read_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_file, "_LARGEST", 10)
    with pytest.raises(DocumentError, match=r"a\.csv is larger than 10 bytes"):
        screen_files({"a.csv": b"a" * 11})
