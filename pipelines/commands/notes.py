"""`notes`: where identities stand in case notes, for whoever has a truth to hold it against."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ledger import Event
from pipelines.commands.shared import DEFAULT_DATA, DataOption, new_file, only_mine, places, say, write_down
from pipelines.running.settings import read_settings


def notes_command(
    extracts: Annotated[
        Path, typer.Option("--extracts", help="The folder of extracts, with its extracts.toml.")
    ],
    spans_to: Annotated[
        Path,
        typer.Option(
            "--spans-to", help="The JSONL file to make: a note a line, and where identities stand in it."
        ),
    ],
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Say where names, numbers and addresses stand in the case notes, without any text. Written to the audit log."""
    # Presidio takes seconds to load: not for every command.
    from pipelines.running.note_spans import note_spans

    here = places(data)
    settings = read_settings(here)
    file = new_file(spans_to)
    write_down(here, Event.TABLE_TAKEN, subject="note spans")
    only_mine(file)
    count = 0
    with file.open("w", encoding="utf-8") as out:
        for note in note_spans(extracts, settings):
            spans = [{"start": span.start, "end": span.end, "kind": span.kind.value} for span in note.spans]
            out.write(json.dumps({"note_ref": note.note_ref, "spans": spans}) + "\n")
            count += 1
    say(f"{count} notes read; where identities stand in them is in", str(file))
