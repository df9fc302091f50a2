"""Spells of work, from the job centre."""

import dataframely as dy
import polars as pl

from pipelines.contracts.contract import Kind, Part, Row, contract, date, in_order, text


class EmploymentSpell(Row):
    """One row is one spell of work of one person."""

    nino = text(
        Kind.IDENTIFIER,
        "National Insurance number",
        required=True,
        part=Part.NINO,
        why="to find the adult in the case system",
    )
    forename = text(
        Kind.DIRECT_IDENTITY,
        "forename of the person",
        required=True,
        part=Part.FORENAME,
        why="to find the adult where the number is missing",
    )
    surname = text(
        Kind.DIRECT_IDENTITY,
        "surname of the person",
        required=True,
        part=Part.SURNAME,
        why="to find the adult where the number is missing",
    )
    date_of_birth = date(
        Kind.QUASI_IDENTIFIER,
        "date of birth of the person",
        required=True,
        part=Part.DATE_OF_BIRTH,
        why="to find the adult where the number is missing",
    )
    postcode = text(
        Kind.QUASI_IDENTIFIER,
        "postcode of the person",
        required=True,
        part=Part.POSTCODE,
        why="to tell people of one name apart",
    )
    start_date = date(
        Kind.PLAIN,
        "first day of work",
        required=True,
        nullable=False,
        why="work counts from the day it began",
    )
    end_date = date(
        Kind.PLAIN,
        "last day of work; none: still in work",
        required=True,
        why="work must have lasted for some months",
    )

    @dy.rule()
    def dates_in_order(cls) -> pl.Expr:
        """The end is not before the start."""
        return cls.end_date.col >= cls.start_date.col


EMPLOYMENT_SPELL = contract(
    "employment_spell",
    EmploymentSpell,
    title="Spells of work",
    partner="job centre",
    purpose="Who is in work and since when: the evidence for the need about worklessness.",
    row_rules=(in_order("start_date", "end_date"),),
)
