"""What a ledger must withstand: rows that are written past its code, and many who do the same at the same moment."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
import sqlalchemy

from ledger import Ledger, LedgerError
from ledger.records import Event
from ledger.store import append, keep_writers_out
from ledger.tables import metadata
from ledger.verifying import check_whole
from release.errors import UserError
from tests.ledgers import Database

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def forged(database: Database, *acts: tuple[str, str, str, Rows]) -> None:
    """Write acts (event, account, role, rows by table) straight into the database, past the code."""
    with database.past_the_code() as connection:
        for act in acts:
            _write(connection, *act)


def found_though_forged(database: Database, event: str, who: tuple[str, str], rows: Rows, words: str) -> None:
    """An act written while the guards of a SQLite database are off is found by what it says. It is taken back."""
    engine = sqlalchemy.create_engine(database.address)
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all()
        for (name,) in names:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        _write(connection, event, *who, rows)
        with pytest.raises(LedgerError, match=words):
            check_whole(connection, ())
        connection.rollback()
    engine.dispose()


def _write(connection: sqlalchemy.Connection, event: str, by: str, role: str, rows: Rows) -> None:
    keep_writers_out(connection)
    listed = {metadata.tables[name]: list(ones) for name, ones in rows.items()}
    append(connection, Event(event), by, role, "subject", {}, listed)


def refused_by_the_database(
    database: Database, event: str, who: tuple[str, str], rows: Rows, words: str
) -> None:
    """The database itself refuses the rows, with these words."""
    with pytest.raises((sqlalchemy.exc.IntegrityError, UserError), match=words):
        forged(database, (event, *who, rows))


def at_once(database: Database, many: int, act: Callable[[Ledger, int], object]) -> int:
    """How many of so many, each with a ledger of its own, could do the same at the same moment."""
    begin, done = threading.Barrier(many), []

    def one(who: int) -> None:
        ledger = database.open()
        begin.wait(timeout=30)
        try:
            act(ledger, who)
            done.append(who)
        except UserError:
            pass
        finally:
            ledger.close()

    threads = [threading.Thread(target=one, args=(who,)) for who in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return len(done)
