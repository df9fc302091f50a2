"""The walls between the rooms stand (pyproject.toml, [tool.importlinter])."""

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports


def test_walls() -> None:
    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == EXIT_STATUS_SUCCESS
