"""Research exports: projects, what researchers ask for, what checkers decide, and what was given to whom until when."""

from functools import partial
from typing import Final

import streamlit

from evidence import export_acts, export_asking, exports, return_history
from evidence.access import Role, Who
from evidence.evidence import Choice, Evidence
from evidence.export_acts import MOST_LINE, PAGE, ExportAct
from evidence.export_asking import Offered
from evidence.exports import Export, Project
from evidence.words import day, in_markdown
from pages import confirming, parts, research_asking, research_checking

_ACCURACY: Final = (
    "No figure about families is on this page: what an export holds is seen by its author alone."
)


def page(evidence: Evidence, who: Who) -> None:
    """What a researcher asked for and may fetch; what a checker has to decide; the register of everything."""
    if not parts.head(evidence, who, PAGE, "What may researchers take away?", _ACCURACY):
        return
    confirming.said(PAGE)
    if who.role is Role.RESEARCHER:
        _researcher(evidence, who)
    elif who.role is Role.OUTPUT_CHECKER:
        research_checking.draw(evidence, who)
    elif exports.sees_everything(who):
        _register(evidence, who)


def _researcher(evidence: Evidence, who: Who) -> None:
    streamlit.write(
        "You take away tables, rows about single people in which nobody can be told apart, or tables with proven "
        "privacy. The worker makes them safe; two output checkers decide; then they are yours until your project ends."
    )
    projects = exports.own_projects(evidence, who)
    own = exports.own_exports(evidence, who)
    _own_exports(evidence, who, own)
    rules = export_asking.offered(evidence)
    if rules is None:
        parts.care(
            "Nothing can be asked for: data/research.toml or data/microdata.toml holds a mistake. The log names it."
        )
    else:
        research_asking.ask(evidence, who, rules, exports.running(projects))
    _own_projects(evidence, who, rules, projects)


def _own_exports(evidence: Evidence, who: Who, own: list[Export]) -> None:
    parts.section("Your exports")
    if not own:
        streamlit.caption("You have not asked for any.")
        return
    choices = [
        Choice(
            str(one.number), f"Export {one.number}, {one.project_name}: {exports.STATES[one.state].lower()}"
        )
        for one in own
    ]
    number = parts.choose("Export", choices, "export", everything=False, linked=False)
    export = next(one for one in own if str(one.number) == number)
    streamlit.info(in_markdown(exports.next_step(export)), icon=":material/flag:")
    path = export_acts.fetchable(evidence, who, export)
    if path is not None:
        streamlit.link_button(f"Fetch export {export.number} (ZIP)", path, icon=":material/download:")
        streamlit.caption(
            f"Until {day(export.ends)}. It is compared with what the checkers approved when you fetch it; a package "
            "that was changed is not given. Its licence, method, risks and dictionary are in it."
        )
    elif export.state is exports.State.RELEASED:
        streamlit.caption(
            "It cannot be fetched here: the app was started without what serves files (asgi.py)."
        )
    parts.says(exports.asks_for(evidence, export))
    decided = exports.decisions_of(export)
    if not decided.is_empty():
        streamlit.subheader("What the checkers decided", anchor=False)
        parts.table(decided.drop("Checker"))
    with streamlit.expander("All of your exports, and what was done"):
        parts.table(exports.export_table(own, whose=False))
        parts.table(exports.history_table(evidence, export).drop("By"))
        asked = exports.requests(evidence, export)
        if asked:
            parts.table(return_history.request_table(asked))
    if export.state in (exports.State.ASKED, exports.State.APPROVED):
        streamlit.button("Look again", key="export_look", icon=":material/refresh:")
    withdraw(evidence, who, export)


def withdraw(evidence: Evidence, who: Who, export: Export) -> None:
    """Withdraw an export, where the visitor can."""
    if not export_acts.withdrawable(who, export):
        return
    with streamlit.expander(f"Withdraw export {export.number}"):
        key = f"export_withdraw_{export.number}"
        why = streamlit.text_input("Why it is withdrawn", max_chars=MOST_LINE, key=f"{key}_why")
        confirming.confirmed(
            PAGE,
            "export_withdraw",
            f"Yes: withdraw export {export.number}. It is given to nobody any more.",
            "Withdraw",
            partial(export_acts.withdraw, evidence, who, export, why),
            refusals=export_acts.REFUSALS,
            forget=(key,),
        )


def _own_projects(evidence: Evidence, who: Who, rules: Offered | None, projects: list[Project]) -> None:
    parts.section("Your projects")
    if projects:
        parts.table(exports.project_table(projects, whose=True))
        end(
            evidence, who, [one for one in exports.running(projects) if exports.is_same(one.author, who.name)]
        )
    else:
        streamlit.caption("You have none. Every export belongs to one: begin it first.")
    if rules is not None:
        with streamlit.expander("Begin a project", expanded=not projects):
            research_asking.begin(evidence, who, rules)


def end(evidence: Evidence, who: Who, projects: list[Project]) -> None:
    """End a project before its last day."""
    if not projects or not export_acts.may(who, ExportAct.END):
        return
    with streamlit.expander("End a project before its last day"):
        number = parts.choose(
            "Project to end", exports.project_choices(projects), "project_end", everything=False, linked=False
        )
        why = streamlit.text_input("Why it ends", max_chars=MOST_LINE, key="project_end_why")
        title = next(one.title for one in projects if str(one.number) == number)
        confirming.confirmed(
            PAGE,
            "project_end",
            f"Yes: end “{title}”. Its exports are taken away, and its key is destroyed.",
            "End the project",
            partial(export_acts.end, evidence, who, int(number), why),
            refusals=export_acts.REFUSALS,
            forget=("project_end_why",),
        )


def _register(evidence: Evidence, who: Who) -> None:
    projects, found = exports.every_project(evidence, who), exports.every_export(evidence, who)
    streamlit.write(
        "Every research project and every export, whoever began or asked for it. Those whose last day is past are "
        "marked PAST; what they were given is given no more."
    )
    parts.section("Projects")
    if not projects:
        streamlit.caption("There is none.")
    else:
        streamlit.caption(exports.past_words(projects))
        table = exports.project_table(projects, whose=True)
        parts.table(table, evidence=evidence, who=who, key="projects", title="Register of research projects")
        end(evidence, who, exports.running(projects))
    parts.section("Exports")
    if not found:
        streamlit.caption("There is none.")
        return
    state = parts.choose("State", exports.state_choices(found), "state")
    shown = [one for one in found if not state or one.state.value == state]
    table = exports.export_table(shown, whose=True)
    parts.table(table, evidence=evidence, who=who, key="exports", title="Register of research exports")
    choices = [Choice(str(one.number), f"Export {one.number}, {one.project_name}") for one in shown]
    number = parts.choose("One export", choices, "register_export", everything=False, linked=False)
    export = next(one for one in shown if str(one.number) == number)
    streamlit.info(in_markdown(exports.next_step(export)), icon=":material/flag:")
    parts.says(exports.asks_for(evidence, export))
    decided = exports.decisions_of(export)
    if not decided.is_empty():
        parts.table(decided)
    if export.prepared_at:
        with streamlit.expander("The report to the checkers"):
            research_checking.report(evidence, export)
    parts.table(exports.history_table(evidence, export))
    withdraw(evidence, who, export)


if __name__ == "__main__":
    parts.hand_over("research")
