"""How claims stand: read from their steps, never kept beside them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, TypeVar

import sqlalchemy
from sqlalchemy import ColumnElement, Connection, and_, func, select

from ledger.claim_records import ENDED, ClaimStep, Count, CountAt, Standing, Step, Verdict
from ledger.tables import audit, claim, claim_sighting, claim_slot, claim_step, claim_window

_T = TypeVar("_T")
# So many values at most are looked for in one question.
_AT_ONCE = 5_000
# A claim's last step: the one after which there is none (see _last_steps).
LAST = claim_step.alias("last")
_NEXT = claim_step.alias("next")
_HELD = claim_slot.alias("held")
_AFTER = and_(_NEXT.c.claim == LAST.c.claim, _NEXT.c.place == LAST.c.place + 1)
_NONE_AFTER = _NEXT.c.claim.is_(None)


def standings(connection: Connection, *conditions: ColumnElement[bool]) -> list[Standing]:
    """The claims that meet `conditions` (over `claim`, `claim_window` and LAST), by number."""
    rows = connection.execute(
        select(
            claim,
            claim_window.c.framework,
            LAST.c.step,
            LAST.c.verdict,
            LAST.c.why,
            audit.c.at,
            audit.c.actor,
        )
        .select_from(_last_steps().join(audit, audit.c.number == LAST.c.act))
        .where(_NONE_AFTER, *conditions)
        .order_by(claim.c.number)
    ).all()
    few = [row.number for row in rows] if len(rows) < _AT_ONCE else None
    slots = defaultdict(list)
    for one in _about(connection, select(claim_slot).order_by(claim_slot.c.place), claim_slot, few):
        slots[one.claim].append(one)
    drawn, verdicts = {}, {}
    of_audit = claim_step.c.step.in_([Step.SELECTED, Step.AUDITED])
    for one in _about(connection, select(claim_step).where(of_audit), claim_step, few):
        if one.step == Step.SELECTED:
            drawn[one.claim] = one.why
        else:
            verdicts[one.claim] = one.verdict
    seen = {
        one.claim: one.evidence
        for one in _about(
            connection, select(claim_sighting).order_by(claim_sighting.c.place), claim_sighting, few
        )
    }
    return [
        Standing(
            number=row.number,
            window=row.in_window,
            framework=row.framework,
            framework_version=row.framework_version,
            release=row.release,
            kind=row.kind,
            evidence=row.evidence,
            claim_date=date.fromisoformat(row.claim_date),
            worth=row.worth,
            turn=slots[row.number][0].turn,
            slots=tuple(one.slot for one in slots[row.number]),
            step=Step(row.step),
            since=row.at,
            by=row.actor,
            why=row.why,
            verdict=verdicts.get(row.number, ""),
            drawn=drawn.get(row.number, ""),
            evidence_now=seen.get(row.number, row.evidence),
        )
        for row in rows
    ]


def live_claims(connection: Connection, *conditions: ColumnElement[bool]) -> list[Standing]:
    """The claims among those that are neither rejected nor withdrawn."""
    return standings(connection, LAST.c.step.not_in(ENDED), *conditions)


def by_number(connection: Connection, numbers: Sequence[int]) -> dict[int, Standing]:
    """The claims of these numbers, as far as there are any."""
    return {
        one.number: one
        for batch in _batches(numbers)
        for one in standings(connection, claim.c.number.in_(batch))
    }


def holders(connection: Connection, slots: Sequence[str]) -> dict[str, Any]:
    """The newest claim on each of these slots: `slot, turn, claim, step`. Slots never claimed for are not there."""
    newest = select(func.max(claim_slot.c.turn)).where(claim_slot.c.slot == _HELD.c.slot).scalar_subquery()
    query = select(_HELD.c.slot, _HELD.c.turn, _HELD.c.claim, LAST.c.step).select_from(
        _HELD.join(LAST, LAST.c.claim == _HELD.c.claim).outerjoin(_NEXT, _AFTER)
    )
    return {
        row.slot: row
        for batch in _batches(slots)
        for row in connection.execute(
            query.where(_NONE_AFTER, _HELD.c.turn == newest, _HELD.c.slot.in_(batch))
        )
    }


def not_upheld(connection: Connection, *conditions: ColumnElement[bool]) -> frozenset[tuple[str, str]]:
    """Slot and evidence digest of the claims that were drawn and that no auditor upheld; `conditions` are over
    `claim_slot`."""
    upheld = select(claim_step.c.claim).where(
        claim_step.c.step == Step.AUDITED, claim_step.c.verdict == Verdict.UPHELD
    )
    rows = connection.execute(
        select(claim_slot.c.slot, claim.c.evidence)
        .join(claim, claim.c.number == claim_slot.c.claim)
        .join(claim_step, claim_step.c.claim == claim.c.number)
        .where(claim_step.c.step == Step.SELECTED, claim.c.number.not_in(upheld), *conditions)
    )
    return frozenset((row.slot, row.evidence) for row in rows)


def history(connection: Connection, number: int) -> list[ClaimStep]:
    """All steps of a claim, oldest first."""
    rows = connection.execute(
        select(claim_step, audit.c.actor, audit.c.role, audit.c.at, audit.c.digest)
        .join(audit, audit.c.number == claim_step.c.act)
        .where(claim_step.c.claim == number)
        .order_by(claim_step.c.place)
    )
    return [
        ClaimStep(
            claim=row.claim,
            place=row.place,
            step=Step(row.step),
            verdict=row.verdict,
            why=row.why,
            by=row.actor,
            role=row.role,
            at=row.at,
            release=row.release,
            framework_version=row.framework_version,
            evidence=row.evidence,
            line=row.act,
            digest=row.digest,
        )
        for row in rows
    ]


def counts(connection: Connection, *conditions: ColumnElement[bool]) -> list[Count]:
    """How many claims stand where, and what they are worth, by framework, window and step."""
    keys = (claim_window.c.framework, claim.c.in_window, LAST.c.step, LAST.c.verdict)
    rows = connection.execute(
        select(*keys, func.count().label("claims"), func.sum(claim.c.worth).label("worth"))
        .select_from(_last_steps())
        .where(_NONE_AFTER, *conditions)
        .group_by(*keys)
        .order_by(*keys)
    )
    return [
        Count(row.framework, row.in_window, Step(row.step), row.verdict, int(row.claims), int(row.worth))
        for row in rows
    ]


def counts_at(connection: Connection, line: int, *conditions: ColumnElement[bool]) -> list[CountAt]:
    """How many claims stood where at a line of the audit log, by framework, window, kind, step and what each is
    worth."""
    keys: tuple[Any, ...] = (
        claim_window.c.framework,
        claim_window.c.number.label("window"),
        claim_window.c.code,
        claim_window.c.opens,
        claim_window.c.closes,
        claim.c.kind,
        LAST.c.step,
        LAST.c.verdict,
        claim.c.worth.label("rate"),
    )
    by_then = claim.join(claim_window, claim_window.c.number == claim.c.in_window).join(
        LAST, and_(LAST.c.claim == claim.c.number, LAST.c.act <= line)
    )
    rows = connection.execute(
        select(*keys, func.count().label("claims"), func.sum(claim.c.worth).label("worth"))
        .select_from(by_then.outerjoin(_NEXT, and_(_AFTER, _NEXT.c.act <= line)))
        .where(_NONE_AFTER, *conditions)
        .group_by(*keys)
    )
    found = [
        CountAt(
            framework=row.framework,
            window=row.window,
            code=row.code,
            opens=date.fromisoformat(row.opens),
            closes=date.fromisoformat(row.closes),
            kind=row.kind,
            step=Step(row.step),
            verdict=row.verdict,
            rate=row.rate,
            claims=int(row.claims),
            worth=int(row.worth),
        )
        for row in rows
    ]
    # Not in the order of the database: that of texts differs between servers.
    return sorted(found, key=lambda one: (one.window, one.kind, one.step, one.verdict, one.rate))


def _last_steps() -> sqlalchemy.FromClause:
    """Claims with their window and their last step."""
    return (
        claim.join(claim_window, claim_window.c.number == claim.c.in_window)
        .join(LAST, LAST.c.claim == claim.c.number)
        .outerjoin(_NEXT, _AFTER)
    )


def _about(
    connection: Connection, query: sqlalchemy.Select[Any], table: sqlalchemy.Table, numbers: list[int] | None
) -> Iterator[Any]:
    """The rows of a query about claims: of these numbers, or of all where they are many."""
    if numbers is None:
        yield from connection.execute(query)
    elif numbers:
        yield from connection.execute(query.where(table.c.claim.in_(numbers)))


def _batches(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for begin in range(0, len(values), _AT_ONCE):
        yield values[begin : begin + _AT_ONCE]
