"""Identified records: every contract in one shape, and whose numbers are whose."""

import polars as pl

from pipelines.contracts import CONTRACTS
from pipelines.landing import TYPES
from pipelines.linkage import identified_records, link

COLUMNS = {column.name: TYPES[column.type] for column in CONTRACTS["adult_social_care"].columns}


def good(*rows: dict[str, object]) -> dict[str, pl.DataFrame]:
    schema = {"row": pl.Int64, "file": pl.String, **COLUMNS}
    return {
        "adult_social_care": pl.DataFrame([{**dict.fromkeys(schema), **row} for row in rows], schema=schema)
    }


def test_two_partners_of_one_contract_number_their_people_each_for_themselves() -> None:
    ours = {"row": 1, "file": "ours.csv", "adult_id": "7", "forename": "Ann", "surname": "Okafor"}
    theirs = {"row": 1, "file": "theirs.csv", "adult_id": "7", "forename": "Ann", "surname": "Bell"}
    again = {"row": 2, "file": "ours.csv", "adult_id": "7", "forename": "Annie", "surname": "Okafor-Hill"}
    rows = good(ours, theirs, again)
    alone = link(identified_records(rows))["person"].to_list()
    assert alone[0] == alone[1] == alone[2]
    senders = {"adult_social_care": {"ours.csv": "Ashmere", "theirs.csv": "Elsewhere"}}
    apart = identified_records(rows, senders)
    person = dict(link(apart).join(apart.select("record_id", "file", "row"), on="record_id").select(
        pl.concat_str("file", "row"), "person"
    ).iter_rows())  # fmt: skip
    assert person["ours.csv1"] == person["ours.csv2"] != person["theirs.csv1"]


def test_contracts_that_name_nobody_are_left_out() -> None:
    rows = {
        name: pl.DataFrame(schema={"row": pl.Int64, "file": pl.String, **types})
        for name, contract in CONTRACTS.items()
        for types in [{column.name: TYPES[column.type] for column in contract.columns}]
    }
    assert identified_records(rows).is_empty()
    assert identified_records({"need": rows["need"], "worker": rows["worker"]}).is_empty()
