"""About: how figures are come by, what the words mean, how to use the app, and how accessible it is."""

import streamlit

from evidence import about, guide
from evidence.access import Role, Who
from evidence.evidence import Evidence
from evidence.glossary import glossary
from evidence.words import in_markdown
from pages import parts


def page(evidence: Evidence, who: Who) -> None:
    """One long page, open from top to bottom, so that the browser finds every word and prints all of it."""
    if not parts.head(evidence, who, "about", "How is this worked out?"):
        return
    streamlit.write(
        "Outcome Lens shows whether the council’s help for families works, and proves it to whoever pays for outcomes, "
        "without anybody learning who the families are. This page says how to use it, how figures are come by, what "
        "the words mean, and how accessible it is."
    )
    _how_to_use_it(who)
    parts.section("How are figures kept safe, and what is a change?")
    parts.says(guide.changes(evidence))
    parts.section("What do the symbols mean?")
    streamlit.write("A symbol stands where a figure is not shown, in a table, a chart or a download.")
    parts.symbols()
    parts.section("How do we know who is who?")
    parts.says(list(guide.LINKING))
    parts.section("How are outcomes counted?")
    parts.says([f"The framework here: {evidence.release().framework_title}.", *guide.OUTCOMES])
    parts.section("How to read the charts")
    parts.says(list(guide.CHARTS))
    parts.section("What the words mean")
    parts.table(glossary())
    _accessibility(evidence)


def _how_to_use_it(who: Who) -> None:
    """The reader's own role first."""
    parts.section("How to use it")
    for role in sorted(Role, key=lambda role: role != who.role):
        streamlit.subheader(f"{role.label}{' (you)' if role == who.role else ''}", anchor=False)
        steps = (f"{number}. {in_markdown(step)}" for number, step in enumerate(guide.STEPS[role], 1))
        streamlit.markdown("\n".join(steps))


def _accessibility(evidence: Evidence) -> None:
    """The statement in the form of the Public Sector Bodies (Websites and Mobile Applications) (No. 2) Accessibility
    Regulations 2018."""
    found = about.about(evidence)
    runs_it = found.team or evidence.release().authority
    parts.section("Accessibility statement")
    streamlit.markdown(
        f"This statement is about Outcome Lens as it is run by {in_markdown(runs_it)}. As many people as possible "
        "should be able to use it. That means that you should be able to"
    )
    parts.says(list(guide.READABLE))
    streamlit.subheader("Feedback and contact", anchor=False)
    streamlit.markdown(
        "If you cannot use a part of it, or need a figure in another form (large print, an easy read, a recording), "
        f"tell us. {in_markdown(about.feedback(found))}"
    )
    streamlit.subheader("Enforcement procedure", anchor=False)
    streamlit.markdown(
        "The Equality and Human Rights Commission (EHRC) enforces the Public Sector Bodies (Websites and Mobile "
        "Applications) (No. 2) Accessibility Regulations 2018. If you are not happy with how we answer your complaint, "
        "turn to the Equality Advisory and Support Service (EASS), or in Northern Ireland to the Equality Commission "
        "for Northern Ireland (ECNI)."
    )
    streamlit.subheader("Compliance status", anchor=False)
    streamlit.markdown(
        "This app is partially compliant with the Web Content Accessibility Guidelines (WCAG) version 2.2, level AA, "
        "because of what is listed next."
    )
    streamlit.subheader("What is not accessible", anchor=False)
    parts.says([*guide.NOT_CONFORMING, *found.also_found])
    streamlit.markdown("Nothing is claimed to be a disproportionate burden.")
    streamlit.subheader("How it was tested", anchor=False)
    parts.says(
        [
            *about.when_tested(found),
            "Every page is opened in a real browser, 1280 and 390 pixels wide, light and dark, and searched for faults "
            "with axe-core; every page is walked with the keyboard alone. These tests run again with every change.",
            "No automated test finds everything: a test by people who use assistive technology is the council’s to "
            "make, and what it finds is listed above.",
        ]
    )


if __name__ == "__main__":
    parts.hand_over("about")
