"""`anonymise`: records in which everybody is alike with others in what he might be known by."""

import json
import time
from dataclasses import asdict
from math import isinf
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from disclosure.commands.files import keep_apart, write_whole
from disclosure.commands.records import names, read_hierarchies, read_records, write_records
from disclosure.errors import MicrodataError
from disclosure.microdata import Anonymised, Rules, anonymise
from disclosure.microdata.rules import Distance, Kind
from disclosure.risk import Measured, measure
from disclosure.risk.reidentification import USUAL_THRESHOLD


def anonymise_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The records, one a line.")],
    quasi: Annotated[
        list[str],
        typer.Option("--quasi", help="Columns that somebody might be known by, between commas."),
    ],
    to: Annotated[Path, typer.Option("--to", help="The file to write the anonymised records to.")],
    hierarchies: Annotated[
        Path | None,
        typer.Option(
            "--hierarchies",
            help="The folder of hierarchies: COLUMN.csv or …hierarchy_COLUMN.csv, each line a value, then coarser and "
            "coarser names. A column without one is written as intervals or sets of its values.",
        ),
    ] = None,
    k: Annotated[int, typer.Option("-k", help="Everybody is alike with at least k - 1 others.")] = 5,
    diversity: Annotated[int, typer.Option("-l", help="Each class has l sensitive values.")] = 1,
    kind: Annotated[
        Kind,
        typer.Option("--diversity", help="What l counts: different values, or how evenly they are spread."),
    ] = Kind.DISTINCT,
    c: Annotated[float, typer.Option("-c", help="The c of recursive (c, l)-diversity.")] = 3.0,
    t: Annotated[
        float, typer.Option("-t", help="How far each class may be spread from the whole, from 0 to 1.")
    ] = 1.0,
    distance: Annotated[
        Distance, typer.Option("--distance", help="How far two sensitive values are apart, for t.")
    ] = Distance.EQUAL,
    sensitive: Annotated[
        list[str] | None, typer.Option("--sensitive", help="Columns that l and t are about, between commas.")
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", help="Further columns to write as they are. Others are left out."),
    ] = None,
    limit: Annotated[
        float, typer.Option("--limit", help="The part of the records that may be left out, from 0 to 1.")
    ] = 0.0,
    report: Annotated[
        Path | None, typer.Option("--report", help="A file for what was lost and reached, as JSON.")
    ] = None,
) -> None:
    """Anonymise records: k-anonymity, with l-diversity and t-closeness, by hierarchies or sets of values.

    What is written is sorted, and holds the columns that are named alone. l and t are measured on what is written.
    """
    for other in (to, report):
        if other is not None and other.resolve() == file.resolve():
            raise MicrodataError(f"{other}: these are the records themselves; write to another file")
    keep_apart((to, report), tuple(hierarchies.glob("*")) if hierarchies is not None else ())
    began = time.perf_counter()
    records, separator = read_records(file)
    columns, about = names(quasi), tuple(names(sensitive or ()))
    rules = Rules(k, diversity, kind, c, t, distance, about)
    own = read_hierarchies(hierarchies, columns) if hierarchies is not None else {}
    done = anonymise(records, columns, own, rules, limit=limit, keep=names(keep or ()))
    write_records(to, done.records, separator)
    before, after = (measure(one, columns, about, size=0) for one in (records, done.records))
    seconds = time.perf_counter() - began
    if report is not None:
        write_whole(report, _as_json(rules, limit, done, before, after, seconds))
    _show(done, before, after, seconds)


def register(app: typer.Typer) -> None:
    """Offer the command."""
    app.command("anonymise")(anonymise_command)


def _as_json(
    rules: Rules, limit: float, done: Anonymised, before: Measured, after: Measured, seconds: float
) -> str:
    told = {
        "rules": {**asdict(rules), "limit": limit},
        "records": before.records,
        "left_out": done.left_out,
        "classes": done.classes,
        "loss": asdict(done.loss),
        "written_as_sets": list(done.made),
        "before": _measured(before),
        "after": _measured(after),
        "seconds": round(seconds, 3),
    }
    return json.dumps(finite(told), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _measured(one: Measured) -> dict[str, Any]:
    return {
        "classes": one.classes,
        "reached": asdict(one.reached),
        "reidentification": asdict(one.reidentification),
        "alone": one.uniques.sample,
    }


def finite(value: Any) -> Any:
    """What JSON can hold: an infinite number becomes null."""
    if isinstance(value, dict):
        return {key: finite(one) for key, one in value.items()}
    if isinstance(value, float) and isinf(value):
        return None
    return value


def _show(done: Anonymised, before: Measured, after: Measured, seconds: float) -> None:
    table = Table("", "before", "after")
    table.add_row("records", f"{before.records:,}", f"{after.records:,}")
    table.add_row("classes", f"{before.classes:,}", f"{after.classes:,}")
    table.add_row("k", str(before.reached.k), str(after.reached.k))
    if after.reached.l is not None:
        table.add_row("l", str(before.reached.l), str(after.reached.l))
        table.add_row("t", f"{before.reached.t:.4f}", f"{after.reached.t:.4f}")
    table.add_row("alone", f"{before.uniques.sample:,}", f"{after.uniques.sample:,}")
    risks = [one.reidentification.prosecutor for one in (before, after)]
    table.add_row("highest risk of being found", *(f"{one.highest:.4f}" for one in risks))
    table.add_row("mean risk of being found", *(f"{one.mean:.4f}" for one in risks))
    table.add_row(
        f"records with a risk above {USUAL_THRESHOLD}", *(f"{100 * one.beyond:.1f} %" for one in risks)
    )
    console = Console(highlight=False)
    console.print(table)
    console.print(
        f"lost: {done.loss.penalty:.4f} of 1 (normalised certainty penalty), {done.left_out:,} records left out; "
        f"mean class {done.loss.class_size:.1f}; discernibility {done.loss.discernibility:,}; {seconds:.2f} s",
        markup=False,
        soft_wrap=True,
    )
    if done.made:
        console.print(
            f"written as intervals or sets of their values, for want of a hierarchy: {', '.join(done.made)}",
            markup=False,
            soft_wrap=True,
        )
