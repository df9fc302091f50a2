"""Signing in and out over plain HTTP: the form of local accounts, and what ends a session before its cookie goes.

The form is a page of its own, without a script: a password never comes near the app's own pages. Who fills it in is
told the same, and waits as long, whether the name, the password or the number of attempts was wrong.
"""

import base64
import hashlib
import html
import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config
from streamlit.web.server.server_util import get_cookie_secret

from evidence import access, sessions
from evidence.doors import Door
from evidence.store import Store
from ledger import LOCAL, PROVIDER, SessionStanding, SignedIn, SignIn
from release.errors import UserError
from web.headers import below

_LOG = logging.getLogger(__name__)

SIGN_IN: Final = "/sign-in"
SIGN_OUT: Final = "/sign-out"
FORM_COOKIE: Final = "outcome_lens_form"
DEVICE_COOKIE: Final = "outcome_lens_device"
_PROVIDERS_SIGN_OUT: Final = "/auth/logout"
_FORM_LASTS: Final = 60 * 60
_DEVICE_LASTS: Final = 90 * 24 * 60 * 60
# The longest form that is read, in bytes: a name and a password of any alphabet.
_LONGEST: Final = 16_384

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1F2933; --paper: #FFFFFF; --quiet: #F3F5F7; --line: #6B7580; --deed: #12436D;
  --on-deed: #FFFFFF; --wrong: #801650 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #E6E9EC; --paper: #11161C; --quiet: #1B222B; --line: #8A949E; --deed: #7FB2E5; --on-deed: #11161C;
    --wrong: #E58AB9 }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 26rem; margin: 0 auto; padding: 3rem 1rem }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 0.5rem }
form { margin-top: 1.5rem; padding: 1.5rem; background: var(--quiet); border-radius: 0.5rem }
label { display: block; font-weight: 600; margin-bottom: 0.25rem }
input { width: 100%; min-height: 2.75rem; margin-bottom: 1rem; padding: 0.5rem; font: inherit; color: var(--ink);
  background: var(--paper); border: 1px solid var(--line); border-radius: 0.25rem }
button { width: 100%; min-height: 2.75rem; font: inherit; font-weight: 600; color: var(--on-deed);
  background: var(--deed); border: 0; border-radius: 0.25rem; cursor: pointer }
input:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid var(--deed); outline-offset: 2px }
.wrong { margin: 1rem 0 0; padding-left: 0.75rem; border-left: 4px solid var(--wrong) }
a { color: var(--deed) }
"""
_STYLE_DIGEST: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{_STYLE_DIGEST}'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_WRONG: Final = (
    "That did not work. The name or the password is wrong, or there were too many attempts: then wait a quarter of an "
    "hour, or use the browser that you used before."
)
_Answer = Callable[[Store, Request, Mapping[str, str]], Response]
_STALE: Final = "This form was open for too long, or your browser takes no cookies. Please fill it in again."


def routes(store: Store) -> list[Route]:
    """The routes of local accounts, below the folder that the app is served under. They answer 404 unless the rules let
    local accounts in and no provider is set."""

    async def sign_in(request: Request) -> Response:
        if not await _is_open(store):
            return _not_here()
        if request.method == "POST":
            form = await _form(request)
            return await _in_words(_signed_in, store, request, form)
        return _asking(request)

    async def sign_out(request: Request) -> Response:
        if not await _is_open(store):
            return _not_here()
        return await _in_words(_signed_out, store, request, {})

    return [
        Route(_below_base(SIGN_IN), sign_in, methods=["GET", "POST"]),
        Route(_below_base(SIGN_OUT), sign_out, methods=["GET", "POST"]),
    ]


class Ending:
    """Ends the session in the ledger when a browser follows Streamlit's own sign-out, before that drops the cookie."""

    def __init__(self, app: ASGIApp, *, store: Store) -> None:
        self.app = app
        self._store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _path(scope) == _PROVIDERS_SIGN_OUT:
            await run_in_threadpool(_end_of_provider, self._store, dict(Request(scope).cookies))
        await self.app(scope, receive, send)


def door() -> Door:
    """How this process lets people in, as Streamlit's settings say."""
    provider = bool(streamlit.secrets.load_if_toml_exists()) and "auth" in streamlit.secrets
    secret = get_cookie_secret() if provider else ""
    return Door(provider, config.get_option("server.address"), secret)


async def _is_open(store: Store) -> bool:
    try:
        return not door().provider and (await run_in_threadpool(store.desk.rules)).local
    except UserError as error:
        _LOG.error("no local sign-in: %s", error)
        return False


async def _in_words(answer: _Answer, store: Store, request: Request, form: Mapping[str, str]) -> Response:
    """An answer; where the ledger is down, a sentence with a reference."""
    try:
        return await run_in_threadpool(answer, store, request, form)
    except UserError as error:
        reference = secrets.token_hex(4)
        _LOG.error("no sign-in, %s (reference %s): %s", type(error).__name__, reference, error)
        words = (
            f"Nobody can sign in now. Please pass the reference {reference} on to whoever runs Outcome Lens: the log "
            "says what is wrong."
        )
        return _page("Sign in", "Sign in", f'<p class="wrong" role="alert">{words}</p>', status=503)


def _asking(request: Request, wrong: str = "", name: str = "", status: int = 200) -> Response:
    """The form, with a token that the cookie beside it must match."""
    token = request.cookies.get(_named(request, FORM_COOKIE), "")
    if not (20 <= len(token) <= 64 and token.isascii()):
        token = secrets.token_urlsafe(32)
    told = f'<p class="wrong" role="alert" id="wrong">{html.escape(wrong)}</p>' if wrong else ""
    described = ' aria-describedby="wrong"' if wrong else ""
    body = f"""<p>Sign in with the account that your council gave you.</p>{told}
<form method="post" action="{_at(SIGN_IN)}" autocomplete="on">
<input type="hidden" name="token" value="{html.escape(token)}">
<label for="name">Name</label>
<input id="name" name="name" value="{html.escape(name[:100])}" autocomplete="username" autocapitalize="none"
 spellcheck="false" required maxlength="100"{described}{"" if name else " autofocus"}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
 maxlength="256"{described}{" autofocus" if name else ""}>
<button type="submit">Sign in</button>
</form>"""
    response = _page("Sign in", "Outcome Lens", body, status=status)
    _set(response, request, FORM_COOKIE, token, _FORM_LASTS)
    return response


def _signed_in(store: Store, request: Request, form: Mapping[str, str]) -> Response:
    """What comes of a form that was filled in."""
    name, password = form.get("name", ""), form.get("password", "")
    if not _is_ours(request, form.get("token", "")):
        return _asking(request, _STALE, name, 403)
    accounts = store.desk.ledger.accounts
    found = accounts.sign_in(name, password, request.cookies.get(_named(request, DEVICE_COOKIE), "")[:100])
    if found is None:
        return _asking(request, _WRONG, name, 403)
    return _begun(store, request, found)


def _begun(store: Store, request: Request, found: SignedIn) -> Response:
    """A new session under a new token, whatever the browser brought along; the one that it had is over."""
    ledger, account = store.desk.ledger, found.account
    before = sessions.local_key(request.headers, request.cookies)
    if before:
        store.desk.offers.end(before)
        ledger.sessions.end(before, by=account.name, role=account.role)
    token = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    key = sessions.key_of_token(token)
    if not ledger.sessions.begin(
        SignIn(key, account.name, account.role, account.scope, LOCAL, now), found.act
    ):
        return _asking(request, _WRONG, account.name, 403)
    response = RedirectResponse(_at("/"), 303, {"cache-control": "no-store"})
    _set(response, request, sessions.LOCAL_COOKIE, token)
    _set(response, request, DEVICE_COOKIE, found.device, _DEVICE_LASTS)
    _drop(response, request, FORM_COOKIE)
    return response


def _signed_out(store: Store, request: Request, _form: Mapping[str, str]) -> Response:
    """The session is over first, the cookie goes second. A link from elsewhere brings no cookie, and ends nothing."""
    key = sessions.local_key(request.headers, request.cookies)
    if key:
        found, _ = store.desk.ledger.sessions.again(key, store.desk.rules().lasts, datetime.now(UTC))
        if found is not None:
            store.desk.ledger.sessions.end(key, by=found.name, role=found.role)
        store.desk.offers.end(key)
    body = f'<p>You are signed out.</p><p><a href="{_at(SIGN_IN)}">Sign in again</a></p>'
    response = _page("Signed out", "Outcome Lens", body)
    _drop(response, request, sessions.LOCAL_COOKIE)
    return response


def _end_of_provider(store: Store, cookies: Mapping[str, str]) -> None:
    """Where the ledger is down nobody gets in by the cookie anyway; that it could not be ended is in the log."""
    try:
        proof = sessions.proved(cookies, door().secret)
        if proof is None:
            return
        store.desk.offers.end(proof.key)
        rules = store.desk.rules()
        name, known = access.name_of(proof.claims, rules), store.desk.ledger.sessions
        if known.end(proof.key, by=name, role=""):
            return
        # Whoever had no role yet, or left before the first turn, has no session that could end: else what was copied of
        # their cookie would begin one later.
        unseen = SignIn(proof.key, name, "none", "", PROVIDER, proof.since)
        if known.turn(unseen, rules.lasts, datetime.now(UTC)) is SessionStanding.OPEN:
            known.end(proof.key, by=name, role="")
    except UserError as error:
        _LOG.error("a session could not be ended at its sign-out: %s", error)


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form; none where it is too long or no form."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST:
            return {}
    try:
        return dict(parse_qsl(body.decode("utf-8"), max_num_fields=10, keep_blank_values=True))
    except ValueError:
        return {}


def _is_ours(request: Request, token: str) -> bool:
    """Whether the form came from our own page: its token is the cookie's, which no other host can set or read, and the
    browser does not say otherwise."""
    cookie = request.cookies.get(_named(request, FORM_COOKIE), "")
    same = len(cookie) >= 20 and secrets.compare_digest(cookie.encode(), token.encode("utf-8", "replace"))
    return same and request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}


def _named(request: Request, cookie: str) -> str:
    prefixed = sessions.local_cookie(request.headers)
    return prefixed.replace(sessions.LOCAL_COOKIE, cookie)


def _set(response: Response, request: Request, cookie: str, value: str, lasts: int | None = None) -> None:
    response.set_cookie(
        _named(request, cookie),
        value,
        max_age=lasts,
        path="/",
        secure=not access.is_loopback_host(request.headers),
        httponly=True,
        samesite="strict",
    )


def _drop(response: Response, request: Request, cookie: str) -> None:
    response.delete_cookie(
        _named(request, cookie),
        path="/",
        secure=not access.is_loopback_host(request.headers),
        httponly=True,
        samesite="strict",
    )


def _page(title: str, heading: str, body: str, status: int = 200) -> HTMLResponse:
    """A page of its own. `title`: what the browser's tab says of it, before the app's name."""
    return HTMLResponse(
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{title}: Outcome Lens</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main><h1>{heading}</h1>{body}</main></body></html>",
        status,
        {"cache-control": "no-store", "content-security-policy": _POLICY},
    )


def _not_here() -> Response:
    return PlainTextResponse("There is nothing here.", 404, {"cache-control": "no-store"})


def _at(path: str) -> str:
    return html.escape(_below_base(path))


def _below_base(path: str) -> str:
    """An address of the app below the folder that it is served under (`server.baseUrlPath`)."""
    base = (config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}{path}" if base else path


def _path(scope: Scope) -> str:
    return below(config.get_option("server.baseUrlPath") or "", scope["path"])
