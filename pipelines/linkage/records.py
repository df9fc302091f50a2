"""Identified records of all sources in one shape, ready to be linked."""

from collections.abc import Mapping

import polars as pl

from pipelines.contracts import CONTRACTS, Contract
from pipelines.contracts.contract import Part
from pipelines.linkage.whole_names import parse_whole_names, postcode_at_end

# What linkage may look at, and the part of an identity that each column holds. A source has some; the rest are blank.
_PARTS: Mapping[str, Part] = {
    "own_key": Part.OWN_KEY,
    "forename": Part.FORENAME,
    "surname": Part.SURNAME,
    "also_known_as": Part.OTHER_NAME,
    "date_of_birth": Part.DATE_OF_BIRTH,
    "sex": Part.SEX,
    "postcode": Part.POSTCODE,
    "address": Part.ADDRESS,
    "uprn": Part.UPRN,
    "nhs_number": Part.NHS_NUMBER,
    "upn": Part.UPN,
    "nino": Part.NINO,
    "pnc_id": Part.PNC_ID,
}
COLUMNS = tuple(name for name in _PARTS if name != "own_key")
_WHOLE_NAME = "whole_name"

SCHEMA = pl.Schema(
    {
        "record_id": pl.String,
        "source": pl.String,
        "contract": pl.String,
        "file": pl.String,
        "row": pl.Int64,
        **{name: pl.Date() if name == "date_of_birth" else pl.String() for name in _PARTS},
    }
)


def identified_records(
    good: Mapping[str, pl.DataFrame], senders: Mapping[str, Mapping[str, str]] | None = None
) -> pl.DataFrame:
    """Every good row about a person, as one record each.

    `good`: contract to its good rows (`row`, `file` and the contract's columns). `senders`: for contracts that several
    partners send, file to partner: what one of them numbers 7 is not the other's 7. Gives the columns of SCHEMA:
    `record_id` (contract, file and data row), `source` (the contract), where the row is, and what it says of somebody,
    each nullable. Contracts without a name of a person are left out. A name sent in one field is read into forename
    and surname, and a postcode at the end of an address stands for one that is not sent.
    """
    parts = [
        _records(CONTRACTS[contract], frame, (senders or {}).get(contract))
        for contract, frame in sorted(good.items())
        if CONTRACTS[contract].about_people
    ]
    records = pl.concat([pl.DataFrame(schema={**SCHEMA, _WHOLE_NAME: pl.String}), *parts])
    apart = parse_whole_names(
        records[_WHOLE_NAME], records["forename"].drop_nulls(), records["surname"].drop_nulls()
    )
    return records.with_columns(
        forename=pl.coalesce("forename", apart["forename"]),
        surname=pl.coalesce("surname", apart["surname"]),
        postcode=pl.coalesce("postcode", postcode_at_end(pl.col("address"))),
    ).drop(_WHOLE_NAME)


def _records(contract: Contract, frame: pl.DataFrame, senders: Mapping[str, str] | None) -> pl.DataFrame:
    held = {column.part: column.name for column in reversed(contract.columns) if column.part}
    wanted = {**_PARTS, _WHOLE_NAME: Part.WHOLE_NAME}
    own = held.get(Part.OWN_KEY)
    if senders and own:
        sender = pl.col("file").replace_strict(senders, return_dtype=pl.String)
        frame = frame.with_columns(pl.concat_str(sender, pl.lit("|"), own).alias(own))
    return frame.select(
        pl.concat_str(pl.lit(contract.name), pl.col("file"), pl.col("row"), separator=":").alias("record_id"),
        pl.lit(contract.name).alias("source"),
        pl.lit(contract.name).alias("contract"),
        "file",
        pl.col("row").cast(pl.Int64),
        *(
            (pl.col(held[part]) if part in held else pl.lit(None))
            .cast(SCHEMA.get(name, pl.String()))
            .alias(name)
            for name, part in wanted.items()
        ),
    )
