"""`key`: the keys of a data folder."""

import typer

from ledger import Event, open_ledger
from pipelines.commands.shared import DEFAULT_DATA, DataOption, places, say, whoever_runs_this
from pipelines.keys import make_keys
from pipelines.running.lock import only_run
from release.errors import KeyFileError

app = typer.Typer(no_args_is_help=True, help="The keys behind the pseudonyms and the protected file.")


@app.callback()
def _group() -> None:
    """A group of commands, though it has one so far."""


@app.command("new")
def new_command(data: DataOption = DEFAULT_DATA) -> None:
    """Make the keys of a data folder. Keep a copy of them where the releases are not."""
    here = places(data)
    with only_run(here):
        ledger = open_ledger(here.ledger)
        made = make_keys(here, ledger.published())
        if made:
            ledger.record(Event.KEYS_MADE, actor=whoever_runs_this(), role="pipelines", detail={"keys": made})
        ledger.close()
    if not made:
        raise KeyFileError(f"{here.data} has its keys already. They are never written over.")
    say(
        f"Made the {', '.join(made)} key.",
        "Keep a copy where the releases are not: without them no pseudonym is ever the same again.",
    )
