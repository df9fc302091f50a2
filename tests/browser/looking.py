"""What is looked for on every page: faults that axe-core finds, and what the keyboard alone comes to."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

# Where the keyboard is: its name as a screen reader would say it, and whether that can be seen.
_WHERE = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const words = (at.getAttribute("aria-label") || at.innerText || "").trim().split("\\n").pop();
  let seen = false;
  for (let one = at, up = 0; one && up < 4; one = one.parentElement, up++) {
    const style = getComputedStyle(one);
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    seen = seen || ring || style.boxShadow !== "none";
  }
  return [`${at.tagName.toLowerCase()} ${words}`, seen];
}"""


def faults(page: Page) -> list[str]:
    """What axe-core finds wrong with a page as it stands: the rule, and where."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {node['target']} {node['html'][:200]}"
        for one in found
        for node in one["nodes"]
    ]


def stops(page: Page, most: int = 120) -> dict[str, bool]:
    """Everything that Tab comes to, from below the skip link on until it begins anew: its name, and whether it can be
    seen that the keyboard is there."""
    page.get_by_test_id("stSkipToContent").focus()
    page.keyboard.press("Tab")
    found: dict[str, bool] = {}
    for _ in range(most):
        where = page.evaluate(_WHERE)
        if where is None:
            break
        name, seen = where
        found[name] = found.get(name, True) and seen
        page.keyboard.press("Tab")
    return found


def too_wide(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def title(page: Page) -> str:
    """The question at the head of a page, which has one such heading."""
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_count(1)
    return heading.inner_text()
