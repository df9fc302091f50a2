"""The plain reading of the rules that the truth of the fictional council rests on."""

from datetime import date

import pytest

from pipelines.council.attendance import Attended
from pipelines.council.dates import school_terms
from pipelines.council.diary import Absence, Diary, Spell
from pipelines.council.judging import Judged, Records, judge_need
from pipelines.council.people import Family, Membership, Person
from pipelines.council.places import TEAMS, WARDS, Home
from pipelines.council.scenarios import Episode, Need, Review

AS_OF = date(2024, 10, 31)
CHILD = Person(
    1, "Mia", "Ellis", date(2012, 3, 4), "F", "WBRI", Home("1 Mill Lane", "WB1 1AA", "1", WARDS[0])
)
FAMILY = Family("F1", CHILD.home, "english", [Membership(CHILD, "child", date(2023, 1, 1))], date(2023, 1, 1))
TERMS = school_terms(AS_OF)
FIRST_COVERED = date(2022, 5, 1)
WATCHED = ("police_incident", "missing_episode", "housing_event", "social_care_episode")


def records(diary: Diary | None = None, **attended: tuple[int, int]) -> Records:
    rows = [
        Attended(term, "S", *reversed(attended[term.name]), 0, 0)
        for term in TERMS
        if term.year == 2023 and term.name in attended
    ]
    found = Records(
        AS_OF,
        dict.fromkeys(WATCHED, (FIRST_COVERED, AS_OF)),
        list(TERMS),
        {1: rows},
    )
    found.read(diary or Diary())
    return found


def judged(
    code: str, identified: date, reviews: list[tuple[date, str]] = (), found: Records | None = None
) -> Judged:
    need = Need(code, CHILD, identified, None, [Review(day, state, "because") for day, state in reviews])
    episode = Episode(
        "E1", FAMILY, date(2023, 1, 1), None, None, None, "", 0, TEAMS[0], "", "2A", "", "N", [need]
    )
    return judge_need(found or records(), episode, need)


@pytest.mark.parametrize(
    ("reviews", "state", "achieved", "sustained"),
    [
        ([], "outstanding", None, None),
        ([(date(2024, 4, 30), "met")], "sustained", date(2024, 4, 30), date(2024, 10, 29)),
        ([(date(2024, 5, 1), "met")], "sustained", date(2024, 5, 1), date(2024, 10, 31)),
        ([(date(2024, 5, 2), "met")], "sustaining", date(2024, 5, 2), None),
        ([(date(2024, 3, 1), "met"), (date(2024, 3, 1), "regressed")], "outstanding", None, None),
        (
            [(date(2023, 3, 1), "met"), (date(2023, 5, 1), "regressed"), (date(2024, 9, 1), "met")],
            "sustaining",
            date(2024, 9, 1),
            None,
        ),
        (
            [(date(2023, 2, 1), "met"), (date(2024, 9, 1), "met")],
            "sustained",
            date(2023, 2, 1),
            date(2023, 7, 31),
        ),
        ([(date(2022, 12, 1), "met")], "outstanding", None, None),
    ],
)
def test_judgement(reviews, state, achieved, sustained):
    assert judged("5.1", date(2023, 1, 15), reviews) == Judged(state, achieved, sustained)


@pytest.mark.parametrize(
    ("missing_since", "expected"),
    [
        (None, Judged("sustained", date(2023, 1, 15), date(2023, 7, 14))),
        (date(2022, 6, 1), Judged("sustained", date(2023, 1, 15), date(2023, 7, 14))),
        (date(2024, 4, 29), Judged("sustained", date(2024, 4, 30), date(2024, 10, 29))),
        (date(2024, 7, 1), Judged("sustaining", date(2024, 7, 2))),
        (AS_OF, Judged("outstanding")),
    ],
)
def test_silence(missing_since, expected):
    diary = Diary(absences=[Absence(CHILD, missing_since, None)] if missing_since else [])

    assert judged("6.2", date(2023, 1, 15), found=records(diary)) == expected


def test_a_plan_that_is_open_keeps_abuse_outstanding_whatever_was_judged():
    met = [(date(2023, 6, 1), "met")]
    diary = Diary(care=[Spell(CHILD, date(2023, 2, 1), None, "CPP")])

    assert judged("6.1", date(2023, 1, 15), met).state == "sustained"
    assert judged("6.1", date(2023, 1, 15), met, records(diary)).state == "outstanding"


@pytest.mark.parametrize(
    ("identified", "spring", "summer", "state"),
    [
        (date(2023, 11, 1), (90, 100), (90, 100), "sustained"),
        (date(2023, 11, 1), (85, 100), (95, 100), "sustained"),
        (date(2023, 11, 1), (80, 100), (95, 100), "sustaining"),
        (date(2023, 11, 1), (95, 100), (80, 100), "outstanding"),
        (date(2023, 11, 1), (95, 100), (0, 0), "not_evidenced"),
        (date(2024, 2, 1), (95, 100), (95, 100), "sustaining"),
        (date(2024, 6, 1), (95, 100), (95, 100), "outstanding"),
    ],
)
def test_attendance(identified, spring, summer, state):
    assert judged("1.1", identified, found=records(Spring=spring, Summer=summer)).state == state


def test_a_waiver_needs_a_reason():
    waived = [(date(2024, 3, 1), "waived")]
    need = Need("1.1", CHILD, date(2023, 11, 1), None, [Review(date(2024, 3, 1), "waived", "")])
    episode = Episode(
        "E1", FAMILY, date(2023, 1, 1), None, None, None, "", 0, TEAMS[0], "", "2A", "", "N", [need]
    )

    assert judged("1.1", date(2023, 11, 1), waived).state == "waived"
    assert judge_need(records(), episode, need).state == "not_evidenced"
