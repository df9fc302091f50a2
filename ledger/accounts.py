"""Accounts of the council's own sign-in, for a council without a provider, and how fast they can be tried out.

Attempts are counted in the ledger: a restart forgets none. Whoever is at a browser from which the account has signed
in before is counted apart (the device cookies of OWASP's "Slow down online guessing attacks with device cookies"):
somebody who tries passwords out locks strangers out, for a quarter of an hour, and not the account's own user.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, select

from ledger import passwords, tables
from ledger.chain import rows_digest
from ledger.errors import AccountError
from ledger.records import Event
from ledger.sessions import AHEAD, person_of, revoke_person
from ledger.store import Store, append

# So many failed attempts within this time: by strangers at one account, by one of its own browsers, and by strangers in
# all within a minute.
WINDOW: Final = timedelta(minutes=15)
STRANGERS: Final = 5
OWN_BROWSER: Final = 10
MINUTE: Final = timedelta(minutes=1)
IN_ALL: Final = 20
# A browser is known again for so long.
DEVICE_KEPT: Final = timedelta(days=90)
_LONGEST_NAME: Final = 100
_ACCOUNT, _DEVICE, _ATTEMPT = tables.account, tables.account_device, tables.account_attempt


@dataclass(frozen=True)
class Account:
    """One account. `added`: when, in UTC."""

    person: str
    name: str
    role: str
    scope: str
    added: str


@dataclass(frozen=True)
class SignedIn:
    """A name and password that were right. `device`: what the browser is known by next time. `act`: the line of the
    audit log that covers the account as it was."""

    account: Account
    device: str
    act: int


class Accounts:
    """The accounts of a ledger. Safe for several threads and processes at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self,
        name: str,
        password: str,
        *,
        account_role: str,
        scope: str,
        by: str,
        role: str,
        hardness: passwords.Hardness = passwords.HARDNESS,
    ) -> Account:
        """Make an account. Raises AccountError where its name is taken or none, or its password too easy."""
        shown, person = " ".join(name.split()), person_of(name)
        if not person or len(shown) > _LONGEST_NAME or not shown.isprintable():
            raise AccountError(f"A name has 1 to {_LONGEST_NAME} letters.")
        keeping = _kept(password, person, hardness)
        with self._store.writing() as connection:
            if _row(connection, person) is not None:
                raise AccountError("There is an account of this name already.")
            at = _text(datetime.now(UTC))
            row = {
                "person": person,
                "name": shown,
                "role": account_role,
                "scope": scope,
                "password": keeping,
                "added": at,
            }
            _told(connection, Event.ACCOUNT_ADDED, row, by, role)
            return Account(person, shown, account_role, scope, at)

    def all(self) -> list[Account]:
        """Every account, by name."""
        with self._store.reading() as connection:
            return [_account(row) for row in connection.execute(select(_ACCOUNT).order_by(_ACCOUNT.c.person))]

    def find(self, name: str) -> Account | None:
        """The account of a name, however it is written."""
        with self._store.reading() as connection:
            row = _row(connection, person_of(name))
        return None if row is None else _account(row)

    def set_password(
        self,
        name: str,
        password: str,
        *,
        by: str,
        role: str,
        hardness: passwords.Hardness = passwords.HARDNESS,
    ) -> int:
        """Give an account another password, and end its sessions. Gives how many were open."""
        person = person_of(name)
        keeping = _kept(password, person, hardness)
        with self._store.writing() as connection:
            row = _there(connection, person)
            _forget(connection, person)
            _told(connection, Event.ACCOUNT_CHANGED, {**row, "password": keeping}, by, role)
            return revoke_person(connection, row["name"], by=by, role=role, now=datetime.now(UTC))

    def remove(self, name: str, *, by: str, role: str) -> int:
        """Take an account away, and end its sessions. Gives how many were open."""
        person = person_of(name)
        with self._store.writing() as connection:
            row = _there(connection, person)
            _forget(connection, person)
            connection.execute(_ACCOUNT.delete().where(_ACCOUNT.c.person == person))
            append(connection, Event.ACCOUNT_REMOVED, by, role, f"account {row['name']}", {"person": person})
            return revoke_person(connection, row["name"], by=by, role=role, now=datetime.now(UTC))

    def sign_in(
        self,
        name: str,
        password: str,
        device: str = "",
        *,
        now: datetime | None = None,
        is_right: Callable[[str, str | None], bool] = passwords.is_right,
    ) -> SignedIn | None:
        """The account of a name and password, or None: one of them is wrong, or there were too many attempts.

        What is wrong is never told apart, in words or in time. `device`: what the browser was known by, if it was.
        """
        now = now or datetime.now(UTC)
        person = person_of(name) if len(name) <= 4 * _LONGEST_NAME and name.isprintable() else ""
        attempt = secrets.token_hex(16)
        with self._store.writing() as connection:
            connection.execute(_ATTEMPT.delete().where(_ATTEMPT.c.at < _text(now - WINDOW)))
            row = _row(connection, person)
            own = _is_own(connection, device, row, now)
            tried = _tries(connection, now)
            if not own and _strangers_in_all(tried, now) >= IN_ALL:
                return None
            known = row.person if row is not None else ""
            digest = _digest(device) if own else ""
            at_this = sum(1 for one in tried if (one.person, one.device) == (known, digest))
            locked = row is not None and at_this >= (OWN_BROWSER if own else STRANGERS)
            # Counted beforehand: many at once get no more tries than one after the other. What was not even tried
            # counts among all attempts alone: the lock does not last longer for it.
            counted = {"key": attempt, "at": _text(now), "person": "" if locked else known, "device": digest}
            connection.execute(_ATTEMPT.insert().values(counted))
        right = is_right(password, row.password if row is not None else None)
        if row is None or not right or locked:
            self._failed(row, locked=locked, own=own)
            return None
        return self._succeeded(row, device if own else "", now)

    def _failed(self, row: Any, *, locked: bool, own: bool) -> None:
        """Write it down: of a name that is no account, and may be a password, nothing."""
        told = {"why": "too many attempts" if locked else "name or password wrong"}
        actor = row.name if row is not None else "unknown"
        with self._store.writing() as connection:
            # Strangers are few a minute; a browser of the account's own that goes on and on fills no log.
            if not (locked and own and _told_last(connection, actor)):
                append(connection, Event.SIGN_IN_REFUSED, actor, "none", "", told)

    def _succeeded(self, row: Any, device: str, now: datetime) -> SignedIn | None:
        with self._store.writing() as connection:
            again = _row(connection, row.person)
            # Removed, or given another password, while this one was worked out.
            if again is None or again.password != row.password:
                return None
            made = device or secrets.token_urlsafe(32)
            digest = _digest(device) if device else ""
            ours = (_ATTEMPT.c.person == row.person) & (_ATTEMPT.c.device == digest)
            connection.execute(_ATTEMPT.delete().where(ours))
            connection.execute(_DEVICE.delete().where(_DEVICE.c.at < _text(now - DEVICE_KEPT)))
            connection.execute(_DEVICE.delete().where(_DEVICE.c.key == _digest(made)))
            connection.execute(_DEVICE.insert().values(key=_digest(made), person=row.person, at=_text(now)))
            return SignedIn(_account(again), made, again.act)


def row_digest(row: Mapping[str, Any]) -> str:
    """What the newest line about an account says of its row."""
    return rows_digest([[row[name] for name in ("person", "name", "role", "scope", "password", "added")]])


def _kept(password: str, person: str, hardness: passwords.Hardness) -> str:
    if person and person in person_of(password):
        raise AccountError("This password is too easy to guess: the account's name is in it.")
    return passwords.kept(password, hardness)


def _told(connection: Connection, event: Event, row: dict[str, Any], by: str, role: str) -> None:
    """Write an account's row, and the line that covers it."""
    told = {
        "person": row["person"],
        "role": row["role"],
        "scope": row["scope"],
        "row": row_digest(row),
    }
    act = append(connection, event, by, role, f"account {row['name']}", told)
    connection.execute(_ACCOUNT.delete().where(_ACCOUNT.c.person == row["person"]))
    connection.execute(_ACCOUNT.insert().values({**row, "act": act}))


def _row(connection: Connection, person: str) -> Any:
    return connection.execute(select(_ACCOUNT).where(_ACCOUNT.c.person == person)).first()


def _there(connection: Connection, person: str) -> dict[str, Any]:
    row = _row(connection, person)
    if row is None:
        raise AccountError(
            "There is no account of this name. See which there are: python -m pipelines account list"
        )
    return dict(row._mapping)


def _told_last(connection: Connection, actor: str) -> bool:
    """Whether the newest line is a refusal of the same account."""
    newest = connection.execute(
        select(tables.audit.c.event, tables.audit.c.actor).order_by(tables.audit.c.number.desc()).limit(1)
    ).first()
    return newest is not None and (newest.event, newest.actor) == (Event.SIGN_IN_REFUSED, actor)


def _forget(connection: Connection, person: str) -> None:
    """No browser is known any more, and no attempt counts."""
    for table in (_DEVICE, _ATTEMPT):
        connection.execute(table.delete().where(table.c.person == person))


def _is_own(connection: Connection, device: str, row: Any, now: datetime) -> bool:
    if not device or row is None:
        return False
    found = connection.execute(select(_DEVICE).where(_DEVICE.c.key == _digest(device))).first()
    return found is not None and found.person == row.person and found.at >= _text(now - DEVICE_KEPT)


def _tries(connection: Connection, now: datetime) -> list[Any]:
    """The attempts that count: what lies ahead of the clock, which was put back, does not."""
    query = select(_ATTEMPT).where(_ATTEMPT.c.at >= _text(now - WINDOW), _ATTEMPT.c.at <= _text(now + AHEAD))
    return list(connection.execute(query))


def _strangers_in_all(tried: list[Any], now: datetime) -> int:
    since = _text(now - MINUTE)
    return sum(1 for one in tried if not one.device and one.at >= since)


def _account(row: Any) -> Account:
    return Account(row.person, row.name, row.role, row.scope, row.added)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
