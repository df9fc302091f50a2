"""`review`: what linkage is unsure of, asked of a person."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from ledger import open_ledger
from pipelines.commands.shared import DEFAULT_DATA, DataOption, places, say, whoever_runs_this
from pipelines.review import take_in
from pipelines.review.questions import FILE_NAME
from pipelines.rotation import finish_rotation, open_known_keys
from pipelines.running.lock import only_run


def review_command(
    answers: Annotated[
        Path | None,
        typer.Option("--answers", help="A file of answers besides review/review.csv.", show_default="none"),
    ] = None,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Take in answers about pairs of records, and write anew which are open. Written to the audit log, as counts."""
    here = places(data)
    with only_run(here), closing(open_ledger(here.ledger)) as ledger:
        finish_rotation(here, ledger)
        keys = open_known_keys(here, ledger)
        taken = take_in(here, keys, ledger, [answers] if answers else [], by=whoever_runs_this())
    counts = ", ".join(f"{taken.answers[answer]} {answer}" for answer in sorted(taken.answers))
    changed = f" ({taken.changed} of them instead of an earlier answer)" if taken.changed else ""
    say(f"{taken.answers.total()} answers taken in{f': {counts}' if counts else ''}{changed}.")
    for same, different in taken.contradictions:
        say(
            "note",
            f"{same} is answered same and {different} different, and with the other answers both cannot hold: the pair "
            f"stays apart. Answer one of the two otherwise in a file of its own: --answers FILE",
            error=True,
        )
    if taken.open.asked:
        say(f"{taken.open.asked} pairs are open in", str(here.review / FILE_NAME))
    else:
        say("No pair is open.")
    if taken.open.waiting:
        say(f"{taken.open.waiting} more wait until these are answered.")
