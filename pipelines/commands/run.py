"""`run`: extracts in, a release out."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from pipelines.commands.shared import DEFAULT_DATA, DataOption, console, places, say
from pipelines.running import Outcome, run
from pipelines.running.journal import STAGES
from release.errors import UserError


def run_command(
    extracts: Annotated[
        Path, typer.Option("--extracts", help="The folder of extracts, with its extracts.toml.")
    ],
    data: DataOption = DEFAULT_DATA,
    framework: Annotated[
        list[str] | None,
        typer.Option(
            "--framework",
            help="The framework to evaluate instead of the active ones; several times for several, the primary one "
            "first.",
            show_default="the active ones",
        ),
    ] = None,
    links: Annotated[
        Path | None,
        typer.Option(
            "--links",
            help="For a test: a file of links to go by instead of finding them, as links --to writes it.",
            show_default="links are found",
        ),
    ] = None,
) -> None:
    """Read the extracts, link, pseudonymise, evaluate, check, and publish a release."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console(), transient=True) as progress:
        task = progress.add_task("", total=len(STAGES))

        def tell(stage: str, words: str) -> None:
            # Without a terminal the bar is not drawn: a line a stage says where the run is.
            if progress.console.is_terminal:
                progress.update(task, description=f"{stage}: {words}", advance=1)
            else:
                say(f"{stage}: {words}", error=True)

        try:
            outcome = run(extracts, places(data), frameworks=framework or (), links=links, tell=tell)
        except UserError as error:
            for words in getattr(error, "__notes__", ()):
                say("note", words, error=True)
            raise
    _report(outcome)


def _report(outcome: Outcome) -> None:
    table = Table("extract", "received", "good", "quarantined", title="Rows")
    for row in outcome.rows.iter_rows():
        table.add_row(*map(str, row))
    console().print(table)
    for note in outcome.notes:
        say("note", note, error=True)
    seconds = sum(outcome.seconds.values())
    say(f"[bold]{outcome.release}[/bold] is published and current ({seconds:.1f} seconds).")
    say("Data quality, for people:", str(outcome.report))
    say(f"{outcome.episodes} episodes evaluated, {outcome.claimable} claimable.")
