"""`session`: who is signed in to the app, and ending it at once."""

from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from ledger import AccountError, limits_of, open_ledger
from pipelines.commands.shared import (
    DEFAULT_DATA,
    DataOption,
    column_of_names,
    places,
    print_table,
    say,
    whoever_runs_this,
)
from release.settings_file import read_settings_file

app = typer.Typer(no_args_is_help=True, help="Who is signed in to the app.")


@app.command("list")
def list_command(data: DataOption = DEFAULT_DATA) -> None:
    """The sessions that are open, the one that was last used first. Times are Coordinated Universal Time."""
    here = places(data)
    rules = here.setting("access.toml")
    lasts = limits_of(read_settings_file(rules), rules)
    with closing(open_ledger(here)) as ledger:
        found = ledger.sessions.open(lasts, datetime.now(UTC))
    if not found:
        say("Nobody is signed in.")
        return
    table = Table(
        "session", column_of_names(one.name for one in found), "role", "part", "since", "last here", box=None
    )
    for one in found:
        times = (moment.isoformat(sep=" ", timespec="minutes")[:16] for moment in (one.since, one.seen))
        table.add_row(str(one.number), escape(one.name), one.role, one.scope or "the whole council", *times)
    print_table(table)


@app.command("end")
def end_command(
    number: Annotated[int, typer.Argument(min=0, help="The number of a session.", show_default="none")] = 0,
    person: Annotated[
        str,
        typer.Option(
            "--person",
            help="All sessions of this person, and whatever sign-in of theirs is not known here.",
            show_default="none",
        ),
    ] = "",
    data: DataOption = DEFAULT_DATA,
) -> None:
    """End a session, or all of a person's, at once: their next page and their next download are refused. Whoever may
    not come back also loses their role at the provider, or their account."""
    if bool(number) == bool(person.strip()):
        raise AccountError("Name one session by its number, or one person with --person.")
    by = whoever_runs_this()
    with closing(open_ledger(places(data))) as ledger:
        if number:
            name = ledger.sessions.revoke(number, by=by, role="pipelines")
            say("Ended:", f"session {number}, of {name}")
            return
        ended = ledger.sessions.revoke_person(person, by=by, role="pipelines", now=datetime.now(UTC))
    say(f"Ended. Sessions that were open: {ended}. Every earlier sign-in of theirs is refused.")
