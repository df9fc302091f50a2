"""Signing in with an account of the app's own: by keyboard alone, out again, and not by a copy of the cookie."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from ledger import open_ledger
from release.places import PROJECT, Places
from tests.browser.driving import TITLES, served, watching
from tests.browser.looking import faults, too_wide
from tests.fakes import write_release

pytestmark = pytest.mark.browser
WORDS = "three words of mine"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A release that is no demo's, and one account."""
    write_release(tmp_path, synthetic="false")
    shipped = (PROJECT / "data" / "access.toml").read_text(encoding="utf-8")
    (tmp_path / "access.toml").write_text(shipped.replace("local = false", "local = true"), encoding="utf-8")
    ledger = open_ledger(Places(tmp_path))
    ledger.accounts.add("Ann Lee", WORDS, account_role="auditor", scope="", by="root", role="pipelines")
    ledger.close()
    return tmp_path


def test_an_account_gets_in_and_out(browser: Browser, data: Path) -> None:
    with served(data) as address, watching(browser, address, 390, "dark") as seen:
        page = seen.page
        page.goto(address)
        page.get_by_role("button", name="Sign in").click(timeout=60_000)
        expect(page.get_by_label("Name")).to_be_focused()
        assert faults(page) == []
        assert too_wide(page) <= 0
        page.keyboard.type("ann lee")
        page.keyboard.press("Tab")
        page.keyboard.type("not my words")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("That did not work")
        # The browser says of the refusal that it was one.
        assert all("403" in one for one in seen.faults)
        seen.faults.clear()
        assert faults(page) == []
        expect(page.get_by_label("Password")).to_be_focused()
        page.keyboard.type(WORDS)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(TITLES["Overview"], timeout=60_000)
        seen.quiet()
        kept = page.context.cookies()
        assert all(one["httpOnly"] for one in kept if one["name"].startswith("outcome_lens"))
        page.get_by_test_id("stExpandSidebarButton").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("You are signed out.")).to_be_visible()
        assert "outcome_lens_session" not in {one["name"] for one in page.context.cookies()}
        page.context.add_cookies(kept)  # type: ignore[arg-type]
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text("Your session is over", timeout=30_000)
        seen.quiet()
