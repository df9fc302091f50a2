"""The page in Shiny for Python: `shiny run with_shiny.py`."""

import plotly.graph_objects as go
from shiny import App, reactive, ui
from shinywidgets import output_widget, render_widget

import figures

page = ui.page_fluid(
    ui.h1(figures.TITLE),
    ui.layout_columns(*(ui.value_box(label, value) for label, value in figures.headlines().items())),
    ui.input_select("period", "Show by", figures.PERIODS),
    ui.layout_columns(
        *(ui.div(ui.h2(title), output_widget(measure)) for measure, title in figures.CHARTS.items())
    ),
)


def _server(input, output, session):  # type: ignore[no-untyped-def]
    for measure in figures.CHARTS:
        _chart(measure, input)


def _chart(measure, input):  # type: ignore[no-untyped-def]
    """A chart that is made once and then changed, as shinywidgets advises: a new one is sent with all of Plotly."""

    def made():  # type: ignore[no-untyped-def]
        with reactive.isolate():
            return go.FigureWidget(figures.chart(measure, input.period()))

    made.__name__ = measure
    shown = render_widget(made)

    @reactive.effect
    @reactive.event(input.period, ignore_init=True)
    def _():  # type: ignore[no-untyped-def]
        (line,) = figures.chart(measure, input.period()).data
        with shown.widget.batch_update():
            shown.widget.data[0].update(x=line.x, y=line.y)


app = App(page, _server)
