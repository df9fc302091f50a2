"""Police incidents, from the police."""

from pipelines.contracts.codes import FLAG, POLICE_ROLE
from pipelines.contracts.contract import Kind, Part, Row, code, contract, date, text


class PoliceIncident(Row):
    """One row is one person in one incident."""

    incident_ref = text(
        Kind.IDENTIFIER,
        "number of the incident",
        required=True,
        nullable=False,
        part=Part.RECORD,
        why="to count an incident once, however many people were in it",
    )
    occurred_on = date(
        Kind.PLAIN,
        "day of the incident",
        required=True,
        nullable=False,
        why="the rules look for incidents in the months after help",
    )
    offence = text(
        Kind.SENSITIVE, "what happened", why="not used yet: would tell which needs an incident speaks about"
    )
    role = code(
        Kind.SENSITIVE,
        "what the person was in it",
        POLICE_ROLE,
        required=True,
        nullable=False,
        why="a suspect has offended, a victim has not",
    )
    domestic_abuse = code(
        Kind.SENSITIVE,
        "whether it was domestic abuse",
        FLAG,
        required=True,
        nullable=False,
        why="the need about domestic abuse looks at these incidents alone",
    )
    surname = text(
        Kind.DIRECT_IDENTITY,
        "surname of the person",
        required=True,
        part=Part.SURNAME,
        why="to find the person in the case system",
    )
    forename = text(
        Kind.DIRECT_IDENTITY,
        "forename of the person",
        required=True,
        part=Part.FORENAME,
        why="to find the person in the case system",
    )
    date_of_birth = date(
        Kind.QUASI_IDENTIFIER,
        "date of birth of the person",
        required=True,
        part=Part.DATE_OF_BIRTH,
        why="to find the person, and to tell people of one name apart",
    )
    address = text(
        Kind.DIRECT_IDENTITY,
        "address as the police know it",
        part=Part.ADDRESS,
        why="to tell people of one name apart",
    )
    postcode = text(
        Kind.QUASI_IDENTIFIER,
        "postcode of the person",
        required=True,
        part=Part.POSTCODE,
        why="to tell people of one name apart",
    )
    pnc_id = text(
        Kind.IDENTIFIER,
        "number in the Police National Computer",
        part=Part.PNC_ID,
        why="to join incidents of one person whose name is spelt differently",
    )


POLICE_INCIDENT = contract(
    "police_incident",
    PoliceIncident,
    title="Police incidents",
    partner="police",
    purpose="Offending and domestic abuse: the evidence that there was none.",
)
