"""Records as numbers: the place of each value in its hierarchy, and what each level of each column loses."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from disclosure.errors import HierarchyError, MicrodataError
from disclosure.microdata.hierarchy import Hierarchy
from disclosure.microdata.rules import Rows

# Fixed: the same records always give the same numbers.
_SEED = 20_241_031


@dataclass(frozen=True)
class Coded:
    """`leaves[column][row]`: the place of each record's value in the hierarchy of each quasi-identifier."""

    hierarchies: tuple[Hierarchy, ...]
    leaves: tuple[Rows, ...]

    @property
    def height(self) -> int:
        """How many records there are."""
        return len(self.leaves[0])

    @property
    def width(self) -> int:
        """How many quasi-identifiers there are."""
        return len(self.leaves)

    @cached_property
    def above(self) -> tuple[NDArray[np.int32], ...]:
        """For each column the groups of the leaves (levels, leaves)."""
        return tuple(np.stack(hierarchy.groups) for hierarchy in self.hierarchies)

    @cached_property
    def loss(self) -> tuple[NDArray[np.float64], ...]:
        """For each column what a cell loses on each level (levels, leaves), as a part of the record's whole loss, so
        that a record of which nothing is left loses 1."""
        return tuple(hierarchy.penalty / self.width for hierarchy in self.hierarchies)

    @cached_property
    def weighed(self) -> tuple[NDArray[np.float64], ...]:
        """For each column what a record loses on average on each level."""
        return tuple(
            loss @ (np.bincount(leaves, minlength=loss.shape[1]) / max(self.height, 1))
            for loss, leaves in zip(self.loss, self.leaves, strict=True)
        )

    @cached_property
    def signs(self) -> tuple[tuple[NDArray[np.uint64], ...], ...]:
        """For each column and level a random number for the group of each record. The sum of one a column is the key of
        what a record is on those levels: two records have the same key if they are the same there (and, but for chance
        of one in 2^64, only then: a wrong class would lose more, never protect less)."""
        random = np.random.default_rng(_SEED)
        signs = []
        for above, leaves in zip(self.above, self.leaves, strict=True):
            levels = []
            for groups in above:
                number = random.integers(0, 2**64, size=int(groups.max()) + 1, dtype=np.uint64)
                levels.append(number[groups[leaves]])
            signs.append(tuple(levels))
        return tuple(signs)


def coded(records: pl.DataFrame, hierarchies: Sequence[Hierarchy]) -> Coded:
    """The records as numbers, one hierarchy a quasi-identifier (`check_values` has found each value in its own)."""
    leaves = []
    for hierarchy in hierarchies:
        place = pl.DataFrame({"value": hierarchy.values, "place": range(len(hierarchy.values))})
        column = records[hierarchy.column].to_frame("value")
        found = column.join(place, on="value", how="left", maintain_order="left")["place"]
        leaves.append(found.to_numpy().astype(np.int64))
    return Coded(tuple(hierarchies), tuple(leaves))


def check_values(records: pl.DataFrame, hierarchies: Sequence[Hierarchy]) -> None:
    """Refuse values that have no place in the hierarchy of their column: HierarchyError, with the column, how many
    records it is about and which is the first. No message shows the value."""
    for hierarchy in hierarchies:
        column = records[hierarchy.column]
        if column.null_count():
            raise MicrodataError(
                f"column {hierarchy.column} has missing values, the first in record {_first(column.is_null()):,}; "
                "write what stands for them"
            )
        known = column.is_in(list(hierarchy.values))
        if not known.all():
            strange = column.filter(~known)
            what = "empty values" if (strange == "").all() else f"{strange.n_unique():,} different values"
            raise HierarchyError(
                f"column {hierarchy.column} has {what} that its hierarchy lacks, in {len(strange):,} records, the "
                f"first of them record {_first(~known):,} (the heading not counted); add a line for each of them"
            )


def _first(which: pl.Series) -> int:
    """The first record, counted from 1, for which this is true."""
    return int(which.to_numpy().argmax()) + 1
