"""Whether a pattern of suppressed cells protects every primary cell: against everybody, and against whoever contributes
to a cell alone and so knows it.

Independent of how the pattern was made. Quicker than all intervals: a possible table that was met on the way and lies
far enough off settles a cell, so most need no program of their own.
"""

import time
from dataclasses import dataclass

import numpy as np

from disclosure.audit.known import Known, known_suppressed
from disclosure.audit.programs import Program, reach
from disclosure.tables.system import NOBODY, Flags, Floats, Integers, System

_HAIR = 1e-6


@dataclass(frozen=True)
class Check:
    """`unsafe`: primary cells that are not shown to have their protection levels, shown ones among them. `against`: the
    holder (`System.holder`) who can find out most of such a cell, NOBODY where everybody can. `complete`: whether
    there was time for all; what there was no time for is unsafe. `programs`: how many were solved."""

    unsafe: Flags
    against: Integers
    complete: bool
    programs: int
    seconds: float


def check_pattern(
    system: System, suppressed: Flags, *, singletons: bool = True, seconds: float | None = None
) -> Check:
    """Check that every primary cell is suppressed, and can be as far from its value as its protection levels ask
    (where they are 0: anything but exactly known).

    `singletons`: each holder of a cell is an attacker too, who knows all cells that it holds; the other primary cells
    must keep their levels against it. `seconds`: the time allowed; what is not proved by then counts as unsafe.
    Attackers are not taken to know that values are whole numbers.
    """
    return check_known(system, known_suppressed(system, suppressed), singletons=singletons, seconds=seconds)


def check_known(
    system: System, known: Known, *, singletons: bool = True, seconds: float | None = None
) -> Check:
    """The same for any release: rounded, perturbed or suppressed, as `known` says."""
    began = time.perf_counter()
    until = None if seconds is None else began + seconds
    primary = system.status == "u"
    unsafe = np.zeros(system.cells, np.bool_)
    against = np.full(system.cells, NOBODY, np.int64)
    limits = reach(system, known, whole=False)
    free = np.zeros(system.cells, np.bool_)
    complete, programs = True, 0
    for component in limits.components:
        free[component] = True
        if not primary[component].any():
            continue
        room = _Room(system, component, limits.below, limits.above, until)
        missed = room.unproved(np.empty(0, np.int64))
        unsafe[component[missed]] = True
        for holder in _holders(system, component) if singletons else ():
            mine = np.flatnonzero(system.holder[component] == holder)
            also = np.setdiff1d(room.unproved(mine), missed)
            fresh = component[also][~unsafe[component[also]]]
            against[fresh], unsafe[fresh] = holder, True
        complete &= room.complete
        programs += room.program.solved
    # Shown, or fixed by the equations.
    unsafe |= primary & ~free
    return Check(unsafe, against, complete, programs, time.perf_counter() - began)


def _holders(system: System, component: Integers) -> list[int]:
    held = system.holder[component]
    return sorted(set(held[held != NOBODY].tolist()))


class _Room:
    """One component, and the possible tables met in it so far."""

    def __init__(
        self, system: System, component: Integers, below: Floats, above: Floats, until: float | None
    ) -> None:
        self.program = Program(system.by_cell, component, below, above)
        self.complete = True
        self._until = until
        self._primary = np.flatnonzero(system.status[component] == "u")
        value = np.abs(system.value[component])
        # A level of 0 asks for a little all the same: anything but exact.
        self._down = system.protect_lower[component]
        self._up = system.protect_upper[component]
        self._wide = np.maximum(system.protect_sliding[component], 1e-9 * np.maximum(1.0, value))
        self._met: list[Floats] = []
        self._below, self._above = below[component], above[component]

    def unproved(self, mine: Integers) -> Integers:
        """Primary cells (places in the component) that an attacker who knows the cells `mine` knows too closely."""
        low, high = np.zeros(self._down.size), np.zeros(self._down.size)
        for far in self._met:
            if not np.abs(far[mine]).max(initial=0.0):
                low, high = np.minimum(low, far), np.maximum(high, far)
        others = np.setdiff1d(self._primary, mine)
        if mine.size:
            self.program.fix(mine)
        self._probe(others, low, high)
        missed = [place for place in others if not self._reaches(int(place), low, high)]
        if mine.size:
            self.program.release(mine)
        return np.asarray(missed, np.int64)

    def _probe(self, places: Integers, low: Floats, high: Floats) -> None:
        """A few programs for all open cells at once, which settle many."""
        for sign in (1.0, -1.0, 1.0, -1.0):
            short = self._short(high, self._up) if sign > 0 else self._short(-low, self._down)
            some = places[(short | self._short(high - low, self._wide))[places]]
            if some.size > 3 and self._in_time():
                self._ask(some, np.full(some.size, sign), low, high)

    def _reaches(self, place: int, low: Floats, high: Floats) -> bool:
        """Whether the cell can be as far off as it should, by programs where what was met does not tell."""
        here = np.asarray([place])
        if self._short(high, self._up)[place]:
            self._ask(here, np.ones(1), low, high)
        if self._short(-low, self._down)[place]:
            self._ask(here, -np.ones(1), low, high)
        for sign in (1.0, -1.0):
            if self._short(high - low, self._wide)[place]:
                self._ask(here, np.full(1, sign), low, high)
        return not (
            self._short(high, self._up)[place]
            or self._short(-low, self._down)[place]
            or self._short(high - low, self._wide)[place]
        )

    def _ask(self, places: Integers, signs: Floats, low: Floats, high: Floats) -> None:
        if not self._in_time():
            self.complete = False
            return
        far = self.program.furthest(places, signs)
        if far is None:
            return
        if np.isfinite(far).all():
            self._met.append(far)
        np.minimum(low, far, out=low)
        np.maximum(high, far, out=high)

    def _in_time(self) -> bool:
        return self._until is None or time.perf_counter() < self._until

    @staticmethod
    def _short(got: Floats, needed: Floats) -> Flags:
        return np.asarray(got < needed * (1 - _HAIR))
