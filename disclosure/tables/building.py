"""Tables from records: every cell of one or several linked tables with its totals, and the equations between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import polars as pl

from disclosure.errors import CountError, HierarchyError, TableError
from disclosure.tables.hierarchy import ALL, Hierarchy
from disclosure.tables.system import NOBODY

# How many of the largest contributions to a cell are kept, for the dominance rules.
LARGEST = 5
_MOST_CELLS = 5_000_000
_COLUMNS = ("name", "value", "contributors", "largest", "holder")
Equation = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Tables:
    """Linked tables before anything is protected.

    `cells`: one row a cell, with `name`, a column a dimension (its code, ALL where it is not broken down), `value`,
    `contributors` (how many), `largest` (the LARGEST contributions, largest first) and `holder` (the number of the only
    contributor, NOBODY where there is none or are several). `equations`: each the cells (places in `cells`) and
    factors that add up to 0. `counts`: whether values count records.
    """

    cells: pl.DataFrame
    hierarchies: Mapping[str, Hierarchy]
    equations: tuple[Equation, ...]
    counts: bool


def build(
    records: pl.DataFrame,
    hierarchies: Sequence[Hierarchy],
    *,
    tables: Sequence[Sequence[str]] | None = None,
    value: str | None = None,
    contributor: str | None = None,
) -> Tables:
    """Every cell of `tables` (each the names of its dimensions; None: one table by all) over `records`.

    `records`: one row a contribution, with a column for each hierarchy, named like it, holding leaves. `value`: the
    column that is added up; None: records are counted. `contributor`: who contributes; None: each record is somebody's.
    Tables are linked where they share dimensions: a cell that is not broken down by a dimension is the same in all.
    Empty cells are cells. Raises HierarchyError for a code that is no leaf, CountError for values that are missing,
    negative or no numbers, TableError for a dimension that is not there.
    """
    trees = {tree.name: tree for tree in hierarchies}
    wanted = [tuple(table) for table in (tables if tables is not None else [list(trees)])]
    _check(records, trees, wanted, value, contributor)
    who = pl.col(contributor) if contributor else pl.int_range(pl.len(), dtype=pl.Int64)
    rows = records.select(
        *(pl.col(name).cast(pl.String) for name in trees),
        (pl.col(value).cast(pl.Float64) if value else pl.lit(1.0)).alias("_value"),
        who.rank("dense").cast(pl.Int64).sub(1).alias("_who"),
    )
    shapes = list(dict.fromkeys(wanted))
    frames = [_filled(rows, [trees[name] for name in shape], list(trees)) for shape in shapes]
    cells = (
        pl.concat(frames)
        .unique(list(trees), keep="first", maintain_order=True)
        .with_columns(_name(list(trees)).alias("name"))
        .select("name", *trees, *_COLUMNS[1:])
    )
    places = dict(zip(cells.select(list(trees)).iter_rows(), range(cells.height), strict=True))
    equations: dict[Equation, None] = {}
    for shape in shapes:
        equations.update(dict.fromkeys(_equations(shape, trees, places)))
    return Tables(cells, trees, tuple(equations), value is None)


def _check(
    records: pl.DataFrame,
    trees: Mapping[str, Hierarchy],
    wanted: Sequence[tuple[str, ...]],
    value: str | None,
    contributor: str | None,
) -> None:
    for name in (*trees, *(name for name in (value, contributor) if name)):
        if name not in records.columns:
            raise TableError(f"the records have no column {name}; they have {', '.join(records.columns)}")
    if not trees:
        raise TableError("a table has at least one dimension")
    # Polars would take the last two for several columns at once.
    reserved = [
        name for name in trees if name in _COLUMNS or name.startswith("_") or name == "*" or name[:1] == "^"
    ]
    if reserved:
        raise TableError(f"a dimension cannot be called {reserved[0]}; rename the column")
    if not wanted:
        raise TableError("there is no table to build")
    for table in wanted:
        strange = [name for name in table if name not in trees]
        if strange or len(set(table)) != len(table):
            raise TableError(
                f"the table by {', '.join(table)} names a dimension twice, or one without a hierarchy"
            )
        size = 1
        for name in table:
            size *= len(trees[name].codes)
        if size > _MOST_CELLS:
            raise TableError(
                f"the table by {', '.join(table)} would have {size} cells (at most {_MOST_CELLS})"
            )
    for name, tree in trees.items():
        column = records[name].cast(pl.String)
        strange_codes = column.filter(column.is_null() | ~column.is_in(list(tree.leaves)))
        if strange_codes.len():
            missing, inner = strange_codes.null_count(), strange_codes.is_in(list(tree.children)).sum()
            raise HierarchyError(
                f"column {name}: {strange_codes.len()} records have a code that is no leaf of its hierarchy "
                f"({missing} have none, {inner} one that others lie in); give them a leaf, such as `unknown`"
            )
    if value:
        column = records[value]
        if not column.dtype.is_numeric():
            raise CountError(f"column {value} holds no numbers")
        bad = (column.is_null() | ~column.cast(pl.Float64).is_finite() | (column < 0)).sum()
        if bad:
            raise CountError(
                f"column {value}: {bad} records have a value that is missing, negative or no number"
            )
    if contributor and records[contributor].null_count():
        raise CountError(f"column {contributor}: {records[contributor].null_count()} records have nobody")


def _filled(rows: pl.DataFrame, shape: Sequence[Hierarchy], names: list[str]) -> pl.DataFrame:
    """Every cell of one table, empty ones too, in the order of its codes."""
    for tree in shape:
        ways = [(leaf, code) for leaf in tree.leaves for code in tree.lies_in(leaf)]
        steps = pl.DataFrame(ways, schema={tree.name: pl.String, "_in": pl.String}, orient="row")
        rows = rows.join(steps, on=tree.name).drop(tree.name).rename({"_in": tree.name})
    by = [tree.name for tree in shape]
    others = [pl.lit(ALL).alias(name) for name in names if name not in by]
    each = rows.group_by([*by, "_who"]).agg(pl.col("_value").sum())
    summed = (
        each.with_columns(pl.lit(0).alias("_one"))
        .group_by([*by, "_one"])
        .agg(
            pl.col("_value").sort().sum().alias("value"),
            pl.len().cast(pl.Int64).alias("contributors"),
            pl.col("_value").sort(descending=True).head(LARGEST).alias("largest"),
            pl.when(pl.len() == 1).then(pl.col("_who").min()).otherwise(NOBODY).alias("holder"),
        )
    )
    grid = pl.DataFrame({"_one": [0]})
    for tree in shape:
        grid = grid.join(pl.DataFrame({tree.name: tree.codes}, schema={tree.name: pl.String}), how="cross")
    return (
        grid.join(summed, on=[*by, "_one"], how="left", maintain_order="left")
        .with_columns(
            pl.col("value").fill_null(0.0),
            pl.col("contributors").fill_null(0),
            pl.col("largest").fill_null(pl.lit([], dtype=pl.List(pl.Float64))),
            pl.col("holder").fill_null(NOBODY).cast(pl.Int64),
            *others,
        )
        .select(*names, *_COLUMNS[1:])
    )


def _name(names: list[str]) -> pl.Expr:
    """What a cell is called: its codes, or `all`."""
    parts = [
        pl.when(pl.col(name) != ALL).then(pl.format("{}={}", pl.lit(name), pl.col(name))) for name in names
    ]
    joined = pl.concat_str(parts, separator="|", ignore_nulls=True)
    return pl.when(joined == "").then(pl.lit(ALL)).otherwise(joined)


def _equations(
    shape: Sequence[str], trees: Mapping[str, Hierarchy], places: Mapping[tuple[str, ...], int]
) -> list[Equation]:
    """What each code holds is what lies directly in it, for every choice of codes of the other dimensions."""
    order = list(trees)
    found: list[Equation] = []
    for name in shape:
        axis = order.index(name)
        choices = [trees[one].codes if one in shape and one != name else (ALL,) for one in order]
        for chosen in product(*choices):
            for parent, inside in trees[name].children.items():
                codes = list(chosen)
                terms = []
                for code in (*inside, parent):
                    codes[axis] = code
                    terms.append((places[tuple(codes)], -1.0 if code == parent else 1.0))
                found.append(tuple(terms))
    return found
