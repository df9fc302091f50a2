"""Adult social care, from the council's adult services."""

from pipelines.contracts.codes import ADULT_SOCIAL_CARE as KINDS
from pipelines.contracts.codes import SUPPORT_REASON
from pipelines.contracts.contract import Kind, Part, code, contract, in_order, text
from pipelines.contracts.partner_spell import PartnerSpell


class AdultSocialCare(PartnerSpell):
    """One row is one request, assessment, service or enquiry about one adult."""

    adult_id = text(
        Kind.IDENTIFIER,
        "the adult's number in adult social care",
        required=True,
        part=Part.OWN_KEY,
        why="to join the records of one adult",
    )
    nhs_number = text(
        Kind.IDENTIFIER,
        "NHS number",
        required=True,
        part=Part.NHS_NUMBER,
        why="to find the adult in the case system",
    )
    address = text(
        Kind.DIRECT_IDENTITY,
        "where the adult lives",
        part=Part.ADDRESS,
        why="to tell people of one name apart",
    )
    kind = code(
        Kind.SENSITIVE,
        "what adult social care did",
        KINDS,
        required=True,
        nullable=False,
        why="to tell support from an enquiry",
    )
    primary_reason = code(
        Kind.SENSITIVE,
        "why support was needed",
        SUPPORT_REASON,
        lenient=True,
        why="not used yet: would tell which needs of a family the support speaks about",
    )


ADULT_SOCIAL_CARE = contract(
    "adult_social_care",
    AdultSocialCare,
    title="Adult social care",
    partner="adult services",
    purpose="Support of adults in families: parents who are ill or disabled, and carers.",
    row_rules=(in_order("start_date", "end_date"),),
)
