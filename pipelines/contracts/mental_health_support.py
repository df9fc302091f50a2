"""Mental health support, from the mental health trust."""

from pipelines.contracts.codes import MENTAL_HEALTH
from pipelines.contracts.contract import Kind, Part, code, contract, in_order, text
from pipelines.contracts.partner_spell import PartnerSpell


class MentalHealthSupport(PartnerSpell):
    """One row is one spell of support of one patient."""

    patient_ref = text(
        Kind.IDENTIFIER,
        "the patient's number at the trust",
        required=True,
        part=Part.OWN_KEY,
        why="to join the spells of one patient",
    )
    nhs_number = text(
        Kind.IDENTIFIER,
        "NHS number",
        required=True,
        part=Part.NHS_NUMBER,
        why="to find the person in the case system",
    )
    kind = code(
        Kind.SENSITIVE,
        "which service",
        MENTAL_HEALTH,
        required=True,
        nullable=False,
        why="to tell support in the community from a crisis",
    )


MENTAL_HEALTH_SUPPORT = contract(
    "mental_health_support",
    MentalHealthSupport,
    title="Mental health support",
    partner="mental health trust",
    purpose="Whether children and adults who need support for their mental health have it.",
    row_rules=(in_order("start_date", "end_date"),),
)
