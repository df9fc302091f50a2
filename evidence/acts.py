"""What can be done about a window of claims from here: who may, what is asked of the worker, what goes to the ledger.

Each act gives a sentence that says what was done, with the figures. The ledger refuses what does not fit the state of
a window or a claim, and whoever may not be the second of two people; here is said which role may do what at all.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from evidence.access import Role, Who
from evidence.errors import AccessError
from evidence.evidence import Evidence
from evidence.reasons import Occasion, reason
from evidence.words import count, day, pounds
from ledger import (
    ClaimError,
    Claims,
    Event,
    Judged,
    QuotaError,
    RequestKind,
    Standing,
    TwoPeopleError,
    Verdict,
    Window,
    WindowError,
    WindowState,
)
from release.errors import UserError


class Act(StrEnum):
    """Everything that can be done about a window. A closed list."""

    OPEN = "open"
    ENLARGE = "enlarge"
    ASK_PACK = "ask_pack"
    ASK_BUNDLE = "ask_bundle"
    JUDGE = "judge"
    SIGN = "sign"
    SUBMIT = "submit"
    RECORD_PAID = "record_paid"
    RECORD_REJECTED = "record_rejected"
    WITHDRAW = "withdraw"


_OFFICER = frozenset({Role.RETURNS_OFFICER})
_AUDITOR = frozenset({Role.AUDITOR})
MAY: Final[Mapping[Act, frozenset[Role]]] = MappingProxyType(
    {
        Act.OPEN: _OFFICER,
        Act.ENLARGE: _OFFICER | _AUDITOR,
        Act.ASK_PACK: _AUDITOR,
        Act.ASK_BUNDLE: _AUDITOR,
        Act.JUDGE: _AUDITOR,
        Act.SIGN: _OFFICER,
        Act.SUBMIT: _OFFICER,
        Act.RECORD_PAID: _OFFICER,
        Act.RECORD_REJECTED: _OFFICER,
        Act.WITHDRAW: _OFFICER,
    }
)
_WORDS: Final[Mapping[Act, str]] = MappingProxyType(
    {
        Act.OPEN: "open a window",
        Act.ENLARGE: "enlarge a sample",
        Act.ASK_PACK: "ask for evidence packs",
        Act.ASK_BUNDLE: "ask for the bundle of a window",
        Act.JUDGE: "judge a sampled claim",
        Act.SIGN: "sign a window",
        Act.SUBMIT: "submit a window",
        Act.RECORD_PAID: "record a payment",
        Act.RECORD_REJECTED: "record a rejection",
        Act.WITHDRAW: "withdraw a claim",
    }
)
# What is refused with a reason that whoever asked can act on.
REFUSALS: Final[tuple[type[UserError], ...]] = (
    AccessError,
    ClaimError,
    QuotaError,
    TwoPeopleError,
    WindowError,
)
# Whoever did one of these in a window does not sign it.
_PREPARED = frozenset({Event.WINDOW_OPENED, Event.CLAIMS_ENTERED, Event.SAMPLE_DRAWN, Event.CLAIMS_AUDITED})


def may(who: Who, act: Act) -> bool:
    """Whether the role of somebody may do it at all."""
    return who.role in MAY[act] and who.may_see("window")


def check_may(who: Who, act: Act) -> None:
    """Raises AccessError where it may not."""
    if not may(who, act):
        raise AccessError(f"A {who.role.label.lower()} may not {_WORDS[act]}.")


def open_window(evidence: Evidence, who: Who, code: str, *, by_risk: bool, most: int = 0) -> str:
    """Ask the worker to enter everything that is claimable into a window, and to draw its audit sample.

    A window that is open already is added to, as long as no sample was drawn from it.
    `most`: at most so many claims, those with the earliest claim dates (0: all), to stay below a quota.
    """
    check_may(who, Act.OPEN)
    release = evidence.release()
    window = next((one for one in release.rules.windows if one.id == code), None)
    if window is None or not release.paid_by_results:
        raise AccessError("The framework has no such window.")
    if window.opens > release.as_of:
        raise AccessError(
            f"This window opens on {day(window.opens)}; the release speaks for {day(release.as_of)}."
        )
    if window.closes < release.as_of:
        raise AccessError(
            f"This window was over on {day(window.closes)}; the release speaks for {day(release.as_of)}."
        )
    there = _claims(evidence).find_window(release.framework, code)
    if there is not None and there.state is not WindowState.OPEN:
        raise AccessError("This window takes nothing more in.")
    if there is not None and _claims(evidence).drawings(there.number):
        raise AccessError(
            "The sample of this window is drawn: what has become claimable since goes into the next window."
        )
    detail = ({"by_risk": True} if by_risk else {}) | ({"most": most} if most > 0 else {})
    number = evidence.desk.ask(
        who, RequestKind.OPEN_WINDOW, release.name, f"{release.framework}/{code}", detail or None
    )
    return f"Request {number} is with the worker: it enters what is claimable and draws the sample."


def enlarge(evidence: Evidence, who: Who, window: int) -> str:
    """Ask the worker to draw the claims that a sample lacks."""
    check_may(who, Act.ENLARGE)
    more = _claims(evidence).sample(window).more
    if not more:
        raise AccessError("The sample is as large as it must be.")
    number = evidence.desk.ask(who, RequestKind.ENLARGE_SAMPLE, evidence.release().name, str(window))
    return f"Request {number} is with the worker: it draws {count(more)} more claims."


def ask_packs(evidence: Evidence, who: Who, window: int, claims: Collection[int]) -> str:
    """Ask the worker for the evidence packs of sampled claims."""
    check_may(who, Act.ASK_PACK)
    chosen = _chosen(evidence, window, claims)
    if not all(one.drawn for one in chosen):
        raise AccessError("Only a claim that was drawn for the audit has an evidence pack.")
    for one in chosen:
        # The pack is made from the release that the claim was entered from.
        evidence.desk.ask(who, RequestKind.EVIDENCE_PACK, one.release, str(one.number))
    return f"{_so_many(len(chosen), 'evidence pack')} asked for: the worker lays them in its outbox."


def ask_bundle(evidence: Evidence, who: Who, window: int) -> str:
    """Ask the worker for the bundle of a window: all packs, the sample, the sign-off."""
    check_may(who, Act.ASK_BUNDLE)
    found = _claims(evidence).window(window)
    number = evidence.desk.ask(who, RequestKind.WINDOW_BUNDLE, found.release, str(window))
    return f"Request {number} is with the worker: it lays the bundle in its outbox."


def judge(
    evidence: Evidence,
    who: Who,
    window: int,
    claims: Collection[int],
    code: str,
    remark: str = "",
    *,
    upheld: bool,
) -> str:
    """Give one verdict on sampled claims, upheld or struck out, with the reason."""
    check_may(who, Act.JUDGE)
    verdict = Verdict.UPHELD if upheld else Verdict.STRUCK_OUT
    why = reason(Occasion(verdict.value), code, remark)
    chosen = _chosen(evidence, window, claims)
    verdicts = {one.number: Judged(verdict, why) for one in chosen}
    release = evidence.release().name
    _claims(evidence).judge(verdicts, by=who.name, role=who.role.value, release=release)
    return f"{_so_many(len(chosen), 'claim')} {'upheld' if upheld else 'struck out'}."


def sign(evidence: Evidence, who: Who, window: int) -> str:
    """Sign a window whose sample has passed. Nothing more is entered into it."""
    check_may(who, Act.SIGN)
    release = evidence.release().name
    _claims(evidence).sign(window, by=who.name, role=who.role.value, release=release)
    found = _claims(evidence).window(window)
    return f"Window {found.code} is signed by {found.signed_by}. Somebody else submits it."


def submit(evidence: Evidence, who: Who, window: int) -> str:
    """Submit what is entered or upheld in a signed window."""
    check_may(who, Act.SUBMIT)
    release = evidence.release().name
    numbers = _claims(evidence).submit(window, by=who.name, role=who.role.value, release=release)
    submitted = _chosen(evidence, window, numbers)
    worth = sum(one.worth for one in submitted)
    return f"{_so_many(len(submitted), 'claim')} submitted, worth {pounds(worth)}."


def record_paid(evidence: Evidence, who: Who, window: int, claims: Collection[int]) -> str:
    """Write down that the payer has paid for claims."""
    check_may(who, Act.RECORD_PAID)
    chosen = _chosen(evidence, window, claims)
    numbers = [one.number for one in chosen]
    release = evidence.release().name
    _claims(evidence).pay(numbers, by=who.name, role=who.role.value, release=release)
    return f"{_so_many(len(chosen), 'claim')} recorded as paid, worth {_worth(chosen)}."


def record_rejected(
    evidence: Evidence, who: Who, window: int, claims: Collection[int], code: str, remark: str = ""
) -> str:
    """Write down that the payer has rejected claims, and why. What they were for may be claimed anew."""
    check_may(who, Act.RECORD_REJECTED)
    why = reason(Occasion.REJECTED, code, remark)
    chosen = _chosen(evidence, window, claims)
    numbers = [one.number for one in chosen]
    release = evidence.release().name
    _claims(evidence).reject(numbers, by=who.name, role=who.role.value, release=release, why=why)
    return f"{_so_many(len(chosen), 'claim')} recorded as rejected, worth {_worth(chosen)}."


def withdraw(
    evidence: Evidence, who: Who, window: int, claims: Collection[int], code: str, remark: str = ""
) -> str:
    """Withdraw claims, at whatever step they are, and say why."""
    check_may(who, Act.WITHDRAW)
    why = reason(Occasion.WITHDRAWN, code, remark)
    chosen = _chosen(evidence, window, claims)
    numbers = [one.number for one in chosen]
    release = evidence.release().name
    _claims(evidence).withdraw(numbers, by=who.name, role=who.role.value, release=release, why=why)
    return f"{_so_many(len(chosen), 'claim')} withdrawn, worth {_worth(chosen)}."


def keeps_from_signing(evidence: Evidence, who: Who, window: Window) -> str | None:
    """Why somebody cannot be the one who signs a window, in a sentence; None where they can."""
    prepared = {entry.actor for entry in _claims(evidence).acts(window.number) if entry.event in _PREPARED}
    if who.name in prepared:
        return (
            "You opened this window, drew its sample or judged its claims: somebody else signs it, under an account "
            "of their own."
        )
    return None


def keeps_from_submitting(who: Who, window: Window) -> str | None:
    """Why somebody cannot be the one who submits a window, in a sentence; None where they can."""
    if window.state in {WindowState.OPEN, WindowState.CLOSED}:
        return "It is submitted once it is signed."
    if who.name == window.signed_by:
        return "You signed this window: somebody else submits it, under an account of their own."
    return None


def _claims(evidence: Evidence) -> Claims:
    return evidence.desk.ledger.claims


def _chosen(evidence: Evidence, window: int, numbers: Collection[int]) -> list[Standing]:
    """The claims of a window by their numbers. Raises AccessError where none is chosen, or one is not of it."""
    of_window = {one.number: one for one in _claims(evidence).standings(window=window)}
    if not numbers:
        raise AccessError("Choose at least one claim.")
    if not all(number in of_window for number in numbers):
        raise AccessError("One of these claims is not in this window.")
    return [of_window[number] for number in sorted(set(numbers))]


def _so_many(number: int, what: str) -> str:
    return f"{count(number)} {what}" if number == 1 else f"{count(number)} {what}s"


def _worth(claims: Collection[Standing]) -> str:
    return pounds(sum(one.worth for one in claims))
