"""A perturbation table (ptable): by how much a count is moved, given its cell key.

Cell keys are whole numbers from 0 to `keys` - 1; the literature's key between 0 and 1 is such a number divided by
`keys`. So everything is exact: the same count and key are moved alike in numpy, in DuckDB and by hand. The method is
the Australian Bureau of Statistics' (Fraser and Wooton 2005; Marley and Leaver 2011), also used for the 2021 censuses
of England, Wales and the European Union (Giessing 2016).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Self, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from disclosure.cell_key.entropy import widths
from disclosure.cell_key.keys import FINE_KEYS
from disclosure.errors import CountError, PerturbationError

Whole: TypeAlias = npt.NDArray[np.int64]

DEFAULT_BOUND: Final = 5
DEFAULT_VARIANCE: Final = 2.5
DEFAULT_SMALLEST: Final = 3
# What "usually" means wherever it is said of noise: 19 of 20.
USUAL: Final = 0.95
SCHEMA: Final = {"count": pl.Int64, "low": pl.Int64, "high": pl.Int64, "change": pl.Int64}
# Nobody means a larger one, and positions in the table are worked out in 64 bits.
_MOST_KEYS, _MOST_COUNT, _MOST_CHANGE = 2**32, 2**20, 2**20


@dataclass(frozen=True, eq=False)
class Ptable:
    """Which change belongs to which count and cell key.

    `intervals`: `count, low, high, change` (Int64), sorted: keys from `low` to `high` (both included) move a count by
    `change`. `keys`: how many cell keys there are. Counts above the last reuse the last `cycle` rows, in turn (with
    one, the last row holds for all larger counts). Raises PerturbationError, naming the count, where keys are missing
    or said twice, where counts have a hole, or where a count would be published below zero.
    """

    intervals: pl.DataFrame
    keys: int = FINE_KEYS
    cycle: int = 1
    name: str = "ptable"

    def __post_init__(self) -> None:
        if dict(self.intervals.schema) != SCHEMA:
            raise PerturbationError(
                f"{self.name}: a perturbation table has the columns {', '.join(SCHEMA)}, Int64"
            )
        if not 1 <= self.keys <= _MOST_KEYS:
            raise PerturbationError(
                f"{self.name}: there are {self.keys:,} cell keys; it may be 1 to {_MOST_KEYS:,}"
            )
        _check_rows(self.name, self.intervals, self.keys)
        if not 1 <= self.cycle <= self.last + 1:
            raise PerturbationError(
                f"{self.name}: {self.cycle} rows are to be used for larger counts, but there are {self.last + 1}"
            )

    @classmethod
    def maximum_entropy(
        cls,
        *,
        bound: int = DEFAULT_BOUND,
        variance: float = DEFAULT_VARIANCE,
        smallest: int = DEFAULT_SMALLEST,
    ) -> Self:
        """The table of most entropy that keeps every count's mean and gives it this variance.

        `bound`: the most that a count is moved (D). `smallest`: the smallest count that is published but for 0, so
        nothing is published in 1..`smallest` - 1 (js = `smallest` - 1). 0 stays 0. Raises PerturbationError where no
        such table exists: says for which count, and what would work.
        """
        rows = [
            (count, change, width)
            for count in range(1, bound + max(smallest, 1) + 1)
            for change, width in widths(count, bound, variance, smallest, FINE_KEYS)
        ]
        return cls.from_widths(
            pl.DataFrame(rows, schema=["count", "change", "width"], orient="row"),
            name=f"maximum entropy, D = {bound}, V = {variance:g}, js = {smallest - 1}",
        )

    @classmethod
    def from_widths(
        cls, rows: pl.DataFrame, *, keys: int = FINE_KEYS, cycle: int = 1, name: str = "ptable"
    ) -> Self:
        """A table from `count, change, width` (whole numbers): how many cell keys move a count by a change.

        Within a count, keys are given out in the order of the rows. Where there is no row for 0, 0 stays 0.
        """
        if not rows.filter(pl.col("count") == 0).height:
            zero = pl.DataFrame({"count": [0], "change": [0], "width": [keys]})
            rows = pl.concat([zero, rows.select(zero.columns)], how="vertical_relaxed")
        whole = rows.cast(pl.Int64).filter(pl.col("width") != 0).sort("count", maintain_order=True)
        high = pl.col("width").cum_sum().over("count") - 1
        intervals = whole.with_columns(high=high).with_columns(low=pl.col("high") - pl.col("width") + 1)
        return cls(intervals.select(list(SCHEMA)), keys=keys, cycle=cycle, name=name)

    @property
    def last(self) -> int:
        """The largest count with a row of its own."""
        return self._last

    @cached_property
    def _last(self) -> int:
        return int(self.intervals["count"][-1])

    @cached_property
    def bound(self) -> int:
        """The most that any count is moved (D)."""
        return int(np.abs(self._changes).max())

    @cached_property
    def smallest(self) -> int:
        """The smallest count that is published but for 0 (js + 1)."""
        published = self.intervals["count"] + self.intervals["change"]
        return int(published.filter(published > 0).min() or 0)  # type: ignore[arg-type]

    @cached_property
    def moments(self) -> pl.DataFrame:
        """Of every count: `count, mean, variance` (of the change, Float64), and `fewest, most` (changes, Int64)."""
        chance = (pl.col("high") - pl.col("low") + 1) / self.keys
        mean = (chance * pl.col("change")).sum()
        return self.intervals.group_by("count", maintain_order=True).agg(
            mean=mean,
            variance=(chance * pl.col("change") ** 2).sum() - mean**2,
            fewest=pl.col("change").min(),
            most=pl.col("change").max(),
        )

    @cached_property
    def variance(self) -> float:
        """The largest variance of a change, over all counts (V)."""
        return float(self.moments["variance"].max())  # type: ignore[arg-type]

    @cached_property
    def usual(self) -> int:
        """A published count is within this of the true one in 19 of 20 cases, whichever the count."""
        return max(_quantile(_folded(chances)) for chances in self._rows())

    @cached_property
    def distinct(self) -> int:
        """Two published counts that differ by less than this may be of equal ones: in 19 of 20 pairs of equal ones they
        do, whichever the count."""
        return max(_quantile(_differences(chances)) for chances in self._rows()) + 1

    @cached_property
    def fingerprint(self) -> str:
        """Names this table (16 hexadecimal digits): another table moves the same rows otherwise, so a release that is
        to be compared with an earlier one needs the same."""
        told = f"{self.keys} {self.cycle}\n{self.intervals.write_csv()}"
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def chances(self, count: int) -> dict[int, float]:
        """By published count: how likely it is where the true count is `count`."""
        first, after = np.searchsorted(self._starts, [self._base(count), self._base(count) + self.keys])
        chances: dict[int, float] = {}
        for place in range(int(first), int(after)):
            published = count + int(self._changes[place])
            chances[published] = chances.get(published, 0.0) + int(self._widths[place]) / self.keys
        return chances

    def transition(self, largest: int) -> npt.NDArray[np.float64]:
        """Chances as a matrix: row = true count 0..`largest`, column = published count 0..`largest` + bound."""
        matrix = np.zeros((largest + 1, largest + self.bound + 1))
        for count in range(largest + 1):
            for published, chance in self.chances(count).items():
                matrix[count, published] = chance
        return matrix

    def changes(self, counts: npt.NDArray[Any], keys: npt.NDArray[Any]) -> Whole:
        """By how much each of `counts` is moved (int64), given as many cell keys, or sums of record keys.

        Both are whole numbers. Keys are taken modulo `self.keys`. Raises CountError on anything negative or not whole,
        and PerturbationError on such keys.
        """
        if counts.shape != keys.shape:
            raise PerturbationError(f"{counts.size} counts have {keys.size} cell keys")
        rows = self.row_of(counts)
        if keys.dtype.kind not in "ui" or (keys.dtype.kind == "i" and keys.size and keys.min() < 0):
            raise PerturbationError("cell keys are whole numbers from 0")
        # `keys` itself may not fit into a small type of keys.
        wide = keys if keys.dtype == np.uint64 else keys.astype(np.uint64)
        places = np.searchsorted(
            self._starts, rows.astype(np.uint64) * np.uint64(self.keys) + wide % np.uint64(self.keys), "right"
        )
        return self._changes[places - 1]

    def row_of(self, counts: npt.NDArray[Any]) -> Whole:
        """The row that each of `counts` is looked up in (larger ones share rows). Raises CountError."""
        if counts.dtype.kind not in "ui":
            raise CountError("counts are whole numbers")
        if counts.dtype.kind == "i" and counts.size and counts.min() < 0:
            raise CountError("counts are never negative")
        if counts.size and int(counts.max()) > np.iinfo(np.int64).max // 2:
            raise CountError("a count is too large to be one")
        whole = counts.astype(np.int64)
        if self.cycle == 1:
            return np.minimum(whole, self.last)
        first = self.last - self.cycle + 1
        return np.where(whole <= self.last, whole, first + (whole - self.last - 1) % self.cycle)

    def row_sql(self, count: str) -> str:
        """`row_of` as an expression of SQL, for a `count` that is one: what `intervals.count` is joined to."""
        if self.cycle == 1:
            return f"least({count}, {self.last})"
        first = self.last - self.cycle + 1
        return (
            f"CASE WHEN {count} <= {self.last} THEN {count} "
            f"ELSE {first} + ({count} - {self.last + 1}) % {self.cycle} END"
        )

    def _rows(self) -> list[dict[int, float]]:
        """The chances of every change, one mapping a count from 1."""
        return [
            {published - count: chance for published, chance in self.chances(count).items()}
            for count in range(1, self.last + 1)
        ] or [{0: 1.0}]

    def _base(self, count: int) -> np.uint64:
        return np.uint64(int(self.row_of(np.array([count]))[0]) * self.keys)

    @cached_property
    def _starts(self) -> npt.NDArray[np.uint64]:
        starts: npt.NDArray[np.uint64] = (
            (self.intervals["count"] * self.keys + self.intervals["low"]).to_numpy().astype(np.uint64)
        )
        return starts

    @cached_property
    def _changes(self) -> Whole:
        return self.intervals["change"].to_numpy()

    @cached_property
    def _widths(self) -> Whole:
        return (self.intervals["high"] - self.intervals["low"] + 1).to_numpy()


def _check_rows(name: str, intervals: pl.DataFrame, keys: int) -> None:
    if any(intervals.null_count().row(0)):
        raise PerturbationError(f"{name}: something is missing in the table")
    counts = intervals["count"].unique(maintain_order=True)
    if counts.len() < 2 or counts[0] != 0:
        raise PerturbationError(f"{name}: there must be rows for the counts from 0 on")
    if not (intervals["count"].is_sorted() and counts.len() <= _MOST_COUNT):
        raise PerturbationError(f"{name}: the counts must be sorted, and at most {_MOST_COUNT:,}")
    for at, count in enumerate(counts.to_list()):
        if at != count:
            raise PerturbationError(f"{name}: there is no row for the count {at}, but for larger ones")
    before = (pl.col("high").shift(1).over("count").fill_null(-1) + 1).alias("due")
    last = pl.col("count") != pl.col("count").shift(-1).fill_null(-1)
    wrong = intervals.with_columns(before).filter(
        (pl.col("low") != pl.col("due"))
        | (pl.col("high") < pl.col("low"))
        | (last & (pl.col("high") != keys - 1))
    )
    if wrong.height:
        raise PerturbationError(
            f"{name}: of the count {wrong['count'][0]} the cell keys do not run from 0 to {keys - 1} without a hole or "
            "an overlap (the chances must sum to one)"
        )
    if intervals.filter(pl.col("change").abs() > _MOST_CHANGE).height:
        raise PerturbationError(f"{name}: a change of more than {_MOST_CHANGE:,} is none")
    negative = intervals.filter(pl.col("count") + pl.col("change") < 0)
    if negative.height:
        raise PerturbationError(
            f"{name}: the count {negative['count'][0]} would be published below zero "
            f"(moved by {negative['change'][0]})"
        )


def _folded(chances: Mapping[int, float]) -> dict[int, float]:
    folded: dict[int, float] = {}
    for change, chance in chances.items():
        folded[abs(change)] = folded.get(abs(change), 0.0) + chance
    return folded


def _differences(chances: Mapping[int, float]) -> dict[int, float]:
    """Chances of how far two changes of one count lie apart, their keys being independent."""
    apart: dict[int, float] = {}
    for one, chance in chances.items():
        for other, likely in chances.items():
            apart[abs(one - other)] = apart.get(abs(one - other), 0.0) + chance * likely
    return apart


def _quantile(chances: Mapping[int, float]) -> int:
    """The smallest size that 19 of 20 do not exceed."""
    reached = 0.0
    for size in sorted(chances):
        reached += chances[size]
        if reached >= USUAL - 1e-12:
            return size
    return max(chances)
