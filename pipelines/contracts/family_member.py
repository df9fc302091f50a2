"""People in families, from the early help case system."""

import dataframely as dy
import polars as pl

from pipelines.contracts.codes import ETHNICITY, ROLE, SEX
from pipelines.contracts.contract import Kind, Row, code, contract, date, in_order, text


class FamilyMember(Row):
    """One row is one person in one family."""

    person_ref = text(
        Kind.IDENTIFIER, "the person's number in the case system", required=True, nullable=False
    )
    family_ref = text(
        Kind.IDENTIFIER, "the family's number in the case system", required=True, nullable=False
    )
    role = code(
        Kind.QUASI_IDENTIFIER, "what the person is in the family", ROLE, required=True, nullable=False
    )
    forename = text(Kind.DIRECT_IDENTITY, "forename; an unborn child may have none", required=True)
    surname = text(Kind.DIRECT_IDENTITY, "surname", required=True)
    also_known_as = text(Kind.DIRECT_IDENTITY, "nickname or other name")
    date_of_birth = date(Kind.QUASI_IDENTIFIER, "date of birth; an unborn child has none", required=True)
    sex = code(Kind.QUASI_IDENTIFIER, "sex", SEX, lenient=True)
    ethnicity = code(
        Kind.QUASI_IDENTIFIER, "ethnic group, as the school census codes it", ETHNICITY, lenient=True
    )
    nhs_number = text(Kind.IDENTIFIER, "NHS number", required=True)
    upn = text(Kind.IDENTIFIER, "unique pupil number", required=True)
    nino = text(Kind.IDENTIFIER, "National Insurance number", required=True)
    address = text(Kind.DIRECT_IDENTITY, "where the person lives")
    postcode = text(Kind.QUASI_IDENTIFIER, "postcode of the address", required=True)
    uprn = text(Kind.IDENTIFIER, "unique property reference number of the address")
    phone = text(Kind.DIRECT_IDENTITY, "telephone number")
    email = text(Kind.DIRECT_IDENTITY, "e-mail address")
    from_date = date(Kind.PLAIN, "day from which the person belonged to the family", required=True)
    to_date = date(
        Kind.PLAIN, "last day on which the person belonged to the family; none: still does", required=True
    )

    @dy.rule()
    def dates_in_order(cls) -> pl.Expr:
        """The end is not before the start."""
        return cls.to_date.col >= cls.from_date.col


FAMILY_MEMBER = contract(
    "family_member",
    FamilyMember,
    title="People in families",
    partner="early help case system",
    purpose="Who belongs to which family, from when to when; everything else finds its people here.",
    row_rules=(in_order("from_date", "to_date"),),
)
