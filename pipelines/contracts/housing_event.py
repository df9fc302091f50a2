"""Housing events, from the landlord."""

from pipelines.contracts.codes import HOUSING
from pipelines.contracts.contract import Kind, Part, Row, code, contract, date, decimal, text


class HousingEvent(Row):
    """One row is one event of one tenancy."""

    tenancy_ref = text(
        Kind.IDENTIFIER,
        "number of the tenancy",
        required=True,
        part=Part.RECORD,
        why="to tell the events of one tenancy from those of another",
    )
    tenant_name = text(
        Kind.DIRECT_IDENTITY,
        "name of the tenant in one field, in any order",
        required=True,
        part=Part.WHOLE_NAME,
        why="to find the tenant in the case system",
    )
    date_of_birth = date(
        Kind.QUASI_IDENTIFIER,
        "date of birth of the tenant, mostly missing",
        part=Part.DATE_OF_BIRTH,
        why="to find the tenant, and to tell people of one name apart",
    )
    address = text(
        Kind.DIRECT_IDENTITY,
        "address of the home, with its postcode",
        required=True,
        part=Part.ADDRESS,
        why="to find the family that lives in the home",
    )
    uprn = text(
        Kind.IDENTIFIER,
        "unique property reference number of the home",
        part=Part.UPRN,
        why="to find the family that lives in the home",
    )
    kind = code(
        Kind.SENSITIVE,
        "what happened",
        HOUSING,
        required=True,
        nullable=False,
        why="to tell a notice from an eviction: the rules name them one by one",
    )
    occurred_on = date(
        Kind.PLAIN,
        "day on which it happened",
        required=True,
        nullable=False,
        why="the rules look for events in the months after help",
    )
    arrears_balance = decimal(
        Kind.PLAIN,
        "rent owed, in pounds",
        least=-1_000_000,
        most=1_000_000,
        why="not used yet: would tell whether arrears of rent fell",
    )


HOUSING_EVENT = contract(
    "housing_event",
    HousingEvent,
    title="Housing events",
    partner="landlord",
    purpose="Notices, evictions and homelessness: the evidence that a home is safe.",
)
