"""What the same page shows in each framework: four headline figures, and two charts by a period that is chosen."""

import os
from functools import cache

import duckdb
import plotly.graph_objects as go

TITLE = "Does our help for families work?"
PERIODS = {"quarter": "Quarter", "month": "Month", "year": "Year"}
HEADLINES = {
    "families_helped": "Families helped",
    "needs_sustained": "Needs sustained",
    "needs_identified": "Needs identified",
    "claims_claimable": "Claims claimable",
}
CHARTS = {"families_helped": "How many families start?", "outcomes_sustained": "How many outcomes last?"}


@cache
def _release() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(os.environ["RIVALS_RELEASE"], read_only=True)


def headlines() -> dict[str, str]:
    """The four figures, as text by what they are called."""
    return {label: _figure(measure) for measure, label in HEADLINES.items()}


def _figure(measure: str) -> str:
    found = _release().cursor().execute("SELECT value FROM answer WHERE question = ?", [measure]).fetchone()
    return "c" if found is None or found[0] is None else f"{found[0]:,}"


def chart(measure: str, period: str) -> go.Figure:
    """A line of a measure by period."""
    rows = (
        _release()
        .cursor()
        .execute(
            "SELECT code_1, value FROM answer WHERE question = ? ORDER BY code_1",
            [f"{measure}|{period}"],
        )
        .fetchall()
    )
    figure = go.Figure(
        go.Scatter(x=[code for code, _ in rows], y=[value for _, value in rows], mode="lines+markers")
    )
    figure.update_layout(template="plotly_white", height=300, margin={"l": 8, "r": 16, "t": 12, "b": 8})
    return figure.update_xaxes(type="category").update_yaxes(rangemode="tozero")
