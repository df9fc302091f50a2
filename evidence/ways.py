"""Charts of a way that leads from step to step: how many come so far, and how much money falls away between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import polars as pl

from evidence.answers import Answer
from evidence.bars import PAIR, bars, finish_bars, reach_of
from evidence.chart import Chart, chart_of
from evidence.derived import counted, share
from evidence.drawing import Drawing
from evidence.findings import largest_drop, title
from evidence.funnel import Step
from evidence.symbols import IN_SHORT, Symbol
from evidence.template import ACCENT, GREY, MAIN, WITHHELD
from evidence.words import column, in_chart, pounds, written

# So many characters are in a line of a label: on a phone there has to be room for the figures beside it.
_LABEL: Final = 18
# What keeps episodes from each step of the way to payment (evidence/funnel.py), for the bar between two of them.
_FALLS_AWAY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Eligible for the programme": "Not eligible",
        "No need outstanding": "A need is outstanding",
        "Evidence complete": "Evidence is missing",
        "Every outcome sustained": "Not sustained long enough",
        "Meets every rule": "Another rule is not met",
        "Submitted to the payer": "Not submitted yet",
        "Paid": "Not paid yet",
    }
)


def conversion(steps: Sequence[tuple[str, Answer]], *, question: str, noise_change: float) -> Chart:
    """Bars from the first step to the last, each with its share of the first and of the step before it.

    `steps`: what each is called, and an answer without dimensions; each holds those after it. The finding is before
    which step most stop, so far, where that is clear beyond what noise makes (`noise_change`).
    """
    names = [name for name, _ in steps]
    values = [answer.value for _, answer in steps]
    cells = [written(answer.value, answer.symbol, answer.measure.unit) for _, answer in steps]
    answers = [answer for _, answer in steps]
    of_first = _shares(answers, [answers[0]] * len(answers))
    of_last = ["", *_shares(answers[1:], answers[:-1])]
    texts = [
        f"{cell} {IN_SHORT.get(cell, cell)}"
        if value is None
        else cell
        + (f" · {first} of all" if place else "")
        + (f"<br>{last} of those before" if place > 1 else "")
        for place, (cell, value, first, last) in enumerate(zip(cells, values, of_first, of_last, strict=True))
    ]
    frame = pl.DataFrame(
        {
            "step": [str(place) for place in range(len(steps))],
            "step_label": names,
            "value": values,
            "symbol": [answer.symbol for _, answer in steps],
        },
        schema_overrides={"value": pl.Float64, "symbol": pl.String},
    )
    reach = reach_of(frame)
    figure = Drawing()
    first = steps[0][1]
    unit = first.measure.unit
    bars(figure, frame, name="How many", unit=unit, colour=MAIN, reach=reach, texts=texts)
    finish_bars(figure, frame, "step", PAIR, reach, room=2.0, width=_LABEL)
    figure.update_layout(showlegend=False, margin={"t": 8})
    table = pl.DataFrame(
        {"Step": names, "How many": cells, "Of all": of_first, "Of the step before": of_last},
        schema=dict.fromkeys(("Step", "How many", "Of all", "Of the step before"), pl.String),
    )
    said = "; ".join(
        f"{name} {cell}" + (f" ({part} of all)" if place and answer.value is not None else "")
        for place, (name, cell, part, (_, answer)) in enumerate(
            zip(names, cells, of_first, steps, strict=True)
        )
    )
    finding = largest_drop(names, values, noise_change)
    chart = chart_of(
        figure, title(finding, question), first, table, f"Bar chart of {len(steps)} steps: {said}."
    )
    # A later step may have been answered by a coarser question than the first.
    told = tuple(dict.fromkeys(one for _, answer in steps for one in answer.told))
    return replace(chart, told=told, empty=bool(told) and all(value is None for value in values))


def _shares(parts: Sequence[Answer], wholes: Sequence[Answer]) -> list[str]:
    """The share that each is of another, as it is written."""
    two = (
        counted(pl.Series([one.value for one in answers], dtype=pl.Float64), *_off(answers))
        for answers in (parts, wholes)
    )
    return column(share(*two), "per cent")


def _off(answers: Sequence[Answer]) -> tuple[int, int]:
    """How far the furthest of some figures may be off: in 19 of 20 cases, and at most."""
    return (
        round(max((one.tolerance or 0.0 for one in answers), default=0.0)),
        round(max((one.most or 0.0 for one in answers), default=0.0)),
    )


@dataclass(frozen=True)
class _Row:
    """One bar of a waterfall, from `start` to `end` (None: withheld). `total`: a step, and not what falls away."""

    label: str
    start: float | None
    end: float | None
    cell: str
    total: bool


def waterfall(
    found: Sequence[Step], *, question: str, notes: tuple[str, ...], source: str, finding: str | None = None
) -> Chart:
    """Money from the first step to the last: what the first is worth, what falls away before each next one, and what
    is left. Beside a withheld step, what falls away is withheld too."""
    rows = _rows(found)
    reach = max((max(row.start or 0, row.end or 0) for row in rows), default=0) or 100
    figure = Drawing()
    stub = 0.05 * reach
    for name, total, colour, hatch in (("Worth", True, MAIN, ""), ("Falls away", False, ACCENT, "/")):
        shown = [(place, row) for place, row in enumerate(rows) if row.total is total]
        hidden = [row.end is None or row.start is None for _, row in shown]
        colours = [WITHHELD if gone else colour for gone in hidden]
        figure.add_bar(
            y=[str(place) for place, _ in shown],
            x=[
                stub if row.end is None or row.start is None else abs(row.end - row.start) for _, row in shown
            ],
            base=[0 if row.end is None or row.start is None else min(row.start, row.end) for _, row in shown],
            orientation="h",
            name=name,
            text=[row.cell for _, row in shown],
            textposition="outside",
            cliponaxis=False,
            marker={
                "color": colours,
                "line": {"color": colours, "width": 1},
                "pattern": {"shape": ["x" if gone else hatch for gone in hidden], "size": 5, "solidity": 0.3},
            },
            customdata=[[IN_SHORT.get(row.cell, row.cell)] for _, row in shown],
            hovertemplate="%{customdata[0]}<extra>" + name + "</extra>",
        )
    labels = [in_chart(row.label, _LABEL) for row in rows]
    figure.update_layout(
        barmode="overlay",
        height=80 + sum(max(30, 10 + 18 * (label.count("<br>") + 1)) for label in labels),
        showlegend=True,
        margin={"t": 36},
    )
    figure.update_xaxes(range=[0, 1.55 * reach], showticklabels=False, showgrid=False, zeroline=False)
    figure.update_yaxes(
        type="category",
        categoryorder="array",
        categoryarray=[str(place) for place in range(len(rows))],
        tickvals=[str(place) for place in range(len(rows))],
        ticktext=labels,
        autorange="reversed",
        showgrid=False,
        linecolor=GREY,
    )
    table = pl.DataFrame(
        {"Step": [row.label for row in rows], "Worth": [row.cell for row in rows]},
        schema=dict.fromkeys(("Step", "Worth"), pl.String),
    )
    said = "; ".join(f"{row.label} {IN_SHORT.get(row.cell, row.cell)}" for row in rows)
    alt = f"Waterfall of money in {len(found)} steps: {said}."
    return Chart(figure, title(finding or _most_falls(rows, found), question), alt, table, notes, source)


def _rows(found: Sequence[Step]) -> list[_Row]:
    rows: list[_Row] = []
    for before, after in zip([None, *found], found, strict=False):
        if before is None:
            rows.append(
                _Row(after.label, 0 if after.worth is not None else None, after.worth, after.money, True)
            )
            continue
        label = _FALLS_AWAY.get(after.label, f"Falls away before: {after.label[:1].lower()}{after.label[1:]}")
        if before.worth is None or after.worth is None:
            symbol = before.worth_symbol if before.worth is None else after.worth_symbol
            rows.append(_Row(label, None, None, symbol or Symbol.CONFIDENTIAL.value, False))
        else:
            lost = before.worth - after.worth
            # Noise can lift a step above the one before it.
            cell = f"−{pounds(lost)}" if lost >= 0 else f"{pounds(-lost)} more"
            rows.append(_Row(label, before.worth, after.worth, cell, False))
    if len(found) > 1:
        last = found[-1]
        rows.append(_Row(last.label, 0 if last.worth is not None else None, last.worth, last.money, True))
    return rows


def _most_falls(rows: Sequence[_Row], found: Sequence[Step]) -> str | None:
    """What most money falls away for, where nothing is withheld and it is clearly ahead of the next."""
    lost = [
        (row.start - row.end, row.label)
        for row in rows
        if not row.total and row.start is not None and row.end is not None
    ]
    if len(lost) < max(len(found) - 1, 2):
        return None
    (most, label), (second, _) = sorted(lost, reverse=True)[:2]
    # Each is the difference of two counts with noise in them, at their price.
    price = max(((one.worth or 0) / one.value for one in found if one.value), default=0.0)
    ahead = most - second > 4 * max((one.noise for one in found), default=0) * price
    return f"Most money falls away here: {label[:1].lower()}{label[1:]}" if ahead and most > 0 else None
