"""What a browser is told to refuse, and what this server refuses: the policy of every answer, hosts and paths.

The policy follows the W3C's Content Security Policy Level 3 and the OWASP secure headers: everything is forbidden, then
what the app needs is let in, from its own origin alone. Scripts run from files of this server and from one line of the
page itself, known by its digest; nothing is evaluated from text.
"""

import ipaddress
import logging
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOG = logging.getLogger(__name__)

# Parts of Streamlit that this app does not use: files of sessions, uploads, components, figures of its inside, and an
# interface for programs that would be a second door to every page. Each is refused with all below it.
REFUSED: Final = (
    "/_stcore/agent",
    "/_stcore/bidi-components",
    "/_stcore/metrics",
    "/_stcore/script-health-check",
    "/_stcore/upload_file",
    "/app/static",
    "/component",
    "/media",
)
# What no address of this app comes near, in bytes.
LONGEST_ADDRESS: Final = 8_192
LONGEST_HEADERS: Final = 32_768
_YEAR: Final = 31_536_000
_HOST: Final = re.compile(r"(?P<name>[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?", re.ASCII)

# Of the many things that a page could ask a browser for, this one asks for none but copying to the clipboard.
_NOT_ASKED_FOR: Final = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-create",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
FIXED: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": ", ".join(f"{one}=()" for one in _NOT_ASKED_FOR),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "origin-agent-cluster": "?1",
    "x-robots-tag": "noindex, nofollow",
}
# A file of the frontend is the same for everybody, and runs only where a page loads it, under the policy of the page.
OF_FILES: Final = {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}


def policy(script_digests: Iterable[str] = (), form_targets: Iterable[str] = ()) -> str:
    """The content security policy. `script_digests`: of the lines of script that stand in the page itself;
    `form_targets`: origins that a form may lead to (a sign-in provider's)."""
    scripts = " ".join(("'self'", *(f"'{digest}'" for digest in script_digests)))
    forms = " ".join(("'self'", *form_targets))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts}",
            # The app's frontend writes its styles as it goes (Emotion), and Plotly too.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            # The frontend's style sheet brings one small font in itself.
            "font-src 'self' data:",
            # The socket too: CSP 3 counts ws: and wss: of the same host as 'self'.
            "connect-src 'self'",
            "manifest-src 'self'",
            "frame-src 'none'",
            "frame-ancestors 'none'",
            f"form-action {forms}",
            "base-uri 'none'",
            "object-src 'none'",
            "worker-src 'none'",
        )
    )


def host_name(header: str | None) -> str | None:
    """The host of a Host header in lower case, without its port and brackets; None where it is no host."""
    found = _HOST.fullmatch((header or "").strip().lower())
    return found["name"].strip("[]").rstrip(".") if found else None


@dataclass(frozen=True)
class Hosts:
    """The names under which this server may be spoken to: its own machine's, and those that were set up.

    A page of somebody else's whose name is made to point at this machine (DNS rebinding) sends that name along, and
    is refused. `names` may hold "*.example.org"; `anybody`: no name was set up, and the server listens to others.
    """

    names: frozenset[str]
    anybody: bool = False

    def allow(self, header: str | None) -> bool:
        name = host_name(header)
        if name is None:
            return False
        if self.anybody or name in self.names or _is_own(name):
            return True
        return any(one.startswith("*.") and name.endswith(one[1:]) for one in self.names)

    def allow_line(self, origin: str | None, host: str | None) -> bool:
        """Whether a page of `origin` (a header; None: no browser sent it) may open a line to this server as `host`.

        Only our own pages may. Streamlit takes those of every port of this machine for its own, and browsers bring our
        cookies along from there.
        """
        if origin is None:
            return True
        try:
            said = urlsplit(origin).netloc.lower()
        except ValueError:
            return False
        name = host_name(said)
        if name is None or said == (host or "").strip().lower():
            return name is not None
        # A proxy may have changed the Host header: then the names that were set up count.
        return not _is_own(name) and self.allow(said)


def hosts_of(address: str | None, allowed: Iterable[str], *addresses: str | None) -> Hosts:
    """The hosts of a server that listens on `address`, of the setting `server.allowedHosts`, and of `addresses` of its
    own that it was given (the one a sign-in provider sends people back to, the one that browsers are shown)."""
    names = {one.strip().lower().rstrip(".") for one in allowed}
    names |= {
        host for one in addresses if one and (host := urlsplit(one if "//" in one else f"//{one}").hostname)
    }
    open_to_others = not (address and _is_own(address.strip("[]").lower()))
    return Hosts(frozenset(names), anybody="*" in names or (open_to_others and not names))


def _is_own(name: str) -> bool:
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class Guard:
    """Around everything: refuses what nobody should ask, puts the headers on every answer, and turns an error that
    nobody caught into a sentence with a reference."""

    def __init__(
        self, app: ASGIApp, *, hosts: Hosts, policy: str, base: str = "", https: bool = False
    ) -> None:
        self.app = app
        self._hosts = hosts
        self._policy = policy
        self._base = base.strip("/")
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if scope["type"] == "websocket":
            if refusal is None:
                await self.app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                self._put_on(MutableHeaders(scope=message), scope)
            await send(message)

        if refusal is not None:
            code, words = refusal
            await PlainTextResponse(words, code)(scope, receive, sending)
            return
        try:
            await self.app(scope, receive, sending)
        except Exception as error:
            reference = secrets.token_hex(4)
            # The kind of error and where it was raised: its words could hold what somebody sent.
            _LOG.error(
                "%s while answering (reference %s), %s", type(error).__name__, reference, _where(error)
            )
            if begun:
                raise
            words = (
                f"Outcome Lens could not answer. Please pass the reference {reference} on to whoever runs it."
            )
            await PlainTextResponse(words, 500)(scope, receive, sending)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """The code and the words with which a request is refused, or None."""
        headers = Headers(scope=scope)
        if not self._hosts.allow(headers.get("host")):
            return 421, "This server is not known under that name."
        if scope["type"] == "websocket" and not self._hosts.allow_line(
            headers.get("origin"), headers.get("host")
        ):
            return 403, "This server speaks to its own pages alone."
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
            return 414, "That address is too long."
        if sum(len(name) + len(value) for name, value in scope["headers"]) > LONGEST_HEADERS:
            return 431, "That request brings too much along."
        path = below(self._base, scope["path"])
        if any(_lies_in(path, refused) for refused in REFUSED):
            return 404, "There is nothing here."
        return None

    def _put_on(self, headers: MutableHeaders, scope: Scope) -> None:
        file = below(self._base, scope["path"]).startswith("/static/")
        own = headers.get("content-security-policy")
        for name, value in (OF_FILES if file else {**FIXED, "content-security-policy": self._policy}).items():
            headers[name] = value
        if own is not None:
            headers["content-security-policy"] = own
        headers.setdefault("cache-control", "no-store")
        if self._https or scope.get("scheme") == "https":
            _only_over_https(headers)
        # No other origin is ever answered: what Streamlit would allow is taken back.
        for name in [one for one in headers if one.startswith("access-control-")]:
            del headers[name]


def _only_over_https(headers: MutableHeaders) -> None:
    """Nothing of this host goes over plain HTTP from now on, cookies least of all: behind a proxy Streamlit does not
    know that its own must not."""
    headers["strict-transport-security"] = f"max-age={_YEAR}"
    cookies = [value for name, value in headers.items() if name == "set-cookie"]
    if cookies:
        del headers["set-cookie"]
        for cookie in cookies:
            said = {part.strip().lower() for part in cookie.split(";")}
            headers.append("set-cookie", cookie if "secure" in said else f"{cookie}; Secure")


def below(base: str, path: str) -> str:
    """A path without the folder that the whole app is served under (`server.baseUrlPath`)."""
    if base and (path == f"/{base}" or path.startswith(f"/{base}/")):
        return path[len(base) + 1 :] or "/"
    return path


def _lies_in(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies below it, or below one of the same name under a page of the app."""
    squeezed = re.sub("/+", "/", path.replace("\\", "/")).lower().rstrip("/")
    if squeezed == folder or squeezed.startswith(f"{folder}/"):
        return True
    return folder.startswith("/_stcore/") and f"{folder}/" in f"{squeezed}/"


def _where(error: BaseException) -> str:
    """The line of code that raised an error."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "nowhere" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
