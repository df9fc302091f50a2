"""The tables of a world as lattices: each with all of its totals, those that lie in larger ones left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from disclosure.audit.attack import SMALL
from disclosure.audit.lattice import finest_of
from disclosure.audit.lattices import MOST_LATTICES
from disclosure.closed_world.coding import Whole
from disclosure.closed_world.deciding import Drawn
from disclosure.closed_world.description import Question

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Lattice:
    """One table with all of its totals: an array with a place more on every axis, the last, for "all". `true`: counts;
    `cell`: the number of each place's cell among all cells of the world, -1 where there is none; `free`: the dimensions
    along which totals are sums; `fixed`: others, with the place of one code each."""

    true: Floats = field(repr=False)
    cell: Whole = field(repr=False)
    free: frozenset[str]
    fixed: frozenset[tuple[str, int]] = frozenset()

    @property
    def small(self) -> int:
        """How many finest cells hold a few."""
        true = finest_of(self.true)
        return int(((true >= 1) & (true <= SMALL)).sum())


def worst_lattices(
    drawn: Mapping[Question, Drawn], questions: Sequence[Question], cells: int
) -> list[Lattice]:
    """The lattices that have small counts, those with most first: as many as have so many cells together, and no more
    than MOST_LATTICES. `questions`: in the order in which their cells are numbered."""
    ends = np.cumsum([drawn[question].figure.size for question in questions])
    firsts = {one: int(end) - drawn[one].figure.size for one, end in zip(questions, ends, strict=True)}
    found: dict[tuple[str, str, frozenset[tuple[str, int]]], list[Lattice]] = {}
    for question in sorted(questions, key=lambda one: one.name):
        finer = (
            one
            for one in questions
            if (one.measure, one.scope) == (question.measure, question.scope)
            and set(question.dimensions) < set(one.dimensions)
        )
        if next(finer, None) is not None:
            continue
        for lattice in _lattices(drawn, firsts, question):
            alike = found.setdefault((question.measure, question.scope, lattice.fixed), [])
            if lattice.free and not any(lattice.free <= other.free for other in alike):
                alike[:] = [*(other for other in alike if not other.free <= lattice.free), lattice]
    every = [(lattice.small, lattice) for alike in found.values() for lattice in alike]
    chosen: list[Lattice] = []
    for small, lattice in sorted(every, key=lambda one: (-one[0], one[1].cell.size)):
        if small and lattice.cell.size <= cells and len(chosen) < MOST_LATTICES:
            cells -= lattice.cell.size
            chosen.append(lattice)
    return chosen


def _lattices(
    drawn: Mapping[Question, Drawn], firsts: Mapping[Question, int], question: Question
) -> Iterator[Lattice]:
    names = question.dimensions
    shape = tuple(length + 1 for length in drawn[question].counts.shape)
    true, cell = np.zeros(shape), np.full(shape, -1)
    for many in range(len(names) + 1):
        for kept in combinations(names, many):
            margin = Question(question.measure, kept, question.scope)
            counts = drawn[margin].counts if margin in drawn else None
            if counts is None:
                continue
            at = tuple(slice(0, -1) if name in kept else -1 for name in names)
            true[at] = drawn[margin].drawn_for.reshape(counts.shape)
            if margin in firsts:
                cell[at] = firsts[margin] + np.arange(counts.count.size).reshape(counts.shape)
    yield from _additive(Lattice(true, cell, frozenset(names)), list(names))


def _additive(lattice: Lattice, names: list[str], axis: int = 0) -> Iterator[Lattice]:
    """Lattices in which every whole is the sum of its parts, from one axis on: with a place for rows that have no code,
    or, where things are counted that can have several codes, one for each code. `names`: of the axes."""
    true, cell = lattice.true, lattice.cell
    if axis == true.ndim:
        yield lattice
        return
    parts, whole = np.split(true, [-1], axis=axis)
    blank = whole - parts.sum(axis, keepdims=True)
    if (blank < 0).any():
        others = [*names[:axis], *names[axis + 1 :]]
        for place in range(true.shape[axis]):
            # The last place is all of them together, however many there are.
            code = frozenset({(names[axis], place)} if place < true.shape[axis] - 1 else ())
            one = Lattice(
                np.asarray(true.take(place, axis)),
                np.asarray(cell.take(place, axis)),
                lattice.free - {names[axis]},
                lattice.fixed | code,
            )
            yield from _additive(one, others, axis)
        return
    if blank.any():
        cells, whole_cell = np.split(cell, [-1], axis=axis)
        true = np.concatenate([parts, blank, whole], axis=axis)
        cell = np.concatenate([cells, np.full(blank.shape, -1), whole_cell], axis=axis)
    yield from _additive(replace(lattice, true=true, cell=cell), names, axis + 1)
