"""`why`: why a family is one family, or records are one person. For the lawful few; written to the audit log."""

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from ledger import Event
from pipelines.commands.identities import reason_for, whom
from pipelines.commands.shared import (
    DEFAULT_DATA,
    ConfirmOption,
    DataOption,
    ReasonOption,
    goes_ahead,
    known_keys,
    new_file,
    places,
    say,
    write_down,
)
from pipelines.dual_control import Act
from pipelines.families.keeping import read_edges
from pipelines.families.why import why_family, why_person
from pipelines.running import vault
from pipelines.spreadsheets import write_sheet
from release.errors import ReleaseError
from release.pointer import resolve


def why_command(
    pseudonym: Annotated[str, typer.Argument(metavar="KEY", help="The pseudonym of a family or a person.")],
    to: Annotated[Path, typer.Option("--to", help="The CSV file to make.")],
    reason: ReasonOption = "",
    release: Annotated[str, typer.Option("--release", help='A release\'s name, or "current".')] = "current",
    confirm: ConfirmOption = None,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Why are these one family, or these records one person? Every edge and record behind it, with its place.

    For the lawful few; written to the audit log."""
    why = reason_for(reason, confirm)
    here = places(data)
    name = resolve(here, release)
    found = vault.read_references(here, name).filter(
        pl.col("pseudonym") == pseudonym.strip(), pl.col("kind").is_in(["family", "person"])
    )
    if found.is_empty():
        raise ReleaseError(f"That is no family and no person of the release {name}. Nothing was written.")
    kind = found["kind"][0]
    edges = read_edges(here, name)
    if kind == "family":
        told = why_family(found["reference"].to_list(), edges)
    else:
        told = why_person(found["reference"].to_list(), edges, vault.read_links(here, name))
    file = new_file(to)
    lookup = {"kind": f"why {kind}", "count": 1, "all": False}
    facts = {**lookup, "release": name, "which": whom(known_keys(here), [pseudonym.strip()])}
    agreed = goes_ahead(here, Act.REIDENTIFY, facts=facts, reason=why, confirm=confirm)
    if agreed is None:
        return
    write_down(here, Event.REIDENTIFIED, subject=name, detail=lookup, leave=agreed)
    write_sheet(file, told.columns, told.iter_rows())
    say(f"{told.height} lines written to", str(file))
