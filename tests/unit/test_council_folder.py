"""The fictional council writes into its own folder, and touches nothing that it did not make."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.council import write_council
from pipelines.council.errors import CouncilError
from pipelines.council.writing import MARK


def make(folder: Path, **wishes: object) -> None:
    write_council(folder, **{"families": 6, "notes": False, **wishes})


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_with_somebodys_files_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mine.csv").write_text("a,b\n")

    with pytest.raises(CouncilError, match="did not make") as caught:
        make(tmp_path)

    assert caught.value.exit_code == 30
    assert contents(tmp_path) == {"mine.csv": b"a,b\n"}


def test_its_own_folder_is_written_anew_and_strangers_files_stay(tmp_path):
    make(tmp_path, notes=True)
    (tmp_path / "mine.txt").write_text("keep")
    make(tmp_path, seed=2)

    assert (tmp_path / "mine.txt").read_text() == "keep"
    assert not (tmp_path / "case_notes.csv").exists()
    again = tmp_path.parent / "again"
    make(again, seed=2)
    assert contents(tmp_path) == {**contents(again), "mine.txt": b"keep"}


def test_a_file_of_somebody_elses_in_the_way_is_refused(tmp_path):
    make(tmp_path)
    (tmp_path / "case_notes.csv").write_text("mine")

    with pytest.raises(CouncilError, match="in the way"):
        make(tmp_path, notes=True)

    assert (tmp_path / "case_notes.csv").read_text() == "mine"


@pytest.mark.parametrize("name", ["workers.csv", "truth/persons.csv", MARK])
def test_nothing_is_written_through_a_link(tmp_path, name):
    folder, outside = tmp_path / "council", tmp_path / "outside.txt"
    make(folder)
    outside.write_text("untouched")
    (folder / name).unlink()
    (folder / name).symlink_to(outside)

    with pytest.raises(CouncilError):
        make(folder)

    assert outside.read_text() == "untouched"


def test_a_mark_that_names_other_files_removes_none_of_them(tmp_path):
    folder, outside = tmp_path / "council", tmp_path / "outside.txt"
    make(folder)
    outside.write_text("untouched")
    with (folder / MARK).open("a") as mark:
        mark.write("../outside.txt\nmine.txt\n")
    (folder / "mine.txt").write_text("keep")
    make(folder)

    assert outside.exists()
    assert (folder / "mine.txt").exists()


@pytest.mark.parametrize(
    "wishes",
    [
        {"families": 0},
        {"families": 10**9},
        {"quarter": 3},
        {"payment": "by_luck"},
        {"as_of": date(1999, 1, 1)},
    ],
)
def test_a_wish_that_cannot_be_met_writes_nothing(tmp_path, wishes):
    with pytest.raises(CouncilError):
        make(tmp_path / "new", **wishes)

    assert not (tmp_path / "new").exists()


def test_a_file_instead_of_a_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine")

    with pytest.raises(CouncilError, match="is a file"):
        make(tmp_path / "file")


def test_progress_is_told_and_ends_at_one(tmp_path):
    told: list[tuple[str, float]] = []
    make(tmp_path, progress=lambda stage, share: told.append((stage, share)))

    assert {stage for stage, share in told if share == 1.0} == {"families", "notes", "extracts", "truth"}
    assert all(0 <= share <= 1 for _, share in told)
