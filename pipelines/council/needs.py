"""The 34 needs of the national framework of 2022: whom each concerns, which come together, how hard each is to meet.

Shares and chances are invented, so that a manager sees believable differences; they are no statistics.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from pipelines.council.people import Family, Membership, Person

Concerns = Literal["child", "adult", "parent", "family", "anyone"]


@dataclass(frozen=True)
class Subject:
    """Whom a need concerns: the kind of person and the ages at which it makes sense (both included)."""

    concerns: Concerns
    youngest: int = 0
    oldest: int = 17
    hard: float = 1.0  # 1: as hard to meet as the average need


SUBJECTS: Final[Mapping[str, Subject]] = {
    "1.1": Subject("child", 5, 14, 1.2),
    "1.2": Subject("child", 6, 14, 2.0),
    "1.3": Subject("child", 7, 15, 1.6),
    "1.4": Subject("child", 4, 16, 1.2),
    "2.1": Subject("parent", 16, 55, 0.5),
    "2.2": Subject("child", 0, 5, 0.4),
    "2.3": Subject("child", 0, 5, 0.6),
    "3.1": Subject("child", 7, 17, 1.3),
    "3.2": Subject("adult", 18, 90, 1.2),
    "3.3": Subject("anyone", 0, 90, 0.8),
    "4.1": Subject("adult", 18, 90, 1.8),
    "4.2": Subject("child", 13, 17, 1.5),
    "5.1": Subject("parent", 16, 90, 0.5),
    "5.2": Subject("family", hard=1.1),
    "5.3": Subject("child", 8, 17, 1.3),
    "5.4": Subject("child", 8, 17, 0.8),
    "6.1": Subject("child", 0, 17, 1.2),
    "6.2": Subject("child", 11, 17, 1.2),
    "6.3": Subject("child", 11, 17, 1.4),
    "6.4": Subject("child", 11, 17, 1.8),
    "6.5": Subject("child", 11, 17, 1.0),
    "6.6": Subject("child", 8, 17, 0.9),
    "7.1": Subject("adult", 18, 90, 1.2),
    "7.2": Subject("child", 10, 17, 1.2),
    "7.3": Subject("child", 11, 17, 1.4),
    "8.1": Subject("adult", 18, 90, 1.0),
    "8.2": Subject("adult", 18, 90, 1.7),
    "8.3": Subject("child", 1, 17, 0.8),
    "9.1": Subject("family", hard=1.4),
    "9.2": Subject("family", hard=1.1),
    "9.3": Subject("child", 16, 17, 1.3),
    "10.1": Subject("adult", 18, 60, 1.7),
    "10.2": Subject("family", hard=0.9),
    "10.3": Subject("child", 16, 19, 1.2),
}

# What brings a family in: (theme, share, needs that come with it and how often, why it was referred).
THEMES: Final[Sequence[tuple[str, float, Mapping[str, float], tuple[str, ...]]]] = (
    (
        "school",
        16,
        {"1.1": 9, "1.2": 2, "3.1": 5, "5.1": 5, "1.4": 3, "5.3": 2, "6.6": 2, "10.2": 1},
        ("Persistent absence and low mood", "Attendance below 80%, parents asking for help"),
    ),
    (
        "early years",
        17,
        {"2.1": 5, "2.2": 5, "2.3": 6, "5.1": 6, "10.2": 3, "3.2": 3, "9.2": 2},
        ("New baby, young parents", "Speech delay, routines and bedtimes"),
    ),
    (
        "minds",
        12,
        {"3.1": 6, "3.2": 6, "5.1": 5, "5.2": 3, "1.1": 2, "6.6": 2, "5.4": 2},
        ("Anxiety, waiting for CAMHS", "Low mood after bereavement"),
    ),
    (
        "substance use",
        6,
        {"4.1": 8, "6.1": 5, "5.1": 5, "10.2": 3, "3.2": 3, "7.1": 3, "10.1": 2},
        ("Substance use, neighbour complaints", "Alcohol use, children caring for themselves"),
    ),
    (
        "domestic abuse",
        13,
        {"8.1": 8, "8.3": 7, "8.2": 4, "5.2": 3, "3.2": 4, "6.1": 4, "9.2": 2, "5.1": 2},
        ("DV in the household, support for mum", "Police notification, children present"),
    ),
    (
        "young people at risk",
        20,
        {
            "6.2": 5,
            "6.4": 4,
            "6.3": 3,
            "7.2": 5,
            "7.3": 3,
            "4.2": 3,
            "1.3": 4,
            "6.5": 1.5,
            "6.6": 2,
            "5.3": 3,
        },
        ("Missing from home, peer group worries", "Found with older young people, out late"),
    ),
    (
        "home and money",
        13,
        {"9.1": 4, "9.2": 6, "10.1": 4, "10.2": 8, "3.2": 4, "5.1": 3, "7.1": 1},
        ("Rent arrears and overcrowding", "Debt, worklessness"),
    ),
    (
        "conflict and caring",
        9,
        {"5.2": 6, "5.4": 4, "5.3": 4, "3.3": 5, "5.1": 5, "8.1": 2, "3.1": 3},
        ("Conflict since separation, children caught in between", "Young carer, mum unwell"),
    ),
    (
        "additional needs",
        7,
        {"3.3": 7, "1.4": 6, "5.1": 5, "2.3": 3, "3.2": 3, "1.1": 2, "10.2": 2},
        ("Autism assessment, family exhausted", "Step down from CIN"),
    ),
    (
        "older teenagers",
        16,
        {"9.3": 8, "10.3": 8, "3.1": 4, "4.2": 3, "5.2": 2, "6.2": 2, "5.1": 2},
        ("Told to leave home, sofa surfing", "Not in education since summer"),
    ),
)
FALLBACK: Final = {"5.1": 5.0, "3.2": 4.0, "10.2": 4.0, "9.2": 2.0, "5.2": 2.0, "3.3": 2.0}


def who_may(code: str, family: Family, day: date, expectant: bool) -> list[Person]:
    """The members whom a need may concern on a day; empty where it concerns the whole family, or nobody."""
    subject = SUBJECTS[code]
    if subject.concerns == "family":
        return []
    if code == "2.1" and not expectant and not any(0 <= person.age(day) <= 1 for person in family.people()):
        return []
    return [member.person for member in family.members if _fits(subject, member, day)]


def _fits(subject: Subject, member: Membership, day: date) -> bool:
    if member.person.born is None or (member.left and member.left <= day):
        return False
    if not subject.youngest <= member.person.age(day) <= subject.oldest:
        return False
    grown = member.role in {"parent", "carer", "other adult"}
    match subject.concerns:
        case "child":
            return not grown
        case "parent":
            return member.role in {"parent", "carer"}
        case "adult":
            return grown
        case _:
            return True


def can_be(code: str, family: Family, day: date, expectant: bool) -> bool:
    """Whether this family can have this need on this day."""
    return SUBJECTS[code].concerns == "family" or bool(who_may(code, family, day, expectant))
