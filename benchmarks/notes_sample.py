"""The case notes of the sample extracts and their truth, by halves: what is tuned on, and what is only scored."""

import csv
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from benchmarks.notes_corpus import Mention, Note
from benchmarks.notes_people import Part
from benchmarks.notes_scoring import Found
from pipelines.notes.known import NOBODY, Known, KnownPerson
from pipelines.notes.spans import Kind

PROJECT: Final = Path(__file__).parent.parent
SAMPLE: Final = PROJECT / "tests" / "sample-extracts"
# The command, and in the last line of what it says how many calls over the network were attempted.
_WITHOUT_NETWORK: Final = """
import runpy, sys
from benchmarks.notes_network import no_network
sys.argv[0] = "pipelines"
with no_network() as calls:
    try:
        runpy.run_module("pipelines", run_name="__main__")
    finally:
        sys.stderr.write(f"\\n{calls.attempted}\\n")
"""
# Of a shorter name nearly every word is one slip away.
_LONG_ENOUGH: Final = 5


def sample_notes(part: Part = "test", folder: Path = SAMPLE) -> list[Note]:
    """Notes with their truth: those whose number is even to tune on, the odd ones to test on.

    Of workers and of the family the records tell; of others they do not. A name that is misspelt counts as such where
    the part that is wrong has five letters or more, else as `misspelt_short`. Origins are not told of.
    """
    texts = {row["note_ref"]: row["text"] for row in _rows(folder / "case_notes.csv")}
    names = {
        row["true_person_id"]: (row["forename"], row["surname"], row["maiden_name"])
        for row in _rows(folder / "truth" / "persons.csv")
    }
    notes = []
    for line in (folder / "truth" / "note_spans.jsonl").read_text(encoding="utf-8").splitlines():
        true = json.loads(line)
        ref = true["note_ref"]
        if ref not in texts or _part(ref) != part:
            continue
        mentions = []
        for span in true["spans"]:
            form, member = span["form"], span["is_family_member"]
            if form == "misspelt" and _short(span["text"], names.get(span["true_person_id"], ())):
                form = "misspelt_short"
            mentions.append(
                Mention(
                    span["start"], span["end"], span["type"], form, span["role"], "",
                    is_family_member=member, told=member or span["role"] == "worker",
                )
            )  # fmt: skip
        survive = tuple((word["start"], word["end"]) for word in true["survive"])
        notes.append(Note(ref, texts[ref], tuple(mentions), survive))
    return notes


def _part(ref: str) -> Part:
    return "test" if int(re.sub(r"\D", "", ref)) % 2 else "tuning"


def _short(written: str, names: tuple[str, ...]) -> bool:
    """Whether the part of a name that was misspelt has fewer than five letters when it is right."""
    right = {part.lower() for name in names for part in re.split(r"[\s-]+", name) if part}
    wrong = {part.lower() for part in re.split(r"[\s-]+", written)} - right
    meant = [nearest[0] for part in wrong if (nearest := get_close_matches(part, right, 1, 0.0))]
    return bool(meant) and all(len(part) < _LONG_ENOUGH for part in meant)


def sample_known(folder: Path = SAMPLE) -> tuple[dict[str, Known], Known]:
    """What the linked records of all sources amount to, from the truth: by note, and of every note (the workers)."""
    persons, families = _rows(folder / "truth" / "persons.csv"), _rows(folder / "truth" / "families.csv")
    people = {row["true_person_id"]: _known(row) for row in persons}
    of_episode = {}
    for row in families:
        known = Known(people=tuple(people[one] for one in row["true_person_ids"].split("|") if one in people))
        of_episode.update(dict.fromkeys(row["episode_refs"].split("|"), known))
    workers = _rows(folder / "workers.csv")
    everywhere = Known(
        people=tuple(
            KnownPerson(
                token=f"WORKER_{row['Worker ID']}",
                whole_names=(row["Name"],),
                values=((Kind.EMAIL, row["Email"]),) if row["Email"] else (),
                near=False,
            )
            for row in workers
        )
    )
    notes = _rows(folder / "case_notes.csv")
    return {row["note_ref"]: of_episode.get(row["episode_ref"], NOBODY) for row in notes}, everywhere


def spans_of_command(notes: Sequence[Note], extracts: Path = SAMPLE) -> tuple[list[Found], int]:
    """What `python -m pipelines notes` finds in those notes of extracts, and how often it tried the network.

    Raises RuntimeError where the command fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "spans.jsonl"
        asked = ("notes", "--extracts", extracts, "--spans-to", target, "--data", Path(folder) / "data")
        ended = subprocess.run(
            [sys.executable, "-c", _WITHOUT_NETWORK, *map(str, asked)],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        if ended.returncode:
            raise RuntimeError(f"python -m pipelines notes ended with {ended.returncode}: {ended.stderr}")
        rows = map(json.loads, target.read_text(encoding="utf-8").splitlines())
        found = {row["note_ref"]: [(span["start"], span["end"]) for span in row["spans"]] for row in rows}
    return [found[note.ref] for note in notes], int(ended.stderr.rsplit(maxsplit=1)[-1])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _known(row: dict[str, str]) -> KnownPerson:
    """Somebody as `truth/persons.csv` has them."""

    def several(column: str) -> tuple[str, ...]:
        return tuple(value for value in row[column].split("|") if value)

    return KnownPerson(
        token=f"PERSON_{row['true_person_id']}",
        forenames=several("forename"),
        surnames=(*several("surname"), *several("maiden_name")),
        other_names=several("also_known_as"),
        births=tuple(date.fromisoformat(born) for born in several("date_of_birth")),
        values=tuple((kind, value) for column, kind in _VALUES.items() for value in several(column)),
    )


_VALUES: Final = {
    "nhs_number": Kind.NHS_NUMBER,
    "upn": Kind.UPN,
    "nino": Kind.NINO,
    "pnc_id": Kind.PNC_ID,
    "la_child_id": Kind.CASE_REFERENCE,
    "address": Kind.ADDRESS,
    "postcode": Kind.POSTCODE,
}
