"""What each stage may see of the extracts: what the policy lets through, as what it says, and nothing else."""

from collections.abc import Callable, Iterator, Mapping
from typing import NewType

import polars as pl

from pipelines.contracts import CONTRACTS, Column, Contract, Kind, Part
from pipelines.decisions import Decision, permitted
from pipelines.landing import TYPES
from pipelines.policy import Policy
from pipelines.pseudonymise.blanks import says_something
from pipelines.pseudonymise.coarse import group_of

# What a row is found by, whatever is let through.
_ROW = ("file", "row")
# What goes no further than the stages before.
_NOT_HERE = (Decision.DROPPED, Decision.LINKAGE, Decision.FAMILIES)
_AS_TRUTH = (Decision.YES_OR_NO, Decision.NOTES)
# What the rules of a framework may see: days, codes, truths, and tokens.
FOR_RULES = (Decision.DAY, Decision.RULES, Decision.CODE, Decision.PSEUDONYM, *_AS_TRUTH)
# What linkage finds about a membership, and the column that it comes from.
_OF_A_MEMBERSHIP = ("role", "from_date", "to_date")
# Beside its day: what a record says nothing without.
_NOTHING_WITHOUT = ("term",)

# Frames that hold what the policy lets through; made by `visible` alone.
Visible = NewType("Visible", dict[str, pl.DataFrame])


def linkable(good: Mapping[str, pl.DataFrame], policy: Policy) -> dict[str, pl.DataFrame]:
    """What finding people and families may see: the same columns, blank where they are dropped or free text."""
    return _blanked(
        good, lambda name, column: column.kind is Kind.FREE_TEXT or _is_dropped(policy, name, column)
    )


def visible_to_notes(good: Mapping[str, pl.DataFrame], policy: Policy) -> dict[str, pl.DataFrame]:
    """What reading texts may see: as `linkable`, and the texts that may be read, and who wrote them.

    A worker's number only leads to the name that is taken out of the text.
    """

    def hidden(name: str, column: Column) -> bool:
        if column.kind is Kind.FREE_TEXT:
            return policy.decision(name, column.name) is not Decision.NOTES
        return column.part is not Part.WORKER and _is_dropped(policy, name, column)

    return _blanked(good, hidden)


def _is_dropped(policy: Policy, contract: str, column: Column) -> bool:
    return policy.decision(contract, column.name) is Decision.DROPPED


def _blanked(
    good: Mapping[str, pl.DataFrame], hidden: Callable[[str, Column], bool]
) -> dict[str, pl.DataFrame]:
    """`good` with the hidden columns of each contract blank."""
    return {
        name: frame.with_columns(
            pl.lit(None, TYPES[column.type]).alias(column.name)
            for column in CONTRACTS[name].columns
            if hidden(name, column)
        )
        for name, frame in good.items()
    }


def visible(good: Mapping[str, pl.DataFrame], policy: Policy) -> Visible:
    """What the stage pseudonymise may see of `good` (contract to `file`, `row` and the contract's columns).

    A column that this stage cannot read whatever the policy says (names, numbers, texts) is not there. One that it
    could read and the policy keeps back is blank. Of texts there is whether something is written (Boolean); of codes
    that are grouped, the group.
    """
    return Visible(
        {name: frame.select(*_ROW, *_seen(CONTRACTS[name], policy)) for name, frame in good.items()}
    )


def visible_memberships(memberships: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Memberships (`role`, `from_date`, `to_date` and others) with what the policy keeps back blank."""
    columns = CONTRACTS["family_member"].by_name
    return memberships.with_columns(
        pl.lit(None, TYPES[columns[name].type]).alias(name)
        for name in _OF_A_MEMBERSHIP
        if policy.decision("family_member", name) in _NOT_HERE
    )


def visible_to_rules(contract: str, frame: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Records of `contract` with what rules may not see blank; no record where none says anything without it.

    No rule that needs what is kept back gets so far (pipelines.needed).
    """
    columns = CONTRACTS[contract].by_name
    hidden = [
        columns[name]
        for name in frame.columns
        if name in columns
        and _may_be(contract, columns[name])
        and policy.decision(contract, name) not in FOR_RULES
    ]
    if any(column.name in _NOTHING_WITHOUT or _is_the_day(column) for column in hidden):
        return frame.clear()
    return frame.with_columns(pl.lit(None, frame.schema[column.name]).alias(column.name) for column in hidden)


def _is_the_day(column: Column) -> bool:
    return column.type == "date" and not column.nullable


def _may_be(contract: str, column: Column) -> list[Decision]:
    """As what this stage could read a column at all."""
    return [one for one in permitted(contract, column) if one not in _NOT_HERE]


def _seen(contract: Contract, policy: Policy) -> Iterator[pl.Expr]:
    groups = {"ethnicity": policy.ethnic_group, "referral_source": policy.referral_source}
    for column in contract.columns:
        could_be = _may_be(contract.name, column)
        is_truth = Decision.YES_OR_NO in could_be
        if not could_be or could_be == [Decision.NOTES]:
            continue
        decided = policy.decision(contract.name, column.name)
        value = pl.col(column.name)
        if decided in _NOT_HERE:
            value = pl.lit(None, pl.Boolean() if is_truth else TYPES[column.type]())
        elif is_truth:
            value = says_something(column.name)
        elif decided is Decision.GROUP:
            # A blank is no group: another row of the same person may say more.
            value = pl.when(value.is_not_null()).then(group_of(column.name, groups[column.name]))
        yield value.alias(column.name)
