"""The second stage: rows that keep their contract go on, the rest go to quarantine, each with its rule and place.

A reference must name something that some row of the other extract names, be that row good or not: one mistyped date in
a family's row must not take away its needs as well, for a need that vanishes could make a claim look complete. Rows
that name only what is in quarantine are counted. A number that fails its check, a missing date of birth and a repeated
row are counted too; they take nothing away.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines import identifiers, rules
from pipelines.contracts import CONTRACTS, Contract, Reference, Rule
from pipelines.errors import BrokenExtractError, EmptyExtractError
from pipelines.extracts import LIST_NAME
from pipelines.landing import TYPES, Landed

QUARANTINE = {
    "contract": pl.String,
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "place": pl.String,
    "rule": pl.String,
    "reason": pl.String,
}
DATA_QUALITY = {
    "extract": pl.String,
    "rule": pl.String,
    "severity": pl.String,
    "meaning": pl.String,
    "rows": pl.Int64,
    "failures": pl.Int64,
}
_BROKEN = {"row": pl.Int64, "rule": pl.String, "column": pl.String}
_OLDEST = 110


@dataclass(frozen=True)
class Checked:
    """What became of every row.

    `good`: for each of the fifteen contracts `row`, `file` and the contract's columns; several files of one contract
    below one another; without rows where there was no extract. `quarantined`: one line a broken rule (columns of
    QUARANTINE). `data_quality`: one line a rule of each contract received (columns of DATA_QUALITY); `rows` were looked
    at, `failures` broke it.
    """

    good: dict[str, pl.DataFrame]
    quarantined: pl.DataFrame
    data_quality: pl.DataFrame


def check(landed: Sequence[Landed]) -> Checked:
    """Check all extracts of a run against their contracts and against one another.

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
    quality = []
    for name, contract in CONTRACTS.items():
        numbers = [number for number, one in enumerate(landed) if one.extract.contract == name]
        if not numbers:
            continue
        received = sum(landed[number].frame.height for number in numbers)
        _balance(name, received, good[name].height, [broken[number] for number in numbers])
        frames = [(landed[number], broken[number]) for number in numbers]
        quality += _quality_of_rows(contract, received, frames)
        quality += _quality_of_good(contract, good, named, [one for one, _ in frames])
    return Checked(good, quarantined, pl.DataFrame(quality, schema=DATA_QUALITY, orient="row"))


# What is broken


def _named(landed: Sequence[Landed]) -> Mapping[tuple[str, str], pl.Series]:
    """For every contract and column that others refer to: all that any row names, good or not."""
    wanted = {(r.contract, r.target) for contract in CONTRACTS.values() for r in contract.references}
    found: dict[tuple[str, str], pl.Series] = {}
    for contract, column in wanted:
        parts = [one.frame[column].drop_nulls() for one in landed if one.extract.contract == contract]
        if parts:
            found[contract, column] = pl.concat(parts).unique()
    return found


def _broken(one: Landed, named: Mapping[tuple[str, str], pl.Series]) -> pl.DataFrame:
    """`row`, `rule`, `column`: every rule that a row breaks, told once."""
    contract = CONTRACTS[one.extract.contract]
    oddities = one.odd_rows.select(
        "row",
        rule=pl.col("oddity").replace_strict({name: rule.name for name, rule in rules.ODDITIES.items()}),
        column=pl.lit(None, dtype=pl.String),
    )
    settled = one.odd_rows.filter(pl.col("oddity") != "slipped").select("row").unique()
    unreadable = _unreadable(one, contract)
    by_schema = _by_schema(one.frame, contract).join(unreadable, on=["row", "column"], how="anti")
    by_reference = [
        _unknown(one.frame, reference, named) for reference in contract.references if reference.quarantines
    ]
    found = pl.concat([unreadable, by_schema, *by_reference]).join(settled, on="row", how="anti")
    return pl.concat([oddities, found]).unique().sort("row", "rule")


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


def _unknown(
    frame: pl.DataFrame, reference: Reference, named: Mapping[tuple[str, str], pl.Series]
) -> pl.DataFrame:
    """Rows whose reference names nothing that any row of the other extract names."""
    known = named.get((reference.contract, reference.target))
    if known is None:
        return pl.DataFrame(schema=_BROKEN)
    return (
        frame.select("row", reference.column)
        .drop_nulls()
        .filter(~pl.col(reference.column).is_in(known.implode()))
        .select("row", rule=pl.lit(rules.known(reference).name), column=pl.lit(reference.column))
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
        reason=pl.col("rule").replace_strict(reasons, return_dtype=pl.String),
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


def _quality_of_rows(
    contract: Contract, received: int, parts: Sequence[tuple[Landed, pl.DataFrame]]
) -> list[_Line]:
    """What came in, what was quarantined, and every rule with the rows that broke it."""
    counts: dict[str, int] = {}
    for _, broken in parts:
        for rule, rows in broken.group_by("rule").agg(pl.col("row").n_unique()).iter_rows():
            counts[rule] = counts.get(rule, 0) + rows
    lenient: dict[str, int] = {}
    for one, _ in parts:
        for column, rows in one.unreadable.group_by("column").len().iter_rows():
            lenient[column] = lenient.get(column, 0) + rows
    quarantined = sum(broken["row"].n_unique() for _, broken in parts)
    lines = [
        _line(contract, rules.RECEIVED, received, 0),
        _line(contract, rules.QUARANTINED, received, quarantined),
        *(_line(contract, rule, received, counts.get(rule.name, 0)) for rule in rules.quarantining(contract)),
    ]
    for column in contract.columns:
        rule = rules.readable(column)
        if column.lenient and rule:
            lines.append(_line(contract, rule, received, lenient.get(column.name, 0)))
    return lines


def _quality_of_good(
    contract: Contract,
    good: Mapping[str, pl.DataFrame],
    named: Mapping[tuple[str, str], pl.Series],
    landed: Sequence[Landed],
) -> list[_Line]:
    """Rules that take no row away."""
    frame = good[contract.name]
    lines = []
    for column in rules.checkable(contract):
        given = frame.select(column).drop_nulls()
        wrong = given.select((~identifiers.VALID[column](pl.col(column))).sum()).item()
        lines.append(_line(contract, rules.valid(column), given.height, int(wrong)))
    if "upn" in contract.by_name:
        upns = frame["upn"].drop_nulls()
        temporary = upns.to_frame().select(identifiers.temporary_upn(pl.col("upn")).sum()).item()
        lines.append(_line(contract, rules.PERMANENT_UPN, upns.len(), int(temporary)))
    if "date_of_birth" in contract.by_name:
        lines += _births(contract, frame, landed)
    content = [column.name for column in contract.columns]
    lines.append(_line(contract, rules.NO_REPEATS, frame.height, frame.height - frame.n_unique(content)))
    if contract.key:
        distinct = frame.select(content).unique()
        shared = distinct.height - distinct[contract.key].n_unique()
        lines.append(_line(contract, rules.single(contract.key), distinct.height, shared))
    for reference in contract.references:
        lines += _references(contract, frame, reference, good, named)
    if contract.name == "progress":
        about = ["episode_ref", "person_ref", "need_code"]
        lost = frame.join(good["need"], on=about, how="anti", nulls_equal=True).height
        lines.append(_line(contract, rules.JUDGES_A_NEED, frame.height, lost))
    return lines


def _births(contract: Contract, frame: pl.DataFrame, landed: Sequence[Landed]) -> list[_Line]:
    born = (
        frame.filter(pl.col("role") != "unborn")
        if "role" in contract.by_name and contract.name == "family_member"
        else frame
    )
    latest = pl.col("file").replace_strict(
        {one.extract.label: one.extract.covers_to for one in landed}, return_dtype=pl.Date
    )
    known = frame.filter(pl.col("date_of_birth").is_not_null())
    odd = known.filter(
        (pl.col("date_of_birth") > latest) | (pl.col("date_of_birth") < latest.dt.offset_by(f"-{_OLDEST}y"))
    ).height
    return [
        _line(contract, rules.BORN, born.height, born["date_of_birth"].null_count()),
        _line(contract, rules.BORN_PLAUSIBLY, known.height, odd),
    ]


def _references(
    contract: Contract,
    frame: pl.DataFrame,
    reference: Reference,
    good: Mapping[str, pl.DataFrame],
    named: Mapping[tuple[str, str], pl.Series],
) -> list[_Line]:
    if (reference.contract, reference.target) not in named:
        return []
    given = frame[reference.column].drop_nulls()
    if not reference.quarantines:
        lost = _unknown(frame, reference, named).height
        return [_line(contract, rules.known(reference), given.len(), lost)]
    reachable = good[reference.contract][reference.target].unique()
    lost = int((~given.is_in(reachable.implode())).sum())
    return [_line(contract, rules.points_to_good(reference), given.len(), lost)]
