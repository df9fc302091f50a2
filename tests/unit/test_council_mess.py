"""What is spoilt is named, and what is named is spoilt."""

import random
from dataclasses import asdict
from datetime import date

import pytest

from pipelines.council.mess import IN_FILE, SPOILS, cleanly, misspelt, spoil, without_diacritics
from pipelines.council.people import Person
from pipelines.council.places import WARDS, Home

HOME = Home("5 Canal Street, Tanners Row", "WB1 1AA", "010000000001", WARDS[0])
ELSEWHERE = Home("6 Mill Lane, Hagg Fold", "WB8 1AB", "010000000002", WARDS[7])


def somebody() -> Person:
    return Person(
        number=1,
        forename="Christopher",
        surname="Morgan-Clarke",
        born=date(2012, 5, 3),
        sex="F",
        ethnicity="WBRI",
        home=HOME,
        old_home=ELSEWHERE,
        known_as=("Chris",),
        maiden_name="Entwistle",
        nhs="9990000018",
        upn="A820120000001",
        nino="AB123456C",
        child_id="00001207",
    )


@pytest.mark.parametrize("kind", SPOILS)
def test_each_spoils_something(kind):
    person = somebody()
    written = cleanly(person)
    before = asdict(written)

    assert SPOILS[kind][0](random.Random(1), written, person)
    assert asdict(written) != before


@pytest.mark.parametrize(
    "kind", ["nickname", "maiden_name", "half_surname", "old_address", "no_identifiers", "no_birth_date"]
)
def test_what_somebody_does_not_have_is_not_spoilt(kind):
    person = Person(2, "Mia", "Ellis", None, "F", "WBRI", HOME)
    written = cleanly(person)
    before = asdict(written)

    assert not SPOILS[kind][0](random.Random(1), written, person)
    assert asdict(written) == before


@pytest.mark.parametrize("contract", IN_FILE)
def test_a_row_without_a_name_of_mess_is_clean(contract):
    draw, person, clean = random.Random(3), somebody(), asdict(cleanly(somebody()))
    spoilt = 0
    for _ in range(400):
        written = asdict(spoil(draw, cleanly(person), person, contract))
        assert (written == clean) == (not written["mess"])
        spoilt += bool(written["mess"])

    assert 0.04 < spoilt / 400 < 0.25


def test_a_slip_of_the_fingers_changes_little():
    draw = random.Random(2)

    assert all(abs(len(misspelt(draw, "Thornton")) - 8) <= 1 for _ in range(50))
    assert misspelt(draw, "Bo") == "Bo"


def test_plain_letters():
    assert (
        without_diacritics("Łukasz Dąbrowský Ștefan Ó Súilleabháin")
        == "Lukasz Dabrowsky Stefan O Suilleabhain"
    )
