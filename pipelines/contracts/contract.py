"""What a contract is made of: columns, each with its kind, and rules, each with its words."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

import dataframely as dy

COLUMN = "column"


class Kind(StrEnum):
    """What a column could tell about a person: it decides what may become of it."""

    IDENTIFIER = "identifier"
    DIRECT_IDENTITY = "direct identity"
    QUASI_IDENTIFIER = "quasi-identifier"
    SENSITIVE = "sensitive"
    FREE_TEXT = "free text"
    PLAIN = "plain"


class Part(StrEnum):
    """What a column says of somebody's identity, whatever the column is called.

    `own_key`: the sender's own number of a person, equal within that source for one person. `school`: the school that
    somebody goes to. The last four are about no person whose records are joined: they number a record (an event, a
    note, a tenancy, a spell of help), a family or a worker, or name a worker.
    """

    FORENAME = "forename"
    SURNAME = "surname"
    WHOLE_NAME = "whole_name"
    OTHER_NAME = "other_name"
    DATE_OF_BIRTH = "date_of_birth"
    SEX = "sex"
    ETHNICITY = "ethnicity"
    ADDRESS = "address"
    POSTCODE = "postcode"
    UPRN = "uprn"
    PHONE = "phone"
    EMAIL = "email"
    NHS_NUMBER = "nhs_number"
    UPN = "upn"
    ULN = "uln"
    NINO = "nino"
    PNC_ID = "pnc_id"
    SCHOOL = "school"
    OWN_KEY = "own_key"
    RECORD = "record"
    FAMILY = "family"
    WORKER = "worker"
    WORKER_NAME = "worker_name"


class Severity(StrEnum):
    """What a broken rule spoils."""

    STOPS_LINKAGE = "stops_linkage"
    STOPS_A_CLAIM = "stops_a_claim"
    WORTH_A_LOOK = "worth_a_look"


ColumnType = Literal["text", "date", "integer", "decimal", "code"]


class Row(dy.Schema):
    """What every extract has: the number of the row, so that a broken one can be found again."""

    row = dy.Int64(nullable=False, min=1)


@dataclass(frozen=True)
class Column:
    """One column of a contract.

    `required`: the heading must be in the file. `nullable`: a cell may be blank. `codes`: code to label, for a column
    of codes. `lenient`: an unknown code becomes blank and is counted, where losing the row would be worse. `part`: what
    it says of somebody's identity; none for what says nothing of it. `why`: what the column is needed for. `partner`:
    who sends it. `digits`: of how many digits an own number is that loses the noughts in front; 0 for others.
    `outdated`: codes that were in use before, and the present code of each.
    """

    name: str
    type: ColumnType
    kind: Kind
    required: bool
    nullable: bool
    codes: Mapping[str, str] | None
    meaning: str
    lenient: bool = False
    part: Part | None = None
    why: str = ""
    partner: str = ""
    digits: int = 0
    outdated: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """A rule that a row must keep. `meaning` says what holds, `reason` what is wrong where it does not, and the fix.

    `column`: where to look. `others`: further columns that it compares; where one of them breaks a rule of its own,
    that is the cause, and this rule says nothing.
    """

    name: str
    severity: Severity
    meaning: str
    reason: str
    column: str | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reference:
    """`column` must name something that some row of `contract` names in `target`.

    Where `quarantines` is false, a row that names nothing known is counted and stays.
    """

    column: str
    contract: str
    target: str
    quarantines: bool = True


@dataclass(frozen=True)
class Contract:
    """What an extract must hold.

    `key`: the column that numbers its records: no two that differ share one. `unborn`: the column and its code for
    somebody not born yet, who has no date of birth.
    """

    name: str
    title: str
    partner: str
    purpose: str
    schema: type[dy.Schema]
    columns: tuple[Column, ...]
    row_rules: tuple[Rule, ...] = ()
    references: tuple[Reference, ...] = ()
    key: str | None = None
    unborn: tuple[str, str] | None = None
    by_name: Mapping[str, Column] = field(default_factory=dict, repr=False)

    def parts(self, *wanted: Part) -> tuple[Column, ...]:
        """Its columns that say one of these parts of an identity, in their order."""
        return tuple(column for column in self.columns if column.part in wanted)

    @property
    def about_people(self) -> bool:
        """Whether its rows name a person whose records are joined."""
        return bool(self.parts(Part.FORENAME, Part.SURNAME, Part.WHOLE_NAME))


def _described(column: Column) -> dict[str, object]:
    return {COLUMN: column}


def text(
    kind: Kind,
    meaning: str,
    *,
    required: bool = False,
    nullable: bool = True,
    part: Part | None = None,
    why: str = "",
    partner: str = "",
    digits: int = 0,
) -> dy.String:
    """A column of text, kept as written but for spaces."""
    column = Column(
        "", "text", kind, required, nullable, None, meaning, False, part, why, partner, digits=digits
    )
    return dy.String(nullable=nullable, metadata=_described(column))


def code(
    kind: Kind,
    meaning: str,
    codes: Mapping[str, str],
    *,
    required: bool = False,
    nullable: bool = True,
    lenient: bool = False,
    part: Part | None = None,
    why: str = "",
    partner: str = "",
    outdated: Mapping[str, str] | None = None,
) -> dy.String:
    """A column closed by a code list. `outdated`: codes in use before, which are read as the present code of each."""
    column = Column(
        "",
        "code",
        kind,
        required,
        nullable,
        codes,
        meaning,
        lenient,
        part,
        why,
        partner,
        outdated=outdated or {},
    )
    return dy.String(
        nullable=nullable,
        check={"code_list": lambda expr: expr.is_in(list(codes))},
        metadata=_described(column),
    )


def date(
    kind: Kind,
    meaning: str,
    *,
    required: bool = False,
    nullable: bool = True,
    part: Part | None = None,
    why: str = "",
    partner: str = "",
) -> dy.Date:
    """A column of days."""
    column = Column("", "date", kind, required, nullable, None, meaning, False, part, why, partner)
    return dy.Date(nullable=nullable, metadata=_described(column))


def integer(
    kind: Kind,
    meaning: str,
    *,
    required: bool = False,
    nullable: bool = True,
    least: int = 0,
    most: int,
    part: Part | None = None,
    why: str = "",
    partner: str = "",
) -> dy.Int64:
    """A column of whole numbers from `least` to `most`."""
    column = Column("", "integer", kind, required, nullable, None, meaning, False, part, why, partner)
    return dy.Int64(nullable=nullable, min=least, max=most, metadata=_described(column))


def decimal(
    kind: Kind,
    meaning: str,
    *,
    required: bool = False,
    nullable: bool = True,
    least: float,
    most: float,
    part: Part | None = None,
    why: str = "",
    partner: str = "",
) -> dy.Float64:
    """A column of numbers from `least` to `most`."""
    column = Column("", "decimal", kind, required, nullable, None, meaning, False, part, why, partner)
    return dy.Float64(nullable=nullable, min=least, max=most, metadata=_described(column))


def in_order(first: str, last: str) -> Rule:
    """The words of the rule `dates_in_order`: `last` must not lie before `first`."""
    return Rule(
        "dates_in_order",
        Severity.STOPS_A_CLAIM,
        f"{last} is not before {first}",
        f"{last} lies before {first}: correct the wrong one of the two where the record is kept",
        last,
        (first,),
    )


def contract(
    name: str,
    schema: type[dy.Schema],
    *,
    title: str,
    partner: str,
    purpose: str,
    row_rules: tuple[Rule, ...] = (),
    references: tuple[Reference, ...] = (),
    key: str | None = None,
    unborn: tuple[str, str] | None = None,
) -> Contract:
    """Build a contract from its dataframely schema, whose columns carry their kinds and meanings."""
    columns = []
    for column_name, column in schema.columns().items():
        if column.metadata is None:
            continue
        described: Column = column.metadata[COLUMN]
        columns.append(replace(described, name=column_name, partner=described.partner or partner))
    return Contract(
        name,
        title,
        partner,
        purpose,
        schema,
        tuple(columns),
        row_rules,
        references,
        key,
        unborn,
        {column.name: column for column in columns},
    )
