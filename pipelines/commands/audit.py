"""`audit`: the audit log, read and proved."""

import json
from contextlib import closing

import typer

from ledger import Event, open_ledger
from pipelines.commands.shared import DEFAULT_DATA, DataOption, places, say, whoever_runs_this

app = typer.Typer(no_args_is_help=True, help="The append-only log of what was done.")


@app.command("list")
def list_command(data: DataOption = DEFAULT_DATA) -> None:
    """Every line, oldest first."""
    ledger = open_ledger(places(data).ledger)
    for entry in ledger.entries():
        detail = json.dumps(dict(entry.detail), sort_keys=True, ensure_ascii=False)
        say(f"{entry.number:>5}", f"{entry.at}  {entry.event}  {entry.actor}  {entry.subject}  {detail}")
    ledger.close()


@app.command("verify")
def verify_command(data: DataOption = DEFAULT_DATA) -> None:
    """Prove that no line was changed, or taken out between others; and write down that it was proved."""
    with closing(open_ledger(places(data).ledger)) as ledger:
        lines = ledger.verify()
        told = {"lines": lines}
        ledger.record(Event.LEDGER_VERIFIED, actor=whoever_runs_this(), role="pipelines", detail=told)
    say(f"The audit log is whole: {lines} lines.")
