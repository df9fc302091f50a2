"""The audit log, read a page at a time: by kind of event and by month, as fast with a million lines as with ten."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy
from sqlalchemy import Connection, select

from ledger.records import Entry, Event
from ledger.store import Store, entry
from ledger.tables import audit

# Nobody is given more lines at once.
MOST: Final = 1_000


@dataclass(frozen=True)
class DayCount:
    """How often an event happened on one day (YYYY-MM-DD, UTC). `event`: as it is written, which a later version of
    this code may have done."""

    day: str
    event: str
    lines: int


class Log:
    """Reads the audit log. Every method raises LedgerError where the database is out of reach."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def newest(self) -> int:
        """The number of the newest line; 0 where there is none."""
        with self._store.reading() as connection:
            return connection.execute(select(sqlalchemy.func.max(audit.c.number))).scalar() or 0

    def lines(
        self, *, events: Collection[Event] = (), month: str = "", before: int = 0, limit: int = 50
    ) -> list[Entry]:
        """Lines, the newest first: of these kinds of event (none named: of all), of a month (YYYY-MM), and of a lower
        number than `before`."""
        limit = max(1, min(limit, MOST))
        with self._store.reading() as connection:
            first, last = _of_month(connection, month)
            if before > 0:
                last = before - 1 if last is None else min(last, before - 1)
            found = [
                entry(row)
                for one in (sorted(events) if events else (None,))
                for row in connection.execute(_newest(one, first, last, limit))
            ]
        return sorted(found, key=lambda one: -one.number)[:limit]

    def latest(self, event: Event) -> Entry | None:
        """The newest line of one kind."""
        found = self.lines(events=(event,), limit=1)
        return found[0] if found else None

    def days(self, month: str) -> list[DayCount]:
        """How often each event happened on each day of a month, in order."""
        day = sqlalchemy.func.substr(audit.c.at, 1, 10)
        query = (
            select(day.label("day"), audit.c.event, sqlalchemy.func.count().label("lines"))
            .where(audit.c.at >= month, audit.c.at < _next(month))
            .group_by(day, audit.c.event)
            .order_by(day, audit.c.event)
        )
        with self._store.reading() as connection:
            return [DayCount(row.day, row.event, row.lines) for row in connection.execute(query)]

    def months(self) -> tuple[str, str] | None:
        """The first and the last month of the log (YYYY-MM); None where it is empty."""
        query = select(sqlalchemy.func.min(audit.c.at)), select(sqlalchemy.func.max(audit.c.at))
        with self._store.reading() as connection:
            first, last = (connection.execute(one).scalar() for one in query)
        return None if first is None or last is None else (str(first)[:7], str(last)[:7])


def _of_month(connection: Connection, month: str) -> tuple[int | None, int | None]:
    """The first and last line of a month: (1, 0), which none is between, where it has none."""
    if not month:
        return None, None
    ends: Sequence[int | None] = [
        connection.execute(
            select(audit.c.number)
            .where(audit.c.at >= month, audit.c.at < _next(month))
            .order_by(*order)
            .limit(1)
        ).scalar()
        for order in ((audit.c.at, audit.c.number), (audit.c.at.desc(), audit.c.number.desc()))
    ]
    first, last = ends
    return (1, 0) if first is None or last is None else (first, last)


def _next(month: str) -> str:
    """The month after: YYYY-MM."""
    year, number = int(month[:4]), int(month[5:7])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


def _newest(
    event: Event | None, first: int | None, last: int | None, limit: int
) -> "sqlalchemy.Select[tuple[object, ...]]":
    query = select(audit).order_by(audit.c.number.desc()).limit(limit)
    if event is not None:
        query = query.where(audit.c.event == event)
    if first is not None:
        query = query.where(audit.c.number >= first)
    if last is not None:
        query = query.where(audit.c.number <= last)
    return query
