"""What a visitor can do about a return: each act says what it does, asks to be confirmed, and tells what was done."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import streamlit

from evidence import return_acts, returns
from evidence.access import Who
from evidence.evidence import Evidence
from evidence.return_acts import MOST_LINE, MOST_NARRATIVE, ReturnAct
from evidence.returns import Seen, State, Version
from evidence.words import count, in_markdown
from pages import confirming, parts

PAGE: Final = "returns"
_ANONYMOUS: Final = "no name, number, address or day of anybody"


def work(evidence: Evidence, who: Who, found: Seen, content: Mapping[str, Any] | None) -> None:
    """What this visitor can do to get the return ready. `content`: of the version looked at, where they see it."""
    version = found.version
    if found.waiting:
        streamlit.button("Look again", key="return_look", icon=":material/refresh:")
        return
    if version is not None and version.in_hand:
        _check(evidence, who, version)
        _answer(evidence, who, version)
    _draw_up(evidence, who, found, content)


def conclude(evidence: Evidence, who: Who, found: Seen, version: Version) -> None:
    """What this visitor can do once they have read what the version says: sign, submit, withdraw."""
    if found.waiting or not version.in_hand:
        return
    _sign(evidence, who, found, version)
    _submit(evidence, who, found, version)
    _withdraw(evidence, who, version)


def _draw_up(evidence: Evidence, who: Who, found: Seen, content: Mapping[str, Any] | None) -> None:
    if not return_acts.may(who, ReturnAct.DRAW_UP) or found.in_hand is not None:
        return
    hindrance = return_acts.keeps_from_drawing_up(evidence, found)
    if hindrance:
        streamlit.caption(in_markdown(hindrance))
        return
    submitted = found.submitted
    if submitted is None:
        parts.section("Draw the return up")
        _draw_up_form(evidence, who, found, content, "Draw the return up")
    else:
        with streamlit.expander(f"Correct it: draw up a version after version {submitted.version}"):
            _draw_up_form(evidence, who, found, content, "Draw up a new version")


def _draw_up_form(
    evidence: Evidence, who: Who, found: Seen, content: Mapping[str, Any] | None, label: str
) -> None:
    streamlit.write(
        f"The worker counts every table from {in_markdown(returns.as_of_words(evidence))}, makes the figures safe, "
        "attacks them together with everything that was given out before, and lays the files out. Nothing is sent."
    )
    written = returns.narrative(content) if content else {}
    texts: dict[str, str] = {}
    for one in found.template.narrative:
        texts[one.name] = streamlit.text_area(
            f"{one.label}{'' if one.required else ' (may be left empty)'}",
            value=written.get(one.name, ""),
            max_chars=MOST_NARRATIVE,
            help=in_markdown(one.about) or None,
            key=_key(found, f"text_{one.name}"),
        )
    if texts:
        streamlit.caption(f"These texts go out with the return as they are: write {_ANONYMOUS}.")
    why = ""
    if found.submitted is not None:
        why = streamlit.text_input(
            f"Why there must be another version ({_ANONYMOUS})",
            max_chars=MOST_LINE,
            key=_key(found, "why"),
        )
    _confirmed(
        "return_draw_up",
        f"Yes: draw up {found.template.title}, {found.period.words}.",
        label,
        partial(return_acts.draw_up, evidence, who, found, texts, why),
        forget=(_key(found, ""),),
    )


def _check(evidence: Evidence, who: Who, version: Version) -> None:
    if not return_acts.may(who, ReturnAct.CHECK) or version.signatures or return_acts.is_ready(version):
        return
    again = bool(version.checks)
    if not again:
        parts.section("Have it checked")
        streamlit.write(
            "The worker holds the files against the rules of the standards, attacks the figures together with all that "
            "was given out before, compares totals, the last return and the ledger, and draws the last submitted "
            "return up again."
        )
    label = "Check it again" if again else "Check it"
    if streamlit.button(label, key="return_check_button", type="secondary" if again else "primary"):
        do = partial(return_acts.ask_checks, evidence, who, version)
        confirming.at_once(PAGE, do, refusals=return_acts.REFUSALS)


def _answer(evidence: Evidence, who: Who, version: Version) -> None:
    waiting = returns.queries(version)
    if not waiting or not return_acts.may(who, ReturnAct.ANSWER):
        return
    parts.section("Answer the queries")
    streamlit.write(
        "What changed more than is usual is asked about before anybody signs. Say why it is so; the answer stays with "
        "the return."
    )
    for one in waiting:
        key = f"return_answer_{version.number}_{one.name}"
        streamlit.markdown(f"**{in_markdown(check_label(one.name))}**: {in_markdown(one.words)}")
        words = streamlit.text_area(
            f"Answer to “{check_label(one.name)}” ({_ANONYMOUS})", max_chars=MOST_LINE, key=key, height=100
        )
        if streamlit.button("Give this answer", key=f"{key}_button"):
            do = partial(return_acts.answer, evidence, who, version, one.name, words)
            confirming.at_once(PAGE, do, refusals=return_acts.REFUSALS, forget=(key,))


def _sign(evidence: Evidence, who: Who, found: Seen, version: Version) -> None:
    if not return_acts.may(who, ReturnAct.SIGN, version) or version.state is State.SIGNED:
        return
    hindrance = return_acts.keeps_from_signing(who, version)
    if hindrance:
        if version.checks:
            streamlit.caption(in_markdown(hindrance))
        return
    parts.section("Sign it")
    files = f"{count(len(version.files))} files" if len(version.files) != 1 else "1 file"
    streamlit.markdown(
        f"You sign **{in_markdown(found.template.title)}**, {in_markdown(found.period.words)}, version "
        f"{version.version}: its content and {files}, drawn up from release {in_markdown(version.release)}. All of "
        "that has this digest (SHA-256). It stands in the ledger beside your name, as the checks and answers on this "
        "page do:"
    )
    streamlit.code(version.digest, language=None, wrap_lines=True)
    _confirmed(
        "return_sign",
        f"Yes: I have read version {version.version} and its checks, and sign {version.digest[:12]}….",
        "Sign",
        partial(return_acts.sign, evidence, who, version, version.digest),
    )


def _submit(evidence: Evidence, who: Who, found: Seen, version: Version) -> None:
    if version.state is not State.SIGNED or not return_acts.may(who, ReturnAct.SUBMIT, version):
        return
    parts.section("Submit it")
    replaced = found.submitted
    takes = f" It takes the place of version {replaced.version}." if replaced else ""
    streamlit.write(
        f"A submitted version is frozen in the ledger and counts as what the council has said.{takes} Send its files "
        f"to {in_markdown(found.template.asked_by)} the way that they ask for."
    )
    _confirmed(
        "return_submit",
        f"Yes: version {version.version} is submitted.",
        "Submit",
        partial(return_acts.submit, evidence, who, version),
    )


def _withdraw(evidence: Evidence, who: Who, version: Version) -> None:
    if not return_acts.may(who, ReturnAct.WITHDRAW):
        return
    with streamlit.expander(f"Withdraw version {version.version}", expanded=bool(version.failed)):
        streamlit.write("It is given up, and the return can be drawn up anew. It stays in the ledger.")
        key = f"return_withdraw_{version.number}"
        why = streamlit.text_input(f"Why ({_ANONYMOUS})", max_chars=MOST_LINE, key=f"{key}_why")
        _confirmed(
            "return_withdraw",
            f"Yes: withdraw version {version.version}.",
            "Withdraw",
            partial(return_acts.withdraw, evidence, who, version, why),
            forget=(key,),
        )


def check_label(name: str) -> str:
    """What a check is called: its name in words."""
    return name.replace("_", " ").replace("-", " ").capitalize()


def _key(found: Seen, what: str) -> str:
    """A widget's key that is another's for another return or period."""
    return f"return_{found.template.id}_{found.period.code}_{what}"


def _confirmed(
    key: str, confirmation: str, label: str, do: Callable[[], str], forget: tuple[str, ...] = ()
) -> None:
    confirming.confirmed(PAGE, key, confirmation, label, do, refusals=return_acts.REFUSALS, forget=forget)


if __name__ == "__main__":
    parts.hand_over("return_acts")
