"""The cohort table: of those that began in one quarter, which share has come so far after so many months."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from evidence.answers import Answer
from evidence.chart import Chart, chart_of
from evidence.drawing import Drawing
from evidence.findings import design_effect, title
from evidence.symbols import IN_SHORT, Symbol
from evidence.template import EDGE, FEW_TO_MANY, GREY, ON_FEW_TO_MANY, WITHHELD
from evidence.words import column, in_chart, percent

# What is in a cell that a quarter has not reached yet, and in one of a quarter in which few began, or nobody.
_NOT_YET: Final = "not yet"
_TOO_FEW: Final = "too few"
# Of fewer rows it is not said whether later ones differ.
_FEWEST_ROWS: Final = 4
_EMPTY: Final = (_NOT_YET, _TOO_FEW)
_ROW: Final = 30
# The colours change at every fifth part of all.
_FIFTH: Final = 20


def cohort_table(
    followed: Answer, reached: Answer, share: Answer, *, by: str, question: str, since: str = "months_since"
) -> Chart:
    """A table of colours and figures: a row a quarter or year of start, a column a number of months since.

    The three answers are by the same two dimensions, time first: how many could be followed so long, how many of them
    had got there, and the share. Nobody followed yet is "not yet"; a withheld share is hatched.
    """
    time = next(name for name in share.question.by if name != since)
    rows = share.frame.select(time, f"{time}_label", since, f"{since}_label", "value", "symbol")
    sizes = _cells(followed, time, since)
    parts = _cells(reached, time, since)
    texts = dict(zip(rows.select(time, since).iter_rows(), column(rows, share.measure.unit), strict=True))
    values = {(start, after): value for start, _, after, _, value, _ in rows.iter_rows()}
    # What cannot have been followed so long is the only thing here that cannot occur.
    cells = {key: _NOT_YET if text == Symbol.NOT_APPLICABLE else text for key, text in texts.items()}
    # A nought that is shown may stand for one or two.
    cells |= {key: _TOO_FEW for key in cells if sizes.get(key) == "0"}
    starts = [
        (code, label)
        for code, label in rows.select(time, f"{time}_label").unique(maintain_order=True).iter_rows()
        if any(cells[code, after] not in _EMPTY for after in rows[since].unique())
    ]
    afters = list(rows.select(since, f"{since}_label").unique(maintain_order=True).iter_rows())
    figure = _drawn(starts, afters, values, cells)
    table = pl.DataFrame(
        {
            by: [label for _, label in starts],
            **{
                f"{label}": [
                    _in_full(cells[code, after], sizes.get((code, after), ""), parts.get((code, after), ""))
                    for code, _ in starts
                ]
                for after, label in afters
            },
        }
    )
    finding = _finding([code for code, _ in starts], afters, (followed, reached), (time, since))
    chart = chart_of(figure, title(finding, question), share, table, _alt(share, starts, afters, cells, by))
    notes = (
        "Read along a row: the share of those who began then, after so many months. Only those who began long enough "
        "ago count in a cell; where that is nobody, it is “not yet”. In the table: share, then how many of how many.",
        *chart.notes,
    )
    return replace(chart, notes=notes)


def _cells(answer: Answer, time: str, since: str) -> dict[tuple[str, str], str]:
    keys = answer.frame.select(time, since).iter_rows()
    return dict(zip(keys, column(answer.frame, answer.measure.unit), strict=True))


def _in_full(cell: str, size: str, part: str) -> str:
    return cell if cell in _EMPTY or cell in IN_SHORT else f"{cell} ({part} of {size})"


def _drawn(
    starts: Sequence[tuple[str, str]],
    afters: Sequence[tuple[str, str]],
    values: dict[tuple[str, str], float | None],
    cells: dict[tuple[str, str], str],
) -> Drawing:
    """A bar for each cell: bars can be hatched, where a heat map cannot."""
    figure = Drawing()
    places, bottoms, colours, hatches, texts, inks, told = [], [], [], [], [], [], []
    for row, (start, start_label) in enumerate(starts):
        for place, (after, after_label) in enumerate(afters):
            cell, value = cells[start, after], values[start, after]
            if cell in _EMPTY:
                continue
            shade = None if value is None else min(int(value // _FIFTH), len(FEW_TO_MANY) - 1)
            places.append(place)
            bottoms.append(row - 0.47)
            colours.append(WITHHELD if shade is None else FEW_TO_MANY[shade])
            inks.append(GREY if shade is None else ON_FEW_TO_MANY[shade])
            hatches.append("x" if shade is None else "")
            texts.append(f"<b>{cell}</b>" if shade is None else cell)
            told.append(
                [f"{in_chart(start_label, 40)}, {in_chart(after_label, 40)}: {IN_SHORT.get(cell, cell)}"]
            )
    figure.add_bar(
        x=places,
        y=[0.94] * len(places),
        base=bottoms,
        width=0.96,
        marker={
            "color": colours,
            "line": {"color": EDGE, "width": 1},
            "pattern": {"shape": hatches, "size": 6, "solidity": 0.15, "fgopacity": 0.7},
        },
        text=texts,
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none",
        insidetextfont={"color": inks, "size": 14},
        customdata=told,
        hovertemplate="%{customdata[0]}<extra></extra>",
    )
    waiting = [
        (place, row, cells[start, after])
        for row, (start, _) in enumerate(starts)
        for place, (after, _) in enumerate(afters)
        if cells[start, after] in _EMPTY
    ]
    if waiting:
        figure.add_scatter(
            x=[place for place, _, _ in waiting],
            y=[row for _, row, _ in waiting],
            mode="text",
            text=[cell for *_, cell in waiting],
            textfont={"color": GREY, "size": 12},
            hoverinfo="skip",
        )
    figure.update_layout(
        height=96 + _ROW * max(len(starts), 1), showlegend=False, margin={"t": 8}, barmode="overlay", bargap=0
    )
    figure.update_xaxes(
        side="top",
        title={"text": "Time since help began", "standoff": 4},
        range=[-0.5, max(len(afters), 1) - 0.5],
        tickvals=list(range(len(afters))),
        ticktext=[in_chart(label, 9) for _, label in afters],
        showgrid=False,
        zeroline=False,
        tickangle=0,
    )
    figure.update_yaxes(
        range=[max(len(starts), 1) - 0.5, -0.5],
        tickvals=list(range(len(starts))),
        ticktext=[in_chart(label, 18) for _, label in starts],
        showgrid=False,
        zeroline=False,
    )
    return figure


def _finding(
    codes: Sequence[str],
    afters: Sequence[tuple[str, str]],
    answers: tuple[Answer, Answer],
    dimensions: tuple[str, str],
) -> str | None:
    """Whether those who began later have come as far as those who began earlier, after as long a time as most rows have
    been followed for; None where that is too few rows, or one of them is withheld. `answers`: how many were followed,
    and how many of them had got there."""
    wholes, parts = (
        {tuple(codes): value for *codes, value in one.frame.select(*dimensions, "value").iter_rows()}
        for one in answers
    )
    most = max(one.most or 0.0 for one in answers)
    for after, label in reversed(afters):
        if any(_withheld(one, dimensions[1], after) for one in answers):
            return None
        # The last rows have not been followed so long, and have no figure.
        both = [(wholes.get((code, after)), parts.get((code, after))) for code in codes]
        rows = [(whole, part) for whole, part in both if whole and part is not None]
        if len(rows) >= max(_FEWEST_ROWS, len(codes) // 2):
            half = len(rows) // 2
            return _compared(rows[:half], rows[half:], most, label, design_effect(answers[0]))
    return None


def _withheld(answer: Answer, since: str, after: str) -> bool:
    hidden = answer.frame.filter(pl.col(since) == after)["symbol"]
    return bool(hidden.eq(Symbol.CONFIDENTIAL.value).any())


def _compared(
    earlier: Sequence[tuple[float, float]],
    later: Sequence[tuple[float, float]],
    most: float,
    label: str,
    alike: float,
) -> str:
    """Two groups of rows, each how many and how many of them had got there, in words: a difference is told where it is
    more than all the noise in them may make, and beyond that more than two standard errors of shares. `alike`: how much
    more than by chance those counted stand and fall together (findings.design_effect)."""
    sizes = [sum(size for size, _ in rows) for rows in (earlier, later)]
    shares = [
        min(sum(part for _, part in rows) / size, 1.0)
        for rows, size in zip((earlier, later), sizes, strict=True)
    ]
    noise = sum(
        len(rows) * most * (1 + part) / size
        for rows, part, size in zip((earlier, later), shares, sizes, strict=True)
    )
    error = math.sqrt(alike * sum(part * (1 - part) / size for part, size in zip(shares, sizes, strict=True)))
    gap = shares[1] - shares[0]
    if abs(gap) <= noise + 2 * error:
        return "No clear difference between earlier and later families"
    before, after = (percent(100 * part) for part in shares)
    way = "better" if gap > 0 else "worse"
    return f"Later families do {way}: {after} {label[:1].lower()}{label[1:]}, not {before}"


def _alt(
    share: Answer,
    starts: Sequence[tuple[str, str]],
    afters: Sequence[tuple[str, str]],
    cells: dict[tuple[str, str], str],
    by: str,
) -> str:
    hidden = sum(cells[start, after] in IN_SHORT for start, _ in starts for after, _ in afters)
    rows = []
    for start, label in (starts[0], starts[-1]) if len(starts) > 1 else starts:
        said = ", ".join(f"{cells[start, after]} {name[:1].lower()}{name[1:]}" for after, name in afters)
        rows.append(f"{label}: {said}")
    seen = "; ".join(rows) or "nothing to show"
    withheld = f" {hidden} cells are withheld or too uncertain." if hidden else ""
    what = share.measure.label.lower()
    return f"Table of {what} by {by.lower()} and time since, {len(starts)} rows. {seen}.{withheld}"
