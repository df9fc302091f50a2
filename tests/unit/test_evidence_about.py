"""data/about.toml, and what the page About says of it."""

import re
from pathlib import Path

import pytest

from evidence.about import About, about, feedback, read_about, when_tested
from evidence.glossary import glossary
from evidence.guide import STEPS
from release.errors import SettingsError
from release.places import PROJECT
from tests.fakes import fake_evidence


def _file(folder: Path, text: str) -> Path:
    file = folder / "about.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_shipped_file_can_be_read_and_names_nobody() -> None:
    found = read_about(PROJECT / "data" / "about.toml")
    assert not found.reachable
    assert "Nobody is named here yet" in feedback(found)
    assert len(when_tested(found)) == 3


def test_who_is_named_is_told(tmp_path: Path) -> None:
    found = read_about(
        _file(tmp_path, '[contact]\nteam = "Insight"\nemail = "a@b.example"\nanswers_within = 5\n')
    )
    assert feedback(found) == "Insight: write to a@b.example. You get an answer within 5 working days."
    assert when_tested(found) == []


def test_without_a_file_nothing_is_filled_in(tmp_path: Path) -> None:
    assert read_about(tmp_path / "about.toml") == About()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("contact = 1", "contact"),
        ("[contact]\nemail = 7", "contact.email"),
        (f'[contact]\nteam = "{"x" * 301}"', "contact.team"),
        ("[contact]\nanswers_within = 0", "contact.answers_within"),
        ("[contact]\nanswers_within = true", "contact.answers_within"),
        ('[statement]\ntested = "yesterday"', "statement.tested"),
        ("[statement]\ntested = 2026-11-23T10:00:00", "statement.tested"),
        ('[statement]\nalso_found = "much"', "statement.also_found"),
        ("[statement]\nalso_found = [1]", "statement.also_found"),
        ("not TOML", "not valid TOML"),
        ("a = " + "[" * 5_000, "not valid TOML"),
        ("a = " + "9" * 5_000, "not valid TOML"),
    ],
)
def test_a_mistake_is_named_and_the_page_stands(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str, place: str
) -> None:
    file = _file(tmp_path, text)
    with pytest.raises(SettingsError, match=place.replace(".", r"\.")):
        read_about(file)
    evidence = fake_evidence()
    _file(evidence.desk.places.data, text)
    assert about(evidence) == About()
    assert place in caplog.text


def test_every_role_has_steps_and_every_word_is_told_once() -> None:
    assert all(len(steps) >= 3 for steps in STEPS.values())
    words = glossary()["Word"].to_list()
    assert words == sorted(words, key=lambda word: re.sub("[^a-z]", "", word.lower()))
    assert len(set(words)) == len(words)


def test_what_the_steps_quote_is_what_the_pages_say() -> None:
    said = "".join(file.read_text(encoding="utf-8") for file in (PROJECT / "pages").glob("*.py"))
    quoted = {name for steps in STEPS.values() for step in steps for name in re.findall("“(.+?)”", step)}
    assert quoted
    assert not {name for name in quoted if name not in said}
