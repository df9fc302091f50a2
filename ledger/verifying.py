"""Proves that the ledger is as it was written: the chain, every row that it covers, the rules, and the guards."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy
from sqlalchemy import Connection

from ledger import chain, guards, tables
from ledger.errors import LedgerError
from ledger.live_checks import check_live
from ledger.records import Anchor, Event, RequestState
from ledger.replaying import check_acts
from ledger.store import COVERS, covering, lines

_AFTER = "Keep it as evidence, and put back the last copy that verifies."
# A request and its line were once written with the time looked up twice.
_ONCE_APART: Final = timedelta(minutes=2)
# Tables, views, triggers; on PostgreSQL also rules and policies, which rewrite and hide.
_IN_SQLITE: Final = (
    "SELECT type AS kind, name FROM sqlite_master WHERE type <> 'index' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
    "ORDER BY type, name"
)
_IN_POSTGRES: Final = (
    "WITH there AS (SELECT oid, relname, relkind, relrowsecurity FROM pg_class "
    "WHERE relnamespace = current_schema()::regnamespace) "
    "SELECT CASE WHEN relkind IN ('r', 'p') THEN 'table' ELSE 'view' END AS kind, relname AS name FROM there "
    "WHERE relkind IN ('r', 'p', 'v', 'm', 'f') "
    "UNION ALL SELECT 'trigger', tgname FROM pg_trigger JOIN there ON there.oid = tgrelid WHERE NOT tgisinternal "
    "UNION ALL SELECT 'rule', rulename FROM pg_rewrite JOIN there ON there.oid = ev_class "
    "WHERE relkind IN ('r', 'p') "
    "UNION ALL SELECT 'policy', relname FROM there WHERE relrowsecurity ORDER BY 1, 2"
)
_ENDS: Final = {Event.REQUEST_DONE: RequestState.DONE, Event.REQUEST_REFUSED: RequestState.REFUSED}


def check_whole(connection: Connection, anchors: Iterable[Anchor]) -> int:
    """The number of lines, with everything as it was written. Raises LedgerError with the first thing that is not."""
    _check_file(connection)
    written = lines(connection)
    check_chain(written)
    _check_anchors(written, anchors)
    details = {line.number: json.loads(line.detail) for line in written}
    _check_rows(connection, written, details)
    _check_requests(connection, written, details)
    check_acts(connection)
    check_live(connection, written, details)
    _check_strangers(connection)
    _check_guards(connection)
    return len(written)


def check_chain(written: Sequence[Any]) -> None:
    """Raises LedgerError where a line of the audit log does not follow from the line before it."""
    fault = chain.first_fault(written)
    if fault is not None:
        raise LedgerError(
            f"The audit log was changed by hand: line {fault} does not follow from the line before it. {_AFTER}"
        )


def _check_file(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
    if found != "ok":
        raise LedgerError(f"The file of the ledger is damaged: its tables and indexes disagree. {_AFTER}")


def _check_anchors(written: Sequence[Any], anchors: Iterable[Anchor]) -> None:
    for anchor in sorted(set(anchors), key=lambda one: (one.number, one.digest)):
        if anchor.number == 0:
            continue
        if anchor.number > len(written):
            raise LedgerError(
                f"The end of the audit log is missing: line {anchor.number} is known from elsewhere, and the last one "
                f"here is {len(written)}. {_AFTER}"
            )
        if written[anchor.number - 1].digest != anchor.digest:
            raise LedgerError(
                f"The audit log was made anew: line {anchor.number} is known otherwise from elsewhere. {_AFTER}"
            )


def _check_rows(
    connection: Connection, written: Sequence[Any], details: Mapping[int, Mapping[str, Any]]
) -> None:
    found: dict[int, dict[str, list[object]]] = defaultdict(dict)
    for table in tables.COVERED:
        of_act: dict[int, list[Any]] = defaultdict(list)
        for row in connection.execute(sqlalchemy.select(table)):
            of_act[row.act].append(row._mapping)
        for act, rows in of_act.items():
            found[act][table.name] = covering(table, rows)
    for line in written:
        told, there = details[line.number].get(COVERS, {}), found.pop(line.number, {})
        if told != there:
            names = sorted(name for name in {*told, *there} if told.get(name) != there.get(name))
            raise LedgerError(
                f"Rows were changed by hand: what line {line.number} ({line.event}) wrote into "
                f"{', '.join(names)} is not what is there. {_AFTER}"
            )
    if found:
        raise LedgerError(f"Rows were put in by hand: no line of the audit log wrote them. {_AFTER}")


def _check_requests(
    connection: Connection, written: Sequence[Any], details: Mapping[int, Mapping[str, Any]]
) -> None:
    """The requests and their ends, which lines of the audit log tell in words."""
    asked = {f"request {row.id}": row for row in connection.execute(sqlalchemy.select(tables.request))}
    ended = {
        f"request {row.request}": row for row in connection.execute(sqlalchemy.select(tables.request_end))
    }
    for line in written:
        told, event = details[line.number], line.event
        if event not in {Event.REQUESTED, *_ENDS}:
            continue
        row = (asked if event == Event.REQUESTED else ended).pop(line.subject, None)
        if row is None:
            whole = False
        elif event == Event.REQUESTED:
            whole = (row.kind, row.release, row.asked_by, row.role) == (
                told.get("kind"),
                told.get("release"),
                line.actor,
                line.role,
            ) and (row.asked_at == line.at if "about" in told else _at_once(row.asked_at, line.at))
        else:
            whole = (row.state, row.note) == (_ENDS[Event(event)], told.get("note")) and (
                row.at == line.at if "state" in told else _at_once(row.at, line.at)
            )
        if not whole:
            raise LedgerError(
                f"A request was changed by hand: {line.subject} is not what line {line.number} says. {_AFTER}"
            )
    if asked or ended:
        raise LedgerError(f"Requests were put in by hand: no line of the audit log tells of them. {_AFTER}")


def _at_once(one: str, other: str) -> bool:
    """Whether two times are that of one act."""
    try:
        apart = datetime.fromisoformat(other) - datetime.fromisoformat(one)
    except (TypeError, ValueError):
        return False
    return timedelta() <= apart <= _ONCE_APART


def _check_guards(connection: Connection) -> None:
    for name in _guards_amiss(connection):
        raise LedgerError(
            f"The database no longer refuses what it must: its guard {name} was changed or taken away. "
            "What is written is whole so far; find out who did it, and put the last copy that verifies back."
        )


def _check_strangers(connection: Connection) -> None:
    for name in _strangers(connection):
        raise LedgerError(
            f"The database of the ledger holds something that is not the ledger's: {name}. It may swallow or hide what "
            f"is written. Find out who put it there. {_AFTER}"
        )


def _strangers(connection: Connection) -> Iterator[str]:
    """What lies in the ledger's file, or its schema, and is not the ledger's: a kind of thing and its name."""
    sqlite = connection.dialect.name == "sqlite"
    ours = {("table", name) for one in (tables.metadata, tables.live) for name in one.tables}
    ours |= {
        ("trigger", name) for name in (guards.sqlite_triggers() if sqlite else guards.postgres_triggers())
    }
    for row in connection.exec_driver_sql(_IN_SQLITE if sqlite else _IN_POSTGRES):
        if (row.kind, row.name) not in ours:
            yield f"the {row.kind} {row.name}"


def _guards_amiss(connection: Connection) -> Iterator[str]:
    yield from _triggers_amiss(connection)
    there = sqlalchemy.inspect(connection)
    for table in tables.metadata.sorted_tables:
        keys = [there.get_pk_constraint(table.name)["constrained_columns"]]
        keys += [one["column_names"] for one in there.get_unique_constraints(table.name)]
        for key in guards.keys_of(table):
            if key not in keys:
                yield f"key of {table.name}"


def _triggers_amiss(connection: Connection) -> Iterator[str]:
    if connection.dialect.name == "sqlite":
        there = {
            row.name: row.sql
            for row in connection.exec_driver_sql(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            )
        }
        for name, statement in guards.sqlite_triggers().items():
            if _bare(str(there.get(name, ""))) != _bare(statement):
                yield name
        return
    bodies = {
        row.proname: row.prosrc
        for row in connection.exec_driver_sql(
            "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
        )
    }
    for name, body in guards.postgres_functions().items():
        if bodies.get(name, "").strip() != body:
            yield name
    triggers = {
        (row.tgname, row.relname, row.proname)
        for row in connection.exec_driver_sql(
            "SELECT tgname, relname, proname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE c.relnamespace = current_schema()::regnamespace AND tgenabled IN ('O', 'A')"
        )
    }
    for name, (table, function) in guards.postgres_triggers().items():
        if (name, table, function) not in triggers:
            yield name


def _bare(statement: str) -> str:
    return " ".join(statement.replace("IF NOT EXISTS ", "").split())
