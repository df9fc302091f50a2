"""Hands out what two checkers approved, and takes away what ended."""

from contextlib import suppress
from typing import Final

from custody.answers import Answer, number_named
from custody.errors import RoleError
from custody.exports.errors import NoExportError, PackageChangedError, UnsafeExportError
from custody.exports.keeping import (
    export_file,
    folder_of,
    forget_package,
    package_of,
    releases_kept,
    tables_kept,
)
from custody.exports.rows import destroy_key_of
from custody.laying_out import lay_out
from disclosure.errors import DisclosureError
from ledger import Event, ExportKind, ExportStanding, ExportState, Ledger, Request
from ledger.export_records import present_day
from ledger.log import MOST
from release.errors import UserError
from release.places import Places
from release.pointer import releases
from release.research import RESEARCHER

_READABLE: Final = 0o640
_ACTOR: Final = "custody"
_ROLE: Final = "worker"
_DONE: Final = frozenset(
    {ExportState.RETURNED, ExportState.WITHDRAWN, ExportState.ENDED, ExportState.REFUSED}
)


def hand_out_export(places: Places, ledger: Ledger, request: Request) -> Answer:
    """Hand out the export that a request is about.

    Raises RequestError where it names none, RoleError where a researcher of another project asks, NoExportError where
    it is not approved or its project is over, and PackageChangedError where the package is not the one that was
    approved; UnsafeExportError where a release that came since forbids it.
    """
    number = number_named(request, "export")
    project = ledger.projects.standing(ledger.exports.standing(number).project)
    if request.role == RESEARCHER and not project.is_of(request.asked_by):
        raise RoleError(f"Export {number} is another's: only who belongs to its project may ask for it")
    hand_out(places, ledger, number)
    return Answer({}, f"export {number} is handed out: {export_file(number)} in the outbox")


def hand_out(places: Places, ledger: Ledger, number: int) -> None:
    """Lay an approved package in the outbox, after its bytes were compared with what the checkers approved. Call it
    only behind the worker's lock. Raises as above."""
    standing = ledger.exports.standing(number)
    if standing.state is ExportState.ENDED:
        raise NoExportError(f"Export {number} is past its end ({standing.ends}): nothing more is handed out")
    if standing.state not in (ExportState.APPROVED, ExportState.RELEASED):
        raise NoExportError(
            f"Export {number} is {standing.state.value}: it is handed out when two output checkers have approved it"
        )
    name = export_file(number)
    data = package_of(places, number, standing.files.get(name, ""))
    if standing.state is ExportState.APPROVED and standing.kind is ExportKind.TABLES:
        _check_since(places, ledger, standing)
    places.outbox.mkdir(parents=True, exist_ok=True, mode=0o750)
    lay_out(places.outbox / name, data, mode=_READABLE)
    if standing.state is ExportState.APPROVED:
        try:
            ledger.exports.released(number, dict(standing.files))
        except UserError:
            (places.outbox / name).unlink(missing_ok=True)
            raise


def look_after_exports(places: Places, ledger: Ledger) -> list[str]:
    """Hand out what is approved, take away what ended or was withdrawn, and destroy the keys of projects that are over;
    what was done and what could not be, in words. Call it only behind the worker's lock."""
    said = []
    waiting = ledger.exports.to_hand_out()
    # What was found wrong is told once, and tried again when somebody asks for it.
    wrong = _found_wrong(ledger) if waiting else frozenset()
    for one in (one for one in waiting if _subject(one.number) not in wrong):
        try:
            hand_out(places, ledger, one.number)
            said.append(f"export {one.number} is handed out")
        except (PackageChangedError, UnsafeExportError) as error:
            ledger.record(
                Event.DOWNLOAD_REFUSED,
                actor=_ACTOR,
                role=_ROLE,
                subject=_subject(one.number),
                detail={"why": type(error).__name__},
            )
            said.append(f"export {one.number} is not handed out: {error}")
        except UserError as error:
            said.append(f"export {one.number} is not handed out: {error}")
        except OSError as error:
            # A full disk, or a folder where the file should lie, keeps nobody else from being answered.
            said.append(f"export {one.number} is not handed out: {type(error).__name__} in the outbox")
    for one in ledger.exports.to_take_away():
        try:
            (places.outbox / export_file(one.number)).unlink(missing_ok=True)
        except OSError as error:
            said.append(f"export {one.number} is not taken away: {type(error).__name__} in the outbox")
            continue
        ledger.exports.taken_away(one.number)
        said.append(f"export {one.number} is taken away")
    for standing in ledger.exports.standings():
        if standing.state in _DONE and folder_of(places, standing.number).is_dir():
            forget_package(places, standing.number)
            with suppress(OSError):
                (places.outbox / export_file(standing.number)).unlink(missing_ok=True)
    for project in ledger.projects.standings():
        if project.over():
            said += _without_key(places, ledger, project.number)
    return said


def _found_wrong(ledger: Ledger) -> frozenset[str]:
    refused = ledger.log.lines(events=(Event.DOWNLOAD_REFUSED,), limit=MOST)
    return frozenset(one.subject for one in refused if one.actor == _ACTOR)


def _subject(number: int) -> str:
    return f"export {number}"


def _check_since(places: Places, ledger: Ledger, standing: ExportStanding) -> None:
    """Hold tables against the releases that were published since they were prepared. What else was prepared since was
    held against them. Raises UnsafeExportError where both together give somebody away."""
    from custody.exports.before import everything_before
    from custody.released import audit

    if set(releases(places)) <= releases_kept(places, standing.number):
        return
    before = everything_before(places, ledger, but=standing.number)
    try:
        safe = audit(
            places, ledger, standing.release, tables_kept(places, standing.number), before=before
        ).passed
    except DisclosureError:
        # What cannot be attacked cannot be said to be safe.
        safe = False
    if not safe:
        raise UnsafeExportError(
            f"Export {standing.number} was approved, but beside a release that was published since it would give "
            "somebody away: nothing is handed out. Withdraw it, and ask for it anew of that release"
        )


def _without_key(places: Places, ledger: Ledger, project: int) -> list[str]:
    try:
        gone = destroy_key_of(places, ledger, project, present_day())
    except UserError as error:
        return [f"the key of project {project} is not destroyed: {error}"]
    return [f"the key of project {project} is destroyed"] if gone else []
