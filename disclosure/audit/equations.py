"""Linear programs on lattices: what a table and its margins leave open at the very least, by all equations at once."""

from collections.abc import Sequence

import numpy as np

from disclosure.audit.attack import SMALL, Attack, worst_first
from disclosure.audit.intervals import intervals
from disclosure.audit.knowledge import Knowledge
from disclosure.audit.known import Known
from disclosure.audit.lattice import Floats, Integers, narrow
from disclosure.audit.lattices import Lattice
from disclosure.audit.view import View
from disclosure.tables.system import System

# How many linear programs are solved inside a publish step, and on how many cells of a lattice at most.
PROGRAMS = 120
_LARGEST = 2_500


def system_of_lattice(lattice: Floats) -> System:
    """The equations of a lattice of true counts: along every axis a whole is the sum of its parts. Its cells are those
    of the flattened array, named by their places."""
    places = np.arange(lattice.size).reshape(lattice.shape)
    columns: list[Integers] = []
    for axis in range(lattice.ndim):
        columns += list(np.moveaxis(places, axis, -1).reshape(-1, lattice.shape[axis]))
    lengths = np.array([one.size for one in columns], np.int64)
    # The whole stands last on its axis.
    factors = [np.append(np.ones(one.size - 1), -1.0) for one in columns]
    size = lattice.size
    zeros = np.zeros(size)
    return System(
        value=lattice.ravel().astype(np.float64),
        cost=np.ones(size),
        status=np.full(size, "s"),
        lower=zeros,
        upper=np.full(size, np.inf),
        protect_lower=zeros,
        protect_upper=zeros,
        protect_sliding=zeros,
        names=tuple(str(place) for place in range(size)),
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        columns=np.concatenate(columns).astype(np.int64) if columns else np.empty(0, np.int64),
        coefficients=np.concatenate(factors) if factors else np.empty(0),
        right=np.zeros(len(columns)),
    )


def exact_by_programs(view: View, lattices: Sequence[Lattice], programs: int = PROGRAMS) -> Attack:
    """The small cells that propagation leaves the least choice, by linear programs over their table and its margins:
    those whose count follows exactly. The narrowest of `lattices` first, with at most `programs` programs."""
    tables = []
    for lattice in lattices:
        if lattice.true.size <= _LARGEST:
            narrowest = _narrowest(lattice, view.knowledge)
            if narrowest.size:
                tables.append((lattice, narrowest))
    examined = found = 0
    worst: dict[str, int] = {}
    for lattice, cells in _shared_out(tables, view.knowledge, programs):
        known = Known(*(one.ravel() for one in narrow(*view.knowledge.bounds(lattice.shown, lattice.true))))
        solved = intervals(
            system_of_lattice(lattice.true), known, cells=cells, programs=2 * cells.size, whole=True
        )
        # What narrowing alone has settled was found before.
        exact = int((solved.highest - solved.lowest < 0.5)[cells].sum())
        examined += cells.size
        found += exact
        if exact:
            worst[lattice.question] = worst.get(lattice.question, 0) + exact
    return Attack(
        "exact_by_programs",
        "Small counts of which the totals leave the least choice, worked out by linear programs: those that follow "
        "exactly. None may.",
        examined,
        found,
        found / examined if examined else None,
        0.0,
        questions=worst_first(worst),
    )


def _narrowest(lattice: Lattice, knowledge: Knowledge) -> Integers:
    """The small cells that are still open, the narrowest first."""
    low, high = (one.ravel() for one in narrow(*knowledge.bounds(lattice.shown, lattice.true)))
    true = lattice.true.ravel()
    cells = np.flatnonzero((true > 0) & (true <= SMALL) & (high > low))
    return np.asarray(cells[np.lexsort((cells, (high - low)[cells]))], np.int64)


def _shared_out(
    tables: list[tuple[Lattice, Integers]], knowledge: Knowledge, programs: int
) -> list[tuple[Lattice, Integers]]:
    """As many cells in all as there may be programs: the narrowest of all tables, a program for either end."""
    widths = []
    for place, (lattice, cells) in enumerate(tables):
        low, high = (one.ravel() for one in narrow(*knowledge.bounds(lattice.shown, lattice.true)))
        widths += [(float((high - low)[cell]), place, int(cell)) for cell in cells[: programs // 2]]
    chosen: dict[int, list[int]] = {}
    for _width, place, cell in sorted(widths)[: programs // 2]:
        chosen.setdefault(place, []).append(cell)
    return [(tables[place][0], np.array(cells, np.int64)) for place, cells in sorted(chosen.items())]
