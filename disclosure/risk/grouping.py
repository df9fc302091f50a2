"""Records as classes: which share all the columns that somebody might be known by."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from disclosure.errors import MicrodataError

Whole = NDArray[np.int64]
# Numbers of combinations beyond this are made smaller before the next column comes in.
_LARGEST = 2**62


@dataclass(frozen=True)
class Grouping:
    """`of`: the class of each record, numbered from 0; `sizes`: how many records each class has."""

    of: Whole
    sizes: Whole

    @property
    def height(self) -> int:
        """How many records there are."""
        return len(self.of)

    @property
    def size(self) -> Whole:
        """For each record the size of its class."""
        return self.sizes[self.of]


def numbers(column: pl.Series) -> tuple[Whole, int]:
    """A number from 0 for each value of a column, a missing one being a value of its own, and how many there are."""
    different = column.unique(maintain_order=True).to_frame("value").with_row_index("number")
    joined = column.to_frame("value").join(
        different, on="value", how="left", nulls_equal=True, maintain_order="left"
    )
    return joined["number"].to_numpy().astype(np.int64), len(different)


def combined(columns: Sequence[tuple[Whole, int]]) -> Grouping:
    """The classes of records that have the same numbers in all of the columns."""
    key, most = columns[0]
    for number, count in columns[1:]:
        if most * count >= _LARGEST:
            key = np.unique(key, return_inverse=True)[1].astype(np.int64)
            most = int(key.max()) + 1
        key, most = key * count + number, most * count
    _, of, sizes = np.unique(key, return_inverse=True, return_counts=True)
    return Grouping(of.astype(np.int64), sizes.astype(np.int64))


def grouping(records: pl.DataFrame, quasi: Sequence[str]) -> Grouping:
    """The classes of the records. Raises MicrodataError where there are no records, no columns, or not these."""
    named(records, quasi)
    if not quasi:
        raise MicrodataError("no quasi-identifier is named: name the columns that somebody might be known by")
    return combined([numbers(records[name]) for name in quasi])


def named(records: pl.DataFrame, names: Sequence[str]) -> None:
    """Refuse columns that are not there, and records that are none."""
    missing = [name for name in names if name not in records.columns]
    if missing:
        raise MicrodataError(
            f"there is no column {', '.join(missing)}; there are {', '.join(records.columns)}"
        )
    if not records.height:
        raise MicrodataError("there are no records")
