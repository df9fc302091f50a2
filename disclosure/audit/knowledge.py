"""What anybody may know of how figures were made safe: the method is no secret, the keys are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Knowledge:
    """A shown figure stands for a count from `below` under it to `above` over it, and on average for itself, with
    `variance`; a withheld one for a count from `withheld_lowest` to `withheld_highest` (None: any).

    `zero_is_zero`: a shown 0 is a true one. `above_zero`: what is shown above zero is never a true zero.
    """

    below: int
    above: int
    variance: float
    withheld_lowest: int = 0
    withheld_highest: int | None = None
    zero_is_zero: bool = False
    above_zero: bool = True

    @classmethod
    def of_threshold(cls, threshold: int) -> "Knowledge":
        """Counts from 1 under a threshold are withheld; the others, and zeros, are exact."""
        return cls(0, 0, 0.0, 1, threshold - 1, zero_is_zero=True)

    @classmethod
    def of_rounding(cls, base: int, threshold: int) -> "Knowledge":
        """Counts under a threshold, zeros too, are withheld; the others are rounded to the nearest `base`."""
        return cls(base // 2, base // 2, (base * base - 1) / 12, 0, threshold - 1)

    @classmethod
    def of_cell_keys(cls, bound: int, variance: float, *, coarsened: int = 0) -> "Knowledge":
        """Counts carry cell-key noise of a variance, never more than `bound`; zero stays zero. What is withheld says
        nothing. `coarsened`: a figure may be that of a whole which has up to so many more."""
        return cls(bound + coarsened, bound, variance)

    def bounds(self, shown: Floats, true: Floats) -> tuple[Floats, Floats]:
        """The smallest and the largest count that each figure can stand for; NaN: withheld. `inf`: no bound. Where the
        true count lies outside (a figure that was kept from an earlier release), the bounds reach to it: the attacker
        is never led astray. NaN: not known here."""
        hidden = np.isnan(shown)
        at_least = np.where(shown > 0, 1.0 if self.above_zero else 0.0, 0.0)
        lowest = np.where(hidden, self.withheld_lowest, np.maximum(shown - self.below, at_least))
        most = np.inf if self.withheld_highest is None else self.withheld_highest
        above = np.where(shown == 0, 0 if self.zero_is_zero else self.above, self.above)
        highest = np.where(hidden, most, shown + above)
        return np.fmin(lowest, true), np.fmax(highest, true)
