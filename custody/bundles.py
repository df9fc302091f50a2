"""The bundle of a window: all packs of its sample, the sample, the sign-off, the ledger's lines, and one manifest.

The same window at the same step gives the same bytes: files in the order of their names, no compression and no clock.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from custody.answers import Answer, claims_words, number_named, table
from custody.drawing_again import drawn_again
from custody.entering import sample_rows, strata_of
from custody.errors import BundleError
from custody.finding import open_release
from custody.packs import digest, packs
from custody.sign_off import sign_off_content
from custody.typesetting import Document, Typesetter
from ledger import ClaimStep, Entry, Event, Ledger, LedgerError, Request, Standing, Window
from ledger.chain import digest as line_digest
from release.places import Places

MANIFEST: Final = "manifest.json"
VERSION: Final = 1
_PACKS: Final = "packs/"
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # the first moment that the format knows
_UNIX: Final = 3
_READABLE: Final = 0o100640
# A thousand packs are a tenth of this; what is bigger was not made here.
_LARGEST: Final = 4 * 2**30


def window_bundle(places: Places, ledger: Ledger, request: Request) -> Answer:
    """The bundle of a window, `window-NUMBER.zip`.

    Raises RequestError where the request names no window; the ledger's error where there is none of that number.
    """
    number = number_named(request, "window")
    window = ledger.claims.window(number)
    standings = ledger.claims.standings(window=number)
    sampled = [one for one in standings if one.drawn]
    files: dict[str, bytes] = {}
    for one, pack in packs(places, ledger, sampled):
        files |= {f"{_PACKS}claim-{one.number:06d}{end}": content for end, content in pack.items()}
    files |= _about_window(places, ledger, window, standings)
    bundle = zipped(files | {MANIFEST: _manifest(window, files)})
    ledger.record(
        Event.WINDOW_BUNDLE_MADE,
        actor=request.asked_by,
        role=request.role,
        subject=f"bundle of window {number}",
        detail={
            "request": request.id,
            "claims": [one.number for one in sampled],
            "sha256": digest(bundle),
        },
    )
    return Answer(
        {f"-window-{number:06d}.zip": bundle},
        f"the bundle of {window.code}: {claims_words(len(sampled))} with their packs",
    )


@dataclass(frozen=True)
class Checked:
    """What came of checking a bundle: the window, how many files and packs are whole, how many lines of the ledger hold
    together, how many drawings came out the same again; who made it, where the ledger knows; and the SHA-256 of it
    all, which only the ledger can say is the right one."""

    window: str
    files: int
    packs: int
    lines: int
    drawings: int
    made: str
    sha256: str


def check_bundle(file: Path, ledger: Ledger | None = None) -> Checked:
    """Hold every file of a bundle against its manifest, its ledger lines against each other, and its sample against the
    draw repeated; and the whole against `ledger`, where there is one.

    Raises BundleError with the first thing that is not as it was made.
    """
    files = _unzipped(file)
    try:
        manifest = json.loads(files[MANIFEST])
        listed = dict(manifest["files"])
        window = f"{manifest['window']['framework']}, {manifest['window']['code']}"
        lines = json.loads(files["ledger.json"])
        claims = json.loads(files["claims.json"])
        drawings = json.loads(files["drawings.json"])
    except (KeyError, TypeError, ValueError, RecursionError):
        raise BundleError(
            f"{file.name} is no bundle of a window, or it is damaged. Ask for it again."
        ) from None
    for name in sorted({*listed, *files} - {MANIFEST}):
        if name not in files:
            raise BundleError(f"{file.name}: {name} is missing. The bundle is not as it was made.")
        if name not in listed:
            raise BundleError(f"{file.name}: {_safe(name)} was added. The bundle is not as it was made.")
        if digest(files[name]) != listed[name]:
            raise BundleError(f"{file.name}: {name} was changed. The bundle is not as it was made.")
    return Checked(
        window,
        len(files),
        sum(name.startswith(_PACKS) and name.endswith(".pdf") for name in files),
        _whole_lines(file, lines, claims, drawings),
        _repeated(file, claims, drawings),
        _made(file, ledger),
        hashlib.sha256(file.read_bytes()).hexdigest(),
    )


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files in one archive, the same bytes for the same files."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as out:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.create_system, entry.external_attr = _UNIX, _READABLE << 16
            out.writestr(entry, files[name])
    return archive.getvalue()


def _about_window(
    places: Places, ledger: Ledger, window: Window, standings: Sequence[Standing]
) -> dict[str, bytes]:
    """The sample, what it was drawn from, the sign-off, and the ledger's lines about the window and its claims."""
    known = strata_of(places, standings)
    histories = {one.number: ledger.claims.history(one.number) for one in standings}
    acts = [one for one in ledger.claims.acts(window.number) if one.event != Event.WINDOW_BUNDLE_MADE]
    sample = ledger.claims.sample(window.number)
    with open_release(places, window.release) as release:
        sign_off = sign_off_content(release, window, sample, standings, known, acts)
    return {
        "sign-off.pdf": Typesetter().pdf(Document.SIGN_OFF, sign_off),
        "sample.csv": table(("claim", "step", "stratum", "weight", "why"), sample_rows(standings, known)),
        "sign-off.json": _json(
            {
                "window": asdict(window),
                "sample": asdict(sample),
                "signed": bool(window.signed_at),
                "signed_by": window.signed_by,
                "signed_at": window.signed_at,
                "submitted_by": window.submitted_by,
                "submitted_at": window.submitted_at,
            }
        ),
        "drawings.json": _json([asdict(one) for one in ledger.claims.drawings(window.number)]),
        "claims.json": _json(
            [
                {
                    "claim": one.number,
                    "kind": one.kind,
                    "release": one.release,
                    "evidence": one.evidence,
                    "claim_date": one.claim_date,
                    "worth": one.worth,
                    "step": one.step,
                    "verdict": one.verdict,
                    "stratum": known[one.number].name,
                    "weight": known[one.number].weight,
                    "history": [_step(step) for step in histories[one.number]],
                }
                for one in standings
            ]
        ),
        "ledger.json": _json([asdict(one) for one in acts]),
    }


def _step(step: ClaimStep) -> dict[str, Any]:
    return {name: value for name, value in asdict(step).items() if name != "claim"}


def _manifest(window: Window, files: Mapping[str, bytes]) -> bytes:
    return _json(
        {
            "bundle": VERSION,
            "window": {
                "number": window.number,
                "framework": window.framework,
                "framework_version": window.framework_version,
                "code": window.code,
                "release": window.release,
                "state": window.state,
            },
            "files": {name: digest(files[name]) for name in sorted(files)},
        }
    )


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, default=_plain) + "\n").encode()


def _plain(value: object) -> object:
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _unzipped(file: Path) -> dict[str, bytes]:
    """The files of an archive that was made here: each once, uncompressed, and none where it could lie elsewhere."""
    try:
        if file.stat().st_size > _LARGEST:
            raise BundleError(f"{file.name} is larger than any bundle. It was not made here.")
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            if len(set(names)) != len(names) or any(entry.compress_type for entry in entries):
                raise BundleError(f"{file.name} was not made here: its files are packed otherwise.")
            files = {entry.filename: archive.read(entry) for entry in entries}
        if zipped(files) != file.read_bytes():
            raise BundleError(f"{file.name} was not made here: there is more in it than its files.")
        return files
    except FileNotFoundError:
        raise BundleError(f"There is no file {file}.") from None
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError):
        raise BundleError(f"{file.name} cannot be read as a bundle: it is damaged, or no bundle.") from None


def _whole_lines(
    file: Path,
    lines: Sequence[Mapping[str, Any]],
    claims: Sequence[Mapping[str, Any]],
    drawings: Sequence[Mapping[str, Any]],
) -> int:
    """How many lines of the audit log the bundle holds, each of which says what its digest says; every step of its
    claims is on one of them, and every drawing."""
    for line in lines:
        try:
            entry = Entry(**line)
            detail = json.dumps(dict(entry.detail), sort_keys=True)
            whole = line_digest(
                entry.number,
                entry.at,
                entry.event,
                entry.actor,
                entry.role,
                entry.subject,
                detail,
                entry.previous,
            )
        except (TypeError, ValueError):
            raise BundleError(f"{file.name}: a line of the ledger in it cannot be read.") from None
        if entry.digest != whole:
            raise BundleError(f"{file.name}: line {entry.number} of the ledger in it was changed.")
    told = {(line["number"], line["digest"]) for line in lines}
    try:
        steps = {(step["line"], step["digest"]) for claim in claims for step in claim["history"]}
    except (KeyError, TypeError):
        raise BundleError(f"{file.name}: a claim in it cannot be read.") from None
    if not steps <= told:
        raise BundleError(f"{file.name}: a line of the ledger about a step of its claims is missing.")
    if len(drawings) != sum(line["event"] == Event.SAMPLE_DRAWN for line in lines):
        raise BundleError(f"{file.name}: the ledger's lines in it tell of another number of drawings.")
    return len(lines)


def _repeated(file: Path, claims: Sequence[Mapping[str, Any]], drawings: Sequence[Mapping[str, Any]]) -> int:
    """How many drawings there were; each comes out the same when it is drawn again from the claims of the bundle."""
    for number, same in enumerate(drawn_again(claims, drawings), start=1):
        if not same:
            raise BundleError(
                f"{file.name}: drawing {number} of the sample does not come out the same when it is drawn again."
            )
    return len(drawings)


def _made(file: Path, ledger: Ledger | None) -> str:
    """By whom and when the bundle was made, as the ledger knows; nothing where no ledger was given."""
    if ledger is None:
        return ""
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    try:
        ledger.verify()
    except LedgerError as error:
        raise BundleError(f"The ledger that {file.name} was held against is not whole: {error}") from None
    made = [
        one
        for one in ledger.entries()
        if one.event == Event.WINDOW_BUNDLE_MADE and one.detail.get("sha256") == sha256
    ]
    if not made:
        raise BundleError(
            f"The ledger knows no bundle like {file.name}: it was changed as a whole, or made elsewhere."
        )
    return f"made by {made[-1].actor} ({made[-1].role}) on {made[-1].at[:10]}, line {made[-1].number} of the ledger"


def _safe(name: str) -> str:
    """A name that came from outside, for a message."""
    kept = "".join(letter if letter.isalnum() or letter in "-_./" else "?" for letter in name)
    return kept[:80]
