"""How the cell of a goal could move, by one linear program over the whole table that pays for what must be suppressed.

Beginning from no move at all, the program does as many steps as its answer is long, so it is quick in any table. (The
continuous relaxation of the incremental attacker, as Kelly, Golden and Assad, "Cell suppression: disclosure protection
for sensitive tabular data", Networks 22, 1992, with the prices sharpened by what the last answer used.)
"""

from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csr_array, hstack

from disclosure.suppression.model import Goal, Model
from disclosure.suppression.regions import Regions
from disclosure.suppression.solver import answer, program_of, quiet_solver
from disclosure.tables.system import Flags, Floats, Integers

# What moves by less than this share of the goal does not move: a tenth of the solver's tolerance.
_STILL = 1e-8
# How many times the goal a column may move: enough at first, and enough in any case.
_FAR = (10.0, 1e4)
# What a suppressed column costs to move, as a share of the dearest: of equal ways the one over few columns.
_HARDLY = 1e-7
# How often prices are sharpened, and the share of the goal below which a move is not taken to be cheap to do without.
_SHARPER = 2
_SHARE = 0.1


# Ways are looked for among columns so many steps from the goal's, before all.
_NEAR = (2, 3)


@dataclass(frozen=True)
class _Part:
    """The `columns` that may move, and the program of them: each twice, for up and for down."""

    columns: Integers
    program: highspy.HighsLp


class Flows:
    """Finds moves in a Model. `solved`: how many programs so far, a measure of work that no clock disturbs."""

    def __init__(self, model: Model, regions: Regions) -> None:
        self._model = model
        self._regions = regions
        self.solved = 0
        self._solver = quiet_solver()
        self._by_column = csr_array(model.matrix.T)
        self._all = self._part(np.arange(model.columns))
        self._parts: dict[tuple[int, int], _Part] = {}
        # Where the last answer to a question ended: the next one is near.
        self._ends: dict[tuple[int, int, int], highspy.HighsBasis] = {}
        dearest = float(model.cost.max(initial=0.0)) or 1.0
        self._cost = model.cost / dearest + 10 * _HARDLY

    def way(self, goal: Goal, opened: Flags, known: Integers | None) -> Integers | None:
        """The columns over which the goal is met within a pattern; None where it is missed."""
        barred = np.full(opened.size, np.inf)
        for radius in _NEAR:
            met = self._met(goal, opened, known, barred, self._near(goal.column, radius))
            if met is not None:
                return met
        return self._met(goal, opened, known, barred, self._all)

    def cheapest_way(
        self, goal: Goal, opened: Flags, known: Integers | None, allowed: Flags
    ) -> Integers | None:
        """The columns over which the goal is met at little cost for those that the pattern does not suppress yet (of
        the `allowed` ones); None where it cannot be."""
        model = self._model
        cost = np.where(allowed & ~opened, self._cost, np.inf)
        room = np.minimum(np.maximum(model.up, model.down) / goal.amount, 1.0)
        prices = cost / np.maximum(room, _STILL)
        best, least = None, np.inf
        for sharper in range(_SHARPER + 1):
            moved = np.zeros(opened.size) if sharper < _SHARPER else None
            columns = self._met(goal, opened, known, prices, self._all, moved)
            if columns is None:
                break
            more = columns[~opened[columns]]
            price = float(cost[more].sum())
            if price < least:
                best, least = columns, price
            if not more.size or moved is None:
                break
            prices = cost / np.maximum(moved, _SHARE)
        return best

    def _near(self, column: int, radius: int) -> _Part:
        key = (column, radius)
        if key not in self._parts:
            self._parts[key] = self._part(self._regions.relaxed(column, radius).columns)
        return self._parts[key]

    def _part(self, columns: Integers) -> _Part:
        """The program of some columns, where no other moves."""
        lines = self._by_column[columns]
        rows = np.unique(lines.indices)
        matrix = csr_array(csr_array(lines.T)[rows])
        both = csr_array(hstack([matrix, -matrix]))
        return _Part(columns, program_of(both, np.zeros(rows.size), most=False))

    def _met(
        self,
        goal: Goal,
        opened: Flags,
        known: Integers | None,
        prices: Floats,
        part: _Part,
        moved: Floats | None = None,
    ) -> Integers | None:
        """Meet a goal; where it asks for a width, as much of it upwards as there is room for."""
        model = self._model
        asked = [(goal.sign, goal.amount)]
        if not goal.sign:
            above = min(float(model.up[goal.column]), goal.amount)
            asked = [(sign, some) for sign, some in ((1, above), (-1, goal.amount - above)) if some > 0]
        columns = []
        for sign, amount in asked:
            for far in _FAR:
                moves = self._move(goal.column, sign * amount, opened, known, prices, part, far)
                if moves is not None:
                    break
            else:
                return None
            columns.append(part.columns[moves > _STILL])
            if moved is not None:
                moved[part.columns] = np.maximum(moved[part.columns], moves)
        return np.unique(np.concatenate(columns))

    def _move(
        self,
        column: int,
        amount: float,
        opened: Flags,
        known: Integers | None,
        prices: Floats,
        part: _Part,
        far: float,
    ) -> Floats | None:
        """How far each column of the part moves, as a share of the (signed) amount by which one of them must, at the
        least prices for columns that are shown."""
        model, columns, count = self._model, part.columns, part.columns.size
        shut = known if known is not None else np.empty(0, np.int64)
        opened, prices = opened[columns], prices[columns]
        free = (opened | np.isfinite(prices)) & ~np.isin(columns, shut)
        up = np.where(free, np.minimum(model.up[columns] / abs(amount), far), 0.0)
        down = np.where(free, np.minimum(model.down[columns] / abs(amount), far), 0.0)
        most = np.concatenate((up, down))
        place = int(np.searchsorted(columns, column))
        own, other = (place, count + place) if amount > 0 else (count + place, place)
        # The checks take a goal for met a little before it is, as the solver does.
        if most[own] < 1.0 - 1e-7:
            return None
        least = np.zeros(2 * count)
        least[own] = most[own] = min(1.0, most[own])
        most[other] = 0.0
        price = np.where(opened, _HARDLY, np.where(free, prices, 0.0))
        program = part.program
        program.col_cost_ = np.concatenate((price, price))
        program.col_lower_, program.col_upper_ = least, most
        self.solved += 1
        end = (
            (column, int(np.sign(amount)), -1 if known is None else int(known[0]))
            if part is self._all
            else None
        )
        if not answer(self._solver, program, self._ends.get(end) if end is not None else None):
            return None
        if end is not None:
            self._ends[end] = self._solver.getBasis()
        value = np.asarray(self._solver.getSolution().col_value, np.float64)
        return np.asarray(np.abs(value[:count] - value[count:]))
