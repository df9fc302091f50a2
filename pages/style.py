"""The app's own style sheet: paper, the keyboard's focus, wide tables on a narrow screen, lines that read well.

Streamlit's names for its parts (`data-testid`) are all that it holds on to; tests/browser looks whether they hold.
"""

from typing import Final

import streamlit

# Beyond this width lines are too long to read, and charts too wide for a sheet of paper: a browser prints a page as if
# its window were a third wider than the sheet, and shrinks it to fit.
_WIDEST: Final = "1090px"

_SCREEN: Final = f"""
[data-testid="stMainBlockContainer"] {{ max-width: {_WIDEST}; }}
a:focus-visible, summary:focus-visible, button:focus-visible, main:focus-visible {{
  outline: 3px solid currentColor !important; outline-offset: 2px;
}}
[data-testid="stSelectbox"] div:has(> div > input:focus-visible),
[data-testid="stSelectbox"] div:has(> input:focus-visible) {{ outline: 3px solid currentColor !important; }}
[data-testid="stMultiSelectTagsContainer"] [data-tag] {{
  background: transparent !important; border: 1px solid currentColor;
}}
[data-testid="stMultiSelectTagsContainer"] :is([data-tag], [data-tag] *) {{ color: inherit !important; }}
[data-testid="stTable"] {{ overflow-x: auto; }}
[data-testid="stTable"]:has(th:nth-child(10)) :is(td, th) {{ padding: 0.25rem !important; }}
[data-testid="stTable"]:has(th:nth-child(10)) :is(td, th) :is(p, div, span) {{
  font-size: 0.8rem !important; line-height: 1.3; overflow-wrap: anywhere !important;
}}
[data-testid="stCaptionContainer"] {{ opacity: 0.82 !important; }}
[data-testid="stPageLink-NavLink"] {{ align-items: flex-start; height: auto; }}
[data-testid="stPageLink-NavLink"] :is(span:not([data-testid]), p, [data-testid="stMarkdownContainer"]) {{
  white-space: normal !important; overflow: visible !important;
}}
"""

# A table that does not fit on a phone is not pushed sideways, where no key reaches: its words are broken, and one of
# many columns is small.
_PHONE: Final = """
@media (max-width: 640px) {
  [data-testid="stTable"] :is(td, th) { padding: 0.2rem !important; }
  [data-testid="stTable"] :is(th *, td:first-child *) { overflow-wrap: anywhere !important; hyphens: auto; }
  [data-testid="stTable"]:has(th:nth-child(6)) :is(td, th) :is(p, div, span) {
    font-size: 0.75rem !important; line-height: 1.3; overflow-wrap: anywhere !important; hyphens: auto;
  }
}
"""

# On paper there is no navigation, nothing to press, no dark and nothing closed: every chart has its table below it.
_PAPER: Final = """
@page { margin: 12mm; }
@media print {
  html, body, #root { background: #fff !important; }
  [data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stToolbar"], [data-testid="stDecoration"],
  [data-testid="stStatusWidget"], [data-testid="stSkipToContent"], [data-testid="stBottom"], [data-testid="stButton"],
  [data-testid="stLinkButton"], [data-testid="stMetricHelp"], [data-testid="stTooltipIcon"],
  [data-testid="stHeaderActionElements"], a[href*="/download/"] { display: none !important; }
  [data-testid="stApp"], [data-testid="stAppViewContainer"], [data-testid="stMain"],
  [data-testid="stMainBlockContainer"], [data-testid="stVerticalBlock"], [data-testid="stHorizontalBlock"],
  [data-testid="stColumn"], [data-testid="stElementContainer"], [data-testid="stFullScreenFrame"],
  [data-testid="stPlotlyChart"], [data-testid="stTable"] {
    position: static !important; overflow: visible !important; height: auto !important;
    background: #fff !important; contain: none !important; inset: auto !important;
  }
  [data-testid="stMainBlockContainer"] { padding: 0 !important; max-width: none; width: auto; }
  [data-testid="stApp"] *:not(svg *) { color: #1f2933 !important; border-color: #d5dae0 !important; }
  [data-testid="stPlotlyChart"] div, [data-testid="stTable"] div, [data-testid="stExpander"] div,
  [data-testid="stExpander"] details { overflow: visible !important; contain: none !important; }
  [data-testid="stSelectbox"] div, [data-testid="stSelectbox"] input { background: #fff !important; }
  .main-svg { background: transparent !important; max-width: none !important; }
  .main-svg :is(.xtick, .ytick, .legend, .g-xtitle, .g-ytitle, .infolayer) text, .main-svg .bartext-outside {
    fill: #1f2933 !important;
  }
  .main-svg .textpoint text { fill: #1f2933 !important; stroke: #fff; stroke-width: 3px; paint-order: stroke; }
  [data-testid="stAlert"], [data-testid="stAlert"] * { background: #fff !important; }
  [data-testid="stAlert"] { border: 1px solid #d5dae0 !important; }
  [data-testid="stPlotlyChart"], [data-testid="stMetric"], [data-testid="stAlert"], tr { break-inside: avoid; }
  h1, h2, h3, h4, summary { break-after: avoid; }
  thead { display: table-header-group; }
  details::details-content { content-visibility: visible !important; block-size: auto !important; }
  details > summary svg, details > summary [data-testid="stIconMaterial"] { display: none; }
}
"""


def apply() -> None:
    """Put the style sheet on the page. It takes no room there. Call it once a turn."""
    streamlit.html(f"<style>{_SCREEN}{_PHONE}{_PAPER}</style>")
