"""Inequalities that every safe pattern satisfies, and that a given unsafe one does not.

Whatever the multipliers of the equations: their sum bounds how far a cell can be pushed by what the suppressed cells
leave room for (linear programming duality). That bound must be at least the goal: a capacity inequality of Fischetti
and Salazar-González (JASA 95, 2000), tightened by cutting each weight off at the goal, since a pattern is whole.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from disclosure.suppression.attacker import Push
from disclosure.suppression.model import Goal, Model
from disclosure.tables.system import Floats, Integers

_NOTHING = 1e-9


@dataclass(frozen=True)
class Cut:
    """`sum(weights * suppressed[columns]) >= 1`, over columns without a primary cell, weights from 0 to 1; or else the
    primary `cell` is known too closely."""

    columns: Integers
    weights: Floats
    cell: int

    def at(self, openness: Floats) -> float:
        """What the left side is for a pattern."""
        return float(self.weights @ openness[self.columns])


class Cutter:
    """Makes Cuts for a Model."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._transposed = csr_array(model.matrix.T)
        self._rows = model.matrix.shape[0]

    def cut(self, goal: Goal, pushes: tuple[Push, ...], known: Integers | None = None) -> Cut | None:
        """The inequality that the multipliers of the pushes prove; None where they prove nothing."""
        model = self._model
        weights = np.zeros(model.columns)
        for push, sign in zip(pushes, (goal.sign,) if goal.sign else (1, -1), strict=True):
            multipliers = np.zeros(self._rows)
            multipliers[push.rows] = push.multipliers
            slope = -(self._transposed @ multipliers)
            slope[goal.column] += sign
            own = 1.0 - sign * slope[goal.column]
            if own < _NOTHING:
                return None
            slope[np.abs(slope) < _NOTHING] = 0.0
            slope[goal.column] = 0.0
            rise, fall = np.flatnonzero(slope > 0), np.flatnonzero(slope < 0)
            weights[rise] += slope[rise] * model.up[rise] / (own * goal.amount)
            weights[fall] -= slope[fall] * model.down[fall] / (own * goal.amount)
        if known is not None:
            weights[known] = 0.0
        # What primary cells give is there already.
        missing = 1.0 - float(np.minimum(weights[model.must], 1.0).sum())
        if missing < _NOTHING:
            return None
        weights[model.must] = 0.0
        columns = np.flatnonzero(weights > _NOTHING)
        strength = np.minimum(weights[columns] / missing, 1.0)
        return Cut(columns, np.where(strength > 1 - _NOTHING, 1.0, strength), goal.cell)


def every_equation(model: Model) -> list[tuple[int, Integers]]:
    """For each column and equation the others in it, one of which must be suppressed with it: a cell that is alone in
    an equation is known. Only where no other holds a primary cell, which would do (bridgeless inequalities)."""
    pairs = []
    matrix = model.matrix
    for row in range(matrix.shape[0]):
        columns = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]].astype(np.int64)
        musts = columns[model.must[columns]]
        for column in musts if musts.size == 1 else columns if not musts.size else ():
            pairs.append((int(column), columns[columns != column]))
    return pairs
