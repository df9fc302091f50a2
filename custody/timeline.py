"""The windows of a claim on a line of time: where each bar and mark stands, and the same in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from custody.wording import day_words
from outcomes.windows import add_months

# Lanes of one drawing: more do not fit a page beside their legend.
_LANES: Final = 16
# Marks of the line of time: about this many, so that their words do not run into each other.
_TICKS: Final = 8
_STEPS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 600)


@dataclass(frozen=True)
class Mark:
    """One day on a lane; `kind` says which sign stands for it: identified, record, met, regressed, waiver."""

    day: date
    kind: str


@dataclass(frozen=True)
class Span:
    """Days from the first to the last, both included; `kind`: covered, not_covered, term."""

    first: date
    last: date
    kind: str


@dataclass(frozen=True)
class Lane:
    """One need, or one claim with a rule of its own: its window, what restarted the clock, what was covered."""

    label: str
    state: str
    first: date | None
    last: date | None
    marks: tuple[Mark, ...]
    spans: tuple[Span, ...]


def drawings(lanes: Sequence[Lane], *, claim_date: date | None, as_of: date) -> list[dict[str, Any]]:
    """The lanes in drawings that fit a page, each on the same line of time: `words` (what a reader who does not see it
    is told), `ticks`, `lanes`, `claim`, `as_of`. Places are shares of the width, from 0 to 1. None where there is
    nothing to draw."""
    if not lanes:
        return []
    days = [as_of, *([claim_date] if claim_date else []), *(day for lane in lanes for day in _days(lane))]
    scale = _Scale(min(days), max(days))
    drawn = []
    for start in range(0, len(lanes), _LANES):
        part = lanes[start : start + _LANES]
        drawn.append(
            {
                "words": _words(part, claim_date, as_of),
                "ticks": scale.ticks(),
                "lanes": [_drawn(lane, scale) for lane in part],
                "claim": scale.at(claim_date) if claim_date else None,
                "as_of": scale.at(as_of),
            }
        )
    return drawn


class _Scale:
    """Days as shares of the width, with whole months at both ends."""

    def __init__(self, first: date, last: date) -> None:
        self._first = first.replace(day=1)
        months = (last.year - self._first.year) * 12 + last.month - self._first.month + 1
        self._step = next((step for step in _STEPS if months <= step * _TICKS), _STEPS[-1])
        self._months = -(-months // self._step) * self._step
        self._days = (add_months(self._first, self._months) - self._first).days

    def at(self, day: date) -> float:
        """Where a day begins."""
        return round((day - self._first).days / self._days, 4)

    def after(self, day: date) -> float:
        """Where a day ends."""
        return round(((day - self._first).days + 1) / self._days, 4)

    def ticks(self) -> list[dict[str, Any]]:
        days = [add_months(self._first, month) for month in range(0, self._months, self._step)]
        return [{"at": self.at(day), "words": f"{day:%b} {day.year}"} for day in days]


def _days(lane: Lane) -> list[date]:
    found = [mark.day for mark in lane.marks]
    found += [day for span in lane.spans for day in (span.first, span.last)]
    return found + [day for day in (lane.first, lane.last) if day is not None]


def _drawn(lane: Lane, scale: _Scale) -> dict[str, Any]:
    bar = None
    if lane.first is not None and lane.last is not None and lane.first <= lane.last:
        bar = {"from": scale.at(lane.first), "to": scale.after(lane.last), "state": lane.state}
    return {
        "label": lane.label,
        "bar": bar,
        "marks": [{"at": scale.at(mark.day), "kind": mark.kind} for mark in lane.marks],
        "spans": [
            {"from": scale.at(span.first), "to": scale.after(span.last), "kind": span.kind}
            for span in lane.spans
            if span.first <= span.last
        ],
    }


_MARKS: Final[Mapping[str, str]] = {
    "identified": "identified",
    "record": "last qualifying record",
    "met": "judged met",
    "regressed": "judged regressed",
    "waiver": "waived",
}
_SPANS: Final[Mapping[str, str]] = {
    "covered": "the extract covers",
    "not_covered": "the extract does not cover all of",
    "term": "term",
}


def _words(lanes: Sequence[Lane], claim_date: date | None, as_of: date) -> str:
    said = [f"Timeline up to the as-of date, {day_words(as_of)}."]
    if claim_date:
        said.append(f"Claim date: {day_words(claim_date)}.")
    for lane in lanes:
        parts = [f"{_MARKS[mark.kind]} {day_words(mark.day)}" for mark in lane.marks]
        if lane.first is not None:
            until = f" to {day_words(lane.last)}" if lane.last is not None else " on"
            parts.append(f"{lane.state.replace('_', ' ')}, window from {day_words(lane.first)}{until}")
        else:
            parts.append(lane.state.replace("_", " "))
        parts += [
            f"{_SPANS[span.kind]} {day_words(span.first)} to {day_words(span.last)}" for span in lane.spans
        ]
        said.append(f"{lane.label}: {'; '.join(parts)}.")
    return " ".join(said)
