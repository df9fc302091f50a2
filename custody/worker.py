"""The worker: takes requests from the ledger, one at a time, and lays the answers in the outbox."""

import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import filelock

from custody.answers import Answer
from custody.bundles import window_bundle
from custody.claimable import claimable_episodes
from custody.entering import enlarge_sample, open_window
from custody.errors import CustodyError, RoleError
from custody.exports import hand_out_export, look_after_exports, prepare_export
from custody.laying_out import lay_out
from custody.packs import evidence_pack
from custody.returns.requests import check_return, draw_up_return, lay_out_return
from ledger import (
    ClaimError,
    ExportError,
    Ledger,
    QuotaError,
    Request,
    RequestKind,
    RequestState,
    ReturnError,
    TwoPeopleError,
    WindowError,
)
from release.errors import KeyFileError, ReleaseError, SettingsError, UserError
from release.places import Places

ACTOR = "custody"
# Who may ask for what. The app hides what a role may not ask; this is where it is refused.
MAY_ASK: Mapping[RequestKind, frozenset[str]] = {
    RequestKind.CLAIMABLE_EPISODES: frozenset({"returns_officer"}),
    RequestKind.OPEN_WINDOW: frozenset({"returns_officer"}),
    RequestKind.ENLARGE_SAMPLE: frozenset({"returns_officer", "auditor"}),
    RequestKind.EVIDENCE_PACK: frozenset({"auditor"}),
    RequestKind.WINDOW_BUNDLE: frozenset({"auditor"}),
    RequestKind.DRAW_UP_RETURN: frozenset({"returns_officer"}),
    RequestKind.CHECK_RETURN: frozenset({"returns_officer", "manager"}),
    RequestKind.RETURN_FILES: frozenset({"returns_officer", "manager", "auditor"}),
    RequestKind.PREPARE_EXPORT: frozenset({"researcher"}),
    RequestKind.HAND_OUT_EXPORT: frozenset({"researcher", "output_checker", "data_protection_officer"}),
}
_ANSWERS: Mapping[RequestKind, Callable[[Places, Ledger, Request], Answer]] = {
    RequestKind.CLAIMABLE_EPISODES: claimable_episodes,
    RequestKind.OPEN_WINDOW: open_window,
    RequestKind.ENLARGE_SAMPLE: enlarge_sample,
    RequestKind.EVIDENCE_PACK: evidence_pack,
    RequestKind.WINDOW_BUNDLE: window_bundle,
    RequestKind.DRAW_UP_RETURN: draw_up_return,
    RequestKind.CHECK_RETURN: check_return,
    RequestKind.RETURN_FILES: lay_out_return,
    RequestKind.PREPARE_EXPORT: prepare_export,
    RequestKind.HAND_OUT_EXPORT: hand_out_export,
}
# The files of these are named by what they are of, not by the request.
_NAMED: Final = frozenset({RequestKind.DRAW_UP_RETURN, RequestKind.RETURN_FILES})
# Of these the answer's files are named by their own number too.
_NUMBERED: Final = frozenset({RequestKind.EVIDENCE_PACK, RequestKind.WINDOW_BUNDLE})
_LONGEST_NOTE: Final = 480
_READABLE: Final = 0o640
# These say nothing of the machine, and with the figure: a quota that is used up, a window that is signed.
_TOLD: Final = (
    CustodyError | ClaimError | ExportError | QuotaError | ReturnError | TwoPeopleError | WindowError
)
# Errors of other rooms name folders and files of this machine: in their place stands what a reader needs.
_IN_SHORT: Final[Mapping[type[UserError], str]] = {
    ReleaseError: "a release that it rests on is missing or damaged",
    KeyFileError: "the worker cannot read its key",
    SettingsError: "a settings file holds a mistake",
}


@dataclass(frozen=True)
class Done:
    """How a request ended: the files that lie in the outbox, or why it was refused."""

    files: tuple[Path, ...]
    refusal: UserError | None


def work_once(places: Places, ledger: Ledger) -> list[Done]:
    """Answer every waiting request, oldest first, and say how each ended. One that cannot be answered is refused with
    the reason; the others go on. What was approved is handed out, and what has ended is taken away."""
    waiting = [request.id for request in ledger.requests() if request.state is RequestState.WAITING]
    done = [answer(places, ledger, number) for number in reversed(waiting)]
    with _turn(places):
        look_after_exports(places, ledger)
    return done


def work(places: Places, ledger: Ledger, *, every: float, stop: Callable[[], bool] = lambda: False) -> None:
    """Answer requests as they come, looking every `every` seconds, until `stop` says so."""
    while not stop():
        work_once(places, ledger)
        time.sleep(every)


def answer(places: Places, ledger: Ledger, number: int) -> Done:
    """Answer one request, unless another worker was first: workers of one data folder take turns."""
    with _turn(places):
        request = next(one for one in ledger.requests() if one.id == number)
        if request.state is not RequestState.WAITING:
            return Done((), None)
        return _answer(places, ledger, request)


def _turn(places: Places) -> filelock.BaseFileLock:
    """Held while a worker works: those of one data folder take turns."""
    return filelock.FileLock(places.protected_key.with_name("worker.lock"))


def answer_file(places: Places, request: Request, end: str) -> Path:
    """Where a file of the answer to a request lies: named by its number, never by what is in it; those of a return by
    the return's own."""
    if request.kind in _NAMED:
        return places.outbox / end
    kind = "" if request.kind in _NUMBERED else f"-{request.kind.value}"
    return places.outbox / f"{request.id:06d}{kind}{end}"


def _answer(places: Places, ledger: Ledger, request: Request) -> Done:
    try:
        if request.role not in MAY_ASK[request.kind]:
            roles = " and ".join(sorted(MAY_ASK[request.kind])).replace("_", " ")
            raise RoleError(f"Not for the role {request.role}: {request.kind.value} is for {roles}")
        given = _ANSWERS[request.kind](places, ledger, request)
    except UserError as error:
        ledger.end(request.id, RequestState.REFUSED, actor=ACTOR, note=_reason(error))
        return Done((), error)
    except Exception as error:  # one request that meets a fault must not keep all others waiting for ever
        fault = CustodyError(_fault(error))
        ledger.end(request.id, RequestState.REFUSED, actor=ACTOR, note=_reason(fault))
        return Done((), fault)
    files = {answer_file(places, request, end): content for end, content in given.files.items()}
    for file, content in files.items():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        lay_out(file, content, mode=_READABLE)
    named = ", ".join(file.name for file in files)
    note = f"{given.note}; {named} in the outbox" if named else given.note
    ledger.end(request.id, RequestState.DONE, actor=ACTOR, note=_short(note))
    return Done(tuple(files), None)


def _reason(error: UserError) -> str:
    """Why a request was refused, for the ledger."""
    if isinstance(error, _TOLD):
        return _short(str(error))
    said = next((said for kind, said in _IN_SHORT.items() if isinstance(error, kind)), "")
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _fault(error: Exception) -> str:
    """A fault of ours, by its kind and the line of code it came from: its own words may hold values."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"A fault in Outcome Lens itself ({type(error).__name__}, {Path(frame.filename).name} line {frame.lineno}): "
        "nothing was made. Pass these words on to whoever runs it"
    )


def _short(note: str) -> str:
    words = " ".join(note.split())
    return words if len(words) <= _LONGEST_NOTE else words[: _LONGEST_NOTE - 1] + "…"
