"""Probation, from the probation service."""

from pipelines.contracts.codes import PROBATION as KINDS
from pipelines.contracts.contract import Kind, Part, code, contract, in_order, text
from pipelines.contracts.partner_spell import PartnerSpell


class Probation(PartnerSpell):
    """One row is one order or licence of one adult."""

    crn = text(
        Kind.IDENTIFIER,
        "the adult's case reference number at probation",
        required=True,
        part=Part.OWN_KEY,
        why="to join the orders of one adult",
    )
    pnc_id = text(
        Kind.IDENTIFIER,
        "number in the Police National Computer",
        part=Part.PNC_ID,
        why="to find the adult in the extract of the police",
    )
    address = text(
        Kind.DIRECT_IDENTITY,
        "where the adult lives",
        part=Part.ADDRESS,
        why="to tell people of one name apart",
    )
    kind = code(
        Kind.SENSITIVE,
        "which order or licence",
        KINDS,
        required=True,
        nullable=False,
        why="to tell an order in the community from custody",
    )


PROBATION = contract(
    "probation",
    Probation,
    title="Probation",
    partner="probation service",
    purpose="Orders and licences of adults: the evidence that they do not offend.",
    row_rules=(in_order("start_date", "end_date"),),
)
