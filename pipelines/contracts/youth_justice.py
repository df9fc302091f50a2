"""Youth justice, from the youth justice service."""

from pipelines.contracts.codes import YOUTH_JUSTICE as KINDS
from pipelines.contracts.contract import Kind, Part, code, contract, date, in_order, text
from pipelines.contracts.partner_spell import PartnerSpell


class YouthJustice(PartnerSpell):
    """One row is one disposal or order of one young person."""

    youth_justice_id = text(
        Kind.IDENTIFIER,
        "the young person's number in the youth justice system",
        required=True,
        part=Part.OWN_KEY,
        why="to join the orders of one young person",
    )
    pnc_id = text(
        Kind.IDENTIFIER,
        "number in the Police National Computer",
        part=Part.PNC_ID,
        why="to find the young person in the extracts of police and probation",
    )
    address = text(
        Kind.DIRECT_IDENTITY,
        "where the young person lives",
        part=Part.ADDRESS,
        why="to tell people of one name apart",
    )
    kind = code(
        Kind.SENSITIVE,
        "which disposal or order",
        KINDS,
        required=True,
        nullable=False,
        why="to tell prevention from an order of a court",
    )
    offence_date = date(
        Kind.PLAIN,
        "day of the offence",
        why="not used yet: would tell an offence before help from one after it",
    )


YOUTH_JUSTICE = contract(
    "youth_justice",
    YouthJustice,
    title="Youth justice",
    partner="youth justice service",
    purpose="Orders and disposals of young people: the evidence that they do not offend.",
    row_rules=(in_order("start_date", "end_date"),),
)
