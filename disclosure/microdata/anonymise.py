"""Anonymise records: every record is alike with at least k - 1 others in what it might be known by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from disclosure.errors import MicrodataError
from disclosure.microdata.classes import NONE, boxes, lost, numbered
from disclosure.microdata.coding import Coded, check_values, coded
from disclosure.microdata.hierarchy import Hierarchy
from disclosure.microdata.joining import Homes
from disclosure.microdata.lattice import nodes
from disclosure.microdata.mondrian import split
from disclosure.microdata.peel import peel
from disclosure.microdata.rules import Judge, Rows, Rules
from disclosure.microdata.settling import settle
from disclosure.microdata.value_sets import made_from
from disclosure.microdata.writing import written
from disclosure.risk.anonymity import Reached, in_order, reached
from disclosure.risk.grouping import grouping

# A beginning that loses so many times as much as the other is not followed to the end.
_HOPELESS = 1.25
# Where t leaves records over, so much of it is tried.
_EVENER = 0.25


@dataclass(frozen=True)
class Loss:
    """What was lost. `penalty`: the normalised certainty penalty, the mean over all cells of all records that were
    given of (values under what is written - 1) / (all values of the column - 1), which is 0 for a value as it was
    and 1 for `*`; a record that was left out counts 1 in each column. `columns`: the same for each column.
    `discernibility`: the sum of the squares of the sizes of classes, and for each record that was left out the
    number of all (Bayardo and Agrawal 2005). `class_size`: the mean size of a class; `class_size_to_k`: that, in
    units of k."""

    penalty: float
    columns: Mapping[str, float]
    discernibility: int
    class_size: float
    class_size_to_k: float


@dataclass(frozen=True)
class Anonymised:
    """`records`: the quasi-identifiers as they are written, then the sensitive columns and those kept, sorted by all of
    them: the order says nothing of the order that they came in. `left_out`: how many records are not among them.
    `reached`: k, l and t, measured on `records` themselves."""

    records: pl.DataFrame
    left_out: int
    classes: int
    loss: Loss
    reached: Reached
    made: tuple[str, ...] = field(default=())


def anonymise(
    records: pl.DataFrame,
    quasi: Sequence[str],
    hierarchies: Mapping[str, Hierarchy],
    rules: Rules,
    *,
    limit: float = 0.0,
    keep: Sequence[str] = (),
) -> Anonymised:
    """Records of which each class (those that are written alike in all of `quasi`) keeps to the `rules`.

    `hierarchies`: by column; a quasi-identifier without one is written as intervals or sets of its values. `limit`: the
    part of the records, from 0 to 1, that may be left out if too much were lost by keeping them. `keep`: further
    columns, written as they are; all columns that are named nowhere are left out. Classes are those of the output:
    where what is written overlaps (`30-39` and `30-34`), it is counted as different. Raises MicrodataError where the
    rules cannot be kept or are about columns that are not there, HierarchyError where a value has no place in its
    hierarchy.
    """
    _check_columns(records, quasi, rules.sensitive, keep)
    if not 0 <= limit <= 1:
        raise MicrodataError(f"limit = {limit}: choose the part that may be left out, from 0 to 1")
    names = (*quasi, *rules.sensitive, *keep)
    chosen = records.select(pl.col(*names).cast(pl.String))
    for name in rules.sensitive:
        if chosen[name].null_count():
            raise MicrodataError(
                f"the sensitive column {name} has missing values; write what stands for them"
            )
    own = [_hierarchy(chosen[name], hierarchies) for name in quasi]
    check_values(chosen, own)
    # Who came first must decide nothing, and must not be seen.
    chosen = chosen.sort(names)
    coded_records = coded(chosen, own)
    judge = Judge(rules, [in_order(chosen[name]) for name in rules.sensitive])
    _check_possible(judge, chosen.height, rules)
    of = _classes(coded_records, judge, int(limit * chosen.height))
    result = _written(chosen, coded_records, rules, of, keep)
    if not rules.kept_by(result.reached):
        # Spread as in the whole is not spread as in what is left of it: then nobody is left out.
        result = _written(chosen, coded_records, rules, _classes(coded_records, judge, 0), keep)
    if not rules.kept_by(result.reached):
        raise RuntimeError("the records that were made do not keep to the rules")
    return result


def _classes(records: Coded, judge: Judge, allowed: int) -> Rows:
    """The class of each record: of all ways that were tried the one that loses least."""
    tried, pooled = _tried(records, judge, allowed)
    if pooled and judge.rules.t < 1:
        # Classes as uneven as t allows have left many records over that are all alike: more even ones leave fewer.
        even = Judge(replace(judge.rules, t=judge.rules.t * _EVENER), judge.values)
        tried += _tried(records, even, allowed)[0]
    return min(tried, key=lambda of: lost(records, of))


def _tried(records: Coded, judge: Judge, allowed: int) -> tuple[list[Rows], bool]:
    """Classes from each beginning that is worth it, and whether records that fitted nowhere had to be thrown together.

    From below (`peel`) and from above (`split`); then what is lost by rare records is won back."""
    begun = (
        split(records, judge, peel(records, judge, nodes(records)).of),
        split(records, judge, np.zeros(records.height, np.int64)),
    )
    losses = [lost(records, of) for of in begun]
    ended, pooled = [], False
    for of, loss in zip(begun, losses, strict=True):
        if loss <= _HOPELESS * min(losses):
            homes = Homes(records, judge, of)
            pooled |= settle(homes, judge, allowed) > 0
            homes.dissolve()
            ended.append(split(records, judge, homes.of))
    return ended, pooled


def _written(chosen: pl.DataFrame, records: Coded, rules: Rules, of: Rows, keep: Sequence[str]) -> Anonymised:
    of = numbered(of)
    inside = of != NONE
    quasi = tuple(hierarchy.column for hierarchy in records.hierarchies)
    text = written(records, of, boxes(records, of))
    rest = chosen.filter(pl.Series(inside)).select(*rules.sensitive, *keep)
    out = text.records(quasi, of[inside]).with_columns(rest)
    out = out.sort(out.columns)
    sizes = grouping(out, quasi).sizes
    left_out = int(np.count_nonzero(~inside))
    penalties = (text.penalty[of[inside]].sum(axis=0) + left_out) / records.height
    mean = len(out) / max(len(sizes), 1)
    return Anonymised(
        records=out,
        left_out=left_out,
        classes=len(sizes),
        loss=Loss(
            penalty=float(penalties.mean()),
            columns={name: float(one) for name, one in zip(quasi, penalties, strict=True)},
            discernibility=int((sizes**2).sum()) + left_out * records.height,
            class_size=mean,
            class_size_to_k=mean / rules.k,
        ),
        reached=reached(out, quasi, rules.sensitive, l=rules.l),
        made=tuple(hierarchy.column for hierarchy in records.hierarchies if hierarchy.made),
    )


def _hierarchy(column: pl.Series, hierarchies: Mapping[str, Hierarchy]) -> Hierarchy:
    if column.name in hierarchies:
        return hierarchies[column.name]
    if column.null_count():
        raise MicrodataError(f"column {column.name} has missing values; write what stands for them")
    # By names of our own: the column may be called as that of the counts is.
    counted = column.alias("value").value_counts(name="many").sort("value")
    return made_from(counted["value"].to_list(), counted["many"].to_list(), column.name)


def _check_columns(
    records: pl.DataFrame, quasi: Sequence[str], sensitive: Sequence[str], keep: Sequence[str]
) -> None:
    if not quasi:
        raise MicrodataError("no quasi-identifier is named: name the columns that somebody might be known by")
    named = [*quasi, *sensitive, *keep]
    missing = [name for name in named if name not in records.columns]
    if missing:
        raise MicrodataError(
            f"there is no column {', '.join(missing)}; there are {', '.join(records.columns)}"
        )
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise MicrodataError(
            f"{', '.join(twice)}: named more than once; a column is a quasi-identifier, or sensitive, or kept as it is"
        )


def _check_possible(judge: Judge, height: int, rules: Rules) -> None:
    """Refuse what no classes could keep: then one class of all records would not, either."""
    if rules.k > height:
        raise MicrodataError(f"k = {rules.k}, and there are {height:,} records: choose a smaller k")
    if not rules.about_values:
        return
    for name, count in zip(rules.sensitive, judge.counts, strict=True):
        if rules.l > len(count):
            raise MicrodataError(
                f"l = {rules.l}, and {name} has {len(count)} different values: choose a smaller l"
            )
    if not judge.safe(np.arange(height)):
        raise MicrodataError(
            f"no classes can keep to {rules.kind} l = {rules.l}: all records together do not, since too many have the "
            "same sensitive value; choose a smaller l, or a larger c"
        )
