"""What two extracts tell together that no token joins: those of different projects, or one that has its own tokens.

Whoever holds both still joins their rows. What is written as it is in both is as good as a token where few rows are
alike in all of it: so extracts that have such a column in common are looked at as though tokens joined them. And where
the same classes are in both, or nearly, what the one has more than the other is of those who came, went, were moved or
were left out in between: subtracted, they are a class of their own.
"""

from collections.abc import Sequence

import polars as pl

from custody.microdata.given import CLASS, FAMILY, ROW, Given

_NOW, _BEFORE, _PLACE = " now", " before", " place"


def alike_in_few(earlier: Sequence[Given], now: Given, tied: Sequence[Given] = ()) -> frozenset[int]:
    """The exports of `earlier` (about the same unit, none joined by tokens) that are joined with `now` by what they
    tell, and then have a class of fewer families than k, or fewer values than l. `tied`: those about the same unit that
    tokens join: whoever holds them, too, joins all of them."""
    alike = _tied_by_columns(earlier, now)
    failed = {one.export for one in alike if not _hold([one], now)}
    if not failed and alike and len(alike) + len(tied) > 1 and not _hold([*alike, *tied], now):
        failed = {one.export for one in alike}
    return frozenset(failed)


def _tied_by_columns(earlier: Sequence[Given], now: Given) -> list[Given]:
    """Those that tell a column as it is that `now` tells so too, or that another of them does."""
    told: set[str] = {*now.sensitive, *now.kept}
    while True:
        tied = [one for one in earlier if told.intersection((*one.sensitive, *one.kept))]
        more = told.union(*((*one.sensitive, *one.kept) for one in tied))
        if more == told:
            return tied
        told = more


def _hold(earlier: Sequence[Given], now: Given) -> bool:
    """Whether of those who are in `now` and in one of the others k families, and l values, share all of their
    classes."""
    names = [f"{_BEFORE} {place}" for place in range(len(earlier))]
    rows = now.rows
    for name, one in zip(names, earlier, strict=True):
        classes = one.rows.select(ROW, pl.col(CLASS).alias(name))
        rows = rows.join(classes, on=ROW, how="left", maintain_order="left")
    k = min(now.k, *(one.k for one in earlier))
    joint = (
        rows.filter(pl.any_horizontal(pl.col(names).is_not_null()))
        .group_by(CLASS, *names)
        .agg(pl.col(FAMILY).n_unique(), *(pl.col(name).n_unique() for name in now.sensitive))
    )
    return not joint.filter(_short(k, now)).height


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


def _short(k: int, one: Given) -> pl.Expr:
    return pl.any_horizontal(pl.col(FAMILY) < k, *(pl.col(name) < one.l for name in one.sensitive))
