"""How versions of returns stand: read from what was done."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select, union

from ledger.canonical import digest_of
from ledger.errors import ReturnError
from ledger.records import Event
from ledger.return_records import CheckStanding, Outcome, ReturnAct, ReturnStanding, Signature
from ledger.return_tables import (
    TABLES,
    return_answer,
    return_check,
    return_content,
    return_demand,
    return_file,
    return_signature,
    return_submission,
    return_version,
    return_withdrawal,
)
from ledger.store import Store
from ledger.tables import audit
from ledger.wording import MOST


class StandingReturns:
    """Versions of returns as they stand. Every method raises LedgerError where the database is out of reach."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def standing(self, number: int) -> ReturnStanding:
        """One version. Raises ReturnError where there is none of this number."""
        with self._store.reading() as connection:
            return standing_of(connection, number)

    def standings(self, template: str = "", period: str = "") -> list[ReturnStanding]:
        """All versions by number, or those of a template, of a period."""
        with self._store.reading() as connection:
            return standings(connection, *_of(template, period))

    def submitted(self, template: str, period: str) -> ReturnStanding | None:
        """The version of a return that was submitted last: the one that counts. None where none was."""
        with self._store.reading() as connection:
            found = standings(connection, *_of(template, period))
        return next((one for one in reversed(found) if one.submitted_at), None)

    def content(self, number: int) -> str:
        """The safe figures of a version, as it was written. Raises ReturnError where there is no such version."""
        query = select(return_content.c.content).where(return_content.c.version == number)
        with self._store.reading() as connection:
            standing_of(connection, number)
            return str(connection.execute(query).scalar_one())

    def history(self, number: int) -> list[ReturnAct]:
        """What was done to a version, oldest first. Raises ReturnError where there is no such version."""
        with self._store.reading() as connection:
            one = standing_of(connection, number)
            return [
                ReturnAct(line.number, line.at, line.event, line.actor, line.role, words, line.digest)
                for line in _acts(connection, number)
                for words in _words(connection, one, line)
            ]


def standing_of(connection: Connection, number: int) -> ReturnStanding:
    """One version. Raises ReturnError where there is none of this number."""
    found = standings(connection, return_version.c.number == number) if 0 < number <= MOST else []
    if not found:
        raise ReturnError(f"There is no return {number} in the ledger.")
    return found[0]


def standings(connection: Connection, *conditions: ColumnElement[bool]) -> list[ReturnStanding]:
    """The versions that meet `conditions` (over `return_version`), by number."""
    rows = list(
        connection.execute(_told(return_version).where(*conditions).order_by(return_version.c.number))
    )
    meant = select(return_version.c.number).where(*conditions)
    files = _by_version(connection, return_file, meant)
    demands = _by_version(connection, return_demand, meant)
    checks = _by_version(connection, return_check, meant)
    answers = _by_version(connection, return_answer, meant)
    signatures = _by_version(connection, return_signature, meant)
    submitted = _by_version(connection, return_submission, meant)
    withdrawn = _by_version(connection, return_withdrawal, meant)
    after = _submitted_versions(connection)
    found = []
    for row in rows:
        asked = demands[row.number]
        newest = max((one.turn for one in checks[row.number]), default=0)
        checked = [one for one in checks[row.number] if one.turn == newest]
        sent = submitted[row.number][0] if submitted[row.number] else None
        gone = withdrawn[row.number][0] if withdrawn[row.number] else None
        later = [number for number in after[row.template, row.period] if number > row.number]
        found.append(
            ReturnStanding(
                number=row.number,
                template=row.template,
                period=row.period,
                version=row.version,
                release=row.release,
                ledger_line=row.ledger_line,
                template_digest=row.template_digest,
                digest=row.digest,
                why=row.why,
                files=MappingProxyType({one.name: one.sha256 for one in files[row.number]}),
                signers=tuple(one.name for one in asked if one.kind == "role"),
                demands=tuple(one.name for one in asked if one.kind == "check"),
                signatures_needed=row.signatures,
                drawn_up_by=row.actor,
                drawn_up_role=row.role,
                drawn_up_at=row.at,
                checked_at=checked[0].at if checked else "",
                checks=tuple(_checks(checked, answers[row.number])),
                signatures=tuple(
                    Signature(one.actor, one.role, one.at, one.digest) for one in signatures[row.number]
                ),
                submitted_by=sent.actor if sent else "",
                submitted_at=sent.at if sent else "",
                withdrawn_by=gone.actor if gone else "",
                withdrawn_at=gone.at if gone else "",
                withdrawn_why=gone.why if gone else "",
                superseded_by=min(later, default=0) if sent else 0,
            )
        )
    return found


def version_digest(row: Mapping[str, Any], content: str, files: Mapping[str, str]) -> str:
    """What is signed of a version: SHA-256 over its row of `return_version`, its content and its files."""
    named = ("template", "period", "version", "release", "ledger_line", "template_digest")
    return digest_of({**{name: row[name] for name in named}, "content": content, "files": dict(files)})


def _of(template: str, period: str) -> list[ColumnElement[bool]]:
    return [
        *([return_version.c.template == template] if template else []),
        *([return_version.c.period == period] if period else []),
    ]


def _told(table: Table) -> Any:
    """The rows of a table with who wrote them, and when."""
    return select(table, audit.c.actor, audit.c.role, audit.c.at).join(audit, audit.c.number == table.c.act)


def _by_version(connection: Connection, table: Table, meant: Any) -> dict[int, list[Any]]:
    """The rows of a table about versions, by version: in the order in which they were written, then of their keys."""
    keys = [column for column in table.primary_key if column.name != "version"]
    query = _told(table).where(table.c.version.in_(meant)).order_by(table.c.act, *keys)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.version].append(row)
    return found


def _submitted_versions(connection: Connection) -> dict[tuple[str, str], list[int]]:
    """The numbers of the versions that were submitted, by template and period."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in connection.execute(
        select(return_version.c.number, return_version.c.template, return_version.c.period)
        .join(return_submission, return_submission.c.version == return_version.c.number)
        .order_by(return_version.c.number)
    ):
        found[row.template, row.period].append(row.number)
    return found


def _checks(checked: Iterable[Any], answers: Iterable[Any]) -> Iterable[CheckStanding]:
    answered = {(one.turn, one.name): one for one in answers}
    for row in checked:
        answer = answered.get((row.turn, row.name))
        yield CheckStanding(
            name=row.name,
            outcome=Outcome(row.outcome),
            words=row.words,
            answer=answer.words if answer else "",
            answered_by=answer.actor if answer else "",
            answered_at=answer.at if answer else "",
        )


def _acts(connection: Connection, number: int) -> list[Any]:
    of_others = [
        select(table.c.act).where(table.c.version == number)
        for table in TABLES
        if table is not return_version
    ]
    numbers = union(select(return_version.c.act).where(return_version.c.number == number), *of_others)
    return list(
        connection.execute(
            select(audit).where(audit.c.number.in_(select(numbers.subquery().c.act))).order_by(audit.c.number)
        )
    )


def _words(connection: Connection, one: ReturnStanding, line: Any) -> Iterable[str]:
    """What a line of the audit log did to a version, in words."""
    if line.event == Event.RETURN_DRAWN_UP:
        yield f"drawn up from {one.release}, version {one.version}{_why(one.why)}"
    elif line.event == Event.RETURN_CHECKED:
        rows = connection.execute(select(return_check.c.outcome).where(return_check.c.act == line.number))
        found = [row.outcome for row in rows]
        yield (
            f"{len(found)} checks: {found.count(Outcome.PASSED)} passed, {found.count(Outcome.FAILED)} failed, "
            f"{found.count(Outcome.QUERY)} ask"
        )
    elif line.event == Event.RETURN_ANSWERED:
        rows = connection.execute(select(return_answer).where(return_answer.c.act == line.number))
        yield from (f"{row.name} answered: {row.words}" for row in rows)
    elif line.event == Event.RETURN_SIGNED:
        yield "signed"
    elif line.event == Event.RETURN_SUBMITTED:
        yield "submitted"
    else:
        yield f"withdrawn{_why(one.withdrawn_why)}"


def _why(reason: str) -> str:
    return f": {reason}" if reason else ""
