"""The linear programs of an attacker: how far one cell can go while every equation and everything known still holds.

Cells that are fixed fall out first, by propagation; what is left falls apart into components that share no equation,
and each is one program, kept warm: from one cell to the next only the objective changes, so the last answer is a
feasible start. All is told as distance from the true table, which is feasible itself, so that no first phase is needed.
"""

from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array
from scipy.sparse.csgraph import connected_components

from disclosure.audit.known import Known
from disclosure.audit.propagation import propagate
from disclosure.tables.system import Floats, Integers, System

# The widest interval of a component after scaling: between the solver's tolerance (1e-7) and its idea of large.
_WIDEST = 1e4


@dataclass(frozen=True)
class Reach:
    """How far from the truth each cell can be: `below` <= 0 <= `above`, from propagation alone."""

    below: Floats
    above: Floats
    components: tuple[Integers, ...]  # cells that are not fixed, by component, in order


def reach(system: System, known: Known, *, whole: bool) -> Reach:
    """Bounds by propagation, and the components of what they leave open. `whole`: an attacker knows that all are
    whole numbers."""
    known = known.within(system)
    below, above = propagate(
        system.matrix,
        np.zeros(system.equations),
        known.lowest - system.value,
        known.highest - system.value,
        whole=whole,
    )
    below, above = np.minimum(below, 0.0), np.maximum(above, 0.0)
    width = above - below
    free = width > 1e-9 * np.maximum(1.0, np.abs(system.value))
    below, above = np.where(free, below, 0.0), np.where(free, above, 0.0)
    return Reach(below, above, tuple(_components(system.by_cell, free)))


class Program:
    """The linear program of one component. `matrix`: `System.by_cell`; `cells`: places in the System, in the order of
    the program's columns."""

    def __init__(
        self, matrix: csr_array, cells: Integers, below: Floats, above: Floats, *, scaled: bool = True
    ) -> None:
        self.cells = cells
        self.solved = 0
        widths = (above - below)[cells]
        finite = widths[np.isfinite(widths)]
        self.scale = max(float(finite.max(initial=0.0)), 1e-300) / _WIDEST if finite.size and scaled else 1.0
        rows = csr_array(matrix[:, cells])
        rows = csr_array(rows[np.diff(rows.indptr) > 0])
        self._low = below[cells] / self.scale
        self._high = above[cells] / self.scale
        self._solver = _solver(rows, self._low, self._high)
        self._objective = np.empty(0, np.int32)

    def furthest(self, places: Integers, factors: Floats) -> Floats | None:
        """The distances of all cells of the component where `sum(factors * distance[places])` is largest; None where
        the solver finds no answer. An endless distance is told as infinite for the first of `places`."""
        solver = self._solver
        if self._objective.size:
            solver.changeColsCost(self._objective.size, self._objective, np.zeros(self._objective.size))
        self._objective = places.astype(np.int32)
        solver.changeColsCost(places.size, self._objective, np.asarray(factors, np.float64))
        self.solved += 1
        for attempt in range(2):
            solver.run()
            status = solver.getModelStatus()
            if status == highspy.HighsModelStatus.kOptimal:
                return np.asarray(solver.getSolution().col_value, np.float64) * self.scale
            if status in (
                highspy.HighsModelStatus.kUnbounded,
                highspy.HighsModelStatus.kUnboundedOrInfeasible,
            ):
                endless = np.zeros(self.cells.size)
                endless[places[0]] = np.inf if factors[0] > 0 else -np.inf
                return endless
            if not attempt:
                solver.clearSolver()
        return None

    def fix(self, places: Integers) -> None:
        """Whoever asks from now on knows these cells."""
        self._bounds(places, np.zeros(places.size), np.zeros(places.size))

    def release(self, places: Integers) -> None:
        """Take back `fix`."""
        self._bounds(places, self._low[places], self._high[places])

    def whole(self) -> None:
        """From now on all cells are whole numbers (the program is one of whole numbers)."""
        if self.scale != 1.0:
            raise ValueError("a program of whole numbers is not scaled")
        self._solver.setOptionValue("presolve", "on")
        self._solver.setOptionValue("mip_rel_gap", 0.0)
        kinds = np.full(self.cells.size, int(highspy.HighsVarType.kInteger.value), np.uint8)
        self._solver.changeColsIntegrality(self.cells.size, np.arange(self.cells.size, dtype=np.int32), kinds)

    def _bounds(self, places: Integers, low: Floats, high: Floats) -> None:
        self._solver.changeColsBounds(places.size, places.astype(np.int32), low, high)


def _components(matrix: csc_array, free: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[Integers]:
    """Free cells, by the equations that they share, in order of their first cell. One that is in no equation is a
    component of its own."""
    cells = np.flatnonzero(free)
    if not cells.size:
        return []
    within = coo_array(csc_array(matrix[:, cells]))
    equations = int(matrix.shape[0])
    # Cells and equations are the nodes of one graph: no pair of cells is ever written down.
    nodes = cells.size + equations
    graph = coo_array((np.ones(within.col.size), (within.col, within.row + cells.size)), shape=(nodes, nodes))
    _count, label = connected_components(graph, directed=False)
    label = label[: cells.size]
    order = np.argsort(label, kind="stable")
    parts = np.split(cells[order], np.flatnonzero(np.diff(label[order])) + 1)
    return sorted(parts, key=lambda part: int(part[0]))


def _solver(rows: csr_array, low: Floats, high: Floats) -> highspy.Highs:
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("presolve", "off"),
        ("solver", "simplex"),
        ("simplex_strategy", 4),  # primal: the last answer stays feasible when only the objective changes
        ("random_seed", 0),
    ):
        solver.setOptionValue(option, value)
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = rows.shape[1], rows.shape[0]
    program.sense_ = highspy.ObjSense.kMaximize
    program.col_cost_ = np.zeros(rows.shape[1])
    program.col_lower_, program.col_upper_ = low, high
    program.row_lower_ = program.row_upper_ = np.zeros(rows.shape[0])
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = rows.indptr.astype(np.int32)
    program.a_matrix_.index_ = rows.indices.astype(np.int32)
    program.a_matrix_.value_ = rows.data
    solver.passModel(program)
    return solver
