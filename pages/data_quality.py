"""Data quality: whether the figures can be trusted, and what stands in the way."""

import streamlit

from evidence import quality
from evidence.access import Who
from evidence.evidence import Choice, Evidence
from evidence.trust import Standing, verdict
from evidence.words import in_markdown
from pages import parts

_ICONS = {
    Standing.SOUND: ":material/check_circle:",
    Standing.CARE: ":material/warning:",
    Standing.DOUBTFUL: ":material/error:",
    Standing.UNKNOWN: ":material/help:",
}


def page(evidence: Evidence, who: Who) -> None:
    """The verdict and the figures that it rests on; the extracts; who was found; the rules that rows broke."""
    rounded = evidence.release().accuracy_of_rows
    if not parts.head(evidence, who, "data_quality", "Can the figures be trusted?", rounded):
        return
    _verdict(evidence)
    parts.section("What came, by extract")
    streamlit.caption(
        "Every extract is checked against its contract. Rows that break it are set aside and go back to the partner "
        "with the reason; they are in no figure."
    )
    parts.table(
        quality.extracts(evidence), evidence=evidence, who=who, key="extracts", title="What came, by extract"
    )
    _matching(evidence, who)
    _rules(evidence, who)
    parts.symbols()


def _verdict(evidence: Evidence) -> None:
    found = verdict(evidence)
    box = {
        Standing.SOUND: streamlit.success,
        Standing.DOUBTFUL: streamlit.error,
        Standing.UNKNOWN: streamlit.info,
    }
    box.get(found.standing, streamlit.warning)(in_markdown(found.words), icon=_ICONS[found.standing])
    figures = (
        ("Rows in good order", found.in_order, "Of all rows received, those that keep their contract."),
        (
            "Matched",
            found.matched,
            "Of the partners’ rows that could be about somebody in a family worked with, those that found them. "
            "Rows that are plainly about other people do not count.",
        ),
        (
            "Needs at risk",
            found.at_risk,
            "Needs whose rule reads an extract that is poorly matched.",
        ),
        (
            "Missed by name",
            found.missed,
            "Of pairs of records known by a number to be one person’s, those that names, dates and addresses alone "
            "would miss.",
        ),
    )
    for column, (label, share, explained) in zip(streamlit.columns(4), figures, strict=True):
        with column:
            withheld = f"{share.words} (withheld)" if share.symbol == "c" else share.words
            streamlit.metric(label, withheld, help=in_markdown(explained), border=True)


def _matching(evidence: Evidence, who: Who) -> None:
    found = quality.matching(evidence)
    if found.is_empty():
        return
    parts.section("Who was found, by extract")
    streamlit.caption(
        "Rows about people are matched to the families worked with. A record that finds nobody looks like “nothing "
        "happened”: where an extract is poorly matched, outcomes that rest on it may look better than they are."
    )
    parts.table(found, evidence=evidence, who=who, key="found", title="Who was found, by extract")
    at_risk = quality.headlines_at_risk(evidence)
    if at_risk.height:
        with streamlit.expander("Which headlines rest on poorly matched extracts"):
            title = "Headlines that rest on poorly matched extracts"
            parts.table(at_risk, evidence=evidence, who=who, key="at_risk", title=title)
    missed = quality.missed(evidence)
    if missed.height:
        parts.section("Are some people missed more often?")
        streamlit.caption(
            "Pairs of records that agree on a number are matched again without it. Where one group is missed more "
            "often than another, figures about it are worth less."
        )
        title = "People missed, by group"
        parts.table(missed, evidence=evidence, who=who, key="missed", title=title)


def _rules(evidence: Evidence, who: Who) -> None:
    for severity, words in quality.severities(evidence):
        parts.section(words)
        broken = quality.broken(evidence, severity)
        if broken.is_empty():
            streamlit.caption("No rule of this kind has failures that may be shown: few, or none.")
        else:
            parts.table(
                broken, evidence=evidence, who=who, key=f"broken_{severity}", title="Rules that rows broke"
            )
    choices = [Choice(code, words) for code, words in quality.extract_names(evidence)]
    if choices:
        parts.section("Every rule of one extract")
        extract = parts.choose("Extract", choices, "extract", everything=False)
        title = "Every rule of one extract"
        parts.table(quality.rules(evidence, extract), evidence=evidence, who=who, key="rules", title=title)


if __name__ == "__main__":
    parts.hand_over("data_quality")
