"""The real app in a real Chromium: every page, by one who sees all of them, by desk and by phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driving import (
    LOOPBACK,
    TITLES,
    Scheme,
    Watched,
    become,
    choose,
    close_menu,
    drawn,
    go_to,
    open_tables,
    opened,
    served,
    watching,
)
from tests.browser.looking import faults, too_wide
from tests.fakes import NAME, write_release

pytestmark = pytest.mark.browser


@pytest.fixture(params=[(1280, "light"), (390, "dark")], ids=["desk", "phone"])
def watched(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Watched]:
    with watching(browser, address, *request.param) as seen:
        yield seen


def test_every_page_opens_without_a_fault_and_asks_nobody_else(watched: Watched) -> None:
    _walk(watched)


@pytest.mark.proof
@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light")])
def test_nor_the_other_way_round(browser: Browser, address: str, width: int, scheme: Scheme) -> None:
    with watching(browser, address, width, scheme) as seen:
        _walk(seen)


def _walk(watched: Watched) -> None:
    """Every page, with every table open. The policy is never violated: Chromium would say so on the console."""
    page = opened(watched)
    become(page, "Auditor")
    for title in TITLES:
        go_to(watched, title)
        close_menu(page)
        open_tables(page)
        main = page.get_by_test_id("stMain")
        expect(main).to_contain_text(NAME)
        expect(main).to_contain_text("Made-up data")
        assert faults(page) == [], title
        assert too_wide(page) <= 0, f"{title} is wider than the window"
        watched.quiet()
    assert page.get_by_test_id("stSidebarNav").get_by_role("link").count() == len(TITLES)


def test_every_chart_has_its_table_and_a_view_is_a_link(watched: Watched) -> None:
    page = opened(watched, "outcomes", TITLES["Outcomes"])
    close_menu(page)
    charts = page.locator(".js-plotly-plot")
    expect(charts.first).to_be_visible()
    tables = page.get_by_text("The table behind it")
    assert tables.count() >= charts.count() > 0
    choose(page, "Headline outcome", "Safe from domestic abuse")
    expect(page).to_have_url(f"{watched.address}/outcomes?headline=8")
    open_tables(page)
    shown = page.get_by_test_id("stMain").inner_text()
    assert "8.1" in shown
    with watching(page.context.browser, watched.address) as other:  # type: ignore[arg-type]
        opened(other, "outcomes?headline=8", TITLES["Outcomes"])
        open_tables(other.page)
        assert other.page.get_by_test_id("stTable").first.inner_text() in shown
    watched.quiet()


def test_a_hostile_address_gets_the_page_as_it_is(watched: Watched) -> None:
    strange = "outcomes?headline=%3Cscript%3Ealert(1)%3C/script%3E&locality='%3B--&by=" + "x" * 2000
    page = opened(watched, strange, TITLES["Outcomes"])
    assert "alert(1)" not in page.get_by_test_id("stMain").inner_html()


def test_a_role_sees_its_pages_only(watched: Watched) -> None:
    page = opened(watched)
    become(page, "Data protection officer")
    links = page.get_by_test_id("stSidebarNav").get_by_role("link")
    expect(links).to_have_text(
        [
            "Overview",
            "Research exports",
            "Data quality",
            "Privacy",
            "How safe is this release?",
            "Audit",
            "About",
        ]
    )
    watched.quiet()


def test_an_officer_asks_for_the_list(watched: Watched) -> None:
    page = opened(watched)
    become(page, "Returns officer")
    watched.quiet()
    go_to(watched, "Payment by results")
    close_menu(page)
    page.get_by_role("button", name="Ask for the list").click()
    expect(page.get_by_test_id("stMain")).to_contain_text("is with the worker")
    expect(page.get_by_test_id("stMain")).to_contain_text("Waiting for the worker")
    watched.quiet()


def test_a_link_to_a_page_opens_it_for_the_very_first_visitor(browser: Browser, tmp_path: Path) -> None:
    """Streamlit takes a folder `pages` for its own, until the app has run once; without a server around it too."""
    write_release(tmp_path)
    with served(tmp_path, script="app.py") as address, watching(browser, address) as seen:
        seen.page.goto(f"{address}/outcomes")
        expect(seen.page.get_by_role("heading", level=1)).to_have_text(TITLES["Outcomes"])
        drawn(seen.page)
        # What it cannot do is said where somebody would look for it.
        open_tables(seen.page)
        expect(seen.page.get_by_test_id("stMain")).to_contain_text("asgi.py")
        assert seen.hosts <= LOOPBACK
