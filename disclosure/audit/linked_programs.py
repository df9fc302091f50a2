"""Linear programs over tables that share cells: what all equations together leave open of the smallest counts, where
one equation after another leaves more."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from disclosure.audit.intervals import intervals
from disclosure.audit.known import Known
from disclosure.audit.linked import Limits, Link, Linked, Place
from disclosure.audit.view import Floats, Integers
from disclosure.tables.system import System

# Tables with more cells together are left to propagation alone.
LARGEST = 6_000


@dataclass(frozen=True)
class Region:
    """Tables that are looked at together: their numbers, and their cells (places in the row)."""

    tables: tuple[int, ...]
    cells: Integers


def region_of(linked: Linked, place: Place) -> Region:
    """A table with everything that is told by its own dimensions, or by coarser ones, of measures that hold what it
    counts or are held by it; and the same tables of other releases."""
    world, key = place
    view = linked.views[world]
    reached = {name for one in key[2] for name in view.ascent[one]}
    about = {key[0], *view.holding.get(key[0], ())}
    about |= {other for other, held in view.holding.items() if key[0] in held}
    mine = {
        other
        for number, other in linked.places
        if number == world and other[0] in about and other[2] <= reached
    }
    tables = tuple(number for number, (_, other) in enumerate(linked.places) if other in mine)
    parts = [np.arange(linked.starts[one], linked.starts[one + 1]) for one in tables]
    return Region(tables, np.concatenate([np.empty(0, np.int64), *parts]).astype(np.int64))


def narrowed(
    linked: Linked, limits: Limits, region: Region, wanted: Integers, programs: int
) -> tuple[Limits, int]:
    """The limits of the `wanted` cells (in their order) by at most so many programs, and how many it took."""
    system = _system(linked, region, limits)
    place = {int(cell): at for at, cell in enumerate(region.cells)}
    cells = np.array([place[int(cell)] for cell in wanted], np.int64)
    known = Known(
        np.concatenate([limits.lowest[region.cells], np.zeros(system.cells - region.cells.size)]),
        np.concatenate([limits.highest[region.cells], np.full(system.cells - region.cells.size, np.inf)]),
    )
    solved = intervals(system, known, cells=cells, programs=programs, whole=True)
    return Limits(solved.lowest[cells], solved.highest[cells]), solved.programs


@dataclass
class _Equations:
    """Equations that are being gathered, each of its columns and factors; `spare`: the values of columns behind the
    cells, which say by how much a whole is more than its parts."""

    columns: list[Integers]
    factors: list[Floats]
    spare: list[float]
    size: int

    def add(self, whole: int, parts: Integers, more: float | None) -> None:
        """`whole` is the sum of `parts`, and of `more` (None: of no more, as everybody knows)."""
        columns, factors = [np.array([whole]), parts], [-np.ones(1), np.ones(parts.size)]
        if more is not None:
            columns.append(np.array([self.size + len(self.spare)]))
            factors.append(np.ones(1))
            self.spare.append(more)
        self.columns.append(np.concatenate(columns))
        self.factors.append(np.concatenate(factors))


def _system(linked: Linked, region: Region, limits: Limits) -> System:
    """The equations of a region. Cells that are settled stay in: the solver drops them."""
    place = np.full(linked.true.size, -1, np.int64)
    place[region.cells] = np.arange(region.cells.size)
    equations = _Equations([], [], [], region.cells.size)
    for link in _within(linked, set(region.tables)):
        _add(equations, linked, link, place)
    for twins in linked.unchanged:
        one, other = twins.one, twins.other
        both = (place[one] >= 0) & (place[other] >= 0)
        for mine, theirs in zip(place[one[both]].tolist(), place[other[both]].tolist(), strict=True):
            equations.add(mine, np.array([theirs]), None)
    value = np.concatenate([linked.true[region.cells], np.array(equations.spare, np.float64)])
    size, none = value.size, np.zeros(value.size)
    lengths = np.array([one.size for one in equations.columns], np.int64)
    blank: Floats = np.empty(0)
    return System(
        value=value,
        cost=np.ones(size),
        status=np.full(size, "s"),
        lower=none,
        upper=np.full(size, np.inf),
        protect_lower=none,
        protect_upper=none,
        protect_sliding=none,
        names=tuple(map(str, range(size))),
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        columns=np.concatenate(equations.columns).astype(np.int64)
        if lengths.size
        else blank.astype(np.int64),
        coefficients=np.concatenate(equations.factors) if lengths.size else blank,
        right=np.zeros(lengths.size),
    )


def _within(linked: Linked, tables: Collection[int]) -> Iterable[Link]:
    return (link for link in linked.links if link.tables[0] in tables and link.tables[1] in tables)


def _add(equations: _Equations, linked: Linked, link: Link, place: Integers) -> None:
    """What one link says: wholes that are sums, or at least as much."""
    if not link.is_sum:
        for part, at in zip(link.part.tolist(), link.at.tolist(), strict=True):
            whole = int(link.whole[at])
            more = float(linked.true[whole] - linked.true[part])
            equations.add(int(place[whole]), place[[part]], more)
        return
    order = np.argsort(link.at, kind="stable")
    for at, parts in enumerate(np.split(link.part[order], np.cumsum(np.bincount(link.at))[:-1])):
        whole = int(link.whole[at])
        rest = None if link.sums[at] else float(linked.true[whole] - linked.true[parts].sum())
        equations.add(int(place[whole]), place[parts], rest)
