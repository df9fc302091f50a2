"""The sections of the page on payment: the funnel, what stands in the way, what is to come, the quota, the audit."""

from dataclasses import replace

import streamlit

from evidence import audit as audits
from evidence import charts, claim_charts, funnel
from evidence import quota as quotas
from evidence.access import Who
from evidence.claims import Done, sees_exact
from evidence.evidence import Choice, Evidence
from evidence.findings import largest
from evidence.questions import Question
from evidence.words import day, in_markdown
from pages import parts

_BY = ("headline", "need", "team", "ward")
_QUESTIONS = {
    "kind": "For which kinds of claim?",
    "headline": "For which outcomes?",
    "need": "For which needs?",
    "team": "In which teams?",
    "ward": "Where?",
}
# Of all needs of a framework these are drawn; the table has them all.
_MOST_BARS = 12


def way(evidence: Evidence, who: Who, done: Done | None, kind: str) -> None:
    """How far episodes have come, from identified to paid."""
    release = evidence.release()
    found = funnel.steps(evidence, None if kind else done, kind)
    made_up = "made-up data, " if release.synthetic else ""
    chart = claim_charts.steps(
        found,
        question="How far have episodes come?",
        finding=funnel.lost_most(found, release.noise_change),
        notes=evidence.ask(Question("claims_identified")).notes,
        source=f"{release.authority}, {made_up}release {release.name}, as of {day(release.as_of)}, and the ledger",
    )
    parts.draw(chart, "steps")
    if done is None:
        return
    words = (
        "Money is what all episodes at a step would bring if every one became a claim. What was done counts live "
        "claims of the ledger as it stands now: the audit looks at a part of what is entered."
    )
    if kind:
        words = "Money is what all at a step would bring if every one became a claim."
    elif done.ended.claims:
        words += f" Rejected or withdrawn: {done.ended.words}."
    if not kind and not sees_exact(who):
        words += " Figures of the ledger are rounded, and withheld where they are small, as all others."
    streamlit.caption(in_markdown(words))


def kinds(evidence: Evidence) -> None:
    """What is ready to claim, by kind of claim, each at its price."""
    answer = evidence.ask(Question("claims_claimable", ("kind",)))
    worth = (
        evidence.ask(Question("worth_claimable", ("kind",))) if evidence.release().paid_by_results else None
    )
    label = evidence.dimension_label("kind")
    question = "Which kinds of claim are ready?"
    parts.draw(charts.ranked(answer, by=label, question=question, worth=worth), "kinds")


def in_the_way(evidence: Evidence, kind: str) -> None:
    """What keeps eligible episodes from a claim: what is missing, then where; by need, team or place."""
    release = evidence.release()
    streamlit.subheader("What stands between families and a claim?", anchor=False)
    # Three dimensions at once are the most that can be asked: with a kind of claim there is no room for a team.
    first, second, third = streamlit.columns(3)
    place = {"kind": kind} if kind else {}
    if not kind:
        with first:
            team = parts.choose("Team", evidence.choices("team", "claims_held_up"), "held_up_team")
        place = {"team": team} if team else {}
    with second:
        missing = parts.choose(
            "What is missing", evidence.choices("missing", "claims_held_up"), "held_up_missing"
        )
    with third:
        names = [*(["kind"] if release.rules.several_kinds else []), *_BY]
        ways = [Choice(name, evidence.dimension_label(name)) for name in names if name not in place]
        by = parts.choose("Break down by", ways, "held_up_by", everything=False)
    left, right = streamlit.columns(2)
    with left:
        _held_up(evidence, "missing", place, "What is missing?", "held_up")
    with right:
        where = place | ({"missing": missing} if missing else {})
        _held_up(evidence, by, where, _QUESTIONS[by], "held_up_by_other")
    money = " Its money is what they would bring." if release.paid_by_results else ""
    streamlit.caption(
        "Episodes that are eligible and have no claim yet. One that lacks several things counts at each of them, so "
        f"bars do not add up.{money}"
    )


def _held_up(evidence: Evidence, by: str, where: dict[str, str], question: str, key: str) -> None:
    release = evidence.release()
    answer = evidence.ask(Question("claims_held_up", (by,), where))
    worth = None
    if release.paid_by_results:
        worth = evidence.ask(replace(answer.question, measure="worth_held_up"))
    most = largest(answer, release.noise_change)
    finding = f"Most often: {most[:1].lower()}{most[1:]}" if most and by == "missing" else None
    label = evidence.dimension_label(answer.dimension)
    chart = charts.ranked(
        answer, by=label, question=question, finding=finding, worth=worth, most=_MOST_BARS, only_shown=True
    )
    parts.draw(chart, key)


def forecast(evidence: Evidence, kind: str) -> None:
    """When episodes will be ready to claim, if nothing changes."""
    release = evidence.release()
    where = {"kind": kind} if kind else {}
    answer = evidence.ask(Question("claims_expected", ("expected_quarter",), where))
    worth = (
        evidence.ask(Question("worth_expected", ("expected_quarter",), where))
        if release.paid_by_results
        else None
    )
    label = evidence.dimension_label("expected_quarter")
    question = "When will claims be ready?" if release.paid_by_results else "When will outcomes be evidenced?"
    chart = charts.ranked(answer, by=label, question=question, worth=worth, only_shown=True)
    parts.draw(chart, "forecast")
    streamlit.caption(
        "By the windows that are running now: when the last of them ends, if nothing happens before. What has still "
        "to be achieved cannot be told."
    )


def quota(evidence: Evidence, who: Who, done: Done) -> None:
    """How much of the year's quota is used, ready and to come."""
    found = quotas.quota(evidence, who, done)
    if found is None:
        streamlit.caption("No quota is set for this year (data/payment.toml).")
        return
    parts.draw(quotas.chart(evidence, found), "quota")
    streamlit.caption(in_markdown(quotas.sentence(found)))


def audit(evidence: Evidence, who: Who) -> None:
    """How the audit samples of the windows stand, and how many claims they struck out."""
    found = audits.audits(evidence, who)
    if not found:
        streamlit.subheader("How many claims does the audit strike out?", anchor=False)
        streamlit.caption("No claims window has been opened yet.")
        return
    chart = audits.chart(evidence, found)
    if chart:
        parts.draw(chart, "audit")
    else:
        streamlit.subheader("How many claims does the audit strike out?", anchor=False)
    parts.table(audits.table(found))
    streamlit.caption(
        "Of every window a sample is audited before anything is submitted. The interval says how wrong the claims that "
        "nobody looked at may be; risky claims may have been drawn more often."
    )


def not_yet_worked_with(evidence: Evidence) -> None:
    """Families that would be eligible by what partners know, and are not worked with."""
    answer = evidence.ask(Question("families_possible", ("headline",)))
    if answer.shown.is_empty():
        return
    label = evidence.dimension_label("headline")
    question = "How many families are not yet worked with?"
    parts.draw(charts.ranked(answer, by=label, question=question), "possible")
    streamlit.caption(
        "Households that show signs of enough needs in what partners sent, and in no episode of help. A sign is no "
        "need: somebody has still to find out."
    )


if __name__ == "__main__":
    parts.hand_over("payment_sections")
