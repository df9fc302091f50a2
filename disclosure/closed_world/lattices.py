"""The tables of a world as lattices: each with all of its totals, those that lie in larger ones left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import numpy.typing as npt

from disclosure.audit.attack import SMALL
from disclosure.audit.lattice import finest_of
from disclosure.audit.lattices import MOST_LATTICES, additive, outermost
from disclosure.closed_world.coding import Whole
from disclosure.closed_world.deciding import Drawn
from disclosure.closed_world.description import Question

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Lattice:
    """One table with all of its totals: an array with a place more on every axis, the last, for "all". `true`: counts;
    `cell`: the number of each place's cell among all cells of the world, -1 where there is none; `free`: the dimensions
    along which totals are sums; `fixed`: others, with the place of one code each."""

    measure: str
    scope: str
    free: frozenset[str]
    fixed: frozenset[tuple[str, int]]
    true: Floats = field(repr=False)
    cell: Whole = field(repr=False)

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
    found: list[Lattice] = []
    for question in sorted(questions, key=lambda one: one.name):
        finer = (
            one
            for one in questions
            if (one.measure, one.scope) == (question.measure, question.scope)
            and set(question.dimensions) < set(one.dimensions)
        )
        if next(finer, None) is None:
            found += _lattices(drawn, firsts, question)
    every = [(lattice.small, lattice) for lattice in outermost(found)]
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
    for one in additive(true, cell, -1, names):
        yield Lattice(question.measure, question.scope, one.free, one.fixed, one.true, one.beside)
