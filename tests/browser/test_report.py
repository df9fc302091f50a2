"""The data-quality report in a real Chromium: readable on a telephone, at a desk and on paper; it asks nobody."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from release.places import Places

pytestmark = pytest.mark.browser

# The lowest contrast of a text that is shown with the background it stands on (WCAG 2.2, success criterion 1.4.3).
_LOWEST_CONTRAST = """() => {
  const part = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const colour = text => text.match(/[\\d.]+/g).map(Number);
  const behind = one => {
    for (; one; one = one.parentElement) {
      const found = colour(getComputedStyle(one).backgroundColor);
      if (found.length < 4 || found[3] === 1) return found;
    }
    return [255, 255, 255];
  };
  let lowest = 21;
  for (const one of document.querySelectorAll("body *")) {
    if (![...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())) continue;
    const pair = [light(colour(getComputedStyle(one).color)), light(behind(one))].sort((a, b) => b - a);
    lowest = Math.min(lowest, (pair[0] + 0.05) / (pair[1] + 0.05));
  }
  return lowest;
}"""


@pytest.fixture(params=[1280, 390], ids=["desk", "phone"])
def report(request: pytest.FixtureRequest, browser: Browser, sample_data: Path) -> Iterator[Page]:
    """The report of the sample's run, opened as a file; anything that it asks of a network is noted and refused."""
    (file,) = Places(sample_data).quality.glob("*/report.html")
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.goto(file.as_uri())
    yield page
    assert asked == [file.as_uri()]
    context.close()


def test_nothing_is_wider_than_the_window_opened_or_closed(report: Page) -> None:
    for details in report.locator("details").all():
        details.evaluate("one => one.open = true")
    assert report.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    for cell in report.locator("tbody td:visible, tbody th:visible").all()[:60]:
        assert cell.evaluate("one => one.scrollWidth - one.clientWidth") <= 1


def test_everybody_can_read_it(report: Page) -> None:
    assert report.evaluate(_LOWEST_CONTRAST) >= 4.5
    expect(report.get_by_role("main")).to_have_count(1)
    expect(report.get_by_role("heading", level=1)).to_have_text("Data quality of the extracts")
    table = report.get_by_role("table", name="Every extract: rows received, set aside and matched")
    expect(table.get_by_role("row")).to_have_count(16)
    expect(table.get_by_role("rowheader").first).to_be_visible()


def test_paper_shows_what_is_folded_on_the_screen(report: Page) -> None:
    report.emulate_media(media="print")
    folded = report.locator("details code").first
    assert folded.evaluate("one => one.getBoundingClientRect().height") > 0
