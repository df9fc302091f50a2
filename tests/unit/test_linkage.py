"""Linkage: what is joined, what stays apart, and what a strange extract cannot make of it."""

import time
from datetime import date

import polars as pl
import pytest

from pipelines.linkage import families, link
from pipelines.linkage.components import components
from pipelines.linkage.tenants import parse_tenants

BORN = date(2012, 3, 4)


def persons(records: list[dict]) -> list[int]:
    frame = pl.DataFrame([{"record_id": str(n), "source": "s", **record} for n, record in enumerate(records)])
    return link(frame)["person"].to_list()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"nhs_number": "9434765919"}, {"nhs_number": "9434765919"}, True),
        ({"nhs_number": "9434765918"}, {"nhs_number": "9434765918"}, False),  # fails its check digit
        ({"upn": "H243278544154"}, {"upn": "H243278544154"}, True),
        ({"upn": "R247962919251"}, {"upn": "R247962919251"}, False),
        ({"nino": "JP007920D"}, {"nino": "JP007920D"}, True),
        ({"nino": "BG007920D"}, {"nino": "BG007920D"}, False),  # a prefix that is never used
        ({"forename": "Zoë", "postcode": "AS1 1AA"}, {"forename": "ZOE", "postcode": "as11aa"}, True),
        ({"forename": "Zoë", "postcode": "AS1 1AA"}, {"forename": "Zara", "postcode": "AS1 1AA"}, False),
        ({"forename": "Z", "postcode": "AS1 1AA"}, {"forename": "Z", "postcode": "AS1 1AA"}, False),
        ({"forename": "Zoë"}, {"forename": "Zoë"}, False),  # no postcode
    ],
)
def test_two_records(one: dict, other: dict, same: bool) -> None:
    blank = {"forename": None, "surname": "Smith", "date_of_birth": BORN, "postcode": None}
    blank |= {"nhs_number": None, "upn": None, "nino": None}
    first, second = persons([{**blank, **one}, {**blank, **other}])
    assert (first == second) is same


def test_twins_stay_apart() -> None:
    shared = {"surname": "Smith", "date_of_birth": BORN, "postcode": "AS1 1AA"}
    first, second = persons([{"forename": "Ann", **shared}, {"forename": "Ben", **shared}])
    assert first != second


def test_a_tenant_joins_the_one_person_of_that_initial_at_that_property() -> None:
    known = {
        "source": "case",
        "surname": "Okafor",
        "date_of_birth": BORN,
        "uprn": "123",
        "postcode": "AS1 1AA",
    }
    tenant = {"source": "housing", "forename": "D", "surname": "OKAFOR", "uprn": "123"}
    daniel, tenancy = persons([{"forename": "Daniel", **known}, tenant])
    assert daniel == tenancy
    daniel, dora, tenancy = persons([{"forename": "Daniel", **known}, {"forename": "Dora", **known}, tenant])
    assert len({daniel, dora, tenancy}) == 3


def test_a_brother_given_his_sisters_number_does_not_become_her() -> None:
    shared = {"nhs_number": "9434765919", "surname": "Smith"}
    sister = {**shared, "forename": "Ann", "date_of_birth": BORN}
    brother = {**shared, "forename": "Ben", "date_of_birth": date(2014, 5, 6)}
    misspelt = {**shared, "forename": "Anne", "date_of_birth": BORN}
    first, second, third = persons([sister, brother, misspelt])
    assert first == third != second


def test_a_tenants_whole_forename_goes_before_the_initial() -> None:
    here = {"surname": "Kilford", "uprn": "123", "postcode": "AS1 1AA"}
    known = [{**here, "forename": name, "date_of_birth": BORN} for name in ("Christopher", "Caleb")]
    christopher, caleb, tenancy = persons([*known, {**here, "forename": "Christopher"}])
    assert tenancy == christopher != caleb


def test_a_placeholder_number_makes_no_giant_person() -> None:
    records = [
        {
            "nhs_number": "9434765919",
            "forename": f"A{n}",
            "surname": "B",
            "date_of_birth": date(1990, 1, 1 + n),
        }
        for n in range(20)
    ]
    assert len(set(persons(records))) == 20


@pytest.mark.parametrize("column", ["forename", "surname", "date_of_birth", "postcode", "nhs_number"])
def test_records_without_a_column(column: str) -> None:
    records = pl.DataFrame(
        {
            "record_id": ["1", "2"],
            "source": ["s", "s"],
            "forename": ["Ann", "Ann"],
            "surname": ["B", "B"],
            "date_of_birth": [BORN, BORN],
            "postcode": ["AS1 1AA", "AS1 1AA"],
            "nhs_number": [None, None],
        },
        schema_overrides={"nhs_number": pl.String},
    ).drop(column)
    assert link(records).height == 2


def test_no_records() -> None:
    empty = pl.DataFrame(schema={"record_id": pl.String, "source": pl.String})
    assert link(empty).is_empty()


def test_a_hundred_thousand_equal_rows_with_nothing_to_link_by_end_soon() -> None:
    rows = pl.DataFrame({"record_id": [str(n) for n in range(100_000)], "source": "s", "surname": "Smith"})
    began = time.perf_counter()
    assert link(rows)["person"].n_unique() == 100_000
    assert time.perf_counter() - began < 20


def test_a_long_chain_is_one_component() -> None:
    links = 20_000
    rows = pl.DataFrame(
        {
            "a": [f"a{n // 2}" for n in range(links)],
            "b": [f"b{(n + 1) // 2}" for n in range(links)],
        }
    )
    assert components(rows.sample(fraction=1.0, shuffle=True, seed=1), ["a", "b"]).n_unique() == 1


@pytest.mark.parametrize(
    ("written", "forename", "surname"),
    [
        ("MR D OKAFOR", "D", "OKAFOR"),
        ("Okafor, Daniel", "Daniel", "Okafor"),
        ("OKAFOR D", "D", "OKAFOR"),
        ("Ms. Zoë Smith-Jones", "Zoë", "Smith-Jones"),
        ("Mrs Okafor", None, "Okafor"),
        ("Okafor, Mr Daniel", "Daniel", "Okafor"),
    ],
)
def test_tenants_names(written: str, forename: str | None, surname: str) -> None:
    frame = pl.DataFrame({"tenant_name": [written], "address": ["Flat 2, 8 Ings Lane, Ashmere as1  5fa"]})
    (row,) = parse_tenants(frame).to_dicts()
    assert (row["forename"], row["surname"], row["postcode"]) == (forename, surname, "AS1 5FA")


def test_a_child_of_two_households_belongs_to_both() -> None:
    members = pl.DataFrame(
        {
            "file": "f",
            "row": [1, 2, 3],
            "family_ref": ["F1", "F2", "F2"],
            "role": "child",
            "from_date": [date(2023, 1, 1), date(2023, 6, 1), date(2023, 6, 1)],
            "to_date": [None, None, None],
        },
        schema_overrides={"to_date": pl.Date},
    )
    links = pl.DataFrame({"contract": "family_member", "file": "f", "row": [1, 2, 3], "person": [7, 7, 7]})
    assert families(members, links).select("family_ref", "person").rows() == [("F1", 7), ("F2", 7)]
