"""Differencing: one figure taken from another that holds it leaves one person, or nobody."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from disclosure.audit.attack import (
    CURVE_LIMIT,
    LEAST_DIFFERENCE,
    Attack,
    area_under_curve,
    margin_of_curve,
    worst_first,
)
from disclosure.audit.nesting import Nested, nestings
from disclosure.audit.sets import cells_of, units_outside
from disclosure.audit.view import Floats, Integers, View

# Who is in both of two cells by chance is looked for among cells of at most so many rows: only of few people does
# anybody know who they are.
_FEW = 12
_MOST_PLACES = 3_000_000


def differencing(view: View, pairs: Sequence[Nested] | None = None) -> tuple[Attack, Attack]:
    """Every pair of a figure and a part of it, both shown: those that differ by fewer than three units, and how well
    the two figures tell whether there is one more or nobody. `pairs`: those of the view, where they are at hand."""
    examined, found, worst = 0, 0, dict[str, int]()
    nobody: list[Floats] = []
    one_more: list[Floats] = []
    for nested in nestings(view) if pairs is None else pairs:
        part, whole = nested.shown()
        # A part that was empty when it was drawn has no noise: it tells nothing that the whole does not.
        behind = nested.part.true if nested.part.drawn_for is None else nested.part.drawn_for
        both = np.flatnonzero(~np.isnan(part) & (behind.ravel() > 0))
        examined += both.size
        apart = nested.whole.true.ravel()[nested.at[both]] - nested.part.true.ravel()[both]
        # Where both show one figure that was drawn once, nothing can be taken from it.
        separate = ~nested.one_figure[both]
        near = _near(view, nested, both[separate], apart[separate])
        if near:
            found += near
            worst[nested.part.question] = worst.get(nested.part.question, 0) + near
        seen = whole[both] - part[both]
        nobody.append(seen[apart == 0])
        one_more.append(seen[apart == 1])
    none, one = _joined(nobody), _joined(one_more)
    curve = area_under_curve(one, none)
    if curve is None:
        curve = 0.5 if examined else None
    return (
        Attack(
            "close_pairs",
            "Two figures, one a part of the other, that differ by fewer than three people or families and are shown "
            "each for itself: what the larger one has more would be about them alone. None may be shown.",
            examined,
            found,
            found / examined if examined else None,
            0.0,
            questions=worst_first(worst),
        ),
        Attack(
            "one_more_or_nobody",
            "Of a shown figure and a shown part of it: how well their difference tells whether the larger one holds "
            "one more or nobody else. 0.5 is guessing, 1 is always right.",
            none.size + one.size,
            one.size,
            curve,
            CURVE_LIMIT,
            chance=0.5,
            margin=margin_of_curve(one.size, none.size, view.people),
        ),
    )


def _near(view: View, nested: Nested, both: Integers, apart: Floats) -> int:
    """How many of these pairs differ by fewer units than may be shown. Fewer rows cannot be more units; where more
    rows may be fewer units, the rows decide, and without them it is not believed.

    A kept figure tells of the rows that it was drawn for: such a pair is near where these differ by too little, in
    rows; or in units, even if each that has come or gone since made a difference.
    """
    at = nested.at[both]
    since = np.zeros(both.size)
    if nested.part.changed is not None and nested.whole.changed is not None:
        since = nested.whole.changed.ravel()[at] + nested.part.changed.ravel()[both]
    if nested.part.drawn_for is not None and nested.whole.drawn_for is not None:
        drawn = nested.whole.drawn_for.ravel()[at] - nested.part.drawn_for.ravel()[both]
        apart = np.where(since > 0, drawn, apart)
    surely = int((apart < LEAST_DIFFERENCE).sum())
    units = nested.whole.units.ravel()[at] - nested.part.units.ravel()[both] + since
    doubtful = (apart >= LEAST_DIFFERENCE) & (units < LEAST_DIFFERENCE)
    perhaps = both[doubtful]
    if not perhaps.size:
        return surely
    if nested.part.measure not in view.rows or nested.whole.measure not in view.rows:
        return surely + perhaps.size
    return surely + int((units_outside(view, nested, perhaps) + since[doubtful] < LEAST_DIFFERENCE).sum())


def by_chance(view: View) -> Attack:
    """Shown figures that no name makes parts of one another, and that are about the same people all the same, or about
    one more. Only told: to use it, an attacker must know everybody in both."""
    sums, keys = _small_cells(view)
    meaning = (
        "Shown figures about few, under different names, that happen to be about the very same people, or one more. "
        "Only somebody who knows all of them by name could use it."
    )
    if sums.is_empty():
        return Attack("by_chance", meaning, 0, 0, None, None)
    same = sums.filter(pl.len().over("kind", "size", "sum") > 1)
    # One row less, and its key less: is there such a cell?
    less = keys.with_columns(size=pl.col("size") - 1, sum=_minus(keys["sum"], keys["key"])).filter(
        pl.col("size") > 0
    )
    one_more = less.join(sums, on=["kind", "size", "sum"], how="inner", suffix="_less")
    found = pl.concat([same["id"], one_more["id"]]).n_unique()
    return Attack("by_chance", meaning, sums.height, found, found / sums.height, None)


def _small_cells(view: View) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Shown cells of few rows: `id, kind, size, sum` (of the keys of their rows, modulo 2^64); and the same with a row
    for each `key`. As many tables as there is room for, those with the fewest dimensions first."""
    parts: list[pl.DataFrame] = []
    places = 0
    few_first = sorted(view.tables.values(), key=lambda one: (len(one.dimensions), one.question))
    for number, table in enumerate(few_first):
        if table.measure not in view.rows or places > _MOST_PLACES:
            continue
        few = (~np.isnan(table.shown) & (table.true > 0) & (table.true <= _FEW)).ravel()
        if not few.any():
            continue
        cell = cells_of(view, table)
        row = np.flatnonzero((cell >= 0) & few[cell])
        key = view.rows[table.measure].key[row]
        found = pl.DataFrame({"id": number * 2**32 + cell[row], "key": key}).unique()
        places += found.height
        parts.append(found.with_columns(kind=pl.lit(view.rows[table.measure].kind)))
    if not parts:
        return pl.DataFrame(), pl.DataFrame()
    keys = pl.concat(parts)
    sums = (
        keys.sort("id", "key")
        .group_by("id", "kind", maintain_order=True)
        .agg(pl.len().cast(pl.Int64).alias("size"), pl.col("key").alias("all"))
    )
    cells = np.repeat(np.arange(sums.height), sums["size"].to_numpy())
    total = np.zeros(sums.height, np.uint64)
    np.add.at(total, cells, sums["all"].explode().to_numpy())
    sums = sums.drop("all").with_columns(sum=pl.Series(total))
    return sums, keys.join(sums, on=["id", "kind"])


def _minus(sums: pl.Series, keys: pl.Series) -> pl.Series:
    """Differences modulo 2^64."""
    return pl.Series(sums.to_numpy() - keys.to_numpy())


def _joined(parts: list[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.empty(0)
