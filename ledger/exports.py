"""The book of research exports: what a project asks for, what custody made of it, who let it go, and its end.

`asked → prepared → approved | returned → released → ended`, or `refused` or `withdrawn`. Two output checkers decide,
each without seeing what the other said. Here each act is checked and refused in words; the database refuses the same
things by itself (`ledger.export_guards`).
"""

import secrets
from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, func, select

from ledger.canonical import digest_of
from ledger.errors import ExportError
from ledger.export_reading import StandingExports, bar_to_deciding, export_of
from ledger.export_records import OFFICER, CheckersVerdict, ExportKind, ExportStanding, ExportState
from ledger.export_tables import (
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
from ledger.projects import project_of
from ledger.records import Event
from ledger.rules import WORKER
from ledger.sessions import person_of
from ledger.store import Row, Rows, append
from ledger.wording import Words

_LONGEST: Final = 2_000
_MOST_SPECIFICATION: Final = 256_000
_MOST_REPORT: Final = 4_000_000
_WORKER: Final = "custody"
_SALT_BYTES: Final = 32
_SAY = Words(ExportError)


class Exports(StandingExports):
    """The book of exports. Every act needs `by` (the account) and `role`, and raises LedgerError where the database is
    out of reach, ExportError where the export does not stand so that it can be done."""

    def ask(self, project: int, kind: str, specification: str, *, release: str, by: str, role: str) -> int:
        """Ask for an export and give its number. `specification`: as `ledger.canonical` writes it.

        Raises ExportError where the project is over, or the account neither began it nor is named in it.
        """
        who, role = _SAY.line(by, "the account"), _SAY.line(role, "the role")
        if kind not in set(ExportKind):
            raise ExportError(f"An export is one of {', '.join(ExportKind)}.")
        row: Row = {
            "project": project,
            "kind": str(ExportKind(kind)),
            "specification": _SAY.json(specification, "The specification", _MOST_SPECIFICATION),
            "release": _SAY.line(release, "the release"),
        }
        with self._store.writing() as connection:
            home = project_of(connection, project)
            if not home.is_of(who):
                raise ExportError(f"This account does not belong to the project {home.name}.")
            if home.over():
                raise ExportError(f"The project {home.name} is over: it is given nothing more.")
            number = int(connection.execute(select(func.max(export.c.number))).scalar() or 0) + 1
            append(
                connection,
                Event.EXPORT_ASKED,
                who,
                role,
                f"export {number}",
                {"project": home.name, "kind": row["kind"], "release": row["release"]},
                {export: [{**row, "number": number}]},
            )
            return number

    def spend(self, number: int, rho: int, *, by: str = _WORKER, role: str = WORKER) -> None:
        """Spend of the project's privacy budget (rho in millionths), once and before the noise is drawn. It stays
        spent, whatever becomes of the export: noise that was drawn can be compared with noise drawn again.

        Raises ExportError where the budget does not reach, or it was spent already: then nothing more is drawn.
        """
        _SAY.whole(rho, "What is spent, in millionths,", 1)
        with self._store.writing() as connection:
            there = _in_state(connection, number, ExportState.ASKED)
            if there.kind is not ExportKind.PRIVATE:
                raise ExportError(
                    f"Export {number} is {there.kind}: only private tables spend a privacy budget."
                )
            if there.spent:
                raise ExportError(
                    f"Export {number} has spent its part of the privacy budget already: its noise is not drawn twice."
                )
            left = project_of(connection, there.project).left
            if rho > left:
                raise ExportError(
                    f"The project {there.project_name} has {_rho(left)} rho of its privacy budget left, and export "
                    f"{number} would spend {_rho(rho)}. Nothing was spent."
                )
            rows: Rows = {export_spending: [{"export": number, "rho": rho}]}
            _write(connection, there, Event.EXPORT_BUDGET_SPENT, by, _SAY.by_worker(role), rows, {"rho": rho})

    def prepared(
        self, number: int, files: Mapping[str, str], report: str, *, by: str = _WORKER, role: str = WORKER
    ) -> None:
        """Write down that the package lies ready: SHA-256 by name, and what the checkers see of it, as
        `ledger.canonical` writes it. Raises ExportError where private tables have spent nothing."""
        there_are = _SAY.files(files)
        seen = _SAY.json(report, "The checkers' report", _MOST_REPORT)
        with self._store.writing() as connection:
            there = _in_state(connection, number, ExportState.ASKED)
            if there.kind is ExportKind.PRIVATE and not there.spent:
                raise ExportError(f"Export {number} spends of its privacy budget before anything is made.")
            digest = digest_of(there_are)
            rows: Rows = {
                export_preparation: [{"export": number, "digest": digest, "report": seen}],
                export_file: [
                    {"export": number, "name": name, "sha256": sha256} for name, sha256 in there_are.items()
                ],
            }
            told = {"files": len(there_are), "digest": digest}
            _write(connection, there, Event.EXPORT_PREPARED, by, _SAY.by_worker(role), rows, told)

    def refused(self, number: int, why: str, *, by: str = _WORKER, role: str = WORKER) -> None:
        """Write down that an export could not be made, and why."""
        reason = _SAY.line(why, "the reason", longest=_LONGEST)
        with self._store.writing() as connection:
            there = _in_state(connection, number, ExportState.ASKED, ExportState.ENDED)
            if there.prepared_at:
                raise ExportError(f"Export {number} is prepared: it is not refused any more.")
            rows: Rows = {export_refusal: [{"export": number, "why": reason}]}
            told = {"why": reason}
            _write(connection, there, Event.EXPORT_REFUSED, by, _SAY.by_worker(role), rows, told)

    def decide(self, number: int, verdict: str, why: str, *, by: str, role: str) -> None:
        """Approve an export or return it (`approve`, `return`), with the reason. Nobody is told how the first checker
        decided until the second has.

        Raises ExportError where it is not there to be decided on, or the role is not an output checker's;
        TwoPeopleError where this account asked for it, belongs to its project, or has decided already.
        """
        who, role = _SAY.line(by, "the account"), _SAY.line(role, "the role")
        reason = _SAY.line(why, "the reason", longest=_LONGEST)
        if verdict not in set(CheckersVerdict):
            raise ExportError(f"A checker decides one of {', '.join(CheckersVerdict)}.")
        with self._store.writing() as connection:
            there = export_of(connection, number)
            if bar := bar_to_deciding(connection, there, who, role):
                raise bar
            row: Row = {
                "export": number,
                "person": person_of(who),
                "verdict": str(CheckersVerdict(verdict)),
                "why": reason,
                "salt": secrets.token_hex(_SALT_BYTES),
            }
            # The line says that it was decided, and not how: others read it before the second checker has decided.
            _write(connection, there, Event.EXPORT_DECIDED, who, role, {export_decision: [row]}, {})

    def released(
        self, number: int, files: Mapping[str, str], *, by: str = _WORKER, role: str = WORKER
    ) -> None:
        """Write down that the package was handed out: the very files that both checkers approved. Raises ExportError
        where they are others, or the project is over."""
        there_are = _SAY.files(files)
        with self._store.writing() as connection:
            there = _in_state(connection, number, ExportState.APPROVED)
            if there_are != dict(there.files):
                raise ExportError(
                    f"The package of export {number} is not what was approved: a file is missing, changed or new. "
                    "Nothing is handed out."
                )
            rows: Rows = {export_release: [{"export": number, "digest": digest_of(there_are)}]}
            told = {"digest": there.digest}
            _write(connection, there, Event.EXPORT_RELEASED, by, _SAY.by_worker(role), rows, told)

    def taken_away(self, number: int, *, by: str = _WORKER, role: str = WORKER) -> None:
        """Write down that the package of an export that is over or withdrawn lies nowhere where it can be fetched."""
        with self._store.writing() as connection:
            there = export_of(connection, number)
            if not there.released_at or there.taken_away_at or not (there.over or there.withdrawn_at):
                raise ExportError(f"There is nothing of export {number} to take away.")
            rows: Rows = {export_removal: [{"export": number}]}
            _write(connection, there, Event.EXPORT_TAKEN_AWAY, by, _SAY.by_worker(role), rows, {})

    def withdraw(self, number: int, why: str, *, by: str, role: str) -> None:
        """Withdraw an export: it is not made, decided or handed out any more, and taken away where it was. Raises
        ExportError where neither the account asked for it, nor the role is the data protection officer's."""
        who, role = _SAY.line(by, "the account"), _SAY.line(role, "the role")
        reason = _SAY.line(why, "the reason", longest=_LONGEST)
        with self._store.writing() as connection:
            there = _in_state(
                connection,
                number,
                ExportState.ASKED,
                ExportState.PREPARED,
                ExportState.APPROVED,
                ExportState.RELEASED,
            )
            if role != OFFICER and person_of(who) != person_of(there.author):
                raise ExportError(
                    f"Export {number} is withdrawn by who asked for it, or by the data protection officer."
                )
            rows: Rows = {export_withdrawal: [{"export": number, "why": reason}]}
            _write(connection, there, Event.EXPORT_WITHDRAWN, who, role, rows, {"why": reason})


def _in_state(connection: Connection, number: int, *states: ExportState) -> ExportStanding:
    """An export that stands at one of these. Raises ExportError where it does not."""
    there = export_of(connection, number)
    if there.state not in states:
        past = f", its project's last day was {there.ends.isoformat()}" if there.over else ""
        raise ExportError(
            f"Export {number} is {there.state}{past}: this cannot be done. Nothing was changed."
        )
    return there


def _write(
    connection: Connection,
    there: ExportStanding,
    event: Event,
    by: str,
    role: str,
    rows: Rows,
    told: Mapping[str, object],
) -> None:
    append(
        connection,
        event,
        _SAY.line(by, "the account"),
        role,
        f"export {there.number}",
        {"project": there.project_name, **told},
        rows,
    )


def _rho(millionths: int) -> str:
    return f"{millionths / 1_000_000:.6f}".rstrip("0").rstrip(".")
