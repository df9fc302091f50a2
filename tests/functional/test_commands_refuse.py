"""Each mistake ends in a sentence and an exit code of its kind; the release before stays current, nothing is half
written, and no value of a cell is told."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from release.places import Places
from release.pointer import current
from tests.conftest import SAMPLE, pipelines

Spoil = Callable[[Path], None]


def _without_list(folder: Path) -> None:
    (folder / "extracts.toml").unlink()


def _emptied(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def _gone(folder: Path) -> None:
    shutil.rmtree(folder)


def _missing_file(folder: Path) -> None:
    (folder / "needs.csv").unlink()


def _binary(folder: Path) -> None:
    (folder / "needs.csv").write_bytes(bytes(range(256)) * 40)


def _not_a_workbook(folder: Path) -> None:
    (folder / "housing_events.xlsx").write_text("tenancy,name\n1,Smith\n")


def _nothing(folder: Path) -> None:
    (folder / "needs.csv").write_bytes(b"")


def _headings_only(folder: Path) -> None:
    lines = (folder / "needs.csv").read_bytes().splitlines(keepends=True)
    (folder / "needs.csv").write_bytes(lines[0])


def _column_twice(folder: Path) -> None:
    file = folder / "needs.csv"
    file.write_bytes(file.read_bytes().replace(b"Identified by", b"Episode", 1))


def _column_renamed(folder: Path) -> None:
    file = folder / "needs.csv"
    file.write_bytes(file.read_bytes().replace(b"Date identified", b"Date Identifed On", 1))


def _every_row_broken(folder: Path) -> None:
    file = folder / "needs.csv"
    head, *rows = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(
        head + b"".join(b";".join([row.split(b";")[0], b"", b"99.9", b"soon", b"W1\r\n"]) for row in rows)
    )


def _unknown_contract(folder: Path) -> None:
    file = folder / "extracts.toml"
    file.write_text(file.read_text().replace('contract = "need"', 'contract = "needs"'))


def _bad_list(folder: Path) -> None:
    (folder / "extracts.toml").write_text("as_of = 2024-10-31\nauthority = \n")


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (_gone, "EmptyFolderError"),
        (_emptied, "EmptyFolderError"),
        (_without_list, "NoExtractListError"),
        (_bad_list, "ExtractListError"),
        (_unknown_contract, "UnknownContractError"),
        (_missing_file, "MissingFileError"),
        (_binary, "UnreadableFileError"),
        (_not_a_workbook, "UnreadableFileError"),
        (_nothing, "EmptyFileError"),
        (_headings_only, "EmptyExtractError"),
        (_column_twice, "DuplicateColumnError"),
        (_column_renamed, "MissingColumnError"),
        (_every_row_broken, "BrokenExtractError"),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else "",
)
def test_bad_extracts(own_data: Path, tmp_path: Path, spoil: Spoil, kind: str) -> None:
    from pipelines import errors

    extracts = tmp_path / "extracts"
    shutil.copytree(SAMPLE, extracts, ignore=shutil.ignore_patterns("truth"))
    spoil(extracts)
    before = sorted(file.name for file in Places(own_data).releases.iterdir())
    result = pipelines("run", "--extracts", extracts, "--data", own_data)
    assert result.code == getattr(errors, kind).exit_code, result.words
    assert kind in result.words
    assert "Traceback" not in result.words
    assert current(Places(own_data)) == "2024-10-31-001"
    assert sorted(file.name for file in Places(own_data).releases.iterdir()) == before
    assert not list(Places(own_data).releases.glob(".making*"))


def test_the_renamed_column_is_recognised(own_data: Path, tmp_path: Path) -> None:
    extracts = tmp_path / "extracts"
    shutil.copytree(SAMPLE, extracts, ignore=shutil.ignore_patterns("truth"))
    _column_renamed(extracts)
    result = pipelines("run", "--extracts", extracts, "--data", own_data)
    assert "Date Identifed On" in result.words
    assert "identified_on" in result.words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["releases", "use", "2024-10-31-999"], "There is no release of that name"),
        (["releases", "use", "../../etc"], "There is no release of that name"),
        (["releases", "table", "current", "names", "--to", "x.parquet"], "There is no such table"),
        (["reidentify", "--all", "--kind", "person", "--to", "x.csv"], "Give the reason"),
        (
            ["reidentify", "--all", "--kind", "person", "--reason", "NHS 943 476 5919", "--to", "x.csv"],
            "without a number",
        ),
        (
            ["reidentify", "--all", "--kind", "person", "--reason", "of AS1 9LA", "--to", "x.csv"],
            "without a number",
        ),
        (["reidentify", "--kind", "person", "--reason", "x", "--to", "x.csv"], "Give the pseudonyms"),
        (
            ["reidentify", "nobody", "--kind", "person", "--reason", "x", "--to", "x.csv"],
            "Nothing was written",
        ),
        (["key", "new"], "has its keys already"),
        (
            ["run", "--extracts", str(SAMPLE), "--framework", "../secrets"],
            "A framework is named by small letters",
        ),
        (["run", "--extracts", str(SAMPLE), "--framework", "no-such-one"], "framework"),
    ],
)
def test_bad_requests(own_data: Path, arguments: list[str], words: str) -> None:
    result = pipelines(*arguments, "--data", own_data)
    assert result.code not in (0, 1, 70), result.words
    assert words in result.words
    assert "Traceback" not in result.words
    assert not Path("x.csv").exists()
    assert not Path("x.parquet").exists()


def test_what_is_there_is_never_written_over(sample_data: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.parquet"
    file.write_text("mine")
    result = pipelines("releases", "table", "current", "need", "--to", file, "--data", sample_data)
    assert result.code == 3
    assert file.read_text() == "mine"


def test_a_lost_key_is_never_replaced_under_releases(own_data: Path) -> None:
    Places(own_data).master_key.unlink()
    result = pipelines("run", "--extracts", SAMPLE, "--data", own_data)
    assert result.code == 6
    assert "master" in result.words
    assert not Places(own_data).master_key.exists()


def test_a_key_open_to_others_is_refused(own_data: Path) -> None:
    Places(own_data).master_key.chmod(0o644)
    result = pipelines("run", "--extracts", SAMPLE, "--data", own_data)
    assert result.code == 6
    assert "chmod 600" in result.words


def test_without_a_release_the_commands_say_what_to_do(tmp_path: Path) -> None:
    result = pipelines(
        "releases", "table", "current", "need", "--to", tmp_path / "x", "--data", tmp_path / "data"
    )
    assert result.code == 5
    assert "python -m pipelines run" in result.words


def test_an_empty_file_that_others_may_read_is_closed_before_a_row_is_in_it(
    sample_data: Path, tmp_path: Path
) -> None:
    for name, asked in {
        "links": ["links"],
        "families": ["reidentify", "--kind", "family", "--all", "--reason", "test"],
        "needs": ["releases", "table", "current", "need"],
    }.items():
        file = tmp_path / name
        file.touch()
        file.chmod(0o644)
        assert pipelines(*asked, "--to", file, "--data", sample_data).code == 0
        assert file.stat().st_size
        assert file.stat().st_mode & 0o777 == 0o600
