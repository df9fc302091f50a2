"""`demo`: the extracts of a council that does not exist."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from pipelines.commands.shared import DEFAULT_DATA, DataOption, console, places, say
from pipelines.council import write_council


class Payment(StrEnum):
    """How the council is paid."""

    BY_RESULTS = "by_results"
    EARNED_AUTONOMY = "earned_autonomy"


def demo_command(
    to: Annotated[
        Path | None, typer.Option("--to", help="The folder to make.", show_default="in landing")
    ] = None,
    families: Annotated[
        int, typer.Option("--families", min=1, max=100_000, help="How many families.")
    ] = 2000,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, another council.")] = 1,
    payment: Annotated[Payment, typer.Option("--payment", help="How it is paid.")] = Payment.BY_RESULTS,
    notes: Annotated[bool, typer.Option("--notes/--without-notes", help="With case notes.")] = True,
    quarter: Annotated[
        int, typer.Option("--quarter", min=1, max=2, help="2: the same council three months later.")
    ] = 1,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Write the extracts of a fictional council, and the truth about them."""
    folder = to or places(data).landing / "fictional-council"
    if to is None:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with Progress(console=console(), transient=True) as progress:
        task = progress.add_task("inventing a council", total=1.0)

        def tell(words: str, share: float) -> None:
            progress.update(task, description=words, completed=share)

        write_council(
            folder,
            families=families,
            seed=seed,
            payment=payment.value,
            notes=notes,
            as_of=date(2024, 10, 31),
            quarter=quarter,
            progress=tell,
        )
    say(f"A council of {families} families that do not exist is in", str(folder))
