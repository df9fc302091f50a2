"""Privacy: what was collected, what became of it, and what was checked before anybody saw this release."""

import streamlit

from evidence import display, safety
from evidence.access import Who
from evidence.evidence import Choice, Evidence
from evidence.words import in_markdown
from pages import parts


def page(evidence: Evidence, who: Who) -> None:
    """The checks of this release and its measures, then what became of every column that partners sent."""
    rounded = evidence.release().accuracy_of_rows
    if not parts.head(evidence, who, "privacy", "How are families kept safe?", rounded):
        return
    streamlit.write(
        "This app opens one file of finished figures. No row about a person or a family is in it, and no name, "
        "number, address or day of birth ever was."
    )
    passed = safety.passed(evidence)
    if passed:
        streamlit.success(in_markdown(passed), icon=":material/verified_user:")
    parts.section("Checked before this release was published")
    title = "Checked before this release was published"
    parts.table(safety.checks(evidence), evidence=evidence, who=who, key="checks", title=title)
    _recognised(evidence, who)
    parts.section("What this release was made with")
    streamlit.caption("Keys are named by their fingerprints, which tell nothing of the keys themselves.")
    parts.table(safety.made_with(evidence))
    parts.section("What became of what was collected")
    parts.table(display.fates(evidence))
    choices = [Choice(code, words) for code, words in display.contracts(evidence)]
    if choices:
        contract = parts.choose("Extract", choices, "contract", everything=False)
        title = "What became of what was collected"
        parts.table(
            display.collected(evidence, contract), evidence=evidence, who=who, key="collected", title=title
        )


def _recognised(evidence: Evidence, who: Who) -> None:
    parts.section("Who could be recognised if the protected rows were lost")
    streamlit.caption(
        "Rows about people are in another file, encrypted, which this app cannot open. They hold bands, groups, wards, "
        "months, the days that a payment rule needs, and redacted texts where these are kept; no identities. Somebody "
        "who had the file, its key, and knew a family might still tell who is who: whoever is alone with what is known "
        "of them could be found."
    )
    figures = (
        (
            "Alone to a neighbour",
            "people_alone_to_a_neighbour",
            "People who are alone with their age band, sex, ethnic group, role and locality.",
        ),
        (
            "Alone with all that is said",
            "people_alone",
            "People who are alone once ward and month in which help began are known as well.",
        ),
        (
            "Families alone",
            "families_alone",
            "Families who are alone with their ward, team, source of referral, first month and size.",
        ),
    )
    for column, (label, measure, explained) in zip(streamlit.columns(3), figures, strict=True):
        with column:
            share = safety.share(evidence, measure)
            withheld = f"{share.words} (withheld)" if share.symbol == "c" else share.words
            streamlit.metric(in_markdown(label), withheld, help=in_markdown(explained), border=True)
    chart = safety.chart(evidence)
    if chart:
        parts.draw(evidence, who, chart, "recognised")
    with streamlit.expander("Every measure, and its limit"):
        title = "Every measure of who could be recognised"
        parts.table(safety.measures(evidence), evidence=evidence, who=who, key="measures", title=title)
        parts.symbols()


if __name__ == "__main__":
    parts.hand_over("privacy")
