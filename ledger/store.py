"""The database of the ledger: reading, writing one at a time, and appending a line with the rows that it covers."""

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy
from sqlalchemy import exc

from ledger import chain, export_guards, return_guards, tables
from ledger.errors import ClaimError, ExportError, LedgerError, ReturnError
from ledger.guards import REFUSALS
from ledger.records import Entry, Event
from release.errors import UserError

Row = Mapping[str, int | str]
Rows = Mapping[sqlalchemy.Table, Sequence[Row]]

# Whoever writes to the ledger on PostgreSQL holds this advisory lock until the end of the transaction: the chain has
# one end. (The number has no meaning; it is the ledger's own.)
_WRITERS = 7_305_141_918
# Of which book the database speaks when it refuses something with these words; of claims, and of all, with others.
_BOOKS: Mapping[str, type[UserError]] = {
    words: error
    for guards, error in ((return_guards, ReturnError), (export_guards, ExportError))
    for table, rules in guards.INSERT.items()
    for words, _ in rules[1:]
}
# The key under which a line's detail says which rows it covers: table, number of rows, their digest.
COVERS = "covers"


class Store:
    """One database, SQLite or PostgreSQL. Safe for several threads and processes at once."""

    def __init__(self, engine: sqlalchemy.Engine) -> None:
        self._engine = engine
        if engine.dialect.name == "sqlite":
            self._reader = engine.execution_options(ledger_reads=True)
        else:
            self._reader = engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    @property
    def dialect(self) -> str:
        return self._engine.dialect.name

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlalchemy.Connection]:
        """A view of the ledger at one moment. Raises LedgerError where it cannot be read."""
        with _told_in_words(), self._reader.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlalchemy.Connection]:
        """A transaction that nobody else writes beside: all of it is kept, or nothing.

        Raises LedgerError where the ledger cannot be written; where the database itself refuses, the error of the book
        that it was about: ClaimError, ReturnError or ExportError.
        """
        with _told_in_words(), self._engine.begin() as connection:
            keep_writers_out(connection)
            yield connection

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def keep_writers_out(connection: sqlalchemy.Connection) -> None:
    """Let nobody else write until the transaction ends. On SQLite its beginning has seen to that."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")


def begin(connection: sqlalchemy.Connection) -> None:
    """How a transaction begins on SQLite: a writer takes the lock before it reads the newest line."""
    reads = connection.get_execution_options().get("ledger_reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def append(
    connection: sqlalchemy.Connection,
    event: Event,
    actor: str,
    role: str,
    subject: str,
    detail: Mapping[str, object],
    rows: Rows | None = None,
    at: str = "",
) -> int:
    """Append a line to the audit log, and the rows that it covers, which get its number as their `act`.

    What was stored is read back: raises LedgerError where the database kept something else, or nothing.
    """
    newest = connection.execute(
        sqlalchemy.select(tables.audit.c.number, tables.audit.c.digest)
        .order_by(tables.audit.c.number.desc())
        .limit(1)
    ).first()
    number, previous = (newest.number + 1, newest.digest) if newest else (1, chain.START)
    written = {
        table: [{**row, "act": number} for row in ones] for table, ones in (rows or {}).items() if ones
    }
    told = dict(detail)
    covered = {table.name: covering(table, ones) for table, ones in written.items()}
    if covered:
        told[COVERS] = covered
    text = json.dumps(told, sort_keys=True)
    at = at or now()
    digest = chain.digest(number, at, event, actor, role, subject, text, previous)
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
            digest=digest,
        )
    )
    for table, ones in written.items():
        _insert(connection, table, ones)
    kept = connection.execute(
        sqlalchemy.select(tables.audit.c.digest).where(tables.audit.c.number == number)
    ).scalar()
    if kept != digest or any(_kept(connection, table, number) != covered[table.name] for table in written):
        raise LedgerError(
            "The database of the ledger did not keep what was written: something in it gets in between. Nothing was "
            "changed. See what it is: python -m pipelines ledger verify"
        )
    return int(number)


def _kept(connection: sqlalchemy.Connection, table: sqlalchemy.Table, act: int) -> list[object]:
    rows = connection.execute(sqlalchemy.select(table).where(table.c.act == act))
    return covering(table, [dict(row._mapping) for row in rows])


def _insert(connection: sqlalchemy.Connection, table: sqlalchemy.Table, rows: Sequence[Row]) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(table.insert(), rows)
        return
    # All rows as one value: PostgreSQL takes ten times as long over a statement, or a place holder, each.
    names = ", ".join(column.name for column in table.c)
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({names}) "  # noqa: S608  names of our own tables
        f"SELECT {names} FROM json_populate_recordset(NULL::{table.name}, %s)",
        (json.dumps(rows),),
    )


def covering(table: sqlalchemy.Table, rows: Sequence[Row]) -> list[object]:
    """What a line says of the rows of `table` that it covers: how many, and their digest."""
    names = [column.name for column in table.c]
    return [len(rows), chain.rows_digest([row[name] for name in names] for row in rows)]


def lines(connection: sqlalchemy.Connection) -> list[Any]:
    """The rows of the audit log as they are written, oldest first."""
    return list(connection.execute(sqlalchemy.select(tables.audit).order_by(tables.audit.c.number)))


def entry(line: Any) -> Entry:
    """A row of the audit log, read."""
    return Entry(
        number=line.number,
        at=line.at,
        event=line.event,
        actor=line.actor,
        role=line.role,
        subject=line.subject,
        detail=json.loads(line.detail),
        previous=line.previous,
        digest=line.digest,
    )


def now() -> str:
    """The present time, in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextlib.contextmanager
def _told_in_words() -> Iterator[None]:
    try:
        yield
    except UserError:
        raise
    except exc.IntegrityError as error:
        said = str(error.orig)
        refusal = next((words for words in sorted(REFUSALS) if words in said), "a row is there already")
        refused = _BOOKS.get(refusal, ClaimError)
        raise refused(f"The ledger's database refuses it: {refusal}. Nothing was changed.") from None
    except (exc.SQLAlchemyError, json.JSONDecodeError, UnicodeError) as error:
        raise LedgerError(
            f"The ledger cannot be read or written ({type(error).__name__}). "
            "Is the disk full, the file read-only, the server away, or something damaged?"
        ) from None
