"""Homelessness duties, from the council's housing options team."""

from pipelines.contracts.codes import DUTY_END
from pipelines.contracts.codes import HOMELESSNESS_DUTY as KINDS
from pipelines.contracts.contract import Kind, Part, code, contract, in_order, text
from pipelines.contracts.partner_spell import PartnerSpell


class HomelessnessDuty(PartnerSpell):
    """One row is one duty owed to one person of a household."""

    applicant_ref = text(
        Kind.IDENTIFIER,
        "the person's number in the housing options system",
        required=True,
        part=Part.OWN_KEY,
        why="to join the duties owed to one person",
    )
    case_ref = text(
        Kind.IDENTIFIER,
        "number of the household's case",
        required=True,
        nullable=False,
        part=Part.RECORD,
        why="to count a duty once, however many people are in the household",
    )
    nino = text(
        Kind.IDENTIFIER,
        "National Insurance number",
        part=Part.NINO,
        why="to find the adult in the case system",
    )
    address = text(
        Kind.DIRECT_IDENTITY,
        "last settled address",
        part=Part.ADDRESS,
        why="to tell people of one name apart",
    )
    kind = code(
        Kind.SENSITIVE,
        "which duty",
        KINDS,
        required=True,
        nullable=False,
        why="to tell a home kept from a home lost",
    )
    end_reason = code(
        Kind.SENSITIVE,
        "how the duty ended",
        DUTY_END,
        lenient=True,
        why="to tell whether a home was secured",
    )


HOMELESSNESS_DUTY = contract(
    "homelessness_duty",
    HomelessnessDuty,
    title="Homelessness duties",
    partner="housing options team",
    purpose="Duties to prevent and relieve homelessness: the evidence that a home is safe.",
    row_rules=(in_order("start_date", "end_date"),),
)
