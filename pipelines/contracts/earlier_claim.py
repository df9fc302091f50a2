"""Claims made before, from finance."""

from pipelines.contracts.contract import Kind, Part, Reference, Row, contract, date, text


class EarlierClaim(Row):
    """One row is one claim for one family under one framework."""

    claim_ref = text(
        Kind.IDENTIFIER,
        "number of the claim",
        required=True,
        nullable=False,
        part=Part.RECORD,
        why="to tell a claim that was sent twice",
    )
    family_ref = text(
        Kind.IDENTIFIER,
        "the family's number in the case system",
        required=True,
        nullable=False,
        part=Part.FAMILY,
        why="nobody is paid for one family twice",
    )
    framework = text(
        Kind.PLAIN,
        "framework under which it was claimed",
        required=True,
        nullable=False,
        why="a claim counts against its own framework alone",
    )
    claimed_on = date(
        Kind.PLAIN,
        "day of the claim",
        required=True,
        nullable=False,
        why="to tell which spell of help was claimed for",
    )


EARLIER_CLAIM = contract(
    "earlier_claim",
    EarlierClaim,
    title="Claims made before",
    partner="finance",
    purpose="Which families have been claimed for already: nobody is paid for twice.",
    references=(Reference("family_ref", "family_member", "family_ref"),),
    key="claim_ref",
)
