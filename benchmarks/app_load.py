"""`python -m benchmarks.app_load`: how long pages take to be drawn when many look at once, and what memory that takes.

So many sessions speak Streamlit's own protocol with the server, each thinking for two seconds, then going to another
page or choosing something else. Milliseconds are those from asking until the server says that the page is drawn. The
ones who ask share the processors with the server.
"""

import argparse
import asyncio
import contextlib
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
import numpy as np
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.app_data import release_of
from release.places import PROJECT

# Sessions, and the most that 19 of 20 pages may take, in seconds.
TARGETS: Final = {20: 0.4, 50: 0.6}
MOST_MEMORY: Final = 512
THINKING: Final = 2.0
PAGES: Final = (
    ("overview", ("", "period=quarter", "period=month")),
    ("outcomes", ("", "by=ward", "by=team", "by=sex", "headline=3")),
    ("journeys", ("", "period=year")),
    ("places", ("", "level=locality")),
    ("payment", ("",)),
    ("data_quality", ("",)),
    ("privacy", ("",)),
)


@dataclass
class Seen:
    """What came of asking: seconds by page, bytes, and whatever went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    received: int = 0
    faults: list[str] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> None:
    """Start the server for each number of sessions, let them ask, and print what they saw."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.app_load", description=__doc__)
    parser.add_argument("--data", type=Path, help="A data folder with a release; made where none is named.")
    parser.add_argument("--seconds", type=float, default=40, help="How long each number of sessions asks.")
    parser.add_argument("--sessions", type=int, nargs="*", default=list(TARGETS), help="How many at once.")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        data = release_of(asked.data, Path(folder))
        for sessions in asked.sessions:
            with served(data) as (port, process):
                _now, _peak, before = _cost(process.pid)
                seen = asyncio.run(ask(port, sessions, asked.seconds))
                now, peak, after = _cost(process.pid)
                _print(sessions, seen, now, peak, after - before)


@contextlib.contextmanager
def served(data: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The app over a data folder; gives its port and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "asgi.py", "--server.port", str(port)],
        cwd=PROJECT,
        env=os.environ | {"OUTCOME_LENS_DATA": str(data)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 90
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                    break
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit("the app did not start")
            time.sleep(0.2)
        yield port, process
    finally:
        process.terminate()
        process.wait(timeout=30)


async def ask(port: int, sessions: int, seconds: float) -> Seen:
    """So many sessions, for so long. The first pages of each are not counted: they come all at once."""
    seen = Seen()
    until = time.monotonic() + seconds
    await asyncio.gather(*(_session(port, number, sessions, until, seen) for number in range(sessions)))
    return seen


async def _session(port: int, number: int, sessions: int, until: float, seen: Seen) -> None:
    chance = random.Random(number)
    await asyncio.sleep(THINKING * 2 * number / sessions)
    try:
        async with httpx.AsyncClient() as client:
            cookies = (await client.get(f"http://127.0.0.1:{port}/_stcore/health")).cookies
        token = cookies["_streamlit_xsrf"]
        async with websockets.connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            origin=websockets.Origin(f"http://127.0.0.1:{port}"),
            # Streamlit's frontend carries its token where a protocol would stand.
            subprotocols=[websockets.Subprotocol("streamlit"), websockets.Subprotocol("none")],
            additional_headers={"Cookie": f"_streamlit_xsrf={token}; outcome_lens_demo=session-{number}"},
            max_size=None,
        ) as line:
            await _drawn(line, "", "", seen)
            while time.monotonic() < until:
                await asyncio.sleep(THINKING)
                page, choices = chance.choice(PAGES)
                took = await _drawn(line, page, chance.choice(choices), seen)
                seen.seconds.setdefault(page, []).append(took)
    except (OSError, websockets.WebSocketException, httpx.HTTPError) as error:
        seen.faults.append(type(error).__name__)


async def _drawn(line: websockets.ClientConnection, page: str, query: str, seen: Seen) -> float:
    """Ask for a page, and give the seconds until it is drawn."""
    asking = BackMsg()
    asking.rerun_script.page_name = page
    asking.rerun_script.query_string = query
    began = time.perf_counter()
    await line.send(asking.SerializeToString())
    while True:
        content = await line.recv()
        assert isinstance(content, bytes)
        seen.received += len(content)
        message = ForwardMsg.FromString(content)
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            seen.faults.append(f"{page}: {message.delta.new_element.exception.type}")
        if kind == "delta" and "cannot show this now" in message.delta.new_element.alert.body:
            seen.faults.append(f"{page}: a sentence and a reference")
        if kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return time.perf_counter() - began


def _cost(process: int) -> tuple[float, float, float]:
    """The memory of the server in MiB, now and at its peak, and the seconds of processor time that it took."""
    status = dict(
        line.split(":", 1)
        for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    )
    times = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    ticks = int(times[11]) + int(times[12])
    now, peak = (int(status[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return now, peak, ticks / os.sysconf("SC_CLK_TCK")


def _print(sessions: int, seen: Seen, now: float, peak: float, processor: float) -> None:
    every = [one for ones in seen.seconds.values() for one in ones]
    print(
        f"\n{sessions} sessions, {len(every)} pages drawn, {len(seen.faults)} faults {sorted(set(seen.faults))[:3]}"
    )
    print(f"  {'milliseconds':16}{'pages':>8}{'median':>9}{'p95':>9}{'most':>9}")
    for page, ones in (*sorted(seen.seconds.items()), ("all", every)):
        median, usual, most = 1000 * np.percentile(ones, [50, 95, 100])
        print(f"  {page:16}{len(ones):8}{median:9.0f}{usual:9.0f}{most:9.0f}")
    target = f" (target {1000 * TARGETS[sessions]:.0f})" if sessions in TARGETS else ""
    print(f"  p95 of all: {1000 * np.percentile(every, 95):.0f} ms{target}")
    print(f"  server: {now:.0f} MiB now, {peak:.0f} at most (target {MOST_MEMORY})")
    print(
        f"  a page: {seen.received / len(every) / 1024:.0f} KiB, {1000 * processor / len(every):.0f} ms of processor"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
