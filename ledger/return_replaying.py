"""Goes through everything that was done to returns once more, and looks whether the rules allowed it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, select

from ledger.return_reading import version_digest
from ledger.return_records import Outcome
from ledger.return_tables import (
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
from ledger.rules import WORKER
from ledger.sessions import person_of

Faults = Iterator[tuple[str, int]]


@dataclass
class _Book:
    """Rows about versions, by version."""

    contents: dict[int, str] = field(default_factory=dict)
    files: dict[int, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    roles: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    demands: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    checks: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))
    signatures: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))
    submitted: dict[int, Any] = field(default_factory=dict)
    withdrawn: dict[int, Any] = field(default_factory=dict)


def faults(connection: Connection, lines: Mapping[int, Any]) -> Faults:
    """What was done to returns against the rules, and the line that says it. `lines`: the audit log by number."""
    book = _read(connection)
    earlier: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in connection.execute(select(return_version).order_by(return_version.c.number)):
        number, before = row.number, earlier[row.template, row.period]
        for fault, act in (
            *_drawn_up(row, before, book),
            *_checked(number, book, lines),
            *_signed(row, book, lines),
            *_ended(row, book, lines),
        ):
            yield f"return {number} {fault}", act
        before.append(number)


def _read(connection: Connection) -> _Book:
    book = _Book()

    def rows(table: Table) -> Iterator[Any]:
        yield from connection.execute(select(table).order_by(table.c.act))

    for row in rows(return_content):
        book.contents[row.version] = row.content
    for row in rows(return_file):
        book.files[row.version][row.name] = row.sha256
    for row in rows(return_demand):
        (book.roles if row.kind == "role" else book.demands)[row.version].add(row.name)
    for row in rows(return_check):
        book.checks[row.version].append(row)
    for row in rows(return_answer):
        book.answers[row.version].append(row)
    for row in rows(return_signature):
        book.signatures[row.version].append(row)
    book.submitted = {row.version: row for row in rows(return_submission)}
    book.withdrawn = {row.version: row for row in rows(return_withdrawal)}
    return book


def _drawn_up(row: Any, before: list[int], book: _Book) -> Faults:
    submitted = [number for number in before if _done(book.submitted, number, row.act)]
    open_still = [
        number for number in before if number not in submitted and not _done(book.withdrawn, number, row.act)
    ]
    if row.version != len(before) + 1 or open_still:
        yield "was drawn up while another version was in hand", row.act
    if submitted and not row.why.strip():
        yield "was drawn up again without a reason", row.act
    if row.digest != version_digest(row._mapping, book.contents.get(row.number, ""), book.files[row.number]):
        yield "is not what its digest says", row.act


def _checked(number: int, book: _Book, lines: Mapping[int, Any]) -> Faults:
    first = min((one.act for one in book.signatures[number]), default=0)
    for row in (*book.checks[number], *book.answers[number]):
        if _late(first, row.act) or _done(book.withdrawn, number, row.act):
            yield "was checked or answered after it was signed or withdrawn", row.act
    for row in book.checks[number]:
        if lines[row.act].role != WORKER:
            yield "was checked by somebody who is not the worker", row.act


def _signed(version: Any, book: _Book, lines: Mapping[int, Any]) -> Faults:
    number, people = version.number, set()
    for place, row in enumerate(book.signatures[number], start=1):
        person = person_of(lines[row.act].actor)
        if person in people or row.person != person:
            yield "was signed twice by the same account", row.act
        people.add(person)
        if lines[row.act].role not in book.roles[number]:
            yield "was signed in a role that does not sign it", row.act
        if row.digest != version.digest:
            yield "was signed for what it does not hold", row.act
        if not _passed(number, book, row.act):
            yield "was signed although it had not passed its checks", row.act
        if place > version.signatures or _done(book.withdrawn, number, row.act):
            yield "was signed after it could be", row.act


def _passed(number: int, book: _Book, act: int) -> bool:
    """Whether a version had passed all that it must before a line, with every query answered."""
    there = [one for one in book.checks[number] if one.act < act]
    newest = max((one.turn for one in there), default=0)
    last = {one.name: one.outcome for one in there if one.turn == newest}
    answered = {one.name for one in book.answers[number] if one.turn == newest and one.act < act}
    asking = {name for name, outcome in last.items() if outcome == Outcome.QUERY}
    return bool(
        last
        and book.demands[number] <= set(last)
        and Outcome.FAILED not in last.values()
        and asking <= answered
    )


def _ended(version: Any, book: _Book, lines: Mapping[int, Any]) -> Faults:
    number = version.number
    its_roles = {*book.roles[number], lines[version.act].role}
    if row := book.submitted.get(number):
        signed = sum(one.act < row.act for one in book.signatures[number])
        if signed < version.signatures or version.signatures < 2 or row.digest != version.digest:
            yield "was submitted without all its signatures", row.act
        if number in book.withdrawn or lines[row.act].role not in its_roles:
            yield "was submitted by a role that does not, or withdrawn as well", row.act
    if (row := book.withdrawn.get(number)) and lines[row.act].role not in its_roles:
        yield "was withdrawn by a role that does not work on it", row.act


def _done(rows: Mapping[int, Any], number: int, act: int) -> bool:
    """Whether something was done to a version before a line."""
    return number in rows and rows[number].act < act


def _late(first: int, act: int) -> bool:
    return 0 < first < act
