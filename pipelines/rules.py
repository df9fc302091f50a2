"""The rules of each contract with their words: those that quarantine a row, and those that only count."""

from collections.abc import Iterator

from pipelines import identifiers
from pipelines.contracts import Column, Contract, Kind, Reference, Rule, Severity

EMPTY = Rule(
    "row_is_not_empty",
    Severity.WORTH_A_LOOK,
    "the row holds something",
    "the row is empty: delete it from the export, or leave it, for it does no harm",
)
NOBODY = Rule(
    "row_is_about_somebody",
    Severity.WORTH_A_LOOK,
    "the row names a person, a family or a record",
    "the row names nobody: it is a total, a remark below the table, or a record that lost what identifies it",
)
SLIPPED = Rule(
    "row_fits_headings",
    Severity.STOPS_A_CLAIM,
    "the row has no more cells than there are headings",
    "the row has more cells than there are headings, so its values have slipped: a separator inside a cell needs "
    "quotation marks around the cell",
)
ODDITIES = {"empty": EMPTY, "total": NOBODY, "slipped": SLIPPED}
RECEIVED = Rule("received", Severity.WORTH_A_LOOK, "rows received", "")
QUARANTINED = Rule(
    "quarantined", Severity.STOPS_A_CLAIM, "rows that break a rule of their contract and are left out", ""
)

_WHAT = {"date": "date", "integer": "whole number", "decimal": "number"}
_VALID = {
    "nhs_number": "NHS number",
    "upn": "unique pupil number",
    "uln": "unique learner number",
    "nino": "National Insurance number",
    "pnc_id": "number of the Police National Computer",
    "uprn": "unique property reference number",
    "postcode": "postcode",
}


def severity(column: Column) -> Severity:
    """What is spoilt where a cell of this column is wrong."""
    if column.kind in (Kind.IDENTIFIER, Kind.DIRECT_IDENTITY) or column.name == "date_of_birth":
        return Severity.STOPS_LINKAGE
    if column.kind is Kind.QUASI_IDENTIFIER:
        # What does not cost the row is only looked at; a member of a family without a role is lost.
        return Severity.WORTH_A_LOOK if column.lenient or column.nullable else Severity.STOPS_LINKAGE
    return Severity.STOPS_A_CLAIM


def given(column: Column) -> Rule:
    """The cell is not blank."""
    return Rule(
        f"{column.name}_is_given",
        severity(column),
        f"{column.name} is filled in",
        f"{column.name} is blank: fill it in where the record is kept",
        column.name,
    )


def readable(column: Column) -> Rule | None:
    """The cell can be read as its type or code; none for text."""
    if column.type == "text":
        return None
    if column.type == "code":
        return Rule(
            f"{column.name}_is_a_known_code",
            severity(column),
            f"{column.name} is a code of the list",
            f"{column.name} is no code of the list: correct it where the record is kept, or map the partner's word "
            f"under [extract.values.{column.name}] in extracts.toml",
            column.name,
        )
    what = _WHAT[column.type]
    impossible = " (or one that does not exist, such as 31 February)" if column.type == "date" else ""
    return Rule(
        f"{column.name}_is_a_{what.replace(' ', '_')}",
        severity(column),
        f"{column.name} is a {what}",
        f"{column.name} is no {what}{impossible}: correct it where the record is kept",
        column.name,
    )


def in_range(column: Column) -> Rule | None:
    """The number is one that can be; none for other types."""
    if column.type not in ("integer", "decimal"):
        return None
    return Rule(
        f"{column.name}_is_in_range",
        severity(column),
        f"{column.name} is neither too low nor too high to be true",
        f"{column.name} is too low or too high to be true: correct it where the record is kept",
        column.name,
    )


def known(reference: Reference) -> Rule:
    """The reference names something that exists."""
    return Rule(
        f"{reference.column}_is_known",
        Severity.STOPS_A_CLAIM if reference.quarantines else Severity.WORTH_A_LOOK,
        f"{reference.column} is found in the extract {reference.contract}",
        f"{reference.column} is not found in the extract {reference.contract}: correct it, or ask why that extract "
        "lacks it",
        reference.column,
    )


def quarantining(contract: Contract) -> Iterator[Rule]:
    """Every rule of a contract that puts a row into quarantine."""
    yield from ODDITIES.values()
    for column in contract.columns:
        if not column.nullable:
            yield given(column)
        read = readable(column)
        if read and not column.lenient:
            yield read
        span = in_range(column)
        if span:
            yield span
    yield from contract.row_rules
    yield from (known(reference) for reference in contract.references if reference.quarantines)


# Rules that only count


def valid(column: str) -> Rule:
    """The number passes its check."""
    place = column in ("uprn", "postcode")
    return Rule(
        f"{column}_is_valid",
        Severity.WORTH_A_LOOK if place else Severity.STOPS_LINKAGE,
        f"{column}, where given, is a valid {_VALID[column]}",
        "",
        column,
    )


PERMANENT_UPN = Rule(
    "upn_is_permanent", Severity.WORTH_A_LOOK, "upn, where given, is not a temporary one", "", "upn"
)
BORN = Rule(
    "date_of_birth_is_given",
    Severity.STOPS_LINKAGE,
    "date_of_birth is filled in (but for an unborn child)",
    "",
    "date_of_birth",
)
BORN_PLAUSIBLY = Rule(
    "date_of_birth_is_plausible",
    Severity.STOPS_LINKAGE,
    "date_of_birth is at most 110 years ago and not after the extract ends",
    "",
    "date_of_birth",
)
NO_REPEATS = Rule("row_is_no_repeat", Severity.WORTH_A_LOOK, "no earlier row says exactly the same", "")
JUDGES_A_NEED = Rule(
    "judges_an_identified_need",
    Severity.STOPS_A_CLAIM,
    "the judgement is about a need that was identified for this person in this episode",
    "",
    "need_code",
)


def single(key: str) -> Rule:
    """One record, one row."""
    return Rule(
        f"{key}_is_unique", Severity.STOPS_A_CLAIM, f"no two rows that differ share one {key}", "", key
    )


def points_to_good(reference: Reference) -> Rule:
    """What the reference names is not in quarantine itself."""
    return Rule(
        f"{reference.column}_is_out_of_quarantine",
        Severity.STOPS_A_CLAIM,
        f"what {reference.column} names in the extract {reference.contract} has a row that is not in quarantine",
        "",
        reference.column,
    )


def checkable(contract: Contract) -> list[str]:
    """The columns of a contract whose numbers can be checked."""
    return [column.name for column in contract.columns if column.name in identifiers.VALID]
