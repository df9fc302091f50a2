"""Linkage against a naive reference: plain Python, one pair of records at a time."""

from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as some

from pipelines.linkage import link

NHS = ["9434765919", "9990000018", "1234567890", None]
FORENAMES = ["Ann", "ANN", "Bo", "Zoë", None]
SURNAMES = ["O'Neil", "ONeil", "Smith", None]
BORN = [date(2010, 1, 2), date(2010, 2, 1), None]
POSTCODES = ["AS1 1AA", "AS11AA", "AS2 2BB", None]
VALID = {"9434765919", "9990000018"}

record = some.fixed_dictionaries(
    {
        "source": some.sampled_from(["case", "police"]),
        "own_key": some.sampled_from(["1", "2", None]),
        "forename": some.sampled_from(FORENAMES),
        "surname": some.sampled_from(SURNAMES),
        "date_of_birth": some.sampled_from(BORN),
        "postcode": some.sampled_from(POSTCODES),
        "nhs_number": some.sampled_from(NHS),
    }
)


def letters(name: str | None) -> str:
    folded = (name or "").lower().replace("ë", "e")
    return "".join(letter for letter in folded if letter.isalpha())


def is_doubtful(number: str, records: list[dict]) -> bool:
    """Whether the records of a number differ in both forename and date of birth."""
    mine = [record for record in records if record["nhs_number"] == number]
    born = {record["date_of_birth"] for record in mine} - {None}
    named = {letters(record["forename"]) for record in mine} - {""}
    return len(born) > 1 and len(named) > 1


def same_person(one: dict, other: dict, records: list[dict]) -> bool:
    """Whether two records agree on something that links."""
    number = one["nhs_number"]
    if number in VALID and number == other["nhs_number"]:
        born = one["date_of_birth"] is not None and one["date_of_birth"] == other["date_of_birth"]
        named = letters(one["forename"]) != "" and letters(one["forename"]) == letters(other["forename"])
        if born or named or not is_doubtful(number, records):
            return True
    if one["own_key"] is not None and (one["source"], one["own_key"]) == (other["source"], other["own_key"]):
        return True

    def name(record: dict) -> tuple:
        return (letters(record["surname"]), letters(record["forename"]))

    def rest(record: dict) -> tuple:
        return (record["date_of_birth"], (record["postcode"] or "").replace(" ", ""))

    whole = all(rest(one)) and letters(one["surname"]) and len(letters(one["forename"])) > 1
    return bool(whole) and (name(one), rest(one)) == (name(other), rest(other))


def naive(records: list[dict]) -> set[frozenset[int]]:
    """The groups that hang together, by growing each until nothing joins."""
    left, groups = set(range(len(records))), set()
    while left:
        group = {left.pop()}
        while joining := {
            other
            for other in left
            if any(same_person(records[other], records[one], records) for one in group)
        }:
            group |= joining
            left -= joining
        groups.add(frozenset(group))
    return groups


@settings(max_examples=150, deadline=None)
@given(records=some.lists(record, min_size=1, max_size=25))
def test_as_the_naive_reference(records: list[dict]) -> None:
    frame = pl.DataFrame(
        [{"record_id": str(number), **record} for number, record in enumerate(records)],
        schema_overrides=dict.fromkeys(record_columns(), pl.String) | {"date_of_birth": pl.Date},
    )
    linked = link(frame)
    assert linked["record_id"].to_list() == frame["record_id"].to_list()
    assert linked["person"].null_count() == 0
    groups = linked.group_by("person").agg("record_id")["record_id"].to_list()
    assert {frozenset(map(int, group)) for group in groups} == naive(records)


def record_columns() -> list[str]:
    return ["record_id", "source", "own_key", "forename", "surname", "postcode", "nhs_number"]
