"""What leaves the house, in a real Chromium with the worker beside the app: a return by two officers, and an export by
a researcher and two checkers."""

import io
import shutil
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ledger import ExportState, Ledger, ReturnState, open_ledger
from release.places import PROJECT, Places
from tests.browser.driving import (
    TITLES,
    Watched,
    become,
    close_menu,
    fetched,
    go_to,
    open_tables,
    running,
    served,
    watching,
)
from tests.browser.looking import faults, too_wide
from tests.conftest import SAMPLE
from tests.made_returns import write_template

pytestmark = [pytest.mark.browser, pytest.mark.proof]
OFFICER, COLLEAGUE = "Returns officer", "Returns officer, a colleague"
RESEARCHER, CHECKER, SECOND = "Researcher", "Output checker", "Output checker, a colleague"
# The worker answers within so many looks, half a second apart.
_LOOKS = 240


class Leaving:
    """The app over a council of the sample with its worker, looked at by whoever is asked for."""

    def __init__(self, seen: Watched, title: str) -> None:
        self.seen, self.title = seen, title
        self.main = seen.page.get_by_test_id("stMain")

    def become(self, persona: str) -> Locator:
        become(self.seen.page, persona)
        self.seen.quiet()
        go_to(self.seen, self.title)
        close_menu(self.seen.page)
        return self.main

    def confirm(self, box: str, button: str, said: str) -> None:
        """Tick the box that begins with `box`, press the button, and wait for what is said of it."""
        self.main.get_by_text(box).first.click()
        self.seen.quiet()
        self.main.get_by_role("button", name=button, exact=True).click()
        expect(self.main).to_contain_text(said)
        self.seen.quiet()

    def look_until(self, words: str) -> None:
        """Look again until the worker has done what was asked of it."""
        for _ in range(_LOOKS):
            if self.main.get_by_text(words).count():
                break
            again = self.main.get_by_role("button", name="Look again")
            if again.count() and again.is_visible():
                again.click()
            self.seen.page.wait_for_timeout(500)
        self.seen.quiet()
        expect(self.main).to_contain_text(words)

    def write(self, label: str, words: str) -> None:
        """Write into the box whose label begins so, and leave it."""
        box = self.main.get_by_label(label).first
        box.fill(words)
        box.press("Tab")
        self.seen.quiet()

    def looked_at(self) -> None:
        """Nothing that axe finds is wrong, nothing is wider than the window, and nobody of the sample is on it."""
        open_tables(self.seen.page)
        assert faults(self.seen.page) == []
        assert too_wide(self.seen.page) <= 0
        identities = (SAMPLE / "truth" / "identities.txt").read_text(encoding="utf-8").split("\n")
        shown = self.seen.page.content()
        assert not [one for one in identities if len(one) > 5 and one in shown]


@pytest.fixture(params=[(1280, "light"), (390, "dark")], ids=["desk", "phone"])
def leaving(request: pytest.FixtureRequest, browser: Browser, own_data: Path) -> Callable[[str], object]:
    """The page of that title over the sample's release, at a desk and on a phone."""
    from contextlib import contextmanager

    width, scheme = request.param

    @contextmanager
    def opened(title: str):  # type: ignore[no-untyped-def]
        with (
            running(["-m", "custody", "serve", "--data", own_data, "--every", "0.2"]),
            served(own_data) as address,
            watching(browser, address, width, scheme) as seen,
        ):
            seen.page.goto(address)
            expect(seen.page.get_by_role("heading", level=1)).to_have_text(TITLES["Overview"], timeout=60_000)
            yield Leaving(seen, title)

    return opened


def _ledger(data: Path) -> Ledger:
    return open_ledger(Places(data))


def test_a_return_is_drawn_up_checked_signed_by_two_and_submitted(leaving, own_data: Path) -> None:  # type: ignore[no-untyped-def]
    write_template(own_data)
    shutil.copy(PROJECT / "data" / "returns" / "authority.toml", own_data / "returns")
    with leaving("Quarterly return") as page:
        main = page.become(OFFICER)
        page.write("Milestones", "More families were helped than before.")
        page.confirm("Yes: draw up", "Draw the return up", "is with the worker")
        page.look_until("drawn up and not checked")
        main.get_by_role("button", name="Check it", exact=True).click()
        page.look_until("answers a query in writing")
        page.write("Answer to", "The lead officer compared it with the guidance.")
        main.get_by_role("button", name="Give this answer").click()
        expect(main).to_contain_text("Next: two people sign")
        page.seen.quiet()
        page.looked_at()
        page.confirm("Yes: I have read version 1", "Sign", "Somebody else signs it, too")
        expect(main.get_by_role("button", name="Sign", exact=True)).to_have_count(0)
        page.become(COLLEAGUE)
        page.confirm("Yes: I have read version 1", "Sign", "It can be submitted")
        page.confirm("Yes: version 1 is submitted", "Submit", "is submitted and frozen")
        link = main.get_by_role("link", name="Spreadsheet (XLSX)")
        name, content = fetched(page.seen.page, link.click)
        page.looked_at()
    book = _ledger(own_data)
    (standing,) = book.returns.standings()
    book.verify()
    book.close()
    assert standing.state is ReturnState.SUBMITTED
    assert [one.by for one in standing.signatures] == [
        "demo returns officer",
        "demo returns officer, a colleague",
    ]
    assert standing.files[name.removeprefix(f"return-{standing.number:06d}-")] == sha256(content).hexdigest()


def test_an_export_is_asked_for_approved_by_two_and_fetched(leaving, own_data: Path) -> None:  # type: ignore[no-untyped-def]
    with leaving("Research exports") as page:
        main = page.become(RESEARCHER)
        page.write("Title", "How long do outcomes last?")
        page.write("Short name", "lasting")
        page.write("Purpose", "to learn what lasts")
        page.write("Legal basis", "Article 6(1)(e)")
        page.confirm("Yes: begin this project", "Begin the project", "is begun")
        _pick(page.seen.page, main, "By (at most", "Quarter")
        page.seen.quiet()
        main.get_by_role("button", name="Add this table").click()
        expect(main).to_contain_text("What it would look like")
        page.seen.quiet()
        page.looked_at()
        page.confirm("Yes: ask for 1 table", "Ask for it", "is asked for")
        page.look_until("two output checkers decide, neither")
        for persona, said in ((CHECKER, "once both have"), (SECOND, "Approved by two")):
            page.become(persona)
            main.get_by_text("Approve it").click()
            page.seen.quiet()
            page.write("Why (the author", f"nothing small, says {persona.lower()[-9:]}")
            page.confirm(
                "Yes: I have read the report", "Decide", said if persona == CHECKER else "approved export 1"
            )
            page.looked_at()
        page.become(RESEARCHER)
        page.look_until("Its author can fetch it until")
        link = main.get_by_role("link", name="Fetch export 1 (ZIP)")
        name, content = fetched(page.seen.page, link.click)
        page.looked_at()
    book = _ledger(own_data)
    (standing,) = book.exports.standings()
    book.verify()
    book.close()
    assert standing.state is ExportState.RELEASED
    assert standing.files[name] == sha256(content).hexdigest()
    assert "datapackage.json" in zipfile.ZipFile(io.BytesIO(content)).namelist()


def _pick(page: Page, main: Locator, label: str, option: str) -> None:
    """Pick one of several in a list where more can be chosen."""
    main.get_by_label(label).first.click()
    page.get_by_role("option", name=option, exact=True).click()
    page.keyboard.press("Escape")
