"""The parts around the app, put together: its routes, what every request goes through, and what runs beside it."""

import contextlib
import logging
import threading
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Final

import streamlit
from starlette.middleware import Middleware
from starlette.routing import Route
from streamlit import config, file_util

from evidence.access import PAGES
from evidence.store import Store
from web import downloads, health, signing, starting, watching
from web.assets import Assets, Frontend
from web.headers import Guard, Hosts, below, hosts_of, policy
from web.visits import Visits

_LOG = logging.getLogger(__name__)

# The first parts of the addresses that Streamlit answers itself: the socket, and signing in with a provider.
_STREAMLITS: Final = frozenset({"_stcore", "auth", "oauth2callback"})


def routes(store: Store) -> list[Route]:
    """What this server answers beside the app."""
    base = _base()
    return [health.route(store, base), downloads.route(store, base), *signing.routes(store)]


def middleware(store: Store) -> list[Middleware]:
    """What every request goes through before it reaches the app, the outermost first."""
    frontend = _frontend()
    first = {below(frontend.base, route.path).split("/")[1] for route in routes(store)} | _STREAMLITS
    return [
        Middleware(
            Guard,
            hosts=_hosts(),
            policy=policy(frontend.script_digests),
            base=frontend.base,
            https=bool(config.get_option("server.sslCertFile")),
        ),
        Middleware(Visits, store=store, pages=frontend.pages, base=frontend.base),
        Middleware(signing.Ending, store=store),
        Middleware(Assets, frontend=frontend, routes=first),
    ]


@contextlib.asynccontextmanager
async def lifespan(store: Store) -> AsyncIterator[None]:
    """What is done when the server starts, and what runs beside it until it ends."""
    starting.report()
    store.desk.door = signing.door()
    threading.Thread(target=_frontend().warm, name="compressing", daemon=True).start()
    starting.settle()
    async with watching.watching(store):
        yield
    store.desk.close()


@cache
def _frontend() -> Frontend:
    return Frontend(Path(file_util.get_static_dir()), _base(), PAGES)


def _base() -> str:
    """The folder that the whole app is served under, such as "/lens"; "" for none."""
    said = (config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{said}" if said else ""


def _hosts() -> Hosts:
    return hosts_of(
        config.get_option("server.address"),
        config.get_option("server.allowedHosts") or (),
        config.get_option("browser.serverAddress")
        if config.is_manually_set("browser.serverAddress")
        else None,
        _sent_back_to(),
    )


def _sent_back_to() -> str | None:
    """The address that a sign-in provider sends people back to, where there is one."""
    if not signing.door().provider:
        return None
    address = streamlit.secrets["auth"].get("redirect_uri")
    return address if isinstance(address, str) else None
