"""The page in Dash, on the server that it brings along: `python with_dash.py PORT`."""

import sys

import dash
from dash import Input, Output, dcc, html

import figures

app = dash.Dash(__name__, title="Dash")
app.layout = html.Div(
    [
        html.H1(figures.TITLE),
        html.Div(
            [html.Div([html.Div(label), html.H2(value)]) for label, value in figures.headlines().items()],
            style={"display": "flex", "gap": "4rem"},
        ),
        html.Label("Show by", htmlFor="period"),
        dcc.Dropdown(figures.PERIODS, "quarter", id="period", clearable=False),
        html.Div(
            [
                html.Div([html.H2(title), dcc.Graph(id=measure)], style={"flex": 1})
                for measure, title in figures.CHARTS.items()
            ],
            style={"display": "flex"},
        ),
    ]
)


@app.callback([Output(measure, "figure") for measure in figures.CHARTS], Input("period", "value"))
def _draw(period):  # type: ignore[no-untyped-def]
    return [figures.chart(measure, period) for measure in figures.CHARTS]


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]), debug=False)
