"""`framework`: which frameworks there are and which are active, and whether a file does what its examples expect."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from ledger import Event, open_ledger
from outcomes import FrameworkError, read_framework
from outcomes.active import ActiveFile, activate, deactivate, framework_file, known_ids, listed
from outcomes.errors import ActivationError
from outcomes.examples import refuse_what_fails
from outcomes.rules import in_words
from pipelines.commands.shared import DEFAULT_DATA, DataOption, places, say, write_down
from pipelines.running.lock import only_run
from release.places import Places

app = typer.Typer(
    no_args_is_help=True, help="Frameworks of needs, outcomes and payment: one file each in frameworks/."
)
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The framework's id, as `list` gives it.")]


@app.command("list")
def list_command(data: DataOption = DEFAULT_DATA) -> None:
    """Every framework file: its version, when it holds, what can be claimed, and whether it is active."""
    here = places(data)
    active = listed(here)
    others = [identifier for identifier in known_ids(here) if identifier not in active]
    for number, identifier in enumerate([*active, *others]):
        state = "primary" if number == 0 else "active" if identifier in active else ""
        say(f"{identifier}  {state}".rstrip(), _told(here, identifier, active.get(identifier)))


@app.command("check")
def check_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The framework file.")],
) -> None:
    """Read a framework file and run its examples. A mistake is told with its line and the fix; an example that does
    not come out as expected, day by day."""
    framework = read_framework(file)
    refuse_what_fails(framework, file.name)
    rules = {need.rule for need in framework.needs} | {kind.rule for kind in framework.claims if kind.rule}
    say(
        f"{framework.rule_version}: {len(framework.needs)} needs, {len(rules)} rules, {len(framework.claims)} kinds of "
        f"claim. All {len(framework.examples)} examples come out as expected.",
    )
    unverified = [need.code for need in framework.needs if not need.verified]
    unverified += [kind.code for kind in framework.claims if not kind.verified]
    if unverified:
        say(f"Not yet compared with their source (verified = false): {', '.join(unverified)}")
    for rule in sorted(map(in_words, rules)):
        say(f"  {rule}")


@app.command("activate")
def activate_command(
    identifier: IdArgument,
    first: Annotated[
        bool, typer.Option("--first", help="Make it the primary one: figures without a framework are its.")
    ] = False,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Have runs evaluate a framework, as its file is now. Its examples are run first; one that fails is refused."""
    here = places(data)
    with only_run(here):
        file = framework_file(here, identifier)
        _refuse_another_text_of_a_version(here, file)
        activate(here, file, first=first, before=lambda: _write_down_activation(here, file))
        active = listed(here)
    say(f"{file.framework.rule_version} is active.", f"Active, the primary one first: {', '.join(active)}")


@app.command("deactivate")
def deactivate_command(identifier: IdArgument, data: DataOption = DEFAULT_DATA) -> None:
    """Have runs evaluate a framework no longer. What was claimed under it stays in the ledger."""
    here = places(data)
    with only_run(here):
        deactivate(
            here, identifier, before=lambda: write_down(here, Event.FRAMEWORK_DEACTIVATED, subject=identifier)
        )
        active = listed(here)
    say(f"{identifier} is no longer active.", f"Active, the primary one first: {', '.join(active)}")


def _told(here: Places, identifier: str, sha256: str | None) -> str:
    """What `list` says of a framework; `sha256` is that of its file when it was activated."""
    try:
        file = framework_file(here, identifier)
    except FrameworkError as error:
        return f"holds a mistake: {error}"
    framework = file.framework
    changed = sha256 is not None and sha256 != file.sha256
    return (
        f"version {framework.version}, {framework.valid_from or 'always'} to {framework.valid_to or 'always'}, "
        f"{len(framework.examples)} examples; claims: {', '.join(kind.code for kind in framework.claims)}"
        + ("; CHANGED since it was activated: no run goes on until it is activated again" if changed else "")
    )


def _refuse_another_text_of_a_version(here: Places, file: ActiveFile) -> None:
    """A claim names the version of the rules that it was made under: one version is one text, for ever.

    Raises ActivationError where another text of this version has been active in this data folder.
    """
    version = file.framework.version
    with closing(open_ledger(here.ledger)) as ledger:
        for entry in ledger.entries():
            if (
                entry.event == Event.FRAMEWORK_ACTIVATED
                and entry.subject == file.id
                and entry.detail.get("version") == version
                and entry.detail.get("sha256") != file.sha256
            ):
                raise ActivationError(
                    f"{file.path.name}: another text was active as version {version}. Claims name the version that "
                    f"they were made under, so raise it: `version = {version + 1}`"
                )


def _write_down_activation(here: Places, file: ActiveFile) -> None:
    told = {"version": file.framework.version, "sha256": file.sha256}
    write_down(here, Event.FRAMEWORK_ACTIVATED, subject=file.id, detail=told)
