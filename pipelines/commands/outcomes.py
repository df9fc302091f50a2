"""`outcomes`: needs and claims of a release held against a truth that is known."""

from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.table import Table

from ledger import Event
from pipelines.commands.shared import (
    DEFAULT_DATA,
    DataOption,
    known_keys,
    new_file,
    only_mine,
    places,
    print_table,
    say,
    write_down,
)
from pipelines.quality.against_truth import RIGHT, WRONG, Compared, compare_outcomes, read_outcomes_truth
from pipelines.running import vault
from pipelines.spreadsheets import write_sheet
from pipelines.tables import take_table
from release.errors import ReleaseError
from release.pointer import resolve


def outcomes_command(
    score: Annotated[
        Path,
        typer.Option(
            "--score",
            help="A folder with the truth: need_states.csv, claims.csv, families.csv, records.csv.",
        ),
    ],
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            help="The CSV file to make: every need and claim that differs, and whether linkage is why.",
        ),
    ] = None,
    framework: Annotated[
        str,
        typer.Option(
            "--framework",
            help="The framework whose needs and claims they are.",
            show_default="the primary one",
        ),
    ] = "",
    release: Annotated[str, typer.Option("--release", help='A release\'s name, or "current".')] = "current",
    data: DataOption = DEFAULT_DATA,
) -> None:
    """How far needs and claims are as a truth says, and whether linkage is why they are not. Written to the audit
    log."""
    here = places(data)
    name = resolve(here, release)
    truth = read_outcomes_truth(score)
    keys = known_keys(here)
    need, claim = (take_table(here, name, table, keys) for table in ("need", "claim"))
    under = framework or _primary(claim, take_table(here, name, "manifest", keys))
    if under not in set(claim["framework"]):
        known = ", ".join(claim["framework"].unique().sort())
        raise ReleaseError(f"The release {name} holds no claim under that framework. It holds: {known}.")
    compared = compare_outcomes(
        truth,
        need.filter(pl.col("framework") == under),
        claim.filter(pl.col("framework") == under),
        vault.read_references(here, name),
        vault.read_links(here, name),
    )
    file = new_file(to) if to is not None else None
    write_down(
        here,
        Event.TABLE_TAKEN,
        subject=f"{name} outcomes",
        detail={"rows": compared.differences.height if file is not None else 0},
    )
    if file is not None:
        only_mine(file)
        write_sheet(file, compared.differences.columns, compared.differences.iter_rows())
        say(f"{compared.differences.height} differences written to", str(file))
    _show(compared, under)


def _primary(claim: pl.DataFrame, manifest: pl.DataFrame) -> str:
    """The primary framework of a release; where its manifest does not say, the only one that there is."""
    said = manifest.filter(pl.col("name") == "framework")["value"]
    return str(said[0] if said.len() else claim["framework"][0])


def _show(compared: Compared, framework: str) -> None:
    table = Table(title=f"Held against the truth, under {framework}")
    table.add_column("what", no_wrap=True)
    for heading in ("in all", "as in truth", "differ, linkage differs too", "differ, linkage as in truth"):
        table.add_column(heading, justify="right")
    for what, whole in (("need", compared.needs), ("claim", compared.claims)):
        wrong, right = compared.count(what, WRONG), compared.count(what, RIGHT)
        table.add_row(f"{what}s", f"{whole:,}", f"{whole - wrong - right:,}", f"{wrong:,}", f"{right:,}")
    print_table(table)
