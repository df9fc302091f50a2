"""The ledger as others use it: write a line, ask the worker, see what became of it, prove that nothing was changed."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import sqlalchemy

from ledger import chain, tables
from ledger.accounts import Accounts
from ledger.claims import Claims
from ledger.errors import DualControlError, LedgerError
from ledger.exports import Exports
from ledger.log import Log
from ledger.opening import data_folder_of, open_store
from ledger.projects import Projects
from ledger.quota import QUOTAS, Quota, read_quotas
from ledger.records import Anchor, Entry, Event, Request, RequestKind, RequestState
from ledger.returns import Returns
from ledger.sessions import Sessions
from ledger.store import Store, append, entry, lines, now
from ledger.verifying import check_chain, check_whole
from release.places import Places

_TOLD_BY_ACTS: Final = frozenset(
    {
        Event.REQUESTED,
        Event.REQUEST_DONE,
        Event.REQUEST_REFUSED,
        Event.WINDOW_OPENED,
        Event.CLAIMS_ENTERED,
        Event.WINDOW_CLOSED,
        Event.SAMPLE_DRAWN,
        Event.CLAIMS_AUDITED,
        Event.WINDOW_SIGNED,
        Event.CLAIMS_SUBMITTED,
        Event.CLAIMS_PAID,
        Event.CLAIMS_REJECTED,
        Event.CLAIMS_WITHDRAWN,
        Event.EVIDENCE_CHANGED,
        Event.EVIDENCE_COMPARED,
        Event.SIGN_OUT,
        Event.SESSION_ENDED,
        Event.SESSION_CHANGED,
        Event.SESSION_REFUSED,
        Event.ACCOUNT_ADDED,
        Event.ACCOUNT_CHANGED,
        Event.ACCOUNT_REMOVED,
        Event.RETURN_DRAWN_UP,
        Event.RETURN_CHECKED,
        Event.RETURN_ANSWERED,
        Event.RETURN_SIGNED,
        Event.RETURN_SUBMITTED,
        Event.RETURN_WITHDRAWN,
        Event.PROJECT_BEGUN,
        Event.PROJECT_ENDED,
        Event.EXPORT_ASKED,
        Event.EXPORT_BUDGET_SPENT,
        Event.EXPORT_PREPARED,
        Event.EXPORT_REFUSED,
        Event.EXPORT_DECIDED,
        Event.EXPORT_RELEASED,
        Event.EXPORT_WITHDRAWN,
        Event.EXPORT_TAKEN_AWAY,
    }
)


def open_ledger(where: Path | Places) -> "Ledger":
    """The ledger of a data folder (its `Places`, or the file at its place there), or in a file of its own; made where
    there is none yet. Raises LedgerError where it cannot be opened, SettingsError where its address is no address.
    """
    places = data_folder_of(where)

    def quotas() -> tuple[Quota, ...]:
        return read_quotas(places.setting(QUOTAS)) if places is not None else ()

    return Ledger(open_store(where), quotas)


class Ledger:
    """Append-only record of what was done. Safe for several processes at once."""

    def __init__(self, store: Store, quotas: Callable[[], tuple[Quota, ...]]) -> None:
        self._store = store
        self.claims = Claims(store, quotas)
        self.sessions = Sessions(store)
        self.accounts = Accounts(store)
        self.log = Log(store)
        self.returns = Returns(store)
        self.projects = Projects(store)
        self.exports = Exports(store)

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
        identity may be among them: references of the case system are counted, never listed. Raises ValueError where
        the event is unknown, or is told by an act of its own (of claims, of requests) together with what it changes.
        """
        if event in _TOLD_BY_ACTS:
            raise ValueError(f"{event} is written down by the act itself")
        with self._store.writing() as connection:
            return append(connection, Event(event), actor, role, subject, dict(detail or {}))

    def ask(
        self,
        kind: str,
        *,
        by: str,
        role: str,
        release: str,
        subject: str = "",
        detail: Mapping[str, object] | None = None,
    ) -> int:
        """Put a request for the worker and give its number. `subject`, `detail`: what it is about (a window, a claim),
        in values that JSON has."""
        with self._store.writing() as connection:
            last = connection.execute(sqlalchemy.select(sqlalchemy.func.max(tables.request.c.id))).scalar()
            number, at = (last or 0) + 1, now()
            connection.execute(
                tables.request.insert().values(
                    id=number, kind=RequestKind(kind), release=release, asked_by=by, role=role, asked_at=at
                )
            )
            about = {
                "request": number,
                "subject": subject,
                "detail": json.dumps(dict(detail or {}), sort_keys=True),
            }
            told = {"kind": kind, "release": release, "about": subject}
            rows = {tables.request_about: [about]}
            append(connection, Event.REQUESTED, by, role, f"request {number}", told, rows, at)
            return number

    def requests(self, kind: str | None = None) -> list[Request]:
        """All requests, newest first, each with its state now."""
        ends, about = tables.request_end, tables.request_about
        query = (
            sqlalchemy.select(tables.request, ends.c.state, ends.c.note, about.c.subject, about.c.detail)
            .select_from(
                tables.request.outerjoin(ends, ends.c.request == tables.request.c.id).outerjoin(
                    about, about.c.request == tables.request.c.id
                )
            )
            .order_by(tables.request.c.id.desc())
        )
        if kind is not None:
            query = query.where(tables.request.c.kind == RequestKind(kind))
        with self._store.reading() as connection:
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
                    subject=row.subject or "",
                    detail=json.loads(row.detail or "{}"),
                )
                for row in connection.execute(query)
            ]

    def end(self, request: int, state: RequestState, *, actor: str, note: str) -> None:
        """Say how a request ended. Raises LedgerError where it has ended already: two workers never both answer."""
        state = RequestState(state)
        event = Event.REQUEST_DONE if state is RequestState.DONE else Event.REQUEST_REFUSED
        ends = tables.request_end
        with self._store.writing() as connection:
            asked = connection.execute(
                sqlalchemy.select(tables.request.c.id).where(tables.request.c.id == request)
            ).first()
            ended = connection.execute(
                sqlalchemy.select(ends.c.state).where(ends.c.request == request)
            ).first()
            if asked is None or ended is not None:
                raise LedgerError(f"Request {request} does not exist, or it has been answered already.")
            at = now()
            connection.execute(ends.insert().values(request=request, state=state, at=at, note=note))
            append(
                connection,
                event,
                actor,
                "worker",
                f"request {request}",
                {"note": note, "state": state},
                at=at,
            )

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
        with self._store.writing() as connection:
            written = lines(connection)
            check_chain(written)
            told = [entry(line) for line in written]
            asked = next(
                (
                    one
                    for one in told
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
            if any(one.event == Event.APPROVAL_GIVEN and one.subject == subject for one in told):
                raise DualControlError(f"Request {number} was confirmed already. Each is confirmed once.")
            if not only_look:
                append(connection, Event.APPROVAL_GIVEN, by, role, subject, {"act": act})
            return str(asked.detail["reason"])

    def entries(self) -> list[Entry]:
        """The audit log, oldest first."""
        with self._store.reading() as connection:
            return [entry(line) for line in lines(connection)]

    def published(self) -> set[str]:
        """The names of all releases ever published, whether they are still there or not."""
        query = sqlalchemy.select(tables.audit.c.subject).where(
            tables.audit.c.event == Event.RELEASE_PUBLISHED
        )
        with self._store.reading() as connection:
            return {row.subject for row in connection.execute(query)}

    def anchor(self) -> Anchor:
        """The newest line of the audit log, to be kept elsewhere: `verify` finds by it an end that was cut off."""
        with self._store.reading() as connection:
            newest = connection.execute(
                sqlalchemy.select(tables.audit.c.number, tables.audit.c.digest)
                .order_by(tables.audit.c.number.desc())
                .limit(1)
            ).first()
        return Anchor(newest.number, newest.digest) if newest else Anchor(0, chain.START)

    def verify(self, anchors: Iterable[Anchor] = ()) -> int:
        """The number of lines in the audit log, all of them whole, with every row that they cover, and the guards of
        the database in place. Raises LedgerError with the first thing that is not as it was written.

        `anchors`: lines that are known from elsewhere; each must still be there.
        """
        with self._store.reading() as connection:
            return check_whole(connection, anchors)

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()
