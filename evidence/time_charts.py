"""Charts over time: lines by month, quarter or year, and what a monthly figure usually does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from evidence import xmr
from evidence.answers import Answer, Symbol
from evidence.chart import Chart, chart_of, course_in_words
from evidence.drawing import Drawing
from evidence.findings import title
from evidence.periods import FORMS, begins_a_year, period_code, whole_periods
from evidence.template import ACCENT, BAND, GREY, MAIN, SECOND
from evidence.words import column, in_chart, written

_DASHES = ("solid", "dash", "dot")
_MARKS = ("circle", "diamond", "square")
# So many pixels are right of the last period, for what is said of it.
_BESIDE = 52
# From so many periods on marks are small.
_CROWDED = 30


def trend(answers: Sequence[Answer], as_of: date, *, question: str, finding: str | None = None) -> Chart:
    """Lines by month, quarter or year, one an answer; all answers by the same. Withheld ones are gaps; one still
    running is open and dotted, and those to come are left out."""
    figure = Drawing()
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
        _withheld_letters(figure, withheld)
    several = len(answers) > 1
    figure.update_layout(height=300, showlegend=several, margin={"t": 36 if several else 12})
    _years_below(figure, dimension, codes, labels)
    last = [frame["value"][-1] for frame in frames if frame.height]
    highest = max((value for value in last if value is not None), default=None)
    if highest is not None and codes[-1] not in whole:
        # Once, and to the right of the highest: beside each they would lie on one another, to the left on the line.
        figure.add_annotation(
            x=labels[-1], y=highest, text="so far", showarrow=False, xanchor="left", xshift=8
        )
        figure.arrangement["margin"]["r"] = _BESIDE
    figure.update_yaxes(rangemode="tozero", **_axis(answers[0].measure.unit))
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
    seen = " ".join(
        f"{one.measure.label}: {course_in_words(running, frame['value'].to_list(), one.measure.unit)}."
        for one, frame in zip(answers, frames, strict=True)
    )
    alt = f"Line chart by {dimension}, {len(codes)} {dimension}s. {seen}"
    return chart_of(figure, title(finding, question), answers[0], pl.DataFrame(columns), alt, *answers[1:])


def xmr_chart(answer: Answer, as_of: date, *, noise_change: float, question: str) -> Chart:
    """The whole months of a measure with its mean and its limits, and marks where it does something unusual.

    Meant for the council as a whole: small figures are mostly noise. By something else than the month, or with too few
    months, it is a plain line, and says why.
    """
    reading = xmr.of(answer, as_of, noise_change)
    if reading is None:
        plain = trend([answer], as_of, question=question)
        return replace(plain, notes=(_too_few(answer), *plain.notes))
    limits, unit = reading.limits, answer.measure.unit
    labels = [in_chart(label, 40) for label in reading.labels]
    figure = Drawing()
    low = max(limits.lower, 0.0)
    # The band between the limits, as two lines with what lies between them filled.
    for edge, name, fill in ((low, "", None), (limits.upper, "Usual range", "tonexty")):
        figure.add_scatter(
            x=[labels[0], labels[-1]],
            y=[edge, edge],
            mode="lines",
            name=name,
            showlegend=bool(name),
            hoverinfo="skip",
            line={"color": GREY, "width": 1, "dash": "dot"},
            fill=fill or "none",
            fillcolor=BAND,
        )
    figure.add_scatter(
        x=[labels[0], labels[-1]],
        y=[limits.centre, limits.centre],
        mode="lines",
        name="Mean",
        hoverinfo="skip",
        line={"color": GREY, "width": 1.5, "dash": "dash"},
    )
    cells = _cells(answer, reading)
    told = _told_by_point(reading)
    figure.add_scatter(
        x=labels,
        y=list(reading.points),
        mode="lines",
        name=in_chart(answer.measure.label, 60),
        connectgaps=False,
        showlegend=False,
        hoverinfo="skip",
        line={"color": MAIN, "width": 2},
    )
    for name, high, colour, mark in (
        ("Usual", None, MAIN, "circle"),
        ("High or rising", True, ACCENT, "triangle-up"),
        ("Low or falling", False, SECOND, "triangle-down"),
    ):
        places = [
            place
            for place, point in enumerate(reading.points)
            if point is not None and (told[place][0] if place in told else None) is high
        ]
        if not places:
            continue
        figure.add_scatter(
            x=[labels[place] for place in places],
            y=[reading.points[place] for place in places],
            mode="markers",
            name=name,
            marker={"color": colour, "size": 6 if high is None else 11, "symbol": mark},
            showlegend=high is not None,
            customdata=[
                [cells[place] + (f": {told[place][1]}" if place in told else "")] for place in places
            ],
            hovertemplate="%{x}: %{customdata[0]}<extra></extra>",
        )
    _withheld_letters(figure, [label for label, cell in zip(labels, cells, strict=True) if cell == "c"])
    figure.update_layout(height=320, showlegend=True, margin={"t": 36})
    _years_below(figure, "month", reading.codes, labels)
    figure.update_yaxes(rangemode="tozero", **_axis(unit))
    table = pl.DataFrame(
        {
            "Month": reading.labels,
            answer.measure.label: cells,
            "What is unusual": [
                told[place][1] if place in told else "" for place in range(len(reading.points))
            ],
        }
    )
    usual = (
        f"usually {written(low, None, unit)} to {written(limits.upper, None, unit)}, "
        f"mean {written(limits.centre, None, unit)}"
    )
    finding = title(reading.finding(answer.measure.label), _short(reading, answer.measure.label, question))
    seen = course_in_words(reading.labels, reading.points, unit)
    alt = (
        f"Line chart of {answer.measure.label.lower()} by month with its usual range. "
        f"{reading.finding(answer.measure.label)}; {usual}; {seen}."
    )
    chart = chart_of(figure, finding, answer, table, alt)
    return replace(chart, notes=(f"Each month is {usual}.", *_XMR_NOTES, *chart.notes))


_XMR_NOTES = (
    "The limits are the mean, give or take 2.66 times the mean distance between neighbouring months, over all whole "
    "months shown; they are not worked out anew after a change, and a withheld month breaks runs and distances.",
    "Unusual are: a month outside the limits; seven in a row on one side of the mean; seven in a row rising or "
    "falling; two of three close to a limit. Each is told only where it stands even if figures are off by as much as "
    "the changes that protect families make. Of charts of three years in which nothing changes, one in five has such a "
    "mark somewhere by chance, and one in a hundred in its last month.",
)


def _too_few(answer: Answer) -> str:
    if answer.question.by != ("month",):
        return f"What is usual is told of months alone, not by {answer.dimension}."
    return f"What is usual cannot be told of fewer than {xmr.FEWEST} whole months that are shown one after another."


def _short(reading: xmr.Reading, label: str, question: str) -> str:
    """A shorter finding, for a measure with a long name."""
    if reading.current is None:
        return title(f"{label}: no change beyond chance lately", question)
    return title(reading.finding("Each month"), question)


def _cells(answer: Answer, reading: xmr.Reading) -> list[str]:
    """What is written of each month of a reading; one that the answer has no row of is not available."""
    known = dict(zip(answer.frame["month"], column(answer.frame, answer.measure.unit), strict=True))
    return [known.get(code, Symbol.NOT_AVAILABLE.value) for code in reading.codes]


def _told_by_point(reading: xmr.Reading) -> dict[int, tuple[bool, str]]:
    """For each place that a signal holds: whether it is high, and what is unusual about it."""
    found: dict[int, tuple[bool, str]] = {}
    # The most telling rule last, so that it stays.
    for rule in (xmr.Rule.TREND, xmr.Rule.TWO_OF_THREE, xmr.Rule.SHIFT, xmr.Rule.OUTSIDE):
        for one in reading.limits.signals:
            if one.rule is rule:
                places = [place for place in range(one.first, one.last + 1) if _holds(reading, one, place)]
                found |= dict.fromkeys(places, (one.high, rule.value))
    return found


def _holds(reading: xmr.Reading, signal: xmr.Signal, place: int) -> bool:
    """Whether a month between the first and the last of a signal is one of those that make it: of two of three close to
    a limit the third may lie anywhere."""
    if signal.rule is not xmr.Rule.TWO_OF_THREE:
        return True
    limits, point = reading.limits, reading.points[place]
    third = 2 * (limits.upper - limits.centre) / 3
    return point is not None and (point - limits.centre) * (1 if signal.high else -1) > third


def _axis(unit: str) -> dict[str, str]:
    """How an axis writes figures of a unit."""
    around = {"per cent": {"ticksuffix": "%"}, "pounds": {"tickprefix": "£"}}
    return {"tickformat": ",", **around.get(unit, {})}


def _withheld_letters(figure: Drawing, labels: Sequence[str]) -> None:
    """The symbol at the foot of each period that is withheld."""
    if labels:
        figure.add_scatter(
            x=list(labels),
            y=[0] * len(labels),
            mode="text",
            text=["c"] * len(labels),
            textposition="top center",
            textfont={"color": GREY, "size": 15},
            showlegend=False,
            hovertemplate="%{x}: withheld<extra></extra>",
        )


def _years_below(figure: Drawing, dimension: str, codes: Sequence[str], labels: Sequence[str]) -> None:
    """A tick a year, where the financial year begins: "Apr to Jun 2021" is too long for every quarter."""
    starts = [label for code, label in zip(codes, labels, strict=True) if begins_a_year(dimension, code)]
    figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=list(labels),
        tickvals=starts,
        ticktext=[
            label if dimension == "year" else f"{label.split()[0]} {label.split()[-1]}" for label in starts
        ],
        tickangle=0,
        ticks="outside",
        showgrid=False,
    )


def _line(
    figure: Drawing,
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


def _up_to(answer: Answer, as_of: date) -> pl.DataFrame:
    """The rows of an answer by time that are of a period begun by the as-of date."""
    dimension = answer.dimension
    now = period_code(dimension, as_of)
    dated = pl.col(dimension).str.contains(f"^{FORMS[dimension]}$") & (pl.col(dimension) <= now)
    return answer.applicable.filter(dated)
