"""The check before publication stops a release into which an identity was smuggled. Each of these would be published
without it, since a code list or the number of families lets it pass."""

import shutil
from pathlib import Path

import pytest

from release.places import Places
from release.pointer import current
from tests.conftest import SAMPLE, every_value, pipelines

pytestmark = pytest.mark.proof


def planted(tmp_path: Path, changes: dict[str, list[tuple[str, str]]]) -> Path:
    """The sample extracts with some text replaced."""
    folder = tmp_path / "extracts"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("truth"))
    for name, replaced in changes.items():
        content = (folder / name).read_bytes()
        for old, new in replaced:
            assert old.encode() in content
            content = content.replace(old.encode(), new.encode())
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        # The council's name holds a worker's e-mail address: it is on every page.
        (
            {
                "extracts.toml": [
                    ('authority = "Ashmere"', 'authority = "holly.hargreaves5@ashmere-council.example"')
                ]
            },
            "",
        ),
        # A team is called by a child's NHS number, and enough families have it to be named.
        ({"family_episodes.csv": [("Targeted Youth", "Team 999 125 7403")]}, "team"),
        ({"family_episodes.csv": [(",Priory,", ",105 Priory Gardens 9991257403,")]}, "ward"),
    ],
)
def test_refused(tmp_path: Path, changes: dict[str, list[tuple[str, str]]], where: str) -> None:
    data = tmp_path / "data"
    result = pipelines("run", "--extracts", planted(tmp_path, changes), "--data", data)
    assert result.code == 25, result.words
    assert where in result.words
    assert current(Places(data)) is None
    for secret in ("holly.hargreaves5", "999 125 7403", "9991257403"):
        assert secret not in result.words


def test_a_child_called_like_a_word_of_ours_stops_no_release(tmp_path: Path) -> None:
    changes = {
        "family_members.csv": [
            (",Maureen,", ",Summer,"),
            (",Alfie,", ",Priory,"),
            ("105 Priory Gardens, Ashmere", "Not recorded"),
        ]
    }
    result = pipelines("run", "--extracts", planted(tmp_path, changes), "--data", tmp_path / "data")
    assert result.code == 0, result.words


def test_a_place_of_few_families_is_not_named(tmp_path: Path) -> None:
    folder = planted(tmp_path, {})
    file = folder / "family_episodes.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[1] = lines[1].replace("Priory", "Frodhurst Towers")
    file.write_text("".join(lines), encoding="utf-8", newline="")
    data = tmp_path / "data"
    assert pipelines("run", "--extracts", folder, "--data", data).code == 0
    for file in (data / "releases" / "2024-10-31-001").iterdir():
        assert b"Frodhurst Towers" not in file.read_bytes()


@pytest.mark.parametrize(
    "name", ["Holly Hargreaves", "Hargreaves, Holly", "Team of holly\u00a0hargreaves’", "07700 900033"]
)
def test_a_place_called_like_somebody_is_not_named(tmp_path: Path, name: str) -> None:
    folder = planted(tmp_path, {"family_episodes.csv": [("Targeted Youth", f'"{name}"')]})
    data = tmp_path / "data"
    result = pipelines("run", "--extracts", folder, "--data", data)
    assert result.code == 0, result.words
    assert "called like somebody" in result.words
    for place, values in every_value(Places(data)):
        assert name not in values, place
