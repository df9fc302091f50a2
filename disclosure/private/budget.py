"""A budget of privacy loss, in zero-concentrated differential privacy (zCDP; Bun and Steinke 2016).

The losses of several tables about the same people add up. Once the budget is spent, no table more is made.
"""

import math
from dataclasses import dataclass, field

from disclosure.errors import PerturbationError

# What adding up many parts in floating point may be off by: far below any loss that matters.
_ROUNDING = 1e-12


def epsilon_of(rho: float, delta: float) -> float:
    """The epsilon that a loss of `rho` means at most, at this `delta` (Bun and Steinke 2016, proposition 1.3)."""
    _check_delta(delta)
    return rho + 2 * math.sqrt(rho * math.log(1 / delta))


def rho_of(epsilon: float, delta: float) -> float:
    """The loss whose epsilon is at most `epsilon` at this `delta`: `epsilon_of`, the other way round."""
    _check_delta(delta)
    if not (math.isfinite(epsilon) and epsilon > 0):
        raise PerturbationError(f"epsilon must be more than 0, not {epsilon}")
    return (math.sqrt(math.log(1 / delta) + epsilon) - math.sqrt(math.log(1 / delta))) ** 2


@dataclass
class Budget:
    """What may be lost in all (`rho`), and what has been spent on what. Asking for more is a PerturbationError."""

    rho: float
    _spent: list[tuple[str, float]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        if not (math.isfinite(self.rho) and self.rho > 0):
            raise PerturbationError(f"a privacy budget (rho) must be more than 0, not {self.rho}")

    @property
    def spent(self) -> float:
        """The loss so far."""
        return math.fsum(rho for _, rho in self._spent)

    @property
    def left(self) -> float:
        """What may still be lost."""
        return max(0.0, self.rho - self.spent)

    @property
    def entries(self) -> tuple[tuple[str, float], ...]:
        """What was paid for, and what it cost, in the order of spending."""
        return tuple(self._spent)

    def spend(self, rho: float, what: str) -> None:
        """Write `rho` down, or raise PerturbationError and leave the budget as it is."""
        if not (math.isfinite(rho) and rho > 0):
            raise PerturbationError(f"{what} must cost more than 0 of the privacy budget, not {rho}")
        if math.fsum((self.spent, rho)) > self.rho * (1 + _ROUNDING):
            raise PerturbationError(
                f"{what} would cost {rho:g} of the privacy budget, and {self.left:g} of {self.rho:g} is left. Ask for "
                "fewer tables, accept more noise, or publish nothing more about these people."
            )
        self._spent.append((what, rho))


def _check_delta(delta: float) -> None:
    if not 0 < delta < 1:
        raise PerturbationError(f"delta must lie between 0 and 1, not {delta}")
