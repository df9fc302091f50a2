"""`audit`: the audit log, read and proved."""

import json

import typer

from ledger import open_ledger
from pipelines.commands.shared import DEFAULT_DATA, DataOption, places, say

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
    """Prove that no line was changed, or taken out between others."""
    ledger = open_ledger(places(data).ledger)
    lines = ledger.verify()
    ledger.close()
    say(f"The audit log is whole: {lines} lines.")
