"""docs/disclosure.md knows every command, option, exit code and room of `disclosure`, and nothing that is gone."""

import pkgutil
import re
from pathlib import Path

import pytest
import typer

import disclosure
from disclosure import errors
from disclosure.commands.app import app

DOCUMENT = (Path(__file__).parents[2] / "docs" / "disclosure.md").read_text(encoding="utf-8")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def _chapter(name: str) -> str:
    return DOCUMENT.split(f"\n## `{name}`\n", 1)[1].split("\n## ", 1)[0]


def test_every_command_has_a_chapter_and_no_other() -> None:
    assert set(re.findall(r"^## `(\w+)`$", DOCUMENT, re.MULTILINE)) == set(COMMANDS)
    assert set(re.findall(r"^python -m disclosure (\w+)", DOCUMENT, re.MULTILINE)) == set(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_is_in_its_chapter_and_nothing_that_is_gone(name: str) -> None:
    options = {
        option
        for parameter in COMMANDS[name].params
        if parameter.param_type_name == "option"
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    chapter = _chapter(name)
    told = set(re.findall(r"`(--?[a-z][a-z-]*)`", chapter))
    assert options - told - {option for option in options if option.startswith("--no-")} == set()
    assert told - options == set()


def test_every_exit_code_is_there_and_every_kind_of_error_has_one_of_its_own() -> None:
    kinds = [errors.DisclosureError, *errors.DisclosureError.__subclasses__()]
    codes = sorted({kind.code for kind in kinds if kind.__module__ == errors.__name__})
    assert codes == list(range(80, 90))
    assert [int(code) for code in re.findall(r"^\| (\d\d) \|", DOCUMENT, re.MULTILINE)] == codes


def test_every_room_is_named() -> None:
    rooms = {f"disclosure.{room.name}" for room in pkgutil.iter_modules(disclosure.__path__) if room.ispkg}
    assert rooms - {"disclosure.commands"} - set(re.findall(r"`(disclosure\.\w+)`", DOCUMENT)) == set()


def test_what_it_names_of_python_is_there() -> None:
    for room, offered in re.findall(r"^\| `disclosure\.(\w+)` \| (.*) \|$", DOCUMENT, re.MULTILINE):
        module = __import__(f"disclosure.{room}", fromlist=["_"])
        for name in re.findall(r"`(\w+)`", offered):
            assert hasattr(module, name), f"disclosure.{room} has no {name}"


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["place,kind,visitor"]
    for place, kind, visits in (
        ("Hill", "day", 3),
        ("Hill", "night", 9),
        ("Dale", "day", 8),
        ("Dale", "night", 7),
    ):
        lines += [f"{place},{kind},{place}-{kind}-{visit}" for visit in range(visits)]
    lines += [f"Quay,day,quay-{visit}" for visit in range(12)]
    (tmp_path / "visits.csv").write_text("\n".join(lines))
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    names: dict[str, object] = {}
    exec(example, names)
    assert names["pattern"].secondary.any()  # type: ignore[attr-defined]
