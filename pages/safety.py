"""How safe is this release? What was tried against its figures before anybody saw it, and what is left of use."""

import streamlit

from evidence import attacks, unanswered
from evidence.access import Who
from evidence.evidence import Evidence
from evidence.safety import changed
from evidence.words import in_markdown
from pages import parts


def page(evidence: Evidence, who: Who) -> None:
    """Leak and use, attack by attack, over releases; what is not answered as it is asked; how figures are changed."""
    if not parts.head(evidence, who, "safety", "How safe is this release?"):
        return
    _figures(evidence)
    said = attacks.verdict(evidence)
    if said:
        streamlit.success(in_markdown(said), icon=":material/shield:")
    parts.section("What would somebody try, and what would they get?")
    tried = attacks.table(evidence)
    if tried.is_empty():
        streamlit.caption("This release does not say.")
    else:
        streamlit.caption(
            "Each was tried on all figures together, with the true counts at hand to see how far it got. The plain "
            "dashboards were attacked in the same way, with public data."
        )
        title = "What was tried against this release"
        parts.table(tried, evidence=evidence, who=who, key="tried", title=title)
    chart = attacks.chart(evidence)
    if chart:
        parts.draw(evidence, who, chart, "trend")
    else:
        streamlit.caption(
            "This is the first release that was attacked: there is nothing to compare it with yet."
        )
    _unanswered(evidence, who)
    parts.section("How are figures changed?")
    parts.says(changed(evidence))


def _figures(evidence: Evidence) -> None:
    found = attacks.summary(evidence)
    figures = (
        (
            "Leak score, of 100",
            None if found.leak is None else f"{found.leak:.0f}",
            "How far the best attack got beyond guessing: 0 is no further, 100 is everything. Lower is safer.",
        ),
        (
            "Figures shown",
            None if found.shown is None else f"{found.shown:.0f}%",
            "Of all figures that can be asked for, in every breakdown. The rest are withheld. More is of more use.",
        ),
        (
            "Typically off by",
            None if found.error is None else f"{found.error:.1f}",
            "How far shown figures are from the true counts, as the root of the mean square.",
        ),
    )
    for column, (label, value, explained) in zip(streamlit.columns(3), figures, strict=True):
        with column:
            streamlit.metric(label, value or "x", help=in_markdown(explained), border=True)


def _unanswered(evidence: Evidence, who: Who) -> None:
    parts.section("What is not answered as it is asked?")
    said = unanswered.sentence(evidence)
    if said:
        streamlit.write(in_markdown(said))
    measures = unanswered.measures(evidence)
    if measures:
        chosen = parts.choose("Measure", measures, "unanswered", everything=False)
        title = "What is not answered as it is asked"
        parts.table(
            unanswered.table(evidence, chosen), evidence=evidence, who=who, key="unanswered", title=title
        )


if __name__ == "__main__":
    parts.hand_over("safety")
