"""The walls between the rooms stand (pyproject.toml, [tool.importlinter])."""

import pytest
from importlinter import cli


def test_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    # It would switch off every logger that there is, and tests after this one read what is logged.
    monkeypatch.setattr("logging.config.dictConfig", lambda _: None)
    assert cli.lint_imports(config_filename="pyproject.toml", no_cache=True) == cli.EXIT_STATUS_SUCCESS
