"""Reconstruction: the finest cells of a table, worked out from all of its margins at once.

The attack that the United States Census Bureau made on its own tables of 2010 (Garfinkel, Abowd and Martindale,
"Understanding database reconstruction attacks on public data", Communications of the ACM 62, 2019), by bounded least
squares: the counts that fit all shown figures best, among those that the method leaves possible.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from disclosure.audit.attack import SMALL, Attack, margin_of_share, worst_first
from disclosure.audit.knowledge import Knowledge
from disclosure.audit.lattice import finest_of, narrow, onto_finest, with_margins
from disclosure.audit.lattices import Lattice, worst_lattices
from disclosure.audit.view import View

Floats = NDArray[np.float64]

# A claim is confident where the estimate lies this near a whole number.
CONFIDENT = 0.25
RECOVERED_LIMIT, ONES_LIMIT = 0.25, 0.35
# Cells of all lattices together that are attacked inside a publish step.
MOST_CELLS = 60_000
_STEPS, _WORLD_STEPS = 3_000, 400
# Steps times cells, of all lattices together.
_WORK = 8_000_000
# Attackers differ in when they are content with what they have found (after so many steps), and in how much more they
# trust a shown nothing: most of those are true.
MANNERS = ((_STEPS, 1.0), (400, 1.0), (400, 2.0))
_STILL = 1e-4
# An exact figure weighs as if it had this variance: more would only slow the search down.
_LEAST_VARIANCE = 0.04
# So many lattices are attacked by others as well.
_BY_OTHERS = 10
# Said of the best of several attackers.
_OTHERS = " By the best of several attackers, who weigh figures in ways of their own."
# Of fewer claims nothing is said.
_FEWEST_CLAIMS = 20
# How much it weighs that a cell lies outside of what is possible.
_OUTSIDE = 4.0


@dataclass(frozen=True)
class Reconstruction:
    """`estimate`: of every finest cell, not rounded. `lowest`, `highest`: bounds of all cells of the lattice. `steps`:
    how long it took."""

    estimate: Floats
    lowest: Floats
    highest: Floats
    steps: int

    @property
    def claims(self) -> Floats:
        """The whole number that the attacker states for each finest cell."""
        return np.rint(self.estimate)

    @property
    def ones(self) -> NDArray[np.bool_]:
        """Where the attacker says with confidence: this is one person."""
        return np.abs(self.estimate - 1.0) < CONFIDENT


def reconstruct(
    shown: Floats,
    knowledge: Knowledge,
    *,
    true: Floats | None = None,
    steps: int = _STEPS,
    zeros: float = 1.0,
) -> Reconstruction:
    """The attack on one lattice: `shown` as disclosure.audit.lattice has it, NaN where a figure is withheld.

    Every finest cell of a lattice may be withheld as well: what is asked of a table with fewer dimensions at once is
    such a lattice. `true`: the counts, where a figure may be further from its count than the method says
    (see Knowledge.bounds). `steps`: after so many the search ends, if it has not come to rest before.
    `zeros`: how much more a shown nothing weighs than another figure.
    """
    one = Attacked(shown, np.full(shown.shape, np.nan) if true is None else true)
    return reconstruct_each([one], knowledge, steps=steps, zeros=zeros)[0]


@dataclass(frozen=True)
class Attacked:
    """A lattice to attack: shown and true counts, NaN where there is none."""

    shown: Floats
    true: Floats


def reconstruct_each(
    lattices: Sequence[Attacked], knowledge: Knowledge, *, steps: int = _STEPS, zeros: float = 1.0
) -> list[Reconstruction]:
    """The attack on each of some lattices: those of one shape are searched together, which takes less time."""
    found: dict[int, Reconstruction] = {}
    shapes: dict[tuple[int, ...], list[int]] = {}
    for number, lattice in enumerate(lattices):
        shapes.setdefault(lattice.shown.shape, []).append(number)
    for numbers in shapes.values():
        bounds = [narrow(*knowledge.bounds(lattices[one].shown, lattices[one].true)) for one in numbers]
        shown = np.stack([lattices[one].shown for one in numbers])
        weight = np.where(np.isnan(shown), 0.0, 1.0 / max(knowledge.variance, _LEAST_VARIANCE))
        weight = np.where(shown == 0, zeros * weight, weight)
        lowest, highest = (np.stack(side) for side in zip(*bounds, strict=True))
        estimates, took = _least_squares(np.nan_to_num(shown), weight, lowest, highest, steps)
        for number, estimate, (low, high), many in zip(numbers, estimates, bounds, took, strict=True):
            found[number] = Reconstruction(estimate, low, high, int(many))
    return [found[number] for number in range(len(lattices))]


def attackers(
    shown: Floats,
    knowledge: Knowledge,
    *,
    true: Floats | None = None,
    steps: int = _STEPS,
    manners: Sequence[tuple[int, float]] = MANNERS,
) -> tuple[Reconstruction, ...]:
    """The same attack by several who each go about it in a way of their own, as `manners` has them: figures that are
    safe against one alone are not safe. `steps`: the most that any of them takes."""
    return tuple(
        reconstruct(shown, knowledge, true=true, steps=min(steps, most), zeros=zeros)
        for most, zeros in manners
    )


def _least_squares(
    shown: Floats, weight: Floats, lowest: Floats, highest: Floats, steps: int
) -> tuple[Floats, NDArray[np.int64]]:
    """Bounded weighted least squares by accelerated projected gradients (Beck and Teboulle, "A fast iterative
    shrinkage-thresholding algorithm", SIAM Journal on Imaging Sciences 2, 2009), begun anew where the momentum points
    uphill. The first axis numbers the lattices, of which each is searched by itself until it is at rest; and how many
    steps each took."""
    least, most = finest_of(lowest, 1), finest_of(highest, 1)
    # Bounds that crossed say that the method is not what the attacker thought: then the lower one holds.
    most = np.maximum(least, most)
    found = np.clip(finest_of(shown, 1), least, most)
    took = np.zeros(found.shape[0], np.int64)
    if not found.size or (least == most).all():
        return found, took
    every, each = tuple(range(1, found.ndim)), (-1, *(1,) * (found.ndim - 1))
    step = (1.0 / _steepest(np.maximum(weight, _OUTSIDE))).reshape(each)
    pull, heavier, highest = weight * shown, weight + _OUTSIDE, np.maximum(lowest, highest)
    at, ahead, momentum, number = found, found, np.ones(took.size), np.arange(took.size)
    for _ in range(steps):
        cells = with_margins(ahead, 1)
        # What a cell is off its figure, by its weight, and how far it lies outside of what is possible.
        inside = np.minimum(np.maximum(cells, lowest), highest)
        uphill = onto_finest(heavier * cells - pull - _OUTSIDE * inside, 1)
        following = np.minimum(np.maximum(ahead - step * uphill, least), most)
        going = following - at
        momentum[((ahead - following) * going).sum(every) > 0] = 1.0
        larger = (1.0 + np.sqrt(1.0 + 4.0 * momentum * momentum)) / 2.0
        ahead = following + ((momentum - 1.0) / larger).reshape(each) * going
        at, momentum = following, larger
        moving = np.maximum(going.max(every), -going.min(every)) >= _STILL
        took[number] += 1
        if 2 * moving.sum() <= moving.size:
            # Those at rest are left as they are.
            found[number] = at
            if not moving.any():
                return found, took
            at, ahead, momentum, number = at[moving], ahead[moving], momentum[moving], number[moving]
            step, pull, heavier = step[moving], pull[moving], heavier[moving]
            lowest, highest, least, most = lowest[moving], highest[moving], least[moving], most[moving]
    found[number] = at
    return found, took


def _steepest(weight: Floats) -> Floats:
    """The largest eigenvalue of the quadratic form of each lattice, by power iteration: all weights are positive, so it
    grows from a vector of ones."""
    vector = np.ones_like(finest_of(weight, 1))
    largest = np.ones(weight.shape[0])
    for _ in range(30):
        vector = onto_finest(weight * with_margins(vector, 1), 1)
        largest = np.sqrt((vector * vector).sum(tuple(range(1, vector.ndim))))
        vector /= largest.reshape(-1, *(1,) * (vector.ndim - 1))
    # The iteration comes from below.
    return largest * 1.02


@dataclass(frozen=True)
class Tally:
    """What reconstructions came to: small finest cells, those stated exactly, confident ones, and those that are."""

    small: int
    recovered: int
    claimed: int
    right: int
    question: str = ""


def tally(true: Floats, found: Reconstruction, question: str = "") -> Tally:
    """Hold a reconstruction against the true counts of the finest cells."""
    small = _is_small(true)
    return Tally(
        int(small.sum()),
        int((small & (found.claims == true)).sum()),
        int(found.ones.sum()),
        int((found.ones & (true == 1)).sum()),
        question,
    )


def reconstruction(
    view: View, cells: int = MOST_CELLS, lattices: Sequence[Lattice] | None = None
) -> tuple[Attack, ...]:
    """Every table with its margins reconstructed by itself, those with the most small cells first, until `cells` cells
    have been attacked: the share of small counts stated exactly, and how often a confident "this is one" is right, for
    the attacker who searches longest, and for the best of others, who attack the first few alone. `lattices`: those to
    attack, where they are at hand."""
    attacked = worst_lattices(view, cells) if lattices is None else lattices
    steps = steps_for(sum(one.true.size for one in attacked))
    tallies: list[list[Tally]] = []
    guess_right = guess_of = 0
    for number, (most, zeros) in enumerate(MANNERS):
        own = attacked if number == 0 else attacked[:_BY_OTHERS]
        every = reconstruct_each(
            [Attacked(one.shown, one.true) for one in own],
            view.knowledge,
            steps=min(steps, most),
            zeros=zeros,
        )
        pairs = list(zip(own, every, strict=True))
        tallies.append([tally(lattice.finest, found, lattice.question) for lattice, found in pairs])
        for lattice, found in pairs if number == 0 else ():
            open_cells = finest_of(found.highest) > finest_of(found.lowest)
            guess_right += int((open_cells & (lattice.finest == 1)).sum())
            guess_of += int(open_cells.sum())
    guess = guess_right / guess_of if guess_of else 0.0
    totals = [_total(own) for own in tallies]
    best = max(totals[1:], key=lambda one: one.recovered)
    sure = max(totals[1:], key=lambda one: (one.claimed >= _FEWEST_CLAIMS, one.right / max(1, one.claimed)))
    return (
        _stated("reconstruction", "", totals[0], RECOVERED_LIMIT, view.people, _worst(tallies[0])),
        _ones("this_is_a_one", "", totals[0], ONES_LIMIT, guess, view.people, _worst(tallies[0])),
        _stated("reconstruction_by_others", _OTHERS, best, None, view.people, ()),
        _ones("ones_by_others", _OTHERS, sure, None, guess, view.people, ()),
    )


def _stated(
    name: str, who: str, total: Tally, limit: float | None, people: int, questions: tuple[str, ...]
) -> Attack:
    meaning = (
        "The smallest cells of each table worked out from all of its totals at once: how many of those with one to "
        f"{SMALL} are stated exactly.{who}"
    )
    figure = total.recovered / total.small if total.small else None
    margin = margin_of_share(RECOVERED_LIMIT, total.small, people)
    return Attack(name, meaning, total.small, total.recovered, figure, limit, 0.0, margin, questions)


def _ones(
    name: str,
    who: str,
    total: Tally,
    limit: float | None,
    guess: float,
    people: int,
    questions: tuple[str, ...],
) -> Attack:
    meaning = (
        "Where an attacker who does so says with confidence that a cell holds exactly one: how often it does."
        f"{who}"
    )
    figure = total.right / total.claimed if total.claimed else None
    margin = margin_of_share(ONES_LIMIT, total.claimed, people)
    return Attack(name, meaning, total.claimed, total.right, figure, limit, guess, margin, questions)


def steps_for(cells: int) -> int:
    """How long lattices of so many cells together are searched inside a publish step."""
    return min(max(_WORK // max(cells, 1), _WORLD_STEPS), _STEPS)


def _total(tallies: Sequence[Tally]) -> Tally:
    return Tally(
        sum(one.small for one in tallies),
        sum(one.recovered for one in tallies),
        sum(one.claimed for one in tallies),
        sum(one.right for one in tallies),
    )


def _worst(tallies: Sequence[Tally]) -> tuple[str, ...]:
    """The questions whose tables came out, the best first."""
    shares: dict[str, float] = {}
    for one in tallies:
        if one.recovered:
            shares[one.question] = max(shares.get(one.question, 0.0), one.recovered / one.small)
    return worst_first(shares)


def _is_small(true: Floats) -> NDArray[np.bool_]:
    small: NDArray[np.bool_] = (true >= 1) & (true <= SMALL)
    return small
