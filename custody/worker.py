"""The worker: takes requests from the ledger, one at a time, and lays the answers in the outbox."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl

from custody.claimable import claimable_episodes
from ledger import Ledger, LedgerError, Request, RequestKind, RequestState
from release.errors import UserError
from release.places import Places

ACTOR = "custody"
# Who may ask for what. The app hides what a role may not ask; this is where it is refused.
MAY_ASK: Mapping[RequestKind, frozenset[str]] = {
    RequestKind.CLAIMABLE_EPISODES: frozenset({"returns_officer"}),
}
_ANSWERS: Mapping[RequestKind, Callable[[Places, str], pl.DataFrame]] = {
    RequestKind.CLAIMABLE_EPISODES: claimable_episodes,
}


def work_once(places: Places, ledger: Ledger) -> list[Path]:
    """Answer every waiting request, oldest first, and give the files made. One that cannot be answered is refused with
    the reason; the others go on."""
    waiting = [request for request in ledger.requests() if request.state is RequestState.WAITING]
    return [file for request in reversed(waiting) if (file := _answer(places, ledger, request)) is not None]


def work(places: Places, ledger: Ledger, *, every: float, stop: Callable[[], bool] = lambda: False) -> None:
    """Answer requests as they come, looking every `every` seconds, until `stop` says so."""
    while not stop():
        work_once(places, ledger)
        time.sleep(every)


def answer_file(places: Places, request: int, kind: RequestKind) -> Path:
    """Where the answer to a request lies: named by its number, never by what is in it."""
    return places.outbox / f"{request:06d}-{kind.value}.csv"


def _answer(places: Places, ledger: Ledger, request: Request) -> Path | None:
    if request.role not in MAY_ASK[request.kind]:
        ledger.end(request.id, RequestState.REFUSED, actor=ACTOR, note=f"not for the role {request.role}")
        return None
    try:
        rows = _ANSWERS[request.kind](places, request.release)
    except UserError as error:
        ledger.end(request.id, RequestState.REFUSED, actor=ACTOR, note=type(error).__name__)
        return None
    file = answer_file(places, request.id, request.kind)
    _lay_out(rows, file)
    try:
        ledger.end(request.id, RequestState.DONE, actor=ACTOR, note=f"{file.name} in the outbox")
    except LedgerError:
        return None  # another worker was first; its file is the same
    return file


def _lay_out(rows: pl.DataFrame, file: Path) -> None:
    """Write a file so that nobody sees half of it."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    aside = file.with_suffix(".part")
    aside.touch(mode=0o640)
    rows.write_csv(aside)
    aside.replace(file)
