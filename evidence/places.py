"""Places: one measure by ward or locality, on the council's own map and beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from evidence import charts, journeys
from evidence.answers import Answer
from evidence.boundaries import Boundaries
from evidence.chart import Chart
from evidence.evidence import Choice, Evidence
from evidence.questions import Question
from evidence.words import several

LEVELS: Final = ("ward", "locality")
# What is shown, and what it is a share of (None: it is a count).
_SHOWN: Final[Mapping[str, str | None]] = {
    "share_sustained": "needs_identified",
    "share_returned": "episodes_followed",
    "share_assessed": "episodes_started",
    "families_helped": None,
    "people_helped": None,
    "needs_identified": None,
    "claims_claimable": None,
}
_WAIT: Final = "share_assessed"
# For a list on a narrow screen.
_IN_SHORT: Final = {"share_sustained": "Share sustained", "share_returned": "Share who came back"}
NO_RATE: Final = (
    "A count, not a rate: a place where more families live has more of them, whatever is done for them."
)


@dataclass(frozen=True)
class Compared:
    """A measure by place. `whole`: what each share is of, and `overall` the share of all (None: it is a count)."""

    answer: Answer
    whole: Answer | None
    overall: float | None

    @property
    def level(self) -> str:
        """The kind of place that it is told by, which may be coarser than what was asked."""
        return self.answer.dimension


def levels(evidence: Evidence) -> list[Choice]:
    """The kinds of place that the release knows, and of which anything may be shown to the reader."""
    return [
        Choice(name, evidence.dimension_label(name))
        for name in LEVELS
        if evidence.choices(name) and measures(evidence, name)
    ]


def measures(evidence: Evidence, level: str) -> list[Choice]:
    """What may be shown to the reader by this kind of place."""
    offered = []
    for name, whole in _SHOWN.items():
        if name == _WAIT:
            days = journeys.usual_limit(evidence)
            if days is not None and evidence.may_ask_together("episodes_started", level, "wait"):
                offered.append(Choice(name, f"Share assessed in {days} days"))
        elif all(evidence.may_ask(one, level) for one in (name, whole) if one):
            offered.append(Choice(name, _IN_SHORT.get(name) or evidence.label(name)))
    return offered


def by_headline(evidence: Evidence, measure: str) -> bool:
    """Whether a measure can be told for one headline outcome alone."""
    return measure != _WAIT and "headline" in evidence.catalogue.measures[measure].dimensions


def compared(evidence: Evidence, measure: str, level: str, where: Mapping[str, str]) -> Compared:
    """A measure of `measures` by place. Raises QuestionError or AccessError where it cannot be asked."""
    if measure == _WAIT:
        days = journeys.usual_limit(evidence) or 0
        share, whole = journeys.assessed_within(evidence, days, level, {})
        return Compared(share, whole, journeys.assessed_within(evidence, days, "", {})[0].value)
    answer = evidence.ask(Question(measure, (level,), where))
    of = _SHOWN[measure]
    if of is None:
        return Compared(answer, None, None)
    whole = evidence.ask(replace(answer.question, measure=of))
    return Compared(answer, whole, evidence.ask(Question(measure, (), where)).value)


def on_map(evidence: Evidence, found: Compared, map_: Boundaries) -> Chart:
    """The map."""
    label = evidence.dimension_label(found.level)
    question = f"{found.answer.measure.label}, by {label.lower()}"
    noise = evidence.release().noise_change if found.whole is None else None
    chart = charts.choropleth(
        found.answer, map_, by=label, question=_short(question, found), noise_change=noise
    )
    told = () if found.whole is not None else (NO_RATE,)
    return replace(chart, told=(*chart.told, *told))


def beside(evidence: Evidence, found: Compared) -> Chart:
    """What stands beside the map: for a share the funnel plot, which tells what chance alone would make of places of
    their size; for a count the bars."""
    label = evidence.dimension_label(found.level)
    if found.whole is None:
        question = _short(f"{found.answer.measure.label}, from most to fewest", found)
        return charts.ranked(found.answer, by=label, question=question)
    question = f"Which {several(label)} differ by more than chance?"
    return charts.funnel_plot(found.answer, found.whole, by=label, question=question, overall=found.overall)


def _short(question: str, found: Compared) -> str:
    """A title of at most ten words."""
    return question if len(question.split()) <= 10 else found.answer.measure.label
