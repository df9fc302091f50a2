"""The server as it is started: what it answers, what it refuses, and how a new release reaches open pages."""

import asyncio
import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from release.places import PROJECT, Places
from release.pointer import use
from tests.fakes import NAME, write_release

LATER = "2024-11-30-002"
WITHIN = 5.0
PATIENCE = 30.0


@dataclass
class Server:
    """A running server, over a data folder with two releases."""

    port: int
    places: Places
    log: Path
    process: int

    def ask(
        self, path: str, method: str = "GET", headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(line):
            line.request(method, path, headers=headers or {})
            answer = line.getresponse()
            said = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, said, answer.read()

    def raw(self, request: bytes) -> bytes:
        """Whatever comes back to whatever is sent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as line:
            received = b""
            # The server may hang up before it has read all.
            with contextlib.suppress(OSError):
                line.sendall(request)
                line.shutdown(socket.SHUT_WR)
            with contextlib.suppress(OSError):
                while part := line.recv(65_536):
                    received += part
            return received

    def open_files(self) -> int:
        """How many files of answers the server holds open."""
        folder = Path(f"/proc/{self.process}/fd")
        found = 0
        for file in folder.iterdir():
            with contextlib.suppress(OSError):
                found += file.readlink().name == "answers.duckdb"
        return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("data")
    places = write_release(data)
    shutil.copytree(places.releases / NAME, places.releases / LATER)
    change(places, LATER, "UPDATE manifest SET value = ? WHERE name = 'release'", LATER)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = data / "server.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "asgi.py", "--server.port", str(port)],
            cwd=PROJECT,
            env=os.environ | {"OUTCOME_LENS_DATA": str(data)},
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        until = time.monotonic() + 90
        started = Server(port, places, log, process.pid)
        while True:
            assert process.poll() is None and time.monotonic() < until, log.read_text(encoding="utf-8")
            with contextlib.suppress(OSError):
                if started.ask("/healthz")[0] == 200:
                    break
            time.sleep(0.1)
        yield started
    finally:
        process.terminate()
        process.wait(timeout=20)


def change(places: Places, release: str, statement: str, *values: object) -> None:
    """Change the answers of a release by hand, as nothing of ours does."""
    import duckdb

    with duckdb.connect(str(places.releases / release / "answers.duckdb")) as connection:
        connection.execute(statement, list(values))


@contextlib.asynccontextmanager
async def opened(
    server: Server, *, origin: str | None = None, host: str | None = None
) -> AsyncIterator["OpenPage"]:
    """A page as a browser opens it."""
    own = f"127.0.0.1:{server.port}"
    headers = {"Cookie": "outcome_lens_demo=" + "m" * 43}
    async with websockets.connect(
        f"ws://{host or own}/_stcore/stream",
        host="127.0.0.1",
        port=server.port,
        origin=websockets.Origin(origin or f"http://{own}"),
        subprotocols=[websockets.Subprotocol("streamlit")],
        additional_headers=headers,
        max_size=None,
        open_timeout=PATIENCE,
    ) as line:
        yield OpenPage(line)


class OpenPage:
    """A page that stands open: what is drawn on it, and what its reader does."""

    def __init__(self, line: websockets.ClientConnection) -> None:
        self.line = line

    async def asks(self, page: str = "", query: str = "") -> str:
        """Go to a page, and give the words on it."""
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = query
        await self.line.send(message.SerializeToString())
        return await self.drawn()

    async def drawn(self, within: float = PATIENCE) -> str:
        """The words on the page once it is drawn the next time."""
        words: list[str] = []
        async with asyncio.timeout(within):
            while True:
                content = await self.line.recv()
                assert isinstance(content, bytes)
                message = ForwardMsg.FromString(content)
                kind = message.WhichOneof("type")
                if kind == "new_session":  # of a turn that was broken off only this is left
                    words = []
                if kind == "delta":
                    words.append(str(message.delta.new_element))
                if (
                    kind == "script_finished"
                    and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
                ):
                    return "\n".join(words)


def read(server: Server, page: str = "", query: str = "") -> str:
    async def reading() -> str:
        async with opened(server) as one:
            return await one.asks(page, query)

    return asyncio.run(reading())


def test_the_page_and_everything_about_it_come_from_here(server: Server) -> None:
    status, headers, page = server.ask("/")
    assert status == 200
    assert b"<title>Outcome Lens</title>" in page
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert "'sha256-" in headers["content-security-policy"]
    assert "HttpOnly; SameSite=Lax" in headers["set-cookie"]
    assert server.ask("/healthz")[2] == b"ok"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/_stcore/agent/openapi.json"),
        ("POST", "/_stcore/agent/interact"),
        ("POST", "/_stcore/agent/mcp"),
        ("POST", "/overview/_stcore/agent/mcp/"),
        ("GET", "/_stcore/metrics"),
        ("PUT", "/_stcore/upload_file/session/file"),
        ("GET", "/_stcore/bidi-components/a/b.js"),
        ("GET", "/component/a/index.html"),
        ("GET", "/media/0123456789abcdef.csv"),
        ("GET", "/app/static/secrets.toml"),
        ("GET", "/static/../app.py"),
        ("GET", "/static/%2e%2e/%2e%2e/%2e%2e/streamlit/config.py"),
        ("GET", "/static/js/..%2f..%2findex.html"),
        ("GET", "/download/nothing"),
    ],
)
def test_there_is_no_other_door(server: Server, method: str, path: str) -> None:
    status, headers, content = server.ask(path, method)
    assert status in {400, 404}
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert len(content) < 200


def test_another_name_for_this_machine_is_refused(server: Server) -> None:
    assert server.ask("/", headers={"Host": "evil.example"})[0] == 421
    assert server.ask("/_stcore/host-config", headers={"Host": f"evil.example:{server.port}"})[0] == 421


@pytest.mark.parametrize(
    "about", [{"origin": "http://evil.example"}, {"origin": "http://localhost:1"}, {"host": "evil.example"}]
)
def test_a_page_of_another_origin_gets_no_line(server: Server, about: dict[str, str]) -> None:
    async def trying() -> None:
        async with opened(server, **about):
            pass

    with pytest.raises(websockets.InvalidStatus) as refused:
        asyncio.run(trying())
    assert refused.value.response.status_code == 403


def test_what_is_out_of_all_measure_is_refused_and_the_server_stays_up(server: Server) -> None:
    host = b"Host: 127.0.0.1\r\n"
    long = b"a" * 1_000_000
    for request in (
        b"GET /?" + long + b" HTTP/1.1\r\n" + host + b"\r\n",
        b"GET / HTTP/1.1\r\n" + host + b"Cookie: a=" + long + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x00\xff" * 5_000 + b"\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    ):
        answer = server.raw(request)
        assert answer == b"" or answer.split(b" ")[1] in {b"400", b"414", b"421", b"431"}, answer[:80]
    assert server.ask("/healthz")[0] == 200


def test_a_million_characters_in_the_address_of_a_page_change_nothing(server: Server) -> None:
    words = read(server, "outcomes", "by=" + "x" * 1_000_000)
    assert "Which outcomes last?" in words
    assert "xxxx" not in words


def test_what_is_no_message_ends_the_line_and_nothing_else(server: Server) -> None:
    async def sending(content: bytes) -> int:
        async with opened(server) as page:
            await page.line.send(content)
            with contextlib.suppress(websockets.ConnectionClosed):
                async with asyncio.timeout(PATIENCE):
                    while True:
                        await page.line.recv()
            return page.line.close_code or 0

    assert asyncio.run(sending(b"\xff" * 1_000)) == 1002
    assert asyncio.run(sending(b"\x00" * 3 * 2**20)) == 1009
    assert server.ask("/healthz")[0] == 200


def test_a_new_release_is_seen_by_whoever_looks_at_the_page_already(server: Server) -> None:
    async def looking() -> tuple[str, str, float]:
        async with opened(server) as page:
            use(server.places, NAME)
            before = await page.asks("outcomes", "by=ward")
            began = time.monotonic()
            use(server.places, LATER)
            after = await page.drawn()
            return before, after, time.monotonic() - began

    before, after, took = asyncio.run(looking())
    assert f"release {NAME}" in before.replace("\\", "")
    assert f"release {LATER}" in after.replace("\\", "")
    assert "Which outcomes last?" in after  # the page that was open, not the first one
    assert took < WITHIN


def test_a_damaged_release_is_a_sentence_with_a_reference_until_it_is_mended(server: Server) -> None:
    broken = "2024-12-31-003"
    folder = server.places.releases / broken
    shutil.copytree(server.places.releases / NAME, folder)
    (folder / "answers.duckdb").write_bytes(b"no database" * 1_000)

    async def looking() -> tuple[str, str]:
        async with opened(server) as page:
            use(server.places, broken)
            damaged = await page.asks()
            assert server.ask("/healthz")[0] == 503
            use(server.places, NAME)
            return damaged, await page.drawn()

    damaged, mended = asyncio.run(looking())
    assert "Outcome Lens cannot show this now" in damaged
    assert "answers.duckdb" not in damaged
    assert str(server.places.data) not in damaged
    assert f"release {NAME}" in mended.replace("\\", "")
    shutil.rmtree(folder)


def swapped(server: Server, times: int, readers: int) -> list[str]:
    """Change the release so often while somebody reads, and give what every reader saw."""

    async def reading(number: int, over: asyncio.Event) -> list[str]:
        pages = ("", "outcomes", "payment", "privacy")
        async with opened(server) as page:
            seen = []
            while not over.is_set():
                seen.append(await page.asks(pages[number % len(pages)]))
                number += 1
            return seen

    async def swapping() -> list[str]:
        over = asyncio.Event()
        reads = [asyncio.create_task(reading(number, over)) for number in range(readers)]
        for number in range(times):
            await asyncio.to_thread(use, server.places, (NAME, LATER)[number % 2])
            await asyncio.sleep(0.05)
        over.set()
        return [words for seen in await asyncio.gather(*reads) for words in seen]

    return asyncio.run(swapping())


@pytest.mark.parametrize("times", [10, pytest.param(100, marks=pytest.mark.proof)])
def test_a_change_of_release_gives_no_reader_an_error(server: Server, times: int) -> None:
    readers = 3
    seen = swapped(server, times, readers)
    assert len(seen) >= readers
    for words in seen:
        plain = words.replace("\\", "")
        assert "cannot show this now" not in plain
        assert "exception" not in plain
        # Whatever was drawn is of one release, whole.
        assert (f"release {NAME}" in plain) != (f"release {LATER}" in plain)
    if Path("/proc").is_dir():
        until = time.monotonic() + PATIENCE
        while server.open_files() > 2 and time.monotonic() < until:
            time.sleep(0.2)
        assert server.open_files() <= 2
