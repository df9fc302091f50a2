"""Signing in with a real OpenID Connect provider, on this machine: by role, out again, and shut out."""

import csv
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from evidence.access import Role
from ledger import open_ledger
from release.places import Places
from tests.browser.driving import (
    TITLES,
    Watched,
    choose,
    drawn,
    fetched,
    free_port,
    go_to,
    open_tables,
    running,
    served,
    watching,
)
from tests.conftest import pipelines
from tests.fakes import write_release

pytestmark = pytest.mark.browser
# The headings and rows of a table as they are read.
_ROWS = """(table) => [...table.querySelectorAll("tr")].map(
  (row) => [...row.querySelectorAll("th, td")].map((cell) => cell.innerText.trim())
)"""
# What each role sees, in the order of the navigation.
SEES = {
    Role.MANAGER: set(TITLES) - {"Claims window", "Audit", "Research exports"},
    Role.RESEARCHER: {
        "Overview",
        "Outcomes",
        "Families' journeys",
        "Places",
        "Data quality",
        "Privacy",
        "Research exports",
        "About",
    },
    Role.RETURNS_OFFICER: set(TITLES) - {"How safe is this release?", "Audit", "Research exports"},
    Role.AUDITOR: set(TITLES),
    Role.OUTPUT_CHECKER: set(TITLES) - {"Payment by results", "Claims window", "Audit", "Quarterly return"},
    Role.DATA_PROTECTION_OFFICER: {
        "Overview",
        "Data quality",
        "Privacy",
        "How safe is this release?",
        "Research exports",
        "Audit",
        "About",
    },
}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The provider, which knows one person of each role, and one of none."""
    port = free_port()
    people = [
        {
            "sub": role.value,
            "email": f"{role.value}@example.org",
            "roles": [f"outcome-lens-{role.value}".replace("_", "-")],
        }
        for role in Role
    ]
    people.append({"sub": "nobody", "email": "nobody@example.org", "roles": ["something-else"]})
    users = [part for one in people for part in ("--user-claims", json.dumps(one))]
    with running(["-m", "oidc_provider_mock", "--port", str(port), *users], port):
        yield f"http://localhost:{port}"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_release(folder, synthetic="false")
    return folder


@pytest.fixture(scope="module")
def address(data: Path, provider: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app, which sends people to the provider."""
    port = free_port()
    secrets = tmp_path_factory.mktemp("secrets") / "secrets.toml"
    secrets.write_text(
        f"""[auth]
redirect_uri = "http://localhost:{port}/oauth2callback"
cookie_secret = "a secret of this test alone, which is long enough"
client_id = "outcome-lens"
client_secret = "another one"
server_metadata_url = "{provider}/.well-known/openid-configuration"
""",
        encoding="utf-8",
    )
    with served(data, "--secrets.files", str(secrets), port=port) as address:
        yield address


def _sign_in(seen: Watched, person: str) -> Page:
    """Sign in as somebody whom the provider knows, by its own page."""
    page = seen.page
    page.goto(seen.address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Outcome Lens")
    seen.quiet()
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=person, exact=True).click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    drawn(page)
    return page


def _pages(page: Page) -> set[str]:
    links = page.get_by_test_id("stSidebarNav").get_by_role("link")
    expect(links.first).to_be_visible()
    return set(links.all_inner_texts())


def _events(data: Path) -> list[str]:
    book = open_ledger(Places(data))
    try:
        book.verify()
        return [entry.event for entry in book.entries()]
    finally:
        book.close()


def test_from_sign_in_to_a_cookie_that_is_of_no_use_any_more(
    browser: Browser, address: str, data: Path
) -> None:
    with watching(browser, address) as seen:
        page = _sign_in(seen, "manager")
        assert _pages(page) == SEES[Role.MANAGER]
        go_to(seen, "Outcomes")
        choose(page, "Headline outcome", "Secure housing")
        open_tables(page)
        file = list(csv.reader(io.StringIO(_download(page))))
        shown = page.get_by_test_id("stTable").first.evaluate(_ROWS)
        assert len(shown) > 1
        first = file.index(shown[0])
        assert file[first : first + len(shown)] == shown
        assert any(row and row[0].startswith("Source: ") for row in file)

        # Somebody else, even with the link, gets nothing.
        link = page.locator("a[href*='/download/']").first.get_attribute("href")
        with watching(browser, address) as stranger:
            answer = stranger.page.request.get(f"{address}{link}")
            assert answer.status in (401, 403, 404)
            assert "Secure housing" not in answer.text()

        stolen = page.context.cookies()
        page.get_by_role("button", name="Sign out").click()
        # The provider asks as well, and sends back here.
        page.get_by_role("button", name="End session").click()
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        with watching(browser, address) as thief:
            thief.page.context.add_cookies(stolen)  # type: ignore[arg-type]
            thief.page.goto(address)
            expect(thief.page.get_by_role("heading", level=1)).to_have_text("Your session is over")
            assert thief.page.get_by_test_id("stMetric").count() == 0
            assert thief.page.request.get(f"{address}{link}").status in (401, 403, 404)
        seen.faults.clear()
    events = _events(data)
    assert {"sign_in", "download", "sign_out"} <= set(events)


def _download(page: Page) -> str:
    name, content = fetched(page, page.locator("a[href*='/download/']").first.click)
    assert name.endswith(".csv")
    assert content.startswith(b"\xef\xbb\xbf")
    return content.decode("utf-8-sig")


def test_who_is_revoked_is_out_within_seconds(browser: Browser, address: str, data: Path) -> None:
    with watching(browser, address) as seen:
        page = _sign_in(seen, "researcher")
        assert _pages(page) == SEES[Role.RESEARCHER]
        expect(page.get_by_test_id("stMetric").first).to_be_visible()
        ended = pipelines("session", "end", "--person", "researcher@example.org", "--data", data)
        assert ended.code == 0, ended.words
        since = time.monotonic()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your session is over")
        assert time.monotonic() - since < 10
        assert page.get_by_test_id("stMetric").count() == 0
    assert "session_ended" in _events(data)


def test_who_has_no_role_sees_nothing(browser: Browser, address: str, data: Path) -> None:
    with watching(browser, address) as seen:
        page = _sign_in(seen, "nobody")
        expect(page.get_by_role("heading", level=1)).to_have_text("No role yet")
        assert page.get_by_test_id("stSidebarNav").count() == 0
        assert page.get_by_test_id("stMetric").count() == 0
    assert "sign_in_refused" in _events(data)


@pytest.mark.proof
@pytest.mark.parametrize("role", Role)
def test_each_role_sees_its_pages_and_no_other(browser: Browser, address: str, role: Role) -> None:
    with watching(browser, address) as seen:
        page = _sign_in(seen, role.value)
        assert _pages(page) == SEES[role]
        for title in TITLES:
            if title in SEES[role]:
                go_to(seen, title)
