"""What a contract is made of: columns, each with its kind, and rules, each with its words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    of codes. `lenient`: an unknown code becomes blank and is counted, where losing the row would be worse.
    """

    name: str
    type: ColumnType
    kind: Kind
    required: bool
    nullable: bool
    codes: Mapping[str, str] | None
    meaning: str
    lenient: bool = False


@dataclass(frozen=True)
class Rule:
    """A rule that a row must keep. `meaning` says what holds, `reason` what is wrong where it does not, and the fix."""

    name: str
    severity: Severity
    meaning: str
    reason: str
    column: str | None = None


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
    """What an extract must hold."""

    name: str
    title: str
    partner: str
    purpose: str
    schema: type[dy.Schema]
    columns: tuple[Column, ...]
    row_rules: tuple[Rule, ...] = ()
    references: tuple[Reference, ...] = ()
    key: str | None = None
    by_name: Mapping[str, Column] = field(default_factory=dict, repr=False)


def _described(
    type_: ColumnType,
    kind: Kind,
    meaning: str,
    required: bool,
    nullable: bool,
    codes: Mapping[str, str] | None = None,
    lenient: bool = False,
) -> dict[str, object]:
    return {COLUMN: Column("", type_, kind, required, nullable, codes, meaning, lenient)}


def text(kind: Kind, meaning: str, *, required: bool = False, nullable: bool = True) -> dy.String:
    """A column of text, kept as written but for spaces."""
    return dy.String(nullable=nullable, metadata=_described("text", kind, meaning, required, nullable))


def code(
    kind: Kind,
    meaning: str,
    codes: Mapping[str, str],
    *,
    required: bool = False,
    nullable: bool = True,
    lenient: bool = False,
) -> dy.String:
    """A column closed by a code list."""
    return dy.String(
        nullable=nullable,
        check={"code_list": lambda expr: expr.is_in(list(codes))},
        metadata=_described("code", kind, meaning, required, nullable, codes, lenient),
    )


def date(kind: Kind, meaning: str, *, required: bool = False, nullable: bool = True) -> dy.Date:
    """A column of days."""
    return dy.Date(nullable=nullable, metadata=_described("date", kind, meaning, required, nullable))


def integer(
    kind: Kind,
    meaning: str,
    *,
    required: bool = False,
    nullable: bool = True,
    least: int = 0,
    most: int,
) -> dy.Int64:
    """A column of whole numbers from `least` to `most`."""
    return dy.Int64(
        nullable=nullable,
        min=least,
        max=most,
        metadata=_described("integer", kind, meaning, required, nullable),
    )


def decimal(
    kind: Kind,
    meaning: str,
    *,
    required: bool = False,
    nullable: bool = True,
    least: float,
    most: float,
) -> dy.Float64:
    """A column of numbers from `least` to `most`."""
    return dy.Float64(
        nullable=nullable,
        min=least,
        max=most,
        metadata=_described("decimal", kind, meaning, required, nullable),
    )


def in_order(first: str, last: str) -> Rule:
    """The words of the rule `dates_in_order`: `last` must not lie before `first`."""
    return Rule(
        "dates_in_order",
        Severity.STOPS_A_CLAIM,
        f"{last} is not before {first}",
        f"{last} lies before {first}: correct the wrong one of the two where the record is kept",
        last,
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
) -> Contract:
    """Build a contract from its dataframely schema, whose columns carry their kinds and meanings."""
    columns = []
    for column_name, column in schema.columns().items():
        if column.metadata is None:
            continue
        described: Column = column.metadata[COLUMN]
        columns.append(
            Column(
                column_name,
                described.type,
                described.kind,
                described.required,
                described.nullable,
                described.codes,
                described.meaning,
                described.lenient,
            )
        )
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
        {column.name: column for column in columns},
    )
