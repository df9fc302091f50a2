"""A drawing: what a Plotly figure is made of, put together without Plotly's checks.

Plotly looks at every property of a figure as it is set, which takes ten times as long as all else on a page. The tests
put every chart through these checks; a page, which is drawn at every turn for every reader, does without.
"""

from typing import Any

import plotly.graph_objects as go

from evidence.template import exchanged, template_of


class Drawing:
    """Traces and a layout, named as Plotly names them. `traces`: dictionaries, the first drawn first."""

    def __init__(self) -> None:
        self.traces: list[dict[str, Any]] = []
        self.arrangement: dict[str, Any] = {}

    def add_bar(self, **properties: Any) -> None:
        self.traces.append({"type": "bar", **properties})

    def add_scatter(self, **properties: Any) -> None:
        self.traces.append({"type": "scatter", **properties})

    def add_annotation(self, **properties: Any) -> None:
        self.arrangement.setdefault("annotations", []).append(properties)

    def add_shape(self, **properties: Any) -> None:
        self.arrangement.setdefault("shapes", []).append(properties)

    def add_vline(self, x: float, *, line: dict[str, Any], layer: str = "above") -> None:
        """A line from the bottom to the top."""
        self.add_shape(type="line", x0=x, x1=x, xref="x", y0=0, y1=1, yref="y domain", line=line, layer=layer)

    def update_layout(self, **properties: Any) -> None:
        self.arrangement.update(properties)

    def update_xaxes(self, **properties: Any) -> None:
        self.axis("xaxis", **properties)

    def update_yaxes(self, **properties: Any) -> None:
        self.axis("yaxis", **properties)

    def axis(self, name: str, **properties: Any) -> None:
        """Say how an axis is drawn: xaxis, yaxis, xaxis2 …"""
        self.arrangement.setdefault(name, {}).update(properties)

    def content(self, *, dark: bool = False) -> dict[str, Any]:
        """Data and layout, as Plotly's own script in a browser takes them."""
        if not dark:
            return {"data": self.traces, "layout": {**self.arrangement, "template": template_of(dark=False)}}
        data, layout = exchanged(self.traces), exchanged(self.arrangement)
        return {"data": data, "layout": {**layout, "template": template_of(dark=True)}}

    @property
    def checked(self) -> go.Figure:
        """The same as a figure that has been through Plotly's checks. Raises ValueError where something is wrong."""
        return go.Figure(self.content())

    @property
    def data(self) -> Any:
        return self.checked.data

    def to_plotly_json(self) -> dict[str, Any]:
        return dict(self.checked.to_plotly_json())
