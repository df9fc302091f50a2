"""Numbers of people who do not exist: valid in form, each given once, and in ranges that nobody has."""

import random
import re

import polars as pl
import pytest

from pipelines import identifiers as checks
from pipelines.council.identifiers import (
    Numbering,
    nhs_number,
    number_plate,
    pnc_id,
    temporary_pupil_number,
    unique_pupil_number,
)

MANY = 3000


@pytest.fixture(scope="module")
def numbering() -> Numbering:
    return Numbering(random.Random(5))


def numbers(numbering: Numbering, kind: str) -> list[str]:
    match kind:
        case "nhs":
            return [numbering.nhs() for _ in range(MANY)]
        case "upn":
            return [numbering.upn(2009 + number % 12) for number in range(MANY)]
        case "nino":
            return [numbering.nino() for _ in range(MANY)]
        case "pnc":
            return [numbering.pnc(1998, 2024) for _ in range(MANY)]
        case _:
            return [numbering.uprn() for _ in range(MANY)]


@pytest.mark.parametrize(
    ("kind", "valid"),
    [
        ("nhs", checks.valid_nhs_number),
        ("upn", checks.valid_upn),
        ("nino", checks.valid_nino),
        ("pnc", checks.valid_pnc_id),
        ("uprn", lambda number: checks.valid_uprn(checks.clean_uprn(number))),
    ],
)
def test_valid_and_each_given_once(numbering, kind, valid):
    given = numbers(numbering, kind)
    frame = pl.DataFrame({"number": given})

    assert frame.select(valid(pl.col("number")).all()).item()
    assert frame["number"].n_unique() == MANY


@pytest.mark.parametrize(
    ("year", "serial", "number"),
    [(2001, 171310, "2001/0171310W"), (2003, 62845, "2003/0062845E")],
)
def test_police_number_as_published(year, serial, number):
    assert pnc_id(year, serial) == number


def test_nhs_numbers_are_in_the_test_range_and_skip_check_digit_ten():
    given = [nhs_number(body) for body in range(110)]

    assert {number[:3] for number in given if number} == {"999"}
    assert given.count(None) == 10


def test_temporary_pupil_number_is_valid_and_told_apart():
    permanent = unique_pupil_number(2015, 77)
    temporary = temporary_pupil_number(permanent)
    frame = pl.DataFrame({"upn": [permanent, temporary]})

    assert frame.select(checks.valid_upn(pl.col("upn"))).to_series().to_list() == [True, True]
    assert frame.select(checks.temporary_upn(pl.col("upn"))).to_series().to_list() == [False, True]


def test_phones_and_plates_are_nobodys(numbering):
    drama = re.compile(r"07700 900\d{3}|(0161|0113|0114) 496 0\d{3}|01632 960\d{3}")

    assert all(drama.fullmatch(numbering.mobile()) for _ in range(200))
    assert all(drama.fullmatch(numbering.landline()) for _ in range(200))
    assert {number_plate(numbering.draw)[0] for _ in range(400)} <= set("JTUZ")  # of no registration office
