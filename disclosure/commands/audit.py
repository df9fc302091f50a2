"""`python -m disclosure audit`: what can be found out of each cell of tables that are released together."""

import time
from collections import Counter
from pathlib import Path
from typing import Annotated

import numpy as np
import polars as pl
import typer
from rich.console import Console

from disclosure.audit import Intervals, Known, check_known, intervals
from disclosure.commands.files import keep_apart, read_table, write_whole
from disclosure.commands.patterns import as_it_is, named, read_pattern
from disclosure.errors import PatternError, UnsafeError
from disclosure.tables import NOBODY, System, join
from disclosure.tables.system import Flags

_console = Console(highlight=False, soft_wrap=True)
_MOST_NAMED = 5


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("audit")(audit_command)


def audit_command(
    tables: Annotated[list[Path], typer.Argument(help="Tables in the JJ format.", show_default=False)],
    pattern: Annotated[
        list[Path] | None,
        typer.Option(
            help="What is shown of each table, in their order; without: all but the primary cells.",
            show_default=False,
        ),
    ] = None,
    names: Annotated[
        list[Path] | None,
        typer.Option(
            help="The names of each table's cells, in their order: cells of the same name are one cell.",
            show_default=False,
        ),
    ] = None,
    to: Annotated[
        Path | None, typer.Option(help="Write the interval of every cell here.", show_default=False)
    ] = None,
    programs: Annotated[
        int | None,
        typer.Option(
            min=0, help="Linear programs at most; without: as many as it takes.", show_default=False
        ),
    ] = None,
    whole: Annotated[bool, typer.Option(help="Solve tables of whole numbers in whole numbers.")] = False,
    negative: Annotated[bool, typer.Option(help="Values under 0 are meant.")] = False,
) -> None:
    """Tell the smallest and the largest value that each cell can have, given all that the tables show together.

    Ends with 89 where a primary cell is known exactly, or closer than its protection levels allow.
    """
    keep_apart((to,), (*tables, *(pattern or ()), *(names or ())))
    began = time.perf_counter()
    system, known = _together(tables, pattern or [], names or [], negative=negative)
    found = intervals(system, known, programs=programs, whole_programs=whole)
    check = check_known(system, known) if (system.holder != NOBODY).any() else None
    by_holder = check.unsafe & (check.against != NOBODY) if check else np.zeros(system.cells, np.bool_)
    told = known.highest - known.lowest <= 0
    text = _as_csv(system, found, told, by_holder)
    if to is not None:
        write_whole(to, text)
    else:
        typer.echo(text, nl=False)
    _summary(system, found, by_holder, len(tables), time.perf_counter() - began)


def _together(
    tables: list[Path], patterns: list[Path], names: list[Path], *, negative: bool
) -> tuple[System, Known]:
    """All tables as one System, and what their patterns say of its cells together."""
    for given, option in ((patterns, "--pattern"), (names, "--names")):
        if given and len(given) != len(tables):
            raise PatternError(
                f"{option} is given {len(given)} times for {len(tables)} tables: give it once for each, in their order"
            )
    titles = [path.stem for path in tables]
    repeated = Counter(titles)
    titles = [str(path) if repeated[path.stem] > 1 else path.stem for path in tables]
    if len(set(titles)) != len(titles):
        raise PatternError("the same table is given twice")
    systems, said = {}, {}
    for place, (title, path) in enumerate(zip(titles, tables, strict=True)):
        plain = read_table(path, negative=negative)
        said[title] = (read_pattern(patterns[place], plain) if patterns else as_it_is(plain)).within(plain)
        systems[title] = named(plain, title, names[place] if names else None)
    system = join(systems)
    lowest, highest = np.full(system.cells, -np.inf), np.full(system.cells, np.inf)
    for title, one in systems.items():
        where = [system.places[name] for name in one.names]
        lowest[where] = np.maximum(lowest[where], said[title].lowest)
        highest[where] = np.minimum(highest[where], said[title].highest)
    return system, Known(lowest, highest)


def _as_csv(system: System, found: Intervals, told: Flags, by_holder: Flags) -> str:
    """One line a cell: its name, status, interval, whether that is the narrowest there is, and what is wrong."""
    exact = found.highest - found.lowest <= 1e-6 * np.maximum(1.0, np.abs(system.value))
    finding = np.select(
        [(system.status == "u") & exact, found.close, by_holder, ~told & exact],
        ["exact", "close", "close to a contributor", "found out"],
        "",
    )
    return pl.DataFrame(
        {
            "cell": system.names,
            "status": system.status.tolist(),
            "lowest": np.round(found.lowest, 6),
            "highest": np.round(found.highest, 6),
            "narrowest": np.where(found.solved, "yes", "no").tolist(),
            "finding": [said or None for said in finding.tolist()],
        }
    ).write_csv()


def _summary(
    system: System,
    found: Intervals,
    by_holder: Flags,
    tables: int,
    seconds: float,
) -> None:
    """Counts in words. Raises UnsafeError where a primary cell is not protected."""
    primary = system.status == "u"
    exact = primary & (found.highest - found.lowest <= 1e-6 * np.maximum(1.0, np.abs(system.value)))
    close = primary & found.close & ~exact
    undone = found.exact & ~primary
    _console.print(
        f"{system.cells} cells of {tables} {'table' if tables == 1 else 'tables'}, {int(primary.sum())} of them "
        f"primary; {found.programs} linear programs, {seconds:.1f} seconds."
    )
    if not found.solved.all():
        _console.print(
            f"{int((~found.solved).sum())} intervals are not the narrowest: allow more programs to be sure of them."
        )
    _console.print(
        f"Primary cells disclosed exactly: {int(exact.sum())}; too closely: {int(close.sum())}; "
        f"to a contributor who knows itself: {int(by_holder.sum())}. "
        f"Others suppressed and found out: {int(undone.sum())}."
    )
    unsafe = np.flatnonzero(exact | close | by_holder)
    if unsafe.size:
        first = ", ".join(system.names[cell] for cell in unsafe[:_MOST_NAMED])
        more = f" and {unsafe.size - _MOST_NAMED} more" if unsafe.size > _MOST_NAMED else ""
        raise UnsafeError(f"Not safe: {unsafe.size} primary cells can be found out: {first}{more}.")
    _console.print("Safe." if found.solved.all() else "Safe as far as it was looked at.")
