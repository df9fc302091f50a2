"""`risk`: how much records tell of single people."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from disclosure.commands.anonymise import finite
from disclosure.commands.files import keep_apart, write_whole
from disclosure.commands.records import names, read_records
from disclosure.errors import MicrodataError
from disclosure.risk import Measured, measure
from disclosure.risk.reidentification import USUAL_THRESHOLD
from disclosure.risk.special_uniques import USUAL_SIZE

# So many columns are named that make people alone.
_NAMED = 5


def risk_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The records, one a line.")],
    quasi: Annotated[
        list[str],
        typer.Option("--quasi", help="Columns that somebody might be known by, between commas."),
    ],
    sensitive: Annotated[
        list[str] | None,
        typer.Option("--sensitive", help="Columns that nobody should learn, between commas."),
    ] = None,
    fraction: Annotated[
        float | None,
        typer.Option("--fraction", help="Which part of the population the records are.", show_default="1"),
    ] = None,
    population: Annotated[
        int | None,
        typer.Option("--population", help="How many people the population has, instead of --fraction."),
    ] = None,
    threshold: Annotated[
        float, typer.Option("--threshold", help="The risk above which a record counts as at risk.")
    ] = USUAL_THRESHOLD,
    size: Annotated[
        int,
        typer.Option("--size", help="The largest set of columns that is tried for special uniques; 0: none."),
    ] = USUAL_SIZE,
    report: Annotated[Path | None, typer.Option("--report", help="A file for all figures, as JSON.")] = None,
) -> None:
    """Tell how anonymous records are, how likely somebody is found among them, and who is alone."""
    if report is not None and report.resolve() == file.resolve():
        raise MicrodataError(f"{report}: these are the records themselves; write to another file")
    keep_apart((report,))
    records, _separator = read_records(file)
    part = _fraction(fraction, population, records.height)
    found = measure(
        records, names(quasi), names(sensitive or ()), fraction=part, threshold=threshold, size=size
    )
    if report is not None:
        write_whole(report, _as_json(found, part, threshold))
    _show(found, part, threshold)


def register(app: typer.Typer) -> None:
    """Offer the command."""
    app.command("risk")(risk_command)


def _fraction(fraction: float | None, population: int | None, records: int) -> float:
    if fraction is not None and population is not None:
        raise MicrodataError("--fraction and --population say the same: give one of them")
    if population is None:
        return 1.0 if fraction is None else fraction
    if population < records:
        raise MicrodataError(f"--population {population:,}: the file alone has {records:,} records")
    return records / population


def _as_json(found: Measured, fraction: float, threshold: float) -> str:
    special = None
    if found.special is not None:
        special = {
            "records": found.special.records,
            "sets": {", ".join(columns): len(rows) for columns, rows in found.special.minimal.items()},
            "by_column": found.special.by_column(),
            "highest_score": float(found.special.scores.max()),
        }
    told = {
        "records": found.records,
        "classes": found.classes,
        "fraction": fraction,
        "threshold": threshold,
        "reached": asdict(found.reached),
        "reidentification": asdict(found.reidentification),
        "uniques": asdict(found.uniques),
        "special_uniques": special,
    }
    return json.dumps(finite(told), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _show(found: Measured, fraction: float, threshold: float) -> None:
    reached, risk = found.reached, found.reidentification
    table = Table("measure", "figure")
    table.add_row("records", f"{found.records:,}")
    table.add_row("classes", f"{found.classes:,}")
    table.add_row("k", str(reached.k))
    if reached.l is not None:
        table.add_row("l, distinct", str(reached.l))
        table.add_row("l, entropy", f"{reached.entropy_l:.4f}")
        table.add_row(f"c, recursive for l = {reached.recursive_l}", f"{reached.recursive_c:.4f}")
        table.add_row("t, equal distance", f"{reached.t:.4f}")
        table.add_row("t, ordered distance", f"{reached.ordered_t:.4f}")
        table.add_row("alpha", f"{reached.alpha:.4f}")
        table.add_row("beta, basic and enhanced", f"{reached.beta:.4f}, {reached.enhanced_beta:.4f}")
        table.add_row("delta", f"{reached.delta:.4f}")
    for name, one in (("prosecutor", risk.prosecutor), ("journalist", risk.journalist)):
        table.add_row(
            f"{name} risk: highest, mean, above {threshold:g}",
            f"{one.highest:.4f}, {one.mean:.4f}, {100 * one.beyond:.1f} %",
        )
    table.add_row("marketer risk", f"{risk.marketer:.4f}")
    table.add_row("alone in the file", f"{found.uniques.sample:,}")
    if fraction < 1:
        table.add_row("alone in the population, Zayatz", f"{found.uniques.zayatz:,.0f}")
        table.add_row("alone in the population, Pitman", f"{found.uniques.pitman:,.0f}")
    if found.special is not None:
        table.add_row("alone by few columns", f"{found.special.records:,}")
        most = sorted(found.special.by_column().items(), key=lambda one: (-one[1], one[0]))[:_NAMED]
        if most:
            table.add_row("by which", ", ".join(f"{name} {100 * part:.0f} %" for name, part in most))
    Console(highlight=False).print(table)
