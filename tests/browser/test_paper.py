"""On paper, and enlarged: nothing is cut off, nothing is closed, nothing is there to be pressed."""

import io
import re
from collections import Counter

import pytest
from playwright.sync_api import Browser, expect
from pypdf import PdfReader

from tests.browser.driving import TITLES, Scheme, become, go_to, opened, watching
from tests.browser.looking import too_wide

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), pytest.param(1920, "dark", marks=pytest.mark.proof)]
)
def test_a_page_prints_whole(browser: Browser, address: str, width: int, scheme: Scheme) -> None:
    with watching(browser, address, width, scheme) as seen:
        page = opened(seen, "outcomes", TITLES["Outcomes"])
        expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        page.wait_for_timeout(500)
        drawn = Counter(page.locator(".js-plotly-plot .bartext").all_text_contents())
        document = PdfReader(io.BytesIO(page.pdf(format="A4")))
        printed = " ".join(" ".join(sheet.extract_text() for sheet in document.pages).split())
        # What lies beyond the edge of a sheet is not in its text. The tables are open, and each has the figures again.
        found = Counter(re.findall(r"[\d,]+%?", printed))
        assert drawn
        assert not {text for text, times in drawn.items() if found[text] < 2 * times}
        assert printed.count("Symbols:") == page.get_by_text("The table behind it").count()
        assert "How safe is this release?" not in printed
        assert "Look at the demo as" not in printed
        assert "Download" not in printed


@pytest.mark.proof
def test_enlarged_to_400_per_cent_nothing_is_lost(browser: Browser, address: str) -> None:
    """WCAG 2.2, 1.4.10: 1280 pixels enlarged four times are 320."""
    with watching(browser, address, 320) as seen:
        become(opened(seen), "Auditor")
        for title in TITLES:
            go_to(seen, title)
            assert too_wide(seen.page) <= 0, title
