"""What is written of each record: one value of the hierarchy, or one set of values, for each cell of its class."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from disclosure.microdata.classes import Boxes
from disclosure.microdata.coding import Coded
from disclosure.microdata.hierarchy import Hierarchy
from disclosure.microdata.rules import Rows
from disclosure.microdata.value_sets import tight_label


@dataclass(frozen=True)
class Written:
    """`text`: for each column what each class writes; `penalty`: what a cell of it loses (classes, columns)."""

    text: tuple[tuple[str, ...], ...]
    penalty: NDArray[np.float64]

    def records(self, names: tuple[str, ...], of: Rows) -> pl.DataFrame:
        """The quasi-identifiers of the records of these classes, as they are written."""
        return pl.DataFrame(
            {
                name: pl.Series(text, dtype=pl.String).gather(of)
                for name, text in zip(names, self.text, strict=True)
            }
        )


def written(coded: Coded, of: Rows, found: Boxes) -> Written:
    """What each class writes. `of`: the class of each record, NONE where it has none."""
    inside = np.flatnonzero(of >= 0)
    text, penalty = [], np.zeros((len(found.one), coded.width))
    for column, hierarchy in enumerate(coded.hierarchies):
        leaves, level = coded.leaves[column], found.level[:, column]
        if hierarchy.made:
            labels, lost = _tight(hierarchy, leaves[inside], of[inside], len(found.one))
        else:
            group = coded.above[column][level, leaves[found.one]]
            labels = tuple(hierarchy.labels[at][one] for at, one in zip(level, group, strict=True))
            lost = np.array([hierarchy.worst[label] for label in labels])
        text.append(labels)
        penalty[:, column] = lost
    return Written(tuple(text), penalty)


def _tight(
    hierarchy: Hierarchy, leaves: Rows, of: Rows, classes: int
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """The interval or the set of the values that each class really holds, and the penalty of each."""
    count = len(hierarchy.values)
    there = np.unique(of * count + leaves)
    parts = np.split(there % count, np.flatnonzero(np.diff(there // count)) + 1)
    labels, lost = [], np.zeros(classes)
    for place, part in enumerate(parts):
        labels.append(tight_label(hierarchy, part.tolist()))
        covered = part[-1] - part[0] + 1 if hierarchy.made == "interval" else len(part)
        lost[place] = (covered - 1) / max(count - 1, 1)
    return tuple(labels), lost
