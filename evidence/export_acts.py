"""What can be done about research projects and exports from here: who may, and what goes to the ledger and the worker.

Each act gives a sentence that says what was done. The ledger refuses what does not fit, and whoever may not decide on
what is their own; here is said which role may do what at all.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Final

from evidence import outbox
from evidence.access import Role, Who
from evidence.errors import AccessError, NotGivenError
from evidence.evidence import Evidence
from evidence.export_asking import REFUSALS as _NOT_ASKED
from evidence.export_asking import Offered, preview
from evidence.exports import Export, is_same
from evidence.words import day
from evidence.written_words import one_line, written
from ledger import CheckersVerdict, ExportError, ExportState, RequestKind, TwoPeopleError
from release.errors import UserError
from release.specification import Specification, write_specification

PAGE: Final = "research"
MOST_LINE: Final = 500
MOST_PURPOSE: Final = 2000
_MOST_PEOPLE: Final = 50
_NO_ACCOUNT: Final = re.compile(r"://|\bwww\.", re.IGNORECASE)


class ExportAct(StrEnum):
    """Everything that can be done about projects and exports. A closed list."""

    BEGIN = "begin"
    END = "end"
    ASK = "ask"
    DECIDE = "decide"
    WITHDRAW = "withdraw"
    FETCH = "fetch"


MAY: Final[Mapping[ExportAct, frozenset[Role]]] = MappingProxyType(
    {
        ExportAct.BEGIN: frozenset({Role.RESEARCHER}),
        ExportAct.END: frozenset({Role.RESEARCHER, Role.DATA_PROTECTION_OFFICER}),
        ExportAct.ASK: frozenset({Role.RESEARCHER}),
        ExportAct.DECIDE: frozenset({Role.OUTPUT_CHECKER}),
        ExportAct.WITHDRAW: frozenset({Role.RESEARCHER, Role.DATA_PROTECTION_OFFICER}),
        ExportAct.FETCH: frozenset({Role.RESEARCHER}),
    }
)
_WORDS: Final[Mapping[ExportAct, str]] = MappingProxyType(
    {
        ExportAct.BEGIN: "begin a research project",
        ExportAct.END: "end a research project",
        ExportAct.ASK: "ask for an export",
        ExportAct.DECIDE: "decide on an export",
        ExportAct.WITHDRAW: "withdraw an export",
        ExportAct.FETCH: "fetch an export",
    }
)
# What is refused with a reason that whoever asked can act on.
REFUSALS: Final[tuple[type[UserError], ...]] = (AccessError, ExportError, TwoPeopleError, *_NOT_ASKED)


def may(who: Who, act: ExportAct) -> bool:
    """Whether the role of somebody may do it at all."""
    return who.role in MAY[act] and who.may_see(PAGE)


def check_may(who: Who, act: ExportAct) -> None:
    """Raises AccessError where it may not."""
    if not may(who, act):
        raise AccessError(f"A {who.role.label.lower()} may not {_WORDS[act]}.")


def latest(rules: Offered) -> date:
    """The latest day that a project begun today may last to."""
    return today() + timedelta(days=rules.policy.longest_days)


def today() -> date:
    """The present day, in UTC, as the ledger's lines have it."""
    return datetime.now(UTC).date()


def begin(
    evidence: Evidence,
    who: Who,
    rules: Offered,
    *,
    name: str,
    title: str,
    purpose: str,
    basis: str,
    people: str,
    ends: date,
) -> str:
    """Begin a project. `people`: who works on it beside its author, an account a line."""
    check_may(who, ExportAct.BEGIN)
    said = {
        "title": one_line(title, "The title", MOST_LINE),
        "purpose": one_line(purpose, "The purpose", MOST_PURPOSE),
        "basis": one_line(basis, "The legal basis", MOST_LINE),
    }
    for what, words in said.items():
        if not words:
            raise AccessError(f"Say what the {'legal basis' if what == 'basis' else what} is.")
    listed = tuple(dict.fromkeys(" ".join(line.split()) for line in people.splitlines() if line.strip()))
    if any(_NO_ACCOUNT.search(one) for one in listed):
        raise AccessError("Name people by their accounts: not by web addresses.")
    if len(listed) > _MOST_PEOPLE:
        raise AccessError(f"Name at most {_MOST_PEOPLE} people.")
    evidence.desk.ledger.projects.begin(
        " ".join(name.split()),
        title=said["title"],
        purpose=said["purpose"],
        basis=said["basis"],
        people=listed,
        ends=ends,
        latest=latest(rules),
        budget=rules.policy.rho_of_project,
        by=who.name,
        role=who.role.value,
    )
    return f"The project {said['title']} is begun. It lasts until {day(ends)}."


def end(evidence: Evidence, who: Who, project: int, why: str) -> str:
    """End a project before its last day. What it was given is given no more."""
    check_may(who, ExportAct.END)
    reason = _reason(why, "Say why it ends.")
    book = evidence.desk.ledger.projects
    book.end(project, reason, by=who.name, role=who.role.value)
    return f"The project {book.standing(project).title} is over. Its exports are taken away."


def ask(evidence: Evidence, who: Who, rules: Offered, project: int, asked: Specification) -> str:
    """Ask for an export: it is put into the ledger, and before the worker, who prepares it."""
    check_may(who, ExportAct.ASK)
    preview(evidence, rules, asked)
    release = evidence.release().name
    number = evidence.desk.ledger.exports.ask(
        project, asked.kind, write_specification(asked), release=release, by=who.name, role=who.role.value
    )
    evidence.desk.ask(who, RequestKind.PREPARE_EXPORT, release, str(number))
    return f"Export {number} is asked for. The worker prepares it; then two output checkers decide."


def decide(evidence: Evidence, who: Who, export: Export, verdict: CheckersVerdict, why: str) -> str:
    """Approve an export, or return it, and say why."""
    check_may(who, ExportAct.DECIDE)
    reason = _reason(why, "Say why: the author reads it.")
    evidence.desk.ledger.exports.decide(
        export.number, verdict.value, reason, by=who.name, role=who.role.value
    )
    done = "approved" if verdict is CheckersVerdict.APPROVE else "returned"
    return f"You have {done} export {export.number}. What the other checker decides you see once both have."


def withdraw(evidence: Evidence, who: Who, export: Export, why: str) -> str:
    """Withdraw an export, and say why. It is given to nobody any more."""
    check_may(who, ExportAct.WITHDRAW)
    reason = _reason(why, "Say why it is withdrawn.")
    evidence.desk.ledger.exports.withdraw(export.number, reason, by=who.name, role=who.role.value)
    return f"Export {export.number} is withdrawn."


def withdrawable(who: Who, export: Export) -> bool:
    """Whether somebody can withdraw an export as it stands."""
    over = {ExportState.WITHDRAWN, ExportState.REFUSED, ExportState.RETURNED, ExportState.ENDED}
    own = is_same(export.author, who.name) or who.role is Role.DATA_PROTECTION_OFFICER
    return may(who, ExportAct.WITHDRAW) and own and export.state not in over


def package_name(number: int) -> str:
    """What the worker calls the package of an export in its outbox."""
    return f"export-{number:06d}.zip"


def fetchable(evidence: Evidence, who: Who, export: Export) -> str | None:
    """The address where an export is fetched; None where it is not for somebody, not yet, or not any more."""
    if _not_given(who, export):
        return None
    name = package_name(export.number)
    content = partial(_package, evidence, who, export.number)
    return evidence.desk.offers.offer(who, PAGE, name, name, content, outbox.media_type(name))


def _package(evidence: Evidence, who: Who, number: int) -> bytes:
    """The package as it is at this moment: author, state, last day and digest are read from the ledger anew."""
    name = package_name(number)
    book = evidence.desk.ledger.exports
    digest = book.standing(number).files.get(name)
    if digest is None:
        raise NotGivenError("There is no such package.", "the ledger knows no such package")
    return outbox.checked(
        evidence.desk.places.outbox, name, digest, lambda: _not_given(who, book.standing(number))
    )


def _not_given(who: Who, export: Export) -> str:
    """Why an export is not given to somebody, in a sentence; "" where it is."""
    if not may(who, ExportAct.FETCH) or not is_same(export.author, who.name):
        return "An export is given to its author alone."
    if export.state is ExportState.ENDED:
        return f"The project of this export is over (its last day was {day(export.ends)}): it is given to nobody."
    if export.state is not ExportState.RELEASED:
        return "An export is given once two output checkers have approved it and the worker has laid it out."
    return ""


def _reason(why: str, otherwise: str) -> str:
    reason = " ".join(written(why, "The reason", MOST_LINE).split())
    if not reason:
        raise AccessError(otherwise)
    return reason
