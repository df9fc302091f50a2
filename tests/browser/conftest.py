"""What the browser tests share: one Chromium, and the app over a made-up release."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.driving import CHROMIUM, SWITCHES, served
from tests.fakes import write_release


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or none: then the tests are skipped, but never where they must be run.

    One a module: what drives it leaves an event loop running, in which no other file's tests can run theirs.
    """
    if not CHROMIUM.exists():
        assert "CI" not in os.environ, "CI must drive a browser: .ci/run installs one"
        pytest.skip("no Chromium: apt-get install chromium, or set CHROMIUM")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a made-up release."""
    folder = tmp_path_factory.mktemp("data")
    write_release(folder)
    return folder


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    """The app over it."""
    with served(data) as address:
        yield address
