"""Health visiting, from the community health trust."""

from pipelines.contracts.contract import Kind, Part, Row, contract, date, text


class HealthContact(Row):
    """One row is one contact with one child."""

    nhs_number = text(
        Kind.IDENTIFIER,
        "NHS number",
        required=True,
        part=Part.NHS_NUMBER,
        why="to find the child in the case system",
    )
    forename = text(
        Kind.DIRECT_IDENTITY,
        "forename of the child",
        required=True,
        part=Part.FORENAME,
        why="to find the child where the number is missing",
    )
    surname = text(
        Kind.DIRECT_IDENTITY,
        "surname of the child",
        required=True,
        part=Part.SURNAME,
        why="to find the child where the number is missing",
    )
    date_of_birth = date(
        Kind.QUASI_IDENTIFIER,
        "date of birth of the child",
        required=True,
        part=Part.DATE_OF_BIRTH,
        why="to find the child where the number is missing",
    )
    kind = text(
        Kind.SENSITIVE,
        "kind of visit",
        required=True,
        nullable=False,
        why="to tell two contacts of one day apart",
    )
    contact_date = date(
        Kind.PLAIN,
        "day of the contact",
        required=True,
        nullable=False,
        why="to tell visits before help from visits after it",
    )
    result = text(
        Kind.SENSITIVE,
        "what came of it",
        why="not used yet: would tell a visit that took place from one that was missed",
    )


HEALTH_CONTACT = contract(
    "health_contact",
    HealthContact,
    title="Health visiting",
    partner="community health trust",
    purpose="Visits of health visitors to young children.",
)
