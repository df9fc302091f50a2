"""The rules that take no row away: what is wrong with good rows is counted, and told with its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines import identifiers, rules
from pipelines.contracts import Contract, Part, Reference, Rule
from pipelines.landing import Landed
from pipelines.numbering import Numbering

# For every contract and column that others refer to: all that any row names, good or not.
Named = Mapping[tuple[str, str], pl.Series]
_OLDEST = 110
_WHERE = ("file", "row")


@dataclass(frozen=True)
class Count:
    """How a rule fared: `rows` were looked at, and `failing` (`file`, `row`, each once) broke it."""

    rule: Rule
    rows: int
    failing: pl.DataFrame


def count(
    contract: Contract,
    good: Mapping[str, pl.DataFrame],
    named: Named,
    landed: Sequence[Landed],
    numbering: Numbering,
) -> list[Count]:
    """Hold the good rows of a contract against the rules that only count.

    `good`: contract to `row`, `file` and its columns. `landed`: the files of this contract.
    """
    frame = good[contract.name]
    counts = [*_remarks(contract, landed), *_numbers(contract, frame, numbering)]
    for column in contract.parts(Part.DATE_OF_BIRTH):
        counts += _births(contract, frame, column.name, landed)
    counts += _repeats(contract, frame)
    for reference in contract.references:
        counts += _reference(frame, reference, good, named)
    return counts


def covers_to(landed: Sequence[Landed]) -> pl.Expr:
    """The last day that the file of a row covers."""
    days = {one.extract.label: one.extract.covers_to for one in landed}
    return pl.col("file").replace_strict(days, return_dtype=pl.Date)


def unknown(frame: pl.DataFrame, reference: Reference, named: Named) -> pl.DataFrame:
    """`row` (and `file`) of rows whose reference names nothing that any row of the other extract names."""
    known = named.get((reference.contract, reference.target))
    where = [name for name in _WHERE if name in frame.columns]
    if known is None:
        return frame.clear().select(where)
    lost = pl.col(reference.column).is_not_null() & ~pl.col(reference.column).is_in(known.implode())
    return frame.filter(lost).select(where)


def _failing(frame: pl.DataFrame, broken: pl.Expr) -> pl.DataFrame:
    return frame.filter(broken).select(_WHERE)


def _remarks(contract: Contract, landed: Sequence[Landed]) -> list[Count]:
    """Cells that were read otherwise than they stand, and words that no list knows."""
    received = sum(one.frame.height for one in landed)

    def found(column: str, remark: str | None) -> pl.DataFrame:
        parts = []
        for one in landed:
            cells = one.remarks.filter(pl.col("remark") == remark) if remark else one.unreadable
            rows = cells.filter(pl.col("column") == column).join(one.odd_rows, on="row", how="anti")
            parts.append(rows.select(pl.lit(one.extract.label).alias("file"), "row"))
        return pl.concat(parts)

    counts = []
    for column in contract.columns:
        rule = rules.readable(column)
        if column.lenient and rule:
            counts.append(Count(rule, received, found(column.name, None)))
        if column.outdated:
            counts.append(Count(rules.present(column), received, found(column.name, "outdated")))
    for column in rules.may_stand_in(contract):
        counts.append(Count(rules.no_stand_in(column), received, found(column.name, "stand_in")))
    return counts


def _numbers(contract: Contract, frame: pl.DataFrame, numbering: Numbering) -> list[Count]:
    counts = []
    for column in rules.checkable(contract):
        cell = pl.col(column.name)
        given = frame.select(*_WHERE, column.name).filter(cell.is_not_null())
        # Most numbers stand in many rows: each is checked once.
        distinct = given.select(column.name).unique()
        valid = distinct.select(column.name, valid=identifiers.VALID[rules.checked_part(column)](cell))
        wrong = valid.filter(~pl.col("valid"))[column.name]
        counts.append(Count(rules.valid(column), given.height, _failing(given, cell.is_in(wrong.implode()))))
        if column.part is not Part.UPN:
            continue
        right = valid.filter("valid").select(column.name)
        foreign = ~identifiers.upn_authority(cell).is_in(sorted(numbering.authorities))
        for rule, odd in (
            (rules.permanent(column), right.filter(identifiers.temporary_upn(cell))),
            (rules.known_authority(column), right.filter(foreign)),
        ):
            held = cell.is_in(odd[column.name].implode())
            counts.append(Count(rule, given.height, _failing(given, held)))
    return counts


def _births(contract: Contract, frame: pl.DataFrame, column: str, landed: Sequence[Landed]) -> list[Count]:
    described, day = contract.by_name[column], pl.col(column)
    expected = frame
    if contract.unborn:
        about, code = contract.unborn
        expected = frame.filter(pl.col(about) != code)
    known = frame.filter(day.is_not_null())
    latest = covers_to(landed)
    odd = (day > latest) | (day < latest.dt.offset_by(f"-{_OLDEST}y"))
    return [
        Count(rules.born(described), expected.height, _failing(expected, day.is_null())),
        Count(rules.born_plausibly(described), known.height, _failing(known, odd)),
    ]


def _repeats(contract: Contract, frame: pl.DataFrame) -> list[Count]:
    content = [column.name for column in contract.columns]
    first = frame.select(first=pl.struct(content).is_first_distinct())["first"]
    counts = [Count(rules.NO_REPEATS, frame.height, frame.filter(~first).select(_WHERE))]
    if contract.key:
        distinct = frame.filter(first)
        shared = ~pl.col(contract.key).is_first_distinct()
        counts.append(Count(rules.single(contract.key), distinct.height, _failing(distinct, shared)))
    return counts


def _reference(
    frame: pl.DataFrame, reference: Reference, good: Mapping[str, pl.DataFrame], named: Named
) -> list[Count]:
    if (reference.contract, reference.target) not in named:
        return []
    given = frame.filter(pl.col(reference.column).is_not_null())
    if not reference.quarantines:
        return [Count(rules.known(reference), given.height, unknown(frame, reference, named))]
    reachable = good[reference.contract][reference.target].unique()
    lost = ~pl.col(reference.column).is_in(reachable.implode())
    return [Count(rules.points_to_good(reference), given.height, _failing(given, lost))]
