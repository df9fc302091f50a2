"""How the browser tests drive the app: started as a user starts it, with every network but loopback out of reach."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, Route, WebSocket, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from release.places import PROJECT

# A machine that does much else beside takes its time.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)
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
# Every page by its name in the navigation, and the question at its head.
TITLES = {
    "Overview": "Does our help for families work?",
    "Outcomes": "Which outcomes last?",
    "Families' journeys": "How do families get through our help?",
    "Places": "Does it differ from place to place?",
    "Payment by results": "What can be claimed?",
    "Claims window": "Where does the claims window stand?",
    "Quarterly return": "What does the council report?",
    "Research exports": "What may researchers take away?",
    "Data quality": "Can the figures be trusted?",
    "Privacy": "How are families kept safe?",
    "How safe is this release?": "How safe is this release?",
    "Audit": "Who did what?",
    "About": "How is this worked out?",
}
Scheme = Literal["light", "dark"]
LOOPBACK = {"127.0.0.1", "localhost"}
# What the policy forbids says so on the console, where `Watched` hears it.
_LISTEN = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`against the policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));"""


@dataclass
class Watched:
    """A page, and everything about it that must not happen; `frames` and `answers`: all that the browser was sent."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    frames: list[bytes] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)

    def quiet(self) -> None:
        """Wait until the app has drawn everything, and check that nothing went wrong."""
        drawn(self.page)
        expect(failures(self.page)).to_have_count(0)
        assert self.faults == [], self.faults
        assert self.hosts <= LOOPBACK


def drawn(page: Page) -> None:
    """Wait until the app has drawn everything."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str | Path], port: int = 0, **settings: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A program beside the test, from the time when it listens on its port (0: at once) until the test is done."""
    program = subprocess.Popen(
        [sys.executable, *map(str, command)],
        cwd=PROJECT,
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        if port:
            _wait_for(port, program)
        yield program
    finally:
        program.terminate()
        try:
            program.wait(timeout=20)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait(timeout=20)


@contextmanager
def served(data: Path, *options: str, script: str = "asgi.py", port: int = 0) -> Iterator[str]:
    """The app over a data folder, started as a user starts it; gives its address."""
    port = port or free_port()
    command = ["-m", "streamlit", "run", script, "--server.port", str(port), *options]
    with running(command, port, OUTCOME_LENS_DATA=str(data)):
        yield f"http://localhost:{port}"


def _wait_for(port: int, program: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        assert program.poll() is None, "the program ended before it began"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the program did not start")


@contextmanager
def watching(
    browser: Browser, address: str, width: int = 1280, scheme: Scheme = "light"
) -> Iterator[Watched]:
    """A page of a browser of its own; all that it asks for, is sent and complains of is noted."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, accept_downloads=True
    )
    context.add_init_script(_LISTEN)
    page = context.new_page()
    seen = Watched(page, address)

    def gate(route: Route) -> None:
        host = urlsplit(route.request.url).hostname or ""
        # A sign-in provider's own pages may ask whom they like: they are not ours.
        if route.request.is_navigation_request() or route.request.frame.url.startswith(address):
            seen.hosts.add(host)
        if host in LOOPBACK:
            route.continue_()
        else:
            route.abort()

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and page.url.startswith(address):
            seen.faults.append(message.text)

    def overhear(socket: WebSocket) -> None:
        assert urlsplit(socket.url).hostname in LOOPBACK
        socket.on(
            "framereceived",
            lambda frame: seen.frames.append(frame if isinstance(frame, bytes) else frame.encode()),
        )

    context.route("**/*", gate)
    page.on("console", listen)
    page.on("pageerror", lambda error: seen.faults.append(str(error)))
    page.on("websocket", overhear)
    page.on("response", lambda answer: seen.answers.append(answer))
    yield seen
    context.close()


def failures(page: Page) -> Locator:
    """What a page says of an error: ours, and Streamlit's own box where ours was not reached."""
    ours = page.get_by_text("Outcome Lens cannot show this now")
    return page.get_by_test_id("stException").or_(ours)


def opened(seen: Watched, path: str = "", title: str = TITLES["Overview"]) -> Page:
    """The page at a path of the app, drawn."""
    seen.page.goto(f"{seen.address}/{path}")
    # Whatever came to be shown, an error too: it is not waited for in vain.
    heading = seen.page.get_by_role("heading", level=1)
    expect(heading.or_(failures(seen.page)).first).to_be_visible()
    expect(failures(seen.page)).to_have_count(0)
    expect(heading).to_have_text(title)
    seen.quiet()
    return seen.page


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
    drawn(page)
    option = page.get_by_role("option", name=persona, exact=True)
    for _ in range(10):
        open_menu(page)
        page.get_by_role("combobox").first.click()
        try:
            option.click(timeout=3_000)
        except PlaywrightTimeout:
            page.keyboard.press("Escape")
        else:
            return drawn(page)
    raise AssertionError(f"nobody can be {persona}")


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of one of the page's lists."""
    drawn(page)
    wanted = page.get_by_role("option", name=option, exact=True)
    for _ in range(10):
        page.get_by_test_id("stMain").get_by_role("combobox", name=label).click()
        try:
            wanted.click(timeout=3_000)
        except PlaywrightTimeout:
            page.keyboard.press("Escape")
        else:
            return drawn(page)
    raise AssertionError(f"{label} has no option {option}")


def go_to(seen: Watched, title: str) -> None:
    """The page of that name, by the navigation."""
    open_menu(seen.page)
    seen.page.get_by_test_id("stSidebarNav").get_by_role("link", name=title, exact=True).click()
    expect(seen.page.get_by_role("heading", level=1)).to_have_text(TITLES[title])
    seen.quiet()


def fetched(page: Page, press: Callable[[], None]) -> tuple[str, bytes]:
    """The name and the content of the file that is fetched when something is pressed."""
    with page.expect_download() as waiting:
        press()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def open_tables(page: Page) -> None:
    """Open everything that is closed on a page. (One that is drawn anew meanwhile is closed again: again, then.)"""
    drawn(page)
    closed = page.locator("details:not([open])")
    for _ in range(10):
        page.evaluate(
            "document.querySelectorAll('details:not([open]) > summary').forEach((one) => one.click())"
        )
        page.wait_for_timeout(400)
        if closed.count() == 0:
            return
    raise AssertionError("not everything can be opened")
