"""Health visiting, from the community health trust."""

from pipelines.contracts.contract import Kind, Row, contract, date, text


class HealthContact(Row):
    """One row is one contact with one child."""

    nhs_number = text(Kind.IDENTIFIER, "NHS number", required=True)
    forename = text(Kind.DIRECT_IDENTITY, "forename of the child", required=True)
    surname = text(Kind.DIRECT_IDENTITY, "surname of the child", required=True)
    date_of_birth = date(Kind.QUASI_IDENTIFIER, "date of birth of the child", required=True)
    kind = text(Kind.SENSITIVE, "kind of visit", required=True, nullable=False)
    contact_date = date(Kind.PLAIN, "day of the contact", required=True, nullable=False)
    result = text(Kind.SENSITIVE, "what came of it")


HEALTH_CONTACT = contract(
    "health_contact",
    HealthContact,
    title="Health visiting",
    partner="community health trust",
    purpose="Visits of health visitors to young children.",
)
