"""Families: which persons belong to which, and when."""

import polars as pl


def families(members: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """The memberships of all families.

    `members`: good rows of `family_member` (`file`, `row`, `family_ref`, `role`, `from_date`, `to_date`).
    `persons`: `contract`, `file`, `row`, `person`, as linkage gave it. Gives `family_ref`, `person`, `role`,
    `from_date`, `to_date`: one row a spell of membership (no start: always; no end: still), each once. A person whom
    somebody entered twice belongs once; a child in two households belongs to both families.
    """
    own = persons.filter(pl.col("contract") == "family_member").select("file", "row", "person")
    return (
        members.join(own, on=["file", "row"], how="inner", validate="1:1")
        .select("family_ref", "person", "role", "from_date", "to_date")
        .unique()
        .sort("family_ref", "person", "from_date", "to_date", "role", nulls_last=True)
    )
