"""The keyboard alone: it comes to everything that matters, shows where it is, and works what it came to."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driving import TITLES, become, drawn, fetched, go_to, opened, watching
from tests.browser.looking import stops

pytestmark = pytest.mark.browser


def _tab_to(page: Page, name: str, most: int = 80) -> None:
    """Press Tab until the keyboard is on what is called so."""
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(
            "(document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || '').trim()"
        )
        if at.split("\n")[-1] == name:
            return
    raise AssertionError(f"the keyboard does not come to {name}")


def test_a_manager_without_a_mouse(browser: Browser, address: str) -> None:
    """From the skip link over the navigation, a list and a table to a file."""
    with watching(browser, address) as seen:
        page = opened(seen)
        page.keyboard.press("Tab")
        expect(page.get_by_test_id("stSkipToContent")).to_be_focused()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.closest('main, [data-testid=stMain]') !== null")
        _tab_to(page, "Outcomes")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(TITLES["Outcomes"])
        drawn(page)
        _tab_to(page, "Headline outcome")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"\?headline="))
        drawn(page)
        _tab_to(page, "The table behind it")
        page.keyboard.press("Enter")
        expect(page.locator("details[open]")).to_have_count(1)
        link = page.locator("details[open] a[href*='/download/']").first
        _tab_to(page, link.inner_text().strip().split("\n")[-1])
        name, _content = fetched(page, lambda: page.keyboard.press("Enter"))
        assert name.endswith(".csv")
        seen.quiet()


@pytest.mark.proof
def test_the_keyboard_comes_to_everything_and_is_seen(browser: Browser, address: str) -> None:
    with watching(browser, address) as seen:
        become(opened(seen), "Auditor")
        for title in TITLES:
            go_to(seen, title)
            found = stops(seen.page)
            links = {f"a {name}" for name in TITLES}
            boxes = seen.page.get_by_test_id("stMain").get_by_role("combobox")
            lists = {f"input {one.get_attribute('aria-label')}" for one in boxes.all()}
            closed = seen.page.locator("summary").count()
            assert (links | lists) - found.keys() == set(), title
            assert not closed or any(name.startswith("summary ") for name in found), title
            assert [name for name, visible in found.items() if not visible] == [], title
