"""Children's social care, from children's services."""

import dataframely as dy
import polars as pl

from pipelines.contracts.codes import PRIMARY_NEED, SOCIAL_CARE
from pipelines.contracts.contract import Kind, Part, Row, code, contract, date, in_order, text


class SocialCareEpisode(Row):
    """One row is one plan or spell of care of one child."""

    la_child_id = text(
        Kind.IDENTIFIER,
        "the child's number in social care, eight digits",
        required=True,
        part=Part.OWN_KEY,
        why="to join the spells of one child",
        digits=8,
    )
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
    nhs_number = text(
        Kind.IDENTIFIER,
        "NHS number",
        required=True,
        part=Part.NHS_NUMBER,
        why="to find the child in the case system",
    )
    upn = text(
        Kind.IDENTIFIER,
        "unique pupil number",
        required=True,
        part=Part.UPN,
        why="to find the child in the case system",
    )
    postcode = text(
        Kind.QUASI_IDENTIFIER,
        "postcode of the child",
        part=Part.POSTCODE,
        why="to tell children of one name apart",
    )
    kind = code(
        Kind.SENSITIVE,
        "child in need, child protection plan or child looked after",
        SOCIAL_CARE,
        required=True,
        nullable=False,
        why="to tell plans from care: the rules name them one by one",
    )
    start_date = date(
        Kind.PLAIN,
        "first day",
        required=True,
        nullable=False,
        why="to tell plans before help from plans after it",
    )
    end_date = date(
        Kind.PLAIN, "last day; none: still open", required=True, why="to tell whether the plan is still open"
    )
    primary_need = code(
        Kind.SENSITIVE,
        "primary need, as the children in need census codes it",
        PRIMARY_NEED,
        lenient=True,
        why="not used yet: would tell why a child came to social care",
    )

    @dy.rule()
    def dates_in_order(cls) -> pl.Expr:
        """The end is not before the start."""
        return cls.end_date.col >= cls.start_date.col


SOCIAL_CARE_EPISODE = contract(
    "social_care_episode",
    SocialCareEpisode,
    title="Children's social care",
    partner="children's services",
    purpose="Plans and care: the evidence that a child is safe without them.",
    row_rules=(in_order("start_date", "end_date"),),
)
