"""Attacked before anybody sees it: what would give small counts back is withheld, until too little comes back.

Each table is reconstructed from all of its totals, as an attacker would do it (disclosure.audit.reconstruction). Where
that states a small count exactly, or is rightly sure of a one, the figures of fewest people that hold this cell are
withheld, and an empty cell of its own rows with them, so that what is withheld need not be somebody. Then it is
attacked again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import ceil

import numpy as np
import numpy.typing as npt

from disclosure.audit.attack import SMALL
from disclosure.audit.knowledge import Knowledge
from disclosure.audit.lattice import finest_of
from disclosure.audit.reconstruction import MANNERS, MOST_CELLS, reconstruct, steps_for
from disclosure.closed_world.coding import Whole
from disclosure.closed_world.deciding import WITHHELD, Decided, Drawn
from disclosure.closed_world.description import Question, Rules

Floats = npt.NDArray[np.float64]

_ROUNDS = 60
# Who is sure of fewer than these is hardly ever sure: how often rightly, is luck.
_FEWEST_CLAIMS = 10
_MANY, _FURTHER = 20, 1.3
# Totals are what readers come for: what has fewer dimensions than this is not withheld for the sake of its parts.
_FEWEST_DIMENSIONS = 2


@dataclass(frozen=True)
class _Lattice:
    """One table with all of its totals: an array with a place more on every axis, the last, for "all". `true`: counts;
    `cell`: the number of each place's cell among all cells of the world, -1 where there is none."""

    true: Floats
    cell: Whole


@dataclass(frozen=True)
class _Found:
    """What an attack on one lattice came to: how many finest cells are small, and how many it is sure hold one; and the
    places where it is right."""

    small: int
    claimed: int
    stated: list[tuple[int, ...]]
    ones: list[tuple[int, ...]]


def withhold_recovered(
    drawn: Mapping[Question, Drawn], decided: Mapping[Question, Decided], rules: Rules
) -> None:
    """Withhold, in place, what it takes for a reconstruction of each table to stay under the shares in `rules`.

    The shares of all tables together are held against the rules, for the attacker who gets furthest; of tables that are
    themselves below them nothing is withheld.
    """
    if rules.recovered >= 1 and rules.ones >= 1:
        return
    questions = list(decided)
    value = np.concatenate([decided[question].value for question in questions])
    count = np.concatenate([drawn[question].counts.count for question in questions])
    key = np.concatenate([drawn[question].counts.key for question in questions])
    knowledge = Knowledge.of_cell_keys(
        rules.table.bound, rules.table.variance, coarsened=rules.least_difference - 1
    )
    lattices = _worst(drawn, questions)
    steps = steps_for(sum(lattice.cell.size for lattice in lattices))
    found = [_attack(lattice, value, key, knowledge, steps) for lattice in lattices]
    for _ in range(_ROUNDS):
        hits = _hits(found, rules)
        moved = [
            number
            for number, (lattice, places) in enumerate(zip(lattices, hits, strict=True))
            if sum(_withhold(lattice, place, value, count, key) for place in dict.fromkeys(places))
        ]
        if not moved:
            break
        for number in moved:
            found[number] = _attack(lattices[number], value, key, knowledge, steps)
    ends = np.cumsum([decided[question].value.size for question in questions])
    for question, part in zip(questions, np.split(value, ends[:-1]), strict=True):
        decided[question].value[:] = part


def _hits(found: Sequence[Sequence[_Found]], rules: Rules) -> list[list[tuple[int, ...]]]:
    """Of each lattice the places that have to come out right no longer: for each attacker as many as are more than the
    shares allow, of all lattices and of this one."""
    hits: list[list[tuple[int, ...]]] = [[] for _ in found]
    for attacker in range(len(found[0]) if found else 0):
        for share, right, of in (
            (rules.recovered, "stated", "small"),
            (rules.ones, "ones", "claimed"),
        ):
            each = [(getattr(one[attacker], right), share * getattr(one[attacker], of)) for one in found]
            if right == "ones" and sum(one[attacker].claimed for one in found) < _FEWEST_CLAIMS:
                continue
            more = sum(len(places) for places, _ in each) - sum(allowed for _, allowed in each)
            # Where much is to be done, it is done in fewer attacks.
            room = ceil(more if more <= _MANY else _FURTHER * more)
            for own, (places, allowed) in zip(hits, each, strict=True):
                taken = places[: max(min(ceil(len(places) - allowed), room), 0)]
                own += taken
                room -= len(taken)
    return hits


def _attack(lattice: _Lattice, value: Whole, key: Whole, knowledge: Knowledge, steps: int) -> list[_Found]:
    """What each of several attackers comes to (disclosure.audit.reconstruction.MANNERS)."""
    shown = np.where(lattice.cell >= 0, value[lattice.cell], WITHHELD).astype(np.float64)
    shown[shown == WITHHELD] = np.nan
    true = finest_of(lattice.true)
    small = (true >= 1) & (true <= SMALL)
    return [
        _Found(
            int(small.sum()),
            int(one.ones.sum()),
            _shuffled(small & (one.claims == true), lattice, key),
            _shuffled(one.ones & (true == 1), lattice, key),
        )
        for one in (
            reconstruct(shown, knowledge, true=lattice.true, steps=most, zeros=zeros)
            for most, zeros in sorted({(min(steps, most), zeros) for most, zeros in MANNERS}, reverse=True)
            # Two who differ in little but how long they search come to the same.
            if most == steps or zeros != 1.0 or 2 * most < steps
        )
    ]


def _shuffled(here: npt.NDArray[np.bool_], lattice: _Lattice, key: Whole) -> list[tuple[int, ...]]:
    """The places where something is, in an order that hangs on the secret keys."""
    places = [tuple(int(at) for at in place) for place in np.argwhere(here)]
    return sorted(places, key=lambda place: (int(key[lattice.cell[place]]), place))


def _withhold(lattice: _Lattice, place: tuple[int, ...], value: Whole, count: Whole, key: Whole) -> bool:
    """Withhold the shown figure of fewest people that holds a finest cell, if there is one of two dimensions or more;
    where that is the cell itself, at every second time an empty one beside it, too. When and which hangs on the secret
    keys."""
    holding = [
        int(lattice.cell[one])
        for one in product(*((at, -1) for at in place))
        if sum(at >= 0 for at in one) >= _FEWEST_DIMENSIONS
    ]
    shown = {cell for cell in holding if cell >= 0 and value[cell] != WITHHELD}
    if not shown:
        return False
    fewest = min(shown, key=lambda cell: (count[cell], cell))
    value[fewest] = WITHHELD
    chance = int(key[fewest])
    if fewest == int(lattice.cell[place]) and chance % 2:
        beside = sorted(
            {
                int(other)
                for axis in range(len(place))
                for other in np.moveaxis(lattice.cell, axis, -1)[(*place[:axis], *place[axis + 1 :])][:-1]
                if other >= 0 and count[other] == 0 and value[other] != WITHHELD
            }
        )
        if beside:
            value[beside[chance // 2 % len(beside)]] = WITHHELD
    return True


def _worst(drawn: Mapping[Question, Drawn], questions: Sequence[Question]) -> list[_Lattice]:
    """The lattices that have small counts, those with most first, as many as there is room for."""
    firsts = dict(
        zip(
            questions,
            np.cumsum([0, *(drawn[question].figure.size for question in questions)])[:-1],
            strict=True,
        )
    )
    found: list[tuple[int, int, _Lattice]] = []
    for question in sorted(questions, key=lambda one: one.name):
        finer = (
            one
            for one in questions
            if (one.measure, one.scope) == (question.measure, question.scope)
            and set(question.dimensions) < set(one.dimensions)
        )
        if next(finer, None) is None and question.dimensions:
            for lattice in _lattices(drawn, firsts, question):
                true = finest_of(lattice.true)
                small = int(((true >= 1) & (true <= SMALL)).sum())
                if small:
                    found.append((-small, len(found), lattice))
    chosen, room = [], MOST_CELLS
    for _, _, lattice in sorted(found, key=lambda one: one[:2]):
        if lattice.cell.size <= room:
            room -= lattice.cell.size
            chosen.append(lattice)
    return chosen


def _lattices(
    drawn: Mapping[Question, Drawn], firsts: Mapping[Question, int], question: Question
) -> Iterator[_Lattice]:
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
            true[at] = counts.count.reshape(counts.shape)
            if margin in firsts:
                cell[at] = firsts[margin] + np.arange(counts.count.size).reshape(counts.shape)
    yield from _additive(true, cell, 0)


def _additive(true: Floats, cell: Whole, axis: int) -> Iterator[_Lattice]:
    """Lattices in which every whole is the sum of its parts, from one axis on: with a place for rows that have no code,
    or, where things are counted that can have several codes, one for each code."""
    if axis == true.ndim:
        yield _Lattice(true, cell)
        return
    parts, whole = np.split(true, [-1], axis=axis)
    blank = whole - parts.sum(axis, keepdims=True)
    if (blank < 0).any():
        for place in range(true.shape[axis] - 1):
            yield from _additive(np.asarray(true.take(place, axis)), np.asarray(cell.take(place, axis)), axis)
        return
    if blank.any():
        cells, whole_cell = np.split(cell, [-1], axis=axis)
        true = np.concatenate([parts, blank, whole], axis=axis)
        cell = np.concatenate([cells, np.full(blank.shape, -1), whole_cell], axis=axis)
    yield from _additive(true, cell, axis + 1)
