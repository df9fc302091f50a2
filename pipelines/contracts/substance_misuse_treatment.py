"""Substance misuse treatment, from the drug and alcohol service."""

from pipelines.contracts.codes import SUBSTANCE, TREATMENT, TREATMENT_END
from pipelines.contracts.contract import Kind, Part, code, contract, in_order, text
from pipelines.contracts.partner_spell import PartnerSpell


class SubstanceMisuseTreatment(PartnerSpell):
    """One row is one course of treatment of one client."""

    client_ref = text(
        Kind.IDENTIFIER,
        "the client's number at the service",
        required=True,
        part=Part.OWN_KEY,
        why="to join the courses of one client",
    )
    nhs_number = text(
        Kind.IDENTIFIER,
        "NHS number",
        part=Part.NHS_NUMBER,
        why="to find the client in the case system",
    )
    kind = code(
        Kind.SENSITIVE,
        "kind of treatment",
        TREATMENT,
        required=True,
        nullable=False,
        why="to tell treatment from support after it",
    )
    substance = code(
        Kind.SENSITIVE,
        "which substance",
        SUBSTANCE,
        lenient=True,
        why="not used yet: would tell alcohol from drugs",
    )
    end_reason = code(
        Kind.SENSITIVE,
        "how treatment ended",
        TREATMENT_END,
        lenient=True,
        why="to tell treatment that was completed from treatment that was dropped",
    )


SUBSTANCE_MISUSE_TREATMENT = contract(
    "substance_misuse_treatment",
    SubstanceMisuseTreatment,
    title="Substance misuse treatment",
    partner="drug and alcohol service",
    purpose="Whether adults and young people who misuse alcohol or drugs are treated, and how treatment ends.",
    row_rules=(in_order("start_date", "end_date"),),
)
