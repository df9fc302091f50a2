"""Files that pages offer: made when somebody fetches them, and given to the session alone that was offered them."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from evidence.access import Who

PATH: Final = "/download"
# How long an offer stands that no page has made anew, in seconds, and how many stand: each session's, and all.
LASTS: Final = 2 * 60 * 60
MOST_A_SESSION: Final = 80
MOST: Final = 20_000
TOKEN: Final = 32


@dataclass(frozen=True)
class Offer:
    """A file that somebody may fetch: what it is called, how it is made, and the page that offered it."""

    who: Who
    page: str
    key: str
    name: str
    content: Callable[[], bytes] = field(repr=False)
    media_type: str
    made: float


class Offers:
    """What was offered to whom. Safe across threads; holds no file, only how each is made."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        # Whether a server gives out what is offered, and the folder that the whole app is served under.
        self.served = False
        self.base = ""
        self._clock = clock
        self._lock = threading.Lock()
        # Token to offer, the one that was offered longest ago first.
        self._offers: OrderedDict[str, Offer] = OrderedDict()
        self._tokens: dict[str, OrderedDict[tuple[str, str], str]] = {}

    def offer(
        self,
        who: Who,
        page: str,
        key: str,
        name: str,
        content: Callable[[], bytes],
        media_type: str = "text/csv; charset=utf-8",
    ) -> str | None:
        """Offer a file and give its address on this server; None where nothing serves it.

        What the same page offers the same session under the same key anew keeps its address: a page that is drawn
        again is not changed by it. `content` is called when the file is fetched, in a thread of the server.
        """
        if not self.served or not who.session:
            return None
        now = self._clock()
        offer = Offer(who, page, key, name, content, media_type, now)
        with self._lock:
            self._forget_old(now)
            own = self._tokens.setdefault(who.session, OrderedDict())
            token = own.pop((page, key), None) or secrets.token_urlsafe(TOKEN)
            own[page, key] = token
            self._offers[token] = offer
            self._offers.move_to_end(token)
            if len(own) > MOST_A_SESSION:
                self._forget(next(iter(own.values())))
            if len(self._offers) > MOST:
                self._forget(next(iter(self._offers)))
        return f"{self.base}{PATH}/{token}"

    def taken(self, token: str) -> Offer | None:
        """The offer at an address, or None: it was never made, or is over. Who may have it is for the caller to say."""
        with self._lock:
            self._forget_old(self._clock())
            return self._offers.get(token)

    def end(self, session: str) -> None:
        """Take back everything that a session was offered."""
        with self._lock:
            for token in self._tokens.pop(session, OrderedDict()).values():
                self._offers.pop(token, None)

    def __len__(self) -> int:
        return len(self._offers)

    def _forget_old(self, now: float) -> None:
        while self._offers:
            token, offer = next(iter(self._offers.items()))
            if now - offer.made <= LASTS:
                return
            self._forget(token)

    def _forget(self, token: str) -> None:
        offer = self._offers.pop(token)
        own = self._tokens.get(offer.who.session)
        if own is not None:
            own.pop((offer.page, offer.key), None)
            if not own:
                del self._tokens[offer.who.session]
