"""Payment by results: the way from an episode of help to a payment, and what is missing on it."""

import streamlit

from evidence import claims
from evidence.access import Who
from evidence.claims import Done
from evidence.desk import may_ask
from evidence.display import harmless, requests
from evidence.errors import AccessError
from evidence.evidence import Choice, Evidence
from evidence.questions import Question
from evidence.trust import caution
from evidence.words import count, in_markdown
from pages import parts, payment_sections


def page(evidence: Evidence, who: Who) -> None:
    """From identified to paid, what is missing, what is to come, and what it is worth; no money where it is paid up
    front."""
    paid = parts.chosen_framework(evidence).release().paid_by_results
    title = "What can be claimed?" if paid else "Which outcomes are evidenced?"
    if not parts.head(evidence, who, "payment", title):
        return
    evidence = parts.framework(evidence)
    release = evidence.release()
    if len(release.frameworks) == 1:
        streamlit.write(f"Under {in_markdown(release.framework_title)}.")
    kind = _kind(evidence)
    done = claims.done(evidence, who) if release.paid_by_results else None
    _figures(evidence, done, kind)
    parts.care(caution(evidence))
    if release.rules.several_kinds and not kind:
        payment_sections.kinds(evidence, who)
    payment_sections.way(evidence, who, done, kind)
    payment_sections.in_the_way(evidence, who, kind)
    payment_sections.forecast(evidence, who, kind)
    if done:
        payment_sections.quota(evidence, who, done)
        payment_sections.audit(evidence, who)
    payment_sections.not_yet_worked_with(evidence, who)
    _list(evidence, who)


def _kind(evidence: Evidence) -> str:
    """The kind of claim that the visitor chooses; "" where there is one kind, or all are meant."""
    rules = evidence.release().rules
    if not rules.several_kinds:
        return ""
    choices = [Choice(one.code, one.label) for one in rules.claims]
    return parts.choose("Kind of claim", choices, f"kind_{rules.id}")


def _figures(evidence: Evidence, done: Done | None, kind: str) -> None:
    release = evidence.release()
    where = {"kind": kind} if kind else {}
    first, second, third = streamlit.columns(3)
    with first:
        ready = evidence.ask(Question("claims_claimable", (), where))
        explained = "Episodes that meet every rule of the framework, of families not claimed for before."
        parts.figure(ready, ready.measure.label, explained)
    if release.paid_by_results:
        with second:
            worth = evidence.ask(Question("worth_claimable", (), where))
            parts.figure(worth, worth.measure.label, worth.notes[-1])
    else:
        streamlit.write("Nothing is paid by results here: outcomes are evidenced, and none is claimed for.")
    with third if release.paid_by_results else second:
        claimed = evidence.ask(Question("claims_claimed"))
        parts.figure(claimed, claimed.measure.label, "Families for whom a claim was made before.")
    entered = claims.entered_since(evidence, done) if done and not kind else None
    if entered:
        streamlit.caption(
            f"Of those that are ready, {count(entered)} are entered in a claims window already, and not yet submitted "
            "when this release was made."
        )
    if release.paid_by_results and release.rules.deadweight:
        streamlit.caption(
            f"The payer deducts {release.rules.deadweight} of a window’s total as what would have come about "
            "anyway; the money shown here is before that."
        )


def _list(evidence: Evidence, who: Who) -> None:
    parts.section("The list of claimable episodes")
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
