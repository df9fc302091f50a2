"""Charts of claims: how far they have come, how much of a quota they take, and what the audits found."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from evidence.bars import PAIR, bars, finish_bars, reach_of
from evidence.chart import Chart
from evidence.drawing import Drawing
from evidence.findings import title
from evidence.funnel import Step
from evidence.template import ACCENT, GREY, LILAC, MAIN, SECOND
from evidence.words import in_chart

_PARTS = (MAIN, SECOND, GREY, LILAC)
_HATCHES = ("", "/", ".", "x")


@dataclass(frozen=True)
class Part:
    """One part of a bar: what it is, how much, and that in words (its symbol where there is none)."""

    label: str
    value: float | None
    words: str


@dataclass(frozen=True)
class Rate:
    """A rate in per cent, from `low` to `high` by its interval, and in words; None where there is none."""

    label: str
    rate: float | None
    low: float
    high: float
    words: str


def steps(
    found: Sequence[Step], *, question: str, finding: str | None, notes: tuple[str, ...], source: str
) -> Chart:
    """Bars that lead from the first step to the last: each a total, with its share of the first and its money. Steps
    that are counted from the ledger are hatched."""
    money = any(one.worth is not None or one.worth_symbol for one in found)
    shares_ = [one.share_of(found[0]) for one in found]
    frame = pl.DataFrame(
        {
            "step": [str(place) for place in range(len(found))],
            "step_label": [one.label for one in found],
            "value": [one.value for one in found],
            "symbol": [one.symbol for one in found],
            "of_ledger": [one.of_ledger for one in found],
            "text": [
                f"{one.words} · {share}" + (f"<br>{one.money}" if money else "")
                if one.value is not None
                else f"{one.words} withheld"
                for one, share in zip(found, shares_, strict=True)
            ],
        },
        schema_overrides={"value": pl.Float64, "symbol": pl.String},
    )
    reach = reach_of(frame)
    figure = Drawing()
    for of_ledger, colour, hatch in ((False, MAIN, ""), (True, SECOND, "/")):
        part = frame.filter(pl.col("of_ledger") == of_ledger)
        if part.height:
            name = "What was done, by the ledger" if of_ledger else "What the evidence says"
            bars(
                figure,
                part,
                name=name,
                unit="episodes",
                colour=colour,
                reach=reach,
                hatch=hatch,
                texts=part["text"].to_list(),
            )
    finish_bars(figure, frame, "step", PAIR, reach, room=1.9, width=18)
    several = frame["of_ledger"].n_unique() > 1
    figure.update_layout(barmode="overlay", showlegend=several, margin={"t": 36 if several else 8})
    table = pl.DataFrame(
        {
            "Step": frame["step_label"],
            "How many": [one.words for one in found],
            "Of all": shares_,
            **({"Worth": [one.money for one in found]} if money else {}),
        }
    )
    alt = f"Bar chart of {len(found)} steps: " + "; ".join(
        f"{label} {text.replace('<br>', ', ')}"
        for label, text in zip(frame["step_label"], frame["text"], strict=True)
    )
    return Chart(figure, title(finding, question), f"{alt}.", table, notes, source)


def stacked(
    parts: Sequence[Part], limit: float, *, limit_words: str, question: str, finding: str | None, source: str
) -> Chart:
    """One bar, put together of parts, against a limit that is drawn as a line."""
    figure = Drawing()
    shown = [part for part in parts if part.value]
    for place, part in enumerate(shown):
        figure.add_bar(
            y=[""],
            x=[part.value],
            orientation="h",
            name=in_chart(f"{part.label}: {part.words}", 60),
            customdata=[[part.words]],
            marker={
                "color": _PARTS[place % len(_PARTS)],
                "pattern": {"shape": _HATCHES[place % len(_HATCHES)], "size": 5, "solidity": 0.25},
            },
            hovertemplate="%{customdata[0]}<extra>" + in_chart(part.label, 60) + "</extra>",
        )
    total = sum(part.value or 0 for part in parts)
    figure.add_vline(x=limit, line={"color": ACCENT, "dash": "dash", "width": 3})
    figure.add_annotation(
        x=limit,
        y=1,
        yref="paper",
        yanchor="bottom",
        xanchor="right" if limit > 0.5 * max(total, limit) else "left",
        showarrow=False,
        text=in_chart(limit_words, 60),
    )
    figure.update_layout(
        barmode="stack",
        height=190,
        showlegend=True,
        legend={"orientation": "h", "y": -0.1, "yanchor": "top"},
        margin={"t": 28},
    )
    figure.update_xaxes(
        range=[0, 1.06 * max(total, limit, 1)], showgrid=False, zeroline=False, tickformat=","
    )
    figure.update_xaxes(showticklabels=False)
    figure.update_yaxes(showticklabels=False)
    table = pl.DataFrame(
        {
            "What": [*(part.label for part in parts), limit_words],
            "How many": [*(part.words for part in parts), f"{limit:,.0f}"],
        }
    )
    said = "; ".join(f"{part.label} {part.words}" for part in parts)
    alt = f"One bar against a limit. {said}; {limit_words}."
    return Chart(figure, title(finding, question), alt, table, (), source)


def intervals(
    rates: Sequence[Rate], limit: float, *, limit_words: str, question: str, finding: str | None, source: str
) -> Chart:
    """Rates in per cent, each a mark with its interval, against a limit that is drawn as a line."""
    figure = Drawing()
    known = [one for one in rates if one.rate is not None]
    figure.add_scatter(
        x=[one.rate for one in known],
        y=[one.label for one in known],
        mode="markers",
        marker={"color": MAIN, "size": 12, "symbol": "diamond"},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [one.high - (one.rate or 0) for one in known],
            "arrayminus": [(one.rate or 0) - one.low for one in known],
            "color": MAIN,
            "thickness": 2,
        },
        customdata=[[one.words] for one in known],
        hovertemplate="%{y}: %{customdata[0]}<extra></extra>",
        showlegend=False,
    )
    figure.add_vline(x=limit, line={"color": ACCENT, "dash": "dash", "width": 2}, layer="below")
    figure.add_annotation(
        x=limit,
        y=1,
        yref="paper",
        yanchor="bottom",
        xanchor="left",
        showarrow=False,
        text=in_chart(limit_words, 60),
    )
    reach = max([limit, *(one.high for one in known)])
    figure.update_layout(height=90 + 44 * max(len(known), 1), margin={"t": 28})
    figure.update_xaxes(range=[0, min(1.15 * reach, 100) or 1], ticksuffix="%")
    figure.update_yaxes(
        type="category",
        categoryorder="array",
        categoryarray=[one.label for one in known],
        autorange="reversed",
        showgrid=False,
    )
    table = pl.DataFrame(
        {"Window": [one.label for one in rates], "Error rate": [one.words for one in rates]},
        schema={"Window": pl.String, "Error rate": pl.String},
    )
    said = "; ".join(f"{one.label} {one.words}" for one in rates)
    alt = f"Error rates of audit samples with their intervals: {said}; {limit_words}."
    return Chart(figure, title(finding, question), alt, table, (), source)
