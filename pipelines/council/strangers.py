"""People whom partners know and early help does not: about three rows in ten of a partner's file.

Most are simply others. Some are easily confused with somebody in a family: a namesake with a birthday close by, a
cousin in the same street, a father and a son of one name in one house.
"""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from pipelines.council.chance import draws
from pipelines.council.dates import between, days_after
from pipelines.council.diary import Absence, Diary, Event, Spell
from pipelines.council.events import HOUSING, OFFENCES, arrears, enrol, health_visits
from pipelines.council.people import Person, Registry, roots_of
from pipelines.council.services import STRANGERS, spell

SHARE: Final = 0.43  # to one row about somebody in a family: 30 in 100 of all rows
CONFUSABLE: Final = 0.09


def add_strangers(registry: Registry, diary: Diary, families: int, first: date) -> None:
    """Fills the diary with other people's events, in proportion to what it holds."""
    draw = draws(registry.seed, "strangers", first)
    known = [person for person in registry.people if person.born and person.forename]
    pupils = [_stranger(registry, draw, known, 4, 15) for _ in range(round(len(diary.pupils) * SHARE))]
    infants = [_stranger(registry, draw, known, 0, 3) for _ in range(round(len(diary.health) * SHARE / 2.4))]
    wanted = {
        "incidents": len(diary.incidents),
        "absences": len(diary.absences),
        "care": len(diary.care),
        "housing": len(diary.housing),
        "work": len(diary.work),
        "exclusions": len(diary.exclusions),
    }
    adults = [_stranger(registry, draw, known, 18, 70) for _ in range(1 + families // 3)]
    for person in pupils:
        enrol(draw, diary, person, registry.as_of, usual=0.938, spread=0.04)
    for person in infants:
        health_visits(draw, diary, person, first, registry.as_of)
    anybody = pupils + adults
    last = registry.as_of

    def times(name: str, people: list[Person], write: Callable[[Person, date], None]) -> None:
        if people:
            for _ in range(round(wanted[name] * SHARE)):
                person = draw.choice(people)
                write(person, between(draw, max(first, person.born or first), last))

    def incident(person: Person, day: date) -> None:
        role = draw.choice(("suspect", "victim", "witness"))
        offence = draw.choice(OFFENCES)
        diary.incident(day, offence, draw.random() < 0.2, [(person, role)])

    def care(person: Person, day: date) -> None:
        end = days_after(day, draw.randint(30, 500))
        kind = draw.choices(("CIN", "CPP", "CLA"), (6, 3, 1))[0]
        diary.care.append(
            Spell(person, day, end if end <= last else None, kind, draw.choice(("N1", "N2", "N4")))
        )

    def work(person: Person, day: date) -> None:
        end = between(draw, days_after(day, 20), last) if draw.random() < 0.4 else None
        diary.work.append(Spell(person, day, end if end and end > day else None))

    times("incidents", anybody, incident)
    times("absences", pupils, lambda person, day: diary.absences.append(Absence(person, day, day)))
    times("care", pupils, care)
    times(
        "housing",
        adults,
        lambda person, day: diary.housing.append(Event(person, day, draw.choice(HOUSING), arrears(draw))),
    )
    times("work", adults, work)
    later = draws(registry.seed, "strangers", "services", len(registry.people))
    for contract, spells in diary.services.items():
        kinds, grown = STRANGERS[contract]
        people = adults if grown else pupils
        if contract == "youth_justice":
            people = [person for person in pupils if person.age(last) >= 10]
        for _ in range(round(len(spells) * SHARE) if people else 0):
            spell(later, diary, contract, later.choice(kinds), later.choice(people), first, last)
    times("exclusions", pupils, lambda person, day: diary.exclusions.append(Event(person, day, "SUSP")))


def _stranger(
    registry: Registry, draw: random.Random, known: list[Person], youngest: int, oldest: int
) -> Person:
    ward = registry.town.ward(draw)
    culture, code = roots_of(draw, ward)
    age_days = int(draw.uniform(youngest, oldest + 1) * 365.25)
    person = registry.person(
        draw,
        culture=culture,
        surname=registry.names.surname(draw, culture),
        sex=draw.choice("MF"),
        born=registry.as_of - timedelta(days=age_days),
        ethnicity=code,
        home=registry.town.home(ward, draw),
    )
    if known and draw.random() < CONFUSABLE:
        _confuse(draw, registry, person, draw.choice(known), youngest, oldest)
    return person


def _confuse(
    draw: random.Random, registry: Registry, person: Person, like: Person, youngest: int, oldest: int
) -> None:
    person.surname = like.surname
    kind = draw.random()
    if kind < 0.45 and like.born and youngest <= like.age(registry.as_of) <= oldest:
        person.forename, person.known_as, person.sex = like.forename, like.known_as, like.sex
        person.born = like.born + timedelta(days=draw.choice((-31, -9, -1, 0, 0, 1, 5, 28)))
    elif kind < 0.8 or like.sex != "M" or youngest < 18:
        person.home = registry.town.next_door(like.home)
    else:
        person.forename, person.known_as, person.sex, person.home = (
            like.forename,
            like.known_as,
            "M",
            like.home,
        )
