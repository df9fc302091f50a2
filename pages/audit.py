"""Audit: who signed in, looked at what is sensitive and took what away; whether the log is whole; who is here now."""

import logging
import secrets

import streamlit

from evidence import audit_log
from evidence.access import Who
from evidence.evidence import Choice, Evidence
from evidence.words import count, in_markdown
from pages import parts

_LOG = logging.getLogger("outcome_lens.audit")
_BEFORE = "audit_before"
_SAID = "audit_said"
_ACCURACY = "Counts of the audit log are exact on this page: they are of what users did, and of no family."
_FIGURES = {
    "sign_ins": "Sign-ins and sign-outs.",
    "refusals": "Whoever or whatever was turned away.",
    "views": "Pages that not everybody should see, once a session and day.",
    "downloads": "Files that were taken away.",
}


def page(evidence: Evidence, who: Who) -> None:
    """A month of the log in figures and lines, the state of its chain, and the open sessions."""
    if not parts.head(evidence, who, "audit", "Who did what?", _ACCURACY):
        return
    months = audit_log.months(evidence)
    if not months:
        streamlit.write("Nothing was written down yet.")
        return
    left, right = streamlit.columns(2)
    with left:
        month = parts.choose("Month", months, "month", everything=False)
    with right:
        kind = parts.choose("Kind", audit_log.kinds(), "kind")
    totals = audit_log.totals(evidence, month)
    for column, (code, explained) in zip(streamlit.columns(4), _FIGURES.items(), strict=True):
        with column:
            words, _ = audit_log.KINDS[code]
            streamlit.metric(words, count(totals[code]), help=explained, border=True)
    parts.draw(evidence, who, audit_log.by_day(evidence, month, kind), "days")
    _lines(evidence, who, kind, month)
    _sessions(evidence, who)
    _chain(evidence, who)


def _lines(evidence: Evidence, who: Who, kind: str, month: str) -> None:
    parts.section("The lines")
    # Another choice begins at its newest line again.
    chosen = (kind, month)
    kept = streamlit.session_state.get(_BEFORE)
    before = kept[1] if isinstance(kept, tuple) and kept[0] == chosen else 0
    found = audit_log.lines(evidence, kind, month, before)
    if not found:
        streamlit.caption("There is none.")
    else:
        parts.table(audit_log.table(found), evidence=evidence, who=who, key="lines", title="The audit log")
    older = found[-1].number if len(found) == audit_log.A_PAGE else 0
    with streamlit.container(horizontal=True):
        if before:
            streamlit.button("Newest lines", key="newest", on_click=_go, args=(chosen, 0))
        if older:
            streamlit.button("Older lines", key="older", on_click=_go, args=(chosen, older))
    streamlit.caption(
        "Times are Coordinated Universal Time. Nothing here can be changed or deleted afterwards. All of it, with what "
        "is not shown here: `python -m pipelines audit list`."
    )


def _go(chosen: tuple[str, str], before: int) -> None:
    streamlit.session_state[_BEFORE] = (chosen, before)


def _sessions(evidence: Evidence, who: Who) -> None:
    parts.section("Who is signed in now")
    said = streamlit.session_state.pop(_SAID, "")
    if isinstance(said, str) and said:
        streamlit.success(in_markdown(said[:200]), icon=":material/logout:")
    found = audit_log.open_sessions(evidence)
    if not found:
        streamlit.caption("Nobody. (A visitor of the demo does not sign in.)")
        return
    parts.table(audit_log.session_table(found))
    if not audit_log.may_end(who):
        return
    choices = [Choice(str(one.number), f"{one.number}: {one.name}") for one in found]
    chosen = parts.choose("Session", choices, "session", everything=False, linked=False)
    # Not in a callback: that would run before it is asked who is here, and whether they still are.
    if streamlit.button("End this session", key="end"):
        _end(evidence, who, int(chosen))
    streamlit.caption(
        "Its next page and its next download are refused. Whoever may not come back also loses their role at the "
        "provider, or their account."
    )


def _end(evidence: Evidence, who: Who, number: int) -> None:
    try:
        name = audit_log.end_session(evidence, who, number)
    except audit_log.UNWELL as error:
        _unwell("This session could not be ended, or had ended already", error)
        return
    streamlit.session_state[_SAID] = f"The session of {name} is over."
    streamlit.rerun()


def _chain(evidence: Evidence, who: Who) -> None:
    parts.section("Is the log whole?")
    state = audit_log.state(evidence)
    last = (
        f"Last found whole at {state.at} by {state.by}, up to line {count(state.whole)}." if state.at else ""
    )
    streamlit.markdown(
        in_markdown(f"It has {count(state.lines)} lines. {last or 'Nobody has checked it yet.'}")
        + " Each line covers the one before: a changed bit is found by `python -m pipelines audit verify`."
    )
    if state.lines <= audit_log.CHECKED_HERE and streamlit.button("Check it now", key="check"):
        try:
            whole = audit_log.verify(evidence, who)
        except audit_log.UNWELL as error:
            _unwell("The log is not as it was written, or cannot be read", error)
        else:
            streamlit.success(
                f"Whole: {whole:,} lines, with every row that they cover.", icon=":material/verified:"
            )


def _unwell(words: str, error: Exception) -> None:
    reference = secrets.token_hex(4)
    _LOG.error("%s (reference %s): %s: %s", words, reference, type(error).__name__, error)
    streamlit.error(f"{words}. Please pass the reference {reference} on to whoever runs Outcome Lens.")


if __name__ == "__main__":
    parts.hand_over("audit")
