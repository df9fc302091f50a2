"""`key`: the keys of a data folder, and those of the projects that are given tables."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from typing import Annotated

import typer
from rich.markup import escape

from ledger import Event, Ledger, open_ledger
from pipelines.commands.identities import harmless, reason_for
from pipelines.commands.shared import (
    DEFAULT_DATA,
    ConfirmOption,
    DataOption,
    ReasonOption,
    goes_ahead,
    places,
    say,
    whoever_runs_this,
)
from pipelines.dual_control import Act
from pipelines.holding import destroy_keys, kept_keys, keys_there, verify_keys
from pipelines.keys import make_keys, open_keys
from pipelines.rotation import finish_rotation, rotate
from pipelines.running.lock import only_run
from release.errors import DataFolderError, KeyFileError
from release.keys import fingerprint
from release.places import Places
from release.projects import (
    Project,
    check_project,
    destroy_project,
    key_files,
    make_project,
    projects,
    to_be_destroyed,
)

app = typer.Typer(no_args_is_help=True, help="The keys behind the pseudonyms and the protected file.")
project_app = typer.Typer(
    no_args_is_help=True, help="Projects that are given tables, each under a key of its own."
)
app.add_typer(project_app, name="project")
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The project.")]
_ROLE = "pipelines"


@app.command("new")
def new_command(data: DataOption = DEFAULT_DATA) -> None:
    """Make the keys of a data folder. Keep a copy of them where the releases are not."""
    here = places(data)
    with _held(here) as ledger:
        made = make_keys(here, ledger.published())
        if made:
            ledger.record(Event.KEYS_MADE, actor=whoever_runs_this(), role=_ROLE, detail={"keys": made})
    if not made:
        raise KeyFileError(f"{here.data} has its keys already. They are never written over.")
    say(
        f"Made the {', '.join(made)} key.",
        "Keep a copy where the releases are not: without them no pseudonym is ever the same again.",
    )


@app.command("list")
def list_command(data: DataOption = DEFAULT_DATA) -> None:
    """Every key: its fingerprint, when it was made, and what became of it. It shows no key."""
    here = places(data)
    with closing(open_ledger(here.ledger)) as ledger:
        for one in kept_keys(here, ledger):
            say(
                f"{one.name}  {one.fingerprint}  made {one.made or 'on a day that nobody wrote down'}{one.since}"
            )
    for project in projects(here):
        say(_told(project))


@app.command("verify")
def verify_command(data: DataOption = DEFAULT_DATA) -> None:
    """Whether every key is whole and closed to others, and is the one that releases, register and answers need."""
    here = places(data)
    with closing(open_ledger(here.ledger)) as ledger:
        for words in verify_keys(here, ledger):
            say(words)


@app.command("rotate")
def rotate_command(
    reason: ReasonOption = "", confirm: ConfirmOption = None, data: DataOption = DEFAULT_DATA
) -> None:
    """Put a new master key in the place of the old one, which is destroyed.

    The next run gives everybody another pseudonym; who is who stays known. Keep a copy of the keys and of the vault
    afterwards: copies from before go with the old key."""
    here = places(data)
    reason = reason_for(reason, confirm)
    facts = {"key": fingerprint(open_keys(here).master)}
    agreed = goes_ahead(here, Act.ROTATE, facts=facts, reason=reason, confirm=confirm)
    if agreed is None:
        return
    with _held(here) as ledger:
        done = rotate(
            here, ledger, by=whoever_runs_this(), detail=agreed.detail, last=lambda: agreed.take(ledger)
        )
    say(
        f"The master key {done.before} is destroyed, {done.after} is in its place. Nothing was lost: {done.people} "
        f"keys of people, {done.families} of families, {done.hashes} hashes and {done.answers} answers of the review "
        "are there as before."
    )
    say("Keep a copy of the folders of keys and of the vault, and destroy the copies from before.")


@app.command("destroy")
def destroy_command(
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="The name of the data folder, so that it is meant.")
    ],
    reason: ReasonOption = "",
    confirm: ConfirmOption = None,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Destroy all keys of a data folder, for ever: nobody opens a protected file again, and no run goes on from here.

    Safe answers stay readable. What the vault holds is not touched: delete the folder `identified` yourself."""
    here = places(data)
    reason = reason_for(reason, confirm)
    if folder != here.data.name:
        raise DataFolderError(f"The data folder is called {here.data.name}: say so, if it is what you mean.")
    keys_there(here)
    agreed = goes_ahead(here, Act.DESTROY, facts={"all": True}, reason=reason, confirm=confirm)
    if agreed is None:
        return
    with _held(here) as ledger:
        told = {"keys": keys_there(here), "projects": len(key_files(here)), **agreed.detail}
        agreed.take(ledger)
        ledger.record(Event.KEYS_TO_BE_DESTROYED, actor=whoever_runs_this(), role=_ROLE, detail=told)
        destroy_keys(here, today=_today())
        ledger.record(Event.KEYS_DESTROYED, actor=whoever_runs_this(), role=_ROLE, detail=told)
    say(
        "The keys are destroyed.",
        f"Destroy the copies that you keep of them; delete {here.identified}, which still says who was who.",
    )


@project_app.command("new")
def new_project_command(
    name: NameArgument,
    until: Annotated[
        datetime,
        typer.Option("--until", formats=["%Y-%m-%d"], help="The last day on which it is given anything."),
    ],
    purpose: Annotated[str, typer.Option("--purpose", help="What it is for: kept, and in the audit log.")],
    confirm: ConfirmOption = None,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Make the key of a project: what it is given shares no token with what anybody else is."""
    here = places(data)
    last = until.date()
    with closing(open_ledger(here.ledger)) as ledger:
        purpose = _checked(here, ledger, name, harmless(purpose), last)
    facts = {"project": name, "until": last.isoformat(), "purpose": purpose}
    agreed = goes_ahead(here, Act.PROJECT, facts=facts, reason=purpose, confirm=confirm)
    if agreed is None:
        return
    with _held(here) as ledger:
        _checked(here, ledger, name, purpose, last)
        agreed.take(ledger)
        project = make_project(here, name, purpose=purpose, until=last, today=_today())
        ledger.record(
            Event.PROJECT_KEY_MADE,
            actor=whoever_runs_this(),
            role=_ROLE,
            subject=project.name,
            detail={"fingerprint": project.fingerprint, "until": facts["until"], **agreed.detail},
        )
    say(_told(project))
    say("Give it a table:", f"python -m pipelines releases table current TABLE --project {name} --to FILE")


@project_app.command("list")
def list_projects_command(data: DataOption = DEFAULT_DATA) -> None:
    """Every project there ever was, what for, until when, and whether its key was destroyed."""
    for project in projects(places(data)):
        say(_told(project))


@project_app.command("destroy")
def destroy_project_command(
    name: NameArgument,
    reason: ReasonOption = "",
    confirm: ConfirmOption = None,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Destroy the key of a project, for ever: by no token can what it was given be tied to anything here again."""
    here = places(data)
    reason = reason_for(reason, confirm)
    to_be_destroyed(here, name)
    agreed = goes_ahead(here, Act.DESTROY, facts={"project": name}, reason=reason, confirm=confirm)
    if agreed is None:
        return
    with _held(here) as ledger:
        to_be_destroyed(here, name)
        agreed.take(ledger)
        project = destroy_project(here, name, today=_today())
        ledger.record(
            Event.PROJECT_KEY_DESTROYED,
            actor=whoever_runs_this(),
            role=_ROLE,
            subject=project.name,
            detail={"fingerprint": project.fingerprint, **agreed.detail},
        )
    say(_told(project), "Destroy the copies that you keep of it.")


@contextmanager
def _held(here: Places) -> Iterator[Ledger]:
    """The data folder to oneself, and its ledger; what a rotation left unfinished is finished first."""
    with only_run(here), closing(open_ledger(here.ledger)) as ledger:
        finish_rotation(here, ledger)
        yield ledger


def _told(project: Project) -> str:
    ended = f"until {project.until}" + (" (past)" if project.until < _today() else "")
    state = f"destroyed {project.destroyed}" if project.destroyed else ended
    return f"project {project.name}  {project.fingerprint}  made {project.made}, {state}: {escape(project.purpose)}"


def _checked(here: Places, ledger: Ledger, name: str, purpose: str, last: date) -> str:
    """What a new project is for, as it is kept, if all that was said about it will do."""
    used = {one.subject for one in ledger.entries() if one.event == Event.PROJECT_KEY_MADE}
    return check_project(here, name, purpose=purpose, until=last, today=_today(), used=used)


def _today() -> date:
    return datetime.now(UTC).date()
