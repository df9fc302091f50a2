"""Before and after: what happens to families in the year before help begins, and in the year after."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from evidence.answers import Answer
from evidence.chart import Chart, chart_of
from evidence.drawing import Drawing
from evidence.findings import title
from evidence.symbols import IN_SHORT, Symbol
from evidence.template import ACCENT, GREY, MAIN, WITHHELD
from evidence.words import count, in_chart, written

# Said beside the chart, never in its table alone. Families come to help when things are at their worst, so figures fall
# afterwards whatever is done (regression to the mean; Barnett, van der Pols and Dobson, International Journal of
# Epidemiology 34, 2005).
CAVEAT: Final = (
    "This is no proof that help is the cause: families come to us when things are at their worst, so figures fall "
    "afterwards anyway."
)
# So many kinds of event are told in words; the table has them all.
_MOST_SAID: Final = 4
# The height of one panel with its name above, and the room between two, in pixels.
_PANEL: Final = 92
_BETWEEN: Final = 34


@dataclass(frozen=True)
class _Panel:
    """One kind of event: how many families had it in each quarter of a year (None: withheld), before and after."""

    label: str
    values: tuple[float | None, ...]
    cells: tuple[str, ...]


def before_after(
    answer: Answer,
    families: Answer | None = None,
    *,
    question: str,
    around: str = "months_around",
    event: str = "event",
) -> Chart:
    """Small bars for each kind of event: how many families had it, by quarter of a year before and after help began.

    `answer` is by kind of event and quarter; `families` is how many families there are whose two years can be seen, by
    kind of event or of all. Each panel has a scale of its own. That it is no proof of cause is always told.
    """
    frame = answer.frame.select(event, f"{event}_label", around, f"{around}_label", "value", "symbol")
    quarters = list(frame.select(around, f"{around}_label").unique(maintain_order=True).iter_rows())
    panels = _panels(frame, event, around, [code for code, _ in quarters], answer.measure.unit)
    before = [code.startswith("-") for code, _ in quarters]
    figure = _drawn(panels, before)
    whole = _sizes(families, event)
    table = pl.DataFrame(
        {
            "Event": [panel.label for panel in panels],
            **(
                {"Families seen": [whole.get(panel.label, whole.get("", "")) for panel in panels]}
                if whole
                else {}
            ),
            **{label: [panel.cells[place] for panel in panels] for place, (_, label) in enumerate(quarters)},
        }
    )
    fewer = [panel.label for panel in panels if _moved(panel, before, answer) < 0]
    more = [panel.label for panel in panels if _moved(panel, before, answer) > 0]
    chart = chart_of(
        figure, title(_finding(fewer, more, panels), question), answer, table, _alt(panels, before)
    )
    size = f" Of {whole['']} families whose year before and year after can be seen." if whole.get("") else ""
    notes = (
        f"Families with at least one such event in each quarter of a year, counted from the start of help. "
        f"Each kind of event has a scale of its own.{size}",
        *chart.notes,
    )
    return replace(chart, told=(*chart.told, CAVEAT), notes=notes)


def _panels(frame: pl.DataFrame, event: str, around: str, quarters: Sequence[str], unit: str) -> list[_Panel]:
    """The kinds of event that happened to anybody, or may have."""
    found = []
    cells = {
        (one, quarter): (label, value, symbol) for one, label, quarter, _, value, symbol in frame.iter_rows()
    }
    for one in frame[event].unique(maintain_order=True):
        row = [cells[one, quarter] for quarter in quarters]
        if all(symbol == Symbol.NOT_APPLICABLE or value == 0 for _, value, symbol in row):
            continue
        values = tuple(None if value is None else float(value) for _, value, _ in row)
        found.append(
            _Panel(row[0][0], values, tuple(written(value, symbol, unit) for _, value, symbol in row))
        )
    return found


def _sizes(families: Answer | None, event: str) -> dict[str, str]:
    """How many families can be seen, by the label of the event; "" for all."""
    if families is None:
        return {}
    if families.question.by != (event,):
        return {"": count(families.value, families.symbol)}
    rows = families.frame.select(f"{event}_label", "value", "symbol").iter_rows()
    return {label: count(value, symbol) for label, value, symbol in rows}


def _drawn(panels: Sequence[_Panel], before: Sequence[bool]) -> Drawing:
    figure = Drawing()
    start = sum(before) - 0.5
    height = len(panels) * (_PANEL + _BETWEEN) + 40
    inner = height - 40
    for place, panel in enumerate(panels):
        number = "" if place == 0 else str(place + 1)
        top = 1 - (place * (_PANEL + _BETWEEN) + _BETWEEN - 8) / inner
        last = place == len(panels) - 1
        most = max((value for value in panel.values if value), default=1.0)
        hidden = [value is None for value in panel.values]
        colours = [
            WITHHELD if gone else GREY if early else MAIN for gone, early in zip(hidden, before, strict=True)
        ]
        figure.add_bar(
            x=list(range(len(before))),
            y=[0.08 * most if value is None else value for value in panel.values],
            xaxis=f"x{number}",
            yaxis=f"y{number}",
            text=list(panel.cells),
            textposition="outside",
            cliponaxis=False,
            constraintext="none",
            textfont={"size": 12},
            marker={
                "color": colours,
                "line": {"color": colours, "width": 1},
                "pattern": {"shape": ["x" if gone else "" for gone in hidden], "size": 5, "solidity": 0.3},
            },
            customdata=[[IN_SHORT.get(cell, cell)] for cell in panel.cells],
            hovertemplate="%{customdata[0]}<extra>" + in_chart(panel.label, 40) + "</extra>",
        )
        figure.add_shape(
            type="line",
            x0=start,
            x1=start,
            xref=f"x{number}",
            y0=0,
            y1=1,
            yref=f"y{number} domain",
            line={"color": ACCENT, "width": 2, "dash": "dash"},
        )
        figure.add_annotation(
            x=0,
            xref="paper",
            xanchor="left",
            y=top,
            yref="paper",
            yanchor="bottom",
            text=f"<b>{in_chart(panel.label, 46, 1)}</b>",
            showarrow=False,
        )
        figure.axis(
            f"xaxis{number}",
            anchor=f"y{number}",
            range=[-0.5, len(before) - 0.5],
            tickvals=[(start - 0.5) / 2, (start + len(before) - 0.5) / 2],
            ticktext=["the year before", "the year after the start"],
            showticklabels=last,
            tickangle=0,
            showgrid=False,
            zeroline=False,
            showline=True,
        )
        figure.axis(
            f"yaxis{number}",
            anchor=f"x{number}",
            domain=[max(top - _PANEL / inner, 0), top],
            range=[0, 1.3 * most],
            showticklabels=False,
            showgrid=False,
            zeroline=False,
        )
    figure.update_layout(height=max(height, 120), showlegend=False, margin={"t": 8, "b": 32, "l": 8, "r": 8})
    return figure


def _moved(panel: _Panel, before: Sequence[bool], answer: Answer) -> int:
    """-1 where clearly fewer families have it in a usual quarter after than before, 1 where clearly more, else 0.

    The two means have to differ by more than noise can make of them and, beyond that, by more than two standard errors
    of counts (Poisson). None may be withheld: it may be any.
    """
    early = [value for value, first in zip(panel.values, before, strict=True) if first]
    late = [value for value, first in zip(panel.values, before, strict=True) if not first]
    if None in panel.values or not early or not late:
        return 0
    then, now = (sum(value or 0 for value in part) / len(part) for part in (early, late))
    noise = 2 * (answer.most or 0.0)
    error = (then / len(early) + now / len(late)) ** 0.5
    gap = now - then
    if abs(gap) <= noise + 2 * error:
        return 0
    return 1 if gap > 0 else -1


def _finding(fewer: Sequence[str], more: Sequence[str], panels: Sequence[_Panel]) -> str | None:
    if fewer and more:
        return f"Afterwards fewer families with {len(fewer)} events, more with {len(more)}"
    if len(fewer) == 1:
        return f"Fewer families afterwards: {fewer[0][:1].lower()}{fewer[0][1:]}"
    if len(more) == 1:
        return f"More families afterwards: {more[0][:1].lower()}{more[0][1:]}"
    if fewer or more:
        way, found = ("Fewer", fewer) if fewer else ("More", more)
        return f"{way} families with {len(found)} of {len(panels)} events afterwards"
    return None


def _alt(panels: Sequence[_Panel], before: Sequence[bool]) -> str:
    if not panels:
        return "Bar charts of events before and after help began: nothing to show."
    first = before.index(False) if False in before else len(before)
    said = [
        f"{panel.label} {_in_words(panel.cells[:first])} in the year before, {_in_words(panel.cells[first:])} in the "
        "year after"
        for panel in panels[:_MOST_SAID]
    ]
    more = f" {len(panels) - _MOST_SAID} more are in the table." if len(panels) > _MOST_SAID else ""
    hidden = sum(cell in IN_SHORT for panel in panels for cell in panel.cells)
    withheld = f" {hidden} figures are withheld." if hidden else ""
    return (
        f"Small bar charts of families with {len(panels)} kinds of event, by quarter of a year before and after help "
        f"began: {'; '.join(said)}.{more}{withheld}"
    )


def _in_words(cells: Sequence[str]) -> str:
    """From the first to the last: 249 to 357."""
    if not cells:
        return "nothing"
    ends = [IN_SHORT.get(cell, cell) for cell in (cells[0], cells[-1])]
    return " to ".join(ends)
