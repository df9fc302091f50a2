"""What the commands share: options, and the one place that writes to the terminal."""

import os
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from ledger import Event, open_ledger
from pipelines.dual_control import Act, Agreed, agreed
from pipelines.keys import Keys
from pipelines.rotation import open_known_keys
from release.errors import DataFolderError
from release.places import PROJECT, Places

if os.name == "posix":
    import pwd

DataOption = Annotated[
    Path, typer.Option("--data", help="The data folder: keys, vault, releases, ledger.", show_default="data")
]
DEFAULT_DATA = PROJECT / "data"
ReasonOption = Annotated[str, typer.Option("--reason", help="Why: it is written to the audit log.")]
ConfirmOption = Annotated[
    int | None,
    typer.Option(
        "--confirm",
        help="Confirm what somebody else asked for: the number of the request.",
        show_default="none",
    ),
]

_out = Console(highlight=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, soft_wrap=True)


def say(heading: str, words: str = "", *, error: bool = False) -> None:
    """Write a line: `heading` may be marked up, `words` are written as they are."""
    (_err if error else _out).print(f"{heading}  {escape(words)}" if words else heading)


def print_table(table: Table) -> None:
    """Write a table that was asked for: to the output, not beside the messages."""
    _out.print(table)


def column_of_names(names: Iterable[str]) -> Column:
    """A column in which a name stands whole, however narrow the terminal is: it is copied into the next command."""
    return Column("name", overflow="fold", min_width=max(map(len, names), default=0))


def console() -> Console:
    """The terminal, for progress and tables."""
    return _err


def places(data: Path) -> Places:
    """The rooms of a data folder."""
    return Places(data.resolve())


def whoever_runs_this() -> str:
    """The account under which a command runs, for the audit log: as the operating system has it, whatever the
    environment says."""
    try:
        if os.name == "posix":
            return pwd.getpwuid(os.getuid()).pw_name
        return os.getlogin()
    except KeyError:
        return f"account {os.getuid()}"
    except OSError:
        return "unknown account"


def new_file(file: Path) -> Path:
    """`file`, if it can be made: its folder is there, and nothing (or nothing but an empty file) of that name yet.

    Raises DataFolderError otherwise: what somebody has is never written over.
    """
    if not file.parent.is_dir():
        raise DataFolderError(f"There is no folder {file.parent}. Make it, or choose another with --to.")
    if file.exists() and (not file.is_file() or file.stat().st_size):
        raise DataFolderError(f"{file} is there already. Choose another name with --to, or move it away.")
    return file


def only_mine(file: Path) -> None:
    """Make `file`, or take it as it is there empty, readable by nobody else, before a row is in it."""
    file.touch(mode=0o600)
    file.chmod(0o600)


def goes_ahead(
    here: Places, act: Act, *, facts: Mapping[str, object], reason: str, confirm: int | None
) -> Agreed | None:
    """Whether `act` may be done now (pipelines.dual_control). None: it was asked for, and somebody else confirms it.

    What was agreed to is taken (`Agreed.take`, or `write_down` with it) just before the act."""
    with closing(open_ledger(here.ledger)) as ledger:
        found = agreed(here, ledger, act, by=whoever_runs_this(), facts=facts, reason=reason, confirm=confirm)
    if found.request is None:
        return found
    say(
        f"Nothing has been done yet: this takes two. Request {found.request} waits for somebody else, who runs the "
        f"same command under an account of their own, with --confirm {found.request}"
    )
    return None


def known_keys(here: Places) -> Keys:
    """The keys of a data folder, held against its audit log."""
    with closing(open_ledger(here.ledger)) as ledger:
        return open_known_keys(here, ledger)


def write_down(
    here: Places,
    event: Event,
    *,
    subject: str = "",
    detail: Mapping[str, object] | None = None,
    leave: Agreed | None = None,
) -> None:
    """Put what is about to be done into the audit log, before it is done. `leave`: that it may be, used up with it."""
    told = {**(detail or {}), **(leave.detail if leave else {})}
    with closing(open_ledger(here.ledger)) as ledger:
        if leave is not None:
            leave.take(ledger)
        ledger.record(event, actor=whoever_runs_this(), role="pipelines", subject=subject, detail=told)
