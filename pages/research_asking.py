"""What a researcher puts together: a project, and an export of it, of which structure alone is shown."""

from functools import partial
from typing import Final

import streamlit

from evidence import export_acts, export_asking, exports
from evidence.access import Who
from evidence.evidence import Evidence
from evidence.export_acts import MOST_LINE, MOST_PURPOSE, PAGE
from evidence.export_asking import Asked, Offered, Table
from evidence.exports import Project
from evidence.words import count, day, in_markdown
from pages import confirming, parts

# What a session keeps of the tables that were put together, by kind.
_TABLES: Final = "export tables"
_FORM: Final = "export_form_"


def begin(evidence: Evidence, who: Who, rules: Offered) -> None:
    """The form of a new project."""
    latest = export_acts.latest(rules)
    key = "project_begin"
    title = streamlit.text_input("Title", max_chars=200, key=f"{key}_title")
    name = streamlit.text_input(
        "Short name (small letters, digits and dashes)", max_chars=40, key=f"{key}_name"
    )
    purpose = streamlit.text_area(
        "Purpose: what is to be found out", max_chars=MOST_PURPOSE, key=f"{key}_purpose"
    )
    basis = streamlit.text_input(
        "Legal basis (such as UK GDPR, Article 6(1)(e) and section 19 of the Data Protection Act 2018)",
        max_chars=MOST_LINE,
        key=f"{key}_basis",
    )
    people = streamlit.text_area(
        "Who works on it beside you: an account a line (may be empty)",
        max_chars=2000,
        key=f"{key}_people",
        height=100,
    )
    ends = streamlit.date_input(
        f"Last day ({day(latest)} at the latest)",
        value=latest,
        min_value=export_acts.today(),
        max_value=latest,
        key=f"{key}_ends",
        format="DD/MM/YYYY",
    )
    confirming.confirmed(
        PAGE,
        "project_begin",
        "Yes: begin this project. I answer for what is done with its exports.",
        "Begin the project",
        partial(
            export_acts.begin,
            evidence,
            who,
            rules,
            name=name,
            title=title,
            purpose=purpose,
            basis=basis,
            people=people,
            ends=ends,
        ),
        refusals=export_acts.REFUSALS,
        forget=(f"{key}_",),
    )


def ask(evidence: Evidence, who: Who, rules: Offered, running: list[Project]) -> None:
    """Put an export together, look at its structure, and ask for it."""
    if not running:
        return
    parts.section("Ask for an export")
    left, right = streamlit.columns(2)
    with left:
        number = parts.choose(
            "Project", exports.project_choices(running), f"{_FORM}project", everything=False, linked=False
        )
    kinds = export_asking.KINDS
    with right:
        kind = streamlit.radio("What", list(kinds), format_func=lambda one: kinds[one], key=f"{_FORM}kind")
    project = next(one for one in running if str(one.number) == number)
    asked = _microdata(rules) if kind == "microdata" else _tables(evidence, rules, project, str(kind))
    if asked is None:
        return
    try:
        tables = export_asking.preview(evidence, rules, asked)
    except export_asking.REFUSALS as error:
        parts.care(str(error))
        return
    parts.section("What it would look like")
    streamlit.caption("Structure alone: no figure is worked out before it is asked for.")
    for one in tables:
        most = f" ({count(one.most_cells)} figures at most)" if one.most_cells else ""
        with streamlit.expander(in_markdown(f"{one.title}{most}"), expanded=len(tables) == 1):
            parts.table(export_asking.column_table(one))
    what = "1 table" if len(tables) == 1 else f"{count(len(tables))} tables"
    confirming.confirmed(
        PAGE,
        "export_ask",
        f"Yes: ask for {'these rows' if kind == 'microdata' else what} for “{project.title}”.",
        "Ask for it",
        partial(export_acts.ask, evidence, who, rules, project.number, asked),
        refusals=export_acts.REFUSALS,
        forget=(_TABLES, f"{_FORM}columns"),
    )


def _tables(evidence: Evidence, rules: Offered, project: Project, kind: str) -> Asked | None:
    """Tables by their measures and dimensions, one after the other."""
    known = _put_together(kind)
    measures = export_asking.measures(evidence, rules, kind)
    if not measures:
        streamlit.caption("The catalogue has no measure for it.")
        return None
    measure = parts.choose("Measure", measures, f"{_FORM}measure_{kind}", everything=False, linked=False)
    by = {one.code: one.label for one in export_asking.dimensions(evidence, rules, measure)}
    most = rules.policy.most_dimensions
    chosen = streamlit.multiselect(
        f"By (at most {most})",
        list(by),
        format_func=lambda code: by.get(code, ""),
        key=f"{_FORM}by_{kind}_{measure}",
        max_selections=most,
    )
    frameworks = export_asking.frameworks(evidence, measure)
    under = ""
    if frameworks:
        under = parts.choose("Under", frameworks, f"{_FORM}under", everything=False, linked=False)
    new = Table(measure, tuple(sorted(one for one in chosen if one in by)), under)
    with streamlit.container(horizontal=True):
        if streamlit.button("Add this table", key=f"{_FORM}add", icon=":material/add:") and new not in known:
            known.append(new)
            streamlit.rerun()
        if known and streamlit.button("Take the last one out", key=f"{_FORM}out", icon=":material/remove:"):
            known.pop()
            streamlit.rerun()
    if not known:
        streamlit.caption(
            "No table is in it yet: choose a measure and what it is broken down by, and add it."
        )
        return None
    if kind != "private":
        return export_asking.of_tables(known)
    return _private(rules, project, known)


def _put_together(kind: str) -> list[Table]:
    """The tables that this session has put together so far."""
    key = f"{_TABLES} {kind}"
    kept = streamlit.session_state.get(key)
    if not isinstance(kept, list) or not all(isinstance(one, Table) for one in kept):
        kept = streamlit.session_state[key] = []
    return kept


def _private(rules: Offered, project: Project, known: list[Table]) -> Asked | None:
    most = min(project.left, rules.policy.rho_of_export)
    streamlit.caption(
        f"The project has {export_asking.rho_words(project.left)} of its privacy budget (rho) left, of "
        f"{export_asking.rho_words(project.budget)}. What is spent is spent, whatever the checkers decide. More rho, "
        "less noise."
    )
    if most <= 0:
        parts.care("Nothing is left of this project's privacy budget.")
        return None
    step = 0.01
    highest = export_asking.rho_of(most)
    rho = streamlit.number_input(
        "rho for all of these tables",
        min_value=min(step, highest),
        max_value=highest,
        value=highest,
        step=min(step, highest),
        format="%.4f",
        key=f"{_FORM}rho_{project.number}",
    )
    records = streamlit.number_input(
        "In how many cells of a table one family or person counts at most",
        min_value=1,
        max_value=rules.policy.most_records,
        value=1,
        step=1,
        key=f"{_FORM}records",
    )
    return export_asking.of_private_tables(known, float(rho), int(records))


def _microdata(rules: Offered) -> Asked | None:
    """Rows by their unit and columns, and how many must be alike."""
    policy = rules.policy
    units = export_asking.units(rules)
    unit = parts.choose("One row for each", units, f"{_FORM}unit", everything=False, linked=False)
    labels = {one.code: one.label for one in export_asking.columns(rules, unit)}
    chosen = streamlit.multiselect(
        f"Columns (at most {policy.most_columns})",
        list(labels),
        format_func=lambda code: labels.get(code, ""),
        key=f"{_FORM}columns_{unit}",
        max_selections=policy.most_columns,
    )
    first, second, third = streamlit.columns(3)
    with first:
        k = streamlit.number_input(
            "k: at least so many alike",
            min_value=policy.k,
            max_value=1000,
            value=policy.k,
            step=1,
            key=f"{_FORM}k",
            help="Every row shares what somebody may be known by with at least k families.",
        )
    with second:
        l_least = streamlit.number_input(
            "l: different sensitive values among them",
            min_value=policy.l,
            max_value=100,
            value=policy.l,
            step=1,
            key=f"{_FORM}l",
            help="Whoever knows that somebody is among them does not learn what is sensitive.",
        )
    with third:
        t = streamlit.number_input(
            "t: how far from everybody’s",
            min_value=0.001,
            max_value=policy.t,
            value=policy.t,
            step=0.05,
            format="%.3f",
            key=f"{_FORM}t",
            help="How far the spread of what is sensitive may be from everybody’s: 0 is the same, 1 anything.",
        )
    left_out = streamlit.number_input(
        "Rows that may be left out for it, in per cent",
        min_value=0,
        max_value=policy.most_left_out,
        value=policy.most_left_out,
        step=1,
        key=f"{_FORM}left_out",
    )
    dates = streamlit.radio(
        "Dates",
        list(export_asking.DATES),
        format_func=lambda one: export_asking.DATES[one],
        key=f"{_FORM}dates",
    )
    if not chosen:
        streamlit.caption("No column is chosen yet.")
        return None
    columns = [one for one in chosen if one in labels]
    return export_asking.of_microdata(
        unit, columns, int(k), int(l_least), round(float(t), 3), int(left_out), str(dates)
    )


if __name__ == "__main__":
    parts.hand_over("research_asking")
