"""Housing events, from the landlord."""

from pipelines.contracts.codes import HOUSING
from pipelines.contracts.contract import Kind, Row, code, contract, date, decimal, text


class HousingEvent(Row):
    """One row is one event of one tenancy."""

    tenancy_ref = text(Kind.IDENTIFIER, "number of the tenancy", required=True)
    tenant_name = text(Kind.DIRECT_IDENTITY, "name of the tenant in one field, in any order", required=True)
    date_of_birth = date(Kind.QUASI_IDENTIFIER, "date of birth of the tenant, mostly missing")
    address = text(Kind.DIRECT_IDENTITY, "address of the home, with its postcode", required=True)
    uprn = text(Kind.IDENTIFIER, "unique property reference number of the home")
    kind = code(Kind.SENSITIVE, "what happened", HOUSING, required=True, nullable=False)
    occurred_on = date(Kind.PLAIN, "day on which it happened", required=True, nullable=False)
    arrears_balance = decimal(Kind.PLAIN, "rent owed, in pounds", least=-1_000_000, most=1_000_000)


HOUSING_EVENT = contract(
    "housing_event",
    HousingEvent,
    title="Housing events",
    partner="landlord",
    purpose="Notices, evictions and homelessness: the evidence that a home is safe.",
)
