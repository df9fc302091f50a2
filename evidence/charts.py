"""Charts: every one comes with its title, its words for who cannot see it, and the table behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import plotly.graph_objects as go
import polars as pl

from evidence.answers import Answer, Symbol
from evidence.bars import PAIR, ROW, bars, finish_bars, reach_of
from evidence.findings import MOST_WORDS, extremes, title
from evidence.periods import FORMS, begins_a_year, period_code, whole_periods
from evidence.template import ACCENT, MAIN, SECOND, WITHHELD, template
from evidence.words import column, in_chart, percent

_DASHES = ("solid", "dash", "dot")
_MARKS = ("circle", "diamond", "square")
# From so many periods on marks are small.
_CROWDED = 30
# These have an order of their own; all others are shown from the most to the fewest.
_ORDERED = {
    "age_band",
    "month",
    "quarter",
    "year",
    "headline",
    "need",
    "family_size",
    "wait",
    "expected_quarter",
}


@dataclass(frozen=True)
class Chart:
    """One chart. `title` is the finding or the question, `alt` says in a sentence what it shows, `table` is text, and
    `told` stands beside the chart, where it is not what was asked. `empty`: the question is withdrawn, so there is
    nothing to draw."""

    figure: go.Figure
    title: str
    alt: str
    table: pl.DataFrame
    notes: tuple[str, ...]
    source: str
    told: tuple[str, ...] = ()
    empty: bool = False

    def __post_init__(self) -> None:
        if len(self.title.split()) > MOST_WORDS:
            raise ValueError(f"a title has at most {MOST_WORDS} words")


def ranked(
    answer: Answer,
    *,
    by: str,
    question: str,
    finding: str | None = None,
    worth: Answer | None = None,
    most: int | None = None,
    only_shown: bool = False,
) -> Chart:
    """Bars of one measure by one dimension (`by` is what that is called), and what it is worth beside each.

    `most`: only so many are drawn, the largest ones; `only_shown`: none that is withheld is. The table has them all.
    """
    frame = _in_order(answer)
    cells = column(frame, answer.measure.unit)
    columns = {by: frame[f"{answer.dimension}_label"], answer.measure.label: cells}
    texts, row, room = cells, ROW, 1.18
    if worth is not None:
        money = column(_in_order(answer, worth), worth.measure.unit)
        columns[worth.measure.label] = money
        texts = [
            cell if value is None else f"{cell}<br>{pounds}"
            for cell, pounds, value in zip(cells, money, frame["value"], strict=True)
        ]
        row, room = PAIR, 1.4
    notes = answer.notes
    drawn = frame.with_columns(text=pl.Series(texts, dtype=pl.String))
    shown = drawn.filter(pl.col("value").is_not_null())
    if only_shown and not shown.is_empty() and shown.height < drawn.height:
        drawn = shown
        notes = ("What is withheld is in the table alone.", *notes)
    if most is not None and drawn.height > most:
        drawn = drawn.sort("value", descending=True, nulls_last=True, maintain_order=True).head(most)
        notes = (f"The chart has the {most} largest.", *notes)
    reach = reach_of(drawn)
    figure = go.Figure()
    bars(
        figure,
        drawn,
        name=answer.measure.label,
        unit=answer.measure.unit,
        colour=MAIN,
        reach=reach,
        texts=drawn["text"].to_list(),
    )
    finish_bars(figure, drawn, answer.dimension, row, reach, room=room)
    figure.update_layout(showlegend=False, margin={"t": 8})
    chart = _chart(figure, title(finding, question), answer, pl.DataFrame(columns), _alt(answer, by))
    return replace(chart, notes=notes)


def shares(share: Answer, whole: Answer, overall: float | None, *, by: str, question: str) -> Chart:
    """Bars of a share by one dimension, with the share of all as a line, and the size of each group in the table."""
    frame = _in_order(share)
    reach = reach_of(frame)
    figure = go.Figure()
    bars(figure, frame, name=share.measure.label, unit=share.measure.unit, colour=MAIN, reach=reach)
    finish_bars(figure, frame, share.dimension, ROW, reach)
    if overall is not None:
        figure.add_vline(x=overall, line={"color": ACCENT, "dash": "dash", "width": 2}, layer="below")
        figure.add_annotation(
            x=overall, y=1, yref="paper", yanchor="bottom", showarrow=False, text=f"All: {percent(overall)}"
        )
    figure.update_layout(showlegend=False, margin={"t": 28})
    found = extremes(share, whole)
    finding = f"Share sustained: {found[0]} highest, {found[1]} lowest" if found else None
    label = f"{share.dimension}_label"
    sizes = whole.frame.select(share.dimension, size=pl.Series(column(whole.frame, whole.measure.unit)))
    joined = frame.join(sizes, on=share.dimension, how="left", maintain_order="left")
    table = pl.DataFrame(
        {
            by: joined[label],
            whole.measure.label: joined["size"],
            share.measure.label: column(joined, share.measure.unit),
        }
    )
    return _chart(figure, title(finding, question), share, table, _alt(share, by))


def compared(whole: Answer, part: Answer, share: Answer, *, by: str, question: str) -> Chart:
    """Pairs of bars: a whole and the part of it, by one dimension; the share is in the table and the finding."""
    frame, parts = _in_order(whole), _in_order(whole, part)
    reach = max(reach_of(frame), reach_of(parts))
    figure = go.Figure()
    for shown, asked, colour, hatch in ((frame, whole, MAIN, ""), (parts, part, SECOND, "/")):
        unit = asked.measure.unit
        bars(figure, shown, name=asked.measure.label, unit=unit, colour=colour, reach=reach, hatch=hatch)
    finish_bars(figure, frame, whole.dimension, PAIR, reach)
    figure.update_layout(barmode="group", bargroupgap=0.05)
    found = extremes(share, whole)
    finding = f"{found[0]} is sustained most often" if found else None
    shared = _in_order(whole, share)
    table = pl.DataFrame(
        {
            by: frame[f"{whole.dimension}_label"],
            whole.measure.label: column(frame, whole.measure.unit),
            part.measure.label: column(parts, part.measure.unit),
            share.measure.label: column(shared, share.measure.unit),
        }
    )
    return _chart(figure, title(finding, question), share, table, _alt(whole, by), whole, part)


def trend(answers: Sequence[Answer], as_of: date, *, question: str, finding: str | None = None) -> Chart:
    """Lines by month, quarter or year, one an answer; all answers by the same. Withheld ones are gaps; one still
    running is open and dotted, and those to come are left out."""
    figure = go.Figure()
    dimension = answers[0].dimension
    frames = [_up_to(answer, as_of) for answer in answers]
    codes = frames[0][dimension].to_list()
    whole = set(whole_periods(dimension, codes, as_of))
    labels = [in_chart(label, 40) for label in frames[0][f"{dimension}_label"]]
    for place, (answer, frame) in enumerate(zip(answers, frames, strict=True)):
        _line(figure, answer, frame, labels, whole, place, several=len(answers) > 1)
        withheld = [
            label
            for label, symbol in zip(labels, frame["symbol"], strict=True)
            if symbol == Symbol.CONFIDENTIAL
        ]
        if withheld:
            figure.add_scatter(
                x=withheld,
                y=[0] * len(withheld),
                mode="text",
                text=["c"] * len(withheld),
                textposition="top center",
                textfont={"color": WITHHELD, "size": 15},
                showlegend=False,
                hovertemplate="%{x}: withheld<extra></extra>",
            )
    several = len(answers) > 1
    figure.update_layout(
        template=template(), height=300, showlegend=several, margin={"t": 36 if several else 12}
    )
    # A tick a year, where the financial year begins: "Apr to Jun 2021" is too long for every quarter.
    starts = [label for code, label in zip(codes, labels, strict=True) if begins_a_year(dimension, code)]
    figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=labels,
        tickvals=starts,
        ticktext=[
            label if dimension == "year" else f"{label.split()[0]} {label.split()[-1]}" for label in starts
        ],
        tickangle=0,
        ticks="outside",
        showgrid=False,
    )
    figure.update_yaxes(rangemode="tozero", tickformat=",")
    if not any(answer.shown.height for answer in answers):
        figure.update_yaxes(range=[0, 1], showticklabels=False)
    running = [
        label if code in whole else f"{label} (so far)"
        for code, label in frames[0][dimension, f"{dimension}_label"].iter_rows()
    ]
    columns = {dimension.capitalize(): running}
    columns |= {
        one.measure.label: column(frame, one.measure.unit) for one, frame in zip(answers, frames, strict=True)
    }
    named = " and ".join(answer.measure.label.lower() for answer in answers)
    alt = f"Line chart of {named} by {dimension}, {len(codes)} {dimension}s. The figures are in the table below."
    return _chart(figure, title(finding, question), answers[0], pl.DataFrame(columns), alt, *answers[1:])


def _line(
    figure: go.Figure,
    answer: Answer,
    frame: pl.DataFrame,
    labels: Sequence[str],
    whole: set[str],
    place: int,
    *,
    several: bool,
) -> None:
    """One line of a trend: up to the last whole period, and from there to the one still running."""
    colour = (MAIN, ACCENT, SECOND)[place]
    values = frame["value"].to_list()
    ended = [code in whole for code in frame[answer.dimension]]
    running = ended.index(False) if False in ended else len(ended)
    cells = [[cell] for cell in column(frame, answer.measure.unit)]
    for first, last, now in ((0, running, False), (max(running - 1, 0), len(ended), True)):
        figure.add_scatter(
            x=labels[first:last],
            y=values[first:last],
            name=in_chart(answer.measure.label, 60),
            mode="lines+markers",
            connectgaps=False,
            showlegend=several and not now,
            line={"color": colour, "width": 2.5, "dash": "dot" if now else _DASHES[place]},
            marker={
                "color": colour,
                "size": 9 if len(labels) < _CROWDED else 5,
                "symbol": [_MARKS[place] + ("" if one else "-open") for one in ended[first:last]],
            },
            customdata=cells[first:last],
            hovertemplate="%{x}: %{customdata[0]}<extra>" + in_chart(answer.measure.label) + "</extra>",
        )
    if running < len(ended) and values[-1] is not None:
        figure.add_annotation(
            x=labels[-1], y=values[-1], text="so far", showarrow=False, xanchor="right", xshift=-10
        )


def _up_to(answer: Answer, as_of: date) -> pl.DataFrame:
    """The rows of an answer by time that are of a period begun by the as-of date."""
    dimension = answer.dimension
    now = period_code(dimension, as_of)
    dated = pl.col(dimension).str.contains(f"^{FORMS[dimension]}$") & (pl.col(dimension) <= now)
    return answer.applicable.filter(dated)


def _in_order(answer: Answer, other: Answer | None = None) -> pl.DataFrame:
    """The rows of an answer (or of another by the same dimension) from the first to the last to be shown."""
    frame = answer.applicable
    if answer.dimension not in _ORDERED:
        frame = frame.sort("value", descending=True, nulls_last=True, maintain_order=True)
    if other is None:
        return frame
    return frame.select(answer.dimension).join(
        other.frame, on=answer.dimension, how="left", maintain_order="left"
    )


def _alt(answer: Answer, by: str) -> str:
    shown, withheld = answer.shown.height, answer.withheld
    hidden = f", {withheld} withheld" if withheld else ""
    label = answer.measure.label
    return f"Bar chart of {label.lower()} by {by.lower()}: {shown} shown{hidden}. The figures are in the table below."


def _chart(
    figure: go.Figure, title: str, answer: Answer, table: pl.DataFrame, alt: str, *others: Answer
) -> Chart:
    empty = bool(answer.told) and not any(one.shown.height for one in (answer, *others))
    return Chart(figure, title, alt, table, answer.notes, answer.source, answer.told, empty)
