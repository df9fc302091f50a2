"""Children's social care, from children's services."""

import dataframely as dy
import polars as pl

from pipelines.contracts.codes import PRIMARY_NEED, SOCIAL_CARE
from pipelines.contracts.contract import Kind, Row, code, contract, date, in_order, text


class SocialCareEpisode(Row):
    """One row is one plan or spell of care of one child."""

    la_child_id = text(Kind.IDENTIFIER, "the child's number in social care, eight digits", required=True)
    forename = text(Kind.DIRECT_IDENTITY, "forename of the child", required=True)
    surname = text(Kind.DIRECT_IDENTITY, "surname of the child", required=True)
    date_of_birth = date(Kind.QUASI_IDENTIFIER, "date of birth of the child", required=True)
    nhs_number = text(Kind.IDENTIFIER, "NHS number", required=True)
    upn = text(Kind.IDENTIFIER, "unique pupil number", required=True)
    postcode = text(Kind.QUASI_IDENTIFIER, "postcode of the child")
    kind = code(
        Kind.SENSITIVE,
        "child in need, child protection plan or child looked after",
        SOCIAL_CARE,
        required=True,
        nullable=False,
    )
    start_date = date(Kind.PLAIN, "first day", required=True, nullable=False)
    end_date = date(Kind.PLAIN, "last day; none: still open", required=True)
    primary_need = code(
        Kind.SENSITIVE, "primary need, as the children in need census codes it", PRIMARY_NEED, lenient=True
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
