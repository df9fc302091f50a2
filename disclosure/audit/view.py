"""What is attacked: every table of a release, with the figures that are shown and the counts that are true."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray

from disclosure.audit.knowledge import Knowledge
from disclosure.codes_within import CodesWithin
from disclosure.errors import TableError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Keys = NDArray[np.uint64]
# What finds a table in a view: its measure, its scope, and the names of its dimensions.
Key = tuple[str, str, frozenset[str]]


@dataclass(frozen=True)
class Table:
    """One question. `measure`: tables of one measure count the same rows; `scope`: under which filter ("": none).

    Arrays have one axis a dimension, as long as its list of codes. `true`: counts; `units`: how many units (families,
    people) give them; `shown`: the figure, NaN where it is withheld; `possible`: whether there can be such rows at all,
    which everybody knows. `drawn_for`: of figures that are kept from release to release the count when they were drawn,
    `changed`: how many units have come or gone since (None: all were drawn for today's rows).
    """

    question: str
    measure: str
    scope: str
    dimensions: tuple[str, ...]
    true: Floats
    units: Floats
    shown: Floats
    possible: Flags
    figure: Integers
    knowledge: Knowledge | None = None
    drawn_for: Floats | None = None
    changed: Floats | None = None

    @property
    def key(self) -> Key:
        """What finds the table in a view."""
        return self.measure, self.scope, frozenset(self.dimensions)

    def in_order(self, array: NDArray[np.float64], dimensions: tuple[str, ...]) -> Floats:
        """One of the arrays with its axes in another order of the dimensions."""
        return np.transpose(array, [self.dimensions.index(name) for name in dimensions])


@dataclass(frozen=True)
class Rows:
    """The rows behind a measure: `frame` has a column for every dimension (Int64: the place of the code in its list,
    null: on none), `key` (UInt64: what is counted) and `unit` (UInt64). `kind`: keys of one kind are compared."""

    frame: pl.DataFrame = field(repr=False)
    kind: str

    @cached_property
    def key(self) -> Keys:
        """The keys as an array."""
        return self.frame["key"].to_numpy()

    @cached_property
    def unit(self) -> Keys:
        """The units as an array."""
        return self.frame["unit"].to_numpy()

    @cached_property
    def _places(self) -> dict[str, Integers]:
        return {}

    def places(self, dimension: str) -> Integers:
        """The places of the codes of a dimension; -1: on no list."""
        if dimension not in self._places:
            self._places[dimension] = self.frame[dimension].fill_null(-1).to_numpy().astype(np.int64)
        return self._places[dimension]


@dataclass(frozen=True)
class View:
    """All tables that one audience can reach, and what it knows.

    `codes`: the closed list of every dimension. `parents`: of a dimension the coarser one, and for each of its codes
    the code there (None: it lies in no one). `within`: of a measure those that hold all of its rows. `scopes`: of a
    filter the dimension and the codes let through. `rows`: of measures, for what counts cannot tell; may be empty.
    `codes_within`: of measures the codes of a dimension that hold others (disclosure.closed_world.CodesWithin).
    `narrowed`: further filters, each of several dimensions.
    """

    tables: Mapping[Key, Table] = field(repr=False)
    codes: Mapping[str, tuple[str, ...]]
    knowledge: Knowledge
    parents: Mapping[str, tuple[str, Mapping[str, str | None]]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    within: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    scopes: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=lambda: MappingProxyType({}))
    rows: Mapping[str, Rows] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    codes_within: Mapping[str, CodesWithin] = field(default_factory=lambda: MappingProxyType({}))
    narrowed: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def conditions(self, scope: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What a filter lets through: dimensions with their codes, all of which hold."""
        return self.narrowed[scope] if scope in self.narrowed else (self.scopes[scope],)

    def bounds(self, table: Table) -> tuple[Floats, Floats]:
        """What the method says of each cell of a table (see Knowledge.bounds)."""
        return (table.knowledge or self.knowledge).bounds(table.shown, table.true)

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return sum(table.true.size for table in self.tables.values())

    @cached_property
    def people(self) -> int:
        """How many units there are, at least."""
        return int(max((table.units.max(initial=0) for table in self.tables.values()), default=0))

    @cached_property
    def holding(self) -> Mapping[str, tuple[str, ...]]:
        """Of every measure all that hold its rows, and those that hold theirs, by name."""
        found: dict[str, tuple[str, ...]] = {}
        for measure in sorted({table.measure for table in self.tables.values()}):
            reached: set[str] = set()
            ahead = list(self.within.get(measure, ()))
            while ahead:
                name = ahead.pop()
                if name != measure and name not in reached:
                    reached.add(name)
                    ahead += self.within.get(name, ())
            found[measure] = tuple(sorted(reached))
        return found

    @cached_property
    def ascent(self) -> Mapping[str, Mapping[str, Integers]]:
        """Of every dimension, itself and each coarser one: the place there of each of its codes, -1: it has none."""
        found: dict[str, Mapping[str, Integers]] = {}
        for name, codes in self.codes.items():
            places = np.arange(len(codes))
            found[name] = {name: places}
            at = name
            while at in self.parents:
                parent, upward = self.parents[at]
                if parent not in self.codes or parent in found[name]:
                    break
                listed = {code: place for place, code in enumerate(self.codes[parent])}
                step = [listed.get(upward.get(code) or "", -1) for code in self.codes[at]]
                above = np.array([*step, -1], np.int64)[places]
                found[name] = {**found[name], parent: above}
                places, at = above, parent
        return found


def make_table(
    question: str,
    measure: str,
    dimensions: Iterable[str],
    cells: pl.DataFrame,
    codes: Mapping[str, tuple[str, ...]],
    scope: str = "",
) -> Table:
    """A table from its cells: `code_1` … in the order of the dimensions, `true`, `shown` (null: withheld) and, if
    there, `units` (else as many as `true`), `figure` (else each its own), `drawn_for` and `changed` (else as today).
    A combination that has no row cannot be.

    Raises TableError for a code on no list, a cell twice, and counts that are negative or missing.
    """
    dimensions = tuple(dimensions)
    shape = tuple(len(codes[name]) for name in dimensions)
    at = np.zeros(cells.height, np.int64)
    for place, name in enumerate(dimensions):
        listed = pl.Enum(codes[name])
        column = cells[f"code_{place + 1}"].cast(pl.String).cast(listed, strict=False)
        if column.null_count():
            raise TableError(f"{question}: a cell has a code of {name} that is on no list")
        at = at * len(codes[name]) + column.to_physical().to_numpy().astype(np.int64)
    if np.unique(at).size != at.size:
        raise TableError(f"{question}: a cell is there twice")
    if cells["true"].null_count() or (cells["true"] < 0).any():
        raise TableError(f"{question}: true counts are missing or negative")
    true, units = np.zeros(int(np.prod(shape))), np.zeros(int(np.prod(shape)))
    shown, possible = np.zeros_like(true), np.zeros(true.size, np.bool_)
    true[at] = cells["true"].to_numpy()
    units[at] = cells["units" if "units" in cells.columns else "true"].to_numpy()
    shown[at] = cells["shown"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    possible[at] = True
    figure = np.full(true.size, -1, np.int64)
    if "figure" in cells.columns:
        figure[at] = cells["figure"].fill_null(-1).to_numpy()
    counts, behind, seen = (array.reshape(shape) for array in (true, units, shown))
    own, can_be = figure.reshape(shape), possible.reshape(shape)
    table = Table(question, measure, scope, dimensions, counts, behind, seen, can_be, own)
    if not {"drawn_for", "changed"} <= set(cells.columns):
        return table
    then, since = np.zeros_like(true), np.zeros_like(true)
    then[at], since[at] = cells["drawn_for"].to_numpy(), cells["changed"].to_numpy()
    return replace(table, drawn_for=then.reshape(shape), changed=since.reshape(shape))
