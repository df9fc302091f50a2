"""Populations as arrays of small whole numbers, checked: nothing is counted that is not understood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from disclosure.closed_world.description import Hierarchy, Measure, Population, WorldError

Whole = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Coded:
    """A population in arrays, one entry a row. `codes`: of every dimension the place of the code in its list, and the
    length of the list where there is none. `lists`: the codes. `upward`: of a dimension each coarser one, with the
    place there of each of its codes (-1: it lies in none)."""

    name: str
    codes: Mapping[str, Whole] = field(repr=False)
    lists: Mapping[str, tuple[str, ...]] = field(repr=False)
    upward: Mapping[str, Mapping[str, Whole]] = field(repr=False)
    row_key: Keys = field(repr=False)
    unit: Keys = field(repr=False)
    others: Mapping[str, Keys] = field(repr=False)


@dataclass(frozen=True)
class Counted:
    """What a measure counts, in arrays: for every row that fits the codes and `thing`, the number of what is counted;
    for every thing its key and `unit_of`, the number of its unit; for every unit its key."""

    measure: Measure
    population: Coded
    codes: Mapping[str, Whole] = field(repr=False)
    thing: Whole = field(repr=False)
    thing_key: Keys = field(repr=False)
    unit_of: Whole = field(repr=False)
    unit_key: Keys = field(repr=False)

    @property
    def once(self) -> bool:
        """Whether every thing has one row, so that totals are sums."""
        return self.thing.size == self.thing_key.size

    @property
    def alone(self) -> bool:
        """Whether every unit has one thing, so that counts are counts of units."""
        return self.thing_key.size == self.unit_key.size

    def size(self, dimension: str) -> int:
        """How many codes a dimension has."""
        return len(self.population.lists[dimension])


def code_population(population: Population, wanted: Sequence[str] = ()) -> Coded:
    """A population in arrays. `wanted`: further columns with keys (what is counted distinct).

    Raises WorldError where keys are missing, of another type or not distinct, a column is no Enum, or a hierarchy has a
    hole or contradicts the rows.
    """
    frame, name = population.frame, population.name
    keys = {column: _keys(frame, column, name) for column in (population.row_key, population.unit, *wanted)}
    row_key = keys[population.row_key]
    if frame[population.row_key].n_unique() != row_key.size:
        raise WorldError(f"population {name}: two rows have the same {population.row_key}; give each its own")
    lists = {
        column: tuple(kind.categories.to_list())
        for column, kind in frame.schema.items()
        if isinstance(kind, pl.Enum)
    }
    codes = {
        column: frame[column].to_physical().cast(pl.Int64).fill_null(len(listed)).to_numpy()
        for column, listed in lists.items()
    }
    steps = {one.child: (one.parent, _step(one, lists, name)) for one in population.hierarchies}
    if len(steps) < len(population.hierarchies):
        raise WorldError(f"population {name}: a dimension has two parents; give it one")
    for child, (parent, step) in steps.items():
        _check_rows(codes[child], codes[parent], step, f"population {name}: {child} in {parent}")
    upward = {column: _upward(column, steps, name) for column in lists}
    return Coded(name, codes, lists, upward, row_key, keys[population.unit], keys)


def code_measure(measure: Measure, population: Coded) -> Counted:
    """What a measure counts. Raises WorldError where it names a column or code that is not there, or where what is
    counted belongs to two units."""
    fits = np.ones(population.row_key.size, np.bool_)
    for column, allowed in measure.where.items():
        listed = _listed(population, column, f"measure {measure.name}: where")
        unknown = [code for code in allowed if code not in listed]
        if unknown:
            raise WorldError(f"measure {measure.name}: {column} has no code {unknown[0]!r}")
        fits &= np.isin(population.codes[column], [listed.index(code) for code in allowed])
    dimensions = sorted({name for question in measure.questions for name in question})
    for name in dimensions:
        _listed(population, name, f"measure {measure.name}")
    unit_key, of = np.unique(population.unit[fits], return_inverse=True)
    codes = {name: population.codes[name][fits] for name in dimensions}
    if not measure.distinct:
        things = np.arange(of.size)
        return Counted(measure, population, codes, things, population.row_key[fits], of, unit_key)
    keys = population.others[measure.distinct][fits]
    thing_key, first, thing = np.unique(keys, return_index=True, return_inverse=True)
    if (of != of[first][thing]).any():
        raise WorldError(f"measure {measure.name}: one {measure.distinct} belongs to two units")
    return Counted(measure, population, codes, thing, thing_key, of[first], unit_key)


def _listed(population: Coded, column: str, what: str) -> tuple[str, ...]:
    if column not in population.lists:
        raise WorldError(
            f"{what}: population {population.name} has no column {column} with a closed list (Enum)"
        )
    return population.lists[column]


def _keys(frame: pl.DataFrame, column: str, name: str) -> Keys:
    if column not in frame.columns:
        raise WorldError(f"population {name} has no column {column} with keys")
    if frame.schema[column] != pl.UInt64:
        raise WorldError(f"population {name}: {column} holds {frame.schema[column]}; keys are UInt64")
    if frame[column].null_count():
        raise WorldError(f"population {name}: {frame[column].null_count()} rows have no {column}")
    return frame[column].to_numpy()


def _step(hierarchy: Hierarchy, lists: Mapping[str, tuple[str, ...]], name: str) -> Whole:
    """Of each code of the child the place of its parent; -1: in none; -1 too for no code at all (the last)."""
    what = f"population {name}: {hierarchy.child} in {hierarchy.parent}"
    for column in (hierarchy.child, hierarchy.parent):
        if column not in lists:
            raise WorldError(f"{what}: there is no column {column} with a closed list (Enum)")
    missing = [code for code in lists[hierarchy.child] if code not in hierarchy.codes]
    if missing:
        raise WorldError(f"{what}: the code {missing[0]!r} has no parent; say which, or None")
    places = {code: place for place, code in enumerate(lists[hierarchy.parent])}
    found = [hierarchy.codes[code] for code in lists[hierarchy.child]]
    unknown = [code for code in found if code is not None and code not in places]
    if unknown:
        raise WorldError(f"{what}: the parent {unknown[0]!r} is on no list")
    return np.array([*(-1 if code is None else places[code] for code in found), -1], np.int64)


def _check_rows(child: Whole, parent: Whole, step: Whole, what: str) -> None:
    above = step[child]
    wrong = int(((above >= 0) & (above != parent)).sum())
    if wrong:
        raise WorldError(f"{what}: {wrong} rows lie in another parent than their code does; mend either")


def _upward(column: str, steps: Mapping[str, tuple[str, Whole]], name: str) -> dict[str, Whole]:
    found: dict[str, Whole] = {}
    at, places = column, None
    while at in steps:
        at, step = steps[at]
        if at == column or at in found:
            raise WorldError(f"population {name}: the hierarchy of {column} goes in a circle")
        places = step[:-1] if places is None else np.where(places < 0, -1, step[places])
        found[at] = places
    return found
