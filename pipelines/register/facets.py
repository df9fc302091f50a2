"""Facets: keyed hashes by which a record is known again in a later run, with no identity kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from pipelines import identifiers
from pipelines.keys import Keys, Purpose

# From the whole of a record to what a correction most likely leaves as it was.
FACETS = ("record_key", "own", "nhs_number", "upn", "nino", "name_birth", "name_place", "birth_place")
# Every kind of keyed hash that is kept in the vault: of records, and of a family's number in the case system.
HASHED = (*FACETS, "family_ref")
_VALID: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "nhs_number": identifiers.valid_nhs_number,
    "upn": identifiers.valid_upn,
    "nino": identifiers.valid_nino,
}
_WORDS = ("forename", "surname", "also_known_as", "sex", "postcode", "address")
_NUMBERS = ("own_key", "uprn", "nhs_number", "upn", "nino", "pnc_id")
_BIRTH = "date_of_birth"
_BETWEEN = "|"


@dataclass(frozen=True)
class Described:
    """What records are known again by, every description and every hash once.

    `records`: `record_id, description` (UInt32). `codes`: by description, from 0, for each of the FACETS which of its
    hashes (UInt32), null where a part of it is not given. `hashes`: of each facet, 24 hexadecimal digits each.
    """

    records: pl.DataFrame
    codes: pl.DataFrame
    hashes: Mapping[str, pl.Series]

    def facets(self) -> pl.DataFrame:
        """`record_id` and the FACETS, as hashes, of every record."""
        found = [hashes.gather(self.codes[facet]).alias(facet) for facet, hashes in self.hashes.items()]
        of_records = pl.DataFrame(found)[self.records["description"]]
        return pl.concat([self.records.select("record_id"), of_records], how="horizontal")


def facets(records: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    """What each record is known again by: `record_id` and the FACETS, in the order given, as `describe` has them."""
    return describe(records, keys).facets()


def describe(records: pl.DataFrame, keys: Keys) -> Described:
    """What each record is known again by.

    `records`: identified records (`record_id`, `source` and any of the columns of linkage, each nullable).
    `record_key` covers the whole description of the person in that source and is never null; two rows that say the
    same of somebody share it. `own` covers source and own number, `nhs_number`, `upn` and `nino` a valid number,
    `name_birth` forename, surname and date of birth, `name_place` forename, surname and postcode, `birth_place` date of
    birth and postcode; each is null where a part of it is not given, an initial being no forename: father and daughter
    share one. Case, accents, spaces and signs make no difference.
    """
    columns = [name for name in ("source", *_WORDS, *_NUMBERS, _BIRTH) if name in records.columns]
    # Most descriptions stand there more than once.
    numbered = records.select(*columns, row=pl.int_range(pl.len(), dtype=pl.UInt32))
    first = numbered.select(first=pl.col("row").first().over(columns))
    distinct = first.unique(maintain_order=True).with_row_index("description")
    described = _described(_told(records.select(columns)[distinct["first"]]))
    place = first.join(distinct, on="first", how="left", maintain_order="left")["description"]
    coded = {facet: _coded(facet, described[facet], keys) for facet in FACETS}
    return Described(
        pl.DataFrame([records["record_id"], place]),
        pl.DataFrame([codes.alias(facet) for facet, (codes, _) in coded.items()]),
        {facet: hashes for facet, (_, hashes) in coded.items()},
    )


def _coded(facet: str, texts: pl.Series, keys: Keys) -> tuple[pl.Series, pl.Series]:
    """Which hash each text has, and the hashes. A number that is not valid has none."""
    distinct = texts.drop_nulls().unique(maintain_order=True)
    if facet in _VALID:
        distinct = distinct.filter(distinct.to_frame().select(_VALID[facet](pl.col(texts.name))).to_series())
    hashed = keys.hashes(Purpose.FACET, facet, distinct).with_row_index("code")
    codes = texts.to_frame("text").join(hashed, on="text", how="left", maintain_order="left")["code"]
    return codes, hashed["hash"]


def _described(told: pl.DataFrame) -> pl.DataFrame:
    """The text that each facet covers, null where a part of it is not given. Whether a number is valid is not asked."""
    forename = pl.when(pl.col("forename").str.len_chars() > 1).then(pl.col("forename"))
    name = [forename, _given("surname")]
    whole = [pl.col(column).fill_null("") for column in (*_WORDS, *_NUMBERS, _BIRTH)]
    return told.select(
        record_key=pl.concat_str("source", *whole, separator=_BETWEEN),
        own=pl.concat_str("source", _given("own_key"), separator=_BETWEEN),
        **{number: _given(number) for number in _VALID},
        name_birth=pl.concat_str(*name, _BIRTH, separator=_BETWEEN),
        name_place=pl.concat_str(*name, _given("postcode"), separator=_BETWEEN),
        birth_place=pl.concat_str(_BIRTH, _given("postcode"), separator=_BETWEEN),
    )


def _told(records: pl.DataFrame) -> pl.DataFrame:
    """The records with every column of use, each in one spelling that the separator cannot be part of."""
    blank = [name for name in (*_WORDS, *_NUMBERS, _BIRTH) if name not in records.columns]
    return records.with_columns(pl.lit(None, pl.String).alias(name) for name in blank).select(
        pl.col("source").str.replace_all(_BETWEEN, "", literal=True),
        *(_spelt(column) for column in (*_WORDS, *_NUMBERS)),
        pl.col(_BIRTH).cast(pl.String),
    )


def _spelt(column: str) -> pl.Expr:
    text = pl.col(column).cast(pl.String).str.normalize("NFKD")
    if column in _NUMBERS:
        return text.str.to_uppercase().str.replace_all(r"[\s|]+", "").alias(column)
    return text.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", "").alias(column)


def _given(column: str) -> pl.Expr:
    return pl.when(pl.col(column) != "").then(pl.col(column))
