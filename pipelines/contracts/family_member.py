"""People in families, from the early help case system."""

import dataframely as dy
import polars as pl

from pipelines.contracts.codes import ETHNICITY, ETHNICITY_OUTDATED, ROLE, SEX, SEX_OUTDATED
from pipelines.contracts.contract import Kind, Part, Row, code, contract, date, in_order, text


class FamilyMember(Row):
    """One row is one person in one family."""

    person_ref = text(
        Kind.IDENTIFIER,
        "the person's number in the case system",
        required=True,
        nullable=False,
        part=Part.OWN_KEY,
        why="to tell whose needs and judgements the case system means",
    )
    family_ref = text(
        Kind.IDENTIFIER,
        "the family's number in the case system",
        required=True,
        nullable=False,
        part=Part.FAMILY,
        why="to tell who belongs to the family that is helped and claimed for",
    )
    role = code(
        Kind.QUASI_IDENTIFIER,
        "what the person is in the family",
        ROLE,
        required=True,
        nullable=False,
        why="to tell adults from children: needs and rules differ for them",
    )
    forename = text(
        Kind.DIRECT_IDENTITY,
        "forename; an unborn child may have none",
        required=True,
        part=Part.FORENAME,
        why="to find the person in the partners' extracts",
    )
    surname = text(
        Kind.DIRECT_IDENTITY,
        "surname",
        required=True,
        part=Part.SURNAME,
        why="to find the person in the partners' extracts",
    )
    also_known_as = text(
        Kind.DIRECT_IDENTITY,
        "nickname or other name",
        part=Part.OTHER_NAME,
        why="to find a person whom a partner knows under another name",
    )
    date_of_birth = date(
        Kind.QUASI_IDENTIFIER,
        "date of birth; an unborn child has none",
        required=True,
        part=Part.DATE_OF_BIRTH,
        why="to find the person, and for the age that rules depend on",
    )
    sex = code(
        Kind.QUASI_IDENTIFIER,
        "sex",
        SEX,
        lenient=True,
        part=Part.SEX,
        outdated=SEX_OUTDATED,
        why="to tell people of one name apart, and to see whether help reaches everybody alike",
    )
    ethnicity = code(
        Kind.QUASI_IDENTIFIER,
        "ethnic group, as the school census codes it",
        ETHNICITY,
        lenient=True,
        part=Part.ETHNICITY,
        outdated=ETHNICITY_OUTDATED,
        why="to see whether help reaches everybody alike, as the equality duty asks",
    )
    nhs_number = text(
        Kind.IDENTIFIER,
        "NHS number",
        required=True,
        part=Part.NHS_NUMBER,
        why="to find the person in the extracts of health and social care",
    )
    upn = text(
        Kind.IDENTIFIER,
        "unique pupil number",
        required=True,
        part=Part.UPN,
        why="to find the child in the extracts of schools",
    )
    nino = text(
        Kind.IDENTIFIER,
        "National Insurance number",
        required=True,
        part=Part.NINO,
        why="to find the adult in the extracts about work and benefits",
    )
    address = text(
        Kind.DIRECT_IDENTITY,
        "where the person lives",
        part=Part.ADDRESS,
        why="to find the home in the landlord's extract, and the person where numbers are missing",
    )
    postcode = text(
        Kind.QUASI_IDENTIFIER,
        "postcode of the address",
        required=True,
        part=Part.POSTCODE,
        why="to find the person, and to tell people of one name apart",
    )
    uprn = text(
        Kind.IDENTIFIER,
        "unique property reference number of the address",
        part=Part.UPRN,
        why="to find the home in the landlord's extract",
    )
    phone = text(
        Kind.DIRECT_IDENTITY,
        "telephone number",
        part=Part.PHONE,
        why="so that a release can be searched for it",
    )
    email = text(
        Kind.DIRECT_IDENTITY,
        "e-mail address",
        part=Part.EMAIL,
        why="so that a release can be searched for it",
    )
    from_date = date(
        Kind.PLAIN,
        "day from which the person belonged to the family",
        required=True,
        why="to tell who belonged to the family while it was helped",
    )
    to_date = date(
        Kind.PLAIN,
        "last day on which the person belonged to the family; none: still does",
        required=True,
        why="to tell who belonged to the family while it was helped",
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
    unborn=("role", "unborn"),
)
