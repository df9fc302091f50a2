"""Outcome Lens: sign-in, role, navigation. Started with `streamlit run app.py`."""

import gc
import logging
import os
import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit
from streamlit import config
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.pages_manager import PagesManager

from evidence import access
from evidence.access import Visit, Way, Who
from evidence.evidence import Evidence
from evidence.store import Store
from pages import data_quality, outcomes, overview, parts, payment, privacy, safety, window
from release.errors import UserError
from release.places import PROJECT, Places

_LOG = logging.getLogger("outcome_lens.app")

Screen = Callable[[], None]
Page = Callable[[Evidence, Who], None]
_PAGES: dict[str, tuple[str, Page]] = {
    "overview": ("Overview", overview.page),
    "outcomes": ("Outcomes", outcomes.page),
    "payment": ("Payment by results", payment.page),
    "window": ("Claims window", window.page),
    "data_quality": ("Data quality", data_quality.page),
    "privacy": ("Privacy", privacy.page),
    "safety": ("How safe is this release?", safety.page),
}


@streamlit.cache_resource(show_spinner=False)
def _store(data: str) -> Store:
    """One store for all sessions. What the imports left behind is never looked through for rubbish again."""
    gc.collect()
    gc.freeze()
    return Store(Places(Path(data)))


def _visit() -> Visit:
    provider = bool(streamlit.secrets.load_if_toml_exists()) and "auth" in streamlit.secrets
    signed_in = provider and streamlit.user.is_logged_in
    return Visit(
        server_address=config.get_option("server.address"),
        headers=dict(streamlit.context.headers),
        provider=provider,
        claims=streamlit.user.to_dict() if signed_in else None,
    )


def _admitted(store: Store, evidence: Evidence) -> Who | Screen:
    """Who the visitor is; or else a screen that says why they are nobody here, and shows nothing more."""
    rules = access.read_rules(store.places.setting("access.toml"))
    visit = _visit()
    way = access.way_in(visit, rules, synthetic=evidence.release().synthetic)
    if way is Way.DEMO:
        return _demo_visitor(rules)
    exposed = access.within_reach(store.places)
    if exposed:
        _LOG.error("refused to run: within reach of %s", ", ".join(exposed))
        return partial(_too_much_in_reach, exposed)
    if way is Way.SIGN_IN:
        return _sign_in
    if way is Way.CLOSED:
        return _not_set_up
    with streamlit.sidebar:
        streamlit.button("Sign out", on_click=streamlit.logout)
    claims = visit.claims or {}
    if way is Way.SIGNED_IN:
        return access.member(claims, rules)
    name = access.name_of(claims, rules)
    _once("turned away", name, partial(store.desk.turned_away, name))
    return _no_role


def _demo_visitor(rules: access.Rules) -> Who:
    labels = {persona.code: persona.label for persona in access.PERSONAS}
    with streamlit.sidebar:
        chosen = streamlit.selectbox(
            "Look at the demo as",
            list(labels),
            format_func=lambda code: labels.get(code, ""),
            key="role",
            persist_state="session",
        )
    return access.demo_visitor(chosen, rules)


def _once(what: str, who: str, write_down: Callable[[], None]) -> None:
    """Write something down in the audit log, once a session."""
    if streamlit.session_state.get(what) != who:
        write_down()
        streamlit.session_state[what] = who


def _say(title: str, words: str) -> None:
    streamlit.title(title)
    streamlit.write(words)


def _sign_in() -> None:
    _say("Outcome Lens", "Sign in with your council account.")
    streamlit.button("Sign in", on_click=streamlit.login, type="primary")


def _no_role() -> None:
    _say(
        "No role yet",
        "You are signed in, but no role here is yours, or no part of the council. Whoever looks after data/access.toml "
        "can give you both.",
    )


def _not_set_up() -> None:
    _say(
        "Sign-in is not set up",
        "Outcome Lens shows nothing until the council's sign-in is set up: put the section `[auth]` of your OpenID "
        "Connect provider into `.streamlit/secrets.toml`, say in `data/access.toml` which of its claims gives which "
        "role, and start the app again. Only made-up data, on the very machine that runs the app, is shown without.",
    )


def _too_much_in_reach(exposed: list[str]) -> None:
    _say(
        "Outcome Lens does not start like this",
        f"This process can read {' and '.join(exposed)}, which it must never see. Run the app as a user of its own "
        "who may read the releases and write the ledger, and nothing else.",
    )


def _nothing_yet() -> None:
    _say(
        "No release yet",
        "Nothing has been published. `make demo` makes a fictional council; "
        "`python -m pipelines run --extracts FOLDER` publishes your own.",
    )


def _failed(error: UserError) -> None:
    reference = secrets.token_hex(4)
    _LOG.error("%s (reference %s): %s", type(error).__name__, reference, error)
    streamlit.error(
        f"Outcome Lens cannot show this now. Please pass the reference {reference} on to whoever runs it: "
        "the log says what is wrong and how to mend it."
    )


def _alone(screen: Screen) -> StreamlitPage:
    """A screen without navigation."""
    return streamlit.navigation(
        [streamlit.Page(screen, title="Outcome Lens", url_path="start")], position="hidden"
    )


def _chosen() -> StreamlitPage:
    """The page that the visitor asked for, or the screen that they get instead."""
    store = _store(os.environ.get("OUTCOME_LENS_DATA") or str(PROJECT / "data"))
    evidence = store.current()
    if evidence is None:
        return _alone(_nothing_yet)
    who = _admitted(store, evidence)
    if not isinstance(who, Who):
        return _alone(who)
    _once("signed in", f"{who.name} as {who.role}", partial(store.desk.signed_in, who))
    evidence = evidence.seen_by(who)
    return streamlit.navigation(
        [
            streamlit.Page(
                partial(page, evidence, who), title=title, url_path=name, default=name == "overview"
            )
            for name, (title, page) in _PAGES.items()
            if who.may_see(name)
        ]
    )


def main() -> None:
    """Draw the screen once."""
    if PagesManager.uses_pages_directory:
        # The first turn of the process: what the visitor chooses in it would be lost at the next.
        parts.hand_over("start")
    streamlit.set_page_config(page_title="Outcome Lens", layout="wide")
    try:
        shown = _chosen()
    except UserError as error:
        shown = _alone(partial(_failed, error))
    try:
        shown.run()
    except UserError as error:
        _failed(error)


main()
