"""Outcomes: which needs families have, which of them end well and how soon, for whom, and what the work is about."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit

from evidence import charts
from evidence.access import Who
from evidence.answers import Answer
from evidence.charts import Chart
from evidence.evidence import Choice, Evidence
from evidence.gaps import gap
from evidence.periods import FORMS
from evidence.questions import Question
from evidence.trust import caution, headline_caution
from pages import parts

_BY = ("ward", "team", "locality", "quarter", "age_band", "sex", "ethnic_group")
# What is a unit of its own kind: its share is set against what chance makes of its size.
_PLACES = {"ward", "team", "locality"}
# Of all themes these are drawn; the table has them all.
_MOST_THEMES = 12
_GROUPS = ("age_band", "sex", "ethnic_group")


def page(evidence: Evidence, who: Who) -> None:
    """The ten headlines or the needs of one, how long it took, a breakdown, gaps between groups, and the themes."""
    if not parts.head(evidence, who, "outcomes", "Which outcomes last?"):
        return
    evidence = parts.framework(evidence)
    first, second, third = streamlit.columns(3)
    with first:
        locality = parts.choose("Locality", evidence.choices("locality", "needs_identified"), "locality")
    with second:
        headline = parts.choose(
            "Headline outcome", evidence.choices("headline", "needs_identified"), "headline"
        )
    with third:
        ways = [Choice(name, evidence.dimension_label(name)) for name in _BY if _may_compare(evidence, name)]
        by = parts.choose("Compare by", ways, "by", everything=False)
    parts.selection(evidence, {"locality": locality, "headline": headline}, by)
    where = {name: code for name, code in (("locality", locality), ("headline", headline)) if code}

    parts.draw(evidence, who, parts.chart_of(evidence, _headlines, where), "headlines")
    parts.care(headline_caution(evidence, headline) if headline else caution(evidence))
    left, right = streamlit.columns(2, gap="medium")
    with left:
        # A release of an earlier version does not say.
        if evidence.choices("time_taken") and evidence.may_ask("needs_sustained", "time_taken"):
            parts.draw(evidence, who, parts.chart_of(evidence, _time_taken, where), "time_taken")
    with right:
        if by:
            parts.draw(evidence, who, parts.chart_of(evidence, _breakdown, where, by), "breakdown")
        if by in FORMS:
            streamlit.caption("By when needs were identified: the recent ones have had less time.")
    gaps = _gaps(evidence, where)
    if gaps:
        parts.section("Is the share sustained the same for everybody?")
        parts.says(gaps)
    asked = ("share_sustained_by", "quarter", "months_since")
    if evidence.choices("months_since") and evidence.may_ask_together(*asked):
        _cohorts(evidence, who, where)
    _themes(evidence, who, {"locality": locality} if locality else {})


def _may_compare(evidence: Evidence, by: str) -> bool:
    """Whether the reader may ask for the share sustained by a dimension: a council can keep one from a role."""
    return evidence.may_ask("share_sustained", by)


def _headlines(evidence: Evidence, where: Mapping[str, str]) -> Chart:
    """The ten headlines, or the needs of the one that was chosen: how many, and how many of them end well."""
    share = evidence.ask(Question("share_sustained", ("need" if "headline" in where else "headline",), where))
    whole, part = _counts(evidence, share, "needs_identified", "needs_sustained")
    finer = "needs" if share.dimension == "need" else "headlines"
    question = f"Which {finer} are identified, and which are sustained?"
    label = evidence.dimension_label(share.dimension)
    return charts.compared(whole, part, share, by=label, question=question)


def _time_taken(evidence: Evidence, where: Mapping[str, str]) -> Chart:
    answer = evidence.ask(Question("needs_sustained", ("time_taken",), where))
    label = evidence.dimension_label("time_taken")
    return charts.ranked(answer, by=label, question="How long until an outcome is sustained?")


def _breakdown(evidence: Evidence, where: Mapping[str, str], by: str) -> Chart:
    """The share sustained, place by place against what chance makes of its size, or group by group."""
    overall = evidence.ask(Question("share_sustained", (), where)).value
    share = evidence.ask(Question("share_sustained", (by,), where))
    (whole,) = _counts(evidence, share, "needs_identified")
    label = evidence.dimension_label(share.dimension)
    question = f"Does the share sustained differ by {label.lower()}?"
    if share.dimension in _PLACES:
        return charts.funnel_plot(share, whole, by=label, question=question, overall=overall)
    return charts.shares(share, whole, overall, by=label, question=question)


def _gaps(evidence: Evidence, where: Mapping[str, str]) -> list[str]:
    """Whether the share sustained differs between groups, in a sentence each."""
    found = []
    for name in _GROUPS:
        if not _may_compare(evidence, name):
            continue
        share = evidence.ask(Question("share_sustained", (name,), where))
        (whole,) = _counts(evidence, share, "needs_identified")
        found.append(gap(share, whole, by=evidence.dimension_label(share.dimension)).words)
    return found


def _cohorts(evidence: Evidence, who: Who, where: Mapping[str, str]) -> None:
    # Three dimensions at once are the most that can be asked: with both there is no room for the two of the cohorts.
    kept_to = {"headline": where["headline"]} if "headline" in where else where
    parts.draw(evidence, who, parts.chart_of(evidence, _followed, kept_to), "cohorts")
    everywhere = (
        "" if kept_to == where else " For every locality: a headline and a locality cannot be asked together."
    )
    streamlit.caption(
        "A row is the needs of families whose help began in one period; along it, the share of them with a sustained "
        f"outcome so many months later.{everywhere}"
    )


def _followed(evidence: Evidence, where: Mapping[str, str]) -> Chart:
    """Of the needs of families whose help began in one quarter, the share sustained after 6, 12, 18 and 24 months."""
    share = evidence.ask(Question("share_sustained_by", ("quarter", "months_since"), where))
    followed, reached = _counts(evidence, share, "needs_followed", "needs_sustained_by")
    label = evidence.dimension_label(share.question.by[0])
    question = "Do later families do better than earlier ones?"
    return charts.cohort_table(followed, reached, share, by=label, question=question)


def _themes(evidence: Evidence, who: Who, place: Mapping[str, str]) -> None:
    if not evidence.may_ask("families_with_theme", "theme"):
        return
    if evidence.ask(Question("families_with_theme", ("theme",), place)).shown.is_empty():
        return
    parts.draw(evidence, who, parts.chart_of(evidence, _work, place), "themes")
    streamlit.caption(
        "What practitioners' notes are about: families with at least one note on it. Themes are counted as notes "
        "are read; the notes are not kept here."
    )


def _work(evidence: Evidence, place: Mapping[str, str]) -> Chart:
    themes = evidence.ask(Question("families_with_theme", ("theme",), place))
    label = evidence.dimension_label("theme")
    return charts.ranked(themes, by=label, question="What is the work about?", most=_MOST_THEMES)


def _counts(evidence: Evidence, share: Answer, *measures: str) -> list[Answer]:
    """Counts broken down as a share is, which may be coarser than what was asked."""
    return [evidence.ask(replace(share.question, measure=measure)) for measure in measures]


if __name__ == "__main__":
    parts.hand_over("outcomes")
