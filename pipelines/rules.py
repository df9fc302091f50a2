"""The rules of each contract with their words: those that quarantine a row, and those that only count."""

from collections.abc import Iterator

from pipelines import identifiers
from pipelines.contracts import Column, Contract, Kind, Part, Reference, Rule, Severity
from pipelines.numbering import NUMBERS

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
_NUMBER = {
    Part.NHS_NUMBER: "NHS number",
    Part.UPN: "unique pupil number",
    Part.ULN: "unique learner number",
    Part.NINO: "National Insurance number",
    Part.PNC_ID: "number of the Police National Computer",
    Part.UPRN: "unique property reference number",
    Part.POSTCODE: "postcode",
}
# What tells where somebody lives: others live there too, so that it joins nobody by itself.
_OF_A_PLACE = (Part.UPRN, Part.POSTCODE)


def severity(column: Column) -> Severity:
    """What is spoilt where a cell of this column is wrong."""
    if column.kind in (Kind.IDENTIFIER, Kind.DIRECT_IDENTITY) or column.part is Part.DATE_OF_BIRTH:
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


def valid(column: Column) -> Rule:
    """The number passes its check."""
    part = checked_part(column)
    return Rule(
        f"{column.name}_is_valid",
        Severity.WORTH_A_LOOK if part in _OF_A_PLACE else Severity.STOPS_LINKAGE,
        f"{column.name}, where given, is a valid {_NUMBER[part]}",
        f"{column.name} is no valid {_NUMBER[part]}, so that it joins nobody: correct it where the record is kept",
        column.name,
    )


def no_stand_in(column: Column) -> Rule:
    """The cell holds a number, and not what stands for none."""
    return Rule(
        f"{column.name}_is_no_stand_in",
        Severity.WORTH_A_LOOK,
        f"{column.name}, where given, is a number and not what is written where there is none",
        f"{column.name} holds what is written where a number is not known: it is read as blank; fill in the number "
        "where the record is kept",
        column.name,
    )


def present(column: Column) -> Rule:
    """The code is in use."""
    return Rule(
        f"{column.name}_is_a_present_code",
        Severity.WORTH_A_LOOK,
        f"{column.name} is a code in use, not one of an earlier or another list",
        f"{column.name} is a code that is no longer in use, or of another list: it is read as the present one; ask for "
        "present codes",
        column.name,
    )


def known_authority(column: Column) -> Rule:
    """A pupil number was given by an authority that is listed."""
    return Rule(
        f"{column.name}_has_a_known_authority",
        Severity.WORTH_A_LOOK,
        f"{column.name}, where valid, was given by an authority that data/identifiers.toml lists",
        f"{column.name} names an authority that data/identifiers.toml does not list: look whether the number or the "
        "list is wrong",
        column.name,
    )


def permanent(column: Column) -> Rule:
    """A pupil number is not a temporary one."""
    return Rule(
        f"{column.name}_is_permanent",
        Severity.WORTH_A_LOOK,
        f"{column.name}, where valid, is not a temporary one",
        f"{column.name} is a temporary number, which may change: ask the school for the permanent one",
        column.name,
    )


def born(column: Column) -> Rule:
    """The day of birth is there."""
    return Rule(
        f"{column.name}_is_given",
        Severity.STOPS_LINKAGE,
        f"{column.name} is filled in (but for an unborn child)",
        f"{column.name} is blank: fill it in where the record is kept",
        column.name,
    )


def born_plausibly(column: Column) -> Rule:
    """The day of birth can be one."""
    return Rule(
        f"{column.name}_is_plausible",
        Severity.STOPS_LINKAGE,
        f"{column.name} is at most 110 years ago and not after the extract ends",
        f"{column.name} is more than 110 years ago, or after the extract ends: correct it where the record is kept",
        column.name,
    )


NO_REPEATS = Rule(
    "row_is_no_repeat",
    Severity.WORTH_A_LOOK,
    "no earlier row says exactly the same",
    "an earlier row says exactly the same: it is counted once; ask the partner to send it once",
)
JUDGES_A_NEED = Rule(
    "judges_an_identified_need",
    Severity.STOPS_A_CLAIM,
    "the judgement is about a need that was identified for this person in this episode",
    "no row of need says that this need was identified for this person in this episode: correct the judgement, or add "
    "the need, where the record is kept",
    "need_code",
)


def single(key: str) -> Rule:
    """One record, one row."""
    return Rule(
        f"{key}_is_unique",
        Severity.STOPS_A_CLAIM,
        f"no two rows that differ share one {key}",
        f"an earlier row with the same {key} says something else: find out which is right, and send one",
        key,
    )


def points_to_good(reference: Reference) -> Rule:
    """What the reference names is not in quarantine itself."""
    return Rule(
        f"{reference.column}_is_out_of_quarantine",
        Severity.STOPS_A_CLAIM,
        f"what {reference.column} names in the extract {reference.contract} has a row that is not in quarantine",
        f"what {reference.column} names is in quarantine: mend the row in {reference.contract} first",
        reference.column,
    )


def checkable(contract: Contract) -> list[Column]:
    """The columns of a contract whose numbers can be checked."""
    return [column for column in contract.columns if column.part in identifiers.VALID]


def may_stand_in(contract: Contract) -> list[Column]:
    """The columns of a contract whose numbers may be replaced by something that is none."""
    numbers = (*NUMBERS, Part.POSTCODE)
    return [column for column in contract.columns if column.part in numbers and column.nullable]


def checked_part(column: Column) -> Part:
    """Which kind of number a column holds that can be checked."""
    if column.part not in _NUMBER:
        raise AssertionError(f"{column.name} is no number that can be checked")
    return column.part
