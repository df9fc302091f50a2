"""`verify`: the checks of publication made again on a release that is there."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from ledger import Event
from pipelines.commands.shared import (
    DEFAULT_DATA,
    DataOption,
    console,
    places,
    print_table,
    say,
    write_down,
)
from pipelines.publication.content import AGAIN, CHECKS
from pipelines.publication.errors import FailedVerificationError
from pipelines.publication.uniqueness import MEASURES
from pipelines.running.verifying import LEDGER, Verified, verify


def verify_command(
    release: Annotated[str, typer.Argument(metavar="RELEASE", help='A release\'s name, or "current".')],
    extracts: Annotated[
        Path,
        typer.Option(
            "--extracts",
            help="The folder of extracts that it was made of: whose identities are searched for.",
        ),
    ],
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Check a release again as it was before it was published, and that it is unchanged. Written to the audit log."""
    here = places(data)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console(), transient=True) as progress:
        progress.add_task("reading the extracts and every value of the release", total=None)
        verified = verify(extracts, here, release)
    failed = [name for name, faults in verified.checks.items() if faults]
    write_down(
        here,
        Event.RELEASE_VERIFIED,
        subject=verified.release,
        detail={"checks": len(verified.checks), "failed": [str(name) for name in failed]},
    )
    _show(verified)
    if failed and all(fault.where == LEDGER for fault in verified.faults):
        raise FailedVerificationError(
            f"Nothing is wrong with the release {verified.release}, but the audit log says whom something was about. "
            "No entry of it can be taken out: let nobody read it who may not see identities."
        )
    if failed:
        raise FailedVerificationError(
            f"The release {verified.release} fails {len(failed)} of {len(verified.checks)} checks. Make another "
            "release the current one (python -m pipelines releases use ID), and find out how it came to be."
        )
    say(f"[bold]{verified.release}[/bold] passes all {len(verified.checks)} checks.")


def _show(verified: Verified) -> None:
    table = Table("check", "what", "result", title=f"Checks of the release {verified.release}")
    words = {**CHECKS, **AGAIN}
    for name, faults in verified.checks.items():
        table.add_row(name, words[name], "[red]failed[/red]" if faults else "passed")
    print_table(table)
    for fault in verified.faults:
        say(f"[red]{fault.check}[/red]", f"{fault.where}: {fault.words}")
    measures = Table("measure", "of", "count", "share", title="How many are alone with what is said of them")
    for one in verified.measured:
        share = f"{100 * one.part / one.whole:.1f} %" if one.whole else ""
        measures.add_row(MEASURES[one.name].meaning, f"{one.whole:,}", f"{one.part:,}", share)
    print_table(measures)
    for note in verified.notes:
        say("note", note, error=True)
