"""The typed, dated edges that families are built from."""

import polars as pl

from pipelines import identifiers
from pipelines.linkage.names import letters

# One row is one edge. `kind`: case_membership (a person belongs to a family; `what` is the role),
# recorded_relationship (`what` is what `person` is to `other_person`), same_home (`what` is how the home was known),
# one_family (two numbers of the case system are one family; `what` is the reason) or not_made (they are tied, but the
# family would be too large). `family`: of this run. Dates: none is always, or still. `contract`, `file`, `row`: where
# the edge stands; `other_file`, `other_row`: where its second end stands.
EDGES = pl.Schema(
    {
        "kind": pl.String,
        "what": pl.String,
        "family": pl.Int64,
        "family_ref": pl.String,
        "other_family_ref": pl.String,
        "person": pl.Int64,
        "person_ref": pl.String,
        "other_person": pl.Int64,
        "other_person_ref": pl.String,
        "from_date": pl.Date,
        "to_date": pl.Date,
        "contract": pl.String,
        "file": pl.String,
        "row": pl.Int64,
        "other_file": pl.String,
        "other_row": pl.Int64,
    }
)
ADULTS = ("parent", "carer", "other adult")
CHILDREN = ("child", "unborn")
_RECORDED = ("person_ref", "related_person_ref", "relationship", "from_date", "to_date", "file", "row")


def case_memberships(members: pl.DataFrame, records: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Who belongs to which family of the case system, and when, a row for every row of the extract.

    Gives `family_ref, person, person_ref, role, from_date, to_date, contract, file, row`, and of the home `surname`
    (folded), `uprn` (valid ones only) and `place` (postcode and house number).
    """
    home = (
        records.filter(pl.col("contract") == "family_member")
        .join(persons.select("record_id", "person"), on="record_id")
        .select(
            "file",
            "row",
            "person",
            surname=letters(pl.col("surname")),
            uprn=pl.when(identifiers.valid_uprn(pl.col("uprn"))).then("uprn"),
            place=place_of_home(),
        )
    )
    return members.join(home.rename({"surname": "name", "uprn": "property"}), on=["file", "row"]).select(
        "family_ref",
        "person",
        "person_ref",
        "role",
        "from_date",
        "to_date",
        pl.lit("family_member").alias("contract"),
        "file",
        pl.col("row").cast(pl.Int64),
        pl.col("name").alias("surname"),
        pl.col("property").alias("uprn"),
        "place",
    )


def place_of_home() -> pl.Expr:
    """Postcode and the numbers of flat and house, null where either is not given."""
    postcode = pl.col("postcode").str.to_uppercase().str.replace_all(r"\s+", "")
    # What stands behind a postcode's own digits is no house.
    street = pl.col("address").str.replace(r"(?i)\b[a-z]{1,2}[0-9][a-z0-9]?\s*[0-9][a-z]{2}\s*$", "")
    numbers = street.str.extract_all(r"[0-9]+[a-zA-Z]?\b").list.slice(0, 2).list.join("/").str.to_lowercase()
    return pl.when(numbers != "", postcode != "").then(pl.concat_str(postcode, numbers, separator="|"))


def recorded_relationships(relationships: pl.DataFrame | None, spells: pl.DataFrame) -> pl.DataFrame:
    """What the case system says that two people are to each other.

    Gives `person, person_ref, what, other_person, other_person_ref, from_date, to_date, file, row`, where both are
    known and are two.
    """
    if relationships is None:
        types = {"from_date": pl.Date, "to_date": pl.Date, "row": pl.Int64}
        relationships = pl.DataFrame(schema={name: types.get(name, pl.String) for name in _RECORDED})
    known = spells.select("person_ref", "person").unique()
    return (
        relationships.select(_RECORDED)
        .join(known, on="person_ref")
        .join(
            known.rename({"person_ref": "related_person_ref", "person": "other_person"}),
            on="related_person_ref",
        )
        .filter(pl.col("person") != pl.col("other_person"))
        .select(
            "person",
            "person_ref",
            pl.col("relationship").alias("what"),
            "other_person",
            pl.col("related_person_ref").alias("other_person_ref"),
            "from_date",
            "to_date",
            "file",
            pl.col("row").cast(pl.Int64),
        )
    )
