"""What happens to the fictional council's people: corrections, numbers of services, families entered twice."""

import random
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipelines.council.chance import draws
from pipelines.council.hard_cases import enter_twice
from pipelines.council.mess import Corrections, Written, cleanly, spoil
from pipelines.council.partner_rows import own_number
from pipelines.council.people import Family, Membership, Person, Registry
from pipelines.council.places import WARDS, Home

HOME = Home("5 Canal Street, Tanners Row", "WB1 1AA", "010000000001", WARDS[0])
ELSEWHERE = Home("6 Mill Lane, Hagg Fold", "WB8 1AB", "010000000002", WARDS[7])
TOWN = SimpleNamespace(home=lambda ward, draw: ELSEWHERE, ward=lambda draw: WARDS[7])
NAMES = SimpleNamespace(surname=lambda draw, culture: "Newsome")
PARTICULARS = ("forename", "surname", "born", "address", "postcode", "uprn", "nhs", "upn", "nino")


def person(number: int) -> Person:
    return Person(
        number,
        "Christopher",
        "Morgan",
        date(2012, 5, 3),
        "M",
        "WBRI",
        HOME,
        nhs="9990000018",
        child_id="00001207",
    )


def corrections(seed: int = 1) -> Corrections:
    return Corrections(
        seed, draws(seed, "corrections"), cast(Registry, SimpleNamespace(town=TOWN, names=NAMES))
    )


def particulars(written: Written) -> tuple[Any, ...]:
    return tuple(getattr(written, name) for name in PARTICULARS)


def test_two_rows_in_a_hundred_are_put_right_and_say_so() -> None:
    draw, mending = random.Random(5), corrections()
    rows = [(spoil(draw, cleanly(one), one, "police_incident"), one) for one in map(person, range(1, 5001))]
    before = [(particulars(written), list(written.mess)) for written, _ in rows]
    for written, one in rows:
        mending.correct(written, one)
    put_right = [place for place, (written, _) in enumerate(rows) if "corrected" in written.mess]

    assert 0.01 < len(put_right) / len(rows) < 0.03
    for place, (written, one) in enumerate(rows):
        if place not in put_right:
            assert (particulars(written), written.mess) == before[place]
        elif before[place][1]:
            assert particulars(written) == particulars(cleanly(one))
        else:
            assert particulars(written) != before[place][0]


def test_a_person_who_moved_or_married_did_so_for_every_partner() -> None:
    mending, somebody = corrections(), person(7)
    told = set()
    for _ in range(3000):
        written = cleanly(somebody)
        mending.correct(written, somebody)
        if written.mess:
            told.add(particulars(written))

    assert len(told) == 1
    assert mending.changes.keys() == {7}


@pytest.mark.parametrize(
    "contract",
    [
        "adult_social_care",
        "special_educational_needs",
        "mental_health_support",
        "substance_misuse_treatment",
        "youth_justice",
        "probation",
        "homelessness_duty",
    ],
)
def test_a_service_has_a_number_of_its_own_for_everybody(contract: str) -> None:
    numbers = {own_number(person(number), contract) for number in range(1, 20_001)}

    assert len(numbers) == 20_000
    assert len({len(number) for number in numbers}) == 1


def test_a_family_entered_twice_is_the_same_people_that_day_and_one_family() -> None:
    mother, child, gone, unborn = map(person, range(1, 5))
    first = Family(
        "F30001",
        HOME,
        "english",
        [
            Membership(mother, "parent", date(2022, 1, 1)),
            Membership(child, "child", date(2022, 1, 1)),
            Membership(gone, "parent", date(2022, 1, 1), date(2022, 9, 1)),
            Membership(unborn, "unborn", date(2022, 1, 1)),
        ],
        date(2022, 1, 5),
    )
    again = enter_twice(first, "F900001", date(2023, 2, 1))

    assert again.people() == [mother, child]
    assert {member.joined for member in again.members} == {date(2023, 2, 1)}
    assert (first.true_ref, again.true_ref, again.ref) == ("F30001", "F30001", "F900001")
    assert any(member.anew for member in again.members)
