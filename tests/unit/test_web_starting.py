"""What is said at the start of settings that are not as they should be."""

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from streamlit import config

from release.places import PROJECT
from web import starting
from web.starting import HARDENED, deviations

SHIPPED = {name: value for name, (value, _) in HARDENED.items()} | {
    "server.address": "127.0.0.1",
    "server.allowedHosts": [],
}


def said(**changed: Any) -> list[str]:
    settings = SHIPPED | {name.replace("__", "."): value for name, value in changed.items()}
    return list(deviations(settings.__getitem__))


def test_what_is_shipped_deviates_in_nothing() -> None:
    assert said() == []
    file = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    for name, (value, _) in HARDENED.items():
        section, _, key = name.partition(".")
        written = file.get(section, {}).get(key, config._config_options_template[name].default_val)
        assert (written or None) == (value or None), name


@pytest.mark.parametrize("name", HARDENED)
def test_each_setting_that_is_changed_is_said_and_its_value_is_not(name: str) -> None:
    changed = "s3cret-value" if not isinstance(SHIPPED[name], bool) else not SHIPPED[name]
    (line,) = list(deviations((SHIPPED | {name: changed}).__getitem__))
    assert name in line
    assert HARDENED[name][1] in line
    assert "s3cret" not in line


def test_a_server_that_listens_to_others_is_told_to_name_itself() -> None:
    (line,) = said(server__address="0.0.0.0")
    assert "server.allowedHosts" in line
    assert said(server__address="0.0.0.0", server__allowedHosts=["lens.council.example"]) == []


def test_a_setting_that_is_gone_is_said() -> None:
    def gone(name: str) -> Any:
        if name == "server.enableXsrfProtection":
            raise RuntimeError("no such option")
        return SHIPPED[name]

    (line,) = list(deviations(gone))
    assert "server.enableXsrfProtection is not known" in line


@pytest.mark.skipif(os.name != "posix", reason="Windows has other rights")
def test_secrets_that_others_can_read_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "PROJECT", tmp_path)
    file = tmp_path / "secrets.toml"
    assert list(starting._secrets_readable(file)) == []
    file.write_text("a = 1", encoding="utf-8")
    file.chmod(0o644)
    assert "chmod 600" in next(starting._secrets_readable(file))
    file.chmod(0o600)
    assert list(starting._secrets_readable(file)) == []
