"""A whole claims window in a real Chromium, by three people, with the worker beside the app."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ledger import Step, WindowState, open_ledger
from release.places import Places
from tests.browser.driving import (
    TITLES,
    Watched,
    become,
    close_menu,
    go_to,
    running,
    served,
    watching,
)
from tests.conftest import SAMPLE

pytestmark = pytest.mark.browser
OFFICER, COLLEAGUE, AUDITOR = "Returns officer", "Returns officer, a colleague", "Auditor"


@contextmanager
def working(data: Path) -> Iterator[None]:
    """The worker over a data folder, started as a user starts it."""
    with running(["-m", "custody", "serve", "--data", data, "--every", "0.2"]):
        yield


def _as(seen: Watched, persona: str) -> Page:
    """The page of the window as somebody sees it."""
    become(seen.page, persona)
    seen.quiet()
    go_to(seen, "Claims window")
    close_menu(seen.page)
    return seen.page


def _confirm(seen: Watched, box: str, button: str) -> None:
    """Tick the box that begins with `box`, and press the button."""
    main = seen.page.get_by_test_id("stMain")
    main.get_by_text(box).first.click()
    main.get_by_role("button", name=button, exact=True).click()
    seen.quiet()


def _look_until(seen: Watched, words: str) -> None:
    """Look again until the worker has answered."""
    main = seen.page.get_by_test_id("stMain")
    for _ in range(60):
        if main.get_by_text(words).count():
            break
        again = main.get_by_role("button", name="Look again")
        if again.is_visible():
            again.click()
        seen.page.wait_for_timeout(500)
    seen.quiet()
    expect(main).to_contain_text(words)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")], ids=["desk", "phone"])
def test_a_window_is_opened_audited_signed_and_submitted(
    browser: Browser,
    own_data: Path,
    width: int,
    scheme: str,
) -> None:
    identities = (SAMPLE / "truth" / "identities.txt").read_text(encoding="utf-8").split("\n")
    with (
        working(own_data),
        served(own_data) as address,
        watching(browser, address, width, "dark" if scheme == "dark" else "light") as seen,
    ):
        seen.page.goto(address)
        expect(seen.page.get_by_role("heading", level=1)).to_have_text(TITLES["Overview"], timeout=30_000)
        main = _as(seen, OFFICER).get_by_test_id("stMain")
        _confirm(seen, "Yes: enter what is claimable", "Open the window")
        expect(main).to_contain_text("is with the worker", timeout=20_000)
        _look_until(seen, "drawn for audit")

        _as(seen, AUDITOR)
        main.get_by_text("claims", exact=False).filter(has_text="All ").last.click()
        seen.quiet()
        _confirm(seen, "upheld.", "Give the verdict")
        expect(main).to_contain_text("claims upheld.", timeout=20_000)

        _as(seen, OFFICER)
        expect(main).to_contain_text("somebody else signs it")
        expect(main.get_by_role("button", name="Sign the window")).to_have_count(0)
        _as(seen, COLLEAGUE)
        _confirm(seen, "Yes: I sign for", "Sign the window")
        expect(main).to_contain_text("is signed by demo returns officer, a colleague", timeout=20_000)
        expect(main.get_by_role("button", name="Submit the window")).to_have_count(0)
        _as(seen, OFFICER)
        _confirm(seen, "Yes: submit", "Submit the window")
        expect(main).to_contain_text("claims submitted, worth £", timeout=20_000)
        assert seen.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        shown = seen.page.content()
        assert not [one for one in identities if len(one) > 5 and one in shown]

        go_to(seen, "Payment by results")
        expect(seen.page.get_by_test_id("stMain")).to_contain_text("No sample of a window has failed")
    book = open_ledger(Places(own_data))
    (window,) = book.claims.windows()
    steps = {one.step for one in book.claims.standings()}
    book.verify()
    book.close()
    assert (window.state, window.signed_by) == (WindowState.SUBMITTED, "demo returns officer, a colleague")
    assert window.submitted_by == ("demo returns officer",)
    assert steps == {Step.SUBMITTED}
