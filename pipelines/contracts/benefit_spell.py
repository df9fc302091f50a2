"""Spells of benefit, from the Department for Work and Pensions."""

from pipelines.contracts.codes import BENEFIT, CONDITIONALITY
from pipelines.contracts.contract import Kind, Part, code, contract, in_order, text
from pipelines.contracts.partner_spell import PartnerSpell


class BenefitSpell(PartnerSpell):
    """One row is one spell of one benefit of one adult."""

    nino = text(
        Kind.IDENTIFIER,
        "National Insurance number",
        required=True,
        part=Part.NINO,
        why="to find the adult in the case system",
    )
    customer_ref = text(
        Kind.IDENTIFIER,
        "the adult's number at the sender, where it has one beside the National Insurance number",
        part=Part.OWN_KEY,
        why="to join the spells of one adult",
    )
    address = text(
        Kind.DIRECT_IDENTITY,
        "where the adult lives",
        part=Part.ADDRESS,
        why="to tell people of one name apart",
    )
    kind = code(
        Kind.SENSITIVE,
        "which benefit",
        BENEFIT,
        required=True,
        nullable=False,
        why="to tell benefits out of work from others",
    )
    conditionality = code(
        Kind.SENSITIVE,
        "what the benefit asks of the adult",
        CONDITIONALITY,
        lenient=True,
        why="to tell who is in work, who looks for it and who need not",
    )


BENEFIT_SPELL = contract(
    "benefit_spell",
    BenefitSpell,
    title="Spells of benefit",
    partner="Department for Work and Pensions",
    purpose="Who draws which benefit and since when: the evidence about money and worklessness.",
    row_rules=(in_order("start_date", "end_date"),),
)
