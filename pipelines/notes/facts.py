"""What the records of a run say of people, part by part: names, births, numbers, addresses, schools."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from pipelines.contracts import CONTRACTS, Contract, Part
from pipelines.linkage.names import folded
from pipelines.linkage.whole_names import postcode_at_end
from pipelines.notes.spans import Kind

# What a part of an identity is called once it is found in a text.
KINDS: Mapping[Part, Kind] = {
    Part.ADDRESS: Kind.ADDRESS,
    Part.POSTCODE: Kind.POSTCODE,
    Part.UPRN: Kind.UPRN,
    Part.PHONE: Kind.PHONE,
    Part.EMAIL: Kind.EMAIL,
    Part.NHS_NUMBER: Kind.NHS_NUMBER,
    Part.UPN: Kind.UPN,
    Part.ULN: Kind.ULN,
    Part.NINO: Kind.NINO,
    Part.PNC_ID: Kind.PNC_ID,
    Part.SCHOOL: Kind.SCHOOL,
    Part.OWN_KEY: Kind.CASE_REFERENCE,
    Part.RECORD: Kind.CASE_REFERENCE,
    Part.WORKER: Kind.CASE_REFERENCE,
    Part.FAMILY: Kind.CASE_REFERENCE,
}
NAMES = (Part.FORENAME, Part.SURNAME, Part.WHOLE_NAME, Part.OTHER_NAME, Part.WORKER_NAME)
# One row is one thing that some record says of somebody, each once: `value` as it was read, days as 2012-04-03.
FACTS = pl.Schema({"person": pl.Int64, "part": pl.String, "value": pl.String})
# One number of these is one person's, whoever sends it.
_NUMBERS = (Part.NHS_NUMBER, Part.UPN, Part.ULN, Part.NINO, Part.PNC_ID)
_OF_PEOPLE = (*NAMES, Part.DATE_OF_BIRTH, Part.SEX, *KINDS)
# A reference of fewer letters and digits is a number like any other in a text.
_SHORTEST_REFERENCE = 4
_SHORTEST_NAME = 2


def facts_of_people(
    rows: Mapping[str, pl.DataFrame], persons: pl.DataFrame, wanted: pl.Series, no_names: Sequence[str]
) -> pl.DataFrame:
    """FACTS of the persons in `wanted`.

    `rows`: contract to rows (`file`, `row` and the contract's columns). `persons`: `contract, file, row, person`.
    `no_names`: what stands in place of a name.
    """
    about = persons.filter(pl.col("person").is_in(wanted.implode()))
    said = [FACTS.to_frame()]
    for name, frame in sorted(rows.items()):
        contract = CONTRACTS[name]
        if not contract.about_people or frame.is_empty():
            continue
        mine = about.filter(pl.col("contract") == name).select("file", "row", "person")
        said += _said(contract, frame.join(mine, on=["file", "row"]))
    return useful(pl.concat(said), no_names)


def useful(facts: pl.DataFrame, no_names: Sequence[str] = ()) -> pl.DataFrame:
    """`facts`, each once whatever its case, without what tells nobody: words that stand for no name, initials alone,
    references of few digits. Postcodes at the end of addresses stand beside them."""
    at_end = facts.filter(pl.col("part") == Part.ADDRESS).select(
        "person", part=pl.lit(Part.POSTCODE.value), value=postcode_at_end(pl.col("value"))
    )
    every = pl.concat([facts, at_end]).drop_nulls("value").unique()
    part, value = pl.col("part"), pl.col("value")
    letters = value.str.replace_all(r"[^\p{L}\p{N}]", "").str.len_chars()
    nobody = pl.Series("word", no_names, pl.String).to_frame().select(folded(pl.col("word"))).to_series()
    is_name = part.is_in([one.value for one in NAMES])
    is_reference = part.is_in([one.value for one, kind in KINDS.items() if kind is Kind.CASE_REFERENCE])
    return (
        every.filter(letters > 0)
        .filter(
            ~is_name | ((letters >= _SHORTEST_NAME) & ~folded(value).is_in(nobody.implode()).fill_null(False))
        )
        .filter(~is_reference | (letters >= _SHORTEST_REFERENCE))
        # "Smith" before "SMITH".
        .sort("person", "part", value.str.to_lowercase(), value == value.str.to_uppercase(), value)
        .with_columns(lower=value.str.to_lowercase())
        .unique(["person", "part", "lower"], keep="first", maintain_order=True)
        .drop("lower")
    )


def persons_of_broken(
    broken: Mapping[str, pl.DataFrame], good: Mapping[str, pl.DataFrame], persons: pl.DataFrame
) -> pl.DataFrame:
    """`contract, file, row, person` of rows in quarantine: nobody linked them, but a number may say whose they are.

    By the sender's own number, or else by one that is one person's. A row that names a family and nobody known is
    somebody of that family of whom no more is known: a person below 0.
    """
    own, numbers = _numbers(good, persons)
    found = []
    for name, frame in sorted(broken.items()):
        contract = CONTRACTS[name]
        if not contract.about_people or frame.is_empty():
            continue
        told = frame.select("file", "row", person=pl.lit(None, pl.Int64))
        for column in contract.parts(Part.OWN_KEY, *_NUMBERS):
            by = own.filter(pl.col("contract") == name) if column.part is Part.OWN_KEY else numbers
            by = by.filter(pl.col("part") == column.part).select(value="value", found="person")
            mine = frame.select("file", "row", value=column.name).join(by, on="value")
            one = mine.group_by("file", "row").agg(pl.col("found").min())
            told = told.join(one, on=["file", "row"], how="left").select(
                "file", "row", person=pl.coalesce("person", "found")
            )
        found.append(told.select(pl.lit(name).alias("contract"), "file", "row", "person"))
    nobody = pl.DataFrame(
        schema={"contract": pl.String, "file": pl.String, "row": pl.Int64, "person": pl.Int64}
    )
    every = pl.concat([nobody, *found]).sort("contract", "file", "row")
    of_families = [name for name in broken if CONTRACTS[name].parts(Part.FAMILY)]
    unknown = pl.col("person").is_null() & pl.col("contract").is_in(of_families)
    return every.with_columns(
        person=pl.when(unknown).then(-unknown.cast(pl.Int64).cum_sum()).otherwise("person")
    ).drop_nulls("person")


def _numbers(good: Mapping[str, pl.DataFrame], persons: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Which person each number means: the senders' own ones (`contract, part, value, person`), and the others."""
    own: list[pl.DataFrame] = []
    numbers: list[pl.DataFrame] = []
    for name, frame in sorted(good.items()):
        contract = CONTRACTS[name]
        if not contract.about_people:
            continue
        mine = persons.filter(pl.col("contract") == name).select("file", "row", "person")
        joined = frame.join(mine, on=["file", "row"])
        for column in contract.parts(Part.OWN_KEY, *_NUMBERS):
            pairs = joined.select(
                contract=pl.lit(name), part=pl.lit(str(column.part)), value=column.name, person="person"
            )
            (own if column.part is Part.OWN_KEY else numbers).append(pairs.drop_nulls().unique())
    empty = pl.DataFrame(
        schema={"contract": pl.String, **dict.fromkeys(("part", "value"), pl.String), "person": pl.Int64}
    )
    return pl.concat([empty, *own]), pl.concat([empty, *numbers])


def _said(contract: Contract, joined: pl.DataFrame) -> Iterable[pl.DataFrame]:
    """FACTS of the rows of one contract, with `person` beside each."""
    for column in contract.parts(*_OF_PEOPLE):
        if column.part is not Part.FAMILY:
            said = joined.select(
                "person", pl.lit(str(column.part)).alias("part"), value=pl.col(column.name).cast(pl.String)
            )
            yield said.drop_nulls().unique()
