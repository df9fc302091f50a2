"""Classes of figures for a map: four or five, between round numbers, and no narrower than noise."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from evidence.words import written

MOST: Final = 5


@dataclass(frozen=True)
class Classes:
    """Classes of the same width, from `start` up: a figure of less than `start + width` is in the first. The last one
    ends at the largest figure."""

    start: float
    width: float
    number: int

    def of(self, value: float) -> int:
        """Which class a figure is in, from 0."""
        return min(max(int((value - self.start) // self.width), 0), self.number - 1)

    def label(self, place: int, unit: str) -> str:
        """A class in words: 40% to 49%, for figures that are whole."""
        first = self.start + place * self.width
        last = first + self.width - 1
        return (
            written(first, None, unit)
            if last <= first
            else f"{written(first, None, unit)} to {written(last, None, unit)}"
        )


def classes_of(values: Sequence[float], noise: float) -> Classes:
    """Classes for some whole figures. `noise`: how far each may be off; two in classes that are not next to one another
    then differ by more than that."""
    if not values:
        return Classes(0, 1, 1)
    low, high = min(values), max(values)
    width = _round_up(max((high - low + 1) / MOST, noise, 1))
    while True:
        start = math.floor(low / width) * width
        number = int((high - start) // width) + 1
        if number <= MOST:
            return Classes(start, width, number)
        width = _round_up(width + 1)


def _round_up(width: float) -> float:
    """The next of 1, 2, 4, 5, 6, 8, 10, 20, 40 …"""
    power = 10 ** math.floor(math.log10(width))
    return float(next(step * power for step in (1, 2, 4, 5, 6, 8, 10) if step * power >= width - 1e-9))
