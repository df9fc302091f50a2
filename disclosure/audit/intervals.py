"""The smallest and the largest value that each cell can have, given all that was released.

One pair of linear programs a cell, over all tables joined: what any attacker with equations and patience can find out,
and no more. (The "disclosure audit" of Duncan and others, "Statistical Confidentiality", 2011, chapter 4.)
"""

from dataclasses import dataclass

import numpy as np

from disclosure.audit.known import Known
from disclosure.audit.programs import Program, Reach, reach
from disclosure.audit.propagation import inwards
from disclosure.tables.system import Flags, Floats, Integers, System


@dataclass(frozen=True)
class Intervals:
    """What can be found out of each cell. `solved`: the bounds are the narrowest there are; elsewhere they are sound
    (never too narrow), from propagation alone. `exact`: not told by the release, and yet only one value is possible.
    `close`: a primary cell whose interval does not reach its protection levels. `programs`: how many were solved."""

    lowest: Floats
    highest: Floats
    solved: Flags
    exact: Flags
    close: Flags
    programs: int


def intervals(
    system: System,
    known: Known,
    *,
    cells: Integers | None = None,
    programs: int | None = None,
    whole: bool | None = None,
    whole_programs: bool = False,
) -> Intervals:
    """The interval of every cell; of `cells` (None: all) the narrowest there is, by at most `programs` linear programs
    (None: as many as it takes), which go first to where propagation leaves least open.

    `whole`: the attacker knows that all values are whole numbers (None: where they all are); bounds are then rounded
    inwards, and with `whole_programs` each is solved in whole numbers: exact even where no linear program is, and
    slower. Raises PatternError where `known` does not fit the table.
    """
    counts = system.whole if whole is None else whole
    limits = reach(system, known, whole=counts)
    below, above = limits.below.copy(), limits.above.copy()
    solved = np.ones(system.cells, np.bool_)
    wanted = np.ones(system.cells, np.bool_)
    if cells is not None:
        wanted = np.zeros(system.cells, np.bool_)
        wanted[cells] = True
    spent = 0
    for component in _narrowest_first(limits, wanted):
        left = None if programs is None else programs - spent
        if not wanted[component].any() or (left is not None and left <= 0):
            solved[component] = False
            continue
        hunt = _Hunt(Program(system.by_cell, component, below, above), below[component], above[component])
        solved[component] = hunt.run(wanted[component], left)
        spent += hunt.program.solved
        low, high = hunt.proved_low, hunt.proved_high
        if counts:
            # The solver is off by its tolerance, times the scale.
            low, high = inwards(low, high, min(1e-6 + 1e-5 * hunt.program.scale, 0.4))
        if counts and whole_programs:
            low, high, more = _in_whole_numbers(
                system, component, limits.below, limits.above, low, high, wanted
            )
            spent += more
        below[component], above[component] = low, high
    below, above = np.minimum(below, 0.0), np.maximum(above, 0.0)
    lowest, highest = system.value + below, system.value + above
    told = known.highest - known.lowest <= 1e-9 * np.maximum(1.0, np.abs(system.value))
    narrow = above - below <= np.maximum(1e-6, 1e-6 * np.abs(system.value))
    return Intervals(
        lowest=lowest,
        highest=highest,
        solved=solved,
        exact=~told & narrow,
        close=too_close(system, below, above),
        programs=spent,
    )


def _narrowest_first(limits: Reach, wanted: Flags) -> list[Integers]:
    """The components, by the narrowest interval of a wanted cell."""
    width = np.where(wanted, limits.above - limits.below, np.inf)
    return sorted(limits.components, key=lambda component: float(width[component].min()))


def too_close(system: System, below: Floats, above: Floats) -> Flags:
    """Primary cells that cannot be as far from their value as their protection levels ask: `below` <= 0 <= `above` are
    how far they can be."""
    levels = (system.protect_lower, system.protect_upper, system.protect_sliding)
    hair = 1e-6 * np.maximum.reduce([*levels, np.ones(system.cells) * 1e-6])
    return np.asarray(
        (system.status == "u")
        & (
            (-below < system.protect_lower - hair)
            | (above < system.protect_upper - hair)
            | (above - below < system.protect_sliding - hair)
            # Levels of 0 still mean: not exactly.
            | (above - below <= 1e-9 * np.maximum(1.0, np.abs(system.value)))
        )
    )


class _Hunt:
    """The furthest that every cell of one component can go, each proved by a program or met by propagation."""

    def __init__(self, program: Program, below: Floats, above: Floats) -> None:
        self.program = program
        self.proved_low, self.proved_high = below, above
        self._seen_low, self._seen_high = np.zeros(below.size), np.zeros(above.size)
        # What the solver is off by at most: a bound that is met but for this is met.
        self._hair = 1e-6 * program.scale

    def run(self, wanted: Flags, most: int | None) -> Flags:
        """Solve until every wanted cell is settled, or `most` programs are spent; which cells are settled."""
        self._probe(wanted, most)
        width = self.proved_high - self.proved_low
        for place in sorted(np.flatnonzero(wanted).tolist(), key=lambda place: float(width[place])):
            for sign in (1.0, -1.0):
                if self._settled(sign)[place]:
                    continue
                if most is not None and self.program.solved >= most:
                    return self._settled(1.0) & self._settled(-1.0)
                far = self.program.furthest(np.asarray([place]), np.asarray([sign]))
                if far is None:
                    continue
                self._see(far)
                if sign > 0:
                    self.proved_high[place] = self._seen_high[place] = min(
                        far[place], self.proved_high[place]
                    )
                else:
                    self.proved_low[place] = self._seen_low[place] = max(far[place], self.proved_low[place])
        return self._settled(1.0) & self._settled(-1.0)

    def _probe(self, wanted: Flags, most: int | None) -> None:
        """Programs for many cells at once: none proves anything by itself, but what they reach settles cells whose
        bound by propagation is met, which most are."""
        for _turn in range(4):
            for sign in (1.0, -1.0):
                open_cells = np.flatnonzero(wanted & ~self._settled(sign))
                if open_cells.size < 8 or (most is not None and self.program.solved >= most):
                    return
                far = self.program.furthest(open_cells, np.full(open_cells.size, sign))
                if far is not None and np.isfinite(far).all():
                    self._see(far)

    def _settled(self, sign: float) -> Flags:
        if sign > 0:
            return np.asarray(self._seen_high >= self.proved_high - self._hair)
        return np.asarray(self._seen_low <= self.proved_low + self._hair)

    def _see(self, far: Floats) -> None:
        """A table that is possible: every cell can go as far as it does in it."""
        finite = np.isfinite(far)
        np.maximum(self._seen_high, far, out=self._seen_high, where=finite)
        np.minimum(self._seen_low, far, out=self._seen_low, where=finite)


def _in_whole_numbers(
    system: System,
    component: Integers,
    below: Floats,
    above: Floats,
    low: Floats,
    high: Floats,
    wanted: Flags,
) -> tuple[Floats, Floats, int]:
    """`low`, `high` of a component narrowed to what whole numbers can reach; and how many programs that took."""
    program = Program(system.by_cell, component, below, above, scaled=False)
    program.whole()
    low, high = low.copy(), high.copy()
    for place in np.flatnonzero(wanted[component]):
        for sign, bound in ((1.0, high), (-1.0, low)):
            if bound[place] == 0 or not np.isfinite(bound[place]):
                continue
            far = program.furthest(np.asarray([place]), np.asarray([sign]))
            if far is not None:
                bound[place] = np.round(far[place])
    return low, high, program.solved
