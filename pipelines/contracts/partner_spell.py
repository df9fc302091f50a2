"""What partners send alike: a person, and a spell of something from a first day to a last."""

import dataframely as dy
import polars as pl

from pipelines.contracts.codes import SEX, SEX_OUTDATED
from pipelines.contracts.contract import Kind, Part, Row, code, date, text


class PartnerSpell(Row):
    """One row is one spell of one person, whom the partner knows by name and by a number of its own."""

    forename = text(
        Kind.DIRECT_IDENTITY,
        "forename of the person",
        required=True,
        part=Part.FORENAME,
        why="to find the person in the case system",
    )
    surname = text(
        Kind.DIRECT_IDENTITY,
        "surname of the person",
        required=True,
        part=Part.SURNAME,
        why="to find the person in the case system",
    )
    date_of_birth = date(
        Kind.QUASI_IDENTIFIER,
        "date of birth of the person",
        required=True,
        part=Part.DATE_OF_BIRTH,
        why="to find the person, and to tell people of one name apart",
    )
    sex = code(
        Kind.QUASI_IDENTIFIER,
        "sex",
        SEX,
        lenient=True,
        part=Part.SEX,
        outdated=SEX_OUTDATED,
        why="to tell people of one name apart",
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
        "first day",
        required=True,
        nullable=False,
        why="to tell what came before help from what came after it",
    )
    end_date = date(
        Kind.PLAIN,
        "last day; none: still open",
        required=True,
        why="to tell whether it is still open",
    )

    @dy.rule()
    def dates_in_order(cls) -> pl.Expr:
        """The end is not before the start."""
        return cls.end_date.col >= cls.start_date.col
