"""Records that no partner should send, and some do: linkage ends in good time, says what is odd, and makes no giant."""

import time
from collections.abc import Sequence
from datetime import date

import polars as pl
import pytest

from benchmarks.population import population
from benchmarks.scoring import Scores, pairwise
from pipelines.council.identifiers import nhs_number
from pipelines.linkage import Linked, link_all
from pipelines.linkage.settings import read_linkage_settings

RECORDS = 8_000
# Of the processor, so that it matters little what else the machine has to do.
SECONDS = 60
LARGEST = read_linkage_settings().largest_person
DESCRIPTION = [
    "forename", "surname", "also_known_as", "date_of_birth", "sex", "postcode", "address", "uprn", "nhs_number",
    "upn", "nino",
]  # fmt: skip


def linked(records: pl.DataFrame) -> Linked:
    """Links, and sees that every record has a person, in good time, and nobody more descriptions than a person can."""
    began = time.process_time()
    found = link_all(records)
    assert time.process_time() - began < SECONDS
    assert sorted(found.persons["record_id"]) == sorted(records["record_id"])
    assert found.persons["person"].null_count() == 0
    told = [name for name in ("source", *DESCRIPTION) if name in records.columns]
    descriptions = records.join(found.persons, on="record_id").select("person", *told).unique()
    assert descriptions.group_by("person").len()["len"].max() in (None, *range(LARGEST + 1))
    return found


def numbered(rows: Sequence[dict[str, object]] | pl.DataFrame, source: str = "one") -> pl.DataFrame:
    frame = rows if isinstance(rows, pl.DataFrame) else pl.DataFrame(rows, infer_schema_length=None)
    return frame.with_columns(
        record_id=pl.format("{}:{}", pl.lit(source), pl.int_range(pl.len())), source=pl.lit(source)
    )


def town(size: int = RECORDS) -> tuple[pl.DataFrame, pl.DataFrame]:
    return population(size, 11)


def scored(found: Linked, truth: pl.DataFrame, records: pl.DataFrame) -> Scores:
    return pairwise(found.persons, truth, records)


def people_of(found: Linked, records: pl.DataFrame) -> int:
    return found.persons.join(records, on="record_id", how="semi")["person"].n_unique()


def without(records: pl.DataFrame, columns: Sequence[str], source: str | None = None) -> pl.DataFrame:
    here = pl.lit(True) if source is None else pl.col("source") == source
    return records.with_columns(pl.when(~here).then(pl.col(name)).alias(name) for name in columns)


def test_a_source_with_no_names_joins_nobody_by_birth_and_place_alone() -> None:
    records, truth = town()
    records = without(records, ["forename", "surname", "also_known_as"], "police")
    found = linked(records)
    scores = scored(found, truth, records)
    assert scores.precision is not None
    assert scores.precision > 0.99
    nameless = scores.by_source["police"]
    assert nameless.precision is None or nameless.precision > 0.99
    assert any("police" in warning for warning in found.warnings)


def test_all_dates_missing() -> None:
    records, truth = town()
    found = linked(without(records, ["date_of_birth"]))
    scores = scored(found, truth, records)
    assert scores.precision is not None
    assert scores.precision > 0.98
    assert found.warnings


def test_one_surname_for_everybody() -> None:
    records, truth = town()
    found = linked(records.with_columns(surname=pl.lit("Smith")))
    scores = scored(found, truth, records)
    assert scores.precision is not None
    assert scores.precision > 0.98
    assert found.warnings


def test_one_birthday_for_everybody() -> None:
    records, truth = town()
    found = linked(records.with_columns(date_of_birth=pl.lit(date(1900, 1, 1))))
    scores = scored(found, truth, records)
    assert scores.precision is not None
    assert scores.precision > 0.97
    assert found.warnings


def test_one_forename_surname_and_birthday_for_everybody() -> None:
    records, _ = town()
    nobody = {
        "forename": pl.lit("Baby"),
        "surname": pl.lit("Smith"),
        "date_of_birth": pl.lit(date(2020, 1, 1)),
    }
    found = linked(without(records, ["nhs_number", "upn", "nino"]).with_columns(**nobody))
    assert found.warnings


@pytest.mark.parametrize("size", [100_000])
def test_as_many_identical_rows(size: int) -> None:
    records, truth = town()
    row = {
        "forename": "Daniel", "surname": "Okafor", "date_of_birth": date(1990, 4, 5), "postcode": "WB1 1AA",
        "nhs_number": nhs_number(123_456),
    }  # fmt: skip
    identical = numbered(pl.DataFrame([row]).select(pl.all().repeat_by(size).explode()), "loop")
    found = linked(pl.concat([records, identical], how="diagonal"))
    assert people_of(found, identical) == 1  # the same said of one person, however often
    assert any("loop" in warning for warning in found.warnings)
    scores = scored(found, truth, records)
    assert scores.precision is not None
    assert scores.precision > 0.99


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"surname": "Smith"},
        {"forename": "J", "surname": "Smith"},
        {"sex": "F"},
        {"postcode": "WB1 1AA"},
        {"date_of_birth": date(2000, 1, 1)},
        {"forename": "Unknown", "surname": "Unknown"},
        {"forename": "", "surname": " ", "postcode": "", "address": "-", "nhs_number": ""},
        {"nhs_number": "0000000000"},
        {"nhs_number": "9999999999"},
        {"upn": "X", "nino": "ZZ999999D"},
    ],
)
def test_rows_that_say_nothing_of_anybody_are_nobody_together(told: dict[str, object]) -> None:
    blank: dict[str, object] = dict.fromkeys(DESCRIPTION)
    schema = {name: pl.Date() if name == "date_of_birth" else pl.String() for name in DESCRIPTION}
    row = pl.DataFrame([blank | told], schema=schema)
    records = numbered(row.select(pl.all().repeat_by(50_000).explode()))
    found = linked(records)
    assert people_of(found, records) == 50_000


def test_a_number_that_half_a_town_was_given_makes_nobody_of_it() -> None:
    records, truth = town()
    half = pl.int_range(pl.len()) % 2 == 0
    placeholder = nhs_number(1)
    records = records.with_columns(nhs_number=pl.when(half).then(pl.lit(placeholder)).otherwise("nhs_number"))
    found = linked(records)
    scores = scored(found, truth, records)
    assert scores.precision is not None
    assert scores.precision > 0.99
    assert found.warnings


@pytest.mark.slow
def test_a_chain_of_numbers_does_not_swallow_a_town() -> None:
    # Every second row bears one person's NHS number and the next one's National Insurance number.
    records, truth = town()
    people = [nhs_number(body) for body in range(10_000, 15_500)]
    valid = [number for number in people if number]
    link = [
        {"forename": "Amy", "surname": "Bell", "nhs_number": valid[n + step], "nino": f"JP{n:06d}D"}
        for n in range(len(valid) - 1)
        for step in (0, 1)
    ]
    chain = numbered(link, "bridges")
    found = linked(pl.concat([records, chain], how="diagonal"))
    assert any("bridges" in warning or "larg" in warning for warning in found.warnings)
    scores = scored(found, truth, records)
    assert scores.precision is not None
    assert scores.precision > 0.99


def test_a_chain_of_misspellings_does_not_swallow_a_town() -> None:
    # From one name to quite another in steps of one letter, all born on one day in one house.
    names = ["a" * n + "b" * (24 - n) for n in range(25)]
    chain = numbered(
        [
            {
                "forename": forename.capitalize(), "surname": surname.capitalize(), "date_of_birth": date(1990, 4, 5),
                "postcode": "WB1 1AA", "address": "1 High Street",
            }
            for forename in names
            for surname in names
        ]
    )  # fmt: skip
    found = linked(chain)
    assert people_of(found, chain) > 10


@pytest.mark.slow
def test_a_whole_town_at_one_address() -> None:
    records, truth = town(50_000)
    one = {
        "postcode": pl.lit("WB1 1AA"),
        "address": pl.lit("1 High Street, Wythbrook"),
        "uprn": pl.lit("1001"),
    }
    found = linked(records.with_columns(**one))
    scores = scored(found, truth, records)
    assert scores.precision is not None
    assert scores.precision > 0.97
    assert found.warnings


HOSTILE = (
    "'; DROP TABLE records; --",
    '"',
    "\\",
    "|",
    "%s{}{0}",
    "=HYPERLINK(1)",
    "\x00",
    "\u202eeinahpetS",
    "a\u0300" * 500,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "ﷺ",
    "İıſß",
    "名前",
    "\ufeff\u200b",
    "x" * 100_000,
    "\r\n\t",
    "null",
    "nan",
)


def test_hostile_text_is_text() -> None:
    rows = [
        {**dict.fromkeys(DESCRIPTION, text), "date_of_birth": date(1990, 4, 5), "sex": sex}
        for text in HOSTILE
        for sex in ("M", text)
    ]
    hostile = numbered(rows, "'; DROP TABLE persons; --")
    records, truth = town(5_000)
    found = linked(pl.concat([records, hostile], how="diagonal"))
    scores = scored(found, truth, records)
    assert scores.precision is not None
    assert scores.precision > 0.99
    for warning in found.warnings:
        assert not any(text in warning for text in HOSTILE if len(text) > 4 and "DROP" not in text)


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31), date(1600, 2, 29)])
def test_days_out_of_this_world(day: date) -> None:
    names = ["Adam", "Beth", "Chloe", "Dora", "Ewan", "Fiona", "Grace", "Hugo", "Isla", "Jack"]
    rows = numbered([{"forename": name, "surname": "Bell", "date_of_birth": day} for name in names])
    assert people_of(linked(rows), rows) == len(names)


@pytest.mark.parametrize(
    "columns",
    [
        ["record_id"],
        ["record_id", "source"],
        ["record_id", "source", "forename"],
        ["record_id", "date_of_birth"],
    ],
)
@pytest.mark.parametrize("size", [0, 1, 2])
def test_hardly_anything_is_enough(columns: list[str], size: int) -> None:
    records, _ = town(10)
    linked(records.select(columns).head(size))


@pytest.mark.slow
def test_the_order_of_records_makes_next_to_no_difference() -> None:
    records, _ = town(6_000)
    first = linked(records)
    assert linked(records).persons.equals(first.persons)
    other = linked(records.reverse())
    scores = pairwise(other.persons, first.persons, records)
    assert scores.precision is not None and scores.recall is not None
    assert min(scores.precision, scores.recall) > 0.998


def test_a_record_that_stands_there_twice_is_refused() -> None:
    records, _ = town(100)
    with pytest.raises(ValueError, match="record_id"):
        link_all(pl.concat([records, records.head(1)]))
