"""The lattices of a view: every table that is no margin of another, with all of its own margins."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from disclosure.audit.attack import SMALL
from disclosure.audit.lattice import Floats, finest_of
from disclosure.audit.view import Key, Table, View

# So many lattices are attacked inside a publish step.
MOST_LATTICES = 40


Kind = TypeVar("Kind", np.float64, np.int64)


class Part(Protocol):
    """What is known of any lattice: of which table it is, along which dimensions totals are sums, and which others have
    one code each."""

    @property
    def measure(self) -> str: ...
    @property
    def scope(self) -> str: ...
    @property
    def free(self) -> frozenset[str]: ...
    @property
    def fixed(self) -> frozenset[tuple[str, int]]: ...


AnyPart = TypeVar("AnyPart", bound=Part)


@dataclass(frozen=True)
class Additive(Generic[Kind]):
    """Part of a table in which every whole is the sum of its parts: true counts, and what stands `beside` each of them
    (a figure that is shown, the number of a cell). `free` and `fixed` as in Lattice."""

    true: Floats
    beside: NDArray[Kind]
    free: frozenset[str]
    fixed: frozenset[tuple[str, int]] = frozenset()


@dataclass(frozen=True)
class Lattice:
    """True and shown counts (NaN: withheld) with margins as disclosure.audit.lattice has them. `free`: the dimensions
    along which totals are sums; `fixed`: others, with the place of one code each."""

    question: str
    measure: str
    scope: str
    free: frozenset[str]
    fixed: frozenset[tuple[str, int]]
    true: Floats
    shown: Floats

    @property
    def finest(self) -> Floats:
        """The true finest counts."""
        return finest_of(self.true)


def lattices_of(view: View) -> list[Lattice]:
    """The lattices of all tables of a view, in order of their questions, but for those that lie in larger ones.

    A place more stands on an axis where some rows have none of its codes. Where one row can have several of them (a
    family with two needs), totals are no sums: then every code has a lattice of its own.
    """
    margins = margins_of(view)
    found: list[Lattice] = []
    for table in sorted(view.tables.values(), key=lambda one: one.question):
        if table.key not in margins:
            true, shown = _filled(view, table)
            found += (
                Lattice(table.question, table.measure, table.scope, one.free, one.fixed, one.true, one.beside)
                for one in additive(true, shown, np.nan, table.dimensions)
            )
    return outermost(found)


def worst_lattices(view: View, cells: int) -> list[Lattice]:
    """The lattices with small counts, those with the most of them first, as many as have so many cells together, and
    no more than MOST_LATTICES."""
    small = [(int(_small(one.finest)), one) for one in lattices_of(view)]
    found: list[Lattice] = []
    room = cells
    for many, lattice in sorted(small, key=lambda item: (-item[0], item[1].true.size, item[1].question)):
        if many and lattice.true.size <= room and len(found) < MOST_LATTICES:
            room -= lattice.true.size
            found.append(lattice)
    return found


def _small(true: Floats) -> int:
    return int(np.count_nonzero((true >= 1) & (true <= SMALL)))


def margins_of(view: View) -> set[Key]:
    """The tables that are margins of others."""
    found: set[Key] = set()
    for measure, scope, names in view.tables:
        for many in range(len(names)):
            found |= {(measure, scope, frozenset(kept)) for kept in combinations(sorted(names), many)}
    return found


def _filled(view: View, table: Table) -> tuple[Floats, Floats]:
    """A table with the margins that the view has; what it does not have is withheld, and true as the sum of its
    parts."""
    shape = tuple(length + 1 for length in table.true.shape)
    true, shown = np.full(shape, np.nan), np.full(shape, np.nan)
    names = table.dimensions
    for many in range(len(names), -1, -1):
        for kept in combinations(names, many):
            margin = view.tables.get((table.measure, table.scope, frozenset(kept)))
            place = tuple(slice(0, -1) if name in kept else -1 for name in names)
            if margin is not None:
                true[place] = margin.in_order(margin.true, kept)
                shown[place] = margin.in_order(margin.shown, kept)
            else:
                axis = next(axis for axis, name in enumerate(names) if name not in kept)
                finer = tuple(slice(0, -1) if at == axis else one for at, one in enumerate(place))
                summed = sum(name in kept for name in names[:axis])
                true[place] = true[finer].sum(summed)
    return true, shown


def outermost(lattices: Iterable[AnyPart]) -> list[AnyPart]:
    """Those that lie in no larger one of the same measure, and have totals."""
    found: dict[tuple[str, str, frozenset[tuple[str, int]]], list[AnyPart]] = {}
    for lattice in lattices:
        alike = found.setdefault((lattice.measure, lattice.scope, lattice.fixed), [])
        if lattice.free and not any(lattice.free <= other.free for other in alike):
            alike[:] = [*(other for other in alike if not other.free <= lattice.free), lattice]
    return [lattice for alike in found.values() for lattice in alike]


def additive(
    true: Floats, beside: NDArray[Kind], blank: float, dimensions: Sequence[str]
) -> Iterator[Additive[Kind]]:
    """The parts of a table with its totals (a place more on every axis, the last) in which every whole is the sum of
    its parts. A place more stands where some rows have no code, with `blank` beside it; where one row can have several
    codes, each code has a part of its own."""
    return _additive(Additive(true, beside, frozenset(dimensions)), blank, list(dimensions))


def _additive(
    part: Additive[Kind], blank: float, names: list[str], axis: int = 0
) -> Iterator[Additive[Kind]]:
    """The same from the given axis on; `names`: of the axes."""
    true, beside = part.true, part.beside
    if axis == true.ndim:
        yield part
        return
    parts, whole = np.split(true, [-1], axis=axis)
    left = whole - parts.sum(axis, keepdims=True)
    if (left < 0).any():
        others = [*names[:axis], *names[axis + 1 :]]
        for place in range(true.shape[axis]):
            # The last place is all of them together, however many there are.
            code = frozenset({(names[axis], place)} if place < true.shape[axis] - 1 else ())
            one = Additive(
                np.asarray(true.take(place, axis)),
                np.asarray(beside.take(place, axis)),
                part.free - {names[axis]},
                part.fixed | code,
            )
            yield from _additive(one, blank, others, axis)
        return
    if left.any():
        seen, seen_whole = np.split(beside, [-1], axis=axis)
        unknown = np.full(left.shape, blank, beside.dtype)
        true = np.concatenate([parts, left, whole], axis=axis)
        beside = np.concatenate([seen, unknown, seen_whole], axis=axis)
    yield from _additive(Additive(true, beside, part.free, part.fixed), blank, names, axis + 1)
