"""Charts: every one comes with its title, its words for who cannot see it, and the table behind it."""

from dataclasses import replace

import polars as pl

from evidence.answers import Answer
from evidence.around import before_after
from evidence.bars import PAIR, ROW, bars, finish_bars, reach_of
from evidence.chart import Chart, chart_of, extremes_in_words
from evidence.choropleth import choropleth
from evidence.cohorts import cohort_table
from evidence.drawing import Drawing
from evidence.findings import difference, extremes, title
from evidence.funnel_plot import funnel_plot
from evidence.template import ACCENT, MAIN, SECOND
from evidence.time_charts import trend, xmr_chart
from evidence.ways import conversion, waterfall
from evidence.words import column, percent

__all__ = [
    "Chart",
    "before_after",
    "choropleth",
    "cohort_table",
    "compared",
    "conversion",
    "funnel_plot",
    "ranked",
    "shares",
    "trend",
    "waterfall",
    "xmr_chart",
]

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
    "time_taken",
}


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
        shown_ones = " that are shown" if answer.withheld else ""
        notes = (f"The chart has the {most} largest{shown_ones}.", *notes)
    reach = reach_of(drawn)
    figure = Drawing()
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
    alt = _alt(frame, answer, by)
    return replace(
        chart_of(figure, title(finding, question), answer, pl.DataFrame(columns), alt), notes=notes
    )


def shares(share: Answer, whole: Answer, overall: float | None, *, by: str, question: str) -> Chart:
    """Bars of a share by one dimension, with the share of all as a line, and the size of each group in the table."""
    frame = _in_order(share)
    reach = reach_of(frame)
    figure = Drawing()
    unit = share.measure.unit
    # Where a line marks the share of all, it would run through figures beside the bars.
    bars(
        figure,
        frame,
        name=share.measure.label,
        unit=unit,
        colour=MAIN,
        reach=reach,
        inside=overall is not None,
    )
    finish_bars(figure, frame, share.dimension, ROW, reach)
    if overall is not None:
        figure.add_vline(x=overall, line={"color": ACCENT, "dash": "dash", "width": 2}, layer="below")
        figure.add_annotation(
            x=overall, y=1, yref="paper", yanchor="bottom", showarrow=False, text=f"All: {percent(overall)}"
        )
    figure.update_layout(showlegend=False, margin={"t": 28})
    found = extremes(share, whole)
    finding = _found(share, found) if found else None
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
    alt = _alt(frame, share, by) + (f" All together: {percent(overall)}." if overall is not None else "")
    return chart_of(figure, title(finding, question), share, table, alt)


def compared(whole: Answer, part: Answer, share: Answer, *, by: str, question: str) -> Chart:
    """Pairs of bars: a whole and the part of it, by one dimension; the share is in the table and the finding."""
    frame, parts = _in_order(whole), _in_order(whole, part)
    reach = max(reach_of(frame), reach_of(parts))
    figure = Drawing()
    for shown, asked, colour, hatch in ((frame, whole, MAIN, ""), (parts, part, SECOND, "/")):
        unit = asked.measure.unit
        bars(figure, shown, name=asked.measure.label, unit=unit, colour=colour, reach=reach, hatch=hatch)
    finish_bars(figure, frame, whole.dimension, PAIR, reach)
    figure.update_layout(barmode="group", bargroupgap=0.05)
    found = extremes(share, whole)
    finding = _found(share, found) if found else None
    shared = _in_order(whole, share)
    table = pl.DataFrame(
        {
            by: frame[f"{whole.dimension}_label"],
            whole.measure.label: column(frame, whole.measure.unit),
            part.measure.label: column(parts, part.measure.unit),
            share.measure.label: column(shared, share.measure.unit),
        }
    )
    alt = (
        f"Pairs of bars by {by.lower()}. {whole.measure.label}: {extremes_in_words(frame, whole.measure.unit)}. "
        f"{part.measure.label}: {extremes_in_words(parts, part.measure.unit)}."
    )
    return chart_of(figure, title(finding, question), share, table, alt, whole, part)


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


def _found(share: Answer, ends: tuple[str, str]) -> str | None:
    """That groups differ, and always in what."""
    name = "Share sustained" if share.measure.name == "share_sustained" else share.measure.label
    return difference(name, share, ends)


def _alt(frame: pl.DataFrame, answer: Answer, by: str) -> str:
    seen = extremes_in_words(frame, answer.measure.unit)
    return f"Bar chart of {answer.measure.label.lower()} by {by.lower()}: {seen}."
