"""What an output checker sees of an export, and decides: without knowing what the other checker did."""

from functools import partial

import streamlit

from evidence import export_acts, export_report, exports
from evidence.access import Who
from evidence.evidence import Choice, Evidence
from evidence.export_acts import MOST_LINE, PAGE
from evidence.exports import Export, ForAChecker, Verdict
from evidence.words import count, day, in_markdown
from pages import confirming, parts


def draw(evidence: Evidence, who: Who) -> None:
    """What waits for this checker first; one export with its report; the decision."""
    found = exports.to_check(evidence, who)
    waiting = sum(not one.may for one in found)
    streamlit.write(
        "Two output checkers decide on each export, neither knowing what the other did until both have. Nobody decides "
        "on what they asked for, or on a project that they are named in."
    )
    if not found:
        streamlit.info("Nothing was put before you yet.", icon=":material/flag:")
        return
    words = "Nothing waits for you." if not waiting else f"{count(waiting)} of them wait for your decision."
    streamlit.info(words if waiting != 1 else "One of them waits for your decision.", icon=":material/flag:")
    number = parts.choose("Export", exports.check_choices(found), "check", everything=False, linked=False)
    one = next(each for each in found if str(each.export.number) == number)
    _one(evidence, who, one)


def _one(evidence: Evidence, who: Who, one: ForAChecker) -> None:
    export = one.export
    parts.section(f"Export {export.number}: what it asks for")
    parts.says(exports.asks_for(evidence, export))
    project = evidence.desk.ledger.projects.standing(export.project)
    streamlit.markdown(
        f"**{in_markdown(project.title)}**, until {day(project.ends)}. Purpose: {in_markdown(project.purpose)}  \n"
        f"Legal basis: {in_markdown(project.basis)}. Asked for by {in_markdown(export.author)}, from release "
        f"{in_markdown(export.release)}."
    )
    report(evidence, export)
    parts.section("Your decision")
    decided = exports.decision_table(one.decisions)
    if not decided.is_empty():
        parts.table(decided)
    if one.decisions.own is not None and not one.decisions.both:
        streamlit.caption("You see what the other checker decides once both have.")
    if one.may:
        if one.decisions.own is None:
            streamlit.caption(in_markdown(one.may))
        return
    _decide(evidence, who, export)


def _decide(evidence: Evidence, who: Who, export: Export) -> None:
    labels = {Verdict.APPROVE: "Approve it", Verdict.RETURN: "Return it to its author"}
    key = f"export_decide_{export.number}"
    verdict = streamlit.radio(
        "Decision", list(labels), format_func=lambda one: labels[one], key=f"{key}_verdict", index=None
    )
    why = streamlit.text_area(
        "Why (the author reads it; no name, number, address or day of anybody)",
        max_chars=MOST_LINE,
        key=f"{key}_why",
        height=100,
    )
    if verdict is None:
        return
    approve = verdict == Verdict.APPROVE
    words = f"approve export {export.number} as it is" if approve else f"return export {export.number}"
    confirming.confirmed(
        PAGE,
        "export_decide",
        f"Yes: I have read the report, and {words} ({export.digest[:12]}…).",
        "Decide",
        partial(export_acts.decide, evidence, who, export, Verdict(verdict), why),
        refusals=export_acts.REFUSALS,
        forget=(key,),
    )


def report(evidence: Evidence, export: Export) -> None:
    """The worker's report on a prepared export."""
    found = export_report.report(evidence, export)
    parts.section("What is in it")
    parts.table(export_report.file_table(found))
    streamlit.caption(in_markdown(export_report.beside(found)))
    sized = export_report.sized(found)
    if sized:
        choices = [Choice(name, name) for name in sized]
        name = parts.choose(
            "Figures by size in", choices, f"sizes_{export.number}", everything=False, linked=False
        )
        parts.table(export_report.class_table(found, name))
    _said("What attacks came to", export_report.attack_words(found))
    _said("Together with earlier exports", export_report.together_words(found))
    risk = export_report.risk_table(found)
    if not risk.is_empty():
        parts.section("The risk that somebody is found")
        parts.says(export_report.risk_words(found))
        with streamlit.expander("Every measure of it"):
            parts.table(risk)
    _said("How it was made safe", export_report.method_words(found))
    _said("Privacy that is spent", export_report.private_words(found))
    _said("What else is to be known", export_report.note_words(found))


def _said(heading: str, sentences: list[str]) -> None:
    if sentences:
        parts.section(heading)
        parts.says(sentences)


if __name__ == "__main__":
    parts.hand_over("research_checking")
