"""Goes through everything that was done to claims once more, and looks whether the rules allowed it: to returns and
exports as well (`ledger.return_replaying`, `ledger.export_replaying`).

The database refuses what they forbid; but whoever could switch its guards off could write lines that follow one another
well, and switch them on again. What they wrote is found here by what it says.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from ledger import export_replaying, return_replaying, tables
from ledger.claim_records import COMES_FROM, ENDED, SampleState, Step, Verdict
from ledger.errors import LedgerError
from ledger.windows import account, candidates, preparers, sample, seed


def check_acts(connection: Connection) -> None:
    """Raises LedgerError where a claim, a return or an export took a step that it could not take, or somebody did what
    was another's to do."""
    columns = (tables.audit.c.number, tables.audit.c.at, tables.audit.c.actor, tables.audit.c.role)
    lines = {row.number: row for row in connection.execute(select(*columns))}
    for fault, line in (
        *_faults(connection, lines),
        *return_replaying.faults(connection, lines),
        *export_replaying.faults(connection, lines),
    ):
        raise LedgerError(
            f"The ledger holds what its rules forbid: {fault} (line {line}). Its guards were switched off for a while. "
            "Keep it as evidence, and put back the last copy that verifies."
        )


def _faults(connection: Connection, lines: Mapping[int, Any]) -> Iterator[tuple[str, int]]:
    claims = {row.number: row for row in connection.execute(select(tables.claim))}
    signed = {row.in_window: row.act for row in connection.execute(select(tables.claim_signature))}
    closed = {row.in_window: row.act for row in connection.execute(select(tables.claim_window_close))}
    courses: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(select(tables.claim_step).order_by(tables.claim_step.c.place)):
        courses[row.claim].append(row)
    actors = {number: account(line.actor) for number, line in lines.items()}
    for number, one in claims.items():
        if one.act > min(signed.get(one.in_window, one.act), closed.get(one.in_window, one.act)):
            yield f"claim {number} was entered into a window that was closed", one.act
        for fault, act in _faults_of(courses[number], signed.get(one.in_window), actors):
            yield f"claim {number} {fault}", act
    yield from _double_claims(connection, claims, courses)
    for window, act in signed.items():
        if actors[act] in preparers(connection, window):
            yield f"window {window} was signed by somebody who prepared it", act
        if sample(connection, window, before=act).state is not SampleState.PASSED:
            yield f"window {window} was signed although its sample had not passed", act
    yield from _drawings(connection, claims, courses, signed)


def _drawings(
    connection: Connection, claims: dict[int, Any], courses: dict[int, list[Any]], signed: dict[int, int]
) -> Iterator[tuple[str, int]]:
    """What is wrong with the drawings: what each drew from, and what came into or went out of its window after it."""
    drawn = Counter(row.act for course in courses.values() for row in course if row.step == Step.SELECTED)
    first: dict[int, int] = {}
    for row in connection.execute(select(tables.claim_drawing).order_by(tables.claim_drawing.c.act)):
        first.setdefault(row.in_window, row.act)
        if row.seed != seed(connection, row.in_window, before=row.act):
            yield f"window {row.in_window} was drawn from with a seed that is not the ledger's", row.act
        if (row.size, row.population) != (
            drawn[row.act],
            len(candidates(connection, row.in_window, before=row.act)),
        ):
            yield f"a drawing of window {row.in_window} says other numbers than were drawn", row.act
    for number, one in claims.items():
        begun = first.get(one.in_window)
        if begun is None:
            continue
        if one.act > begun:
            yield f"claim {number} was entered into a window that was drawn from", one.act
        second = courses[number][1] if len(courses[number]) > 1 else None
        if second is None or second.step != Step.WITHDRAWN:
            continue
        if begun < second.act < signed.get(one.in_window, second.act + 1):
            yield f"claim {number} was withdrawn although a sample stood for it", second.act


def _faults_of(course: list[Any], signed: int | None, actors: dict[int, str]) -> Iterator[tuple[str, int]]:
    """What is wrong with the steps of a claim; `signed`: the line with which its window was."""
    before: Any = None
    for place, row in enumerate(course, start=1):
        step = Step(row.step)
        came = before is None if step is Step.CLAIMABLE else before and Step(before.step) in COMES_FROM[step]
        struck_out = before and step is Step.SUBMITTED and before.verdict == Verdict.STRUCK_OUT
        if row.place != place or not came or struck_out or (before and row.act <= before.act):
            yield f"became {row.step} out of order", row.act
        if step is Step.SUBMITTED and (signed is None or row.act < signed):
            yield "was submitted from a window that was not signed", row.act
        if step is Step.SUBMITTED and signed is not None and actors[row.act] == actors[signed]:
            yield "was submitted by whoever signed its window", row.act
        if step in {Step.SELECTED, Step.AUDITED} and signed is not None and row.act > signed:
            yield f"became {row.step} after its window was signed", row.act
        before = row


def _double_claims(
    connection: Connection, claims: dict[int, Any], courses: dict[int, list[Any]]
) -> Iterator[tuple[str, int]]:
    held: dict[str, int] = {}
    order = (tables.claim_slot.c.slot, tables.claim_slot.c.turn)
    for row in connection.execute(select(tables.claim_slot).order_by(*order)):
        earlier, act = held.get(row.slot), claims[row.claim].act
        if earlier is not None:
            last = courses[earlier][-1] if courses[earlier] else None
            if last is None or last.step not in ENDED or last.act >= act:
                yield f"claim {row.claim} was entered while claim {earlier} stood on its slot", act
        held[row.slot] = row.claim
