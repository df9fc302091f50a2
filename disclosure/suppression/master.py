"""The cheapest pattern that satisfies every inequality found so far: a program of zeros and ones, solved by HiGHS."""

from dataclasses import dataclass

import highspy
import numpy as np

from disclosure.suppression.cuts import Cut, every_equation
from disclosure.suppression.model import Model
from disclosure.suppression.solver import quiet_solver
from disclosure.tables.system import Flags, Floats, Integers

# Costs are told to the solver as at most this, so that its tolerances mean something.
_DEAREST = 1e6


@dataclass(frozen=True)
class Choice:
    """`openness`: for each column how far it is suppressed (0 or 1 where `whole` was asked for; 1 for a primary one).
    `bound`: no pattern that satisfies the inequalities costs less. `finished`: the solver was not cut off by time."""

    openness: Floats
    bound: float
    finished: bool


class Master:
    """The inequalities, and the program of them."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._free = np.flatnonzero(~model.must)
        self._place = np.full(model.columns, -1, np.int64)
        self._place[self._free] = np.arange(self._free.size)
        self.fixed = float(model.cost[model.must].sum())
        cost = model.cost[self._free]
        dearest = float(cost.max(initial=0.0))
        self.whole = bool(np.all(cost == np.round(cost))) and dearest <= _DEAREST
        self._scale = 1.0 if dearest <= _DEAREST else dearest / _DEAREST
        self._known: set[bytes] = set()
        self._solver = quiet_solver()
        solver, count = self._solver, self._free.size
        solver.addVars(count, np.zeros(count), np.ones(count))
        solver.changeColsCost(count, np.arange(count, dtype=np.int32), cost / self._scale)
        self._cuts: list[Cut] = []
        self._with: list[list[int]] = [[] for _column in range(model.columns)]
        asking = {goal.column: goal.cell for goal in model.goals}
        for column, others in every_equation(model):
            if column in asking:
                self.add(Cut(others, np.ones(others.size), asking[column]))
            else:
                places = np.concatenate(([self._place[column]], self._place[others]))
                self._row(places, np.concatenate(([-1.0], np.ones(others.size))), 0.0)

    @property
    def step(self) -> float:
        """Two patterns whose costs differ differ by at least this."""
        return 1.0 if self.whole else 1e-6 * self._scale

    def add(self, cut: Cut) -> bool:
        """Whether the inequality was new."""
        key = cut.columns.tobytes() + np.round(cut.weights, 9).tobytes()
        if key in self._known:
            return False
        self._known.add(key)
        for column in cut.columns.tolist():
            self._with[column].append(len(self._cuts))
        self._cuts.append(cut)
        self._row(self._place[cut.columns], cut.weights, 1.0)
        return True

    def needed(self, column: int, opened: Flags) -> int | None:
        """The primary cell that would be known too closely without a column of a pattern, if an inequality says so."""
        without = opened.astype(np.float64)
        without[column] = 0.0
        for number in self._with[column]:
            if self._cuts[number].at(without) < 1 - 1e-6:
                return self._cuts[number].cell
        return None

    def relaxed(self) -> Choice:
        """The cheapest openness, from 0 to 1 a column."""
        count = self._free.size
        solver = self._solver
        solver.changeColsBounds(count, np.arange(count, dtype=np.int32), np.zeros(count), np.ones(count))
        self._kinds(highspy.HighsVarType.kContinuous)
        self._solver.setOptionValue("presolve", "off")
        self._solver.setOptionValue("time_limit", highspy.kHighsInf)
        self._solver.run()
        value = self._solver.getInfo().objective_function_value * self._scale + self.fixed
        return Choice(self._openness(), value, True)

    def whole_pattern(
        self,
        *,
        gap: float,
        seconds: float,
        nodes: int,
        start: Flags | None = None,
        within: Flags | None = None,
        among: Flags | None = None,
    ) -> Choice:
        """The cheapest pattern, or one that costs at most the share `gap` more than the cheapest.

        `seconds`, `nodes`: give up the search then, with the best pattern met. `start`: a pattern to begin from.
        `within`: what must be suppressed in any case; `among`: what may be suppressed at all (the bound then holds for
        such patterns only).
        """
        solver = self._solver
        count = self._free.size
        least = np.zeros(count) if within is None else within[self._free].astype(np.float64)
        most = np.ones(count) if among is None else among[self._free].astype(np.float64)
        solver.changeColsBounds(count, np.arange(count, dtype=np.int32), least, most)
        solver.setOptionValue("presolve", "choose")
        self._kinds(highspy.HighsVarType.kInteger)
        solver.setOptionValue("mip_rel_gap", gap)
        solver.setOptionValue("mip_abs_gap", self.step / self._scale * 0.999)
        solver.setOptionValue("mip_max_nodes", nodes)
        solver.setOptionValue("time_limit", max(seconds, 0.1) + solver.getRunTime())
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = start[self._free].astype(np.float64)
            solver.setSolution(solution)
        solver.run()
        info = solver.getInfo()
        finished = solver.getModelStatus() != highspy.HighsModelStatus.kTimeLimit
        bound = info.mip_dual_bound * self._scale + self.fixed
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Choice(np.ones(self._model.columns), bound, finished)
        return Choice(np.round(self._openness()), bound, finished)

    def _openness(self) -> Floats:
        openness = np.ones(self._model.columns)
        openness[self._free] = np.clip(self._solver.getSolution().col_value, 0.0, 1.0)
        return openness

    def _kinds(self, kind: highspy.HighsVarType) -> None:
        count = self._free.size
        kinds = np.full(count, int(kind.value), np.uint8)
        self._solver.changeColsIntegrality(count, np.arange(count, dtype=np.int32), kinds)

    def _row(self, places: Integers, weights: Floats, least: float) -> None:
        self._solver.addRow(least, highspy.kHighsInf, places.size, places.astype(np.int32), weights)
