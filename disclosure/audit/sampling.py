"""A second attacker, for a second opinion: it knows the whole perturbation table, and weighs all possible tables.

Least squares (disclosure.audit.reconstruction) states the one best guess. This one draws tables at random, each as
often as it is likely given all that is shown (Metropolis sampling, many chains side by side), and says of every cell
how likely each count is. It is slower, and says whether figures are safe against one attack alone or against any.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from disclosure.audit.lattice import Floats, Integers, with_margins

# Counts from this on are told as one.
_MANY = 8
# What speaks against a figure that the table never gives, and how much more with every step away from it.
_NEVER, _FURTHER = 12.0, 3.0


@dataclass(frozen=True)
class Weighed:
    """`chances`: of every finest cell (its axes first) how likely each count from 0 to 7, and any above, is."""

    chances: Floats

    @property
    def claims(self) -> Floats:
        """The likeliest count of each cell."""
        likeliest: Floats = self.chances.argmax(-1).astype(np.float64)
        return likeliest

    def ones(self, sure: float) -> NDArray[np.bool_]:
        """Where it is at least as likely as `sure` that there is exactly one."""
        certain: NDArray[np.bool_] = self.chances[..., 1] >= sure
        return certain


def weigh(
    shown: Floats,
    transition: Floats,
    start: Floats,
    *,
    coarsened: int = 0,
    sweeps: int = 60,
    chains: int = 32,
    seed: int = 1,
) -> Weighed:
    """Attack a lattice (NaN: withheld). `transition[n, y]`: the chance that a count n is shown as y, whose last row
    stands for all larger counts by the same steps. `start`: finest counts to begin with, say those of least squares.
    `coarsened`: a figure may have been drawn for up to so many more."""
    chance = np.random.default_rng(seed)
    against = _Against(transition, coarsened)
    size = shown.size
    shape = start.shape
    margins = np.arange(size).reshape(shown.shape)
    holding = np.array(
        [[margins[place] for place in product(*((at, -1) for at in cell))] for cell in np.ndindex(*shape)],
        np.int64,
    )
    figure = shown.ravel()
    told = ~np.isnan(figure)
    figures = np.where(told, figure, 0).astype(np.int64)
    counts = np.repeat(np.maximum(np.rint(start), 0).ravel()[None].astype(np.int64), chains, 0)
    cells = np.repeat(with_margins(np.maximum(np.rint(start), 0)).ravel()[None].astype(np.int64), chains, 0)
    seen = np.zeros((holding.shape[0], _MANY + 1))
    for sweep in range(sweeps):
        for cell in chance.permutation(holding.shape[0]):
            held = holding[cell]
            step = chance.choice([-1, 1], chains)
            now = cells[:, held]
            worse = against(now + step[:, None], figures[held]) - against(now, figures[held])
            worse = np.where(told[held], worse, 0.0).sum(1)
            takes = (counts[:, cell] + step >= 0) & (np.log(chance.random(chains)) < -worse)
            moved = np.where(takes, step, 0)
            cells[:, held] = now + moved[:, None]
            counts[:, cell] += moved
        if sweep >= sweeps // 3:
            np.add.at(
                seen,
                (np.tile(np.arange(holding.shape[0]), chains), np.minimum(counts, _MANY).ravel()),
                1.0,
            )
    return Weighed((seen / seen.sum(1, keepdims=True)).reshape(*shape, _MANY + 1))


class _Against:
    """How much speaks against counts, given figures: minus the logarithm of the chance."""

    def __init__(self, transition: Floats, coarsened: int) -> None:
        chances = transition.copy()
        for more in range(1, coarsened + 1):
            # The figure of a whole that has a few more: as likely as not, and only of somebody.
            chances[1:-more] += transition[1 + more :] / (2 * coarsened)
        self.chances = chances / chances.sum(1, keepdims=True)
        self.last = transition.shape[0] - 1 - coarsened

    def __call__(self, counts: Integers, figures: Integers) -> Floats:
        row = np.clip(counts, 0, self.last)
        column = figures - (np.maximum(counts, 0) - row)
        known = (column >= 0) & (column < self.chances.shape[1]) & (counts >= 0)
        chance = self.chances[row, np.clip(column, 0, self.chances.shape[1] - 1)] * known
        further = _NEVER + _FURTHER * np.abs(counts - figures)
        with np.errstate(divide="ignore"):
            speaks: Floats = np.where(chance > 0, -np.log(chance), further)
        return speaks
