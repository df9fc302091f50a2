"""Prepares an export: checks what is asked, makes it, attacks it, packs it, and puts it away for the checkers."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from custody.answers import Answer, number_named
from custody.errors import CustodyError, RoleError
from custody.exports.errors import NoExportError, PackageChangedError
from custody.exports.keeping import export_file, keep, put_away
from custody.exports.made import Made
from custody.exports.private import check_private, make_private
from custody.exports.rows import make_rows
from custody.exports.source import Source, open_source
from custody.exports.tables import make_tables
from custody.exports.together import together_words
from custody.packages import Package, package, zipped
from disclosure.errors import DisclosureError
from ledger import ExportKind, ExportStanding, ExportState, Ledger, ProjectStanding, Request
from ledger.canonical import canonical
from ledger.errors import ExportError, LedgerError
from ledger.export_records import present_day
from release.errors import DataFolderError, KeyFileError, ReleaseError, SettingsError, UserError
from release.microdata import ExtractError
from release.microdata_file import read_microdata
from release.places import Places
from release.research import MILLION, RESEARCH, Policy, read_policy
from release.specification import Microdata, Private, SpecificationError, Tables, read_specification
from release.structure import Structure, structure

_LONGEST_REASON: Final = 480
_TO_BE_MENDED: Final = (SettingsError, DataFolderError, KeyFileError, LedgerError, PackageChangedError)


def prepare_requested(places: Places, ledger: Ledger, request: Request) -> Answer:
    """Prepare the export that a request is about, for its checkers. What cannot be made is refused in the ledger, with
    the reason.

    Raises RequestError where it names none; RoleError where somebody else than the project's people asks; and whatever
    stands in the way.
    """
    number = number_named(request, "export")
    standing = ledger.exports.standing(number)
    project = ledger.projects.standing(standing.project)
    if not project.is_of(request.asked_by):
        raise RoleError(f"Export {number} is another's: only who belongs to its project may have it prepared")
    report = prepare(places, ledger, number)
    many = len(report["files"])
    return Answer({}, f"export {number} is prepared, {many} files: it waits for two output checkers")


def prepare(places: Places, ledger: Ledger, number: int) -> dict[str, Any]:
    """Prepare an export and give its checkers' report. Call it only behind the worker's lock. Raises as above."""
    standing = ledger.exports.standing(number)
    project = ledger.projects.standing(standing.project)
    if standing.state is not ExportState.ASKED:
        raise NoExportError(
            f"Export {number} is {standing.state.value}: it is prepared once, when it was asked for"
        )
    if project.over():
        raise NoExportError(f"The project {project.name} is over: nothing more is made for it")
    again = _drawn_before(places, ledger, standing)
    if again is not None:
        return again
    try:
        policy = read_policy(places.setting(RESEARCH))
        source = open_source(places, standing.release)
        made = _made(places, ledger, source, policy, standing)
    except _TO_BE_MENDED:
        # Nothing that the researcher can do anything about: it is prepared when that is mended.
        raise
    except DisclosureError as error:
        said = f"It cannot be made as it was asked for: {error}"
        ledger.exports.refused(number, _short(said))
        raise NoExportError(said) from None
    except UserError as error:
        ledger.exports.refused(number, _reason(error))
        raise
    files = package(_package(places, policy, source, standing, project, made))
    zip_file = zipped(files)
    report = _report(source, standing, made, files, together_words(ledger, standing))
    text = canonical(report)
    keep(places, number, zip_file, text, made.kept)
    ledger.exports.prepared(number, _digests(number, zip_file, files), text)
    return report


def _made(places: Places, ledger: Ledger, source: Source, policy: Policy, standing: ExportStanding) -> Made:
    specification = read_specification(standing.specification)
    if specification.kind != standing.kind:
        raise NoExportError(
            f"Export {standing.number} was asked for as {standing.kind}, and specifies {specification.kind}"
        )
    rows = read_microdata(places.setting("microdata.toml")) if isinstance(specification, Microdata) else None
    shape = structure(specification, policy, source.catalogue, source.lists, rows)
    match specification:
        case Tables():
            return make_tables(places, ledger, source, specification, shape, standing)
        case Microdata():
            return make_rows(places, ledger, source, specification, policy, standing, present_day())
        case Private():
            return _private(places, ledger, source, specification, shape, standing)


def _private(
    places: Places,
    ledger: Ledger,
    source: Source,
    specification: Private,
    shape: Structure,
    standing: ExportStanding,
) -> Made:
    check_private(places, source, specification, shape)
    # First the budget, then the noise: who breaks this off can have it drawn no second time.
    ledger.exports.spend(standing.number, specification.rho)
    made = make_private(places, source, specification, shape)
    spent = sum(one.spent for one in ledger.projects.standings())
    return replace(
        made,
        notes=(
            f"All projects together have spent {spent / MILLION:g} of rho on the people of this council: for whoever "
            "holds what several were given, that adds up.",
        ),
    )


def _drawn_before(places: Places, ledger: Ledger, standing: ExportStanding) -> dict[str, Any] | None:
    """A private export whose budget is spent already: what was put away is what it is, and if nothing was it is lost.
    None: it is to be made."""
    if standing.kind != ExportKind.PRIVATE or not standing.spent:
        return None
    kept = put_away(places, standing.number)
    if kept is None:
        said = (
            "It broke off after its privacy budget was spent. The noise may have been drawn and is never drawn twice: "
            "the budget is gone, and nothing was given. Ask for it anew as another export"
        )
        ledger.exports.refused(standing.number, said)
        raise NoExportError(f"Export {standing.number}: {said}")
    zip_file, text = kept
    report: dict[str, Any] = json.loads(text)
    digests = {one["name"]: one["sha256"] for one in report["files"]}
    digests[export_file(standing.number)] = hashlib.sha256(zip_file).hexdigest()
    ledger.exports.prepared(standing.number, digests, text)
    return report


def _package(
    places: Places,
    policy: Policy,
    source: Source,
    standing: ExportStanding,
    project: ProjectStanding,
    made: Made,
) -> Package:
    council = str(source.facts.get("authority", "The council"))
    said = {
        "project": project.name,
        "export": str(standing.number),
        "release": source.name,
        "council": council,
        "until": project.ends.isoformat(),
    }
    citation = policy.terms.filled(policy.terms.citation, **said)
    return Package(
        name=f"export-{standing.number:06d}",
        title=f"{project.title}: export {standing.number}",
        about=f"{citation} For: {project.purpose}",
        publisher=council,
        as_of=date.fromisoformat(str(source.facts["as_of"])),
        until=project.ends,
        release=source.name,
        version=str(standing.number),
        tables=made.tables,
        method=made.method,
        risk=dict(made.risk),
        risk_words=made.risk_words,
        licence=policy.terms.filled(policy.terms.licence, **said),
        authors=(council,),
        contact=policy.terms.contact,
    )


def _digests(number: int, zip_file: bytes, files: Mapping[str, bytes]) -> dict[str, str]:
    inside = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    return inside | {export_file(number): hashlib.sha256(zip_file).hexdigest()}


def _report(
    source: Source,
    standing: ExportStanding,
    made: Made,
    files: Mapping[str, bytes],
    together: list[dict[str, Any]],
) -> dict[str, Any]:
    """The checkers' report: safe figures alone, whole numbers and texts."""
    by_name = {one.name: one.said() for one in made.facts}
    told = [
        {
            "name": name,
            "sha256": hashlib.sha256(data).hexdigest(),
            "bytes": len(data),
            **by_name.get(name.removeprefix("data/").rpartition(".")[0], {}),
        }
        for name, data in files.items()
    ]
    report = {
        "version": 1,
        "kind": standing.kind.value,
        "release": source.name,
        "as_of": str(source.facts["as_of"]),
        "files": told,
        "audit": made.audit,
        "risk": made.risk,
        # The package's risk report tells what the attacks came to as well; checkers read that once.
        "risk_words": [one for one in made.risk_words if one not in made.audit.get("words", ())],
        "method": list(made.method),
        "together": [*together, *made.together],
        "private": made.private,
        "notes": list(made.notes),
    }
    said: dict[str, Any] = _plain(report)
    return said


def _plain(value: object) -> Any:
    """The same without floating-point numbers, of which JSON has no one form: they are told as texts."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return f"{value:.4g}" if isinstance(value, float) else value


def _reason(error: UserError) -> str:
    """Why an export was refused, for the ledger: of errors that name files of this machine no more than their kind."""
    if isinstance(error, ReleaseError):
        return "The release that it was asked of is gone or damaged: ask of another"
    told = isinstance(error, CustodyError | SpecificationError | ExtractError | ExportError)
    return _short(str(error)) if told else f"It cannot be made as things stand ({type(error).__name__})"


def _short(words: str) -> str:
    return " ".join(words.split())[:_LONGEST_REASON]
