"""The ledger as others use it: write a line, ask the worker, see what became of it, prove that nothing was changed."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import exc

from ledger import chain, tables
from ledger.errors import DualControlError, LedgerError
from ledger.records import Entry, Event, Request, RequestKind, RequestState

# Two writers wait for each other this long, in seconds, before one gives up.
_PATIENCE = 30


def open_ledger(file: Path) -> "Ledger":
    """The ledger in `file` (SQLite), made where there is none yet. Raises LedgerError where it cannot be opened."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o770)
        engine = sqlalchemy.create_engine(f"sqlite:///{file}", connect_args={"timeout": _PATIENCE})
        sqlalchemy.event.listen(engine, "connect", _on_connect)
        sqlalchemy.event.listen(engine, "begin", _begin_immediate)
        tables.metadata.create_all(engine)
        _close_to_others(file)
    except (OSError, exc.SQLAlchemyError) as error:
        raise LedgerError(
            f"The ledger {file} cannot be opened ({type(error).__name__}). "
            "Is the folder writable, and is it a ledger? Nothing in it was changed."
        ) from None
    return Ledger(engine)


def _close_to_others(file: Path) -> None:
    """The owner and a group write the ledger (the app, the worker and the pipelines are users apart); nobody reads it
    besides. Whoever is not the owner leaves the rights as they are."""
    with contextlib.suppress(PermissionError):
        file.chmod(0o660)


class Ledger:
    """Append-only record of what was done. Safe for several processes at once."""

    def __init__(self, engine: sqlalchemy.Engine) -> None:
        self._engine = engine

    def record(
        self,
        event: str,
        *,
        actor: str,
        role: str,
        subject: str = "",
        detail: Mapping[str, object] | None = None,
    ) -> int:
        """Append one line to the audit log and give its number.

        `subject` says what it was done to (a release, a table, a request), `detail` holds counts and reasons. No
        identity may be among them: references of the case system are counted, never listed.
        """
        with self._transaction() as connection:
            return _append(connection, Event(event), actor, role, subject, dict(detail or {}))

    def ask(self, kind: str, *, by: str, role: str, release: str) -> int:
        """Put a request for the worker and give its number."""
        with self._transaction() as connection:
            last = connection.execute(sqlalchemy.select(sqlalchemy.func.max(tables.request.c.id))).scalar()
            number = (last or 0) + 1
            connection.execute(
                tables.request.insert().values(
                    id=number,
                    kind=RequestKind(kind),
                    release=release,
                    asked_by=by,
                    role=role,
                    asked_at=_now(),
                )
            )
            _append(
                connection, Event.REQUESTED, by, role, f"request {number}", {"kind": kind, "release": release}
            )
            return number

    def requests(self, kind: str | None = None) -> list[Request]:
        """All requests, newest first, each with its state now."""
        ends = tables.request_end
        query = (
            sqlalchemy.select(tables.request, ends.c.state, ends.c.note)
            .select_from(tables.request.outerjoin(ends, ends.c.request == tables.request.c.id))
            .order_by(tables.request.c.id.desc())
        )
        if kind is not None:
            query = query.where(tables.request.c.kind == RequestKind(kind))
        with self._transaction() as connection:
            return [
                Request(
                    id=row.id,
                    kind=RequestKind(row.kind),
                    release=row.release,
                    asked_by=row.asked_by,
                    role=row.role,
                    asked_at=row.asked_at,
                    state=RequestState(row.state or RequestState.WAITING),
                    note=row.note or "",
                )
                for row in connection.execute(query)
            ]

    def end(self, request: int, state: RequestState, *, actor: str, note: str) -> None:
        """Say how a request ended. Raises LedgerError where it has ended already: two workers never both answer."""
        event = Event.REQUEST_DONE if state is RequestState.DONE else Event.REQUEST_REFUSED
        try:
            with self._transaction() as connection:
                connection.execute(
                    tables.request_end.insert().values(request=request, state=state, at=_now(), note=note)
                )
                _append(connection, event, actor, "worker", f"request {request}", {"note": note})
        except exc.IntegrityError:
            raise LedgerError(f"Request {request} does not exist, or it has been answered already.") from None

    def ask_approval(
        self, act: str, *, by: str, role: str, reason: str, facts: Mapping[str, object] | None = None
    ) -> int:
        """Ask that somebody else agree to something that takes two, and give the number to name it by.

        `act` says what is to be done, and `facts` to what; as everywhere in the log, no identity may be among them.
        """
        detail = {"reason": reason, "facts": dict(facts or {})}
        return self.record(Event.APPROVAL_ASKED, actor=by, role=role, subject=act, detail=detail)

    def approve(
        self,
        number: int,
        act: str,
        *,
        by: str,
        role: str,
        days: int,
        facts: Mapping[str, object] | None = None,
        only_look: bool = False,
    ) -> str:
        """Agree to what request `number` asks, once, and give the reason that it names.

        `days`: how long a request stands. `only_look`: whether it could be agreed to; nothing is written. Raises
        LedgerError where a line of the log was changed by hand, so that no forged request counts; DualControlError
        where there is no such request, it asks something else, it is by the same account, too old, or agreed to
        already. Of two who agree at once, one does.
        """
        with self._transaction() as connection:
            lines = _entries(connection)
            _check_whole(lines)
            asked = next(
                (
                    one
                    for one in lines
                    if one.number == number and one.event == Event.APPROVAL_ASKED and one.subject == act
                ),
                None,
            )
            if asked is None or asked.detail["facts"] != dict(facts or {}):
                raise DualControlError(
                    f"Nobody asked for this as request {number}. See what was asked: python -m pipelines audit list"
                )
            if asked.actor == by:
                raise DualControlError(
                    f"Request {number} was made by this account. Somebody else confirms it, under an account of "
                    "their own."
                )
            if datetime.fromisoformat(asked.at) + timedelta(days=days) < datetime.now(UTC):
                raise DualControlError(
                    f"Request {number} is more than {days} days old. Whoever wants it done asks again."
                )
            subject = f"request {number}"
            if any(one.event == Event.APPROVAL_GIVEN and one.subject == subject for one in lines):
                raise DualControlError(f"Request {number} was confirmed already. Each is confirmed once.")
            if not only_look:
                _append(connection, Event.APPROVAL_GIVEN, by, role, subject, {"act": act})
            return str(asked.detail["reason"])

    def entries(self) -> list[Entry]:
        """The audit log, oldest first."""
        with self._transaction() as connection:
            return _entries(connection)

    def published(self) -> set[str]:
        """The names of all releases ever published, whether they are still there or not."""
        return {entry.subject for entry in self.entries() if entry.event == Event.RELEASE_PUBLISHED}

    def verify(self) -> int:
        """The number of lines in the audit log, all of them whole. Raises LedgerError with the first that is not."""
        entries = self.entries()
        _check_whole(entries)
        return len(entries)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlalchemy.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except exc.IntegrityError:
            raise
        except (exc.SQLAlchemyError, json.JSONDecodeError) as error:
            raise LedgerError(
                f"The ledger cannot be read or written ({type(error).__name__}). "
                "Is the disk full, the file read-only, or damaged?"
            ) from None


def _append(
    connection: sqlalchemy.Connection,
    event: Event,
    actor: str,
    role: str,
    subject: str,
    detail: dict[str, Any],
) -> int:
    newest = connection.execute(
        sqlalchemy.select(tables.audit.c.number, tables.audit.c.digest)
        .order_by(tables.audit.c.number.desc())
        .limit(1)
    ).first()
    number, previous = (newest.number + 1, newest.digest) if newest else (1, chain.START)
    at, text = _now(), json.dumps(detail, sort_keys=True)
    connection.execute(
        tables.audit.insert().values(
            number=number,
            at=at,
            event=event,
            actor=actor,
            role=role,
            subject=subject,
            detail=text,
            previous=previous,
            digest=chain.digest(number, at, event, actor, role, subject, text, previous),
        )
    )
    return int(number)


def _entries(connection: sqlalchemy.Connection) -> list[Entry]:
    rows = connection.execute(sqlalchemy.select(tables.audit).order_by(tables.audit.c.number))
    return [_entry(row) for row in rows]


def _check_whole(entries: list[Entry]) -> None:
    fault = chain.first_fault(entries)
    if fault is not None:
        raise LedgerError(
            f"The audit log was changed by hand: line {fault} does not follow from the line before it. "
            "Keep the file as evidence, and put back the last copy that verifies."
        )


def _entry(row: Any) -> Entry:
    return Entry(
        number=row.number,
        at=row.at,
        event=row.event,
        actor=row.actor,
        role=row.role,
        subject=row.subject,
        detail=json.loads(row.detail),
        previous=row.previous,
        digest=row.digest,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _on_connect(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions on its own: a writer takes the lock before it reads the newest line.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_immediate(connection: sqlalchemy.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
