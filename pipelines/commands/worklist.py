"""`worklist`: what a team's families still lack for a claim, for the team to work from."""

from pathlib import Path
from typing import Annotated

import typer

from ledger import Event
from outcomes.reading import framework_from_text
from pipelines.commands.identities import reason_for, whom
from pipelines.commands.shared import (
    DEFAULT_DATA,
    ConfirmOption,
    DataOption,
    ReasonOption,
    goes_ahead,
    known_keys,
    new_file,
    only_mine,
    places,
    say,
    write_down,
)
from pipelines.dual_control import Act
from pipelines.running import vault
from pipelines.tables import take_table
from pipelines.workbooks import Sheet, write_workbook
from pipelines.worklist import make_worklist
from release.pointer import resolve

_TABLES = ("episode", "need", "claim", "claim_evidence", "framework_file", "manifest")


def worklist_command(
    team: Annotated[str, typer.Option("--team", help="The team, as the case system calls it.")],
    to: Annotated[Path, typer.Option("--to", help="The XLSX file to make.")],
    reason: ReasonOption = "",
    release: Annotated[str, typer.Option("--release", help='A release\'s name, or "current".')] = "current",
    confirm: ConfirmOption = None,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """What the claim of each family of a team still lacks, need by need, in the case system's own references.

    For the lawful few; written to the audit log."""
    why = reason_for(reason, confirm)
    here = places(data)
    name = resolve(here, release)
    keys = known_keys(here)
    tables = {table: take_table(here, name, table, keys, for_replay=True) for table in _TABLES}
    frameworks = [
        framework_from_text(f"{identifier}.toml", text)
        for identifier, text in tables["framework_file"].select("framework", "text").iter_rows()
    ]
    found = make_worklist(team, tables, vault.read_references(here, name), frameworks)
    file = new_file(to)
    told = {"kind": "worklist", "count": len(found.episodes), "all": False}
    facts = {**told, "release": name, "which": whom(keys, found.episodes)}
    agreed = goes_ahead(here, Act.REIDENTIFY, facts=facts, reason=why, confirm=confirm)
    if agreed is None:
        return
    write_down(here, Event.REIDENTIFIED, subject=name, detail=told, leave=agreed)
    only_mine(file)
    manifest = dict(tables["manifest"].select("name", "value").iter_rows())
    write_workbook(
        file,
        f"What the families of the team {team} still lack for a claim",
        [
            f"As of {manifest['as_of']}, the day that the extracts speak for; release {name}.",
            f"{len(found.episodes)} spells of help are on the list. {found.left_out} more of the team are not: claimed "
            "for before, ended for another reason, outside the period, or counted elsewhere.",
            "Sheet Families: a row for each spell of help and kind of claim, with everything that it lacks.",
            "Sheet Needs: a row for each need that is not met, with what is lacking and until when it must hold.",
            "References are the case system's own. Put right in the case system what is wrong there: the next release "
            "takes it up. What is written here goes nowhere.",
            "This list names families by their references. Keep it where only the team reads, and destroy last week's.",
        ],
        [Sheet("Families", found.families), Sheet("Needs", found.needs)],
    )
    say(f"{len(found.episodes)} spells of help and {found.needs.height} needs written to", str(file))
