"""Acts that cannot be taken back: a box to tick and a button, and at the next turn a sentence of what was done."""

from collections.abc import Callable
from typing import Final

import streamlit

from evidence.words import in_markdown

_SAID: Final = "said"


def said(page: str) -> None:
    """What the last act on a page did, or why it was refused."""
    match streamlit.session_state.pop(f"{page} {_SAID}", None):
        case (bool(done), str(words)) if words:
            (streamlit.success if done else streamlit.error)(in_markdown(words))


def confirmed(
    page: str,
    key: str,
    confirmation: str,
    label: str,
    do: Callable[[], str],
    *,
    refusals: tuple[type[Exception], ...],
    forget: tuple[str, ...] = (),
) -> None:
    """A box to tick and a button: only with both is anything done; what came of it is said at the next turn.

    The tick is for these words alone: with other figures in them the box is empty again. `refusals`: what is refused
    with a reason that whoever asked can act on; what was put in stays then. `forget`: what begins so was put in for
    this act, and is forgotten once it is done.
    """
    box = f"{key}_agreed: {confirmation}"
    agreed = streamlit.checkbox(in_markdown(confirmation), key=box)
    if not streamlit.button(label, key=f"{key}_button", type="primary", disabled=not agreed) or not agreed:
        return
    at_once(page, do, refusals=refusals, forget=(box, *forget), refused=(box,))


def at_once(
    page: str,
    do: Callable[[], str],
    *,
    refusals: tuple[type[Exception], ...],
    forget: tuple[str, ...] = (),
    refused: tuple[str, ...] = (),
) -> None:
    """Do something, keep what is to be said of it, and draw the page anew. `forget`: what is forgotten once it is done;
    `refused`: what is forgotten where it was refused."""
    try:
        streamlit.session_state[f"{page} {_SAID}"] = (True, do())
    except refusals as error:
        streamlit.session_state[f"{page} {_SAID}"] = (False, str(error))
        forget = refused
    for name in list(streamlit.session_state):
        if forget and str(name).startswith(forget):
            del streamlit.session_state[name]
    streamlit.rerun()


if __name__ == "__main__":
    from pages import parts

    parts.hand_over("confirming")
