"""Maps: a measure by ward or locality, on the council's own boundaries; nothing is asked of the internet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from evidence.answers import Answer
from evidence.boundaries import Boundaries, Ring
from evidence.chart import Chart, chart_of, extremes_in_words
from evidence.classes import MOST, Classes, classes_of
from evidence.drawing import Drawing
from evidence.findings import largest, title
from evidence.symbols import IN_SHORT
from evidence.template import BAND, EDGE, FEW_TO_MANY, GREY, ON_FEW_TO_MANY, WITHHELD
from evidence.words import in_chart, written

# How wide a map is on a phone, and how high it is at most, in pixels.
_PHONE: Final = 360
_HIGHEST: Final = 440
# A figure is written on a place that is wider and higher than these parts of the map.
_WIDE: Final = 0.085
_HIGH: Final = 0.035


@dataclass(frozen=True)
class _Place:
    """One place: what it is called, its figure (None: not shown) and that as it is written, and its shape."""

    label: str
    value: float | None
    cell: str
    rings: tuple[Ring, ...]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """From left to right, from bottom to top."""
        across = [x for xs, _ in self.rings for x in xs]
        up = [y for _, ys in self.rings for y in ys]
        return min(across), max(across), min(up), max(up)


def choropleth(
    answer: Answer, boundaries: Boundaries, *, by: str, question: str, noise_change: float | None = None
) -> Chart:
    """A map of a measure by place: the darker (on a dark page the lighter) the more, in classes no narrower than noise.

    Withheld places are hatched. One without a shape is in the table alone. `noise_change`: how far two figures have to
    lie apart for the finding to name the largest; None: twice what noise may make of one.
    """
    frame = answer.applicable
    places, absent = _places(answer, boundaries)
    shown = [place.value for place in places if place.value is not None]
    classes = classes_of(shown, answer.most or 0.0)
    unit = answer.measure.unit
    figure = Drawing()
    for number in range(classes.number):
        rings = [
            ring
            for place in places
            if place.value is not None and classes.of(place.value) == number
            for ring in place.rings
        ]
        if rings:
            shade = FEW_TO_MANY[_shade(number, classes)]
            _fill(figure, rings, classes.label(number, unit), fillcolor=shade)
    hidden = [ring for place in places if place.value is None for ring in place.rings]
    if hidden:
        pattern = {"shape": "x", "size": 7, "solidity": 0.2, "fgcolor": WITHHELD, "bgcolor": BAND}
        _fill(figure, hidden, _unshown(places), fillcolor=BAND, fillpattern=pattern)
    if places:
        _figures(figure, places, classes)
    _frame(figure, places, boundaries.aspect)
    ordered = frame.sort("value", descending=True, nulls_last=True, maintain_order=True)
    cells = [written(value, symbol, unit) for value, symbol in ordered.select("value", "symbol").iter_rows()]
    table = pl.DataFrame({by: ordered[f"{answer.dimension}_label"], answer.measure.label: cells})
    # Which share is highest is a matter of chance too: the funnel plot tells that.
    counted = unit != "per cent"
    apart = noise_change if noise_change is not None else 2 * (answer.most or 0.0) + 1
    most = largest(answer, apart) if counted else None
    finding = title(f"{answer.measure.label}: most in {most}", f"Most in {most}") if most else None
    seen = extremes_in_words(frame, unit)
    alt = f"Map of {answer.measure.label.lower()} by {by.lower()}: {seen}."
    chart = chart_of(figure, title(finding, question), answer, table, alt)
    width = (
        f"Classes are {_width(classes, unit)} wide: figures of one class, or of two next to one another, may be the "
        "same."
    )
    without = f"Not on the map: {', '.join(absent)}." if absent else ""
    return replace(
        chart, notes=tuple(note for note in (width, without, *boundaries.notes, *chart.notes) if note)
    )


def _places(answer: Answer, boundaries: Boundaries) -> tuple[list[_Place], list[str]]:
    """The places that have a shape, and the names of those that have none."""
    places, absent = [], []
    columns = (answer.dimension, f"{answer.dimension}_label", "value", "symbol")
    for code, label, value, symbol in answer.applicable.select(columns).iter_rows():
        rings = boundaries.shapes.get(code)
        if rings:
            cell = written(value, symbol, answer.measure.unit)
            places.append(_Place(label, None if value is None else float(value), cell, rings))
        else:
            absent.append(label)
    return places, absent


def _shade(number: int, classes: Classes) -> int:
    """Which of the colours a class has: few classes are spread over all of them."""
    return MOST // 2 if classes.number == 1 else round(number * (MOST - 1) / (classes.number - 1))


def _fill(figure: Drawing, rings: Sequence[Ring], name: str, **look: Any) -> None:
    """Rings filled with one colour: one path, so that holes stay open."""
    across: list[int | None] = []
    up: list[int | None] = []
    for xs, ys in rings:
        across += [*xs, None]
        up += [*ys, None]
    figure.add_scatter(
        x=across[:-1],
        y=up[:-1],
        mode="lines",
        fill="toself",
        name=name,
        line={"color": EDGE, "width": 1},
        hoverinfo="skip",
        **look,
    )


def _figures(figure: Drawing, places: Sequence[_Place], classes: Classes) -> None:
    """What is written on each place, and what is told on pointing at it."""
    boxes = [place.box for place in places]
    wide = max(box[1] for box in boxes) - min(box[0] for box in boxes)
    high = max(box[3] for box in boxes) - min(box[2] for box in boxes)
    roomy = [box[1] - box[0] > _WIDE * wide and box[3] - box[2] > _HIGH * high for box in boxes]
    inks = [
        GREY if place.value is None else ON_FEW_TO_MANY[_shade(classes.of(place.value), classes)]
        for place in places
    ]
    middles = [_middle(place.rings) for place in places]
    figure.add_scatter(
        x=[x for x, _ in middles],
        y=[y for _, y in middles],
        mode="markers+text",
        marker={"size": 26, "opacity": 0},
        text=[f"<b>{place.cell}</b>" if room else "" for place, room in zip(places, roomy, strict=True)],
        textposition="middle center",
        textfont={"size": 12, "color": inks},
        showlegend=False,
        customdata=[[f"{in_chart(place.label)}: {IN_SHORT.get(place.cell, place.cell)}"] for place in places],
        hovertemplate="%{customdata[0]}<extra></extra>",
    )


def _middle(rings: Sequence[Ring]) -> tuple[float, float]:
    """The middle of a place's largest ring, as its area weighs (the usual formula of the centroid of a polygon)."""
    best, middle = 0.0, (float(rings[0][0][0]), float(rings[0][1][0]))
    for xs, ys in rings:
        area = across = up = 0.0
        for x, y, next_x, next_y in zip(xs, ys, xs[1:], ys[1:], strict=False):
            part = x * next_y - next_x * y
            area += part
            across += (x + next_x) * part
            up += (y + next_y) * part
        if abs(area) > best:
            best, middle = abs(area), (across / (3 * area), up / (3 * area))
    return round(middle[0], 1), round(middle[1], 1)


def _frame(figure: Drawing, places: Sequence[_Place], aspect: float) -> None:
    hidden: Mapping[str, Any] = {
        "showgrid": False,
        "zeroline": False,
        "showticklabels": False,
        "showline": False,
    }
    # As high as it is on a phone; on a wide page there is room at its sides.
    wide, high = 1.0, 1.0
    if places:
        boxes = [place.box for place in places]
        wide = max(box[1] for box in boxes) - min(box[0] for box in boxes)
        high = aspect * (max(box[3] for box in boxes) - min(box[2] for box in boxes))
    figure.update_layout(
        height=90 + round(min(_HIGHEST, _PHONE * high / max(wide, 1.0))),
        showlegend=bool(places),
        hoverdistance=40,
        margin={"t": 36, "l": 0, "r": 0},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "itemclick": False},
    )
    figure.update_xaxes(**hidden, constrain="domain")
    figure.update_yaxes(
        **hidden, scaleanchor="x", scaleratio=aspect, constrain="domain", constraintoward="top"
    )


def _unshown(places: Sequence[_Place]) -> str:
    cells = {place.cell for place in places if place.value is None}
    return " or ".join(IN_SHORT.get(cell, cell) for cell in sorted(cells))


def _width(classes: Classes, unit: str) -> str:
    return f"{classes.width:,.0f} points" if unit == "per cent" else written(classes.width, None, unit)
