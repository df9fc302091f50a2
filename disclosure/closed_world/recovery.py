"""Attacked before anybody sees it: what would give small counts back is withheld, until too little comes back.

Each table is reconstructed from all of its totals, as an attacker would do it (disclosure.audit.reconstruction). Where
that states a small count exactly, or is rightly sure of a one, the figures of fewest people that hold this cell are
withheld, and empty cells with them (disclosure.closed_world.gaps), so that what is withheld need not be somebody. Then
it is attacked again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil

import numpy as np
import numpy.typing as npt

from disclosure.audit.attack import SMALL
from disclosure.audit.knowledge import Knowledge
from disclosure.audit.lattice import finest_of
from disclosure.audit.reconstruction import MANNERS, MOST_CELLS, Attacked, reconstruct_each, steps_for
from disclosure.closed_world.coding import Whole
from disclosure.closed_world.deciding import WITHHELD, Decided, Drawn
from disclosure.closed_world.description import Question, Rules
from disclosure.closed_world.gaps import Gaps
from disclosure.closed_world.lattices import Lattice, worst_lattices

# Held against the attacker who searches longest, to this part of what the rules allow, so that others who go about it
# a little otherwise stay below as well; at last some lattices are held against those others.
_AIM = 0.88
_ROUNDS, _OTHER_ROUNDS, _BY_OTHERS = 30, 6, 5
_SHORT = 200
# Steps times cells, of all attacks together: then it has to do. A lattice costs as if it had so many cells more.
_WORK, _OVERHEAD = 60_000_000, 300
# Who is sure of fewer than these is hardly ever sure: how often rightly, is luck.
_FEWEST_CLAIMS = 10
_MANY, _FURTHER = 20, 1.3
# Totals are what readers come for: what has fewer dimensions than this is not withheld for the sake of its parts.
_FEWEST_DIMENSIONS = 2

Place = tuple[int, ...]


@dataclass(frozen=True)
class _Found:
    """What an attack on one lattice came to: how many finest cells are small, and how many it is sure hold one; and the
    places where it is right."""

    small: int
    claimed: int
    stated: list[Place]
    ones: list[Place]


def withhold_recovered(
    drawn: Mapping[Question, Drawn], decided: Mapping[Question, Decided], rules: Rules
) -> None:
    """Withhold, in place, empty cells beside what is withheld of a few; and what it takes for a reconstruction of each
    table to stay under the shares in `rules`.

    The shares of all tables together are held against the rules; of tables that are themselves below them nothing is
    withheld. How long it takes is counted in steps, never by a clock: the same input gives the same.
    """
    questions = list(decided)
    tables = [drawn[question] for question in questions]
    if not tables:
        return
    value = np.concatenate([decided[question].value for question in questions])
    gaps = Gaps(
        [one.counts.shape for one in tables],
        value,
        np.concatenate([one.drawn_for for one in tables]),
        np.concatenate([one.key_for for one in tables]),
        np.concatenate([one.possible for one in tables]),
    )
    gaps.fill()
    if rules.recovered < 1 or rules.ones < 1:
        knowledge = Knowledge.of_cell_keys(
            rules.table.bound, rules.table.variance, coarsened=rules.least_difference - 1
        )
        lattices = worst_lattices(drawn, questions, MOST_CELLS)
        steps = steps_for(sum(lattice.cell.size for lattice in lattices))
        work = _WORK
        # Where a search is long, most is done against a short one.
        for most in (_SHORT, steps) if steps > 4 * _SHORT else (steps,):
            work = _hold(lattices, gaps, knowledge, rules, _AIM, (most, 1.0), _ROUNDS, work)
        for most, zeros in MANNERS[1:]:
            manner = min(steps, most), zeros
            # Two who differ in little but how long they search come to the same.
            if zeros == 1.0 and steps <= 2 * most:
                continue
            work = _hold(lattices[:_BY_OTHERS], gaps, knowledge, rules, 1.0, manner, _OTHER_ROUNDS, work)
    ends = np.cumsum([one.figure.size for one in tables])
    for question, part in zip(questions, np.split(value, ends[:-1]), strict=True):
        decided[question].value[:] = part


def _hold(
    lattices: Sequence[Lattice],
    gaps: Gaps,
    knowledge: Knowledge,
    rules: Rules,
    aim: float,
    manner: tuple[int, float],
    rounds: int,
    work: int,
) -> int:
    """Withhold until an attacker of some manner comes below a part `aim` of what the rules allow. What is left of the
    work that may be done."""
    numbers = list(range(len(lattices)))
    found: dict[int, _Found] = {}
    for _ in range(rounds):
        if work < 0:
            break
        attacked, took = _attack([lattices[number] for number in numbers], gaps, knowledge, manner)
        found.update(zip(numbers, attacked, strict=True))
        work -= took
        hits = _hits([found[number] for number in range(len(lattices))], rules, aim)
        numbers = [
            number
            for number, (lattice, places) in enumerate(zip(lattices, hits, strict=True))
            if sum(_withhold(lattice, place, gaps) for place in dict.fromkeys(places))
        ]
        if not numbers:
            break
        gaps.fill()
    return work


def _hits(found: Sequence[_Found], rules: Rules, aim: float) -> list[list[Place]]:
    """Of each lattice the places that have to come out right no longer: as many as are more than the shares allow, of
    all lattices and of this one."""
    hits: list[list[Place]] = [[] for _ in found]
    stated = [(one.stated, aim * rules.recovered * one.small) for one in found]
    ones = [(one.ones, aim * rules.ones * one.claimed) for one in found]
    few = sum(one.claimed for one in found) < _FEWEST_CLAIMS
    for each in (stated, *(() if few else (ones,))):
        more = sum(len(places) for places, _ in each) - sum(allowed for _, allowed in each)
        # Where much is to be done, it is done in fewer attacks.
        room = ceil(more if more <= _MANY else _FURTHER * more)
        for own, (places, allowed) in zip(hits, each, strict=True):
            taken = places[: max(min(ceil(len(places) - allowed), room), 0)]
            own += taken
            room -= len(taken)
    return hits


def _attack(
    lattices: Sequence[Lattice], gaps: Gaps, knowledge: Knowledge, manner: tuple[int, float]
) -> tuple[list[_Found], int]:
    """What an attacker comes to, on each of some lattices; and how much work that was."""
    seen = []
    for lattice in lattices:
        shown = np.where(lattice.cell >= 0, gaps.value[lattice.cell], WITHHELD).astype(np.float64)
        shown[shown == WITHHELD] = np.nan
        seen.append(Attacked(shown, lattice.true))
    (steps, zeros), work = manner, 0
    found = []
    for lattice, one in zip(
        lattices, reconstruct_each(seen, knowledge, steps=steps, zeros=zeros), strict=True
    ):
        work += one.steps * (lattice.cell.size + _OVERHEAD)
        true = finest_of(lattice.true)
        small = (true >= 1) & (true <= SMALL)
        found.append(
            _Found(
                int(small.sum()),
                int(one.ones.sum()),
                _shuffled(small & (one.claims == true), lattice, gaps.key),
                _shuffled(one.ones & (true == 1), lattice, gaps.key),
            )
        )
    return found, work


def _shuffled(here: npt.NDArray[np.bool_], lattice: Lattice, key: Whole) -> list[Place]:
    """The places where something is, in an order that hangs on the secret keys."""
    places = [tuple(int(at) for at in place) for place in np.argwhere(here)]
    return sorted(places, key=lambda place: (int(key[lattice.cell[place]]), place))


def _withhold(lattice: Lattice, place: Place, gaps: Gaps) -> bool:
    """Withhold the shown figure of fewest people that holds a finest cell, if there is one of two dimensions or
    more."""
    fixed = len(lattice.fixed)
    holding = [
        int(lattice.cell[one])
        for one in product(*((at, -1) for at in place))
        if fixed + sum(at >= 0 for at in one) >= _FEWEST_DIMENSIONS
    ]
    shown = {cell for cell in holding if cell >= 0 and gaps.value[cell] != WITHHELD}
    if not shown:
        return False
    gaps.value[min(shown, key=lambda cell: (gaps.count[cell], cell))] = WITHHELD
    return True
