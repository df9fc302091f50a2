"""Outcome Lens: sign-in, role, navigation. Started with `streamlit run asgi.py`, or `streamlit run app.py` alone."""

import logging
import os
import secrets
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.pages_manager import PagesManager

from evidence import access, sessions
from evidence.access import Rules, Who
from evidence.evidence import Evidence
from evidence.sessions import Came, Out
from evidence.store import Store, shared
from pages import (
    about,
    audit,
    data_quality,
    journeys,
    outcomes,
    overview,
    parts,
    payment,
    places,
    privacy,
    research,
    returns,
    safety,
    screens,
    style,
    window,
)
from release.errors import UserError
from release.places import PROJECT
from web import signing, starting, watching

_LOG = logging.getLogger("outcome_lens.app")

Screen = Callable[[], None]
Page = Callable[[Evidence, Who], None]
_PAGES: dict[str, tuple[str, Page]] = {
    "overview": ("Overview", overview.page),
    "outcomes": ("Outcomes", outcomes.page),
    "journeys": ("Families' journeys", journeys.page),
    "places": ("Places", places.page),
    "payment": ("Payment by results", payment.page),
    "window": ("Claims window", window.page),
    "returns": ("Quarterly return", returns.page),
    "research": ("Research exports", research.page),
    "data_quality": ("Data quality", data_quality.page),
    "privacy": ("Privacy", privacy.page),
    "safety": ("How safe is this release?", safety.page),
    "audit": ("Audit", audit.page),
    "about": ("About", about.page),
}
# What the state of a browser's page keeps of whose it is.
_SESSION = "outcome_lens_session"


def _admitted(store: Store, evidence: Evidence) -> Who | Screen:
    """Who the visitor is; or else a screen that says why they are nobody here, and shows nothing more."""
    store.desk.door = door = signing.door()
    rules = store.desk.rules()
    headers, cookies = dict(streamlit.context.headers), dict(streamlit.context.cookies)
    synthetic = evidence.release().synthetic
    if sessions.is_demo(rules, door, headers, synthetic=synthetic):
        return _demo_visitor(store, rules, cookies)
    exposed = access.within_reach(store.places)
    if exposed:
        _LOG.error("refused to run: within reach of %s", ", ".join(exposed))
        return partial(screens.too_much_in_reach, exposed)
    # Streamlit has checked where the connection comes from: what it does not take for a sign-in is none.
    trusted = not door.provider or streamlit.user.to_dict().get("is_logged_in") is True
    came = sessions.came(store.desk, rules, door, headers, cookies if trusted else {}, synthetic=synthetic)
    if came.who is not None or came.out is Out.NO_ROLE:
        with streamlit.sidebar:
            out = partial(_sign_out, store, came.who, provider=door.provider)
            streamlit.button("Sign out", on_click=out, key="sign_out")
    if came.who is not None:
        _one_person(came.who)
        return came.who
    if came.out is Out.NO_ROLE:
        store.desk.turned_away(came.name)
    return _screen(came, provider=door.provider, served=store.desk.offers.served)


def _screen(came: Came, *, provider: bool, served: bool) -> Screen:
    again = screens.sign_in_again(provider=provider)
    every: dict[Out, Screen] = {
        Out.SIGN_IN: screens.sign_in,
        Out.SIGN_IN_HERE: partial(screens.sign_in_here, served=served),
        Out.NO_ROLE: screens.no_role,
        Out.OVER: partial(screens.over, again, idle=False),
        Out.IDLE: partial(screens.over, again, idle=True),
    }
    return every.get(came.out, screens.not_set_up) if came.out else screens.not_set_up


def _one_person(who: Who) -> None:
    """Nothing that one person chose is there for another, should the same page ever come to be theirs."""
    if streamlit.session_state.get(_SESSION, who.session) != who.session:
        streamlit.session_state.clear()
    streamlit.session_state[_SESSION] = who.session


def _sign_out(store: Store, who: Who | None, *, provider: bool) -> None:
    """The session ends before the cookie goes: what somebody copied of it is worth nothing."""
    try:
        if who is not None:
            sessions.sign_out(store.desk, who)
    except UserError as error:
        _LOG.error("a session could not be ended at its sign-out: %s", error)
    screens.signed_out(provider=provider)


def _demo_visitor(store: Store, rules: Rules, cookies: dict[str, str]) -> Who:
    labels = {persona.code: persona.label for persona in access.PERSONAS}
    with streamlit.sidebar:
        chosen = streamlit.selectbox(
            "Look at the demo as",
            list(labels),
            format_func=lambda code: labels.get(code, ""),
            key="role",
            persist_state="session",
        )
    key = sessions.demo_key(cookies) or streamlit.session_state.setdefault(_SESSION, secrets.token_urlsafe())
    who = access.demo_visitor(chosen, rules, key)
    _told(store, who, partial(store.desk.looked_at_the_demo, who))
    return who


def _told(store: Store, who: Who, write_down: Callable[[], None]) -> None:
    """Write something down in the audit log. Without it nobody gets further, but for a visitor of the demo."""
    try:
        write_down()
    except UserError as error:
        if not who.demo:
            raise
        _LOG.error("the demo goes on without its log: %s", error)


def _failed(error: Exception) -> None:
    """A sentence and a reference to the log. Of an error that nobody foresaw it says where, and not its words: they
    could hold what somebody sent, or what is not shown."""
    reference, kind = secrets.token_hex(4), type(error).__name__
    if isinstance(error, UserError):
        _LOG.error("%s (reference %s): %s", kind, reference, error)
    else:
        _LOG.error(
            "%s (reference %s) at:\n%s", kind, reference, "".join(traceback.format_tb(error.__traceback__))
        )
    screens.failed(reference)


def _alone(screen: Screen) -> StreamlitPage:
    """A screen without navigation."""
    return streamlit.navigation(
        [streamlit.Page(screen, title="Outcome Lens", url_path="start")], position="hidden"
    )


def _chosen() -> StreamlitPage:
    """The page that the visitor asked for, or the screen that they get instead."""
    store = shared(Path(os.environ.get("OUTCOME_LENS_DATA") or str(PROJECT / "data")))
    starting.settle()
    if not store.desk.offers.served:
        starting.report_without_server()
    evidence = store.current()
    if evidence is None:
        return _alone(screens.nothing_yet)
    who = _admitted(store, evidence)
    if not isinstance(who, Who):
        watching.drawing("")
        return _alone(who)
    watching.drawing(evidence.release().name, who.session)
    evidence = evidence.seen_by(who)
    first = next((name for name in _PAGES if who.may_see(name)), "overview")
    return streamlit.navigation(
        [
            streamlit.Page(
                partial(_shown, store, name, evidence, who),
                title=title,
                url_path=name,
                default=name == first,
                visibility="visible" if who.may_see(name) else "hidden",
            )
            for name, (title, _) in _PAGES.items()
        ],
        # Somebody with many pages sees all of them, not the first ten.
        expanded=True,
    )


def _shown(store: Store, name: str, evidence: Evidence, who: Who) -> None:
    """A page, once it is written down who opened it, or was refused it."""
    _told(store, who, partial(store.desk.opened, who, name))
    _, page = _PAGES[name]
    page(evidence, who)


def main() -> None:
    """Draw the screen once."""
    if PagesManager.uses_pages_directory:
        # The first turn of the process: what the visitor chooses in it would be lost at the next.
        parts.hand_over("start")
    streamlit.set_page_config(page_title="Outcome Lens", layout="wide")
    style.apply()
    watching.drawing()
    try:
        shown = _chosen()
    except Exception as error:
        shown = _alone(partial(_failed, error))
    try:
        shown.run()
    except Exception as error:
        _failed(error)


main()
