"""What somebody sees who is not let in, or not yet: why, and what to do about it. Nothing of the release is on it."""

from collections.abc import Callable

import streamlit
from streamlit import config
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.url_util import make_url_path

_SIGN_IN = "/sign-in"
_SIGN_OUT = "/sign-out"


def sign_in() -> None:
    """For a council with a provider."""
    _say("Outcome Lens", "Sign in with your council account.")
    streamlit.button("Sign in", on_click=streamlit.login, type="primary")


def sign_in_here(*, served: bool) -> None:
    """For a council with accounts of the app's own. `served`: whether the server has the form."""
    if served:
        _say("Outcome Lens", "Sign in with the account that your council gave you.")
        streamlit.button("Sign in", on_click=_lead_to, args=(_SIGN_IN,), type="primary")
    else:
        _say(
            "Nobody can sign in",
            "data/access.toml lets accounts of this app sign in, but the app was started without their form. Start it "
            "with `streamlit run asgi.py`.",
        )


def over(again: Callable[[], None], *, idle: bool) -> None:
    """For somebody whose session is over. `again`: what leads to the sign-in."""
    why = (
        "Nothing was done here for a while, so you were signed out."
        if idle
        else "It was too old, or somebody ended it: you yourself in another window, or whoever looks after sign-ins."
    )
    _say("Your session is over", why)
    streamlit.button("Sign in again", on_click=again, type="primary")


def no_role() -> None:
    """For somebody whom data/access.toml does not know."""
    _say(
        "No role yet",
        "You are signed in, but no role here is yours, or no part of the council. Whoever looks after data/access.toml "
        "can give you both.",
    )


def not_set_up() -> None:
    """Where nobody can sign in."""
    _say(
        "Sign-in is not set up",
        "Outcome Lens shows nothing until the council's sign-in is set up: put the section `[auth]` of your OpenID "
        "Connect provider into `.streamlit/secrets.toml`, say in `data/access.toml` which of its claims gives which "
        "role, and start the app again. A council without a provider can have accounts here: `local = true` in "
        "`data/access.toml`. Only made-up data, on the very machine that runs the app, is shown without.",
    )


def too_much_in_reach(exposed: list[str]) -> None:
    """Where the app could see what it must not."""
    _say(
        "Outcome Lens does not start like this",
        f"This process can read {' and '.join(exposed)}, which it must never see. Run the app as a user of its own "
        "who may read the releases and write the ledger, and nothing else.",
    )


def nothing_yet() -> None:
    """Before the first release."""
    _say(
        "No release yet",
        "Nothing has been published. `make demo` makes a fictional council; "
        "`python -m pipelines run --extracts FOLDER` publishes your own.",
    )


def failed(reference: str) -> None:
    """Where something is wrong that the log says more of."""
    streamlit.error(
        f"Outcome Lens cannot show this now. Please pass the reference {reference} on to whoever runs it: "
        "what is wrong stands in the log beside it."
    )


def sign_in_again(*, provider: bool) -> Callable[[], None]:
    """What leads somebody to the sign-in."""
    return streamlit.login if provider else lambda: _lead_to(_SIGN_IN)


def signed_out(*, provider: bool) -> None:
    """Lead the browser to where its cookie is dropped; the session was ended before."""
    if provider:
        streamlit.logout()
    else:
        _lead_to(_SIGN_OUT)


def _lead_to(path: str) -> None:
    """Lead the browser to an address beside the app, as Streamlit itself leads it to a provider."""
    context = get_script_run_ctx()
    if context is not None:
        message = ForwardMsg()
        message.auth_redirect.url = make_url_path(config.get_option("server.baseUrlPath"), path)
        context.enqueue(message)


def _say(title: str, words: str) -> None:
    streamlit.title(title, anchor=False)
    streamlit.write(words)
