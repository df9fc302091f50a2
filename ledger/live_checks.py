"""Holds the sessions and accounts, which change as they go on, against the lines of the audit log that tell of them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, select

from ledger import tables
from ledger.accounts import row_digest
from ledger.errors import LedgerError
from ledger.records import Event
from ledger.sessions import digest_of

_ENDS: Final = {Event.SIGN_OUT, Event.SESSION_ENDED}
_ACCOUNTS: Final = {Event.ACCOUNT_ADDED, Event.ACCOUNT_CHANGED, Event.ACCOUNT_REMOVED}


def check_live(
    connection: Connection, written: Sequence[Any], details: Mapping[int, Mapping[str, Any]]
) -> None:
    """Raises LedgerError where somebody was signed in, kept in or given a role by hand.

    A session that is long over is no longer there; one that is there is as its sign-in said, and ended where its end
    was written down.
    """
    begun: dict[int, tuple[Any, list[str]]] = {}
    ended: dict[int, int] = {}
    accounts: dict[str, str] = {}
    for line in written:
        told, event = details[line.number], line.event
        if event == Event.SIGN_IN and "row" in told:
            begun[line.number] = (told["row"], [line.role, str(told.get("scope"))])
        elif event == Event.SESSION_CHANGED:
            number = _number(line.subject)
            if number in begun:
                begun[number] = (begun[number][0], [line.role, str(told["scope"][1])])
        elif event in _ENDS:
            ended.update(dict.fromkeys(told.get("sessions", ()), line.number))
        elif event in _ACCOUNTS:
            accounts[str(told.get("person"))] = str(told.get("row", ""))
    for row in connection.execute(select(tables.session)):
        was = begun.get(row.number)
        if (
            was is None
            or was != (digest_of(dict(row._mapping)), [row.role, row.scope])
            or row.ended != ended.get(row.number, 0)
        ):
            raise LedgerError(
                f"A session was changed or put in by hand: session {row.number} is not what the audit log says. End "
                f"all of its user's: python -m pipelines session end --person NAME"
            )
    there = {row.person: row_digest(dict(row._mapping)) for row in connection.execute(select(tables.account))}
    for person in sorted(there.keys() | accounts.keys()):
        if there.get(person, "") != accounts.get(person, ""):
            raise LedgerError(
                "An account was changed, put in or taken away by hand: it is not what the audit log says. See which "
                "there are (python -m pipelines account list), and remove or make anew those that should not be so."
            )


def _number(subject: str) -> int:
    text = subject.removeprefix("session ")
    return int(text) if text.isdecimal() else 0
