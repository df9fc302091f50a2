"""The app's way to the ledger: who signed in, what was asked of the worker, and what became of it."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from evidence.access import SENSITIVE, Role, RuleBook, Rules, Who
from evidence.doors import Door
from evidence.errors import AccessError
from evidence.offers import Offers
from ledger import Event, Ledger, Request, RequestKind, RequestState, open_ledger
from release.errors import UserError
from release.places import Places

_STATES = {
    RequestState.WAITING: "Waiting for the worker",
    RequestState.DONE: "Done",
    RequestState.REFUSED: "Refused",
}


# What was written down once and is not again: so much of it is remembered.
_REMEMBERED: Final = 20_000


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

    Every method raises a UserError where the ledger is out of reach. `door`: how this process lets people in, once the
    app has said so.
    """

    door: Door | None = None

    def __init__(self, places: Places, opening: Callable[[Places], Ledger] = open_ledger) -> None:
        self.places = places
        self.offers = Offers()
        self._opening = opening
        self._ledger: Ledger | None = None
        # When the ledger could not be opened last, and why.
        self._failed: tuple[float, UserError] | None = None
        self._opens, self._lock = threading.Lock(), threading.Lock()
        self._rules = RuleBook()
        self._written: OrderedDict[tuple[str, ...], None] = OrderedDict()

    def rules(self) -> Rules:
        """data/access.toml as it is now. Raises SettingsError where it holds a mistake."""
        return self._rules.rules(self.places.setting("access.toml"))

    @property
    def ledger(self) -> Ledger:
        """The ledger itself, for the modules of this side that read and do what there is to do with claims."""
        asked = time.monotonic()
        with self._opens:
            if self._ledger is None:
                # Whoever waited while it could not be opened for another is told the same, and waits no longer.
                if self._failed is not None and self._failed[0] >= asked:
                    raise type(self._failed[1])(*self._failed[1].args)
                try:
                    self._ledger = self._opening(self.places)
                except UserError as error:
                    self._failed = (time.monotonic(), error)
                    raise
            return self._ledger

    def check(self) -> None:
        """Read the ledger once. Raises LedgerError where it is out of reach."""
        self.ledger.log.newest()

    def looked_at_the_demo(self, who: Who) -> None:
        """Write down, once a session and persona, that somebody looked at the demo."""
        self._once(Event.SIGN_IN, who, "", {}, known=("demo", who.session, who.name))

    def turned_away(self, name: str, session: str = "") -> None:
        """Write down that somebody signed in whom no role is given: once a session and day."""
        what = ("turned away", session or name, _today())
        if not self._is_written(what):
            self.ledger.record(Event.SIGN_IN_REFUSED, actor=name, role="none")
            self._remember(what)

    def opened(self, who: Who, page: str) -> None:
        """Write down that a page was opened that not everybody should see, or that it was refused: once a session, page
        and day."""
        if not who.may_see(page):
            self._once(Event.VIEW_REFUSED, who, page, {})
        elif page in SENSITIVE:
            self._once(Event.VIEWED, who, page, {})

    def downloaded(self, who: Who, page: str, name: str) -> None:
        """Write down what somebody takes away, each time, before they get it."""
        self._record(Event.DOWNLOAD, who, page, {"file": name, "scope": who.scope})

    def download_refused(self, who: Who, page: str, why: str) -> None:
        """Write down that somebody did not get a file: once a session, page and day."""
        self._once(Event.DOWNLOAD_REFUSED, who, page, {"why": why})

    def not_given(self, who: Who, page: str, name: str, why: str) -> None:
        """Write down that a file was not given, which was offered: once a session, page, file, reason and day."""
        known = (Event.DOWNLOAD_REFUSED, who.session or who.name, page, name, why, _today())
        self._once(Event.DOWNLOAD_REFUSED, who, page, {"file": name, "why": why}, known=known)

    def _once(
        self,
        event: Event,
        who: Who,
        subject: str,
        detail: Mapping[str, object],
        known: tuple[str, ...] | None = None,
    ) -> None:
        what = known or (event, who.session or who.name, who.role, subject, _today())
        if not self._is_written(what):
            self._record(event, who, subject, detail)
            self._remember(what)

    def _record(self, event: Event, who: Who, subject: str, detail: Mapping[str, object]) -> None:
        told = {**detail, "demo": True} if who.demo else detail
        self.ledger.record(event, actor=who.name, role=who.role.value, subject=subject, detail=told)

    def _is_written(self, what: tuple[str, ...]) -> bool:
        with self._lock:
            return what in self._written

    def _remember(self, what: tuple[str, ...]) -> None:
        """Only after it was written: what could not be written is tried again."""
        with self._lock:
            self._written[what] = None
            if len(self._written) > _REMEMBERED:
                self._written.popitem(last=False)

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
        with self._opens:
            if self._ledger is not None:
                self._ledger.close()
                self._ledger = None


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


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
