"""Overview: thirty seconds before a meeting."""

import streamlit

from evidence import charts
from evidence.access import Who
from evidence.attention import sentences
from evidence.evidence import Choice, Evidence
from evidence.questions import Question
from evidence.trust import caution
from pages import parts


def page(evidence: Evidence, who: Who) -> None:
    """Families helped, outcomes sustained, what they are worth, the trend, and what needs attention."""
    if not parts.head(evidence, who, "overview", "Does our help for families work?"):
        return
    release = evidence.release()
    first, second, third, fourth = streamlit.columns(4)
    with first:
        families = evidence.ask(Question("families_helped"))
        parts.figure(
            families,
            families.measure.label,
            "Families with an episode of help in the period of the extracts.",
        )
    with second:
        sustained = evidence.ask(Question("needs_sustained"))
        explained = "Needs that were met, and stayed met for as long as the framework asks (or were waived)."
        parts.figure(sustained, sustained.measure.label, explained)
    with third:
        share = evidence.ask(Question("share_sustained"))
        explained = "Of all needs identified, the recent ones too, which have had less time."
        parts.figure(share, "Of all needs identified", explained)
    with fourth:
        claims = evidence.ask(Question("claims_claimable"))
        if release.paid_by_results:
            worth = evidence.ask(Question("worth_claimable"))
            parts.figure(
                worth,
                "Ready to claim",
                f"The shown number of claims ready to make, at £{release.price} each.",
            )
        else:
            explained = (
                "Families whose every need has a sustained outcome, with its evidence. None is claimed for."
            )
            parts.figure(claims, claims.measure.label, explained)

    parts.care(caution(evidence))

    found = sentences(evidence)
    if found:
        streamlit.subheader("What stands out", anchor=False)
        parts.says(found)

    choices = [Choice(name, evidence.dimension_label(name)) for name in ("quarter", "month", "year")]
    by = parts.choose("Show by", choices, "period", everything=False)
    left, right = streamlit.columns(2)
    with left:
        families = evidence.ask(Question("families_helped", (by,)))
        question = f"How many families start, each {families.dimension}?"
        parts.draw(charts.trend([families], release.as_of, question=question), "families")
    with right:
        sustained = evidence.ask(Question("outcomes_sustained", (by,)))
        question = f"How many outcomes last, each {sustained.dimension}?"
        parts.draw(charts.trend([sustained], release.as_of, question=question), "sustained")


if __name__ == "__main__":
    parts.hand_over("overview")
