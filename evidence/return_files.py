"""The files of a return: offered to those who may have them, and given as the ledger knows them or not at all."""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from evidence import outbox
from evidence.access import Who
from evidence.errors import NotGivenError
from evidence.evidence import Evidence
from evidence.returns import Seen, Version, sees
from ledger import ReturnState
from release.return_content import outbox_name

PAGE: Final = "returns"
# The formats of a return in the order in which they are offered, by the ends of their names.
_FORMATS: Final[Mapping[str, str]] = {
    ".xlsx": "Spreadsheet (XLSX)",
    ".ods": "Spreadsheet (ODS)",
    ".pdf": "For print (PDF)",
    ".json": "For programs (JSON)",
}
_META: Final = ".meta.csv"
# Nothing in a ZIP depends on when somebody fetched it.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class File:
    """A file on offer: what it is, and where it is fetched (None: nothing serves files here, or it is not there)."""

    label: str
    path: str | None


@dataclass(frozen=True)
class Offered:
    """The files of a version. `missing`: how many of them do not lie in the outbox."""

    files: tuple[File, ...]
    missing: int
    served: bool


def offered(evidence: Evidence, who: Who, found: Seen, version: Version, table: str) -> Offered | None:
    """What somebody may fetch of a version: a file of each format, the data file of `table`, and all of it as one ZIP.
    None where nothing of it is for them."""
    if why_not(who, found, version):
        return None
    desk = evidence.desk
    names = dict(version.files)
    there = {name for name in names if outbox.is_there(desk.places.outbox, outbox_name(version.number, name))}
    listed = [
        (name, label) for end, label in _FORMATS.items() for name in names if name.lower().endswith(end)
    ]
    ending = f"-{_plain(table)}" if table else ""
    listed += [
        (name, "Codes and labels of this table (.meta.csv)" if name.endswith(_META) else "This table (CSV)")
        for name in sorted(
            (one for one in names if one.lower().endswith(".csv")), key=lambda name: name.endswith(_META)
        )
        if ending and _plain(name.lower().removesuffix(_META).removesuffix(".csv")).endswith(ending)
    ]
    files = [
        File(
            label,
            _offer(
                evidence,
                who,
                outbox_name(version.number, name),
                partial(_one, evidence, who, found, version.number, name),
            ),
        )
        for name, label in listed
        if name in there
    ]
    if len(there) == len(names) and len(names) > 1:
        every = outbox_name(version.number, f"{found.template.id}.zip")
        content = partial(_every, evidence, who, found, version.number)
        files.append(File("All of its files (ZIP)", _offer(evidence, who, every, content)))
    return Offered(tuple(files), len(names) - len(there), desk.offers.served)


def _plain(name: str) -> str:
    """A name as it stands in that of a file."""
    return name.lower().replace("_", "-")


def why_not(who: Who, found: Seen, version: Version) -> str:
    """Why the files of a version are not for somebody, in a sentence; "" where they are."""
    if version.state is ReturnState.WITHDRAWN:
        return "This version was withdrawn: its files are given to nobody any more."
    if not sees(who, found, version):
        return "Before it is signed its files are for those who work on it."
    return ""


def _offer(evidence: Evidence, who: Who, name: str, content: Callable[[], bytes]) -> str | None:
    return evidence.desk.offers.offer(who, PAGE, name, name, content, outbox.media_type(name))


def _one(evidence: Evidence, who: Who, found: Seen, number: int, name: str) -> bytes:
    """A file as it is at this moment: state and digest are read from the ledger anew."""
    digest = _now(evidence, number).files.get(name)
    if digest is None:
        raise NotGivenError("There is no such file.", "the ledger knows no such file")

    def still() -> str:
        return why_not(who, found, _now(evidence, number))

    return outbox.checked(evidence.desk.places.outbox, outbox_name(number, name), digest, still)


def _every(evidence: Evidence, who: Who, found: Seen, number: int) -> bytes:
    """All files of a version in one ZIP, the same at every time. One that was changed keeps all of them back."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(_now(evidence, number).files):
            entry = zipfile.ZipInfo(outbox_name(number, name), _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, _one(evidence, who, found, number, name))
    return held.getvalue()


def _now(evidence: Evidence, number: int) -> Version:
    return evidence.desk.ledger.returns.standing(number)
