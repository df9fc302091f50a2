"""Suspensions and exclusions, from the schools data team."""

from pipelines.contracts.codes import EXCLUSION, EXCLUSION_OUTDATED
from pipelines.contracts.contract import Kind, Part, code, contract, date, integer, text
from pipelines.contracts.pupil import Pupil


class SchoolExclusion(Pupil):
    """One row is one suspension or exclusion of one pupil."""

    school = text(
        Kind.QUASI_IDENTIFIER, "school", part=Part.SCHOOL, why="to find it in notes and take it out"
    )
    category = code(
        Kind.SENSITIVE,
        "suspension or permanent exclusion",
        EXCLUSION,
        required=True,
        nullable=False,
        outdated=EXCLUSION_OUTDATED,
        why="to tell two of one day apart",
    )
    start_date = date(
        Kind.PLAIN,
        "first day of it",
        required=True,
        nullable=False,
        why="to tell suspensions before help from those after it",
    )
    reason = text(
        Kind.SENSITIVE, "code or words for the reason", why="not used yet: would tell what led to it"
    )
    sessions = integer(
        Kind.PLAIN,
        "half days that it lasted",
        most=400,
        why="not used yet: would tell a short suspension from a long one",
    )


SCHOOL_EXCLUSION = contract(
    "school_exclusion",
    SchoolExclusion,
    title="Suspensions and exclusions",
    partner="schools data team",
    purpose="Suspensions and permanent exclusions of children.",
)
