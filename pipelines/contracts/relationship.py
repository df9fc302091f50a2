"""Recorded relationships, from the early help case system."""

import dataframely as dy
import polars as pl

from pipelines.contracts.codes import RELATIONSHIP as KINDS
from pipelines.contracts.contract import (
    Kind,
    Part,
    Reference,
    Row,
    Rule,
    Severity,
    code,
    contract,
    date,
    in_order,
    text,
)


class Relationship(Row):
    """One row is what one person is to another, from when to when."""

    person_ref = text(
        Kind.IDENTIFIER,
        "number of the person in the case system",
        required=True,
        nullable=False,
        part=Part.OWN_KEY,
        why="to tell who is related",
    )
    related_person_ref = text(
        Kind.IDENTIFIER,
        "number of the related person in the case system",
        required=True,
        nullable=False,
        part=Part.OWN_KEY,
        why="to tell to whom the person is related",
    )
    relationship = code(
        Kind.QUASI_IDENTIFIER,
        "what the person is to the related person",
        KINDS,
        required=True,
        nullable=False,
        why="to tell which people make up one family, and which a new household",
    )
    from_date = date(
        Kind.PLAIN,
        "first day of the relationship; none: not known",
        why="to tell who belonged together while the family was helped",
    )
    to_date = date(
        Kind.PLAIN,
        "last day of the relationship; none: still lasts",
        why="to tell who belonged together while the family was helped",
    )

    @dy.rule()
    def dates_in_order(cls) -> pl.Expr:
        """The end is not before the start."""
        return cls.to_date.col >= cls.from_date.col

    @dy.rule()
    def between_two_people(cls) -> pl.Expr:
        """Nobody is related to themselves."""
        return cls.person_ref.col != cls.related_person_ref.col


RELATIONSHIP = contract(
    "relationship",
    Relationship,
    title="Recorded relationships",
    partner="early help case system",
    purpose="Who is what to whom: with the membership of families, what makes two records one family.",
    row_rules=(
        in_order("from_date", "to_date"),
        Rule(
            "between_two_people",
            Severity.WORTH_A_LOOK,
            "person_ref and related_person_ref are two people",
            "person_ref and related_person_ref are the same: correct the wrong one where the record is kept",
            "related_person_ref",
        ),
    ),
    references=(
        Reference("person_ref", "family_member", "person_ref"),
        Reference("related_person_ref", "family_member", "person_ref"),
    ),
)
