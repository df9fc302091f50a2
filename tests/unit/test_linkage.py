"""Linkage: what is joined, what stays apart, and what a strange extract cannot make of it."""

import time
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest

from pipelines.linkage import Linked, link, link_all
from pipelines.linkage.placeholders import without_placeholders

BORN = date(2012, 3, 4)
HOME = {"postcode": "AS1 1AA", "address": "3 Mill Road, Ashmere", "uprn": "100023"}
ELSEWHERE = {"postcode": "AS7 2BB", "address": "77 High Street", "uprn": "100099"}
ANN = {"forename": "Ann", "surname": "Okafor", "date_of_birth": BORN}
UNDATED = {"date_of_birth": None}
NHS, OTHER_NHS = "9434765919", "9990000018"
TEXT = (
    "record_id", "source", "own_key", "forename", "surname", "also_known_as", "sex", "postcode", "address", "uprn",
    "nhs_number", "upn", "nino", "pnc_id",
)  # fmt: skip
SCHEMA: Mapping[str, Any] = {**dict.fromkeys(TEXT, pl.String), "date_of_birth": pl.Date}

Row = Mapping[str, Any]


def strangers() -> list[Row]:
    """People of another town, so that a name is as rare as it is in life."""
    draw = Random(1)

    def word() -> str:
        return "".join(draw.choice("bdfgklmnprst") + draw.choice("aeiou") for _ in range(4))

    return [
        {
            "record_id": f"stranger {at}", "source": "s", "forename": word(), "surname": word(),
            "date_of_birth": date(1940, 1, 2) + timedelta(days=draw.randrange(25_000)), "sex": draw.choice("MF"),
            "postcode": f"BR{at % 90 + 1} {draw.randint(1, 9)}QQ",
        }
        for at in range(150)
    ]  # fmt: skip


STRANGERS = strangers()


def linked(
    rows: Sequence[Row],
    apart: Sequence[tuple[str, str, int]] = (),
    together: Sequence[tuple[str, int]] = (),
) -> Linked:
    """Links rows among strangers. `apart` and `together` name rows by where they stand."""
    named = [*({"record_id": str(at), "source": "s", **row} for at, row in enumerate(rows)), *STRANGERS]
    return link_all(
        pl.DataFrame([{name: row.get(name) for name in SCHEMA} for row in named], schema=SCHEMA),
        apart=pl.DataFrame(apart, schema=["group", "side", "record_id"], orient="row").cast(pl.String),
        together=pl.DataFrame(together, schema=["group", "record_id"], orient="row").cast(pl.String),
    )


def persons(rows: Sequence[Row], **said: Any) -> list[int]:
    return linked(rows, **said).persons["person"].to_list()[: len(rows)]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"nhs_number": NHS}, {"nhs_number": NHS}, True),
        ({"nhs_number": NHS}, {"nhs_number": "943 476 5919"}, True),
        ({"nhs_number": "9434765918"}, {"nhs_number": "9434765918"}, False),  # fails its check digit
        ({"nhs_number": "9999999999"}, {"nhs_number": "9999999999"}, False),
        ({"upn": "H243278544154"}, {"upn": "H243278544154"}, True),
        ({"upn": "R247962919251"}, {"upn": "R247962919251"}, False),
        ({"nino": "JP007920D"}, {"nino": "JP007920D"}, True),
        ({"nino": "BG007920D"}, {"nino": "BG007920D"}, False),  # a prefix that is never used
        ({"own_key": "7"}, {"own_key": "7"}, True),
        ({"own_key": "7"}, {"own_key": "7", "source": "another"}, False),
        ({"own_key": "7"}, {"own_key": "8"}, False),
    ],
)
def test_a_number_joins_where_it_is_valid(one: Row, other: Row, same: bool) -> None:
    first, second = persons([{**one, "sex": "F"}, other])
    assert (first == second) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        # As people are written down.
        ({"forename": "Zoë", **HOME}, {"forename": "ZOE", "postcode": "as11aa"}, True),
        ({"forename": "Katherine", **HOME}, {"forename": "Kate", **HOME}, True),
        ({"forename": "Tasha", **HOME}, {"forename": "Natasha", **HOME}, True),
        ({"forename": "Ann", "also_known_as": "Sunny", **HOME}, {"forename": "Sunny", **HOME}, True),
        ({"forename": "Christopher", **HOME}, {"forename": "Christohper", **HOME}, True),
        ({"forename": "Okafor", "surname": "Daniel", **HOME}, {"forename": "Daniel", **HOME}, True),
        ({"forename": "Okafor", **HOME}, {"forename": "Okafor", "uprn": "100023"}, True),
        ({"surname": "Smith-Jones", **HOME}, {"surname": "Jones", **HOME}, True),
        ({"surname": "Quill", **HOME}, {"surname": "Okafor", **HOME}, True),  # married since
        ({**HOME}, {"date_of_birth": date(2012, 4, 3), **HOME}, True),
        ({**HOME}, {"date_of_birth": date(2012, 3, 14), **HOME}, True),
        ({**HOME}, {**ELSEWHERE}, True),
        # As people are not.
        ({**HOME}, {"forename": "Ben", **HOME}, False),
        ({**HOME}, {"forename": "Ben", "surname": "Smith", **HOME}, False),
        ({**HOME}, {"date_of_birth": date(1985, 7, 17), **HOME}, False),  # mother and daughter
        ({**HOME}, {"date_of_birth": date(2012, 3, 24), **ELSEWHERE}, False),  # namesakes
        ({**HOME}, {"surname": "Quill", **ELSEWHERE}, False),
        ({"date_of_birth": None}, {"date_of_birth": None}, False),
        ({**UNDATED, "postcode": "unknown"}, {**UNDATED, "postcode": "unknown"}, False),
        ({**UNDATED, "uprn": "999999999"}, {**UNDATED, "uprn": "999999999"}, False),
        ({**UNDATED, "uprn": "100023"}, {**UNDATED, "uprn": "100023"}, True),
    ],
)  # fmt: skip
def test_two_records_without_numbers(one: Row, other: Row, same: bool) -> None:
    first, second = persons([{**ANN, **one}, {**ANN, "source": "another", **other}])
    assert (first == second) is same


def test_a_tenant_joins_the_one_person_of_that_initial_at_that_property() -> None:
    here = {"surname": "Okafor", **HOME}
    daniel, dora = (
        {"source": "case", **here, "forename": name, "date_of_birth": BORN} for name in ("Daniel", "Dora")
    )
    tenant = {"source": "housing", "forename": "D", "surname": "OKAFOR", "uprn": "100023"}
    first, tenancy = persons([daniel, tenant])
    assert first == tenancy
    assert len(set(persons([daniel, dora, tenant]))) == 3


def test_a_tenants_whole_forename_goes_before_the_initial() -> None:
    here = {"surname": "Kilford", **HOME}
    known = [{**here, "forename": name, "date_of_birth": BORN} for name in ("Christopher", "Caleb")]
    christopher, caleb, tenancy = persons([*known, {**here, "source": "housing", "forename": "Christopher"}])
    assert tenancy == christopher != caleb


def test_a_brother_given_his_sisters_number_does_not_become_her() -> None:
    shared = {"nhs_number": NHS, "surname": "Smith"}
    sister = {**shared, "forename": "Ann", "date_of_birth": BORN}
    brother = {**shared, "forename": "Ben", "date_of_birth": date(2014, 5, 6)}
    misspelt = {**shared, "forename": "Anne", "date_of_birth": BORN}
    first, second, third = persons([sister, brother, misspelt])
    assert first == third != second


def test_two_who_are_not_known_are_not_one_for_it() -> None:
    unknown = {"forename": "Not known", "nhs_number": NHS}
    rows = [
        {**unknown, "surname": "Okafor", "date_of_birth": BORN},
        {**unknown, "surname": "Baron", "date_of_birth": date(1990, 1, 1)},
        {"nhs_number": NHS, "forename": "Ann", "surname": "Quill", "date_of_birth": date(1971, 2, 2)},
        {"nhs_number": NHS, "forename": "Ben", "surname": "Swift", "date_of_birth": date(1972, 9, 9)},
    ]
    assert len(set(persons(rows))) == 4


def test_a_placeholder_number_makes_no_giant_person() -> None:
    rows = [
        {
            "nhs_number": NHS,
            "forename": f"A{chr(97 + n) * 4}",
            "surname": "B",
            "date_of_birth": date(1990, 1, 1 + n),
        }
        for n in range(20)
    ]
    assert len(set(persons(rows))) == 20


def test_two_numbers_of_which_a_person_has_one_are_asked_about() -> None:
    rows = [{**ANN, **HOME, "nhs_number": NHS}, {**ANN, **HOME, "nhs_number": OTHER_NHS, "source": "another"}]
    found = linked(rows)
    first, second = found.persons["person"][:2]
    assert first != second
    ((one, other, _probability, reason),) = found.reviews.iter_rows()
    assert ({one, other}, reason) == ({"0", "1"}, "conflict")


def test_what_somebody_judged_to_be_one_is_one() -> None:
    rows = [
        {**ANN, **HOME, "nhs_number": NHS},
        {"forename": "Ben", "nhs_number": OTHER_NHS},
        {"surname": "Quill"},
    ]
    assert len(set(persons(rows))) == 3
    found = linked(rows, together=[("one", 0), ("one", 1), ("another", 1), ("another", 2)])
    assert found.persons["person"][:3].n_unique() == 1
    assert found.reviews.is_empty()


@pytest.mark.parametrize(
    "row",
    [
        {**ANN, **HOME},
        {**ANN, "nhs_number": NHS},
        {"own_key": "7"},
        {**ANN, **HOME, "nhs_number": NHS, "own_key": "7", "upn": "H243278544154", "nino": "JP007920D"},
    ],
)
def test_the_sides_of_an_exclusion_are_two_whatever_they_say(row: Row) -> None:
    rows = [row] * 5
    assert len(set(persons(rows))) == 1
    sides = [("adoption", "a", 0), ("adoption", "a", 3), ("adoption", "b", 1), ("adoption", "b", 2)]
    found = linked(rows, apart=sides, together=[("said", 0), ("said", 1)])
    before, after, after_too, before_too, _either = found.persons["person"][:5]
    assert before == before_too != after == after_too


def test_one_number_joins_all_on_one_side_of_an_exclusion() -> None:
    rows = [
        {"nhs_number": NHS, "forename": "Ann", "surname": surname, "date_of_birth": BORN}
        for surname in ("Okafor", "Baron", "Quill")
    ]
    for alone in range(3):
        sides = [("adoption", "a" if at == alone else "b", at) for at in range(3)]
        found = persons(rows, apart=sides)
        assert len(set(found)) == 2
        assert found.count(found[alone]) == 1


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0)])
def test_a_surname_written_in_one_word_and_in_two(order: Sequence[int]) -> None:
    kept = {"forename": "Aaron", "own_key": "1", "date_of_birth": BORN, "postcode": "AS1 1AA"}
    rows = [
        {**kept, "surname": "Smith-Jonas"},
        {**kept, "surname": "SmithJonas"},
        {
            "source": "another",
            "forename": "Aaron",
            "surname": "Jonas",
            "date_of_birth": BORN,
            "postcode": "AS1 1AB",
        },
    ]
    assert len(set(persons([rows[at] for at in order]))) == 1


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
    assert link(records)["record_id"].to_list() == ["1", "2"]


def test_no_records() -> None:
    empty = pl.DataFrame(schema={"record_id": pl.String, "source": pl.String})
    assert link(empty).is_empty()
    assert link(empty).schema == {"record_id": pl.String, "person": pl.Int64}


def test_a_hundred_thousand_equal_rows_with_nothing_to_link_by_end_soon() -> None:
    rows = pl.DataFrame({"record_id": [str(n) for n in range(100_000)], "source": "s", "surname": "Smith"})
    began = time.process_time()
    assert link(rows)["person"].n_unique() == 100_000
    assert time.process_time() - began < 20


def test_no_warning_and_no_error_holds_a_value_of_a_record() -> None:
    rows = pl.DataFrame(
        {
            "record_id": [str(n) for n in range(2_000)], "source": "s", "date_of_birth": BORN,
            "forename": "Zebedee", "surname": "Quillfeather", "postcode": "AS1 1AA",
            "address": "3 Mill Road", "uprn": "100023", "nhs_number": [NHS, OTHER_NHS] * 1_000,
        }
    )  # fmt: skip
    warnings = " ".join(link_all(rows).warnings).lower()
    assert warnings
    for value in ("zebedee", "quillfeather", "2012", "as1", "mill", "100023", NHS):
        assert value not in warnings


PLACED = (
    "source", "forename", "surname", "born", "postcode", "home", "uprn", "nhs_number", "upn", "nino", "pnc_id",
)  # fmt: skip


def town(shared: int, different: int, column: str) -> pl.DataFrame:
    """So many people with one value in `column`, and so many with a value each, of different names."""
    people = [
        {
            **dict.fromkeys(PLACED), "source": "s", "forename": f"f{at}", "surname": f"s{at}",
            column: "one" if at < shared else f"value {at}",
        }
        for at in range(shared + different)
    ]  # fmt: skip
    return pl.DataFrame(people, schema=dict.fromkeys(PLACED, pl.String))


@pytest.mark.parametrize(
    ("column", "too_many", "few_enough"),
    [
        ("born", (101, 900), (100, 900)),
        ("born", (201, 39_000), (190, 40_000)),
        ("postcode", (501, 1_400), (501, 2_100)),
        ("home", (501, 5_000), (499, 5_000)),
        ("uprn", (501, 5_000), (499, 5_000)),
    ],
)
def test_a_value_too_common_to_be_true_is_taken_for_missing(
    column: str, too_many: tuple[int, int], few_enough: tuple[int, int]
) -> None:
    cleared, warnings = without_placeholders(town(*too_many, column))
    assert cleared[column].null_count() == too_many[0]
    assert len(warnings) == 1 + cleared["born"].is_null().all() * (column != "born")
    kept, _ = without_placeholders(town(*few_enough, column))
    assert kept[column].null_count() == 0


def test_one_person_with_many_records_has_no_placeholder() -> None:
    row = {"source": "s", "forename": "ann", "surname": "okafor", "born": "20120304", "postcode": "AS11AA"}
    many = pl.DataFrame(
        [{name: row.get(name) for name in PLACED}] * 5_000, schema=dict.fromkeys(PLACED, pl.String)
    )
    kept, warnings = without_placeholders(many)
    assert kept.equals(many)
    assert len(warnings) == 1
    assert "one surname" in warnings[0]


def test_a_number_beside_many_dates_of_birth_joins_nobody_and_is_told() -> None:
    rows = [
        {
            **dict.fromkeys(PLACED),
            "source": "s",
            "born": f"199001{day:02}",
            "upn": "one",
            "nhs_number": f"{day}",
        }
        for day in range(1, 10)
    ]
    cleared, warnings = without_placeholders(pl.DataFrame(rows, schema=dict.fromkeys(PLACED, pl.String)))
    assert cleared["upn"].is_null().all()
    assert cleared["nhs_number"].null_count() == 0
    assert len(warnings) == 1
    assert "one" not in warnings[0].split()
