"""Hierarchies: what a value may be called instead, coarser and coarser, up to one name for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from disclosure.errors import HierarchyError

Groups = NDArray[np.int32]
TOP = "*"
# Whoever has more values of one column than this has no categories.
_MOST_LEVELS = 60


@dataclass(frozen=True)
class Hierarchy:
    """The values of one column (its leaves) and the groups that they lie in, level by level.

    `groups[level][leaf]` is the number of the group; on level 0 each value is a group of its own, on the last all lie
    in one. Groups nest: two values that share a group share all those above it. `labels[level][group]` is what is
    written in place of the values. `made`: "" for a hierarchy that somebody wrote; "interval" or "set" where it was
    made from the values, and what is written are the values that a class really holds.
    """

    column: str
    values: tuple[str, ...]
    groups: tuple[Groups, ...]
    labels: tuple[tuple[str, ...], ...]
    made: Literal["", "interval", "set"] = ""

    @property
    def levels(self) -> int:
        """How many levels there are, that of the values and that of the one group among them."""
        return len(self.groups)

    @cached_property
    def penalty(self) -> NDArray[np.float64]:
        """What each value loses on each level (levels, leaves): the normalised certainty penalty of one cell.

        (values in its group - 1) / (all values - 1): 0 for a value as it is, 1 for the group of all. (Xu et al.,
        Utility-based anonymization using local recoding, KDD 2006.)
        """
        sizes = np.stack([np.bincount(level)[level] for level in self.groups])
        return (sizes - 1) / max(len(self.values) - 1, 1)

    @cached_property
    def worst(self) -> dict[str, float]:
        """What a cell loses in which a label is written: where the label stands for several groups, for the largest."""
        lost: dict[str, float] = {}
        for labels, groups, penalty in zip(self.labels, self.groups, self.penalty, strict=True):
            for group, leaf in zip(*np.unique(groups, return_index=True), strict=True):
                lost[labels[group]] = max(lost.get(labels[group], 0.0), float(penalty[leaf]))
        return lost


def hierarchy_of(lines: Sequence[Sequence[str]], column: str, *, source: str = "the hierarchy") -> Hierarchy:
    """The hierarchy of `column` in the form of ARX: each line a value, then its names, coarser and coarser.

    Where the last names are several, one for all (`*`) is put above them. Raises HierarchyError, with the line, for
    lines of different length, a value that stands twice with different names, a name with two names above it.
    """
    if not lines:
        raise HierarchyError(
            f"{source}: holds no line; write one a value of {column}, then its coarser names"
        )
    width = len(lines[0])
    if width > _MOST_LEVELS:
        raise HierarchyError(f"{source}: has {width} levels; {_MOST_LEVELS} are the most")
    first: dict[str, int] = {}
    kept: list[Sequence[str]] = []
    for number, line in enumerate(lines, 1):
        if len(line) != width:
            raise HierarchyError(
                f"{source}, line {number}: has {len(line)} levels where line 1 has {width}; repeat a name on the "
                "levels where nothing changes"
            )
        if line[0] not in first:
            first[line[0]] = number
            kept.append(line)
        elif lines[first[line[0]] - 1] != line:
            raise HierarchyError(
                f"{source}, line {number}: the value of line {first[line[0]]} again, with other names; leave one out"
            )
    _one_name_above(kept, first, source)
    if len({line[-1] for line in kept}) > 1:
        kept = [(*line, TOP) for line in kept]
    groups, labels = [], []
    for level in range(len(kept[0])):
        numbers: dict[str, int] = {}
        groups.append(np.array([numbers.setdefault(line[level], len(numbers)) for line in kept], np.int32))
        labels.append(tuple(numbers))
    return Hierarchy(column, tuple(first), tuple(groups), tuple(labels))


def _one_name_above(lines: Sequence[Sequence[str]], numbers: dict[str, int], source: str) -> None:
    """Refuse a name that has two names above it: its group would lie in two at once."""
    above: dict[tuple[int, str], tuple[str, int]] = {}
    for line in lines:
        number = numbers[line[0]]
        for level in range(1, len(line) - 1):
            name, before = above.setdefault((level, line[level]), (line[level + 1], number))
            if name != line[level + 1]:
                raise HierarchyError(
                    f"{source}, line {number}: the name on level {level + 1} has another name above it than in line "
                    f"{before}; a group lies in one group alone"
                )
