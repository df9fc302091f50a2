"""Funnel plots: a share by place or team against its size, with what chance alone would make of it."""

from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from evidence.answers import Answer
from evidence.binomial_limits import ALARM, WARNING, limits, overdispersed, score
from evidence.chart import Chart, chart_of
from evidence.drawing import Drawing
from evidence.findings import design_effect, title
from evidence.template import ACCENT, GREY, MAIN, SECOND
from evidence.words import column, in_chart, percent, several

# So many points make a curve that looks smooth.
_STEPS: Final = 24
# Half a per cent: what rounding may make of a share.
_HALF: Final = 0.005
# So many names are written beside their marks: the furthest out.
_MOST_NAMES: Final = 4


@dataclass(frozen=True)
class Unit:
    """One place or team: its share and the council's, from 0 to 1, and its size. `off`: how far noise may have moved
    the share at most; `size_off`: the size. `alike`: how many of them tell as much as one that stands apart would
    (findings.design_effect)."""

    code: str
    label: str
    share: float
    size: int
    overall: float
    off: float = 0.0
    size_off: int = 0
    alike: float = 1.0

    def outside(self, chance: float) -> int:
        """1 above the limits, -1 below them, 0 within: even if noise has moved the share and the size as far as it
        may."""
        low, high = limits(self.overall, _told_by(self.size - self.size_off, self.alike), chance)
        if self.share - self.off > high:
            return 1
        return -1 if self.share + self.off < low else 0

    def seems_outside(self, chance: float) -> bool:
        """Whether it is drawn outside the limits, whatever noise may have done."""
        low, high = limits(self.overall, _told_by(self.size, self.alike), chance)
        return not low <= self.share <= high

    @property
    def score(self) -> float:
        """How many standard errors its share lies from the council's."""
        return score(self.share, self.overall, _told_by(self.size, self.alike))

    @property
    def standing(self) -> str:
        """Where it stands, in words."""
        for chance, words in ((ALARM, "99.8%"), (WARNING, "95%")):
            side = self.outside(chance)
            if side:
                return f"{'above' if side > 0 else 'below'} the {words} limits"
        for chance, words in ((ALARM, "99.8%"), (WARNING, "95%")):
            if self.seems_outside(chance):
                return f"outside the {words} limits, but noise could do it"
        return "within the limits"


def units_of(share: Answer, whole: Answer, overall: float | None) -> list[Unit]:
    """The places of two answers by the same dimension whose share and size are both shown.

    `overall` is the council's share in per cent; None: that of all the units together.
    """
    sizes = {
        code: (int(value), int(most or 0))
        for code, value, most in whole.shown.select(whole.dimension, "value", "most").iter_rows()
        if value > 0
    }
    columns = (share.dimension, f"{share.dimension}_label", "value", "most")
    rows = [
        (code, label, value / 100, (most or 0.0) / 100)
        for code, label, value, most in share.shown.select(columns).iter_rows()
        if code in sizes
    ]
    together = sum(sizes[code][0] for code, *_ in rows)
    if not together:
        return []
    middle = (
        sum(part * sizes[code][0] for code, _, part, _ in rows) / together
        if overall is None
        else overall / 100
    )
    # A share of all is to the nearest per cent too, and never quite nothing or everything.
    middle = min(max(middle, _HALF), 1 - _HALF)
    alike = design_effect(whole)
    return [
        Unit(code, label, part, sizes[code][0], middle, off + _HALF, sizes[code][1], alike)
        for code, label, part, off in rows
    ]


def _told_by(size: int, alike: float) -> int:
    """As how many that stand apart so many count."""
    return max(int(size / alike), 1)


def standing_out(units: list[Unit]) -> list[Unit]:
    """Those outside the outer limits even allowing for noise, the furthest first."""
    out = [one for one in units if one.outside(ALARM)]
    return sorted(out, key=lambda one: -abs(one.score))


def funnel_plot(
    share: Answer, whole: Answer, *, by: str, question: str, overall: float | None = None
) -> Chart:
    """A share by place or team, each a mark by its size, with the limits within which chance alone keeps 95% and 99.8%
    of such shares about the council's (`overall`, in per cent; None: that of all units together). What is withheld is
    in the table alone."""
    units = units_of(share, whole, overall)
    out = standing_out(units)
    figure = Drawing()
    if units:
        _draw_limits(figure, units)
        _draw_units(figure, units, out)
    figure.update_layout(height=360, showlegend=bool(units), margin={"t": 36})
    name = whole.measure.label
    figure.update_xaxes(rangemode="tozero", tickformat=",", nticks=6, title={"text": in_chart(name, 60)})
    figure.update_yaxes(ticksuffix="%", range=_range(units), nticks=6)
    chart = chart_of(
        figure,
        title(_finding(out, units, _not_known(share, whole, units), by), question),
        share,
        _table(share, whole, units, by),
        _alt(share, units, out, by),
    )
    return replace(chart, notes=(*_notes(share, units), *chart.notes))


def _draw_limits(figure: Drawing, units: list[Unit]) -> None:
    largest = max(one.size for one in units)
    overall = units[0].overall
    first = max(min(one.size for one in units) // 2, 5)
    # Closer together where the curves are steep.
    sizes = sorted(
        {round(first * (1.08 * largest / first) ** (step / (_STEPS - 1))) for step in range(_STEPS)}
    )
    for chance, name, dash in ((ALARM, "99.8% limits", "dash"), (WARNING, "95% limits", "dot")):
        bounds = [limits(overall, _told_by(size, units[0].alike), chance) for size in sizes]
        for side in (0, 1):
            figure.add_scatter(
                x=sizes,
                y=[round(100 * bound[side], 2) for bound in bounds],
                mode="lines",
                name=name,
                legendgroup=name,
                showlegend=side == 0,
                hoverinfo="skip",
                line={"color": GREY, "width": 1.5, "dash": dash},
            )
    figure.add_scatter(
        x=[sizes[0], sizes[-1]],
        y=[100 * overall] * 2,
        mode="lines",
        name=f"All: {percent(100 * overall)}",
        hoverinfo="skip",
        line={"color": GREY, "width": 1.5},
    )


def _draw_units(figure: Drawing, units: list[Unit], out: list[Unit]) -> None:
    kinds = (
        ("Within", MAIN, "circle"),
        ("May be noise", MAIN, "circle-open"),
        ("Above", ACCENT, "triangle-up"),
        ("Below", SECOND, "triangle-down"),
    )
    for name, colour, mark in kinds:
        found = [one for one in units if _kind(one) == name]
        if not found:
            continue
        figure.add_scatter(
            x=[one.size for one in found],
            y=[100 * one.share for one in found],
            mode="markers",
            name=name,
            showlegend=name != "Within",
            marker={
                "color": colour,
                "size": 12 if "triangle" in mark else 9,
                "symbol": mark,
                "line": {"width": 2, "color": colour},
            },
            customdata=[
                [f"{in_chart(one.label)}: {percent(100 * one.share)} of {one.size:,}, {one.standing}"]
                for one in found
            ],
            hovertemplate="%{customdata[0]}<extra></extra>",
        )
    written: list[Unit] = []
    for one in out:
        if len(written) == _MOST_NAMES or any(_near(one, other, units) for other in written):
            continue
        written.append(one)
        above = one.outside(ALARM) > 0
        # Outwards, where there are no other marks but those further out; and never over the edge.
        across = one.size / max(unit.size for unit in units)
        figure.add_annotation(
            x=one.size,
            y=100 * one.share,
            text=in_chart(one.label, 22, 2),
            showarrow=False,
            yanchor="bottom" if above else "top",
            yshift=6 if above else -6,
            xanchor="right" if across > 0.85 else "left" if across < 0.15 else "center",
        )


def _kind(unit: Unit) -> str:
    """How a unit is marked."""
    side = unit.outside(ALARM)
    if side:
        return "Above" if side > 0 else "Below"
    return "May be noise" if unit.seems_outside(ALARM) else "Within"


def _range(units: list[Unit]) -> list[float]:
    """What the axis of shares shows: all marks, and the limits where the smallest of them lie."""
    if not units:
        return [0.0, 100.0]
    smallest = _told_by(min(one.size for one in units), units[0].alike)
    bounds = limits(units[0].overall, smallest, ALARM)
    low, high = (100 * pick([*bounds, *(one.share for one in units)]) for pick in (min, max))
    room = 0.12 * (high - low) + 1
    return [max(low - room, 0.0), min(high + room, 104.0)]


def _near(one: Unit, other: Unit, units: list[Unit]) -> bool:
    """Whether the names of two would lie on one another: one takes a third of the width, a twelfth of the height."""
    wide = max(unit.size for unit in units)
    low, high = _range(units)
    return abs(one.size - other.size) < wide / 3 and abs(one.share - other.share) < (high - low) / 1200


def _not_known(share: Answer, whole: Answer, units: list[Unit]) -> int:
    """How many are not drawn. One of nothing has no share, and counts for none."""
    nothing = whole.shown.filter(pl.col("value") == 0)[whole.dimension]
    drawn = [one.code for one in units]
    return share.applicable.filter(~pl.col(share.dimension).is_in([*nothing, *drawn])).height


def _finding(out: list[Unit], units: list[Unit], unknown: int, by: str) -> str | None:
    """What is to be seen. `unknown`: how many more there are that are not drawn."""
    if not units:
        return None
    near = sum(one.seems_outside(ALARM) for one in units)
    if not out and near:
        some = f"One {by.lower()}" if near == 1 else f"{near} {several(by)}"
        return f"{some} just outside the limits: noise could do it"
    if not out:
        # Of those that are not shown nothing is known.
        shown = " shown" if unknown else ""
        return f"No {by.lower()}{shown} differs by more than chance"
    above = [one.label for one in out if one.outside(ALARM) > 0]
    below = [one.label for one in out if one.outside(ALARM) < 0]
    said = [f"{' and '.join(names)} {word}" for names, word in ((above, "above"), (below, "below")) if names]
    finding = f"{', '.join(said)} what chance explains"
    if len(out) <= 3 and title(finding, "") == finding:
        return finding
    return f"{len(out)} of {len(units)} differ by more than chance"


def _table(share: Answer, whole: Answer, units: list[Unit], by: str) -> pl.DataFrame:
    frame = share.applicable.sort("value", descending=True, nulls_last=True, maintain_order=True)
    sizes = dict(zip(whole.frame[whole.dimension], column(whole.frame, whole.measure.unit), strict=True))
    standings = {one.code: one.standing for one in units}
    return pl.DataFrame(
        {
            by: frame[f"{share.dimension}_label"],
            whole.measure.label: [sizes.get(code, "") for code in frame[share.dimension]],
            share.measure.label: column(frame, share.measure.unit),
            "Against the limits": [standings.get(code, "cannot be told") for code in frame[share.dimension]],
        },
        schema_overrides={whole.measure.label: pl.String, "Against the limits": pl.String},
    )


def _alt(share: Answer, units: list[Unit], out: list[Unit], by: str) -> str:
    rows = share.applicable.height
    hidden = f" {rows - len(units)} of {rows} are not drawn." if rows > len(units) else ""
    if not units:
        return f"Funnel plot of {share.measure.label.lower()} by {by.lower()}: nothing to show.{hidden}"
    named = "; ".join(
        f"{one.label} {one.standing} ({percent(100 * one.share)} of {one.size:,})" for one in out[:5]
    )
    near = [one.label for one in units if _kind(one) == "May be noise"]
    seen = f"outside the 99.8% limits: {named}" if named else "none surely outside the 99.8% limits"
    if near:
        seen += f"; outside, but noise could do it: {', '.join(near[:5])}"
    return (
        f"Funnel plot of {share.measure.label.lower()} by {by.lower()} against size, {len(units)} marks about "
        f"{percent(100 * units[0].overall)}; {seen}.{hidden}"
    )


def _notes(share: Answer, units: list[Unit]) -> tuple[str, ...]:
    notes = [
        "Chance alone keeps 95% and 99.8% of groups of that size between the limits. A mark counts as outside only if "
        "it would be so wherever its figure stood before it was changed to protect families."
    ]
    if any(one.alike > 1 for one in units):
        notes.append(
            "The needs of one family stand and fall together: the limits are those of half as many that stand apart."
        )
    if overdispersed([one.score for one in units]):
        notes.append(
            "Here more lie far out than chance alone explains (places differ in whom they help): read those just "
            "outside the limits with care."
        )
    if share.applicable.height > len(units):
        notes.append("What is withheld or too uncertain is in the table, and not drawn.")
    return tuple(notes)
