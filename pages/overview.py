"""Overview: thirty seconds before a meeting."""

from collections.abc import Mapping

import streamlit

from evidence import attention, charts, plan
from evidence.access import Who
from evidence.charts import Chart
from evidence.evidence import Choice, Evidence
from evidence.moving import Moved, moved
from evidence.plan import Progress, Standing
from evidence.questions import Question
from evidence.trust import caution
from evidence.words import count, in_markdown
from pages import parts

_PERIODS = ("month", "quarter", "year")
_ICONS = {
    Standing.AHEAD: ":material/trending_up:",
    Standing.LEVEL: ":material/trending_flat:",
    Standing.BEHIND: ":material/trending_down:",
    Standing.UNTOLD: ":material/help:",
}


def page(evidence: Evidence, who: Who) -> None:
    """Families helped, outcomes sustained, what they are worth; what needs attention; the year so far; the trend."""
    if not parts.head(evidence, who, "overview", "Does our help for families work?"):
        return
    parts.selection(evidence, {})
    _figures(evidence)
    parts.care(caution(evidence))
    left, right = streamlit.columns([3, 2], gap="medium")
    with left:
        parts.section("What needs attention?")
        found = attention.notices(evidence)
        if found:
            parts.notices(who, found)
        else:
            streamlit.write("Nothing stands out beyond what chance and the noise in the figures explain.")
    with right:
        _year_so_far(evidence)
    _trends(evidence, who)


def _figures(evidence: Evidence) -> None:
    """The headline figures, and what the last quarter did to them."""
    first, second, third, fourth = streamlit.columns(4)
    with first:
        families = evidence.ask(Question("families_helped"))
        explained = "Families with an episode of help in the period of the extracts."
        change = _moved(evidence, "families_helped")
        parts.figure(families, families.measure.label, explained, change, happened="new")
    with second:
        sustained = evidence.ask(Question("needs_sustained"))
        explained = "Needs that were met, and stayed met for as long as the framework asks (or were waived)."
        change = _moved(evidence, "outcomes_sustained")
        parts.figure(sustained, sustained.measure.label, explained, change, happened="newly sustained")
    with third:
        share = evidence.ask(Question("share_sustained"))
        explained = "Of all needs identified, the recent ones too, which have had less time."
        parts.figure(share, "Share sustained", explained, beside="Recent needs have had less time.")
    with fourth:
        release = evidence.release()
        if release.paid_by_results:
            worth = evidence.ask(Question("worth_claimable"))
            explained = f"The shown number of claims ready to make, at £{release.price} each."
            number = evidence.ask(Question("claims_claimable"))
            beside = f"{count(number.value)} claims are ready to make." if number.value is not None else ""
            parts.figure(worth, "Ready to claim", explained, beside=beside)
        else:
            claims = evidence.ask(Question("claims_claimable"))
            explained = (
                "Families whose every need has a sustained outcome, with its evidence. None is claimed for."
            )
            parts.figure(claims, claims.measure.label, explained)


def _moved(evidence: Evidence, measure: str) -> Moved:
    """The last whole quarter against the same one a year before."""
    release = evidence.release()
    return moved(evidence.ask(Question(measure, ("quarter",))), release.as_of, release.noise_change)


def _year_so_far(evidence: Evidence) -> None:
    found, care = plan.year_so_far(evidence)
    if not found and care is None:
        return
    parts.section(_heading(found))
    lines = [
        f"{_ICONS[one.standing]} **{in_markdown(one.label)}**: {in_markdown(one.words)}" for one in found
    ]
    streamlit.markdown("\n\n".join(lines))
    parts.care(care)


def _heading(found: list[Progress]) -> str:
    planned = any(one.target is not None for one in found)
    return "Is the year going to plan?" if planned else "How is the year going?"


def _trends(evidence: Evidence, who: Who) -> None:
    choices = [Choice(name, evidence.dimension_label(name)) for name in _PERIODS]
    first, *_ = streamlit.columns(4)
    with first:
        by = parts.choose("Show by", choices, "period", everything=False)
    left, right = streamlit.columns(2, gap="medium")
    for column, measure, asks in (
        (left, "families_helped", "How many families start"),
        (right, "outcomes_sustained", "How many outcomes last"),
    ):
        with column:
            parts.draw(evidence, who, parts.chart_of(evidence, _trend, {}, measure, by, asks), measure)


def _trend(evidence: Evidence, _: Mapping[str, str], measure: str, by: str, asks: str) -> Chart:
    """By month with the limits of what is usual, else as a plain line."""
    release = evidence.release()
    answer = evidence.ask(Question(measure, (by,)))
    question = f"{asks}, each {answer.dimension}?"
    if answer.dimension == "month":
        return charts.xmr_chart(answer, release.as_of, noise_change=release.noise_change, question=question)
    return charts.trend([answer], release.as_of, question=question)


if __name__ == "__main__":
    parts.hand_over("overview")
