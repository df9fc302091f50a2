"""What is known of numbers, as a council may correct it."""

from pathlib import Path

import pytest

from pipelines.contracts import Part
from pipelines.numbering import NUMBERS, read_numbering, shipped_numbering
from release.errors import SettingsError

AUTHORITIES = """
[[upn_authorities]]
codes = ["001-003", "942"]
source = "a list"
verified = true
"""
STAND_IN = """
[[stand_in]]
part = "upn"
forms = ["UN1", "X#9"]
source = "a guide"
verified = false
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "identifiers.toml"
    file.write_text(text, "utf-8")
    return file


def test_what_is_shipped_can_be_read() -> None:
    shipped = shipped_numbering()
    assert {"001", "005", "820", "941", "942", "943"} <= shipped.authorities
    assert not {"000", "006", "243", "950", "999"} & shipped.authorities
    assert set(shipped.stand_ins) == {*NUMBERS, Part.POSTCODE}


def test_spans_and_forms(tmp_path: Path) -> None:
    found = read_numbering(write(tmp_path, AUTHORITIES + STAND_IN))
    assert found.authorities == {"001", "002", "003", "942"}
    assert found.stand_ins == {Part.UPN: "^(?:UN1|X[0-9]9)$"}


def test_a_form_for_any_number_is_for_all_of_them(tmp_path: Path) -> None:
    text = AUTHORITIES + STAND_IN.replace('"upn"', '"any number"')
    assert set(read_numbering(write(tmp_path, text)).stand_ins) == set(NUMBERS)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[[upn_authorities]]", "[[authorities]]", "authorities is not known"),
        ("[[stand_in]]", "[stand_in]", "lacks \\[\\[stand_in"),
        ('"001-003"', '"1-3"', "three digits"),
        ('"001-003"', '"003-001"', "three digits"),
        ('["001-003", "942"]', "942", "write a list of texts"),
        ('["001-003", "942"]', "[]", "write a list of texts"),
        ('"upn"', '"surname"', "write one of"),
        ('"upn"', "7", "write one of"),
        ('"UN1"', '"un1"', "capital letters"),
        ('"UN1"', '".*"', "capital letters"),
        ('"UN1"', '""', "capital letters"),
        ("verified = false", "", "say where it comes from"),
        ('source = "a list"', "source = 7", "say where it comes from"),
        ("[[stand_in]]", "[[stand_in", "is not valid TOML"),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as caught:
        read_numbering(write(tmp_path, (AUTHORITIES + STAND_IN).replace(old, new)))
    assert "identifiers.toml" in str(caught.value)


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is missing"):
        read_numbering(tmp_path / "identifiers.toml")
