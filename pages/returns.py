"""Quarterly return: where a return stands, what is next and who does it; what it says, and where it comes from."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl
import streamlit

from evidence import return_acts, return_changes, return_files, return_history, return_tables, returns
from evidence.access import Who
from evidence.evidence import Evidence
from evidence.returns import Seen, Version
from evidence.windows import Progress
from evidence.words import count, in_markdown
from pages import confirming, parts
from pages.return_acts import PAGE, check_label, conclude, work

_MARKS: Final = {
    Progress.DONE: ":material/check_circle:",
    Progress.NOW: ":material/arrow_circle_right:",
    Progress.LATER: ":material/radio_button_unchecked:",
}
_ACCURACY: Final = (
    "Figures are those of the return, as they will be sent: "
    "what its profile does not let be shown is withheld."
)
_A_PAGE: Final = 50


def page(evidence: Evidence, who: Who) -> None:
    """One return for one period: where it stands, what is to be done, its tables, checks, changes, files, history."""
    if not parts.head(evidence, who, PAGE, "What does the council report?", _ACCURACY):
        return
    known = returns.known(evidence)
    if known.broken:
        named = ", ".join(f"{one}.toml" for one in known.broken)
        parts.care(
            f"Not every return of data/returns can be used: {named} holds a mistake, or asks for what "
            "data/catalogue.toml does not have. The log names the place and the fix."
        )
    if not known.templates:
        if not known.broken:
            streamlit.write("There is no return: data/returns says which there are.")
        return
    left, right = streamlit.columns(2)
    with left:
        template = known.templates[parts.choose("Return", returns.choices(known), "return", everything=False)]
    periods = returns.periods(evidence, template)
    if not periods:
        streamlit.write(
            f"{in_markdown(template.title)}: no period that it is asked for is covered by this release, or was before."
        )
        return
    with right:
        period = parts.choose("Period", periods, f"period_{template.id}", everything=False)
    confirming.said(PAGE)
    found = returns.seen(evidence, template, period)
    found = _version(evidence, found)
    version = found.version
    content = None
    if version is not None and returns.sees(who, found, version):
        content = returns.content(evidence, version)
    _where_it_stands(found)
    work(evidence, who, found, content)
    if version is None:
        _asked(found)
        return
    if content is None:
        streamlit.write("Before it is signed, those alone see what is in a return who work on it.")
    else:
        _tables(content, version)
        _checks(version)
        _changes(evidence, found, content)
        _files(evidence, who, found, version)
    conclude(evidence, who, found, version)
    _asked(found)
    parts.section("What was done")
    parts.table(return_history.act_table(evidence, found))
    streamlit.caption(
        "Times are Coordinated Universal Time. Nothing here can be changed or deleted afterwards."
    )


def _version(evidence: Evidence, found: Seen) -> Seen:
    """The version that the visitor chooses, where there are several."""
    if len(found.versions) < 2 or found.version is None:
        return found
    choices = returns.version_choices(found)
    choices.sort(key=lambda one: one.code != str(found.version.number if found.version else 0))
    key = f"version_{found.template.id}_{found.period.code}_{choices[0].code}"
    chosen = parts.choose("Version", choices, key, everything=False, linked=False)
    return returns.seen(evidence, found.template, found.period.code, int(chosen))


def _where_it_stands(found: Seen) -> None:
    streamlit.info(in_markdown(returns.next_step(found)), icon=":material/flag:")
    lines = [
        f"{_MARKS[one.progress]} **{in_markdown(one.label)}** ({one.progress.lower()})"
        + (f": {in_markdown(one.words)}" if one.words else "")
        for one in returns.stages(found)
    ]
    streamlit.markdown("  \n".join(lines))
    template = found.template
    with streamlit.expander("About this return"):
        asks = f"Asked by {template.asked_by}. Signed by {template.people} ({returns.signers_words(template.roles)})."
        parts.says([asks, *template.about, *([f"Source: {template.source}"] if template.source else [])])
    parts.care(returns.unverified(template))


def _tables(content: Mapping[str, Any], version: Version) -> None:
    parts.section("What it says")
    choices = return_tables.choices(content)
    if not choices:
        streamlit.caption("It has no table.")
        return
    name = parts.choose("Table", choices, f"table_{version.template}", everything=False)
    shown = return_tables.shown(content, name)
    if shown is None:
        return
    streamlit.subheader(in_markdown(shown.title), anchor=False)
    if shown.about:
        streamlit.caption(in_markdown(shown.about))
    parts.table(_paged(shown.cells, f"rows_{name}"))
    meanings = return_tables.symbol_words(shown.symbols)
    withheld = " ".join(meanings) if meanings else "No symbol stands in this table."
    streamlit.caption(in_markdown(f"{count(shown.figures)} figures. {withheld}"))
    with streamlit.expander("Where each figure comes from"):
        streamlit.caption(
            in_markdown(
                f"Counted from release {version.release}; claims as they stood at line {count(version.ledger_line)} of "
                "the ledger. A row's own codes narrow what is counted further."
            )
        )
        parts.table(shown.sources)
    texts = [one for one in content.get("narrative", ()) if one.get("words")]
    if texts:
        parts.section("What it says in words")
        for one in texts:
            streamlit.subheader(in_markdown(str(one["label"])), anchor=False)
            for line in str(one["words"]).splitlines():
                streamlit.markdown(in_markdown(line))


def _checks(version: Version) -> None:
    parts.section("The checks")
    if not version.checks:
        streamlit.caption("None was made yet.")
        return
    streamlit.caption(in_markdown(f"{returns.checks_words(version)}."))
    rows = [
        (
            check_label(one.name),
            returns.OUTCOMES[one.outcome],
            one.words,
            f"{one.answer} ({one.answered_by})" if one.answer else "",
        )
        for one in sorted(version.checks, key=lambda one: _ORDER[one.outcome])
    ]
    headings = ("Check", "Outcome", "What it found", "Answer")
    table = pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")
    parts.table(table if any(row[3] for row in rows) else table.drop("Answer"))


_ORDER: Final = {one: place for place, one in enumerate(reversed(list(returns.OUTCOMES)))}


def _changes(evidence: Evidence, found: Seen, content: Mapping[str, Any]) -> None:
    before, version = found.before, found.version
    if before is None or version is None:
        return
    parts.section(f"What changes since version {before.version}")
    changes = return_changes.table(evidence, before, content)
    why = f" Why there is another version: {version.why}." if version.why else ""
    streamlit.caption(in_markdown(f"{return_changes.words(changes)}{why}"))
    if not changes.is_empty():
        parts.table(_paged(changes, f"changes_{version.number}"))


def _files(evidence: Evidence, who: Who, found: Seen, version: Version) -> None:
    parts.section("Its files")
    table = str(streamlit.session_state.get(f"table_{version.template}", ""))
    offered = return_files.offered(evidence, who, found, version, table)
    if offered is None:
        streamlit.caption(in_markdown(return_files.why_not(who, found, version)))
        return
    if not offered.served:
        streamlit.caption(
            "Files cannot be fetched here: the app was started without what serves them (asgi.py)."
        )
    links = [f"- [{in_markdown(one.label)}]({one.path})" for one in offered.files if one.path]
    if links:
        streamlit.markdown("\n".join(links))
        streamlit.caption(
            "Each is compared with its digest in the ledger when you fetch it. One that was changed is not given."
        )
    if offered.missing:
        streamlit.caption(f"{count(offered.missing)} of its files do not lie in the outbox.")
        if return_acts.may(who, return_acts.ReturnAct.LAY_OUT) and streamlit.button(
            "Have them laid out again", key="return_files_button"
        ):
            confirming.at_once(
                PAGE,
                lambda: return_acts.ask_files(evidence, who, version),
                refusals=return_acts.REFUSALS,
            )


def _asked(found: Seen) -> None:
    if found.asked:
        parts.section("Asked of the worker")
        parts.table(return_history.request_table(found.asked))


def _paged(table: pl.DataFrame, key: str) -> pl.DataFrame:
    """The part of a long table that is looked at."""
    pages = -(-table.height // _A_PAGE)
    if pages < 2:
        return table
    number = int(
        streamlit.number_input(f"Rows, page (of {pages:,})", min_value=1, max_value=pages, key=key, step=1)
    )
    return table.slice(_A_PAGE * (number - 1), _A_PAGE)


if __name__ == "__main__":
    parts.hand_over("returns")
