"""Families' journeys: how far they come, how long they wait, how help ends, and whether they come back."""

import streamlit

from evidence import journeys
from evidence.access import Who
from evidence.evidence import Choice, Evidence
from evidence.questions import Question
from evidence.words import in_markdown
from pages import parts


def page(evidence: Evidence, who: Who) -> None:
    """From referral to sustained outcome; waits; endings; re-referral; what came before and after help began."""
    if not parts.head(evidence, who, "journeys", "How do families get through our help?"):
        return
    evidence = parts.framework(evidence)
    first, second, third = streamlit.columns(3)
    with first:
        locality = parts.choose("Locality", evidence.choices("locality", "episodes_started"), "locality")
    with second:
        team = parts.choose("Team", evidence.choices("team", "episodes_started"), "team")
    with third:
        year = parts.choose("Help that began in", journeys.years(evidence), "began")
    where = {"locality": locality, "team": team, "year": year}
    parts.selection(evidence, where)
    left, right = streamlit.columns(2)
    with left:
        _way(evidence, who, where)
    with right:
        _waits(evidence, who, where)
    left, right = streamlit.columns(2)
    with left:
        _waits_by(evidence, who, where)
    with right:
        _endings(evidence, who, where)
    _came_back(evidence, who, where)
    _around(evidence, who, where)


def _way(evidence: Evidence, who: Who, where: dict[str, str]) -> None:
    if evidence.may_ask("episodes_lasting", *where):
        chart = evidence.kept(_key("way", where), lambda: journeys.way(evidence, where))
        parts.draw(evidence, who, chart, "way")


def _waits(evidence: Evidence, who: Who, where: dict[str, str]) -> None:
    if evidence.may_ask("episodes_started", "wait", *where):
        chart = evidence.kept(_key("waits", where), lambda: journeys.waits(evidence, where))
        parts.draw(evidence, who, chart, "wait")


def _waits_by(evidence: Evidence, who: Who, where: dict[str, str]) -> None:
    days = journeys.usual_limit(evidence)
    ways = _ways(evidence, "episodes_started", journeys.WAITS_BY, "wait")
    if days is None or not ways or not evidence.may_ask("episodes_started", "wait", *where):
        return
    by = parts.choose("Compare waits by", ways, "waits", everything=False)
    chart = evidence.kept(_key("waits by", where, by), lambda: journeys.waits_by(evidence, days, by, where))
    parts.draw(evidence, who, chart, "waits_by")


def _endings(evidence: Evidence, who: Who, where: dict[str, str]) -> None:
    ways = _ways(evidence, "episodes_ended", journeys.ENDINGS_BY, "closure_reason")
    if not ways or not evidence.may_ask("episodes_ended", "closure_reason", *where):
        return
    by = parts.choose("Endings by", ways, "ended_by", everything=False)
    chart = evidence.kept(_key("endings", where, by), lambda: journeys.endings(evidence, by, where))
    parts.draw(evidence, who, chart, "endings")


def _came_back(evidence: Evidence, who: Who, where: dict[str, str]) -> None:
    if not evidence.may_ask("share_returned", *where):
        return
    parts.section("Do families come back?")
    kept = journeys.ended_where(evidence, "share_returned", (), where)
    if kept.told:
        streamlit.caption(in_markdown(" ".join(kept.told)))
    followed = evidence.ask(Question("episodes_followed", (), kept.where))
    share = evidence.ask(Question("share_returned", (), kept.where))
    first, second, third = streamlit.columns(3)
    with first:
        parts.figure(
            share,
            "Came back within twelve months",
            "Of episodes of help that ended at least twelve months ago, those whose family began another one within "
            "twelve months of the end.",
        )
    with second:
        parts.figure(followed, "Ended and followed", "Episodes that ended at least twelve months ago.")
    with third:
        parts.figure(
            journeys.ended(evidence, where),
            "Ended in all",
            "Episodes that ended, those of the last twelve months among them: of these it is too early to tell.",
        )
    ways = _ways(evidence, "share_returned", journeys.BACK_BY)
    if not ways:
        return
    by = parts.choose("Compare those who came back by", ways, "back", everything=False)
    chart = evidence.kept(_key("came back", where, by), lambda: journeys.came_back(evidence, by, where))
    parts.draw(evidence, who, chart, "came_back")


def _around(evidence: Evidence, who: Who, where: dict[str, str]) -> None:
    if not evidence.may_ask_together("families_with_event", "event", "months_around"):
        return
    event = parts.choose("What partners recorded", evidence.choices("event", "families_with_event"), "event")
    chart = evidence.kept(_key("around", where, event), lambda: journeys.around(evidence, event, where))
    parts.draw(evidence, who, chart, "around")


def _ways(evidence: Evidence, measure: str, names: tuple[str, ...], *beside: str) -> list[Choice]:
    """The ways to compare that are open to the reader, and can be asked for with what is told `beside` them."""
    return [
        Choice(name, evidence.dimension_label(name))
        for name in names
        if evidence.may_ask_together(measure, name, *beside)
    ]


def _key(chart: str, where: dict[str, str], by: str = "") -> tuple[str, ...]:
    """What a chart is kept by: what it is, and all that it depends on."""
    return ("journeys", chart, by, *where.values())


if __name__ == "__main__":
    parts.hand_over("journeys")
