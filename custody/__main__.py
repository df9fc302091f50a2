"""`python -m custody`: the worker, and what the returns officer asks of it without the app."""

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from custody.errors import CustodyError
from custody.worker import work, work_once
from ledger import RequestKind, open_ledger
from release.errors import UserError
from release.keys import read_key
from release.places import PROJECT, Places
from release.pointer import resolve

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Outcome Lens, the pseudonymous side: answers requests from the protected file of a release.",
)
DataOption = Annotated[Path, typer.Option("--data", help="The data folder.", show_default="data")]
_DATA = PROJECT / "data"
_console = Console(highlight=False, soft_wrap=True)


@app.command("serve")
def serve_command(
    data: DataOption = _DATA,
    every: Annotated[float, typer.Option("--every", min=0.1, max=3600, help="Seconds between looks.")] = 2.0,
) -> None:
    """Answer requests as they come, until stopped."""
    places = _places(data)
    read_key(places.protected_key)
    ledger = open_ledger(places.ledger)
    _console.print("The worker waits for requests. Stop it with Ctrl+C.")
    try:
        work(places, ledger, every=every)
    except KeyboardInterrupt:
        _console.print("The worker has stopped.")
    finally:
        ledger.close()


@app.command("once")
def once_command(data: DataOption = _DATA) -> None:
    """Answer the requests that wait now, and stop."""
    places = _places(data)
    read_key(places.protected_key)
    ledger = open_ledger(places.ledger)
    files = work_once(places, ledger)
    ledger.close()
    _console.print(f"{len(files)} requests answered.")
    for file in files:
        _console.print(str(file))


@app.command("ask")
def ask_command(
    kind: Annotated[RequestKind, typer.Argument(help="What is asked for.")],
    role: Annotated[str, typer.Option("--role", help="The role in which it is asked.")] = "returns_officer",
    data: DataOption = _DATA,
) -> None:
    """Put a request for the worker, about the current release."""
    places = _places(data)
    release = resolve(places, "current")
    ledger = open_ledger(places.ledger)
    number = ledger.ask(kind, by=getpass.getuser(), role=role, release=release)
    ledger.close()
    _console.print(f"Request {number} waits for the worker: python -m custody once")


def _places(data: Path) -> Places:
    places = Places(data.resolve())
    if not places.data.is_dir():
        raise CustodyError(f"There is no data folder at {places.data}. Say where it is: --data DIR")
    return places


def main() -> None:
    """Run a command. What a user can mend is said in a sentence, with the exit code of its kind."""
    try:
        app()
    except UserError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(
            f"{type(error).__name__}  {error}", markup=False
        )
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
