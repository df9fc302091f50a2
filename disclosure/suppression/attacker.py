"""What an attacker can find out about one cell of a pattern, by linear programs over the neighbourhood of the cell.

Everything is told in units of the goal, and nothing needs to move further than the goal at first: that keeps the
numbers small, and the multipliers give inequalities that are as strong as they can be.
"""

from dataclasses import dataclass

import numpy as np

from disclosure.suppression.model import Goal, Model
from disclosure.suppression.regions import Region, Regions
from disclosure.suppression.solver import answer, quiet_solver
from disclosure.tables.system import Floats, Integers

# A goal counts as reached when this share of it is.
REACHED = 1 - 1e-6
# Beyond this many times the goal no cell needs to move.
FURTHEST = 1e4


@dataclass(frozen=True)
class Push:
    """How far a column could be pushed one way: `reached`, as a share of the goal; the `moves` of the `columns` that
    did it, in units of the table; and the `multipliers` of the equations `rows`, which show that it is no further."""

    reached: float
    columns: Integers
    moves: Floats
    rows: Integers
    multipliers: Floats


class Attacker:
    """Pushes columns of a Model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.regions = Regions(model)
        self.solved = 0
        self._solver = quiet_solver()

    def push(
        self,
        goal: Goal,
        sign: int,
        region: Region,
        openness: Floats,
        known: Integers | None = None,
        *,
        furthest: float = 1.0,
    ) -> Push:
        """Push the goal's column up (`sign` 1) or down as far as the region lets it.

        `openness`: for each column of the Model how far it is suppressed, from 0 to 1. `known`: columns that the
        attacker knows. `furthest`: how many times the goal any column may move.
        """
        model, columns = self.model, region.columns
        share = openness[columns]
        if known is not None:
            share = np.where(np.isin(columns, known), 0.0, share)
        program = region.program
        objective = np.zeros(columns.size)
        objective[region.place(goal.column)] = sign
        program.col_cost_ = objective
        program.col_lower_ = -np.minimum(model.down[columns] / goal.amount, furthest) * share
        program.col_upper_ = np.minimum(model.up[columns] / goal.amount, furthest) * share
        self.solved += 1
        if not answer(self._solver, program):
            # Never seen: 0 is always a solution, and all is bounded. Nothing is taken to be reached.
            return Push(0.0, columns, np.zeros(columns.size), region.rows, np.zeros(region.rows.size))
        solution = self._solver.getSolution()
        moves = np.asarray(solution.col_value, np.float64)
        reached = float(sign * moves[region.place(goal.column)])
        moves[np.abs(moves) < 1e-9] = 0.0
        return Push(
            reached, columns, moves * goal.amount, region.rows, np.asarray(solution.row_dual, np.float64)
        )

    def pushes(
        self,
        goal: Goal,
        region: Region,
        openness: Floats,
        known: Integers | None = None,
        *,
        furthest: float = 1.0,
    ) -> tuple[Push, ...]:
        """Push the column the way that the goal asks; both ways where it asks for a width."""
        signs = (goal.sign,) if goal.sign else (1, -1)
        return tuple(self.push(goal, sign, region, openness, known, furthest=furthest) for sign in signs)


def reaches(pushes: tuple[Push, ...]) -> bool:
    """Whether the pushes, together, reach their goal."""
    return sum(push.reached for push in pushes) >= REACHED


def used(pushes: tuple[Push, ...]) -> Integers:
    """The columns that moved."""
    return np.unique(np.concatenate([push.columns[push.moves != 0] for push in pushes]))
