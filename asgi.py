"""Outcome Lens as a server runs it: the app, and what stands around it. Started with `streamlit run asgi.py`."""

import contextlib
import importlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import streamlit

from evidence.access import PAGES
from evidence.store import shared
from release.places import PROJECT
from web import serving

# What pages draw with is there before the first visitor comes: Streamlit runs app.py, which imports the pages, at the
# first turn, and imports much itself when it is first needed.
for _module in (
    *(f"pages.{page}" for page in PAGES),
    "pandas",
    "pyarrow",
    "plotly.tools",
    "sqlalchemy.dialects.sqlite",
):
    importlib.import_module(_module)

_STORE = shared(Path(os.environ.get("OUTCOME_LENS_DATA") or str(PROJECT / "data")))


@contextlib.asynccontextmanager
async def _lifespan(_app: streamlit.App) -> AsyncIterator[None]:
    async with serving.lifespan(_STORE):
        yield


application = streamlit.App(
    str(PROJECT / "app.py"),
    routes=serving.routes(_STORE),
    middleware=serving.middleware(_STORE),
    lifespan=_lifespan,
)
