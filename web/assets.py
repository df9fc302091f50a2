"""The files of the app's frontend: compressed once, kept by browsers for good; and the page that loads them.

Streamlit serves its files as they are (Plotly's part alone has 4.7 MB) and loads the parts that a page needs one after
the other, once the page has said that it needs them. Here they go out compressed, and the page names beforehand those
that every page of this app needs.
"""

import base64
import gzip
import hashlib
import html
import json
import logging
import mimetypes
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from web.headers import below

_LOG = logging.getLogger(__name__)

# The parts of the frontend that every page of this app draws with, by their names in the frontend's own list.
NEEDED: Final = ("PlotlyChart", "Table", "Metric", "Selectbox", "Html", "LinkButton")
INDEX: Final = "index.html"
_FOREVER: Final = "public, max-age=31536000, immutable"
# Names that hold a digest of the content: name.digest.ending.
_HASHED: Final = re.compile(r"\.[A-Za-z0-9_-]{8}\.[a-z0-9]+$")
_SMALLEST: Final = 600
_TEXT: Final = (".css", ".js", ".json", ".html", ".svg", ".txt", ".map")
_LEVEL: Final = 9

_TITLE: Final = "Outcome Lens"
_WITHOUT_SCRIPT: Final = "Outcome Lens draws its pages with JavaScript. Please switch it on for this address."


@dataclass(frozen=True)
class Asset:
    """One file as it is sent: `packed` is it compressed, where that makes it smaller."""

    file: Path
    media_type: str
    packed: bytes | None
    hashed: bool


class Assets:
    """Serves the frontend's files, and the page itself under every address that is not a route's: what it is the
    address of is for the page to find out. `routes`: the first parts of the addresses that go on to the app."""

    def __init__(self, app: ASGIApp, *, frontend: "Frontend", routes: Iterable[str]) -> None:
        self.app = app
        self._frontend = frontend
        self._routes = frozenset(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        response = await self._response(scope)
        await (self.app if response is None else response)(scope, receive, send)

    async def _response(self, scope: Scope) -> Response | None:
        name = below(self._frontend.base, scope["path"]).lstrip("/")
        first = name.partition("/")[0]
        if first in self._routes:
            return None
        if scope["method"] not in {"GET", "HEAD"}:
            return PlainTextResponse("Only to be read.", 405, {"allow": "GET, HEAD"})
        headers = Headers(scope=scope)
        if name in self._frontend.files:
            if self._frontend.is_ready(name):
                return self._frontend.file(name, headers)
            return await run_in_threadpool(self._frontend.file, name, headers)
        if first == "static":
            return PlainTextResponse("There is nothing here.", 404)
        return self._frontend.page(headers, known=name in self._frontend.pages)


class Frontend:
    """The frontend's files, read and compressed once, and its page as this app wants it.

    `folder`: where the frontend lies (streamlit.file_util.get_static_dir()). Only the files that lie there when the
    server starts are ever served: no address is made into a path. `base`: the folder that the whole app is served
    under (server.baseUrlPath); `pages`: the addresses of the app's pages.
    """

    def __init__(self, folder: Path, base: str = "", pages: Iterable[str] = ()) -> None:
        self.base = base.strip("/")
        self.pages = frozenset({"", *pages})
        self.files = {
            file.relative_to(folder).as_posix(): file
            for file in sorted(folder.rglob("*"))
            if file.is_file() and file.name != INDEX
        }
        self._assets: dict[str, Asset] = {}
        self._lock = threading.Lock()
        text = (folder / INDEX).read_text(encoding="utf-8")
        self.first = tuple(_first(folder, self.files))
        self.index = page_of(text, self.base, self.first).encode()
        self.script_digests = tuple(digests_of(self.index.decode()))
        self._packed_index = gzip.compress(self.index, _LEVEL, mtime=0)
        self._tag = f'"{hashlib.sha256(self.index).hexdigest()[:24]}"'

    def warm(self) -> None:
        """Compress beforehand what the first visitor is going to ask for."""
        for name in dict.fromkeys((*self.first, *_named_in(self.index.decode(), self.files))):
            self._asset(name)

    def page(self, headers: Mapping[str, str], *, known: bool = True) -> Response:
        """The page that every address of the app gets. A browser asks each time whether it is still the same.

        `known`: whether it is the address of a page; for any other the page says itself that there is none.
        """
        common = {"cache-control": "no-cache", "etag": self._tag, "vary": "Accept-Encoding"}
        if known and self._tag in headers.get("if-none-match", ""):
            return Response(status_code=304, headers=common)
        content = self.index
        if _takes_gzip(headers):
            content, common["content-encoding"] = self._packed_index, "gzip"
        return Response(content, 200 if known else 404, media_type="text/html", headers=common)

    def file(self, name: str, headers: Mapping[str, str]) -> Response:
        """One of the files."""
        asset = self._asset(name)
        common = {
            "cache-control": _FOREVER if asset.hashed else "no-cache",
            "vary": "Accept-Encoding",
        }
        if asset.packed is not None and _takes_gzip(headers):
            packed = {**common, "content-encoding": "gzip"}
            return Response(asset.packed, media_type=asset.media_type, headers=packed)
        return FileResponse(asset.file, media_type=asset.media_type, headers=common)

    def is_ready(self, name: str) -> bool:
        """Whether a file was read and compressed already."""
        return name in self._assets

    def _asset(self, name: str) -> Asset:
        with self._lock:
            if name not in self._assets:
                self._assets[name] = _read(self.files[name])
            return self._assets[name]


def page_of(text: str, base: str, first: Iterable[str]) -> str:
    """Streamlit's page as this app serves it: under its own name and language, files by whole addresses (so that the
    address of any page of the app loads them), those that are needed first named beforehand, and the app's own address
    said, which Streamlit would else find out by asking for wrong ones.

    Where a later version of the page has another form, what cannot be put in is left out: the page works without it.
    """
    root = f"/{base}/" if base else "/"
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.DOTALL)
    text = re.sub(r"<link[^>]*service-desc[^>]*>\s*", "", text)
    text = re.sub(
        r"<noscript>.*?</noscript>",
        f"<noscript><p>{html.escape(_WITHOUT_SCRIPT)}</p></noscript>",
        text,
        flags=re.DOTALL,
    )
    text = re.sub(r"<title>.*?</title>", f"<title>{_TITLE}</title>", text, count=1)
    text = text.replace('<html lang="en">', '<html lang="en-GB">')
    text = re.sub(r'(href|src)="\./', rf'\1="{root}', text)
    known = set(re.findall(r'(?:href|src)="([^"]*)"', text))
    links = "".join(
        f'    <link rel="modulepreload" crossorigin href="{root}{name}">\n'
        if name.endswith(".js")
        else f'    <link rel="stylesheet" crossorigin href="{root}{name}">\n'
        for name in first
        if f"{root}{name}" not in known
    )
    # WebAssembly goes: the frontend tries it for sums of long numbers and does without, and the policy forbids it.
    address = (
        "    <script>delete window.WebAssembly; window.__streamlit = "
        f"{{ BACKEND_BASE_URL: window.location.origin + {json.dumps(root)} }}</script>\n"
    )
    return text.replace("  </head>", f"{links}  </head>", 1).replace(
        '    <script type="module"', f'{address}    <script type="module"', 1
    )


def digests_of(page: str) -> Iterator[str]:
    """The digest of each script that stands in a page, as a content security policy names it."""
    for script in re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL):
        digest = hashlib.sha256(script.encode()).digest()
        yield f"sha256-{base64.b64encode(digest).decode()}"


def _first(folder: Path, files: Mapping[str, Path]) -> Iterator[str]:
    """The files that the parts in NEEDED are made of, by the list that the frontend's builder left. None where there is
    no such list any more."""
    try:
        built: dict[str, dict[str, Any]] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        starts = [key for key in built if Path(key).stem in NEEDED and key.endswith(".tsx")]
        found: dict[str, None] = {}
        waiting = list(starts)
        while waiting:
            part = built[waiting.pop()]
            if part["file"] not in found:
                found[part["file"]] = None
                found.update(dict.fromkeys(part.get("css", [])))
                waiting += part.get("imports", [])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        _LOG.warning(
            "the frontend's list of its parts cannot be read (%s): pages load slower", type(error).__name__
        )
        return
    yield from (name for name in found if name in files and name.endswith((".js", ".css")))


def _named_in(page: str, files: Mapping[str, Path]) -> Iterator[str]:
    return (name for name in files if f'/{name}"' in page)


def _read(file: Path) -> Asset:
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if file.suffix == ".js":  # what Windows says of it can be wrong
        media_type = "text/javascript"
    packed = None
    if file.suffix in _TEXT and file.stat().st_size >= _SMALLEST:
        packed = gzip.compress(file.read_bytes(), _LEVEL, mtime=0)
    return Asset(file, media_type, packed, _HASHED.search(file.name) is not None)


def _takes_gzip(headers: Mapping[str, str]) -> bool:
    """Whether a browser takes files compressed: "gzip" is named, and not with a weight of nothing."""
    for one in headers.get("accept-encoding", "").lower().split(","):
        coding, _, weight = one.partition(";")
        if coding.strip() in {"gzip", "*"}:
            return weight.strip().replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
