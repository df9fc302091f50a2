"""How exports stand: read from what was done. Of the decisions nothing is told until both checkers have decided."""

from collections import defaultdict
from collections.abc import Iterable
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, select, union

from ledger.errors import ExportError, TwoPeopleError
from ledger.export_records import (
    CheckersVerdict,
    Decision,
    ExportAct,
    ExportKind,
    ExportStanding,
    ExportState,
    SeenDecisions,
)
from ledger.export_tables import (
    TABLES,
    export,
    export_decision,
    export_file,
    export_preparation,
    export_refusal,
    export_release,
    export_removal,
    export_spending,
    export_withdrawal,
)
from ledger.projects import project_of, projects
from ledger.records import Event
from ledger.sessions import person_of
from ledger.store import Store
from ledger.tables import audit
from ledger.wording import MOST

# So many output checkers decide on an export.
CHECKERS: Final = 2
CHECKER: Final = "output_checker"


class StandingExports:
    """Exports as they stand. Every method raises LedgerError where the database is out of reach, and those about one
    export ExportError where there is none of this number."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def standing(self, number: int) -> ExportStanding:
        """One export."""
        with self._store.reading() as connection:
            return export_of(connection, number)

    def standings(self, *, project: int = 0, author: str = "", state: str = "") -> list[ExportStanding]:
        """Exports by number: all, or those of a project, of an account, in a state."""
        conditions = [export.c.project == project] if project else []
        with self._store.reading() as connection:
            found = exports(connection, *conditions)
        return [
            one
            for one in found
            if (not author or person_of(one.author) == person_of(author))
            and (not state or one.state == state)
        ]

    def to_prepare(self) -> list[ExportStanding]:
        """What was asked for and not made yet, oldest first."""
        return self.standings(state=ExportState.ASKED)

    def to_hand_out(self) -> list[ExportStanding]:
        """What both checkers approved and was not handed out yet, oldest first."""
        return self.standings(state=ExportState.APPROVED)

    def to_take_away(self) -> list[ExportStanding]:
        """What was handed out, lies there still, and is withdrawn or of a project that is over; oldest first."""
        return [
            one
            for one in self.standings()
            if one.released_at and not one.taken_away_at and (one.over or one.withdrawn_at)
        ]

    def report(self, number: int) -> str:
        """What the checkers see of an export, as it was prepared. Raises ExportError where it was not."""
        query = select(export_preparation.c.report).where(export_preparation.c.export == number)
        with self._store.reading() as connection:
            export_of(connection, number)
            report = connection.execute(query).scalar()
        if report is None:
            raise ExportError(f"Export {number} is not prepared.")
        return str(report)

    def spent(self, project: int) -> int:
        """What a project has spent of its privacy budget: rho in millionths."""
        with self._store.reading() as connection:
            return project_of(connection, project).spent

    def seen_by(self, number: int, account: str) -> SeenDecisions:
        """What an account may see of the decisions: its own, and how many have decided; all once both have."""
        with self._store.reading() as connection:
            there = export_of(connection, number)
            decisions = _decisions(connection, export_decision.c.export == number)[number]
        own = next((one for one in decisions if person_of(one.by) == person_of(account)), None)
        return SeenDecisions(own, there.decided, there.decided >= CHECKERS, there.decisions)

    def may_decide(self, number: int, account: str, role: str) -> str:
        """Why an account may not decide on an export now, in words; empty where it may."""
        with self._store.reading() as connection:
            bar = bar_to_deciding(connection, export_of(connection, number), account, role)
        return str(bar) if bar else ""

    def history(self, number: int) -> list[ExportAct]:
        """What was done to an export, oldest first; how the checkers decided stands there once both have."""
        with self._store.reading() as connection:
            there = export_of(connection, number)
            return [
                ExportAct(
                    line.number, line.at, line.event, line.actor, line.role, _words(there, line), line.digest
                )
                for line in _acts(connection, number)
            ]


def export_of(connection: Connection, number: int) -> ExportStanding:
    """One export. Raises ExportError where there is none of this number."""
    found = exports(connection, export.c.number == number) if 0 < number <= MOST else []
    if not found:
        raise ExportError(f"There is no export {number} in the ledger.")
    return found[0]


def bar_to_deciding(
    connection: Connection, there: ExportStanding, account: str, role: str
) -> ExportError | TwoPeopleError | None:
    """Why an account may not decide on an export, as the error that says so; None where it may."""
    if role != CHECKER:
        return ExportError(f"Export {there.number} is decided on by output checkers.")
    if person_of(account) == person_of(there.author):
        return TwoPeopleError(f"This account asked for export {there.number}. Others decide on it.")
    if project_of(connection, there.project).is_of(account):
        return TwoPeopleError(
            f"This account belongs to the project {there.project_name}. Others decide on its exports."
        )
    if there.withdrawn_at or there.refused_at or not there.prepared_at or there.over:
        return ExportError(f"Export {there.number} is {there.state}: there is nothing to decide.")
    decided = _decisions(connection, export_decision.c.export == there.number)[there.number]
    if person_of(account) in {person_of(one.by) for one in decided}:
        return TwoPeopleError(
            f"This account has decided on export {there.number} already. Somebody else is the other checker."
        )
    if len(decided) >= CHECKERS:
        return ExportError(f"Both checkers have decided on export {there.number}.")
    return None


def exports(connection: Connection, *conditions: ColumnElement[bool]) -> list[ExportStanding]:
    """The exports that meet `conditions` (over `export`), by number."""
    rows = connection.execute(_told(export).where(*conditions).order_by(export.c.number)).all()
    meant = select(export.c.number).where(*conditions)
    files: dict[int, dict[str, str]] = defaultdict(dict)
    for row in connection.execute(
        select(export_file).where(export_file.c.export.in_(meant)).order_by(export_file.c.name)
    ):
        files[row.export][row.name] = row.sha256
    spending = _one_each(connection, export_spending, meant)
    prepared = _one_each(connection, export_preparation, meant)
    refused = _one_each(connection, export_refusal, meant)
    released = _one_each(connection, export_release, meant)
    withdrawn = _one_each(connection, export_withdrawal, meant)
    removed = _one_each(connection, export_removal, meant)
    decisions = _decisions(connection, export_decision.c.export.in_(meant))
    homes = {one.number: one for one in projects(connection)} if rows else {}
    found = []
    for row in rows:
        home = homes[row.project]
        ready, gone, no = prepared.get(row.number), withdrawn.get(row.number), refused.get(row.number)
        out, away = released.get(row.number), removed.get(row.number)
        decided = decisions[row.number]
        found.append(
            ExportStanding(
                number=row.number,
                project=row.project,
                project_name=home.name,
                kind=ExportKind(row.kind),
                specification=row.specification,
                release=row.release,
                author=row.actor,
                author_role=row.role,
                asked_at=row.at,
                files=MappingProxyType(files[row.number]),
                digest=ready.digest if ready else "",
                spent=spending[row.number].rho if row.number in spending else 0,
                prepared_at=ready.at if ready else "",
                refused_at=no.at if no else "",
                refused_why=no.why if no else "",
                decided=len(decided),
                decisions=tuple(decided) if len(decided) >= CHECKERS else (),
                released_at=out.at if out else "",
                withdrawn_by=gone.actor if gone else "",
                withdrawn_at=gone.at if gone else "",
                withdrawn_why=gone.why if gone else "",
                taken_away_at=away.at if away else "",
                ends=home.ends,
                over=home.over(),
            )
        )
    return found


def _told(table: Table) -> Any:
    """The rows of a table with who wrote them, and when."""
    return select(*(column for column in table.c if column.name != "report"), *_WHO).join(
        audit, audit.c.number == table.c.act
    )


_WHO: Final = (audit.c.actor, audit.c.role, audit.c.at)


def _one_each(connection: Connection, table: Table, meant: Any) -> dict[int, Any]:
    """The row of each export in a table that has one at most."""
    return {row.export: row for row in connection.execute(_told(table).where(table.c.export.in_(meant)))}


def _decisions(connection: Connection, condition: ColumnElement[bool]) -> dict[int, list[Decision]]:
    found: dict[int, list[Decision]] = defaultdict(list)
    for row in connection.execute(
        _told(export_decision).where(condition).order_by(export_decision.c.export, export_decision.c.act)
    ):
        found[row.export].append(Decision(row.actor, CheckersVerdict(row.verdict), row.why, row.at))
    return found


def _acts(connection: Connection, number: int) -> Iterable[Any]:
    of_exports = [table for table in TABLES if "export" in table.c]
    numbers = union(
        select(export.c.act).where(export.c.number == number),
        *(select(table.c.act).where(table.c.export == number) for table in of_exports),
    )
    return connection.execute(
        select(audit).where(audit.c.number.in_(select(numbers.subquery().c.act))).order_by(audit.c.number)
    ).all()


def _words(there: ExportStanding, line: Any) -> str:
    """What a line of the audit log did to an export, in words."""
    if line.event == Event.EXPORT_DECIDED:
        verdict = next((one for one in there.decisions if (one.by, one.at) == (line.actor, line.at)), None)
        return f"{_VERDICTS[verdict.verdict]}: {verdict.why}" if verdict else "decided"
    return {
        Event.EXPORT_ASKED: f"asked for, from {there.release}",
        Event.EXPORT_BUDGET_SPENT: f"spent {there.spent / 1_000_000:.6f} rho of the project's privacy budget",
        Event.EXPORT_PREPARED: "prepared",
        Event.EXPORT_REFUSED: f"could not be made: {there.refused_why}",
        Event.EXPORT_RELEASED: "handed out",
        Event.EXPORT_WITHDRAWN: f"withdrawn: {there.withdrawn_why}",
        Event.EXPORT_TAKEN_AWAY: "taken away",
    }[Event(line.event)]


_VERDICTS: Final = {CheckersVerdict.APPROVE: "approved", CheckersVerdict.RETURN: "returned"}
