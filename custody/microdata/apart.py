"""What two extracts tell together that no token joins: those of different projects, or one that has its own tokens.

Whoever holds both still joins their rows. Everything written as it is in both is as good as a token where few rows are
alike in all of it: of somebody whose class in each extract is known there may be meant only the rows of the one class
that the other holds too. And where the same classes are in both, or nearly, what the one has more than the other is of
those who came, went, were moved or were left out in between: subtracted, they are a class of their own.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from custody.microdata.given import CLASS, FAMILY, ROW, Given

_NOW, _BEFORE, _PLACE = " now", " before", " place"
# So many rows are looked through for those who may be meant. With more, what cannot be looked through does not hold.
_MOST_ROWS: Final = 20_000_000


def chosen_between(earlier: Sequence[Given], now: Given) -> frozenset[int]:
    """The exports of `earlier` (all about the same unit, none joined by tokens) together with which fewer families than
    k may be meant by somebody of whom all quasi-identifiers are known, or fewer sensitive values than l be theirs."""
    among = [one for one in earlier if _told_by_both(one, now)]
    failed = {one.export for one in among if not (_hold(now, [one]) and _hold(one, [now]))}
    if not failed and len(among) > 1 and not _hold(now, among):
        failed = {one.export for one in among}
    return frozenset(failed)


def subtracted(earlier: Given, now: Given) -> bool:
    """Whether classes of the one without those of the other leave fewer families than k, or fewer values than l."""
    both = now.rows.select(ROW, FAMILY, pl.col(CLASS).alias(_NOW)).join(
        earlier.rows.select(ROW, pl.col(CLASS).alias(_BEFORE)), on=ROW
    )
    k = min(earlier.k, now.k)
    pairs = both.group_by(_NOW, _BEFORE).agg(pl.col(FAMILY).n_unique()).filter(pl.col(FAMILY) >= k)
    here, there = _parts(pairs)
    placed = both.select(
        ROW,
        pl.col(_NOW).replace_strict(here, default=None, return_dtype=pl.Int64),
        pl.col(_BEFORE).replace_strict(there, default=None, return_dtype=pl.Int64),
    )
    same = placed.filter(pl.col(_NOW) == pl.col(_BEFORE)).select(ROW)
    return any(_too_few(one, parts, same, k) for one, parts in ((now, here), (earlier, there)))


def _too_few(one: Given, parts: dict[int, int], same: pl.DataFrame, k: int) -> bool:
    """Whether in some part too few rows are not in the other extract's part too."""
    left = (
        one.rows.join(same, on=ROW, how="anti")
        .with_columns(pl.col(CLASS).replace_strict(parts, default=None, return_dtype=pl.Int64).alias(_PLACE))
        .drop_nulls(_PLACE)
    )
    found = left.group_by(_PLACE).agg(
        pl.col(FAMILY).n_unique(), *(pl.col(name).n_unique() for name in one.sensitive)
    )
    return found.filter(_short(k, one)).height > 0


def _parts(pairs: pl.DataFrame) -> tuple[dict[int, int], dict[int, int]]:
    """Which classes of both extracts hold the same people, or nearly: by a class the number of the part that it is in.
    `pairs`: classes with k families in common. A class without any is in no part: nothing is subtracted from it."""
    of: dict[tuple[str, int], tuple[str, int]] = {}

    def root(one: tuple[str, int]) -> tuple[str, int]:
        while of.setdefault(one, one) != one:
            of[one] = of[of[one]]
            one = of[one]
        return one

    for now, before in pairs.select(_NOW, _BEFORE).sort(_NOW, _BEFORE).iter_rows():
        of[root((_NOW, now))] = root((_BEFORE, before))
    numbers: dict[tuple[str, int], int] = {}
    found: dict[str, dict[int, int]] = {_NOW: {}, _BEFORE: {}}
    for side, number in list(of):
        found[side][number] = numbers.setdefault(root((side, number)), len(numbers))
    return found[_NOW], found[_BEFORE]


def _hold(base: Given, others: Sequence[Given]) -> bool:
    """Whether of everybody in `base` and one of `others` k families of their class and l values are left by what both
    tell. Those who share all of their classes may always be meant; others are looked for only where these are few."""
    k = min(base.k, *(one.k for one in others))
    names = [f"{_BEFORE} {place}" for place in range(len(others))]
    rows = base.rows
    for name, one in zip(names, others, strict=True):
        classes = one.rows.select(ROW, pl.col(CLASS).alias(name))
        rows = rows.join(classes, on=ROW, how="left", maintain_order="left")
    rows = rows.filter(pl.any_horizontal(pl.col(names).is_not_null()))
    values = [pl.col(name).n_unique() for name in base.sensitive]
    weak = rows.group_by(CLASS, *names).agg(pl.col(FAMILY).n_unique(), *values).filter(_short(k, base))
    if not weak.height:
        return True
    sizes = base.rows.group_by(CLASS).agg(pl.len())
    if int(weak.join(sizes, on=CLASS)["len"].sum()) > _MOST_ROWS:
        return False
    meant = weak.select(CLASS, *names).with_row_index(_PLACE).join(base.rows, on=CLASS)
    for name, one in zip(names, others, strict=True):
        shared = _told_by_both(base, one)
        told = one.rows.select(pl.col(CLASS).alias(name), *shared).unique()
        meant = pl.concat(
            [meant.filter(pl.col(name).is_null()), meant.join(told, on=[name, *shared], how="semi")]
        )
    left = meant.group_by(_PLACE).agg(pl.col(FAMILY).n_unique(), *values)
    return left.height == weak.height and not left.filter(_short(k, base)).height


def _told_by_both(one: Given, other: Given) -> list[str]:
    """The columns that both write as they are."""
    return [name for name in (*one.sensitive, *one.kept) if name in (*other.sensitive, *other.kept)]


def _short(k: int, one: Given) -> pl.Expr:
    return pl.any_horizontal(pl.col(FAMILY) < k, *(pl.col(name) < one.l for name in one.sensitive))
