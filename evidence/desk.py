"""The app's way to the ledger: who signed in, what was asked of the worker, and what became of it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from evidence.access import Role, Who
from evidence.errors import AccessError
from ledger import Ledger, RequestKind, RequestState, open_ledger

_STATES = {
    RequestState.WAITING: "Waiting for the worker",
    RequestState.DONE: "Done",
    RequestState.REFUSED: "Refused",
}


@dataclass(frozen=True)
class Asked:
    """One request to the worker, in words for the screen."""

    number: int
    release: str
    by: str
    at: str
    waiting: bool
    state: str
    note: str


class Desk(Protocol):
    """What the app may tell and ask the ledger. Every method raises a UserError where the ledger is out of reach."""

    def signed_in(self, who: Who) -> None:
        """Write down that somebody signed in."""
        ...

    def turned_away(self, name: str) -> None:
        """Write down that somebody signed in whom no role is given."""
        ...

    def ask_for_claimable(self, who: Who, release: str) -> int:
        """Ask the worker for the list of claimable episodes of a release; give the number of the request."""
        ...

    def requests(self) -> list[Asked]:
        """The requests for that list, newest first."""
        ...


class LedgerDesk:
    """The desk over a real ledger, opened when it is first needed."""

    def __init__(self, file: Path, opening: Callable[[Path], Ledger] = open_ledger) -> None:
        self._file = file
        self._opening = opening
        self._ledger: Ledger | None = None
        self._lock = threading.Lock()

    def signed_in(self, who: Who) -> None:
        self._open().record("sign_in", actor=who.name, role=who.role.value, detail={"demo": who.demo})

    def turned_away(self, name: str) -> None:
        self._open().record("sign_in_refused", actor=name, role="none")

    def ask_for_claimable(self, who: Who, release: str) -> int:
        check_may_ask(who)
        waiting = [asked for asked in self.requests() if asked.waiting and asked.release == release]
        if waiting:
            return waiting[0].number
        return self._open().ask(
            RequestKind.CLAIMABLE_EPISODES, by=who.name, role=who.role.value, release=release
        )

    def requests(self) -> list[Asked]:
        return [
            Asked(
                one.id,
                one.release,
                one.asked_by,
                one.asked_at[:16].replace("T", " "),
                one.state is RequestState.WAITING,
                _STATES[one.state],
                one.note,
            )
            for one in self._open().requests(RequestKind.CLAIMABLE_EPISODES)
        ]

    def close(self) -> None:
        """Let go of the ledger."""
        with self._lock:
            if self._ledger is not None:
                self._ledger.close()
                self._ledger = None

    def _open(self) -> Ledger:
        with self._lock:
            if self._ledger is None:
                self._ledger = self._opening(self._file)
            return self._ledger


def may_ask(who: Who) -> bool:
    """Whether somebody may ask for the list of claimable episodes."""
    return who.role is Role.RETURNS_OFFICER


def check_may_ask(who: Who) -> None:
    """Raises AccessError where somebody may not."""
    if not may_ask(who):
        raise AccessError("Only a returns officer may ask for the list of claimable episodes.")
