"""`python -m custody exports`: research projects and exports without the app. Who may do what is the ledger's rule."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import filelock
import typer
from rich.console import Console

from custody.account import whoever_runs_this
from custody.errors import CustodyError, RoleError
from custody.exports.handing_out import hand_out, look_after_exports
from ledger import ExportStanding, Ledger, open_ledger
from ledger.export_records import present_day
from release.microdata_file import read_microdata
from release.places import PROJECT, Places
from release.research import MILLION, RESEARCH, RESEARCHER, read_policy
from release.specification import Microdata, SpecificationError, read_specification, write_specification
from release.structure import structure

exports = typer.Typer(no_args_is_help=True, help="Research projects, and what they take away.")
_DataOption = Annotated[Path, typer.Option("--data", help="The data folder.", show_default="data")]
_NumberArgument = Annotated[int, typer.Argument(min=1, help="The export's number in the ledger.")]
_ProjectArgument = Annotated[str, typer.Argument(help="The project's name.")]
_RoleOption = Annotated[str, typer.Option("--role", help="The role in which it is done.")]
_DATA = PROJECT / "data"
_CHECKER = "output_checker"
_MAY_READ = ("researcher", "output_checker", "data_protection_officer", "auditor")
_MAY_END = (RESEARCHER, "data_protection_officer")
_MAY_HAND_OUT = ("researcher", "output_checker", "data_protection_officer")
_console = Console(highlight=False, soft_wrap=True)


@exports.command("begin")
def begin_command(
    name: _ProjectArgument,
    title: Annotated[str, typer.Option("--title", help="What it is called.")],
    purpose: Annotated[str, typer.Option("--purpose", help="What it is for.")],
    basis: Annotated[str, typer.Option("--basis", help="The legal basis.")],
    until: Annotated[
        datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day on which it has anything.")
    ],
    person: Annotated[
        list[str] | None,
        typer.Option(
            "--person", help="Somebody who works on it. Again for each.", show_default="nobody else"
        ),
    ] = None,
    role: _RoleOption = RESEARCHER,
    data: _DataOption = _DATA,
) -> None:
    """Begin a research project: who, what for, on what basis, and until when."""
    _only(role, (RESEARCHER,))
    places = _places(data)
    policy = read_policy(places.setting(RESEARCH))
    with closing(open_ledger(places)) as ledger:
        number = ledger.projects.begin(
            name,
            title=title,
            purpose=purpose,
            basis=basis,
            people=person or [],
            ends=until.date(),
            latest=present_day() + timedelta(days=policy.longest_days),
            budget=policy.rho_of_project,
            by=whoever_runs_this(),
            role=role,
        )
    _console.print(
        f"Project {number}, {name}, has begun. Ask for an export of it: exports ask {name}", markup=False
    )


@exports.command("end")
def end_command(
    name: _ProjectArgument,
    why: Annotated[str, typer.Option("--why", help="Why it ends before its last day.")],
    role: _RoleOption = RESEARCHER,
    data: _DataOption = _DATA,
) -> None:
    """End a project before its last day: what it was given is taken away, and its key destroyed."""
    _only(role, _MAY_END)
    places = _places(data)
    with _worker(places) as ledger:
        ledger.projects.end(_project(ledger, name), why, by=whoever_runs_this(), role=role)
        said = look_after_exports(places, ledger)
    for words in (f"The project {name} has ended.", *said):
        _console.print(words, markup=False)


@exports.command("projects")
def projects_command(data: _DataOption = _DATA) -> None:
    """Every project: whose it is, until when, and what is left of its privacy budget."""
    with closing(open_ledger(_places(data))) as ledger:
        for one in ledger.projects.standings():
            state = "over" if one.over() else f"until {one.ends}"
            left = f"{one.left / MILLION:g} of rho {one.budget / MILLION:g} left"
            _console.print(f"{one.number}  {one.name}  {state}  {left}  {one.title}", markup=False)


@exports.command("ask")
def ask_command(
    project: _ProjectArgument,
    specification: Annotated[
        Path, typer.Option("--specification", help="The file (JSON) that says what is asked.")
    ],
    release: Annotated[str, typer.Option("--release", help="The release that it is made of.")] = "current",
    look: Annotated[
        bool, typer.Option("--look", help="Show what it would look like (no figure), and ask for nothing.")
    ] = False,
    role: _RoleOption = RESEARCHER,
    data: _DataOption = _DATA,
) -> None:
    """Ask for an export: tables, rows, or differentially private tables."""
    from custody.exports.source import open_source

    _only(role, (RESEARCHER,))
    places = _places(data)
    said = read_specification(_text(specification))
    source = open_source(places, release)
    policy = read_policy(places.setting(RESEARCH))
    rows = read_microdata(places.setting("microdata.toml")) if isinstance(said, Microdata) else None
    shape = structure(said, policy, source.catalogue, source.lists, rows)
    for table in shape.tables:
        cells = f": {table.most_cells:,} cells at most" if table.most_cells else ""
        _console.print(f"{table.name}  {table.title}{cells}", markup=False)
        for column in table.columns:
            codes = f", {len(column.codes)} codes" if column.codes else ""
            _console.print(f"  {column.name}  {column.label} ({column.kind}{codes})", markup=False)
    if look:
        return
    with closing(open_ledger(places)) as ledger:
        number = ledger.exports.ask(
            _project(ledger, project),
            said.kind,
            write_specification(said),
            release=source.name,
            by=whoever_runs_this(),
            role=role,
        )
    _console.print(
        f"Export {number} is asked for. Have it prepared: python -m custody exports prepare {number}"
    )


@exports.command("prepare")
def prepare_command(number: _NumberArgument, data: _DataOption = _DATA) -> None:
    """Make an export that was asked for, for its checkers."""
    # Takes a second to load, which the other commands need not wait for.
    from custody.exports.preparing import prepare

    places = _places(data)
    with _worker(places) as ledger:
        report = prepare(places, ledger, number)
    _console.print(
        f"Export {number} is prepared, {len(report['files'])} files: it waits for two output checkers."
    )


@exports.command("list")
def list_command(data: _DataOption = _DATA) -> None:
    """Every export: of which project, of what kind, how far it has come, and its last day."""
    with closing(open_ledger(_places(data))) as ledger:
        for one in ledger.exports.standings():
            _console.print(
                f"{one.number}  {one.project_name}  {one.kind.value}  {one.state.value}  until {one.ends}",
                markup=False,
            )


@exports.command("report")
def report_command(number: _NumberArgument, role: _RoleOption = _CHECKER, data: _DataOption = _DATA) -> None:
    """What a checker has to know of an export, file by file."""
    _only(role, _MAY_READ)
    with closing(open_ledger(_places(data))) as ledger:
        standing = ledger.exports.standing(number)
        report: dict[str, Any] = json.loads(ledger.exports.report(number))
    for line in _report_lines(standing, report):
        _console.print(line, markup=False)


@exports.command("decide")
def decide_command(
    number: _NumberArgument,
    verdict: Annotated[str, typer.Argument(help="approve, or return.")],
    why: Annotated[str, typer.Option("--why", help="The reasons, for the ledger and the researcher.")],
    role: _RoleOption = _CHECKER,
    data: _DataOption = _DATA,
) -> None:
    """Approve an export, or return it. Two checkers decide, each without seeing what the other said."""
    with closing(open_ledger(_places(data))) as ledger:
        ledger.exports.decide(number, verdict, why, by=whoever_runs_this(), role=role)
        standing = ledger.exports.standing(number)
    waits = (
        "the other checker has not decided yet" if standing.decided < 2 else f"it is {standing.state.value}"
    )
    _console.print(f"Decided on export {number}: {waits}.")


@exports.command("hand-out")
def hand_out_command(
    number: _NumberArgument, role: _RoleOption = RESEARCHER, data: _DataOption = _DATA
) -> None:
    """Lay an approved export in the outbox. The worker does so by itself."""
    _only(role, _MAY_HAND_OUT)
    places = _places(data)
    with _worker(places) as ledger:
        hand_out(places, ledger, number)
    _console.print(f"Export {number} lies in the outbox.")


@exports.command("look-after")
def look_after_command(data: _DataOption = _DATA) -> None:
    """Hand out what is approved, take away what ended, destroy the keys of projects that are over. The worker does so
    in every round."""
    places = _places(data)
    with _worker(places) as ledger:
        said = look_after_exports(places, ledger)
    for words in said or ["There is nothing to be done."]:
        _console.print(words, markup=False)


def _report_lines(standing: ExportStanding, report: dict[str, Any]) -> Iterator[str]:
    yield f"Export {standing.number} of {standing.project_name}: {standing.kind.value}, {standing.state.value}"
    for one in report["files"]:
        if "cells" in one and one["name"].endswith(".csv"):
            yield (
                f"{one['name']}: {one['shown']:,} of {one['cells']:,} shown, smallest {one['smallest']}, above zero "
                f"{one['smallest_above_zero']}; {one['rounding']}"
            )
    yield from report["risk_words"]
    yield from report["audit"].get("words", [])
    for one in report["together"]:
        named = one["words"].startswith("Export ")
        yield one["words"] if named else f"With export {one['export']}: {one['words']}"
    yield from report["notes"]


@contextmanager
def _worker(places: Places) -> Iterator[Ledger]:
    """The ledger, with the worker's turn taken."""
    with (
        filelock.FileLock(places.protected_key.with_name("worker.lock")),
        closing(open_ledger(places)) as ledger,
    ):
        yield ledger


def _project(ledger: Ledger, name: str) -> int:
    found = ledger.projects.find(name)
    if found is None:
        raise CustodyError("There is no project of that name. See: python -m custody exports projects")
    return found.number


def _only(role: str, roles: tuple[str, ...]) -> None:
    if role not in roles:
        raise RoleError(f"Not for the role {role}: this is for {' and '.join(roles)}".replace("_", " "))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecificationError(f"{file.name} cannot be read ({type(error).__name__}).") from None


def _places(data: Path) -> Places:
    places = Places(data.resolve())
    if not places.data.is_dir():
        raise CustodyError(f"There is no data folder at {places.data}. Say where it is: --data DIR")
    return places
