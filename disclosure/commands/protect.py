"""`python -m disclosure protect`: which cells of a table to withhold so that the primary ones are safe."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console

from disclosure.commands.files import keep_apart, read_table, write_whole
from disclosure.commands.patterns import named
from disclosure.suppression import Pattern, suppress_exactly, suppress_fast, with_costs

_console = Console(highlight=False, soft_wrap=True)


class Mode(StrEnum):
    """How hard to look for a cheap pattern."""

    exact = "exact"
    fast = "fast"


class Policy(StrEnum):
    """What suppressing a cell costs."""

    given = "given"
    unit = "unit"
    value = "value"
    log = "log"


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("protect")(protect_command)


def protect_command(
    table: Annotated[Path, typer.Argument(help="A table in the JJ format.", show_default=False)],
    to: Annotated[
        Path, typer.Option(help="Write the pattern here: cell, status, reason.", show_default=False)
    ],
    mode: Annotated[
        Mode,
        typer.Option(help="The cheapest pattern and the proof that it is, or a good one in little time."),
    ] = Mode.exact,
    seconds: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            help="The time allowed, in seconds; without: 300 for exact, 120 for fast. After it: the best safe one.",
            show_default=False,
        ),
    ] = None,
    cost: Annotated[
        Policy,
        typer.Option(
            help="What suppressing a cell costs: as the table says, all the same, its value, or its log."
        ),
    ] = Policy.given,
    names: Annotated[
        Path | None,
        typer.Option(
            help="The names of the cells, for the reasons, and who contributes alone (cell, name, holder).",
            show_default=False,
        ),
    ] = None,
    negative: Annotated[bool, typer.Option(help="Values under 0 are meant.")] = False,
) -> None:
    """Find which cells to suppress besides the primary ones, so that none of these can be worked out.

    Prints the cost of the cells suppressed besides, the bound (no safe pattern costs less), and the seconds. What is
    written is safe in any case; where the time was up before the search was over, it says so.
    """
    keep_apart((to,), (table, names))
    system = read_table(table, negative=negative)
    if names is not None:
        system = named(system, table.stem, names)
    system = with_costs(system, cost.value)
    allowed = seconds if seconds is not None else 300.0 if mode is Mode.exact else 120.0
    find = suppress_exactly if mode is Mode.exact else suppress_fast
    pattern = find(system, seconds=allowed)
    frame = pl.DataFrame(
        {
            "cell": range(system.cells),
            "status": pattern.status.tolist(),
            "reason": list(pattern.reason),
        },
        schema={"cell": pl.Int64, "status": pl.String, "reason": pl.String},
    )
    write_whole(to, frame.write_csv())
    _tell(pattern, mode, allowed)


def _tell(pattern: Pattern, mode: Mode, allowed: float) -> None:
    primary = int((pattern.status == "u").sum())
    _console.print(f"primary    {primary} cells")
    _console.print(f"secondary  {int(pattern.secondary.sum())} cells")
    _console.print(f"cost       {pattern.cost:g}")
    _console.print(f"bound      {pattern.bound:g}")
    _console.print(f"seconds    {pattern.seconds:.2f}")
    _console.print("unsafe     0")
    if pattern.proved:
        _console.print("proved     no safe pattern costs less")
    elif pattern.complete:
        more = (pattern.cost / pattern.bound - 1) * 100 if pattern.bound > 0 else 0.0
        _console.print(
            f"not proved costs at most {more:.1f} % more than the cheapest; --mode exact looks for that"
        )
    else:
        _console.print(
            f"not proved the time ({allowed:g} seconds) was up: the best safe pattern so far; more --seconds may "
            "find a cheaper one, and another run may find another"
            + (", or use --mode fast" if mode is Mode.exact else "")
        )
