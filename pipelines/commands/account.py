"""`account`: accounts of the app's own sign-in, for a council without a provider."""

from collections.abc import Callable
from contextlib import closing
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from ledger import AccountError, open_ledger
from pipelines.commands.shared import (
    DEFAULT_DATA,
    DataOption,
    column_of_names,
    places,
    print_table,
    say,
    whoever_runs_this,
)
from release.catalogue import read_catalogue
from release.places import Places
from release.roles import ROLES

app = typer.Typer(no_args_is_help=True, help="Accounts of the app's own sign-in, where no provider is set.")
NameArgument = Annotated[str, typer.Argument(help="The name that somebody signs in with.")]


@app.command("add")
def add_command(
    name: NameArgument,
    role: Annotated[str, typer.Option("--role", help="What they do: " + ", ".join(ROLES) + ".")],
    scope: Annotated[
        str,
        typer.Option(
            "--scope",
            help="The part of the council that they are kept to: a scope of catalogue.toml.",
            show_default="the whole council",
        ),
    ] = "",
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Make an account. The password is asked for twice, or read from two lines of standard input; it is never shown,
    and only what scrypt makes of it is kept."""
    here = places(data)
    if role not in ROLES:
        raise AccountError(f"There is no role of this name. Roles are: {', '.join(ROLES)}.")
    _known(here, scope)
    password = _asked()
    with closing(open_ledger(here)) as ledger:
        by = whoever_runs_this()
        account = ledger.accounts.add(name, password, account_role=role, scope=scope, by=by, role="pipelines")
    say("Made.", f"{account.name} can sign in as {role} where data/access.toml says: local = true")


@app.command("list")
def list_command(data: DataOption = DEFAULT_DATA) -> None:
    """Every account: its name, role, and part of the council."""
    with closing(open_ledger(places(data))) as ledger:
        accounts = ledger.accounts.all()
    if not accounts:
        say("There is no account yet.")
        return
    table = Table(column_of_names(one.name for one in accounts), "role", "part", "since", box=None)
    for one in accounts:
        table.add_row(escape(one.name), one.role, one.scope or "the whole council", one.added[:10])
    print_table(table)


@app.command("password")
def password_command(name: NameArgument, data: DataOption = DEFAULT_DATA) -> None:
    """Give an account another password, and end its sessions."""
    here = places(data)
    with closing(open_ledger(here)) as ledger:
        if ledger.accounts.find(name) is None:
            raise AccountError(
                "There is no account of this name. See which there are: python -m pipelines account list"
            )
        by = whoever_runs_this()
        ended = ledger.accounts.set_password(name, _asked(), by=by, role="pipelines")
    say(f"Changed. Sessions that were ended: {ended}")


@app.command("remove")
def remove_command(name: NameArgument, data: DataOption = DEFAULT_DATA) -> None:
    """Take an account away, and end its sessions."""
    with closing(open_ledger(places(data))) as ledger:
        ended = ledger.accounts.remove(name, by=whoever_runs_this(), role="pipelines")
    say(f"Removed. Sessions that were ended: {ended}")


def _asked(prompt: Callable[..., str] = typer.prompt) -> str:
    return prompt("Password", hide_input=True, confirmation_prompt=True)


def _known(here: Places, scope: str) -> None:
    """Raises AccountError where there is no such part of the council."""
    scopes = read_catalogue(here.setting("catalogue.toml")).scopes
    if scope and scope not in scopes:
        known = ", ".join(sorted(scopes)) or "none: data/catalogue.toml names no scope"
        raise AccountError(f"There is no part of the council of this name. Parts are: {known}.")
