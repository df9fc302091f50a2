"""School attendance by term, from the schools data team."""

import dataframely as dy
import polars as pl

from pipelines.contracts.codes import TERM
from pipelines.contracts.contract import (
    Kind,
    Part,
    Rule,
    Severity,
    code,
    contract,
    date,
    in_order,
    integer,
    text,
)
from pipelines.contracts.pupil import Pupil


class SchoolAttendance(Pupil):
    """One row is one pupil in one school in one term. Sessions are half days."""

    postcode = text(
        Kind.QUASI_IDENTIFIER,
        "postcode of the pupil",
        required=True,
        part=Part.POSTCODE,
        why="to tell children of one name apart",
    )
    school = text(
        Kind.QUASI_IDENTIFIER,
        "school",
        part=Part.SCHOOL,
        why="to tell a change of school from a pupil counted twice, and to find it in notes and take it out",
    )
    academic_year = text(
        Kind.PLAIN,
        "school year, such as 2023/24",
        required=True,
        nullable=False,
        why="to tell the terms of one year from those of another",
    )
    term = code(
        Kind.PLAIN,
        "term",
        TERM,
        required=True,
        nullable=False,
        why="the rules about attendance look at whole terms",
    )
    term_start = date(
        Kind.PLAIN,
        "first day of the term",
        required=True,
        nullable=False,
        why="to tell terms before help from terms after it",
    )
    term_end = date(
        Kind.PLAIN,
        "last day of the term",
        required=True,
        nullable=False,
        why="to tell terms before help from terms after it",
    )
    sessions_possible = integer(
        Kind.PLAIN,
        "sessions that the pupil could have attended",
        required=True,
        nullable=False,
        most=400,
        why="attendance is sessions attended out of sessions possible",
    )
    sessions_attended = integer(
        Kind.PLAIN,
        "sessions that the pupil attended",
        required=True,
        nullable=False,
        most=400,
        why="attendance is sessions attended out of sessions possible",
    )
    authorised_absence = integer(
        Kind.PLAIN,
        "sessions missed with leave",
        most=400,
        why="to check that attended and missed sessions add up",
    )
    unauthorised_absence = integer(
        Kind.PLAIN,
        "sessions missed without leave",
        most=400,
        why="to check that attended and missed sessions add up",
    )

    @dy.rule()
    def dates_in_order(cls) -> pl.Expr:
        """The end is not before the start."""
        return cls.term_end.col >= cls.term_start.col

    @dy.rule()
    def attended_within_possible(cls) -> pl.Expr:
        """Nobody attends more sessions than there were."""
        return cls.sessions_attended.col <= cls.sessions_possible.col


SCHOOL_ATTENDANCE = contract(
    "school_attendance",
    SchoolAttendance,
    title="School attendance by term",
    partner="schools data team",
    purpose="Whether children attend school: the evidence for the needs about attendance.",
    row_rules=(
        in_order("term_start", "term_end"),
        Rule(
            "attended_within_possible",
            Severity.STOPS_A_CLAIM,
            "sessions_attended is not above sessions_possible",
            "sessions_attended is above sessions_possible: ask the school for the right figures",
            "sessions_attended",
            ("sessions_possible",),
        ),
    ),
)
