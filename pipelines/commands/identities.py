"""Commands that look at identities, each written to the audit log: `reidentify` and `links`."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from ledger import Event
from pipelines.commands.shared import DEFAULT_DATA, DataOption, new_file, places, say, write_down
from pipelines.running import vault
from release.errors import ReleaseError, UserError
from release.pointer import resolve

# A long number, an e-mail address or a postcode: what a reason has no need of.
_IDENTIFYING = re.compile(r"\d[\d ]{5,}|@|\b[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}\b")


class What(StrEnum):
    """Whom a pseudonym stands for."""

    FAMILY = "family"
    PERSON = "person"
    EPISODE = "episode"


class ReasonError(UserError):
    """A re-identification without a reason, or of nobody in particular."""

    exit_code = 26


def reidentify_command(
    kind: Annotated[What, typer.Option("--kind", help="Whom the pseudonyms stand for.")],
    to: Annotated[Path, typer.Option("--to", help="The CSV file to make: pseudonym,reference.")],
    references: Annotated[
        list[str] | None, typer.Argument(metavar="REF", help="Pseudonyms to look up.")
    ] = None,
    everybody: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why: it is written to the audit log.")] = "",
    release: Annotated[str, typer.Option("--release", help='A release\'s name, or "current".')] = "current",
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Which pseudonym is which of the case system's own references. For the lawful few; written to the audit log."""
    wanted = references or []
    if bool(wanted) == everybody:
        raise ReasonError("Give the pseudonyms to look up, or --all; not both, not neither.")
    if not reason.strip():
        raise ReasonError('Give the reason, which is written to the audit log: --reason "…"')
    if _IDENTIFYING.search(reason):
        raise ReasonError(
            "The reason is kept in the audit log: say why, without a number or an address of anybody."
        )
    here = places(data)
    name = resolve(here, release)
    found = (
        vault.read_references(here, name)
        .filter(pl.col("kind") == kind.value)
        .select("pseudonym", "reference")
    )
    if wanted:
        unknown = set(wanted) - set(found["pseudonym"])
        if unknown:
            raise ReleaseError(
                f"{len(unknown)} of these are no {kind.value} of the release {name}. Nothing was written."
            )
        found = found.filter(pl.col("pseudonym").is_in(wanted))
    file = new_file(to)
    write_down(
        here,
        Event.REIDENTIFIED,
        subject=name,
        detail={
            "kind": kind.value,
            "count": found["pseudonym"].n_unique(),
            "all": everybody,
            "reason": reason.strip(),
        },
    )
    file.touch(mode=0o600)
    found.sort("pseudonym", "reference").write_csv(file)
    say(f"{found.height} references written to", str(file))


def links_command(
    to: Annotated[Path, typer.Option("--to", help="The CSV file to make: contract,row,person.")],
    release: Annotated[str, typer.Option("--release", help='A release\'s name, or "current".')] = "current",
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Which record was found to be about which person, to be scored against a truth. Written to the audit log."""
    here = places(data)
    name = resolve(here, release)
    links = vault.read_links(here, name)
    file = new_file(to)
    write_down(
        here,
        Event.TABLE_TAKEN,
        subject=f"{name} links",
        detail={"rows": links.height},
    )
    file.touch(mode=0o600)
    links.select("contract", "row", "person").sort("contract", "row").write_csv(file)
    say(f"{links.height} records written to", str(file))
