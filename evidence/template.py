"""The house template of every chart: the Analysis Function's palette, calm lines, a light and a dark shade."""

from functools import cache
from typing import Any, Final

import plotly.graph_objects as go

# Navy, teal, plum, orange, grey, lilac (analysisfunction.civilservice.gov.uk, "colours in charts"); for a dark page
# the three that would drown are lifted, in the same order.
LIGHT: Final = ("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1")
DARK: Final = ("#7FB2E5", "#28A197", "#E58AB9", "#F46A25", "#C9C9C9", "#A285D1")
MAIN, SECOND, _THIRD, ACCENT, GREY, LILAC = LIGHT
WITHHELD: Final = "#8A8A8A"
FONT: Final = '"Source Sans", "Source Sans Pro", "Segoe UI", Arial, sans-serif'

_INK = {False: "#1F2933", True: "#E6E9EC"}
_GRID = {False: "#E3E6EA", True: "#39414B"}
_PAPER = {False: "#FFFFFF", True: "#11161C"}


@cache
def template(*, dark: bool = False) -> go.layout.Template:
    """The template: transparent, so that it lies on any page."""
    ink, grid = _INK[dark], _GRID[dark]
    axis = {
        "automargin": True,
        "fixedrange": True,
        "gridcolor": grid,
        "linecolor": grid,
        "zerolinecolor": grid,
        "ticks": "",
        "title": {"font": {"size": 13}},
    }
    return go.layout.Template(
        layout={
            "colorway": DARK if dark else LIGHT,
            "font": {"family": FONT, "size": 14, "color": ink},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 8, "r": 16, "t": 36, "b": 8},
            "xaxis": axis,
            "yaxis": axis,
            "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal"},
            "hoverlabel": {"bgcolor": _PAPER[dark], "font": {"color": ink}, "bordercolor": grid},
            "hovermode": "closest",
            "dragmode": False,
            "bargap": 0.28,
            "separators": ".,",
        }
    )


def shaded(figure: go.Figure, *, dark: bool) -> go.Figure:
    """The same figure for a light or a dark page."""
    if not dark:
        return figure
    content = _exchanged(figure.to_plotly_json(), dict(zip(LIGHT, DARK, strict=True)))
    content["layout"].pop("template", None)
    return go.Figure(content).update_layout(template=template(dark=True))


def _exchanged(value: Any, colours: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _exchanged(one, colours) for key, one in value.items() if key != "template"}
    if isinstance(value, list | tuple):
        return [_exchanged(one, colours) for one in value]
    return colours.get(value, value) if isinstance(value, str) else value
