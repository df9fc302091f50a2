"""Goes through everything that was done in research projects once more, and looks whether the rules allowed it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Table, select

from ledger.canonical import digest_of
from ledger.export_reading import CHECKER, CHECKERS
from ledger.export_records import OFFICER, CheckersVerdict, ExportKind
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
    project,
    project_end,
    project_person,
)
from ledger.rules import WORKER
from ledger.sessions import person_of

Faults = Iterator[tuple[str, int]]


def faults(connection: Connection, lines: Mapping[int, Any]) -> Faults:
    """What was done in projects against the rules, and the line that says it. `lines`: the audit log by number."""
    book = _Book(connection, lines)
    for home in book.projects.values():
        for fault, act in book.of_project(home):
            yield f"project {home.number} {fault}", act
    for one in book.exports.values():
        for fault, act in (*book.asked(one), *book.decided(one), *book.let_go(one)):
            yield f"export {one.number} {fault}", act


class _Book:
    """The rows of the book of research, and the audit log."""

    def __init__(self, connection: Connection, lines: Mapping[int, Any]) -> None:
        def rows(table: Table) -> list[Any]:
            return list(connection.execute(select(table).order_by(table.c.act)))

        self.lines = lines
        self.projects = {row.number: row for row in rows(project)}
        self.exports = {row.number: row for row in rows(export)}
        self.ended = {row.project: row for row in rows(project_end)}
        self.people: dict[int, set[str]] = defaultdict(set)
        for row in rows(project_person):
            self.people[row.project].add(row.person)
        self.spending = rows(export_spending)
        self.prepared, self.refused, self.released, self.withdrawn, self.removed = (
            {row.export: row for row in rows(table)}
            for table in (
                export_preparation,
                export_refusal,
                export_release,
                export_withdrawal,
                export_removal,
            )
        )
        self.files: dict[int, dict[str, str]] = defaultdict(dict)
        for row in rows(export_file):
            self.files[row.export][row.name] = row.sha256
        self.decisions: dict[int, list[Any]] = defaultdict(list)
        for row in rows(export_decision):
            self.decisions[row.export].append(row)

    def person(self, act: int) -> str:
        """Who wrote a line, as accounts are compared."""
        return person_of(self.lines[act].actor)

    def belongs(self, person: str, home: Any) -> bool:
        """Whether somebody began a project or is named in it."""
        return person == self.person(home.act) or person in self.people[home.number]

    def over(self, home: Any, act: int) -> bool:
        """Whether a project was over at a line."""
        end = self.ended.get(home.number)
        return bool(end is not None and end.act < act) or str(self.lines[act].at)[:10] > str(home.ends)

    def of_project(self, home: Any) -> Faults:
        """What was wrong with a project: its end, and what it spent."""
        if self.over(home, home.act):
            yield "was begun after its end", home.act
        end = self.ended.get(home.number)
        if end and self.lines[end.act].role != OFFICER and self.person(end.act) != self.person(home.act):
            yield "was ended by somebody else", end.act
        spent = 0
        for row in self.spending:
            one = self.exports[row.export]
            if one.project != home.number:
                continue
            spent += row.rho
            if row.rho < 1 or spent > home.budget:
                yield "spent more than its privacy budget", row.act
            made = self.prepared.get(row.export)
            if one.kind != ExportKind.PRIVATE or (made and made.act < row.act) or self.over(home, row.act):
                yield "spent of its privacy budget out of order", row.act
            if self.lines[row.act].role != WORKER:
                yield "had its privacy budget spent by somebody who is not the worker", row.act

    def asked(self, one: Any) -> Faults:
        """What was wrong with how an export was asked for and made."""
        home = self.projects[one.project]
        if not self.belongs(self.person(one.act), home) or self.over(home, one.act):
            yield "was asked for by somebody who could not", one.act
        if made := self.prepared.get(one.number):
            if made.digest != digest_of(self.files[one.number]):
                yield "has other files than its digest says", made.act
            spent = any(row.export == one.number and row.act < made.act for row in self.spending)
            if one.kind == ExportKind.PRIVATE and not spent:
                yield "was prepared before its privacy budget was spent", made.act
            if one.number in self.refused or self._gone(one, made.act) or self.over(home, made.act):
                yield "was prepared although it could not be", made.act
        for table in (self.prepared, self.refused, self.released, self.removed):
            row = table.get(one.number)
            if row and self.lines[row.act].role != WORKER:
                yield "was made, refused, handed out or taken away by somebody who is not the worker", row.act

    def decided(self, one: Any) -> Faults:
        """What was wrong with the decisions on an export."""
        home, made = self.projects[one.project], self.prepared.get(one.number)
        people: set[str] = set()
        for place, row in enumerate(self.decisions[one.number], start=1):
            person = self.person(row.act)
            if person == self.person(one.act) or self.belongs(person, home):
                yield "was decided on by somebody who asked for it or belongs to its project", row.act
            if person in people or row.person != person:
                yield "was decided on twice by the same account", row.act
            people.add(person)
            if self.lines[row.act].role != CHECKER:
                yield "was decided on by somebody who is no output checker", row.act
            if not made or made.act > row.act or place > CHECKERS or self._gone(one, row.act):
                yield "was decided on out of order", row.act
            if self.over(home, row.act):
                yield "was decided on after its project was over", row.act

    def let_go(self, one: Any) -> Faults:
        """What was wrong with how an export was handed out, withdrawn and taken away."""
        home, out, gone = (
            self.projects[one.project],
            self.released.get(one.number),
            self.withdrawn.get(one.number),
        )
        if out:
            verdicts = [row.verdict for row in self.decisions[one.number] if row.act < out.act]
            if verdicts != [CheckersVerdict.APPROVE] * CHECKERS:
                yield "was handed out without the approval of two", out.act
            if one.number not in self.prepared or self.prepared[one.number].digest != out.digest:
                yield "was handed out other than it was approved", out.act
            if self._gone(one, out.act) or self.over(home, out.act):
                yield "was handed out after it was withdrawn or its project was over", out.act
        if gone and self.lines[gone.act].role != OFFICER and self.person(gone.act) != self.person(one.act):
            yield "was withdrawn by somebody else", gone.act
        if away := self.removed.get(one.number):
            due = self._gone(one, away.act) or self.over(home, away.act)
            if not out or out.act > away.act or not due:
                yield "was taken away out of order", away.act

    def _gone(self, one: Any, act: int) -> bool:
        """Whether an export was withdrawn before a line."""
        return one.number in self.withdrawn and self.withdrawn[one.number].act < act
