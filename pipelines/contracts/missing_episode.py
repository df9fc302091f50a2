"""Children missing from home, from the police."""

import dataframely as dy
import polars as pl

from pipelines.contracts.contract import Kind, Part, Row, contract, date, in_order, text


class MissingEpisode(Row):
    """One row is one time that one child was missing."""

    forename = text(
        Kind.DIRECT_IDENTITY,
        "forename of the child",
        required=True,
        part=Part.FORENAME,
        why="to find the child in the case system",
    )
    surname = text(
        Kind.DIRECT_IDENTITY,
        "surname of the child",
        required=True,
        part=Part.SURNAME,
        why="to find the child in the case system",
    )
    date_of_birth = date(
        Kind.QUASI_IDENTIFIER,
        "date of birth of the child",
        required=True,
        part=Part.DATE_OF_BIRTH,
        why="to find the child, and to tell children of one name apart",
    )
    postcode = text(
        Kind.QUASI_IDENTIFIER,
        "postcode of the child",
        required=True,
        part=Part.POSTCODE,
        why="to tell children of one name apart",
    )
    missing_from = date(
        Kind.PLAIN,
        "day on which the child went missing",
        required=True,
        nullable=False,
        why="the rules look for times missing in the months after help",
    )
    missing_to = date(
        Kind.PLAIN,
        "day on which the child was found; none: still missing",
        required=True,
        why="to tell whether the child was found",
    )

    @dy.rule()
    def dates_in_order(cls) -> pl.Expr:
        """The end is not before the start."""
        return cls.missing_to.col >= cls.missing_from.col


MISSING_EPISODE = contract(
    "missing_episode",
    MissingEpisode,
    title="Children missing from home",
    partner="police",
    purpose="Children who went missing: the evidence that they did not.",
    row_rules=(in_order("missing_from", "missing_to"),),
)
