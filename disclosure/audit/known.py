"""What a release says about each cell of a table: an interval, whatever was done to the cell."""

from dataclasses import dataclass

import numpy as np

from disclosure.errors import PatternError
from disclosure.tables.system import Flags, Floats, System

_HAIR = 1e-6


@dataclass(frozen=True)
class Known:
    """For every cell of a System the lowest and the highest value that the release, read by itself, leaves open."""

    lowest: Floats
    highest: Floats

    def within(self, system: System) -> "Known":
        """The same, and what an attacker knows beforehand. Raises PatternError, naming the cell, where the true
        value is not inside: such a pattern is not one of this table."""
        if self.lowest.size != system.cells or self.highest.size != system.cells:
            raise PatternError(
                f"the pattern is for {self.lowest.size} cells, and the table has {system.cells}"
            )
        hair = _HAIR * np.maximum(1.0, np.abs(system.value)) + system.slack
        outside = ~(self.lowest <= system.value + hair) | ~(self.highest >= system.value - hair)
        if outside.any():
            name = system.names[int(np.argmax(outside))]
            raise PatternError(f"cell {name}: what the pattern says of it is not true of the table")
        lowest = np.minimum(np.maximum(self.lowest, system.lower), system.value)
        return Known(lowest, np.maximum(np.minimum(self.highest, system.upper), system.value))


def known_suppressed(system: System, suppressed: Flags) -> Known:
    """Nothing is known of a suppressed cell; every other is shown as it is."""
    if suppressed.size != system.cells:
        raise PatternError(f"the pattern is for {suppressed.size} cells, and the table has {system.cells}")
    return Known(np.where(suppressed, -np.inf, system.value), np.where(suppressed, np.inf, system.value))


def known_within(system: System, shown: Floats, most: float, *, withheld: Flags | None = None) -> Known:
    """Each shown value is within `most` of the true one (perturbation bounded by D); of withheld ones nothing is
    known."""
    hidden = np.zeros(system.cells, np.bool_) if withheld is None else withheld
    return Known(np.where(hidden, -np.inf, shown - most), np.where(hidden, np.inf, shown + most))


def known_rounded(system: System, shown: Floats, base: float, *, nearest: bool = True) -> Known:
    """Values rounded to a multiple of `base`: to the nearest one (halves up), or (controlled and random rounding) to
    either neighbour, in which case a multiple of the base stays as it is."""
    if nearest:
        half = base / 2
        step = 1.0 if system.whole and base == int(base) else 0.0
        return Known(
            shown - np.floor(half) if step else shown - half, shown + (np.ceil(half) - 1 if step else half)
        )
    near = base - 1 if system.whole and base == int(base) else base
    return Known(shown - near, shown + near)
