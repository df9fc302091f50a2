"""The second stage: rows that keep their contract go on, the rest go to quarantine, each with its rule and place.

A reference must name something that some row of the other extract names, be that row good or not: one mistyped date in
a family's row must not take away its needs as well, for a need that vanishes could make a claim look complete. Rows
that name only what is in quarantine are counted. A number that fails its check, a missing date of birth, a repeated row
and facts that contradict one another are counted too (pipelines.counting, pipelines.across); they take nothing away.
One cause is told once: what follows from it is not told as well.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines import rules
from pipelines.across import count_across
from pipelines.contracts import CONTRACTS, Contract, Reference, Rule
from pipelines.counting import Count, Named, count, unknown
from pipelines.errors import BrokenExtractError, EmptyExtractError
from pipelines.extracts import LIST_NAME
from pipelines.landing import TYPES, Landed
from pipelines.numbering import Numbering, shipped_numbering

_BREACH = {
    "contract": pl.String,
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "place": pl.String,
    "rule": pl.String,
}
QUARANTINE = {**_BREACH, "reason": pl.String}
FINDINGS = {**_BREACH, "severity": pl.String}
DATA_QUALITY = {
    "extract": pl.String,
    "rule": pl.String,
    "severity": pl.String,
    "meaning": pl.String,
    "rows": pl.Int64,
    "failures": pl.Int64,
}
_BROKEN = {"row": pl.Int64, "rule": pl.String, "column": pl.String}


@dataclass(frozen=True)
class Checked:
    """What became of every row.

    `good`: for each contract `row`, `file` and the contract's columns; several files of one contract
    below one another; without rows where there was no extract. `quarantined`: one line a broken rule (columns of
    QUARANTINE). `data_quality`: one line a rule of each contract received (columns of DATA_QUALITY); `rows` were looked
    at, `failures` broke it. `findings`: one line a row and rule that it broke, whether that took the row away or not
    (columns of FINDINGS): of each rule as many as data_quality counts failures, but for the sums `received` and
    `quarantined`. `reasons`: contract and rule to the rule's words for what is wrong and how to mend it.
    """

    good: dict[str, pl.DataFrame]
    quarantined: pl.DataFrame
    data_quality: pl.DataFrame
    findings: pl.DataFrame
    reasons: Mapping[tuple[str, str], str]


def check(landed: Sequence[Landed], numbering: Numbering | None = None) -> Checked:
    """Check all extracts of a run against their contracts and against one another.

    `numbering`: which authorities give pupil numbers; where none is given, what is shipped says it.

    Errors: EmptyExtractError (nothing but empty rows and totals), BrokenExtractError (no row keeps its contract).
    """
    named = _named(landed)
    broken = {number: _broken(one, named) for number, one in enumerate(landed)}
    for number, one in enumerate(landed):
        _refuse_hopeless(one, broken[number])
    good = {name: _empty(contract) for name, contract in CONTRACTS.items()}
    for name in good:
        parts = [
            _good(one, broken[number]) for number, one in enumerate(landed) if one.extract.contract == name
        ]
        if parts:
            good[name] = pl.concat(parts)
    quarantined = pl.concat(
        [
            pl.DataFrame(schema=QUARANTINE),
            *(_explained(one, broken[number]) for number, one in enumerate(landed)),
        ]
    )
    quality: list[_Line] = []
    found = [pl.DataFrame(schema=FINDINGS)]
    reasons: dict[tuple[str, str], str] = {}
    for name, contract in CONTRACTS.items():
        numbers = [number for number, one in enumerate(landed) if one.extract.contract == name]
        if not numbers:
            continue
        mine = [landed[number] for number in numbers]
        received = sum(one.frame.height for one in mine)
        _balance(name, received, good[name].height, [broken[number] for number in numbers])
        counts = [
            *count(contract, good, named, mine, numbering or shipped_numbering()),
            *count_across(contract, good, mine),
        ]
        every = [*rules.quarantining(contract), *(one.rule for one in counts)]
        reasons.update({(name, rule.name): rule.reason for rule in every if rule.reason})
        quality += _quality_of_rows(contract, received, [broken[number] for number in numbers])
        quality += [_line(contract, one.rule, one.rows, one.failing.height) for one in counts]
        found += [_found(one, broken[number], counts) for one, number in zip(mine, numbers, strict=True)]
    data_quality = pl.DataFrame(quality, schema=DATA_QUALITY, orient="row")
    return Checked(good, quarantined, data_quality, pl.concat(found), reasons)


# What is broken


def rows_in_quarantine(one: Landed, quarantined: pl.DataFrame) -> pl.Series:
    """The rows (Int64, each once) of an extract that are in quarantine. `quarantined`: of Checked."""
    mine = (pl.col("contract") == one.extract.contract) & (pl.col("file") == one.extract.label)
    return quarantined.filter(mine)["row"].unique()


def _named(landed: Sequence[Landed]) -> Named:
    """For every contract and column that others refer to: all that any row names, good or not."""
    wanted = {(r.contract, r.target) for contract in CONTRACTS.values() for r in contract.references}
    found: dict[tuple[str, str], pl.Series] = {}
    for contract, column in wanted:
        parts = [one.frame[column].drop_nulls() for one in landed if one.extract.contract == contract]
        if parts:
            found[contract, column] = pl.concat(parts).unique()
    return found


def _broken(one: Landed, named: Named) -> pl.DataFrame:
    """`row`, `rule`, `column`: every rule that a row breaks, told once; of what has one cause, the cause alone."""
    contract = CONTRACTS[one.extract.contract]
    oddities = one.odd_rows.select(
        "row",
        rule=pl.col("oddity").replace_strict({name: rule.name for name, rule in rules.ODDITIES.items()}),
        column=pl.lit(None, dtype=pl.String),
    )
    unreadable = _unreadable(one, contract)
    by_schema = _by_schema(one.frame, contract).join(unreadable, on=["row", "column"], how="anti")
    by_reference = [
        _unknown(one.frame, reference, named) for reference in contract.references if reference.quarantines
    ]
    found = pl.concat([unreadable, by_schema, *by_reference]).join(one.odd_rows, on="row", how="anti")
    return pl.concat([oddities, _causes(found, contract)]).unique().sort("row", "rule")


def _causes(found: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Without the rules that compare columns, in rows where one of these breaks a rule of its own."""
    compare = [rule.name for rule in contract.row_rules]
    compared = pl.DataFrame(
        [(rule.name, column) for rule in contract.row_rules for column in (rule.column, *rule.others)],
        schema={"rule": pl.String, "column": pl.String},
        orient="row",
    )
    alone = found.filter(~pl.col("rule").is_in(compare))
    blamed = alone.select("row", "column").join(compared, on="column")
    follows = found.filter(pl.col("rule").is_in(compare)).join(blamed, on=["row", "rule"], how="anti")
    return pl.concat([alone, follows])


def _unreadable(one: Landed, contract: Contract) -> pl.DataFrame:
    names = {
        column.name: rule.name
        for column in contract.columns
        if not column.lenient and (rule := rules.readable(column)) is not None
    }
    return one.unreadable.filter(pl.col("column").is_in(list(names))).select(
        "row", rule=pl.col("column").replace_strict(names, return_dtype=pl.String), column="column"
    )


def _by_schema(frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """What the dataframely schema finds."""
    _, failure = contract.schema.filter(frame)
    details = failure.details()
    words = {rule.name: rule.column for rule in contract.row_rules}
    found = [pl.DataFrame(schema=_BROKEN)]
    for name in failure.counts():
        column, _, what = name.partition("|")
        if what:
            described = contract.by_name[column]
            span = rules.in_range(described)
            rule = rules.given(described).name if what == "nullability" or span is None else span.name
        else:
            rule, column = name, words[name] or ""
        rows = details.filter(pl.col(name) == "invalid").select("row")
        found.append(rows.select("row", rule=pl.lit(rule), column=pl.lit(column or None, dtype=pl.String)))
    return pl.concat(found)


def _unknown(frame: pl.DataFrame, reference: Reference, named: Named) -> pl.DataFrame:
    """Rows whose reference names nothing that any row of the other extract names."""
    return unknown(frame, reference, named).select(
        "row", rule=pl.lit(rules.known(reference).name), column=pl.lit(reference.column)
    )


def _refuse_hopeless(one: Landed, broken: pl.DataFrame) -> None:
    """An extract of which nothing is left is a mistake of the whole file, not of its rows."""
    total = one.frame.height
    if not total or broken["row"].n_unique() < total:
        return
    label, contract = one.extract.label, one.extract.contract
    nothing = one.odd_rows.filter(pl.col("oddity") != "slipped")["row"].n_unique()
    if nothing == total:
        if one.extract.may_be_empty:
            return
        raise EmptyExtractError(
            f"{label} has {total} rows, all of them empty or totals. Ask the partner to export it again; if there was "
            f"truly nothing to report, write may_be_empty = true under its [[extract]] in {LIST_NAME}."
        )
    found = {rule.name: rule for rule in rules.quarantining(CONTRACTS[contract])}
    commonest = broken.group_by("rule").len().sort("len", "rule", descending=[True, False])["rule"][0]
    raise BrokenExtractError(
        f"Every one of the {total} rows of {label} breaks the contract {contract}. Most often: "
        f"{found[commonest].reason}. Most likely the file is another one than {LIST_NAME} says, or its columns are "
        f"mapped wrongly: look at {one.place(int(broken['row'][0]), found[commonest].column)}."
    )


# What goes where


def _empty(contract: Contract) -> pl.DataFrame:
    types = {column.name: TYPES[column.type] for column in contract.columns}
    return pl.DataFrame(schema={"row": pl.Int64, "file": pl.String, **types})


def _good(one: Landed, broken: pl.DataFrame) -> pl.DataFrame:
    rest = pl.exclude("row", "file")
    kept = one.frame.join(broken.select("row").unique(), on="row", how="anti", maintain_order="left")
    return kept.select("row", pl.lit(one.extract.label).alias("file"), rest)


def _explained(one: Landed, broken: pl.DataFrame) -> pl.DataFrame:
    reasons = {rule.name: rule.reason for rule in rules.quarantining(CONTRACTS[one.extract.contract])}
    return _placed(one, broken).with_columns(
        reason=pl.col("rule").replace_strict(reasons, return_dtype=pl.String)
    )


def _found(one: Landed, broken: pl.DataFrame, counts: Sequence[Count]) -> pl.DataFrame:
    """Every row of a file that broke a rule, with its place."""
    contract = CONTRACTS[one.extract.contract]
    told = {rule.name: rule for rule in (*rules.quarantining(contract), *(count.rule for count in counts))}
    counted = [
        count.failing.filter(pl.col("file") == one.extract.label).select(
            "row",
            rule=pl.lit(count.rule.name),
            column=pl.lit(count.rule.column, dtype=pl.String),
        )
        for count in counts
        if not count.failing.is_empty()
    ]
    severities = {name: rule.severity.value for name, rule in told.items()}
    return (
        _placed(one, pl.concat([broken, *counted]))
        .with_columns(severity=pl.col("rule").replace_strict(severities, return_dtype=pl.String))
        .sort("row", "rule")
    )


def _placed(one: Landed, broken: pl.DataFrame) -> pl.DataFrame:
    """`row`, `rule` and `column` of a file with the place as Excel shows it."""
    before = "!".join(part for part in (one.extract.label, one.sheet) if part) + "!"
    line = (pl.col("row") + one.headings_at).cast(pl.String)
    letters = pl.col("column").replace_strict(dict(one.places), default=None, return_dtype=pl.String)
    return broken.select(
        contract=pl.lit(one.extract.contract),
        file=pl.lit(one.extract.label),
        sheet=pl.lit(one.sheet, dtype=pl.String),
        row="row",
        column="column",
        place=pl.lit(before) + pl.coalesce(letters + line, line + ":" + line),
        rule="rule",
    )


def _balance(contract: str, received: int, good: int, broken: Iterable[pl.DataFrame]) -> None:
    quarantined = sum(part["row"].n_unique() for part in broken)
    if received != good + quarantined:
        raise AssertionError(
            f"{contract}: {received} rows came in, {good} are good and {quarantined} in quarantine"
        )


# How good the data are


_Line = tuple[str, str, str, str, int, int]


def _line(contract: Contract, rule: Rule, rows: int, failures: int) -> _Line:
    return (contract.name, rule.name, rule.severity.value, rule.meaning, rows, failures)


def _quality_of_rows(contract: Contract, received: int, parts: Sequence[pl.DataFrame]) -> list[_Line]:
    """What came in, what was quarantined, and every rule that quarantines with the rows that broke it."""
    counts: dict[str, int] = {}
    for broken in parts:
        for rule, rows in broken.group_by("rule").agg(pl.col("row").n_unique()).iter_rows():
            counts[rule] = counts.get(rule, 0) + rows
    quarantined = sum(broken["row"].n_unique() for broken in parts)
    return [
        _line(contract, rules.RECEIVED, received, 0),
        _line(contract, rules.QUARANTINED, received, quarantined),
        *(_line(contract, rule, received, counts.get(rule.name, 0)) for rule in rules.quarantining(contract)),
    ]
