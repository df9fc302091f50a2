"""What a visitor can do about a window: each act says what it does, asks to be confirmed, and tells what was done."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit

from evidence import acts, windows
from evidence.access import Who
from evidence.acts import Act
from evidence.evidence import Choice, Evidence
from evidence.reasons import MOST_CHARACTERS, REASONS, Occasion
from evidence.windows import Claim, Opened, Seen
from evidence.words import count, in_markdown
from pages import confirming, parts


def said() -> None:
    """What the last act did, or why it was refused."""
    confirming.said("window")


def act(evidence: Evidence, who: Who, found: Seen) -> None:
    """Everything that this visitor can do about the window as it stands."""
    window = found.window
    _open(evidence, who, found)
    if window is None:
        return
    _enlarge(evidence, who, found, window)
    _audit(evidence, who, found, window)
    _sign(evidence, who, found, window)
    _submit(evidence, who, found, window)
    _answers(evidence, who, found, window)
    _withdraw(evidence, who, found, window)
    _bundle(evidence, who, window)


def _open(evidence: Evidence, who: Who, found: Seen) -> None:
    """Open a window; or, where it is open, enter what is not in it yet."""
    if not found.takes_in or found.planned is None or not acts.may(who, Act.OPEN):
        return
    if any(one.waiting for one in windows.requests(evidence, found)):
        return
    if found.live:
        with streamlit.expander("Enter what is missing, and draw the sample"):
            _enter(evidence, who, found, "Enter and draw")
    else:
        parts.section("Open the window")
        _enter(evidence, who, found, "Open the window")


def _enter(evidence: Evidence, who: Who, found: Seen, label: str) -> None:
    streamlit.write(
        "Everything that is claimable in this release is entered, all or nothing, and the audit sample is drawn. The "
        "worker does it; claims have numbers from then on."
    )
    by_risk = streamlit.checkbox(
        "Draw risky claims more often (rows in quarantine, pairs in review, poor matches, waivers)",
        key="by_risk",
    )
    most = streamlit.number_input(
        "At most so many claims, the earliest first (0: all)", min_value=0, max_value=1_000_000, key="most"
    )
    what = f"at most {_so_many(range(int(most)), 'claim')}" if most else "what is claimable"
    _confirmed(
        "open",
        f"Yes: enter {what}, and draw the sample.",
        label,
        partial(acts.open_window, evidence, who, found.code, by_risk=by_risk, most=int(most)),
    )


def _enlarge(evidence: Evidence, who: Who, found: Seen, window: Opened) -> None:
    sample = found.sample
    if sample is None or not sample.more or window.signed_at or not acts.may(who, Act.ENLARGE):
        return
    if any(one.waiting for one in windows.requests(evidence, found)):
        return
    parts.section("Enlarge the sample")
    why = "More claims were struck out than are tolerated. " if found.failed else ""
    streamlit.write(f"{why}{count(sample.more)} more claims are drawn, and wait for their verdicts.")
    _confirmed(
        "enlarge",
        f"Yes: draw {count(sample.more)} more claims.",
        "Enlarge the sample",
        partial(acts.enlarge, evidence, who, window.number),
    )


def _audit(evidence: Evidence, who: Who, found: Seen, window: Opened) -> None:
    drawn = found.drawn
    if acts.may(who, Act.ASK_PACK) and drawn:
        parts.section("Ask for evidence packs")
        streamlit.write(
            "A pack shows the needs of one sampled claim, the records that counted and the days that were covered, by "
            "pseudonym. The worker lays it in its outbox; each is written into the audit log."
        )
        numbers = _claims("Packs for claims", drawn, "packs")
        _confirmed(
            "pack",
            f"Yes: ask for {_so_many(numbers, 'pack')}.",
            "Ask for evidence packs",
            partial(acts.ask_packs, evidence, who, window.number, numbers),
            ready=bool(numbers),
        )
    waiting = found.to_be_judged
    if acts.may(who, Act.JUDGE) and waiting:
        parts.section("Give a verdict")
        numbers = _claims("Claims with this verdict", waiting, "judged")
        upheld = (
            streamlit.radio("Verdict", ["Upheld", "Struck out"], key="verdict", horizontal=True) == "Upheld"
        )
        occasion = Occasion.UPHELD if upheld else Occasion.STRUCK_OUT
        code, remark = _reason(occasion, f"judge_{occasion.value}")
        words = "upheld" if upheld else "struck out"
        _confirmed(
            "judge",
            f"Yes: {_so_many(numbers, 'claim')} {words}.",
            "Give the verdict",
            partial(acts.judge, evidence, who, window.number, numbers, code, remark, upheld=upheld),
            ready=bool(numbers),
        )


def _sign(evidence: Evidence, who: Who, found: Seen, window: Opened) -> None:
    if not found.to_be_signed or not acts.may(who, Act.SIGN):
        return
    parts.section("Sign the window")
    hindrance = acts.keeps_from_signing(evidence, who, window)
    if hindrance:
        streamlit.caption(in_markdown(hindrance))
        return
    left = [one for one in found.live if one not in found.unsettled]
    streamlit.write(
        f"{in_markdown(windows.total(left))} would be submitted. Nothing more is entered into a signed window. "
        "Somebody else submits it."
    )
    _confirmed(
        "sign",
        f"Yes: I sign for {windows.total(left)}. I have seen what the audit says.",
        "Sign the window",
        partial(acts.sign, evidence, who, window.number),
    )


def _submit(evidence: Evidence, who: Who, found: Seen, window: Opened) -> None:
    if not found.to_be_submitted or not acts.may(who, Act.SUBMIT):
        return
    parts.section("Submit the window")
    hindrance = acts.keeps_from_submitting(who, window)
    if hindrance:
        streamlit.caption(in_markdown(hindrance))
        return
    ready = [one for one in found.live if one not in found.unsettled]
    if any(one.evidence_changed for one in found.unsettled):
        streamlit.caption("Claims whose evidence has changed are withdrawn first, below.")
        return
    streamlit.write("Claims that were struck out are not submitted.")
    _confirmed(
        "submit",
        f"Yes: submit {windows.total(ready)}.",
        "Submit the window",
        partial(acts.submit, evidence, who, window.number),
    )


def _answers(evidence: Evidence, who: Who, found: Seen, window: Opened) -> None:
    waiting = found.without_answer
    if not waiting or not acts.may(who, Act.RECORD_PAID):
        return
    parts.section("Write down what the payer says")
    answer = streamlit.radio("Answer", ["Paid", "Rejected"], key="answer", horizontal=True)
    numbers = _claims("Claims with this answer", waiting, "answered")
    chosen = [one for one in waiting if one.number in numbers]
    if answer == "Rejected":
        code, remark = _reason(Occasion.REJECTED, "rejected")
        _confirmed(
            "reject",
            f"Yes: {windows.total(chosen)} rejected.",
            "Write down the rejection",
            partial(acts.record_rejected, evidence, who, window.number, numbers, code, remark),
            ready=bool(numbers),
        )
    else:
        _confirmed(
            "pay",
            f"Yes: {windows.total(chosen)} paid.",
            "Write down the payment",
            partial(acts.record_paid, evidence, who, window.number, numbers),
            ready=bool(numbers),
        )


def _withdraw(evidence: Evidence, who: Who, found: Seen, window: Opened) -> None:
    live = found.withdrawable
    if not live or not acts.may(who, Act.WITHDRAW):
        return
    with streamlit.expander("Withdraw claims", expanded=bool(found.unsettled and window.signed_at)):
        streamlit.write(
            "A withdrawn claim counts no more; what it was for can be claimed anew. One that was paid is withdrawn "
            "when the money is given back."
        )
        if found.between_drawing_and_signature:
            streamlit.caption("Claims that were not drawn stand until the window is signed.")
        preset = [one.number for one in found.unsettled if one in live]
        numbers = _claims("Claims to withdraw", live, "withdrawn", preset=preset)
        code, remark = _reason(Occasion.WITHDRAWN, "withdrawn")
        chosen = [one for one in live if one.number in numbers]
        _confirmed(
            "withdraw",
            f"Yes: withdraw {windows.total(chosen)}.",
            "Withdraw",
            partial(acts.withdraw, evidence, who, window.number, numbers, code, remark),
            ready=bool(numbers),
        )


def _bundle(evidence: Evidence, who: Who, window: Opened) -> None:
    if not window.signed_at or not acts.may(who, Act.ASK_BUNDLE):
        return
    parts.section("Ask for the bundle of the window")
    streamlit.write(
        "All evidence packs of the sample, the sample itself, the sign-off and the lines of the ledger, with one "
        "manifest: what a visiting assurer is given. The worker lays it in its outbox."
    )
    _confirmed(
        "bundle",
        "Yes: ask for the bundle.",
        "Ask for the bundle",
        partial(acts.ask_bundle, evidence, who, window.number),
    )


def _confirmed(key: str, confirmation: str, label: str, do: Callable[[], str], *, ready: bool = True) -> None:
    """A box to tick and a button, where there is anything to do it with."""
    if not ready:
        streamlit.caption("Choose at least one claim.")
        return
    confirming.confirmed("window", key, confirmation, label, do, refusals=acts.REFUSALS, forget=_INPUTS)


# What was put in for one act is forgotten once it is done.
_INPUTS = ("judged", "answered", "withdrawn", "packs")


def _claims(label: str, offered: Sequence[Claim], key: str, preset: Sequence[int] = ()) -> list[int]:
    """Numbers of claims out of a closed list; all of them at the tick of a box."""
    numbers = [one.number for one in offered]
    if streamlit.checkbox(f"All {count(len(numbers))} claims", key=f"{key}_all", value=False):
        return numbers
    chosen = streamlit.multiselect(
        label, numbers, default=[one for one in preset if one in numbers], format_func=str, key=key
    )
    return [one for one in chosen if one in numbers]


def _reason(occasion: Occasion, key: str) -> tuple[str, str]:
    """A reason out of the list, and a remark."""
    choices = [Choice(code, words) for code, words in REASONS[occasion].items()]
    code = parts.choose("Reason", choices, f"{key}_reason", everything=False, linked=False)
    remark = streamlit.text_input(
        "Remark (no name, number, day or address)", key=f"{key}_remark", max_chars=MOST_CHARACTERS
    )
    return code, remark


def _so_many(numbers: Sequence[int], what: str) -> str:
    return f"{count(len(numbers))} {what}" if len(numbers) == 1 else f"{count(len(numbers))} {what}s"


if __name__ == "__main__":
    parts.hand_over("window_acts")
