"""`notes --spans-to`: every note of the file, offsets in its characters, and not a word of it."""

import csv
import json
import shutil
import stat
from pathlib import Path

import pytest

from ledger import Event, open_ledger
from release.places import Places
from tests.conftest import SAMPLE, pipelines

NOTE = "“Visit” \U0001f46a\nNHS 943 476 5919;  {name}\trang.\n"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sample with three more notes, one of them of no known family; the file of spans; the data folder."""
    folder = tmp_path_factory.mktemp("notes")
    extracts = folder / "extracts"
    shutil.copytree(SAMPLE, extracts)
    with (SAMPLE / "truth" / "families.csv").open(newline="", encoding="utf-8") as file:
        family = next(csv.DictReader(file))
    with (SAMPLE / "truth" / "persons.csv").open(newline="", encoding="utf-8") as file:
        member = next(row for row in csv.DictReader(file) if row["family_ref"] == family["family_ref"])
    episode = family["episode_refs"].split("|")[0]
    with (extracts / "case_notes.csv").open("a", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\r\n")
        text = NOTE.format(name=f"{member['forename']} {member['surname'].upper()}")
        rows.writerow(["X1", episode, "2024-05-01", "W0001", text])
        rows.writerow(["X2", "E999999", "2024-05-01", "W0001", text])
        rows.writerow(["X3", episode, "someday", "W0001", text.replace("\n", "\r\n")])
    result = pipelines(
        "notes", "--extracts", extracts, "--spans-to", folder / "spans.jsonl", "--data", folder / "data"
    )
    assert result.code == 0, result.words
    assert member["surname"] not in result.words
    return extracts, folder


def spans(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "spans.jsonl").read_text(encoding="utf-8").splitlines()]


def test_every_note_of_the_file_has_its_line_in_order(told: tuple[Path, Path]) -> None:
    extracts, folder = told
    with (extracts / "case_notes.csv").open(newline="", encoding="utf-8") as file:
        written = [row["note_ref"] for row in csv.DictReader(file) if row["text"]]
    assert [line["note_ref"] for line in spans(folder)] == written


@pytest.mark.parametrize("note", ["X1", "X2", "X3"])
def test_offsets_are_characters_of_the_cell_as_it_was_written(told: tuple[Path, Path], note: str) -> None:
    """Also in a row that broke its contract, and in one about nobody known."""
    extracts, folder = told
    with (extracts / "case_notes.csv").open(newline="", encoding="utf-8") as file:
        (text,) = (row["text"] for row in csv.DictReader(file) if row["note_ref"] == note)
    (line,) = (line for line in spans(folder) if line["note_ref"] == note)
    stretches = {span["kind"]: text[span["start"] : span["end"]] for span in line["spans"]}
    assert stretches["NHS_NUMBER"] == "943 476 5919"
    name = text.split(";  ")[1].split("\t")[0]
    same = stretches["PERSON"] == name
    assert same


def test_nothing_but_offsets_and_kinds_is_in_it(told: tuple[Path, Path]) -> None:
    _extracts, folder = told
    for line in spans(folder):
        assert set(line) == {"note_ref", "spans"}
        for span in line["spans"]:
            assert set(span) == {"start", "end", "kind"}
    assert stat.S_IMODE((folder / "spans.jsonl").stat().st_mode) == 0o600


def test_it_is_written_down_and_writes_over_nothing(told: tuple[Path, Path]) -> None:
    extracts, folder = told
    ledger = open_ledger(Places(folder / "data").ledger)
    assert [(entry.event, entry.subject) for entry in ledger.entries()] == [(Event.TABLE_TAKEN, "note spans")]
    ledger.close()
    again = pipelines(
        "notes", "--extracts", extracts, "--spans-to", folder / "spans.jsonl", "--data", folder / "data"
    )
    assert again.code != 0
    assert "is there already" in again.words
