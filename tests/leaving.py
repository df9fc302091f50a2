"""Small worlds in which something is to leave: rows of made-up families, the tables that were released of them, and
those that are offered."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import polars as pl

from disclosure.audit import Knowledge, Rows, Table, View
from disclosure.audit.beside import Offered
from disclosure.audit.linked import Linked, Said
from disclosure.audit.offered import Tried, try_out
from disclosure.audit.view import Floats, Key, make_table

EXACT = Knowledge(0, 0, 0.0, 1, None, zero_is_zero=True)
NOISY = Knowledge.of_cell_keys(5, 2.5, coarsened=2)


def key(measure: str, *dimensions: str, scope: str = "") -> Key:
    """What finds a table."""
    return measure, scope, frozenset(dimensions)


def view_of_rows(
    measures: Mapping[str, pl.DataFrame],
    codes: Mapping[str, tuple[str, ...]],
    *,
    within: Mapping[str, tuple[str, ...]] | None = None,
    scopes: Mapping[str, tuple[str, tuple[str, ...]]] | None = None,
) -> View:
    """Every table of every measure, from its rows: `key`, `unit` and a column a dimension. Nothing is said of them."""
    tables: dict[Key, Table] = {}
    kept: dict[str, Rows] = {}
    for measure, frame in measures.items():
        names = [name for name in codes if name in frame.columns]
        for scope in ("", *(scopes or {})):
            dimension, let_through = (scopes or {}).get(scope, ("", ()))
            rows = frame.filter(pl.col(dimension).is_in(let_through)) if scope else frame
            for size in range(len(names) + 1):
                for chosen in combinations(names, size):
                    tables[key(measure, *chosen, scope=scope)] = _table(measure, chosen, rows, codes, scope)
        places = [pl.col(name).cast(pl.Enum(codes[name])).to_physical().cast(pl.Int64) for name in names]
        kept[measure] = Rows(frame.select(*places, "key", "unit"), "family")
    return View(tables, codes, EXACT, within=within or {}, scopes=scopes or {}, rows=kept)


def _table(
    measure: str, chosen: Sequence[str], rows: pl.DataFrame, codes: Mapping[str, tuple[str, ...]], scope: str
) -> Table:
    cells = pl.DataFrame({"true": [0]})
    for place, name in enumerate(chosen, 1):
        cells = cells.join(pl.DataFrame({f"code_{place}": codes[name]}), how="cross")
    if chosen:
        counted = rows.group_by(chosen).agg(true=pl.len(), units=pl.col("unit").n_unique())
        counted = counted.rename({name: f"code_{place}" for place, name in enumerate(chosen, 1)})
        on = [f"code_{place}" for place in range(1, len(chosen) + 1)]
        cells = cells.drop("true").join(counted, on=on, how="left").fill_null(0)
    else:
        cells = pl.DataFrame({"true": [rows.height], "units": [rows["unit"].n_unique()]})
    question = "|".join((f"{scope}@{measure}" if scope else measure, *chosen))
    return make_table(
        question, measure, chosen, cells.with_columns(shown=pl.lit(None, pl.Float64)), codes, scope
    )


def shown(view: View, where: Key, *, withheld: Sequence[int] = ()) -> Floats:
    """The true counts of a table as they would be published: small ones, and those at `withheld`, are not."""
    counts = view.tables[where].true.ravel()
    figures = np.where((counts > 0) & (counts < 6), np.nan, counts)
    figures[list(withheld)] = np.nan
    return figures


def say(world: int, where: Key, figures: Floats, knowledge: Knowledge = EXACT) -> Said:
    """What was released of a table, all of its cells."""
    return Said((world, where), figures, np.ones(figures.size, np.bool_), knowledge)


def offer(
    world: int, where: Key, figures: Floats, knowledge: Knowledge = EXACT, threshold: int = 6
) -> Offered:
    """A table that is to leave, all of its cells."""
    cells = np.arange(figures.size)
    return Offered(
        "|".join((where[0], *sorted(where[2]))), (world, where), cells, cells, figures, knowledge, threshold
    )


def tried(
    views: Sequence[View],
    before: Sequence[Said],
    offered: Sequence[Offered],
    open_dimensions: Sequence[str] = (),
) -> Tried:
    """What comes of all attacks."""
    linked = Linked(views, (one.place for one in offered))
    return try_out(linked, before, offered, open_dimensions=open_dimensions)


def without(offered: Sequence[Offered], found: Tried) -> list[Offered]:
    """What is offered, less what the attacks say must go."""
    return [
        Offered(
            one.name,
            one.place,
            one.cells,
            one.rows,
            np.where(gone, np.nan, one.shown),
            one.knowledge,
            one.threshold,
        )
        for one, gone in zip(offered, found.withhold, strict=True)
    ]
