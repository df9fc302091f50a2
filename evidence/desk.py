"""The app's way to the ledger: who signed in, what was asked of the worker, and what became of it."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from evidence.access import Role, Who
from evidence.errors import AccessError
from ledger import Ledger, Request, RequestKind, RequestState, open_ledger
from release.places import Places

_STATES = {
    RequestState.WAITING: "Waiting for the worker",
    RequestState.DONE: "Done",
    RequestState.REFUSED: "Refused",
}


@dataclass(frozen=True)
class Asked:
    """One request to the worker, in words for the screen. `subject`: what it is about, as the worker knows it."""

    number: int
    kind: RequestKind
    subject: str
    release: str
    by: str
    at: str
    waiting: bool
    done: bool
    state: str
    note: str


class Desk:
    """What the app may tell and ask the ledger, which is opened when it is first needed.

    Every method raises a UserError where the ledger is out of reach.
    """

    def __init__(self, places: Places, opening: Callable[[Places], Ledger] = open_ledger) -> None:
        self._places = places
        self._opening = opening
        self._ledger: Ledger | None = None
        self._lock = threading.Lock()

    @property
    def ledger(self) -> Ledger:
        """The ledger itself, for the modules of this side that read and do what there is to do with claims."""
        with self._lock:
            if self._ledger is None:
                self._ledger = self._opening(self._places)
            return self._ledger

    def signed_in(self, who: Who) -> None:
        """Write down that somebody signed in."""
        self.ledger.record("sign_in", actor=who.name, role=who.role.value, detail={"demo": who.demo})

    def turned_away(self, name: str) -> None:
        """Write down that somebody signed in whom no role is given."""
        self.ledger.record("sign_in_refused", actor=name, role="none")

    def ask_for_claimable(self, who: Who, release: str) -> int:
        """Ask the worker for the list of claimable episodes of a release; give the number of the request."""
        check_may_ask(who)
        return self.ask(who, RequestKind.CLAIMABLE_EPISODES, release)

    def ask(
        self,
        who: Who,
        kind: RequestKind,
        release: str,
        subject: str = "",
        detail: Mapping[str, object] | None = None,
    ) -> int:
        """Put a request for the worker and give its number; one that asks the same and waits already is not put twice.
        Whether somebody may ask for it is for the caller to say."""
        for one in self.ledger.requests(kind):
            same = (one.release, one.subject) == (release, subject)
            if same and one.state is RequestState.WAITING:
                return one.id
        return self.ledger.ask(
            kind, by=who.name, role=who.role.value, release=release, subject=subject, detail=detail
        )

    def requests(self, kind: RequestKind = RequestKind.CLAIMABLE_EPISODES) -> list[Asked]:
        """The requests of one kind, newest first."""
        return [_asked(one) for one in self.ledger.requests(kind)]

    def close(self) -> None:
        """Let go of the ledger."""
        with self._lock:
            if self._ledger is not None:
                self._ledger.close()
                self._ledger = None


def may_ask(who: Who) -> bool:
    """Whether somebody may ask for the list of claimable episodes."""
    return who.role is Role.RETURNS_OFFICER


def check_may_ask(who: Who) -> None:
    """Raises AccessError where somebody may not."""
    if not may_ask(who):
        raise AccessError("Only a returns officer may ask for the list of claimable episodes.")


def _asked(one: Request) -> Asked:
    return Asked(
        one.id,
        one.kind,
        one.subject,
        one.release,
        one.asked_by,
        moment(one.asked_at),
        one.state is RequestState.WAITING,
        one.state is RequestState.DONE,
        _STATES[one.state],
        one.note,
    )


def moment(at: str) -> str:
    """A moment of the ledger as it is shown: 2024-11-01 09:30 (Coordinated Universal Time)."""
    return at[:16].replace("T", " ")
