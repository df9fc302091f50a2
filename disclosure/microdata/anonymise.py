"""Anonymise records: every record is alike with at least k - 1 others in what it might be known by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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
from disclosure.risk.grouping import Grouping, grouping

# A beginning that loses so many times as much as the other is not followed to the end.
_HOPELESS = 1.25
# Names that no column of records has: those of the columns that tell records apart, and of their places.
_APART, _PLACE = "\0", "\0place"
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
    `reached`: k, l and t, measured on `records` themselves. `owners`: how many different owners the smallest class has,
    None where records have none. `places`: for each of the records its place among those that were given, which is for
    whoever gave them alone."""

    records: pl.DataFrame
    left_out: int
    classes: int
    loss: Loss
    reached: Reached
    made: tuple[str, ...] = field(default=())
    owners: int | None = None
    places: Rows = field(default_factory=lambda: np.empty(0, np.int64), repr=False, compare=False)


def anonymise(
    records: pl.DataFrame,
    quasi: Sequence[str],
    hierarchies: Mapping[str, Hierarchy],
    rules: Rules,
    *,
    limit: float = 0.0,
    keep: Sequence[str] = (),
    owner: str = "",
    beside: str = "",
) -> Anonymised:
    """Records of which each class (those that are written alike in all of `quasi`) keeps to the `rules`.

    `hierarchies`: by column; a quasi-identifier without one is written as intervals or sets of its values. `limit`: the
    part of the records, from 0 to 1, that may be left out if too much were lost by keeping them. `keep`: further
    columns, written as they are; all columns that are named nowhere are left out. `owner`: the column that says whose a
    record is: then each class holds records of k different owners (five siblings who are alike are one family).
    `beside`: the column that says which class a record was in before, in what was given away already: whoever holds
    both sees the records that share both classes, and these keep to the rules too. Classes are those of the output:
    where what is written overlaps (`30-39` and `30-34`), it is counted as different. Raises MicrodataError where the
    rules cannot be kept or are about columns that are not there, HierarchyError where a value has no place in its
    hierarchy.
    """
    _check_columns(records, quasi, rules.sensitive, keep)
    if not 0 <= limit <= 1:
        raise MicrodataError(f"limit = {limit}: choose the part that may be left out, from 0 to 1")
    names = (*quasi, *rules.sensitive, *keep)
    apart = [name for name in (owner, beside) if name]
    if not set(apart) <= set(records.columns):
        raise MicrodataError(f"there is no column {', '.join(apart)} to tell records apart by")
    chosen = records.select(
        pl.col(*names).cast(pl.String),
        *(pl.col(name).alias(f"{_APART}{name}") for name in apart),
        pl.int_range(pl.len()).alias(_PLACE),
    )
    for name in rules.sensitive:
        if chosen[name].null_count():
            raise MicrodataError(
                f"the sensitive column {name} has missing values; write what stands for them"
            )
    own = [_hierarchy(chosen[name], hierarchies) for name in quasi]
    check_values(chosen, own)
    # Who came first must decide nothing, and must not be seen.
    chosen = chosen.sort(*names, *(f"{_APART}{name}" for name in apart), maintain_order=True)
    coded_records = coded(chosen, own)
    judge = Judge(
        rules,
        [in_order(chosen[name]) for name in rules.sensitive],
        owner=in_order(chosen[f"{_APART}{owner}"]) if owner else None,
        beside=in_order(chosen[f"{_APART}{beside}"]) if beside else None,
    )
    _check_possible(judge, chosen.height, rules)
    # Whoever is left out beside what was given before is seen to be missing there.
    of = _classes(coded_records, judge, 0 if beside else int(limit * chosen.height))
    result = _written(chosen, coded_records, judge, of, keep)
    if not _kept(rules, result):
        # Spread as in the whole is not spread as in what is left of it: then nobody is left out.
        result = _written(chosen, coded_records, judge, _classes(coded_records, judge, 0), keep)
    if not _kept(rules, result):
        raise RuntimeError("the records that were made do not keep to the rules")
    return result


def _kept(rules: Rules, result: Anonymised) -> bool:
    return rules.kept_by(result.reached) and (result.owners is None or result.owners >= rules.k)


def _classes(records: Coded, judge: Judge, allowed: int) -> Rows:
    """The class of each record: of all ways that were tried the one that loses least."""
    tried, pooled = _tried(records, judge, allowed)
    if pooled and judge.rules.t < 1:
        # Classes as uneven as t allows have left many records over that are all alike: more even ones leave fewer.
        even = judge.with_t(judge.rules.t * _EVENER)
        tried += _tried(records, even, allowed)[0]
    return min(tried, key=lambda of: lost(records, of))


def _tried(records: Coded, judge: Judge, allowed: int) -> tuple[list[Rows], bool]:
    """Classes from each beginning that is worth it, and whether records that fitted nowhere had to be thrown together.

    From below (`peel`), from above (`split`), and from what was given before; then what is lost by rare records is
    won back."""
    begun = [
        split(records, judge, peel(records, judge, nodes(records)).of),
        split(records, judge, np.zeros(records.height, np.int64)),
    ]
    if judge.beside is not None:
        # The classes of before, or several of them in one, tell nothing that is new.
        good = judge.conform(np.arange(records.height), judge.beside, int(judge.beside.max()) + 1)
        begun.append(split(records, judge, np.where(good[judge.beside], judge.beside, NONE)))
    losses = [lost(records, of) for of in begun]
    ended, pooled = [], False
    for of, loss in zip(begun, losses, strict=True):
        if loss <= _HOPELESS * min(losses):
            homes = Homes(records, judge, of)
            pooled |= settle(homes, judge, allowed) > 0
            homes.dissolve()
            ended.append(split(records, judge, homes.of))
    return ended, pooled


def _written(chosen: pl.DataFrame, records: Coded, judge: Judge, of: Rows, keep: Sequence[str]) -> Anonymised:
    rules, of = judge.rules, numbered(of)
    inside = of != NONE
    quasi = tuple(hierarchy.column for hierarchy in records.hierarchies)
    text = written(records, of, boxes(records, of))
    rest = chosen.filter(pl.Series(inside)).select(*rules.sensitive, *keep, _PLACE)
    out = text.records(quasi, of[inside]).with_columns(rest)
    out = out.sort(out.drop(_PLACE).columns, maintain_order=True)
    places = out[_PLACE].to_numpy().astype(np.int64)
    out = out.drop(_PLACE)
    classes = grouping(out, quasi)
    sizes = classes.sizes
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
        owners=_owners(chosen, judge, classes, places),
        places=places,
    )


def _owners(chosen: pl.DataFrame, judge: Judge, classes: Grouping, places: Rows) -> int | None:
    """How many different owners the smallest class has."""
    if judge.owner is None:
        return None
    by_place = np.empty(chosen.height, np.int64)
    by_place[chosen[_PLACE].to_numpy()] = judge.owner
    whose = pl.DataFrame({"class": classes.of, "owner": by_place[places]})
    return int(whose.group_by("class").agg(pl.col("owner").n_unique())["owner"].min() or 0)  # type: ignore[arg-type]


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
    owners = height if judge.owner is None else len(np.unique(judge.owner))
    if rules.k > owners:
        raise MicrodataError(
            f"k = {rules.k}, and the records are of {owners:,} different owners: choose a smaller k"
        )
    if judge.beside is not None and not judge.safe(np.arange(height)):
        raise MicrodataError(
            "those who were in one class before do not keep to the rules among themselves, so that nothing can be "
            "given beside it; choose a smaller k or l, or a larger t"
        )
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
