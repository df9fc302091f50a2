"""Data quality: what came, what was set aside and why."""

import streamlit

from evidence import display
from evidence.access import Who
from evidence.evidence import Choice, Evidence
from pages import parts


def page(evidence: Evidence, who: Who) -> None:
    """By extract: received, set aside, matched; then the rules that rows broke."""
    if not parts.head(evidence, who, "data_quality", "Can the figures be trusted?"):
        return
    streamlit.write(
        "Every extract is checked against its contract. Rows that break it are set aside and go back to the partner "
        "with the reason; they are in no figure. Rows about people are matched to the families worked with."
    )
    streamlit.subheader("What came, by extract", anchor=False)
    streamlit.table(display.harmless(display.extracts(evidence)), border="horizontal", hide_index=True)
    for severity, words in display.severities(evidence):
        streamlit.subheader(words, anchor=False)
        broken = display.broken(evidence, severity)
        if broken.is_empty():
            streamlit.caption("No rule of this kind has failures that may be shown: few, or none.")
        else:
            streamlit.table(display.harmless(broken), border="horizontal", hide_index=True)
    choices = [Choice(code, words) for code, words in display.extract_names(evidence)]
    if choices:
        streamlit.subheader("Every rule of one extract", anchor=False)
        extract = parts.choose("Extract", choices, "extract", everything=False)
        streamlit.table(
            display.harmless(display.rules(evidence, extract)), border="horizontal", hide_index=True
        )
    parts.symbols()


if __name__ == "__main__":
    parts.hand_over("data_quality")
