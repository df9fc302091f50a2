"""Files that are made to harm whoever opens or screens them, and documents that are made to harm their readers."""

import io
import random
import re
import zipfile

import pytest

from custody.documents.data_files import data_files
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


def test_a_small_file_that_marks_a_whole_sheet_as_a_table_is_screened_at_once() -> None:
    with zipfile.ZipFile(io.BytesIO(spreadsheet(document()))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name in (one for one in parts if one.startswith("xl/tables/")):
        parts[name] = re.sub(rb' ref="([A-Z]+[0-9]+):[A-Z]+[0-9]+"', rb' ref="\1:XFD1048576"', parts[name])
    assert "blank_line" in rules_of("a.xlsx", packed(**parts))


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


def test_a_small_file_with_a_wide_header_does_not_fill_the_memory() -> None:
    """Two hundred kilobytes that would be ten thousand million cells."""
    with pytest.raises(DocumentError, match=r"a\.csv has more than 50,000,000 cells"):
        screen_files({"a.csv": b"," * 100_000 + b"\n" + b"1\n" * 100_000})


def damaged(content: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, taken out, doubled or put in."""
    made = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        place, other = chance.randrange(len(made)), chance.randrange(len(made))
        match chance.randrange(4):
            case 0:
                made[place] = chance.randrange(256)
            case 1:
                del made[place : place + chance.randint(1, 30)]
            case 2:
                made[place : place + 10] = made[other : other + 10]
            case _:
                made[place:place] = chance.choice([b'"', b",", b"\n", b"9" * 10, b"<", b" ", b"\xc3\xa9"])
    return bytes(made)


@pytest.mark.parametrize("seed", range(2))
def test_a_damaged_file_is_screened_or_refused_and_nothing_else_happens(seed: int) -> None:
    chance = random.Random(seed)
    data, workbook = data_files(document()), spreadsheet(document())
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    found: set[str] = set()
    for _ in range(25):
        part = chance.choice(list(parts))
        whole = packed(**{**parts, part: damaged(parts[part], chance)})
        files = {name: damaged(content, chance) for name, content in data.items()}
        for given in ({"a.xlsx": damaged(workbook, chance)}, {"a.xlsx": whole}, files):
            found |= {finding.rule for finding in screen_files(given)}
    assert len(found) > 5
