"""`releases`: which there are, which is current, and the pseudonymous tables of one for the data team."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ledger import Event
from pipelines.commands.shared import DEFAULT_DATA, DataOption, new_file, only_mine, places, say, write_down
from pipelines.keys import open_keys
from pipelines.tables import for_project, take_table
from release import pointer
from release.projects import open_project

app = typer.Typer(no_args_is_help=True, help="The releases of a data folder.")


@app.command("list")
def list_command(data: DataOption = DEFAULT_DATA) -> None:
    """All releases, oldest first; the current one is marked."""
    here = places(data)
    current = pointer.current(here)
    for name in pointer.releases(here):
        say(f"{name}  current" if name == current else name)


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
    key = open_project(here, project, today=datetime.now(UTC).date()) if project else ""
    rows = take_table(here, name, table, open_keys(here))
    detail: dict[str, object] = {"rows": rows.height}
    if project:
        rows = for_project(rows, table, key)
        detail["project"] = project
    file = new_file(to)
    write_down(here, Event.TABLE_TAKEN, subject=f"{name} {table}", detail=detail)
    only_mine(file)
    rows.write_parquet(file)
    say(f"{rows.height} rows of {table} of {name} written to", str(file))
