"""Bars, as every chart of them draws them: labels to the left, a withheld one as a stub that tells nothing."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import polars as pl

from evidence.drawing import Drawing
from evidence.symbols import IN_SHORT
from evidence.template import GREY, ON_MAIN, WITHHELD
from evidence.words import column, in_chart

# The height of a row with one bar, with two, and of a line of its label.
ROW: Final = 30
PAIR: Final = 44
_LINE = 18


def reach_of(frame: pl.DataFrame) -> float:
    """The longest bar; any length where none is shown."""
    return max((value for value in frame["value"] if value), default=100)


def bars(
    figure: Drawing,
    frame: pl.DataFrame,
    *,
    name: str,
    unit: str,
    colour: str,
    reach: float,
    hatch: str = "",
    texts: Sequence[str] | None = None,
    inside: bool = False,
) -> None:
    """One series of bars. A withheld one is a short hatched stub with its symbol: always as long, whatever it hides.
    `inside`: figures stand in the bars that are long enough."""
    dimension = frame.columns[0]
    values = frame["value"].to_list()
    cells = column(frame, unit)
    stub = 0.05 * reach
    hidden = [value is None for value in values]
    figure.add_bar(
        y=frame[dimension].to_list(),
        x=[stub if value is None else value for value in values],
        orientation="h",
        name=in_chart(name, 60),
        text=list(texts or cells),
        textposition=[
            "inside" if inside and value is not None and value > 0.25 * reach else "outside"
            for value in values
        ],
        insidetextanchor="end",
        textangle=0,
        insidetextfont={"color": ON_MAIN},
        cliponaxis=False,
        constraintext="none",
        marker={
            "color": [WITHHELD if gone else colour for gone in hidden],
            "line": {"color": [WITHHELD if gone else colour for gone in hidden], "width": 1},
            "pattern": {"shape": ["x" if gone else hatch for gone in hidden], "size": 5, "solidity": 0.3},
        },
        customdata=[
            [IN_SHORT.get(cell, cell) if gone else cell] for gone, cell in zip(hidden, cells, strict=True)
        ],
        hovertemplate="%{customdata[0]}" + f"<extra>{in_chart(name, 60)}</extra>",
    )


def finish_bars(
    figure: Drawing,
    frame: pl.DataFrame,
    dimension: str,
    row: int,
    reach: float,
    *,
    room: float = 1.18,
    width: int = 26,
) -> None:
    """Labels beside the bars, in lines of about `width` characters, and room for texts behind the longest: `room` times
    its length in all."""
    labels = [in_chart(label, width) for label in frame[f"{dimension}_label"]]
    lines = [label.count("<br>") + 1 for label in labels]
    # Rows are all as high: so high that no label touches the next.
    apart = max((_LINE * (one + two) / 2 + 6 for one, two in pairwise(lines)), default=0)
    figure.update_layout(height=70 + round(max(row, apart) * max(len(labels), 1)))
    figure.update_xaxes(range=[0, reach * room], showticklabels=False, showgrid=False, zeroline=False)
    figure.update_yaxes(
        type="category",
        categoryorder="array",
        categoryarray=frame[dimension].to_list(),
        tickvals=frame[dimension].to_list(),
        ticktext=labels,
        autorange="reversed",
        showgrid=False,
        linecolor=GREY,
    )
