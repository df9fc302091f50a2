"""The house template of every chart: the Analysis Function's palette, calm lines, a light and a dark shade."""

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from plotly.basedatatypes import BaseFigure

if TYPE_CHECKING:
    from evidence.drawing import Drawing

# Navy, teal, plum, orange, grey, lilac (analysisfunction.civilservice.gov.uk, "colours in charts"); for a dark page
# the three that would drown are lifted, in the same order.
LIGHT: Final = ("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1")
DARK: Final = ("#7FB2E5", "#28A197", "#E58AB9", "#F46A25", "#C9C9C9", "#A285D1")
MAIN, SECOND, _THIRD, ACCENT, GREY, LILAC = LIGHT
WITHHELD: Final = "#8A8A8A"
FONT: Final = '"Source Sans", "Source Sans Pro", "Segoe UI", Arial, sans-serif'

# From few to many, for places and cells: navy, ever lighter, on a light page; the other way round on a dark one, where
# what stands out is light.
FEW_TO_MANY: Final = ("#D6E4F0", "#A3C3DF", "#6C9DC6", "#38709F", "#12406A")
_FEW_TO_MANY_DARK: Final = ("#1F3347", "#2F5578", "#3F719E", "#74A8D6", "#B5D6F3")
# What is written on each of them, from few to many.
ON_FEW_TO_MANY: Final = ("#1F2930", "#1F2930", "#1F2930", "#FFFFFE", "#FFFFFE")
ON_MAIN: Final = ON_FEW_TO_MANY[-1]
# Lines between places: the page shows through.
EDGE: Final = "#FEFEFE"
BAND: Final = "#EEF1F4"

_INK = {False: "#1F2933", True: "#E6E9EC"}
_GRID = {False: "#E3E6EA", True: "#39414B"}
_PAPER = {False: "#FFFFFF", True: "#11161C"}
_EXCHANGE: Final = {
    **dict(zip(LIGHT, DARK, strict=True)),
    **dict(zip(FEW_TO_MANY, _FEW_TO_MANY_DARK, strict=True)),
    "#1F2930": "#FFFFFE",
    "#FFFFFE": "#1F2930",
    EDGE: "#11161C",
    BAND: "#232B33",
}


@cache
def template_of(*, dark: bool) -> dict[str, Any]:
    """The template, as Plotly's script takes it: transparent, so that it lies on any page. Read only: it is the same
    one every time."""
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
    layout = {
        "colorway": list(DARK if dark else LIGHT),
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
    return {"layout": layout}


def exchanged(value: Any) -> Any:
    """The same traces or layout with the colours of a dark page."""
    if isinstance(value, str):
        return _EXCHANGE.get(value, value)
    if isinstance(value, dict):
        return {key: exchanged(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        # Long lists hold figures and labels, and most hold one kind alone.
        return [exchanged(one) if isinstance(one, str | dict | list | tuple) else one for one in value]
    return value


class Ready(BaseFigure):  # type: ignore[misc]  # Plotly has no types
    """A drawing as Streamlit takes it: it looks through a dictionary once more, but not through a figure."""

    def __init__(self, content: dict[str, Any]) -> None:
        # Not BaseFigure's own, which checks every property.
        self._content = content

    def to_dict(self) -> dict[str, Any]:
        return self._content


def shaded(figure: "Drawing", *, dark: bool) -> Ready:
    """A drawing for a light or a dark page."""
    return Ready(figure.content(dark=dark))
