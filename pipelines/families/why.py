"""Why a family is one family, and why records are one person: the edges and records behind it, in plain words."""

from collections.abc import Collection

import polars as pl

FAMILY_COLUMNS = (
    "why",
    "family_ref",
    "other_family_ref",
    "person_ref",
    "other_person_ref",
    "from_date",
    "to_date",
    "extract",
    "file",
    "row",
    "other_file",
    "other_row",
)
PERSON_COLUMNS = ("person", "extract", "file", "row", "why")
_KINDS = ("one_family", "not_made", "recorded_relationship", "same_home", "case_membership")
_TIES = {
    "adult_and_child": "they share an adult and a child at the same time",
    "partners": "they share somebody, and partners live one in each",
    "parent": "they share an adult, and a parent in one has a child in the other, where no other adult is",
    "same_home": "they share somebody, and people of one surname and one home are one in each",
}
_HOMES = {"uprn": "property number", "postcode_and_number": "postcode and number of the house"}
_HOW = {
    "judged": "somebody judged in review that it is this person",
    "own": "the sender's own number of the person",
    "number": "a valid number that is one person's",
    "name": "name, date of birth and address agree",
    "likely": "name, date of birth, address and the like agree well enough, taken together",
    "given": "the links that the run was given say so",
    "alone": "nothing: it is the only record of this person",
}


def why_family(refs: Collection[str], edges: pl.DataFrame) -> pl.DataFrame:
    """All that holds a family together: FAMILY_COLUMNS, a row an edge.

    `refs`: the case system's numbers of the family. `edges`: see pipelines.families.edges.
    """
    numbers = edges.filter(pl.col("family_ref").is_in(list(refs)))["family"].unique()
    mine = edges.filter(pl.col("family").is_in(numbers.implode()))
    all_refs = mine["family_ref"].unique()
    # A tie that was not followed stands at the smaller number only.
    other_side = edges.filter(
        pl.col("kind") == "not_made", pl.col("other_family_ref").is_in(all_refs.implode())
    )
    order = pl.col("kind").replace_strict(list(_KINDS), list(range(len(_KINDS))), return_dtype=pl.Int64)
    return (
        pl.concat([mine, other_side])
        .unique()
        .sort(order, *edges.columns, nulls_last=True)
        .with_columns(_words().alias("why"), extract="contract")
        .select(FAMILY_COLUMNS)
    )


def _words() -> pl.Expr:
    what = pl.col("what")
    spelt = what.fill_null("somebody").str.replace_all("_", " ")
    kind = pl.col("kind")
    return (
        pl.when(kind == "one_family")
        .then(pl.lit("One family: ") + what.replace(_TIES))
        .when(kind == "not_made")
        .then(pl.lit("Not made one, for it would be too large, though ") + what.replace(_TIES))
        .when(kind == "recorded_relationship")
        .then(pl.lit("Recorded relationship: ") + spelt)
        .when(kind == "same_home")
        .then(pl.lit("One surname in one home, known by its ") + what.replace(_HOMES))
        .otherwise(pl.lit("In the case system: ") + spelt)
    )


def why_person(refs: Collection[str], edges: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """All records of a person, and how each was joined: PERSON_COLUMNS, a row a record.

    `refs`: the case system's numbers of the person. `links`: `contract, file, row, person`, and `how` if it is known.
    """
    persons = edges.filter(pl.col("kind") == "case_membership", pl.col("person_ref").is_in(list(refs)))[
        "person"
    ]
    mine = links.filter(pl.col("person").is_in(persons.unique().implode()))
    how = pl.col("how") if "how" in links.columns else pl.lit(None, pl.String)
    return (
        mine.with_columns(why=how.replace(_HOW).fill_null("not written down"), extract="contract")
        .with_columns(person=pl.col("person").rank("dense").cast(pl.Int64))
        .select(PERSON_COLUMNS)
        .sort(PERSON_COLUMNS)
    )
