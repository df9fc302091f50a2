"""Hierarchies for columns that have none: intervals of numbers and days, sets of values, made from the values alone."""

import heapq
import re
from collections.abc import Sequence

import numpy as np

from disclosure.errors import MicrodataError
from disclosure.microdata.hierarchy import TOP, Groups, Hierarchy

# Between the ends of an interval, and between the values of a set.
RANGE, OR = "..", "|"
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")


def made_from(values: Sequence[str], weights: Sequence[int], column: str) -> Hierarchy:
    """A hierarchy of the distinct `values` of a column, each of which `weights` records have.

    Numbers, and days or months as ISO 8601 writes them, keep their order: neighbours are paired, then the pairs, and so
    on. Other values are joined rarest first (as in Huffman's code), so that frequent ones stay themselves for longest.
    Raises MicrodataError where a value holds the sign that would stand between values.
    """
    ordered = _in_order(values)
    if ordered is not None:
        groups = _pairs(len(ordered))
        return Hierarchy(column, tuple(ordered), groups, _names(groups), "interval")
    if any(OR in value for value in values):
        raise MicrodataError(
            f'column {column}: a value holds "{OR}", which stands between the values of a set; give the column a '
            "hierarchy, or write the value otherwise"
        )
    heaviest = sorted(zip(values, weights, strict=True), key=lambda one: (-one[1], one[0]))
    groups = _rarest_first([weight for _value, weight in heaviest])
    return Hierarchy(column, tuple(value for value, _weight in heaviest), groups, _names(groups), "set")


def tight_label(hierarchy: Hierarchy, leaves: Sequence[int]) -> str:
    """What a class writes that holds these leaves (sorted, without repetition): the values that are there, no
    others."""
    if len(leaves) == 1:
        return hierarchy.values[leaves[0]]
    if len(leaves) == len(hierarchy.values):
        return TOP
    if hierarchy.made == "interval":
        return f"{hierarchy.values[leaves[0]]}{RANGE}{hierarchy.values[leaves[-1]]}"
    return OR.join(sorted(hierarchy.values[leaf] for leaf in leaves))


def _in_order(values: Sequence[str]) -> list[str] | None:
    """The values from low to high, or None where they have no order of their own."""
    if all(_NUMBER.fullmatch(value) for value in values):
        return sorted(values, key=lambda value: (float(value), value))
    if all(_DAY.fullmatch(value) for value in values):
        return sorted(values)
    return None


def _pairs(count: int) -> tuple[Groups, ...]:
    """Levels in which neighbours share a group: of two, of four, of eight …, of all."""
    places = np.arange(count, dtype=np.int32)
    levels = [places]
    while levels[-1].max() > 0:
        levels.append((levels[-1] // 2).astype(np.int32))
    return tuple(levels)


def _rarest_first(weights: Sequence[int]) -> tuple[Groups, ...]:
    """Levels with half of the groups of the level below, made by joining the two lightest again and again."""
    group = np.arange(len(weights), dtype=np.int32)
    levels, heap = [group], [(weight, -place, [place]) for place, weight in enumerate(weights)]
    heapq.heapify(heap)
    wanted = len(weights) // 2
    while len(heap) > 1:
        (weight, _first, some), (more, last, others) = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, (weight + more, last, some + others))
        if len(heap) <= max(wanted, 1):
            levels.append(_numbered([places for _weight, _place, places in heap], len(weights)))
            wanted = len(heap) // 2
    return tuple(levels)


def _numbered(sets: Sequence[Sequence[int]], count: int) -> Groups:
    group = np.empty(count, np.int32)
    for number, places in enumerate(sorted(sets, key=min)):
        group[list(places)] = number
    return group


def _names(groups: Sequence[Groups]) -> tuple[tuple[str, ...], ...]:
    """Groups that are made have no names of their own (`tight_label` says what is written)."""
    return tuple(("",) * (int(level.max()) + 1) for level in groups)
