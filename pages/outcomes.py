"""Outcomes: which needs families have, which of them end well, and what the work is about."""

from dataclasses import replace

import streamlit

from evidence import charts
from evidence.access import Who
from evidence.answers import Answer
from evidence.evidence import Choice, Evidence
from evidence.periods import FORMS
from evidence.questions import Question
from evidence.trust import caution, headline_caution
from pages import parts

_BY = ("ward", "team", "quarter", "age_band", "sex", "ethnic_group")


def page(evidence: Evidence, who: Who) -> None:
    """The ten headlines, one breakdown of them, and the themes of notes, for the council or one locality."""
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
        ways = [Choice(name, evidence.dimension_label(name)) for name in _BY]
        by = parts.choose("Compare by", ways, "by", everything=False)
    place = {"locality": locality} if locality else {}
    where = place | ({"headline": headline} if headline else {})

    # The ten headlines, or the needs of the one that was chosen.
    share = evidence.ask(Question("share_sustained", ("need" if headline else "headline",), where))
    whole, part = _counts(evidence, share, "needs_identified", "needs_sustained")
    finer = "needs" if share.dimension == "need" else "headlines"
    question = f"Which {finer} are identified, and which are sustained?"
    label = evidence.dimension_label(share.dimension)
    parts.draw(charts.compared(whole, part, share, by=label, question=question), "headlines")
    parts.care(headline_caution(evidence, headline) if headline else caution(evidence))

    overall = evidence.ask(Question("share_sustained", (), where)).value
    share = evidence.ask(Question("share_sustained", (by,), where))
    (whole,) = _counts(evidence, share, "needs_identified")
    label = evidence.dimension_label(share.dimension)
    question = f"Does the share sustained differ by {label.lower()}?"
    if share.dimension in FORMS:
        streamlit.caption(
            f"Needs by the {label.lower()} in which they were identified: the recent ones have had less time."
        )
    parts.draw(charts.shares(share, whole, overall, by=label, question=question), "breakdown")

    themes = evidence.ask(
        Question("families_with_theme", ("theme",), {"locality": locality} if locality else {})
    )
    if not themes.shown.is_empty():
        question = "What is the work about?"
        parts.draw(charts.ranked(themes, by=evidence.dimension_label("theme"), question=question), "themes")
        streamlit.caption(
            "What practitioners' notes are about: families with at least one note on it. Themes are counted as notes "
            "are read; the notes are not kept here."
        )


def _counts(evidence: Evidence, share: Answer, *measures: str) -> list[Answer]:
    """Counts broken down as a share is, which may be coarser than what was asked."""
    return [evidence.ask(replace(share.question, measure=measure)) for measure in measures]


if __name__ == "__main__":
    parts.hand_over("outcomes")
