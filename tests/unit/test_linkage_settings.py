"""The settings and the model of linkage: what a mistake in either is answered with."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.linkage.comparing import LEVELS
from pipelines.linkage.errors import ModelError
from pipelines.linkage.model import SHIPPED_MODEL, read_model
from pipelines.linkage.settings import SHIPPED, read_linkage_settings
from release.errors import SettingsError


def test_the_shipped_settings_are_whole() -> None:
    settings = read_linkage_settings()
    assert 0 < settings.ask_from <= settings.join_from < 1
    assert settings.forms.of("bill") & settings.forms.of("william")


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ("join_from = 0.95", "join_from = 1.5", "join_from"),
        ("join_from = 0.95", "join_from = 1", "join_from"),
        ("join_from = 0.95", "join_from = nan", "join_from"),
        ("join_from = 0.95", 'join_from = "high"', "join_from"),
        ("join_from = 0.95", "", "join_from"),
        ("ask_from = 0.50", "ask_from = 0.99", "ask_from lies above join_from"),
        ("largest_person = 40", "largest_person = 1", "largest_person"),
        ("largest_person = 40", "largest_person = true", "largest_person"),
        ("largest_person = 40", "largest_person = 40.0", "largest_person"),
        ("largest_block = 200", "largest_block = 1_000_000", "largest_block"),
        ("largest_family = 20", "largest_familie = 20", "largest_familie is no setting"),
        ('model = "train"', "model = 3", "model"),
        ('model = "train"', 'model = " "', "model"),
        ('model = "train"', 'model = "train', "not valid TOML"),
        ("[diminutives]", "[[diminutives]]", "diminutives"),
        ('abdul = ["abd", "abdel"]', 'abdul = "abd"', "abdul"),
        ('abdul = ["abd", "abdel"]', "abdul = [1]", "abdul"),
        ('abdul = ["abd", "abdel"]', "abdul = " + "[" * 5_000, "not valid TOML"),
    ],
)
def test_a_mistake_in_the_settings_is_named_with_its_place(
    tmp_path: Path, written: str, instead: str, told: str
) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert written in text
    file = tmp_path / "linkage.toml"
    file.write_text(text.replace(written, instead, 1), encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        read_linkage_settings(file)
    assert str(file) in str(refused.value)
    assert told in str(refused.value)


def test_settings_that_are_not_there_or_no_text(tmp_path: Path) -> None:
    file = tmp_path / "linkage.toml"
    with pytest.raises(SettingsError, match="missing"):
        read_linkage_settings(file)
    file.write_bytes(b"\xff\xfe join_from")
    with pytest.raises(SettingsError, match="not valid TOML"):
        read_linkage_settings(file)


def test_the_shipped_model_is_whole() -> None:
    model = read_model(SHIPPED_MODEL)
    for comparison, names in LEVELS.items():
        most, least = (model.chances[comparison][name] for name in (names[0], names[-1]))
        assert most[0] > most[1]
        assert least[0] < least[1]


def test_a_model_that_is_written_is_read_the_same(tmp_path: Path) -> None:
    model = read_model(SHIPPED_MODEL)
    file = tmp_path / "model.json"
    for content in (model.to_dict(), {"linkage_model": model.to_dict(), "release": "2024-10-31-001"}):
        file.write_text(json.dumps(content), encoding="utf-8")
        assert read_model(file) == model


def chance(value: Any) -> Callable[[Any], Any]:
    def change(content: Any) -> Any:
        content["chances"]["born"]["exact"][0] = value
        return content

    return change


def key(name: str, value: Any) -> Callable[[Any], Any]:
    return lambda content: content | {name: value}


def without(comparison: str, level: str) -> Callable[[Any], Any]:
    def change(content: Any) -> Any:
        del content["chances"][comparison][level]
        return content

    return change


@pytest.mark.parametrize(
    "change",
    [
        *(
            chance(value)
            for value in (0, 0.0, 1, 1.0, -0.1, 1.1, float("nan"), float("inf"), True, None, [], {}, "", "high", "nan")
        ),
        *(key("version", value) for value in (0, 2, "1", None, [])),
        *(key("trained_on", value) for value in ("many", None, [], float("inf"), float("nan"), "inf")),
        *(key("chances", value) for value in (None, [], {}, "born", 1)),
        without("born", "exact"),
        without("place", "before"),
        lambda _content: [],
        lambda _content: "model",
        lambda _content: None,
        lambda _content: {"linkage_model": []},
        lambda _content: {},
    ],
)  # fmt: skip
def test_what_is_no_model_is_refused(tmp_path: Path, change: Callable[[Any], Any]) -> None:
    file = tmp_path / "model.json"
    file.write_text(json.dumps(change(json.loads(SHIPPED_MODEL.read_text()))), encoding="utf-8")
    with pytest.raises(ModelError) as refused:
        read_model(file)
    assert str(file) in str(refused.value)
    assert refused.value.exit_code == 58


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000, b"1" * 10_000, b"PK\x03\x04"],
    ids=["empty", "torn", "no text", "nested lists", "nested objects", "a long number", "an archive"],
)
def test_what_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "model.json"
    file.write_bytes(content)
    with pytest.raises(ModelError, match="cannot be read"):
        read_model(file)


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model"):
        read_model(tmp_path / "model.json")
    with pytest.raises(ModelError, match="cannot be read"):
        read_model(tmp_path)
