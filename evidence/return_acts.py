"""What can be done about a return from here: who may, what is asked of the worker, what goes to the ledger.

Each act gives a sentence that says what was done. The ledger refuses what does not fit the state of a version, and
whoever may not be the second of two people; here is said which role may do what at all.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from evidence.access import Role, Who
from evidence.errors import AccessError
from evidence.evidence import Evidence
from evidence.returns import Seen, Version, as_of_words, not_covered
from evidence.written_words import one_line, written
from ledger import RequestKind, ReturnError, ReturnState, TwoPeopleError, person_of
from release.errors import UserError
from release.returns import NarrativeAsked

# The longest that one text is: of a narrative item, and of what goes into a line of the ledger.
MOST_NARRATIVE: Final = 4000
MOST_LINE: Final = 500


class ReturnAct(StrEnum):
    """Everything that can be done about a return. A closed list."""

    DRAW_UP = "draw_up"
    CHECK = "check"
    ANSWER = "answer"
    SIGN = "sign"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    LAY_OUT = "lay_out"


_OFFICER = frozenset({Role.RETURNS_OFFICER})
# Signing and submitting are for the roles that the version names.
_BY_ROLE: Final[Mapping[ReturnAct, frozenset[Role]]] = MappingProxyType(
    {
        ReturnAct.DRAW_UP: _OFFICER,
        ReturnAct.CHECK: _OFFICER,
        ReturnAct.ANSWER: _OFFICER,
        ReturnAct.WITHDRAW: _OFFICER,
        ReturnAct.LAY_OUT: _OFFICER | {Role.AUDITOR},
    }
)
_WORDS: Final[Mapping[ReturnAct, str]] = MappingProxyType(
    {
        ReturnAct.DRAW_UP: "draw up a return",
        ReturnAct.CHECK: "ask for its checks",
        ReturnAct.ANSWER: "answer a query",
        ReturnAct.SIGN: "sign this return",
        ReturnAct.SUBMIT: "submit this return",
        ReturnAct.WITHDRAW: "withdraw a return",
        ReturnAct.LAY_OUT: "have its files laid out",
    }
)
# What is refused with a reason that whoever asked can act on.
REFUSALS: Final[tuple[type[UserError], ...]] = (AccessError, ReturnError, TwoPeopleError)


def may(who: Who, act: ReturnAct, version: Version | None = None) -> bool:
    """Whether the role of somebody may do it at all; about a version, where it is one's roles that say so."""
    if not who.may_see("returns"):
        return False
    if act is ReturnAct.SIGN:
        return version is not None and who.role.value in version.signers
    if act is ReturnAct.SUBMIT:
        return version is not None and who.role.value in {*version.signers, version.drawn_up_role}
    return who.role in _BY_ROLE[act]


def check_may(who: Who, act: ReturnAct, version: Version | None = None) -> None:
    """Raises AccessError where it may not."""
    if not may(who, act, version):
        raise AccessError(f"A {who.role.label.lower()} may not {_WORDS[act]}.")


def draw_up(evidence: Evidence, who: Who, found: Seen, texts: Mapping[str, str], why: str = "") -> str:
    """Ask the worker to draw a return up from the current release. `texts`: what the officer wrote for each item of the
    template; `why`: why another version is needed, where one was submitted."""
    check_may(who, ReturnAct.DRAW_UP)
    hindrance = keeps_from_drawing_up(evidence, found)
    if hindrance:
        raise AccessError(hindrance)
    said = {one.name: _text(one, texts.get(one.name, "")) for one in found.template.narrative}
    reason = one_line(why, "The reason", MOST_LINE)
    if found.submitted is not None and not reason:
        raise AccessError("A version was submitted before: say why there must be another one.")
    detail: dict[str, object] = {"why": reason} if reason else {}
    if any(said.values()):
        detail["narrative"] = {name: text for name, text in said.items() if text}
    number = evidence.desk.ask(
        who,
        RequestKind.DRAW_UP_RETURN,
        evidence.release().name,
        f"{found.template.id}/{found.period.code}",
        detail or None,
    )
    return f"Request {number} is with the worker: it draws the return up from {as_of_words(evidence)}."


def keeps_from_drawing_up(evidence: Evidence, found: Seen) -> str:
    """Why the return cannot be drawn up now, in a sentence; "" where it can."""
    if found.in_hand is not None:
        return f"Version {found.in_hand.version} is being worked on: submit or withdraw it first."
    why = not_covered(evidence, found)
    return f"{why[:1].upper()}{why[1:]}." if why else ""


def _text(asked: NarrativeAsked, text: str) -> str:
    kept = written(text, asked.label, MOST_NARRATIVE)
    if asked.required and not kept:
        raise AccessError(f"{asked.label}: this must be written before the return is drawn up.")
    return kept


def ask_checks(evidence: Evidence, who: Who, version: Version) -> str:
    """Ask the worker to check a version. Queries are asked anew by it."""
    check_may(who, ReturnAct.CHECK)
    number = evidence.desk.ask(who, RequestKind.CHECK_RETURN, version.release, str(version.number))
    return f"Request {number} is with the worker: it checks version {version.version}."


def ask_files(evidence: Evidence, who: Who, version: Version) -> str:
    """Ask the worker to lay the files of a version out again."""
    check_may(who, ReturnAct.LAY_OUT)
    number = evidence.desk.ask(who, RequestKind.RETURN_FILES, version.release, str(version.number))
    return f"Request {number} is with the worker: it lays the files of version {version.version} out again."


def answer(evidence: Evidence, who: Who, version: Version, check: str, words: str) -> str:
    """Answer a query in writing. The answer stays with the return."""
    check_may(who, ReturnAct.ANSWER)
    said = one_line(words, "The answer", MOST_LINE)
    if not said:
        raise AccessError("Write the answer first: a query is answered in words.")
    evidence.desk.ledger.returns.answer(version.number, check, said, by=who.name, role=who.role.value)
    return "The query is answered. Whoever signs reads the answer."


def sign(evidence: Evidence, who: Who, version: Version, digest: str) -> str:
    """Sign a version: just what the digest stands for, which the signer was shown."""
    check_may(who, ReturnAct.SIGN, version)
    book = evidence.desk.ledger.returns
    book.sign(version.number, digest, by=who.name, role=who.role.value)
    now = book.standing(version.number)
    left = now.signatures_needed - len(now.signatures)
    more = (
        "It can be submitted." if left <= 0 else "Somebody else signs it, too, under an account of their own."
    )
    return f"Version {version.version} is signed by {who.name}. {more}"


def submit(evidence: Evidence, who: Who, version: Version) -> str:
    """Submit a version that is signed. It takes the place of the one that was submitted before it."""
    check_may(who, ReturnAct.SUBMIT, version)
    evidence.desk.ledger.returns.submit(version.number, by=who.name, role=who.role.value)
    return f"Version {version.version} is submitted and frozen. Send its files to whoever asked for them."


def withdraw(evidence: Evidence, who: Who, version: Version, why: str) -> str:
    """Withdraw a version before it is submitted, and say why."""
    check_may(who, ReturnAct.WITHDRAW)
    reason = one_line(why, "The reason", MOST_LINE)
    if not reason:
        raise AccessError("Say why it is withdrawn.")
    evidence.desk.ledger.returns.withdraw(version.number, reason, by=who.name, role=who.role.value)
    return f"Version {version.version} is withdrawn."


def keeps_from_signing(who: Who, version: Version) -> str:
    """Why somebody cannot sign a version as it stands, in a sentence; "" where they can."""
    if any(person_of(one.by) == person_of(who.name) for one in version.signatures):
        return "You have signed this version: somebody else signs it, too, under an account of their own."
    if version.state is ReturnState.DRAFT or version.missing:
        return "It is signed once it is checked."
    if version.failed:
        return "Nobody signs what failed a check."
    if version.unanswered:
        return "It is signed once every query is answered in writing."
    return ""


def is_ready(version: Version) -> bool:
    """Whether a version waits for a signature."""
    return version.state is ReturnState.CHECKED and not (
        version.failed or version.missing or version.unanswered
    )
