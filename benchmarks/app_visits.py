"""`python -m benchmarks.app_visits`: how long a visitor waits for the Overview, in a real Chromium, beside the same
page in plain Streamlit, Dash and Shiny for Python.

Visits of all take turns in one run. Seconds are the browser's own, from the start of the navigation (or the choice of a
filter) until both charts are drawn as asked. The rivals' page is plainer than ours: no texts, tables, downloads, checks
of who asks, or accessibility.
"""

import argparse
import contextlib
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.app_data import release_of
from release.opening import ANSWERS
from release.places import PROJECT

CHROMIUM: Final = os.environ.get("CHROMIUM", "/usr/bin/chromium")
RIVALS: Final = PROJECT / "benchmarks" / "rivals"
INSTALLED: Final = PROJECT / ".rivals" / "bin"
FIVE_MEGABITS: Final = {
    "offline": False,
    "latency": 20,
    "downloadThroughput": 625_000,
    "uploadThroughput": 625_000,
}
# What is timed, and the most that it may take: seconds, or times what Dash takes in the same run.
TARGETS: Final = {
    "first visit": "1.2 x Dash",
    "first visit, 5 Mbit/s": "6.0",
    "reload": "1.0",
    "filter": "0.30",
}
PATIENCE: Final = 60_000
# Notes when the charts are drawn: when each has its line, and another than when `watched` was called.
_WATCH: Final = """
window.seen = { lines: [], at: 0, began: 0 };
window.linesNow = () => [...document.querySelectorAll('.js-plotly-plot')]
  .map(one => one.querySelector('.scatterlayer .trace path.js-line, .scatterlayer .trace .point'))
  .filter(Boolean).map(one => one.getAttribute('d') + (one.getAttribute('transform') || ''));
const look = () => {
  const lines = window.linesNow();
  if (!window.seen.at && lines.length >= 2 && lines.every((one, place) => one !== window.seen.lines[place])) {
    window.seen.at = performance.now();
  }
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
for (const kind of ['click', 'change', 'keydown']) {
  document.addEventListener(kind, () => { window.seen.began = performance.now(); }, true);
}
"""


@dataclass
class Served:
    """One of the pages: how it is started, and how a period is chosen on it."""

    name: str
    command: Sequence[str]
    folder: Path
    choosing: str
    address: str = ""
    seconds: dict[str, list[float]] = field(default_factory=dict)
    loaded: dict[str, int] = field(default_factory=dict)


def main(arguments: Sequence[str] | None = None) -> None:
    """Start all, visit them in turns, and print one beside the other."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.app_visits", description=__doc__)
    parser.add_argument("--data", type=Path, help="A data folder with a release; made where none is named.")
    parser.add_argument("--visits", type=int, default=5, help="How often each is visited.")
    parser.add_argument("--only", nargs="*", help="Names of those that are measured.")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        data = release_of(asked.data, Path(folder))
        served = [
            one
            for one in _all()
            if (not asked.only or one.name in asked.only) and Path(one.command[0]).exists()
        ]
        for one in served:
            stack.enter_context(_running(one, data))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
            )
            for turn in range(asked.visits + 1):  # the first turn warms the servers up
                for one in served:
                    _visit(browser, one, count=turn > 0)
            browser.close()
    _print(served)


def _all() -> list[Served]:
    streamlit = [sys.executable, "-m", "streamlit", "run"]
    return [
        Served("Outcome Lens", [*streamlit, "asgi.py", "--server.port"], PROJECT, "list"),
        Served(
            "plain Streamlit",
            [*streamlit, "plain_streamlit.py", "--server.headless", "true", "--server.port"],
            RIVALS,
            "list",
        ),
        Served("Dash", [str(INSTALLED / "python"), "with_dash.py"], RIVALS, "dash"),
        Served(
            "Shiny",
            [str(INSTALLED / "python"), "-m", "shiny", "run", "with_shiny.py", "--port"],
            RIVALS,
            "native",
        ),
    ]


@contextlib.contextmanager
def _running(one: Served, data: Path) -> Iterator[None]:
    """One of the pages served, until it is no longer needed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    one.address = f"http://127.0.0.1:{port}/"
    release = data / "releases" / (data / "releases" / "current").read_text(encoding="utf-8").strip()
    variables = {"OUTCOME_LENS_DATA": str(data), "RIVALS_RELEASE": str(release / ANSWERS)}
    process = subprocess.Popen(
        [*one.command, str(port)],
        cwd=one.folder,
        env=os.environ | variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 90
        while True:
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"{one.name} did not start")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _visit(browser: Browser, one: Served, *, count: bool) -> None:
    """A first visit, a reload and a filter; then a first visit on a slow line, with an empty cache again."""
    took = {}
    with _context(browser) as context:
        page = context.new_page()
        received = _received(context, page)
        page.goto(one.address, wait_until="commit")
        took["first visit"] = _drawn(page)
        one.loaded["first visit"] = received[0]
        page.wait_for_timeout(2_500)
        page.reload(wait_until="commit")
        took["reload"] = _drawn(page)
        page.wait_for_timeout(1_500)
        page.evaluate("window.seen.lines = window.linesNow(); window.seen.at = 0")
        _choose(page, one.choosing)
        took["filter"] = _drawn(page, began=True)
    with _context(browser) as context:
        page = context.new_page()
        context.new_cdp_session(page).send("Network.emulateNetworkConditions", FIVE_MEGABITS)
        page.goto(one.address, wait_until="commit", timeout=PATIENCE)
        took["first visit, 5 Mbit/s"] = _drawn(page)
    if count:
        for what, seconds in took.items():
            one.seconds.setdefault(what, []).append(seconds)


@contextlib.contextmanager
def _context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(_WATCH)
    yield context
    context.close()


def _received(context: BrowserContext, page: Page) -> list[int]:
    """The bytes that come over the line, counted as they come."""
    total = [0]
    session = context.new_cdp_session(page)
    session.send("Network.enable")

    def add(event: dict[str, Any]) -> None:
        total[0] += int(event["encodedDataLength"])

    session.on("Network.loadingFinished", add)
    return total


def _drawn(page: Page, *, began: bool = False) -> float:
    # Not wait_for_function: it evaluates text in the page, which the policy of ours forbids.
    until = time.monotonic() + PATIENCE / 1000
    while not page.evaluate("window.seen ? window.seen.at : 0"):
        if time.monotonic() > until:
            raise SystemExit(f"nothing was drawn at {page.url}")
        page.wait_for_timeout(50)
    since = "window.seen.began" if began else "0"
    return float(page.evaluate(f"(window.seen.at - {since}) / 1000"))


def _choose(page: Page, how: str) -> None:
    """Choose years instead of quarters."""
    if how == "native":
        page.locator("select").first.select_option("year")
    elif how == "dash":
        page.locator("#period").click()
        page.get_by_text("Year", exact=True).last.click()
    else:
        page.get_by_role("combobox", name="Show by").click()
        page.get_by_role("option", name=re.compile("year", re.IGNORECASE)).click()


def _print(served: Sequence[Served]) -> None:
    print(
        f"\n{'seconds, median (most)':26}" + "".join(f"{one.name:>20}" for one in served) + f"{'target':>14}"
    )
    for what, target in TARGETS.items():
        cells = [
            f"{statistics.median(one.seconds[what]):.2f} ({max(one.seconds[what]):.2f})" for one in served
        ]
        print(f"{what:26}" + "".join(f"{cell:>20}" for cell in cells) + f"{target:>14}")
    cells = [f"{one.loaded['first visit'] / 2**20:.1f} MiB" for one in served]
    print(f"{'loaded, first visit':26}" + "".join(f"{cell:>20}" for cell in cells))


if __name__ == "__main__":
    main()
