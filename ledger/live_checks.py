"""Holds the sessions and accounts, which change as they go on, against the lines of the audit log that tell of them."""

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from typing import Any, Final

from sqlalchemy import Connection, select

from ledger import tables
from ledger.accounts import row_digest
from ledger.errors import LedgerError
from ledger.records import Event
from ledger.sessions import FORGOTTEN, digest_of

_ENDS: Final = {Event.SIGN_OUT, Event.SESSION_ENDED}
_ACCOUNTS: Final = {Event.ACCOUNT_ADDED, Event.ACCOUNT_CHANGED, Event.ACCOUNT_REMOVED}


def check_live(
    connection: Connection, written: Sequence[Any], details: Mapping[int, Mapping[str, Any]]
) -> None:
    """Raises LedgerError where somebody was signed in, kept in, let in again or given a role by hand.

    A session that is long over is no longer there; one that is there is as its sign-in said, and ended where its end
    was written down.
    """
    _check_sessions(connection, written, details)
    _check_bars(connection, written, details)
    _check_accounts(connection, written, details)


def _check_sessions(
    connection: Connection, written: Sequence[Any], details: Mapping[int, Mapping[str, Any]]
) -> None:
    begun: dict[int, tuple[Any, list[str]]] = {}
    ended: dict[int, int] = {}
    # Those that are not forgotten yet, the one that began first at the top.
    due: list[tuple[str, int]] = []
    for line in written:
        told, event = details[line.number], line.event
        if event == Event.SIGN_IN and "row" in told:
            while due and due[0][0] < str(told.get(FORGOTTEN, "")):
                heappop(due)
            heappush(due, (str(told["since"]), line.number))
            begun[line.number] = (told["row"], [line.role, str(told.get("scope"))])
        elif event == Event.SESSION_CHANGED:
            number = _number(line.subject)
            if number in begun:
                begun[number] = (begun[number][0], [line.role, str(told["scope"][1])])
        elif event in _ENDS:
            ended.update(dict.fromkeys(told.get("sessions", ()), line.number))
    there = set()
    for row in connection.execute(select(tables.session)):
        there.add(row.number)
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
    for _, number in sorted(due):
        if number not in there:
            raise LedgerError(
                f"A session was taken away by hand: session {number} is in the audit log alone, and whoever kept its "
                "cookie could come back. End all of its user's: python -m pipelines session end --person NAME"
            )


def _check_bars(
    connection: Connection, written: Sequence[Any], details: Mapping[int, Mapping[str, Any]]
) -> None:
    bars: dict[str, tuple[str, int]] = {}
    for line in written:
        told = details[line.number]
        if line.event == Event.SESSION_ENDED and "before" in told:
            bars[str(told.get("person"))] = (str(told["before"]), line.number)
        elif line.event == Event.SIGN_IN and FORGOTTEN in told:
            bars = {person: bar for person, bar in bars.items() if bar[0] >= str(told[FORGOTTEN])}
    rows = connection.execute(select(tables.session_bar))
    if {row.person: (row.before, row.act) for row in rows} != bars:
        raise LedgerError(
            "What keeps earlier sign-ins out was changed by hand: it is not what the audit log says. End all sessions "
            "of those whom it was about: python -m pipelines session end --person NAME"
        )


def _check_accounts(
    connection: Connection, written: Sequence[Any], details: Mapping[int, Mapping[str, Any]]
) -> None:
    accounts: dict[str, str] = {}
    for line in written:
        if line.event in _ACCOUNTS:
            told = details[line.number]
            accounts[str(told.get("person"))] = str(told.get("row", ""))
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
