"""Counting: every table of a measure, with the sum of the keys behind each count and the units that give it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np
import numpy.typing as npt

from disclosure.closed_world.coding import Counted, Whole
from disclosure.closed_world.description import MOST_CELLS, WorldError

# Cell keys are sums modulo this.
KEYS = 2**32
# So many numbers below 2^32 are summed exactly as floating-point numbers.
_EXACTLY = 2**21


@dataclass(frozen=True)
class Counts:
    """One table, flattened in the order of the codes (the last dimension runs fastest): exact counts, the sums of keys
    modulo 2^32, and how many units give each (the very same array as the counts, where these are counts of units)."""

    shape: tuple[int, ...]
    count: Whole = field(repr=False)
    key: Whole = field(repr=False)
    units: Whole = field(repr=False)


def count_tables(counted: Counted, questions: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], Counts]:
    """The tables of a measure by each set of dimensions. Rows without a code of a dimension count in totals alone.

    Where everything that is counted has one row, the largest tables are counted and the others summed from them; else
    each is counted by itself. Raises WorldError where the tables are too large to be held.
    """
    size = {name: counted.size(name) for name in counted.codes}
    cells = sum(prod(size[name] + 1 for name in question) for question in questions)
    if cells > MOST_CELLS:
        raise WorldError(
            f"measure {counted.measure.name}: its tables have {cells:,} cells, more than {MOST_CELLS:,}; allow fewer "
            "dimensions together, or shorter lists of codes"
        )
    tables: dict[tuple[str, ...], _Extended] = {}
    for question in sorted(questions, key=lambda names: (-len(names), names)):
        wider = next((done for done in tables if set(question) < set(done)), None) if counted.once else None
        if wider is None:
            tables[question] = _counted(counted, question, size)
        else:
            tables[question] = _summed(counted, tables[wider], question)
    return {question: _without_blanks(table) for question, table in tables.items()}


def cells_of(counted: Counted, question: tuple[str, ...]) -> Whole:
    """For every row the place of its cell in the table by `question`; -1: it has no code of one of the dimensions."""
    at = np.zeros(counted.thing.size, np.int64)
    listed = np.ones(at.size, np.bool_)
    for name in question:
        at = at * counted.size(name) + counted.codes[name]
        listed &= counted.codes[name] < counted.size(name)
    return np.where(listed, at, -1)


@dataclass(frozen=True)
class _Extended:
    """Counts with a place more on every axis, the last, for rows that have no code."""

    names: tuple[str, ...]
    count: Whole
    key: Whole
    units: Whole


def _counted(counted: Counted, question: tuple[str, ...], size: dict[str, int]) -> _Extended:
    shape = tuple(size[name] + 1 for name in question)
    length = prod(shape)
    at, thing = _places(counted, question), counted.thing
    if not counted.once:
        at, thing = _distinct(at, thing, counted.thing_key.size)
    count = np.bincount(at, minlength=length)
    key = _sums(at, counted.thing_key[thing] if counted.measure.distinct else counted.thing_key, length)
    units = count if counted.alone else _units(counted, at, thing, length)
    count = count.reshape(shape)
    return _Extended(question, count, key.reshape(shape), count if counted.alone else units.reshape(shape))


def _summed(counted: Counted, wider: _Extended, question: tuple[str, ...]) -> _Extended:
    axes = tuple(axis for axis, name in enumerate(wider.names) if name not in question)
    count, key = np.asarray(wider.count.sum(axes)), np.asarray(wider.key.sum(axes) % KEYS)
    if counted.alone:
        return _Extended(question, count, key, count)
    # One unit may be in several cells, so the units of a total are no sum.
    units = _units(counted, _places(counted, question), counted.thing, count.size)
    return _Extended(question, count, key, units.reshape(count.shape))


def _places(counted: Counted, question: tuple[str, ...]) -> Whole:
    """For every row its place in the table with blanks."""
    at = np.zeros(counted.thing.size, np.int64)
    for name in question:
        at *= counted.size(name) + 1
        at += counted.codes[name]
    return at


def _without_blanks(table: _Extended) -> Counts:
    inside = tuple(slice(0, -1) for _ in table.names)
    shape = tuple(length - 1 for length in table.count.shape)
    count, key = table.count[inside].ravel(), table.key[inside].ravel()
    units = count if table.units is table.count else table.units[inside].ravel()
    return Counts(shape, count, key, units)


def _distinct(at: Whole, number: Whole, numbers: int) -> tuple[Whole, Whole]:
    """Cells and numbers, each pair once."""
    numbers = max(numbers, 1)
    pairs = np.unique(at * numbers + number)
    return pairs // numbers, pairs % numbers


def _units(counted: Counted, at: Whole, thing: Whole, length: int) -> Whole:
    return np.bincount(_distinct(at, counted.unit_of[thing], counted.unit_key.size)[0], minlength=length)


def _sums(at: Whole, keys: npt.NDArray[np.uint64], length: int) -> Whole:
    """Sums of keys modulo 2^32 by cell."""
    total = np.zeros(length, np.int64)
    low = (keys % np.uint64(KEYS)).astype(np.float64)
    for first in range(0, at.size, _EXACTLY):
        part = slice(first, first + _EXACTLY)
        total += np.bincount(at[part], weights=low[part], minlength=length).astype(np.int64) % KEYS
    return total % KEYS
