"""Special uniques: who is alone already in a few columns, as in SUDA2 (Manning, Haglin and Keane 2008)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb, prod

import numpy as np
import polars as pl
from numpy.typing import NDArray

from disclosure.errors import MicrodataError
from disclosure.risk.grouping import Whole, combined, named, numbers

# A record that is alone by more columns than these is alone as nearly everybody is.
USUAL_SIZE = 3
# As many sets of columns are looked at at most, and as many records by sets.
_MOST_SETS, _MOST = 20_000, 1_000_000_000
# A table of counts up to this is quicker than sorting.
_TABLE = 2_000_000


@dataclass(frozen=True)
class SpecialUniques:
    """`minimal[set of columns]`: the records (their places) that are alone in just these columns and in no fewer of
    them: minimal sample uniques. `scores`: for each record the sum over its sets of (columns - i), multiplied for i
    from the set's size to the largest size - 1: the fewer columns make somebody alone, and the more sets, the
    higher."""

    minimal: dict[tuple[str, ...], Whole]
    scores: NDArray[np.float64]

    @property
    def records(self) -> int:
        """How many records are alone in some of the sets."""
        return int(np.count_nonzero(self.scores))

    def by_column(self) -> dict[str, float]:
        """Which part of all minimal sets each column belongs to, counted by records."""
        total = sum(len(rows) for rows in self.minimal.values())
        names = dict.fromkeys(name for columns in self.minimal for name in columns)
        return {
            name: sum(len(rows) for columns, rows in self.minimal.items() if name in columns) / max(total, 1)
            for name in names
        }


def special_uniques(records: pl.DataFrame, quasi: Sequence[str], *, size: int = USUAL_SIZE) -> SpecialUniques:
    """All minimal sample uniques of up to `size` columns. Raises MicrodataError where those are too many sets to
    look at."""
    named(records, quasi)
    most = min(size, len(quasi))
    sets = sum(comb(len(quasi), one) for one in range(1, most + 1))
    largest = min(_MOST_SETS, _MOST // records.height)
    if size < 1 or sets > largest:
        raise MicrodataError(
            f"size = {size} of {len(quasi)} columns: {sets:,} sets, and {largest:,} are the most for so many records; "
            "choose a size from 1 that makes fewer"
        )
    columns = [numbers(records[name]) for name in quasi]
    alone: dict[tuple[int, ...], NDArray[np.bool_]] = {(): np.zeros(records.height, bool)}
    if records.height == 1:
        alone[()][:] = True
    minimal: dict[tuple[str, ...], Whole] = {}
    scores = np.zeros(records.height)
    for count in range(1, most + 1):
        weight = prod(len(quasi) - one for one in range(count, most))
        found: dict[tuple[int, ...], NDArray[np.bool_]] = {}
        for some in combinations(range(len(quasi)), count):
            # Alone in fewer columns is alone in these too: it is enough to look one column back.
            before = np.logical_or.reduce([alone[some[:at] + some[at + 1 :]] for at in range(count)])
            found[some] = before | _alone([columns[one] for one in some])
            rows = np.flatnonzero(found[some] & ~before)
            if len(rows):
                minimal[tuple(quasi[one] for one in some)] = rows
                scores[rows] += weight
        alone = found
    return SpecialUniques(minimal, scores)


def _alone(columns: Sequence[tuple[Whole, int]]) -> NDArray[np.bool_]:
    """Which records are alone in these columns."""
    if prod(count for _number, count in columns) > _TABLE:
        return np.asarray(combined(columns).size == 1)
    key, _count = columns[0]
    for number, count in columns[1:]:
        key = key * count + number
    return np.asarray(np.bincount(key)[key] == 1)
