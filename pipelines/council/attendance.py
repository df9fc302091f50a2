"""Half days at school, term by term."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.council.dates import Term, in_school, in_secondary
from pipelines.council.diary import Pupil
from pipelines.council.places import PRIMARIES


@dataclass(slots=True, eq=False)
class Attended:
    """One pupil in one school in one term; sessions are half days."""

    term: Term
    school: str
    possible: int
    attended: int
    authorised: int
    unauthorised: int


def sessions_in(term: Term, as_of: date) -> int:
    """Half days of a term up to a day: its weekdays without half term, holidays and training days."""
    last = min(term.end, as_of)
    days = sum(1 for ahead in range((last - term.start).days + 1) if _weekday(term.start, ahead) < 5)
    return max(0, days - (7 if last > term.start + timedelta(days=50) else 1)) * 2


def _weekday(start: date, ahead: int) -> int:
    return (start.weekday() + ahead) % 7


def terms_of(draw: random.Random, pupil: Pupil, calendar: list[tuple[Term, int]]) -> list[Attended]:
    """A pupil's terms. `calendar`: each term of the extract, and its half days."""
    person = pupil.person
    if person.born is None:
        return []
    rows: list[Attended] = []
    primary = PRIMARIES[person.home.ward.number - 1]
    moves = draw.randrange(len(calendar) * 14)  # a few change school in the middle of a term
    for place, (term, possible) in enumerate(calendar):
        if not in_school(person.born, term.year) or (pupil.left and term.start > pupil.left):
            continue
        if pupil.came and term.end < pupil.came:
            continue
        rate = rate_in(pupil, term)
        floor, ceiling = (0.915, 1.0) if pupil.better_from and rate >= 0.9 else (0.05, 1.0)
        if pupil.low_from and rate < 0.9:
            ceiling = 0.89
        rate = min(ceiling, max(floor, draw.gauss(rate, 0.018)))
        secondary = in_secondary(person.born, term.year)
        school = person.school if secondary == (person.school not in PRIMARIES) else primary
        total = possible - 2 * draw.choice((0, 0, 0, 1))
        parts = [(school, total)]
        if place == moves and total > 60:
            parts = [(school, total - 48), (PRIMARIES[-1] if not secondary else "The Ropewalk School", 48)]
        for name, half_days in parts:
            attended = min(half_days, round(half_days * rate + 0.3))
            absent = half_days - attended
            authorised = round(absent * draw.uniform(0.35, 0.9))
            rows.append(Attended(term, name, half_days, attended, authorised, absent - authorised))
    return rows


def rate_in(pupil: Pupil, term: Term) -> float:
    """The rate that a pupil keeps to in a term."""
    if pupil.low_from is None or term.end < pupil.low_from:
        return pupil.usual
    if pupil.better_from and term.start >= pupil.better_from:
        return pupil.usual
    return pupil.low


def go_on(
    draw: random.Random,
    pupil: Pupil,
    before: list[Attended],
    more: dict[Term, int],
    ahead: list[tuple[Term, int]],
) -> list[Attended]:
    """A pupil's terms a quarter later: those `before`, the running one with `more` half days of it, and those `ahead`.

    Alters the terms of `before`.
    """
    for row in before:
        further = more.get(row.term, 0)
        if further and row is max(before, key=lambda one: one.term.start):
            rate = row.attended / row.possible if row.possible else pupil.usual
            attended = min(further, round(further * rate))
            row.possible += further
            row.attended += attended
            row.unauthorised += further - attended
    return before + (terms_of(draw, pupil, ahead) if ahead else [])
