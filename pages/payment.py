"""Payment by results: the way from an episode of help to a claim, and what is missing on it."""

import streamlit

from evidence import charts
from evidence.access import Who
from evidence.attention import obstacles
from evidence.desk import may_ask
from evidence.display import harmless, requests
from evidence.errors import AccessError
from evidence.evidence import Evidence
from evidence.findings import largest
from evidence.questions import Question
from evidence.trust import caution
from evidence.words import in_markdown
from pages import parts

_STEPS = (
    ("claims_identified", "Episodes of help"),
    ("claims_eligible", "Eligible for the programme"),
    ("claims_reached", "No need outstanding"),
    ("claims_evidenced", "Evidence complete"),
    ("claims_sustained", "Every outcome sustained"),
    ("claims_proven", "Meets every rule"),
)


def page(evidence: Evidence, who: Who) -> None:
    """From identified to claimable, what is missing, and what it is worth; no money where it is paid up front."""
    release = evidence.release()
    title = "What can be claimed?" if release.paid_by_results else "Which outcomes are evidenced?"
    if not parts.head(evidence, who, "payment", title):
        return
    streamlit.write(f"Under {in_markdown(release.framework_title)}.")
    first, second, third = streamlit.columns(3)
    with first:
        claims = evidence.ask(Question("claims_claimable"))
        explained = "Episodes that meet every rule of the framework, of families not claimed for before."
        parts.figure(claims, claims.measure.label, explained)
    if release.paid_by_results:
        with second:
            worth = evidence.ask(Question("worth_claimable"))
            explained = f"The shown number of claims, at £{release.price} each."
            parts.figure(worth, worth.measure.label, explained)
    else:
        streamlit.write(
            "This council is not paid by results: outcomes are evidenced, and none is claimed for."
        )
    with third if release.paid_by_results else second:
        claimed = evidence.ask(Question("claims_claimed"))
        parts.figure(claimed, claimed.measure.label, "Families for whom a claim was made before.")

    parts.care(caution(evidence))

    left, right = streamlit.columns(2)
    with left:
        answers = [evidence.ask(Question(measure)) for measure, _ in _STEPS]
        question = "How far have episodes come?"
        parts.draw(charts.steps(answers, [label for _, label in _STEPS], question=question), "steps")
    with right:
        missing = obstacles(evidence)
        most = largest(missing, release.rounding)
        finding = f"Most often in the way: {most[:1].lower()}{most[1:]}" if most else None
        question = "What stands in the way and can be mended?"
        label = evidence.dimension_label("obstacle")
        parts.draw(charts.ranked(missing, by=label, question=question, finding=finding), "missing")

    answer = evidence.ask_or_coarser(Question("claims_claimable", ("ward",)))
    label = evidence.dimension_label(answer.dimension)
    question = f"Where are they, by {label.lower()}?"
    parts.draw(charts.ranked(answer, by=label, question=question), "wards")

    streamlit.subheader("The list of claimable episodes", anchor=False)
    streamlit.write(
        "The list holds pseudonyms, so it never passes through this app: the worker makes it and puts it into "
        "its outbox, where the returns officer fetches it."
    )
    if may_ask(who):
        _ask(evidence, who)
    else:
        streamlit.caption("A returns officer can ask for it here.")


def _ask(evidence: Evidence, who: Who) -> None:
    if streamlit.button("Ask for the list of claimable episodes", key="ask", type="primary"):
        try:
            number = evidence.desk.ask_for_claimable(who, evidence.release().name)
            streamlit.success(f"Request {number} is with the worker.")
        except AccessError as error:
            streamlit.error(str(error))
    asked = requests(evidence)
    if asked.is_empty():
        streamlit.caption("Nothing has been asked for yet.")
    else:
        streamlit.table(harmless(asked), border="horizontal", hide_index=True)


if __name__ == "__main__":
    parts.hand_over("payment")
