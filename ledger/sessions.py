"""Who is signed in: one row a sign-in, known by the digest of what the browser alone holds.

A row that has ended is kept for as long as what its browser holds could pass for a sign-in: it is refused by it.
"""

import logging
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import sqlalchemy
from sqlalchemy import Connection, select

from ledger import tables
from ledger.chain import rows_digest
from ledger.errors import LedgerError
from ledger.limits import Limits
from ledger.records import Event
from ledger.store import Store, append

_LOG = logging.getLogger(__name__)

# Longer than the cookie of any sign-in is taken for valid (Streamlit: 31 days), whatever the settings say later on.
KEPT: Final = timedelta(days=32)
# How far clocks may be apart. What lies further ahead is not believed.
AHEAD: Final = timedelta(minutes=5)
# A session's last turn is noted so often at most, or ten times within what counts as idle, where that is little.
NOTED: Final = timedelta(minutes=1)
# A browser that comes back after its session is over is written down so often at most.
TOLD: Final = timedelta(hours=1)
# The ways in: the council's provider, and accounts of its own.
PROVIDER: Final = "provider"
LOCAL: Final = "local"
_SESSION = tables.session
# The key under which the line of a sign-in says before which moment all was forgotten.
FORGOTTEN: Final = "forgotten"
# What a row of a session keeps for good, covered by the line of its sign-in.
_FOR_GOOD: Final = ("number", "key", "person", "name", "way", "since")


class SessionStanding(StrEnum):
    """How a session stands."""

    OPEN = "open"
    ENDED = "ended"
    TOO_OLD = "too_old"
    IDLE = "idle"


@dataclass(frozen=True)
class SignIn:
    """Somebody at the door. `key`: the digest of what their browser holds. `since`: when they signed in (UTC).

    `way`: PROVIDER or LOCAL."""

    key: str
    name: str
    role: str
    scope: str
    way: str
    since: datetime


@dataclass(frozen=True)
class Session:
    """One session as it is kept. Times are UTC. `ended`: the line of the audit log that ended it, or 0."""

    number: int
    key: str
    person: str
    name: str
    role: str
    scope: str
    way: str
    since: datetime
    seen: datetime
    ended: int
    refused: str

    def standing(self, limits: Limits, now: datetime) -> SessionStanding:
        """Whether it is still open at the moment `now`."""
        if self.ended:
            return SessionStanding.ENDED
        if not -AHEAD <= now - self.since <= limits.age:
            return SessionStanding.TOO_OLD
        return SessionStanding.OPEN if -AHEAD <= now - self.seen <= limits.idle else SessionStanding.IDLE


class Sessions:
    """The sessions of a ledger. Safe for several threads and processes at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def turn(self, who: SignIn, limits: Limits, now: datetime) -> SessionStanding:
        """One turn of somebody who is signed in: begins their session where there is none yet, and says how it stands.

        A session belongs to whom it began with: the same key with another name is refused as ended. What changed of
        their role or part of the council since is written down.
        """
        person = person_of(who.name)
        with self._store.reading() as connection:
            found, bar = _found(connection, who.key), _bar(connection, person)
        if found is None:
            if bar is not None and who.since <= bar:
                return SessionStanding.ENDED
            if not -AHEAD <= now - who.since <= limits.age:
                return SessionStanding.TOO_OLD
            found = self._begun(who, person, now)
        if found is None or found.person != person or (found.way, found.since) != (who.way, who.since):
            return SessionStanding.ENDED
        return self._turned(found, who.role, who.scope, limits, now)

    def again(self, key: str, limits: Limits, now: datetime) -> tuple[Session | None, SessionStanding]:
        """The session of a key, and how it stands; None where there is none. Nothing is begun, noted or written."""
        with self._store.reading() as connection:
            found = _found(connection, key)
        return found, found.standing(limits, now) if found else SessionStanding.ENDED

    def begin(self, who: SignIn, account: int) -> int:
        """A new session of somebody whose sign-in has just succeeded here, with the account that the line `account` of
        the audit log covers. Gives its number; 0 where the account was removed or changed meanwhile."""
        begun = self._begun(who, person_of(who.name), who.since, account)
        return 0 if begun is None else begun.number

    def note(self, session: Session, role: str, scope: str, limits: Limits, now: datetime) -> SessionStanding:
        """A turn of a session that `again` gave."""
        return self._turned(session, role, scope, limits, now)

    def end(self, key: str, *, by: str, role: str) -> bool:
        """Sign out: the session of a key is over. False where there is no such session, or it had ended."""
        with self._store.writing() as connection:
            found = _found(connection, key)
            if found is None or found.ended:
                return False
            _end(connection, found, Event.SIGN_OUT, by, role)
            return True

    def revoke(self, number: int, *, by: str, role: str) -> str:
        """End the session of a number, whoever's it is, and give their name. Raises LedgerError where none is open."""
        with self._store.writing() as connection:
            row = connection.execute(select(_SESSION).where(_SESSION.c.number == number)).first()
            found = None if row is None else _session(row)
            if found is None or found.ended:
                raise LedgerError(
                    f"There is no open session {number}. See which there are: python -m pipelines session list"
                )
            _end(connection, found, Event.SESSION_ENDED, by, role)
            return found.name

    def revoke_person(self, name: str, *, by: str, role: str, now: datetime) -> int:
        """End every session of somebody, and refuse every sign-in of theirs from before this moment, whether it was
        ever seen here or not. Gives how many were open."""
        with self._store.writing() as connection:
            return revoke_person(connection, name, by=by, role=role, now=now)

    def open(self, limits: Limits, now: datetime) -> list[Session]:
        """The sessions that are open, the one that was last here first."""
        query = select(_SESSION).where(_SESSION.c.ended == 0).order_by(_SESSION.c.number.desc())
        with self._store.reading() as connection:
            found = [_session(row) for row in connection.execute(query)]
        there = [one for one in found if one.standing(limits, now) is SessionStanding.OPEN]
        return sorted(there, key=lambda one: (one.seen, one.number), reverse=True)

    def over(self, keys: Collection[str], limits: Limits, now: datetime) -> set[str]:
        """Those of these keys whose session is here, and no longer open."""
        query = select(_SESSION).where(_SESSION.c.key.in_(keys))
        with self._store.reading() as connection:
            found = [_session(row) for row in connection.execute(query)]
        return {one.key for one in found if one.standing(limits, now) is not SessionStanding.OPEN}

    def refused(self, key: str, now: datetime) -> None:
        """Write down that a browser came back whose session is over: once an hour and session."""
        with self._store.reading() as connection:
            found = _found(connection, key)
        if found is None or not _long_ago(found.refused, now):
            return
        with self._store.writing() as connection:
            found = _found(connection, key)
            if found is not None and _long_ago(found.refused, now):
                append(
                    connection, Event.SESSION_REFUSED, found.name, found.role, f"session {found.number}", {}
                )
                _change(connection, found.number, refused=_text(now))

    def _begun(self, who: SignIn, person: str, now: datetime, account: int = 0) -> Session | None:
        """The session of a sign-in: made, unless another turn of the same browser was faster; None where it was
        barred, or the account that the line `account` covers (0: none) was changed meanwhile."""
        with self._store.writing() as connection:
            found = _found(connection, who.key)
            if found is not None:
                return found
            bar = _bar(connection, person)
            if who.way == PROVIDER and bar is not None and who.since <= bar:
                return None
            if account and _account_act(connection, person) != account:
                return None
            forgotten = _sweep(connection, now)
            # Named by its line of the audit log: no other is ever called the same.
            number = (
                connection.execute(select(sqlalchemy.func.max(tables.audit.c.number))).scalar() or 0
            ) + 1
            row = {
                "number": number,
                "key": who.key,
                "person": person,
                "name": who.name,
                "role": who.role,
                "scope": who.scope,
                "way": who.way,
                "since": _text(who.since),
                "seen": _text(max(now, who.since)),
                "ended": 0,
                "refused": "",
            }
            told = {
                "way": who.way,
                "scope": who.scope,
                "since": row["since"],
                "row": digest_of(row),
                **({FORGOTTEN: forgotten} if forgotten else {}),
            }
            append(connection, Event.SIGN_IN, who.name, who.role, f"session {number}", told)
            connection.execute(_SESSION.insert().values(row))
            return _found(connection, who.key)

    def _turned(
        self, found: Session, role: str, scope: str, limits: Limits, now: datetime
    ) -> SessionStanding:
        standing = found.standing(limits, now)
        if standing is not SessionStanding.OPEN:
            return standing
        if (found.role, found.scope) != (role, scope):
            with self._store.writing() as connection:
                again = _found(connection, found.key)
                if again is None or again.ended:
                    return SessionStanding.ENDED
                if (again.role, again.scope) != (role, scope):
                    told = {"role": [again.role, role], "scope": [again.scope, scope]}
                    subject = f"session {found.number}"
                    append(connection, Event.SESSION_CHANGED, found.name, role, subject, told)
                    _change(connection, found.number, role=role, scope=scope)
        if not timedelta() <= now - found.seen < min(NOTED, limits.idle / 10):
            self._seen(found.number, now)
        return SessionStanding.OPEN

    def _seen(self, number: int, now: datetime) -> None:
        try:
            with self._store.writing() as connection:
                _change(connection, number, seen=_text(now))
        except LedgerError as error:
            # The session goes on until it counts as idle: who only reads is not thrown out by a full disk.
            _LOG.error("a turn of a session could not be noted: %s", error)


def person_of(name: str) -> str:
    """A name as names are compared: whatever its case, form and spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def digest_of(row: Mapping[str, Any]) -> str:
    """What the line of a sign-in says of the row of its session."""
    return rows_digest([[row[name] for name in _FOR_GOOD]])


def revoke_person(connection: Connection, name: str, *, by: str, role: str, now: datetime) -> int:
    """As `Sessions.revoke_person`, within a transaction."""
    person = person_of(name)
    query = select(_SESSION).where(_SESSION.c.person == person, _SESSION.c.ended == 0)
    there = [_session(row) for row in connection.execute(query)]
    act = append(
        connection,
        Event.SESSION_ENDED,
        by,
        role,
        f"sessions of {name}",
        {"sessions": [one.number for one in there], "person": person, "before": _text(now)},
    )
    if there:
        numbers = [one.number for one in there]
        connection.execute(_SESSION.update().where(_SESSION.c.number.in_(numbers)).values(ended=act))
    bar = tables.session_bar
    connection.execute(bar.delete().where(bar.c.person == person))
    connection.execute(bar.insert().values(person=person, before=_text(now), act=act))
    return len(there)


def _end(connection: Connection, found: Session, event: Event, by: str, role: str) -> None:
    told = {"sessions": [found.number], "name": found.name}
    act = append(connection, event, by, role, f"session {found.number}", told)
    _change(connection, found.number, ended=act)


def _change(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(_SESSION.update().where(_SESSION.c.number == number).values(values))


def _found(connection: Connection, key: str) -> Session | None:
    row = connection.execute(select(_SESSION).where(_SESSION.c.key == key)).first()
    return None if row is None else _session(row)


def _bar(connection: Connection, person: str) -> datetime | None:
    bar = tables.session_bar
    said = connection.execute(select(bar.c.before).where(bar.c.person == person)).scalar()
    return None if said is None else datetime.fromisoformat(said)


def _account_act(connection: Connection, person: str) -> int:
    """The line that covers the account of a person now; 0 where there is none."""
    query = select(tables.account.c.act).where(tables.account.c.person == person)
    return connection.execute(query).scalar() or 0


def _sweep(connection: Connection, now: datetime) -> str:
    """Forget what no browser can come back with any more. Gives the moment before which all is forgotten; "" where
    there was nothing to forget."""
    old, bar = _text(now - KEPT), tables.session_bar
    gone = connection.execute(_SESSION.delete().where(_SESSION.c.since < old)).rowcount
    gone += connection.execute(bar.delete().where(bar.c.before < old)).rowcount
    return old if gone else ""


def _session(row: Any) -> Session:
    try:
        return Session(
            number=row.number,
            key=row.key,
            person=row.person,
            name=row.name,
            role=row.role,
            scope=row.scope,
            way=row.way,
            since=_moment(row.since),
            seen=_moment(row.seen),
            ended=row.ended,
            refused=row.refused,
        )
    except (TypeError, ValueError):
        raise LedgerError(
            "A session in the ledger is damaged. Find out what else is: python -m pipelines ledger verify"
        ) from None


def _long_ago(at: str, now: datetime) -> bool:
    return not at or not timedelta() <= now - _moment(at) < TOLD


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no time zone")
    return moment


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
