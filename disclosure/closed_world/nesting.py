"""Which figures are parts of which: one more condition, a finer code, a measure inside another, a scope."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from disclosure.closed_world.coding import Coded, Whole
from disclosure.closed_world.description import Measure, Question, Scope, WorldError
from disclosure.codes_within import CodesWithin

Flags = npt.NDArray[np.bool_]
Value = TypeVar("Value", np.bool_, np.int64)


@dataclass(frozen=True)
class Structure:
    """What holds what, whatever is counted. `asked`: all questions whose tables are counted."""

    measures: Mapping[str, Measure]
    populations: Mapping[str, Coded]
    scopes: Mapping[str, Scope]
    holders: Mapping[str, tuple[str, ...]]
    asked: frozenset[Question] = field(repr=False)

    def population(self, measure: str) -> Coded:
        """The population of a measure."""
        return self.populations[self.measures[measure].population]

    def shape(self, question: Question) -> tuple[int, ...]:
        """How many codes each dimension of a question has."""
        lists = self.population(question.measure).lists
        return tuple(len(lists[name]) for name in question.dimensions)

    def within_scope(self, question: Question) -> bool:
        """Whether the dimensions of a scoped question say by themselves what lies in the scope: then its figures are
        those of the question for everybody."""
        return (
            bool(question.scope)
            and self._axis_of(question, self.scopes[question.scope].dimension) is not None
        )

    def in_scope(self, question: Question, scope: str) -> Flags:
        """Which cells of a question lie in a scope, by their codes. Only where its dimensions tell."""
        dimension, codes = self.scopes[scope].dimension, self.scopes[scope].codes
        axis = self._axis_of(question, dimension)
        population = self.population(question.measure)
        listed = population.lists[dimension]
        inside = np.array([*(code in codes for code in listed), False])
        name = question.dimensions[axis] if axis is not None else dimension
        places = np.arange(len(listed)) if name == dimension else population.upward[name][dimension]
        return self._along(question, axis or 0, inside[places])

    def possible(self, question: Question) -> Flags:
        """Which cells of a question can be: not those of codes that the measure never has, alone or together, nor a
        code outside of its parent."""
        population, never = self.population(question.measure), self.measures[question.measure].never
        found = np.ones(int(np.prod(self.shape(question))), np.bool_)
        for axis, name in enumerate(question.dimensions):
            if name in never:
                can = np.array([code not in never[name] for code in population.lists[name]])
                found &= self._along(question, axis, can)
            for other, parent in enumerate(question.dimensions):
                if parent in population.upward[name]:
                    above = self._along(question, axis, population.upward[name][parent])
                    own = self._along(question, other, np.arange(len(population.lists[parent])))
                    found &= (above == own) | (above < 0)
        for names, pairs in self.measures[question.measure].apart.items():
            if set(names) <= set(question.dimensions):
                found &= ~self._apart(question, names, pairs)
        if question.scope and self.within_scope(question):
            found &= self.in_scope(question, question.scope)
        return found

    def levels(self, question: Question) -> Whole:
        """In how many others of its question each cell lies by its code: those that hold it come first."""
        found = np.zeros(int(np.prod(self.shape(question))), np.int64)
        one = self._codes_within(question)
        if one is None:
            return found
        listed = self.population(question.measure).lists[one.dimension]
        many = np.array([len(one.holders.get(code, ())) for code in listed], np.int64)
        return self._along(question, question.dimensions.index(one.dimension), many)

    def order(self, question: Question) -> tuple[int, int, int, str]:
        """Wholes come before their parts."""
        upward = self.population(question.measure).upward
        depth = sum(1 + len(upward[name]) for name in question.dimensions)
        return len(self.holders[question.measure]), depth, self._rank(question.scope), question.name

    def wholes(self, question: Question) -> Iterator[tuple[Question, Whole]]:
        """Every question that holds cells of this one, with the place of the whole for each cell; -1: none there. Where
        codes hold others, the same question is among them, and each of the others several times."""
        of_codes = list(self._held_by_codes(question))
        for measure in (question.measure, *self.holders[question.measure]):
            for dimensions in self._coarser(question):
                for scope in ("", *self.scopes):
                    whole = Question(measure, dimensions, scope)
                    if whole == question:
                        yield from ((whole, held) for held in of_codes)
                    if whole not in self.asked or self.order(whole) >= self.order(question):
                        continue
                    places = self._places(question, whole)
                    if places is None:
                        continue
                    yield whole, places
                    for held in of_codes:
                        if self._tells_codes(question, whole):
                            # Its part by another code lies there, and it lies in that part.
                            yield whole, np.where(held >= 0, places[held], -1)

    def _tells_codes(self, question: Question, whole: Question) -> bool:
        """Whether a whole tells the codes apart that hold others in its part."""
        one = self.measures[question.measure].codes_within
        return one is not None and one.dimension in whole.dimensions

    def _places(self, question: Question, whole: Question) -> Whole | None:
        shape = self.shape(question)
        upward = self.population(question.measure).upward
        places = np.zeros(int(np.prod(shape)), np.int64)
        outside = np.zeros(places.size, np.bool_)
        for name, length in zip(whole.dimensions, self.shape(whole), strict=True):
            axis = self._axis_of(question, name)
            if axis is None:
                return None
            own = question.dimensions[axis]
            above = np.arange(length) if own == name else upward[own][name]
            along = self._along(question, axis, above)
            places = places * length + along
            outside |= along < 0
        if whole.scope and whole.scope != question.scope:
            held = self._scope_holds(question, whole.scope)
            if held is None:
                return None
            outside |= ~held
        return None if outside.all() else np.where(outside, -1, places)

    def _scope_holds(self, question: Question, scope: str) -> Flags | None:
        """Which cells of a question a scope holds; None: none, for sure."""
        wide, narrow = self.scopes[scope], self.scopes.get(question.scope)
        if narrow and narrow.dimension == wide.dimension and set(narrow.codes) <= set(wide.codes):
            if self._rank(scope) < self._rank(question.scope):
                return np.ones(int(np.prod(self.shape(question))), np.bool_)
            return None
        if question.scope or self._axis_of(question, wide.dimension) is None:
            return None
        return self.in_scope(question, scope)

    def _coarser(self, question: Question) -> Iterator[tuple[str, ...]]:
        """Every set of dimensions that one gets by leaving some out, or taking coarser ones, and the set itself."""
        upward = self.population(question.measure).upward
        choices = [(name, *upward[name], None) for name in question.dimensions]
        found = {tuple(sorted({name for name in chosen if name})) for chosen in product(*choices)}
        yield from sorted(found)

    def _axis_of(self, question: Question, dimension: str) -> int | None:
        """The axis of a question that tells the code of a dimension: its own, or a finer one's."""
        upward = self.population(question.measure).upward
        for axis, name in enumerate(question.dimensions):
            if name == dimension:
                return axis
        finer = (axis for axis, name in enumerate(question.dimensions) if dimension in upward[name])
        return next(finer, None)

    def _along(self, question: Question, axis: int, values: npt.NDArray[Value]) -> npt.NDArray[Value]:
        """Values of the codes of one dimension for every cell."""
        shape = self.shape(question)
        lengths = [length if at == axis else 1 for at, length in enumerate(shape)]
        return np.broadcast_to(values.reshape(lengths), shape).ravel()

    def _codes_within(self, question: Question) -> CodesWithin | None:
        """What is said of the codes of a question that hold others, if that is true of it."""
        one = self.measures[question.measure].codes_within
        return one if one is not None and one.told(question.dimensions) else None

    def _held_by_codes(self, question: Question) -> Iterator[Whole]:
        """For each cell the place of one of the same question that holds it by its code; -1: none. As many as a code
        has holders."""
        one = self._codes_within(question)
        if one is None:
            return
        can, listed = self.possible(question), self.population(question.measure).lists[one.dimension]
        axis = question.dimensions.index(one.dimension)
        stride = int(np.prod(self.shape(question)[axis + 1 :]))
        places = {code: place for place, code in enumerate(listed)}
        holders = [[places[held] for held in one.holders.get(code, ()) if held in places] for code in listed]
        for rank in range(max(map(len, holders), default=0)):
            step = [own[rank] - place if rank < len(own) else 0 for place, own in enumerate(holders)]
            along = self._along(question, axis, np.array(step, np.int64) * stride)
            at = np.where(along != 0, np.arange(can.size) + along, -1)
            yield np.where((at >= 0) & can[at], at, -1)

    def _apart(self, question: Question, names: tuple[str, str], pairs: frozenset[tuple[str, str]]) -> Flags:
        """The cells with two codes, of the dimensions `names`, that cannot be together."""
        one, other = names
        lists = self.population(question.measure).lists
        table = np.array([[(code, with_it) in pairs for with_it in lists[other]] for code in lists[one]])
        first, second = (
            self._along(question, question.dimensions.index(name), np.arange(len(lists[name])))
            for name in names
        )
        found: Flags = table[first, second] if table.size else np.zeros(first.size, np.bool_)
        return found

    def _rank(self, scope: str) -> int:
        """Larger scopes first, everybody before all."""
        ordered = sorted(self.scopes.values(), key=lambda one: (-len(one.codes), one.name))
        return 1 + [one.name for one in ordered].index(scope) if scope else 0


def holders_of(measures: Sequence[Measure]) -> dict[str, tuple[str, ...]]:
    """Of every measure those that count all that it counts: named in `within`, or of the same population with a
    wider `where`; and those that hold these. Two that count the same hold each other.

    Raises WorldError where a measure is named that there is not, or measures that are not the same hold one another.
    """
    by_name = {measure.name: measure for measure in measures}
    direct: dict[str, set[str]] = {}
    for measure in measures:
        unknown = [name for name in measure.within if name not in by_name]
        if unknown:
            raise WorldError(f"measure {measure.name} lies within {unknown[0]}, which there is not")
        direct[measure.name] = set(measure.within) | {one.name for one in measures if _holds(one, measure)}
    found: dict[str, tuple[str, ...]] = {}
    for name in direct:
        reached, ahead = set[str](), [name]
        while ahead:
            for above in direct[ahead.pop()] - reached:
                reached.add(above)
                ahead.append(above)
        found[name] = tuple(sorted(reached - {name}))
    for name, holders in found.items():
        for holder in holders:
            if name in found[holder] and not _holds(by_name[name], by_name[holder]):
                raise WorldError(f"measures {name} and {holder} lie within each other; mend `within`")
    return found


def _holds(wide: Measure, narrow: Measure) -> bool:
    """Whether one measure counts all that another of its population counts."""
    if wide is narrow or (wide.population, wide.distinct) != (narrow.population, narrow.distinct):
        return False
    sets = {column: set(codes) for column, codes in narrow.where.items()}
    return all(column in sets and sets[column] <= set(codes) for column, codes in wide.where.items())
