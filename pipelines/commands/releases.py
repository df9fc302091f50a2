"""`releases`: which there are, which is current, and the pseudonymous tables of one for the data team."""

import json
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ledger import Event
from pipelines.commands.shared import (
    DEFAULT_DATA,
    DataOption,
    known_keys,
    new_file,
    only_mine,
    places,
    say,
    write_down,
)
from pipelines.running.lock import only_run
from pipelines.tables import alone, for_project, take_table
from release import pointer
from release.places import Places
from release.projects import open_project

app = typer.Typer(no_args_is_help=True, help="The releases of a data folder.")


@app.command("list")
def list_command(data: DataOption = DEFAULT_DATA) -> None:
    """All releases, oldest first, and how safe each is; the current one is marked."""
    here = places(data)
    current = pointer.current(here)
    for name in pointer.releases(here):
        say("  ".join(filter(None, (name, "current" if name == current else "", _how_safe(here, name)))))


def _how_safe(here: Places, name: str) -> str:
    """What the manifest says of the attacks on a release; an empty text where it says nothing."""
    try:
        said = json.loads((here.releases / name / pointer.COMPLETE).read_text(encoding="utf-8"))
        leak, shown, gone = (int(said[fact]) for fact in ("leak_score", "shown_share", "questions_withdrawn"))
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return f"leak score {leak} of 100, {shown} % of figures shown, {gone} questions withdrawn"


@app.command("use")
def use_command(
    release: Annotated[str, typer.Argument(metavar="ID", help="A release's name, as `list` gives it.")],
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Make a release the current one."""
    here = places(data)
    name = pointer.resolve(here, release)
    pointer.use(here, name)
    write_down(here, Event.RELEASE_CHOSEN, subject=name)
    say(f"{name} is current.")


@app.command("table")
def table_command(
    release: Annotated[str, typer.Argument(metavar="ID", help='A release\'s name, or "current".')],
    table: Annotated[str, typer.Argument(metavar="TABLE", help="A table of the protected file.")],
    to: Annotated[Path, typer.Option("--to", help="The Parquet file to make.")],
    project: Annotated[
        str, typer.Option("--project", help="Give it the tokens of this project: key project list.")
    ] = "",
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Write a table of pseudonymous rows to a Parquet file. For the data team; written to the audit log."""
    here = places(data)
    name = pointer.resolve(here, release)
    # While a project is given something, nobody destroys its key.
    with only_run(here) if project else nullcontext():
        key = open_project(here, project, today=datetime.now(UTC).date()) if project else ""
        rows = take_table(here, name, table, known_keys(here))
        detail: dict[str, object] = {"rows": rows.height}
        if project:
            rows = for_project(rows, table, key)
            detail |= {"project": project, "alone": alone(rows, table)}
        file = new_file(to)
        write_down(here, Event.TABLE_TAKEN, subject=f"{name} {table}", detail=detail)
        only_mine(file)
        rows.write_parquet(file)
    say(f"{rows.height} rows of {table} of {name} written to", str(file))
    if project:
        say(
            f"{detail['alone']} of them say what no other row of them says: whoever holds that table otherwise finds "
            "them again without a token."
        )
