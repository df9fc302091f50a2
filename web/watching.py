"""Tells open pages of what changed behind them: a new release, or the end of the session that they are part of.

A page is drawn when somebody does something with it. Whoever only looks would look at yesterday's figures for good, and
go on looking after they were signed out elsewhere. So somebody watches, and asks such pages to draw themselves again.
"""

import asyncio
import contextlib
import gc
import logging
import threading
from collections.abc import AsyncIterator, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from streamlit.runtime import Runtime
from streamlit.runtime.app_session import AppSessionState
from streamlit.runtime.scriptrunner import get_script_run_ctx

from evidence import sessions
from evidence.store import Store
from release.errors import UserError

_LOG = logging.getLogger(__name__)

# How often somebody looks, in seconds, and how many pages are asked to draw themselves each time, so that they do not
# all do so at once. A release is to be seen within five seconds.
EVERY: Final = 0.5
AT_ONCE: Final = 16
# Which sessions are over is asked of the ledger, which is more than a glance at a file: every so many looks.
LOOKS_A_SESSION: Final = 4


@dataclass(frozen=True)
class Drawn:
    """What an open page shows: which release, and as part of which session ("": none)."""

    release: str
    session: str


class Views:
    """What each open page shows, by Streamlit's name for it. Safe across threads."""

    def __init__(self) -> None:
        self.watched = False
        self._drawn: dict[str, Drawn] = {}
        # What a page was asked to draw itself again for, last (a release, and whether its session was over): nothing is
        # asked twice, so that a page which cannot be drawn is not asked for ever.
        self._asked: dict[str, tuple[str | None, str, bool]] = {}
        self._lock = threading.Lock()

    def drawn(self, page: str, shows: Drawn) -> None:
        """A page is about to be drawn. Nothing is kept where nobody watches."""
        if self.watched:
            with self._lock:
                self._drawn[page] = shows

    def sessions(self) -> set[str]:
        """The sessions that open pages are part of."""
        with self._lock:
            return {shows.session for shows in self._drawn.values()} - {""}

    def outdated(self, pages: Iterable[str], release: str | None, over: Collection[str]) -> list[str]:
        """Those of the open pages that show another release than this, or are part of a session that is over, and were
        not asked yet. All that is known of pages no longer open is forgotten."""
        still = list(pages)
        with self._lock:
            self._drawn = {page: self._drawn[page] for page in still if page in self._drawn}
            self._asked = {page: self._asked[page] for page in still if page in self._asked}
            return [
                page
                for page, shows in self._drawn.items()
                if (release is not None and shows.release not in {"", release}) or _is_over(shows, over)
                if self._asked.get(page) != (release, shows.session, _is_over(shows, over))
            ]

    def asked(self, page: str, release: str | None, over: Collection[str] = ()) -> None:
        """A page was asked to draw itself again, for what `outdated` was told."""
        with self._lock:
            if page in self._drawn:
                shows = self._drawn[page]
                self._asked[page] = (release, shows.session, _is_over(shows, over))


def _is_over(shows: Drawn, over: Collection[str]) -> bool:
    return shows.session != "" and shows.session in over


_VIEWS: Final = Views()
NOTHING: Final = "nothing"


def drawing(release: str = NOTHING, session: str = "") -> None:
    """Said by the app before it draws a page: which release it is of, and for which session. NOTHING: there is none to
    be shown, and as soon as there is the page is drawn again; "": none will ever be before somebody does something."""
    context = get_script_run_ctx()
    if context is not None:
        _VIEWS.drawn(context.session_id, Drawn(release, session))


@contextlib.asynccontextmanager
async def watching(store: Store) -> AsyncIterator[None]:
    """Watch as long as the server runs."""
    _VIEWS.watched = True
    task = asyncio.create_task(_watch(store, _VIEWS), name="watching")
    try:
        yield
    finally:
        _VIEWS.watched = False
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _watch(store: Store, views: Views) -> None:
    """Look again and again. Whatever goes wrong is written down once, and looking goes on."""
    release: str | None = None
    over: set[str] = set()
    told = ""
    looks = 0
    while True:
        try:
            looks += 1
            now = await asyncio.to_thread(_release, store)
            whole = looks % LOOKS_A_SESSION == 0
            if whole:
                over = await asyncio.to_thread(sessions.over, store.desk, views.sessions())
            pages = open_pages()
            waiting = views.outdated(pages, now, over)
            for page in waiting[:AT_ONCE]:
                if draw_again(pages[page]):
                    views.asked(page, now, over)
            if release not in {None, now} and not waiting:
                # Nobody shows the release before any more: its file is closed when the last trace of it is gone.
                await asyncio.to_thread(gc.collect)
            if not waiting:
                release = now
            told = "" if whole else told
        except Exception as error:
            # Another version of Streamlit, a ledger that is down: the app goes on without being watched.
            if told != type(error).__name__:
                told = type(error).__name__
                _LOG.warning("open pages are not told of changes now (%s)", told)
        await asyncio.sleep(EVERY)


def _release(store: Store) -> str | None:
    """The name of the current release, opened so that the first page need not wait; None where it cannot be."""
    try:
        evidence = store.current()
    except UserError:
        return None
    return None if evidence is None else evidence.release().name


def open_pages() -> dict[str, Any]:
    """The pages that stand open now, by Streamlit's name for each."""
    manager: Any = Runtime.instance()._session_mgr
    return {info.session.id: info.session for info in manager.list_active_sessions()}


def draw_again(page: Any) -> bool:
    """Ask a page to draw itself again as it stands: its own address and what was chosen on it. False for one that is
    being drawn: its reader has just chosen something, which must not be lost, and it is asked the next time."""
    if page._state is not AppSessionState.APP_NOT_RUNNING:
        return False
    page.request_rerun(page._client_state)
    return True
