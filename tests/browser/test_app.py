"""The real app in a real Chromium, with every network but loopback out of reach."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from release.places import PROJECT
from tests.conftest import SAMPLE
from tests.fakes import NAME, write_release

pytestmark = pytest.mark.browser

# A machine that does much else beside takes its time.
expect.set_options(timeout=20_000)
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
SWITCHES = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TITLES = {
    "Overview": "Does our help for families work?",
    "Outcomes": "Which outcomes last?",
    "Payment by results": "What can be claimed?",
    "Claims window": "Where does the claims window stand?",
    "Data quality": "Can the figures be trusted?",
    "Privacy": "How are families kept safe?",
    "How safe is this release?": "How safe is this release?",
}
Scheme = Literal["light", "dark"]
LOOPBACK = {"127.0.0.1", "localhost"}


@dataclass
class Watched:
    """A page, and everything about it that must not happen."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def quiet(self) -> None:
        """Wait until the app has drawn everything, and check that nothing went wrong."""
        expect(self.page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=20_000)
        expect(self.page.get_by_test_id("stException")).to_have_count(0)
        assert self.faults == []
        assert self.hosts <= LOOPBACK


@contextmanager
def served(data: Path) -> Iterator[str]:
    """The app over a data folder, started as a user starts it; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
        cwd=PROJECT,
        env=os.environ | {"OUTCOME_LENS_DATA": str(data)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, app)
        yield f"http://127.0.0.1:{port}"
    finally:
        app.terminate()
        app.wait(timeout=20)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app over a made-up release."""
    data = tmp_path_factory.mktemp("data")
    write_release(data)
    with served(data) as address:
        yield address


def _wait_for(port: int, app: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert app.poll() is None, "the app ended before it began"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the app did not start")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        assert "CI" not in os.environ, "CI must drive a browser: .ci/run installs one"
        pytest.skip("no Chromium: apt-get install chromium, or set CHROMIUM")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture(params=[(1280, "light"), (390, "dark")], ids=["desk", "phone"])
def watched(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Watched]:
    with watching(browser, address, *request.param) as seen:
        yield seen


@contextmanager
def watching(
    browser: Browser, address: str, width: int = 1280, scheme: Scheme = "light"
) -> Iterator[Watched]:
    """A page of a browser of its own, everything it asks and complains of noted."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    seen = Watched(page, address)

    def gate(route: Route) -> None:
        host = urlsplit(route.request.url).hostname or ""
        seen.hosts.add(host)
        if host in LOOPBACK:
            route.continue_()
        else:
            route.abort()

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            seen.faults.append(message.text)

    context.route("**/*", gate)
    page.on("console", listen)
    page.on("pageerror", lambda error: seen.faults.append(str(error)))
    yield seen
    context.close()


def open_menu(page: Page) -> None:
    """On a phone the sidebar is behind a button."""
    button = page.get_by_test_id("stExpandSidebarButton")
    if button.is_visible():
        button.click()


def close_menu(page: Page) -> None:
    """On a phone the open sidebar covers the page."""
    sidebar = page.get_by_test_id("stSidebar")
    if page.evaluate("window.innerWidth") < 768 and sidebar.get_attribute("data-collapsed") == "false":
        page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()


def become(page: Page, persona: str) -> None:
    """Look at the demo as somebody else. (A page that is still being drawn closes a list just opened: again, then.)"""
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=20_000)
    option = page.get_by_role("option", name=persona, exact=True)
    for _ in range(10):
        open_menu(page)
        page.get_by_role("combobox").first.click()
        try:
            return option.click(timeout=3_000)
        except PlaywrightTimeout:
            page.keyboard.press("Escape")
    raise AssertionError(f"nobody can be {persona}")


def go_to(watched: Watched, title: str) -> None:
    open_menu(watched.page)
    watched.page.get_by_test_id("stSidebarNav").get_by_role("link", name=title, exact=True).click()
    expect(watched.page.get_by_role("heading", level=1)).to_have_text(TITLES[title], timeout=20_000)
    watched.quiet()


def test_every_page_opens_and_asks_nobody_else(watched: Watched) -> None:
    watched.page.goto(watched.address)
    expect(watched.page.get_by_role("heading", level=1)).to_have_text(TITLES["Overview"], timeout=30_000)
    watched.quiet()
    become(watched.page, "Auditor")
    for title in TITLES:
        go_to(watched, title)
        main = watched.page.get_by_test_id("stMain")
        expect(main).to_contain_text(NAME)
        expect(main).to_contain_text("Made-up data")
        wide = watched.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{title} is wider than the window"
    assert watched.page.get_by_test_id("stSidebarNav").get_by_role("link").count() == len(TITLES)


def test_charts_are_drawn_with_their_tables(watched: Watched) -> None:
    watched.page.goto(watched.address)
    expect(watched.page.locator(".js-plotly-plot")).to_have_count(2, timeout=30_000)
    table = watched.page.get_by_text("The table behind it").first
    table.click()
    expect(watched.page.get_by_test_id("stTable").first).to_contain_text("Jul to Sep 2024")
    watched.quiet()


def test_a_role_sees_its_pages_only(watched: Watched) -> None:
    watched.page.goto(watched.address)
    expect(watched.page.get_by_role("heading", level=1)).to_have_text(TITLES["Overview"], timeout=30_000)
    become(watched.page, "Data protection officer")
    links = watched.page.get_by_test_id("stSidebarNav").get_by_role("link")
    pages = ["Overview", "Data quality", "Privacy", "How safe is this release?"]
    expect(links).to_have_text(pages, timeout=20_000)
    watched.quiet()


def test_an_officer_asks_for_the_list(watched: Watched) -> None:
    watched.page.goto(watched.address)
    expect(watched.page.get_by_role("heading", level=1)).to_have_text(TITLES["Overview"], timeout=30_000)
    become(watched.page, "Returns officer")
    watched.quiet()
    go_to(watched, "Payment by results")
    close_menu(watched.page)
    watched.page.get_by_role("button", name="Ask for the list").click()
    expect(watched.page.get_by_test_id("stMain")).to_contain_text("is with the worker", timeout=20_000)
    expect(watched.page.get_by_test_id("stMain")).to_contain_text("Waiting for the worker")
    watched.quiet()


def test_a_link_to_a_page_opens_it_for_the_very_first_visitor(browser: Browser, tmp_path: Path) -> None:
    """Streamlit takes a folder `pages` for its own, until the app has run once."""
    write_release(tmp_path)
    with served(tmp_path) as address:
        page = browser.new_page()
        page.goto(f"{address}/outcomes")
        expect(page.get_by_role("heading", level=1)).to_have_text(TITLES["Outcomes"], timeout=30_000)
        page.close()


def test_a_release_of_the_sample_extracts_shows_on_every_page(browser: Browser, own_data: Path) -> None:
    identities = (SAMPLE / "truth" / "identities.txt").read_text(encoding="utf-8").split("\n")
    with served(own_data) as address, watching(browser, address) as seen:
        seen.page.goto(address)
        expect(seen.page.get_by_role("heading", level=1)).to_have_text(TITLES["Overview"], timeout=30_000)
        become(seen.page, "Auditor")
        for title in TITLES:
            go_to(seen, title)
            expect(seen.page.get_by_test_id("stMain")).to_contain_text("Ashmere")
            expect(seen.page.get_by_test_id("stMain")).to_contain_text("2024-10-31-001")
            shown = seen.page.content()
            assert not [one for one in identities if len(one) > 5 and one in shown]
