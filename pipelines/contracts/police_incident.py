"""Police incidents, from the police."""

from pipelines.contracts.codes import FLAG, POLICE_ROLE
from pipelines.contracts.contract import Kind, Row, code, contract, date, text


class PoliceIncident(Row):
    """One row is one person in one incident."""

    incident_ref = text(Kind.IDENTIFIER, "number of the incident", required=True, nullable=False)
    occurred_on = date(Kind.PLAIN, "day of the incident", required=True, nullable=False)
    offence = text(Kind.SENSITIVE, "what happened")
    role = code(Kind.SENSITIVE, "what the person was in it", POLICE_ROLE, required=True, nullable=False)
    domestic_abuse = code(
        Kind.SENSITIVE, "whether it was domestic abuse", FLAG, required=True, nullable=False
    )
    surname = text(Kind.DIRECT_IDENTITY, "surname of the person", required=True)
    forename = text(Kind.DIRECT_IDENTITY, "forename of the person", required=True)
    date_of_birth = date(Kind.QUASI_IDENTIFIER, "date of birth of the person", required=True)
    address = text(Kind.DIRECT_IDENTITY, "address as the police know it")
    postcode = text(Kind.QUASI_IDENTIFIER, "postcode of the person", required=True)
    pnc_id = text(Kind.IDENTIFIER, "number in the Police National Computer")


POLICE_INCIDENT = contract(
    "police_incident",
    PoliceIncident,
    title="Police incidents",
    partner="police",
    purpose="Offending and domestic abuse: the evidence that there was none.",
)
