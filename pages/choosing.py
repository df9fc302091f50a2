"""What visitors choose, out of closed lists. A choice stands in the address by its code, so that a view is a link."""

from collections.abc import Collection
from typing import Final

import streamlit
from streamlit.runtime.scriptrunner import get_script_run_ctx

from evidence.evidence import Choice, Evidence

ALL: Final = Choice("", "All")
_FRAMEWORK: Final = "framework"
# Which page this session is on, and what it has taken over from the address since it came there.
_PAGE: Final = "outcome lens page"
_TAKEN: Final = "outcome lens taken"


def arrive(page: str) -> None:
    """Say which page is drawn. Whoever comes to it by a link, or goes back in the browser, gets what the address says;
    after that the address follows the lists, and not the other way round."""
    if streamlit.session_state.get(_PAGE) != page or _went_back():
        streamlit.session_state[_PAGE] = page
        streamlit.session_state[_TAKEN] = set()


def page_drawn() -> str:
    """Which page is drawn."""
    return str(streamlit.session_state.get(_PAGE, ""))


def choose(
    label: str, choices: list[Choice], key: str, *, everything: bool = True, linked: bool = True
) -> str:
    """A code out of a closed list; "" where all are meant, or where the list is empty.

    The code stands in the address as the parameter `key`, unless it is the first of the list; one that is not on the
    list counts as the first. Streamlit's own binding would write the words of an option there, which change, and not
    its code. What was chosen is kept from page to page under its key. `linked`: False for what belongs in no link.
    """
    options = [ALL, *choices] if everything else choices
    if not options:
        return ""
    labels = {one.code: one.label for one in options}
    first = options[0].code
    if linked:
        _from_address(key, labels, first)
    if streamlit.session_state.get(key, first) not in labels:
        streamlit.session_state[key] = first
    chosen = streamlit.selectbox(
        label,
        list(labels),
        format_func=lambda code: labels.get(code, ""),
        key=key,
        persist_state="session",
    )
    chosen = chosen if chosen in labels else first
    if linked:
        _into_address(key, chosen, first)
    return chosen


def framework(evidence: Evidence, *, paid: bool = False) -> Evidence:
    """The evidence under the framework that the visitor chooses, where there are several to choose from.

    `paid`: only those under which the council is paid by results.
    """
    offered = [one for one in evidence.release().frameworks if one.paid_by_results or not paid]
    if len(offered) < 2:
        return evidence.under(offered[0].id) if offered else evidence
    choices = [Choice(one.id, one.title) for one in offered]
    return evidence.under(choose("Framework", choices, _FRAMEWORK, everything=False))


def chosen_framework(evidence: Evidence) -> Evidence:
    """The evidence under the framework that `framework` is going to give, for what is drawn above its list."""
    offered = [one.id for one in evidence.release().frameworks]
    if len(offered) > 1:
        _from_address(_FRAMEWORK, offered, offered[0])
    return evidence.under(str(streamlit.session_state.get(_FRAMEWORK, "")))


def _from_address(key: str, codes: Collection[str], first: str) -> None:
    """Take over what a link says, once a visit to the page; a code that is not on the list is left where it is."""
    taken: set[str] = streamlit.session_state.setdefault(_TAKEN, set())
    if key in taken:
        return
    taken.add(key)
    said = streamlit.query_params.get(key)
    if said is not None and said in codes:
        streamlit.session_state[key] = said
    elif _went_back():
        streamlit.session_state[key] = first


def _into_address(key: str, chosen: str, first: str) -> None:
    """Write the choice into the address; the first of the list is left out."""
    said = streamlit.query_params.get(key)
    if chosen != first:
        if said != chosen:
            streamlit.query_params[key] = chosen
    elif said is not None:
        del streamlit.query_params[key]


def _went_back() -> bool:
    """Whether this turn is due to the browser's own buttons for going back and on."""
    return bool(getattr(get_script_run_ctx(), "is_history_navigation", False))


if __name__ == "__main__":
    from pages import parts

    parts.hand_over("choosing")
