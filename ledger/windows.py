"""How windows of claims and their audit samples stand: read from what was done."""

from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, select, union

from ledger.claim_records import AuditTerms, DrawnSample, Sample, Step, Verdict, Window, WindowState
from ledger.sampling import appraise
from ledger.tables import (
    audit,
    claim,
    claim_drawing,
    claim_sighting,
    claim_signature,
    claim_step,
    claim_window,
    claim_window_close,
)

# No line of the audit log has a number as high (the highest that both databases take).
_NEVER: Final = 2**31 - 1


def windows(connection: Connection, *conditions: ColumnElement[bool]) -> list[Window]:
    """The windows that meet `conditions` (over `claim_window`), by number."""
    meant = claim.c.in_window.in_(select(claim_window.c.number).where(*conditions))
    closed = {row.in_window: row for row in _told(connection, claim_window_close)}
    signed = {row.in_window: row for row in _told(connection, claim_signature)}
    submitted: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(
        select(claim.c.in_window, audit.c.number, audit.c.actor, audit.c.at)
        .join(claim_step, claim_step.c.claim == claim.c.number)
        .join(audit, audit.c.number == claim_step.c.act)
        .where(claim_step.c.step == Step.SUBMITTED, meant)
        .group_by(claim.c.in_window, audit.c.number, audit.c.actor, audit.c.at)
        .order_by(audit.c.number)
    ):
        submitted[row.in_window].append(row)
    steps = _last_steps(connection, meant)
    opened = connection.execute(
        select(claim_window, audit.c.actor, audit.c.at)
        .join(audit, audit.c.number == claim_window.c.act)
        .where(*conditions)
        .order_by(claim_window.c.number)
    )
    return [
        Window(
            number=row.number,
            framework=row.framework,
            code=row.code,
            framework_version=row.framework_version,
            release=row.release,
            opens=date.fromisoformat(row.opens),
            closes=date.fromisoformat(row.closes),
            terms=terms(row),
            opened_by=row.actor,
            opened_at=row.at,
            closed_at=closed[row.number].at if row.number in closed else "",
            signed_by=signed[row.number].actor if row.number in signed else "",
            signed_at=signed[row.number].at if row.number in signed else "",
            submitted_by=tuple(sorted({one.actor for one in submitted[row.number]})),
            submitted_at=submitted[row.number][-1].at if submitted[row.number] else "",
            state=_state(row.number in closed, row.number in signed, steps[row.number]),
        )
        for row in opened
    ]


def terms(row: Any) -> AuditTerms:
    """The terms of the audit sample, of a row of `claim_window`."""
    return AuditTerms(
        share=Fraction(row.share_part, row.share_whole),
        minimum=row.minimum,
        tolerance=Fraction(row.tolerance_part, row.tolerance_whole),
        enlarge_by=Fraction(row.enlarge_part, row.enlarge_whole),
    )


def sample(connection: Connection, window: int, *, before: int = _NEVER) -> Sample:
    """What the audit sample of a window says, or said before that line of the audit log."""
    row = connection.execute(select(claim_window).where(claim_window.c.number == window)).one()
    courses = _courses(connection, window, before)
    drawn = [course for course in courses if Step.SELECTED in course]
    never_seen = [
        course for course in courses if Step.SELECTED not in course and not _withdrawn_at_once(course)
    ]
    after = [list(course.items())[1 + list(course).index(Step.SELECTED) :] for course in drawn]
    judged = [steps[0] for steps in after if steps]
    taken = drawings(connection, window)
    return appraise(
        terms(row),
        population=len(drawn) + len(never_seen),
        size=len(drawn),
        judged=len(judged),
        struck_out=sum((step, verdict) != (Step.AUDITED, Verdict.UPHELD) for step, verdict in judged),
        drawings=len(taken),
        weighted=any(one.weighted for one in taken),
    )


def candidates(connection: Connection, window: int, *, before: int = _NEVER) -> tuple[int, ...]:
    """The claims of a window that can be drawn, or could be before that line of the audit log."""
    rows = connection.execute(
        select(claim_step.c.claim)
        .join(claim, claim.c.number == claim_step.c.claim)
        .where(claim.c.in_window == window, claim_step.c.act < before)
        .group_by(claim_step.c.claim)
        .having(func.max(claim_step.c.place) == 1)
        .order_by(claim_step.c.claim)
    )
    return tuple(row.claim for row in rows)


def drawings(connection: Connection, window: int) -> list[DrawnSample]:
    """The drawings of a window's sample, the first one first."""
    claims: dict[int, list[int]] = defaultdict(list)
    for row in connection.execute(
        select(claim_step.c.claim, claim_step.c.act)
        .join(claim, claim.c.number == claim_step.c.claim)
        .where(claim.c.in_window == window, claim_step.c.step == Step.SELECTED)
        .order_by(claim_step.c.claim)
    ):
        claims[row.act].append(row.claim)
    return [
        DrawnSample(
            number=row.drawing,
            seed=row.seed,
            size=row.size,
            population=row.population,
            weighted=bool(row.weighted),
            inputs=row.inputs,
            by=row.actor,
            at=row.at,
            claims=tuple(claims[row.act]),
        )
        for row in _told(connection, claim_drawing, claim_drawing.c.in_window == window)
    ]


def seed(connection: Connection, window: int, *, before: int = _NEVER) -> str:
    """The seed of a window's next drawing, or of one at that line of the audit log: the digest of the newest line
    about its claims before it, which nobody chose."""
    newest = connection.execute(
        select(audit.c.digest)
        .join(claim_step, claim_step.c.act == audit.c.number)
        .join(claim, claim.c.number == claim_step.c.claim)
        .where(claim.c.in_window == window, audit.c.number < before)
        .order_by(audit.c.number.desc())
        .limit(1)
    ).first()
    return str(newest.digest) if newest else ""


def preparers(connection: Connection, window: int) -> set[str]:
    """Who opened a window, entered claims into it, drew its sample or judged claims in it, as `same_person` has it."""
    acts = union(
        select(claim_window.c.act).where(claim_window.c.number == window),
        select(claim.c.act).where(claim.c.in_window == window),
        select(claim_drawing.c.act).where(claim_drawing.c.in_window == window),
        select(claim_step.c.act)
        .join(claim, claim.c.number == claim_step.c.claim)
        .where(claim.c.in_window == window, claim_step.c.step == Step.AUDITED),
    )
    rows = connection.execute(select(audit.c.actor).where(audit.c.number.in_(select(acts.subquery().c.act))))
    return {account(row.actor) for row in rows}


def account(name: str) -> str:
    """The name of an account so that two spellings of it are one: letters have no case, ends no blanks."""
    return name.strip().casefold()


def acts(connection: Connection, window: int) -> list[Any]:
    """The lines of the audit log about a window, oldest first."""
    of_claims = select(claim.c.number).where(claim.c.in_window == window)
    numbers = union(
        select(claim_window.c.act).where(claim_window.c.number == window),
        *(
            select(table.c.act).where(table.c.in_window == window)
            for table in (claim_window_close, claim, claim_drawing, claim_signature)
        ),
        *(select(table.c.act).where(table.c.claim.in_(of_claims)) for table in (claim_step, claim_sighting)),
    ).subquery()
    return list(
        connection.execute(
            select(audit).where(audit.c.number.in_(select(numbers.c.act))).order_by(audit.c.number)
        )
    )


def _told(connection: Connection, table: Any, *conditions: ColumnElement[bool]) -> list[Any]:
    """Rows of a table with who wrote them, and when, in the order in which they were written."""
    query = select(table, audit.c.actor, audit.c.at).join(audit, audit.c.number == table.c.act)
    return list(connection.execute(query.where(*conditions).order_by(table.c.act)))


def _courses(connection: Connection, window: int, before: int) -> list[dict[Step, str]]:
    """The steps of each claim of a window in their order, with the verdicts."""
    courses: dict[int, dict[Step, str]] = defaultdict(dict)
    for row in connection.execute(
        select(claim_step.c.claim, claim_step.c.step, claim_step.c.verdict)
        .join(claim, claim.c.number == claim_step.c.claim)
        .where(claim.c.in_window == window, claim_step.c.act < before)
        .order_by(claim_step.c.claim, claim_step.c.place)
    ):
        courses[row.claim][Step(row.step)] = row.verdict
    return list(courses.values())


def _withdrawn_at_once(course: dict[Step, str]) -> bool:
    return list(course)[1:2] == [Step.WITHDRAWN]


def _last_steps(connection: Connection, *conditions: ColumnElement[bool]) -> dict[int, set[tuple[str, str]]]:
    """At which steps (and with which verdicts) there are claims, by window; `conditions` are over `claim`."""
    following = claim_step.alias("following")
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for row in connection.execute(
        select(claim.c.in_window, claim_step.c.step, claim_step.c.verdict)
        .join(claim_step, claim_step.c.claim == claim.c.number)
        .outerjoin(
            following,
            (following.c.claim == claim_step.c.claim) & (following.c.place == claim_step.c.place + 1),
        )
        .where(following.c.claim.is_(None), *conditions)
        .distinct()
    ):
        found[row.in_window].add((row.step, row.verdict))
    return found


def _state(closed: bool, signed: bool, steps: set[tuple[str, str]]) -> WindowState:
    if not signed:
        return WindowState.CLOSED if closed else WindowState.OPEN
    if steps & {(Step.CLAIMABLE, ""), (Step.AUDITED, Verdict.UPHELD)}:
        return WindowState.SIGNED
    return WindowState.SUBMITTED if (Step.SUBMITTED, "") in steps else WindowState.SETTLED
