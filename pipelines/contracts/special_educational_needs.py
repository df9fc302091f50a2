"""Special educational needs, from the council's team for them."""

from pipelines.contracts.codes import SEN_PROVISION, SEN_PROVISION_OUTDATED, SEN_TYPE
from pipelines.contracts.contract import Kind, Part, code, contract, in_order, text
from pipelines.contracts.partner_spell import PartnerSpell


class SpecialEducationalNeeds(PartnerSpell):
    """One row is one spell of support, or one plan, of one pupil. Pupils without either are not sent."""

    sen_ref = text(
        Kind.IDENTIFIER,
        "the pupil's number in the team's system",
        required=True,
        part=Part.OWN_KEY,
        why="to join the plans of one pupil",
    )
    upn = text(
        Kind.IDENTIFIER,
        "unique pupil number",
        required=True,
        part=Part.UPN,
        why="to find the child in the case system",
    )
    uln = text(
        Kind.IDENTIFIER,
        "unique learner number, of older pupils",
        part=Part.ULN,
        why="not used yet: would find young people who have left school",
    )
    kind = code(
        Kind.SENSITIVE,
        "support, or an education, health and care plan",
        SEN_PROVISION,
        required=True,
        nullable=False,
        outdated=SEN_PROVISION_OUTDATED,
        why="to tell support at school from a plan",
    )
    primary_type = code(
        Kind.SENSITIVE,
        "primary type of need",
        SEN_TYPE,
        lenient=True,
        why="not used yet: would tell which needs of a family the plan speaks about",
    )


SPECIAL_EDUCATIONAL_NEEDS = contract(
    "special_educational_needs",
    SpecialEducationalNeeds,
    title="Special educational needs",
    partner="special educational needs team",
    purpose="Support at school and education, health and care plans of children.",
    row_rules=(in_order("start_date", "end_date"),),
)
