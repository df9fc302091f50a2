"""The ledger keeps what was written, in order, and notices a changed bit."""

import multiprocessing
import sqlite3
from pathlib import Path

import pytest

from ledger import Event, LedgerError, RequestKind, RequestState, open_ledger
from ledger.store import append


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger" / "ledger.sqlite"


def test_lines_are_numbered_and_chained(file: Path) -> None:
    ledger = open_ledger(file)
    for count in range(3):
        ledger.record(Event.RUN_STARTED, actor="data team", role="pipelines", detail={"count": count})
    first, second, third = ledger.entries()
    assert [first.number, second.number, third.number] == [1, 2, 3]
    assert (second.previous, third.previous) == (first.digest, second.digest)
    assert ledger.verify() == 3
    ledger.close()


def test_unknown_events_are_refused(file: Path) -> None:
    ledger = open_ledger(file)
    with pytest.raises(ValueError, match="is not a valid Event"):
        ledger.record("something", actor="a", role="b")
    ledger.close()


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"])
def test_the_database_itself_refuses_changes(file: Path, statement: str) -> None:
    ledger = open_ledger(file)
    ledger.record(Event.SIGN_IN, actor="a", role="manager")
    ledger.close()
    connection = sqlite3.connect(file)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize("column", ["at", "event", "actor", "role", "subject", "previous", "digest"])
def test_a_changed_line_is_found(file: Path, column: str) -> None:
    ledger = open_ledger(file)
    for _ in range(4):
        ledger.record(Event.SIGN_IN, actor="a", role="manager", subject="app")
    connection = sqlite3.connect(file)
    connection.execute("DROP TRIGGER audit_no_update")
    connection.execute(f"UPDATE audit SET {column} = {column} || 'x' WHERE number = 3")
    connection.commit()
    connection.close()
    with pytest.raises(LedgerError, match="line 3"):
        ledger.verify()
    ledger.close()


def test_a_line_taken_out_is_found(file: Path) -> None:
    ledger = open_ledger(file)
    for _ in range(4):
        ledger.record(Event.SIGN_IN, actor="a", role="manager")
    connection = sqlite3.connect(file)
    connection.execute("DROP TRIGGER audit_no_delete")
    connection.execute("DELETE FROM audit WHERE number = 2")
    connection.commit()
    connection.close()
    with pytest.raises(LedgerError, match="line 2"):
        ledger.verify()
    ledger.close()


def test_a_request_is_answered_once(file: Path) -> None:
    ledger = open_ledger(file)
    number = ledger.ask(RequestKind.CLAIMABLE_EPISODES, by="officer", role="returns_officer", release="r")
    assert [request.state for request in ledger.requests()] == [RequestState.WAITING]
    ledger.end(number, RequestState.DONE, actor="worker", note="12 episodes")
    with pytest.raises(LedgerError, match="answered already"):
        ledger.end(number, RequestState.REFUSED, actor="worker", note="again")
    (request,) = ledger.requests(RequestKind.CLAIMABLE_EPISODES)
    assert (request.state, request.note) == (RequestState.DONE, "12 episodes")
    assert [entry.event for entry in ledger.entries()] == [Event.REQUESTED, Event.REQUEST_DONE]
    ledger.close()


def _write(file: Path, lines: int) -> None:
    ledger = open_ledger(file)
    for _ in range(lines):
        ledger.record(Event.SIGN_IN, actor="a", role="manager")
    ledger.close()


def test_several_writers_share_one_chain(file: Path) -> None:
    open_ledger(file).close()
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(file, 10)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    ledger = open_ledger(file)
    assert ledger.verify() == 30
    ledger.close()


def test_what_is_no_ledger_is_refused_and_kept(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"this is no database at all, but somebody's file" * 100)
    before = file.read_bytes()
    with pytest.raises(LedgerError, match="cannot be opened"):
        open_ledger(file)
    assert file.read_bytes() == before


@pytest.mark.parametrize("event", [Event.REQUESTED, Event.REQUEST_DONE, Event.CLAIMS_PAID])
def test_what_an_act_tells_is_not_told_without_it(tmp_path: Path, event: Event) -> None:
    ledger = open_ledger(tmp_path / "ledger.sqlite")
    with pytest.raises(ValueError, match="by the act itself"):
        ledger.record(event, actor="a", role="b", subject="nonsense")
    assert ledger.verify() == 0
    ledger.close()


@pytest.mark.parametrize("subject", ["nonsense", "request 1", "request " + "9" * 5000])
def test_a_line_of_a_request_that_is_none_is_found(tmp_path: Path, subject: str) -> None:
    ledger = open_ledger(tmp_path / "ledger.sqlite")
    with ledger._store.writing() as connection:
        append(connection, Event.REQUESTED, "a", "b", subject, {})
    with pytest.raises(LedgerError, match="A request was changed by hand"):
        ledger.verify()
    ledger.close()
