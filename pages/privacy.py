"""Privacy: what was collected, what became of it, and what was checked before anybody saw this release."""

import streamlit

from evidence import display
from evidence.access import Who
from evidence.evidence import Choice, Evidence
from evidence.words import in_markdown
from pages import parts


def page(evidence: Evidence, who: Who) -> None:
    """The checks of this release, then what became of every column that partners sent."""
    if not parts.head(evidence, who, "privacy", "How are families kept safe?"):
        return
    streamlit.write(
        "This app opens one file of finished figures. No row about a person or a family is in it, and no name, "
        "number, address or day of birth ever was. " + in_markdown(evidence.release().profile_words)
    )
    streamlit.subheader("Checked before this release was published", anchor=False)
    streamlit.table(display.harmless(display.checks(evidence)), border="horizontal", hide_index=True)
    streamlit.subheader("What became of what was collected", anchor=False)
    streamlit.table(display.harmless(display.fates(evidence)), border="horizontal", hide_index=True)
    choices = [Choice(code, words) for code, words in display.contracts(evidence)]
    if choices:
        contract = parts.choose("Extract", choices, "contract", everything=False)
        streamlit.table(
            display.harmless(display.collected(evidence, contract)), border="horizontal", hide_index=True
        )


if __name__ == "__main__":
    parts.hand_over("privacy")
