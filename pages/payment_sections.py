"""The sections of the page on payment: the funnel, what stands in the way, what is to come, the quota, the audit."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit

from evidence import audit as audits
from evidence import charts, claim_charts, funnel
from evidence import quota as quotas
from evidence.access import Who
from evidence.charts import Chart
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
    parts.draw(evidence, who, chart, "steps")
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
    _money(evidence, who, [one for one in found if not one.of_ledger])


def _money(evidence: Evidence, who: Who, found: list[funnel.Step]) -> None:
    """What falls away on the way, in pounds."""
    chart = charts.waterfall(
        found,
        question="Where does the money fall away?",
        notes=evidence.ask(Question("worth_identified")).notes,
        source=evidence.source(),
    )
    parts.draw(evidence, who, chart, "money")


def kinds(evidence: Evidence, who: Who) -> None:
    """What is ready to claim, by kind of claim, each at its price."""
    answer = evidence.ask(Question("claims_claimable", ("kind",)))
    worth = (
        evidence.ask(Question("worth_claimable", ("kind",))) if evidence.release().paid_by_results else None
    )
    label = evidence.dimension_label("kind")
    question = "Which kinds of claim are ready?"
    chart = charts.ranked(answer, by=label, question=question, worth=worth)
    parts.draw(evidence, who, chart, "kinds")


def in_the_way(evidence: Evidence, who: Who, kind: str) -> None:
    """What keeps eligible episodes from a claim: what is missing, then where; by need, team or place."""
    release = evidence.release()
    parts.section("What stands between families and a claim?")
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
        chart = parts.chart_of(evidence, _held_up, place, "missing", "What is missing?")
        parts.draw(evidence, who, chart, "held_up")
    with right:
        where = place | ({"missing": missing} if missing else {})
        chart = parts.chart_of(evidence, _held_up, where, by, _QUESTIONS[by])
        parts.draw(evidence, who, chart, "held_up_by_other")
    money = " Its money is what they would bring." if release.paid_by_results else ""
    streamlit.caption(
        "Episodes that are eligible and have no claim yet. One that lacks several things counts at each of them, so "
        f"bars do not add up.{money}"
    )


def _held_up(evidence: Evidence, where: Mapping[str, str], by: str, question: str) -> Chart:
    release = evidence.release()
    answer = evidence.ask(Question("claims_held_up", (by,), where))
    worth = None
    if release.paid_by_results:
        worth = evidence.ask(replace(answer.question, measure="worth_held_up"))
    most = largest(answer, release.noise_change)
    finding = f"Most often: {most[:1].lower()}{most[1:]}" if most and by == "missing" else None
    label = evidence.dimension_label(answer.dimension)
    return charts.ranked(
        answer, by=label, question=question, finding=finding, worth=worth, most=_MOST_BARS, only_shown=True
    )


def forecast(evidence: Evidence, who: Who, kind: str) -> None:
    """When episodes will be ready to claim, if nothing changes."""
    where = {"kind": kind} if kind else {}
    parts.draw(evidence, who, parts.chart_of(evidence, _forecast, where), "forecast")
    streamlit.caption(
        "By the windows that are running now: when the last of them ends, if nothing happens before. What has still "
        "to be achieved cannot be told."
    )


def _forecast(evidence: Evidence, where: Mapping[str, str]) -> Chart:
    paid = evidence.release().paid_by_results
    answer = evidence.ask(Question("claims_expected", ("expected_quarter",), where))
    worth = evidence.ask(Question("worth_expected", ("expected_quarter",), where)) if paid else None
    label = evidence.dimension_label("expected_quarter")
    question = "When will claims be ready?" if paid else "When will outcomes be evidenced?"
    return charts.ranked(answer, by=label, question=question, worth=worth, only_shown=True)


def quota(evidence: Evidence, who: Who, done: Done) -> None:
    """How much of the year's quota is used, ready and to come."""
    found = quotas.quota(evidence, who, done)
    if found is None:
        streamlit.caption("No quota is set for this year (data/payment.toml).")
        return
    parts.draw(evidence, who, quotas.chart(evidence, found), "quota")
    streamlit.caption(in_markdown(quotas.sentence(found)))


def audit(evidence: Evidence, who: Who) -> None:
    """How the audit samples of the windows stand, and how many claims they struck out."""
    found = audits.audits(evidence, who)
    if not found:
        parts.section("How many claims does the audit strike out?")
        streamlit.caption("No claims window has been opened yet.")
        return
    chart = audits.chart(evidence, found)
    if chart:
        parts.draw(evidence, who, chart, "audit")
    else:
        parts.section("How many claims does the audit strike out?")
    parts.table(audits.table(found))
    streamlit.caption(
        "Of every window a sample is audited before anything is submitted. The interval says how wrong the claims that "
        "nobody looked at may be; risky claims may have been drawn more often."
    )


def not_yet_worked_with(evidence: Evidence, who: Who) -> None:
    """Families that would be eligible by what partners know, and are not worked with."""
    answer = evidence.ask(Question("families_possible", ("headline",)))
    if answer.shown.is_empty():
        return
    parts.draw(evidence, who, parts.chart_of(evidence, _possible, {}), "possible")
    streamlit.caption(
        "Households that show signs of enough needs in what partners sent, and in no episode of help. A sign is no "
        "need: somebody has still to find out."
    )


def _possible(evidence: Evidence, _: Mapping[str, str]) -> Chart:
    answer = evidence.ask(Question("families_possible", ("headline",)))
    label = evidence.dimension_label("headline")
    return charts.ranked(answer, by=label, question="How many families are not yet worked with?")


if __name__ == "__main__":
    parts.hand_over("payment_sections")
