"""Suspensions and exclusions, from the schools data team."""

from pipelines.contracts.codes import EXCLUSION
from pipelines.contracts.contract import Kind, Row, code, contract, date, integer, text


class SchoolExclusion(Row):
    """One row is one suspension or exclusion of one pupil."""

    upn = text(Kind.IDENTIFIER, "unique pupil number", required=True)
    forename = text(Kind.DIRECT_IDENTITY, "forename of the pupil", required=True)
    surname = text(Kind.DIRECT_IDENTITY, "surname of the pupil", required=True)
    date_of_birth = date(Kind.QUASI_IDENTIFIER, "date of birth of the pupil", required=True)
    school = text(Kind.QUASI_IDENTIFIER, "school")
    category = code(
        Kind.SENSITIVE, "suspension or permanent exclusion", EXCLUSION, required=True, nullable=False
    )
    start_date = date(Kind.PLAIN, "first day of it", required=True, nullable=False)
    reason = text(Kind.SENSITIVE, "code or words for the reason")
    sessions = integer(Kind.PLAIN, "half days that it lasted", most=400)


SCHOOL_EXCLUSION = contract(
    "school_exclusion",
    SchoolExclusion,
    title="Suspensions and exclusions",
    partner="schools data team",
    purpose="Suspensions and permanent exclusions of children.",
)
