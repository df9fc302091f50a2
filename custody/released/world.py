"""The tables of one release, as everybody together sees them: its dashboard, the returns and the exports that were
counted from it, and what is to leave."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import prod

import numpy as np
import polars as pl

from custody.released.counted import Counted
from custody.released.errors import ProposedError
from custody.released.placing import Shape, conditions_of, holding, own_rows, shapes_of
from custody.released.proposed import Proposed
from disclosure.audit import Knowledge, Table, View
from disclosure.audit.beside import Offered
from disclosure.audit.linked import Said
from disclosure.audit.of_world import view_of
from disclosure.audit.sets import rows_in
from disclosure.audit.view import Flags, Key


@dataclass(frozen=True)
class World:
    """A release as it is attacked: what it counts, what was said of it, and what is offered. `lost`: tables that left
    before and cannot be counted again from it."""

    view: View
    said: tuple[Said, ...]
    offered: tuple[Offered, ...]
    lost: tuple[str, ...]


@dataclass
class _Building:
    """A world that is being built: `shapes` of its tables are their dimensions in order."""

    number: int
    counted: Counted
    view: View
    shapes: dict[Key, tuple[str, ...]] = field(default_factory=dict)


def world_of(
    number: int,
    counted: Counted,
    measures: Sequence[str],
    before: Sequence[Proposed],
    proposed: Sequence[Proposed],
    *,
    only: frozenset[str] | None = None,
) -> World:
    """The world of a number: the dashboard's tables of `measures`, what left `before`, and what is `proposed`, all of
    one release. `only`: of the dashboard's tables those by these dimensions (None: all).

    Raises ProposedError where a table counts what the release does not, has a code on no list, or shows as exact what
    is not the count.
    """
    building = _Building(number, counted, _empty(counted, measures, [*before, *proposed]))
    said = list(_dashboard(building, frozenset(measures), only))
    lost = []
    placed: list[tuple[Proposed, list[Shape], bool]] = []
    for one in before:
        try:
            placed.append((one, list(shapes_of(one, counted, building.view, building.shapes)), False))
        except ProposedError:
            lost.append(one.name)
    for one in proposed:
        placed.append((one, list(shapes_of(one, counted, building.view, building.shapes)), True))
    tables = {key: _table(building, key) for key in building.shapes}
    view = replace(building.view, tables=tables)
    offered = []
    for one, shapes, is_proposed in placed:
        for shape in shapes:
            try:
                it = _offered(building, view, one, shape)
            except ProposedError:
                if is_proposed:
                    raise
                lost.append(one.name)
                continue
            if is_proposed:
                offered.append(it)
            else:
                said.append(_as_said(it, tables[shape.key]))
    return World(view, tuple(said), tuple(offered), tuple(dict.fromkeys(lost)))


def _empty(counted: Counted, measures: Sequence[str], asked: Sequence[Proposed]) -> View:
    """A view without tables: the rows of `measures` and of what is asked, with the lists of their codes."""
    kept = [
        replace(one, within=tuple(name for name in one.within if name in measures))
        for one in counted.coded.measures
        if one.name in measures
    ]
    populations = {one.population for one in kept}
    view = view_of(
        (),
        [one for one in counted.coded.populations if one.name in populations],
        kept,
        counted.rules,
        counted.coded.scopes,
    )
    codes, rows = own_rows(asked, view.codes)
    within = {**view.within, **holding(rows, view.rows)}
    for one in asked:
        if one.rows is not None:
            named = [counted.called[name] for name in one.within if name in counted.called]
            within[one.measure] = tuple(dict.fromkeys([*within[one.measure], *named]))
    return replace(
        view,
        rows={**view.rows, **rows},
        within=within,
        codes=codes,
        narrowed=dict(scope for one in asked for scope in conditions_of(one, counted)),
    )


def _dashboard(building: _Building, measures: frozenset[str], only: frozenset[str] | None) -> Iterator[Said]:
    """What the dashboard of the release shows of these measures."""
    counted, view = building.counted, building.view
    answers = counted.answer.partition_by("question", as_dict=True, include_key=False)
    names = counted.coded.names
    for world_name in sorted(names):
        scope, _, rest = world_name.rpartition("@")
        measure, *dimensions = rest.split("|")
        cells = answers.get((names[world_name],))
        if cells is None or counted.called[measure] not in measures:
            continue
        if only is not None and not only.issuperset(dimensions):
            continue
        key = (counted.called[measure], scope, frozenset(dimensions))
        shape = building.shapes.setdefault(key, tuple(dimensions))
        size = prod(len(view.codes[name]) for name in shape)
        at = pl.lit(0, pl.Int64)
        for name in shape:
            column = pl.col(f"code_{dimensions.index(name) + 1}").cast(
                pl.Enum(view.codes[name]), strict=False
            )
            at = at * len(view.codes[name]) + column.to_physical().cast(pl.Int64)
        told = cells.select(at.alias("cell"), pl.col("value").cast(pl.Float64)).drop_nulls("cell")
        here = told["cell"].to_numpy()
        shown = np.full(size, np.nan)
        shown[here] = told["value"].fill_null(np.nan).to_numpy()
        # What it withholds has no row, and tells nothing.
        yield Said((building.number, key), shown, ~np.isnan(shown), _of_dashboard(counted))


def _of_dashboard(counted: Counted) -> Knowledge:
    rules = counted.rules
    coarsened = rules.least_difference - 1 if rules.near == "coarsened" else 0
    return Knowledge.of_cell_keys(rules.table.bound, rules.table.variance, coarsened=coarsened)


def _table(building: _Building, key: Key) -> Table:
    """A table with its counts; nothing is said of it yet."""
    view, dimensions = building.view, building.shapes[key]
    shape = tuple(len(view.codes[name]) for name in dimensions)
    size = prod(shape)
    nothing = np.full(shape, np.nan)
    blank = Table(
        "|".join((key[0], *dimensions)) if not key[1] else "|".join((f"{key[1]}@{key[0]}", *dimensions)),
        key[0],
        key[1],
        dimensions,
        np.zeros(shape),
        np.zeros(shape),
        nothing,
        _possible(building, key[0], dimensions),
        np.full(shape, -1, np.int64),
    )
    inside = rows_in(view, blank)
    if inside.height != inside["key"].n_unique():
        inside = inside.unique(["key", "cell"])
    true = np.bincount(inside["cell"].to_numpy(), minlength=size).astype(np.float64)
    units = np.zeros(size)
    behind = inside.group_by("cell").agg(pl.col("unit").n_unique())
    units[behind["cell"].to_numpy()] = behind["unit"].to_numpy()
    # What is counted can be, whatever is asked of it.
    possible = blank.possible | (true.reshape(shape) > 0)
    return replace(blank, true=true.reshape(shape), units=units.reshape(shape), possible=possible)


def _possible(building: _Building, measure: str, dimensions: tuple[str, ...]) -> Flags:
    """Which combinations of codes can be at all, as everybody knows."""
    codes = [building.view.codes[name] for name in dimensions]
    possible = np.ones(tuple(map(len, codes)), np.bool_)
    counted = building.counted.of_name.get(measure)
    if counted is None:
        return possible

    def along(axis: int, flags: Sequence[bool]) -> Flags:
        return np.array(flags, np.bool_).reshape([-1 if one == axis else 1 for one in range(len(codes))])

    for axis, name in enumerate(dimensions):
        never = counted.never.get(name, ())
        possible &= along(axis, [code not in never for code in codes[axis]])
    for (one, other), pairs in counted.apart.items():
        if one in dimensions and other in dimensions:
            axes = dimensions.index(one), dimensions.index(other)
            for first, second in pairs:
                if first in codes[axes[0]] and second in codes[axes[1]]:
                    possible &= ~(
                        along(axes[0], [code == first for code in codes[axes[0]]])
                        & along(axes[1], [code == second for code in codes[axes[1]]])
                    )
    return possible


def _offered(building: _Building, view: View, one: Proposed, shape: Shape) -> Offered:
    """Cells of a table as they are offered. Raises ProposedError where they say they are exact, and are not."""
    table = view.tables[shape.key]
    shown = one.cells["value"].cast(pl.Float64).fill_null(np.nan).to_numpy()[shape.rows]
    knowledge = one.knowledge or _of_dashboard(building.counted)
    true = table.true.ravel()[shape.cells]
    if knowledge.below == knowledge.above == 0:
        wrong = int((~np.isnan(shown) & (shown != true)).sum())
        if wrong:
            raise ProposedError(
                f"{one.name}: {wrong} of its figures are not what {one.measure} counts in the release "
                f"{building.counted.release}. It cannot be held against what left before."
            )
    return Offered(
        one.name, (building.number, shape.key), shape.cells, shape.rows, shown, knowledge, one.threshold
    )


def _as_said(one: Offered, table: Table) -> Said:
    """What left before, as it is known."""
    shown, told = np.full(table.true.size, np.nan), np.zeros(table.true.size, np.bool_)
    shown[one.cells], told[one.cells] = one.shown, True
    return Said(one.place, shown, told, one.knowledge)
