"""Asks a server's application directly, as a server would for a browser: no socket, no thread of its own."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Headers
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8")


def ask(
    app: ASGIApp,
    path: str,
    method: str = "GET",
    *,
    host: str = "127.0.0.1",
    scheme: str = "http",
    headers: Mapping[str, str] | None = None,
    cookies: Mapping[str, str] | None = None,
) -> Answer:
    """One request, and its answer. An error that the application raises is raised here."""
    sent: list[Message] = []
    asked = False

    async def receive() -> Message:
        nonlocal asked
        if asked:  # the browser stays on the line
            await asyncio.Event().wait()
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    async def asking() -> None:
        await app(_scope("http", path, host, scheme, headers, cookies) | {"method": method}, receive, send)

    asyncio.run(asking())
    start = next(message for message in sent if message["type"] == "http.response.start")
    content = b"".join(
        message.get("body", b"") for message in sent if message["type"] == "http.response.body"
    )
    return Answer(start["status"], Headers(raw=start["headers"]), content)


def on_the_line(app: ASGIApp, path: str, *, host: str = "127.0.0.1") -> str:
    """Ask for a websocket, and give how it was answered: "accept", or the code with which it was closed."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    async def asking() -> None:
        await app(_scope("websocket", path, host, "ws", None, None), receive, send)

    asyncio.run(asking())
    first = sent[0]
    return "accept" if first["type"] == "websocket.accept" else str(first["code"])


def _scope(
    kind: str,
    path: str,
    host: str,
    scheme: str,
    headers: Mapping[str, str] | None,
    cookies: Mapping[str, str] | None,
) -> dict[str, Any]:
    path, _, query = path.partition("?")
    said = {"host": host, **(headers or {})}
    if cookies:
        said["cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": scheme,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in said.items()],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8501),
        "subprotocols": [],
        "state": {},
        "extensions": {},
    }
