"""`/healthz`: whether a release is open and the ledger can be reached, for whatever watches over the server."""

import logging

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from evidence.store import Store
from release.errors import UserError

_LOG = logging.getLogger(__name__)


def route(store: Store, base: str = "") -> Route:
    """The route, below `base`, such as "/lens". It says "ok" (200) or "not ready" (503) and nothing else: why stands in
    the log."""

    async def healthz(_request: Request) -> PlainTextResponse:
        ready = await run_in_threadpool(is_ready, store)
        return PlainTextResponse("ok" if ready else "not ready", 200 if ready else 503)

    return Route(f"{base}/healthz", healthz, methods=["GET", "HEAD"])


def is_ready(store: Store) -> bool:
    """Whether there is a release that can be opened, and a ledger that can be reached."""
    try:
        if store.current() is None:
            _LOG.warning("not ready: nothing has been published")
            return False
        store.desk.check()
    except UserError as error:
        _LOG.warning("not ready: %s: %s", type(error).__name__, error)
        return False
    return True
