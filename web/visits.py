"""A mark of its own for each browser that looks at the demo, so that a file offered to one is not given to another.

Who signs in has a session. A visitor of the demo has none: a random cookie stands for one. It says nothing of anybody,
lasts as long as the browser is open, and no script can read it.
"""

import secrets
from collections.abc import Container
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evidence.access import Visit, is_demo_visit
from evidence.sessions import DEMO_COOKIE
from evidence.store import Store
from release.errors import UserError
from web.headers import below

_BYTES: Final = 32


class Visits:
    """Gives the cookie along with the page, to a browser of this machine that does not bring one, where nobody signs
    in."""

    def __init__(self, app: ASGIApp, *, store: Store, pages: Container[str], base: str = "") -> None:
        self.app = app
        self._store = store
        self._pages = pages
        self._base = base.strip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = scope["type"] == "http" and below(self._base, scope["path"]).lstrip("/") in self._pages
        if (
            not page
            or DEMO_COOKIE in Request(scope).cookies
            or not await run_in_threadpool(self._is_demo, scope)
        ):
            await self.app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                secure = "; Secure" if scope.get("scheme") == "https" else ""
                MutableHeaders(scope=message).append(
                    "set-cookie",
                    f"{DEMO_COOKIE}={secrets.token_urlsafe(_BYTES)}; Path=/; HttpOnly; SameSite=Lax{secure}",
                )
            await send(message)

        await self.app(scope, receive, sending)

    def _is_demo(self, scope: Scope) -> bool:
        door = self._store.desk.door
        if door is None or door.provider:
            return False
        try:
            local = self._store.desk.rules().local
        except UserError:
            return False
        headers = dict(Headers(scope=scope).items())
        return not local and is_demo_visit(Visit(door.server_address, headers, provider=False))
