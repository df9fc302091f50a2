"""Identified records of all sources in one shape, ready to be linked."""

from collections.abc import Mapping

import polars as pl

from pipelines.linkage.tenants import TENANT, parse_tenants

# What linkage may look at. A source has some of these; the rest are blank.
COLUMNS = (
    "forename",
    "surname",
    "also_known_as",
    "date_of_birth",
    "sex",
    "postcode",
    "address",
    "uprn",
    "nhs_number",
    "upn",
    "nino",
)
# A sender's own number of a person: equal within one source means the same person.
OWN_KEYS = {"family_member": "person_ref", "social_care_episode": "la_child_id"}

SCHEMA = pl.Schema(
    {
        "record_id": pl.String,
        "source": pl.String,
        "contract": pl.String,
        "file": pl.String,
        "row": pl.Int64,
        "own_key": pl.String,
        **{name: pl.Date() if name == "date_of_birth" else pl.String() for name in COLUMNS},
    }
)


def identified_records(good: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Every good row about a person, as one record each.

    `good`: contract to its good rows (`row`, `file` and the contract's columns). Gives `record_id` (contract, file
    and data row), `source` (the contract), `contract`, `file`, `row`, `own_key` and the columns of COLUMNS, each
    nullable. Contracts without a name of a person are left out.
    """
    parts = [_records(contract, frame) for contract, frame in sorted(good.items()) if _is_about_people(frame)]
    return pl.concat([SCHEMA.to_frame(), *parts])


def _is_about_people(frame: pl.DataFrame) -> bool:
    return "surname" in frame.columns or TENANT in frame.columns


def _records(contract: str, frame: pl.DataFrame) -> pl.DataFrame:
    if TENANT in frame.columns:
        frame = parse_tenants(frame)
    own_key = OWN_KEYS.get(contract)
    return frame.select(
        pl.concat_str(pl.lit(contract), pl.col("file"), pl.col("row"), separator=":").alias("record_id"),
        pl.lit(contract).alias("source"),
        pl.lit(contract).alias("contract"),
        "file",
        pl.col("row").cast(pl.Int64),
        (pl.col(own_key) if own_key else pl.lit(None, pl.String)).alias("own_key"),
        *(
            pl.col(name).cast(SCHEMA[name])
            if name in frame.columns
            else pl.lit(None, SCHEMA[name]).alias(name)
            for name in COLUMNS
        ),
    )
