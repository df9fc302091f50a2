"""A safe pattern of a large system in little time, proved by moves that anybody can check.

A move is a change of withheld cells after which every equation still holds and no cell is outside of its bounds: a
table that is possible as well. One that takes a primary cell as far as its protection level shows that this level is
kept, and none of it is needed to be a vertex of anything: so one program finds moves for hundreds of cells at once,
each for its price, and falls apart into moves that share no equation (the heuristic of Kelly, Golden and Assad, "Cell
suppression: disclosure protection for sensitive tabular data", Networks 22, 1992, for many cells in one program).
Whoever holds a cell alone knows that it does not move: a cell needs a move without each other holder's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import highspy
import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, hstack
from scipy.sparse.csgraph import connected_components

from disclosure.errors import UnprotectableError
from disclosure.suppression.solver import program_of, quiet_solver
from disclosure.tables.system import NOBODY, Flags, Floats, Integers, System

# What moves by less does not move; how far an equation may be off; the share of a level that counts as reached.
_STILL: Final = 1e-7
_OFF: Final = 1e-5
_REACHED: Final = 1 - 1e-6
# No cell need move further than so many times the largest level.
_FAR: Final = 100.0
# Prices of a unit: of a withheld cell, of one that somebody holds alone, of one that is shown yet, and so much more
# at most where it is dear; and what it is worth to come a unit nearer to a level: more than any way costs.
_MOVE, _HELD, _OPEN, _DEAR, _WORTH = 1.0, 20.0, 200.0, 1e4, 1e7
# So many programs in a row that settle fewer than so many cells: the rest is met one by one.
_IDLE, _FEW = 2, 4
_BATCHES: Final = 60
_AGAIN: Final = 3
# What a cell protects that protects several, or none because it is primary.
NOT_ONE: Final = -1
# Whoever is sure that less than this share of a unit can be missing knows that it cannot.
_SURELY: Final = 0.999


@dataclass(frozen=True)
class Witnessed:
    """`hidden`: what is withheld; `moves`: one row each, one column a cell, that prove it safe; `why`: for each cell
    that is withheld to protect one other, that one's place, otherwise NOT_ONE. `holder`: as in the System, with the
    cells that turned out to be one holder's own."""

    hidden: Flags
    moves: csr_array
    why: Integers
    holder: Integers


def suppress_witnessed(system: System, *, begin: Flags | None = None) -> Witnessed:
    """A safe pattern of a system. `begin`: cells that are withheld whatever they cost. The same system gives the same
    pattern; how much is done is counted, not timed. Raises UnprotectableError where no move was found for a cell, or
    where the moves do not prove the pattern."""
    hidden = (system.status == "u") | (np.zeros(system.cells, np.bool_) if begin is None else begin)
    search = _Search(system, hidden & (system.status != "z"))
    search.batches(opening=False)
    search.batches(opening=True)
    while search.singly():
        pass
    found = search.answer()
    wrong = unproved(system.with_(holder=found.holder), found.hidden, found.moves)
    if wrong.any():
        raise UnprotectableError(f"{int(wrong.sum())} cells are not proved to be safe")
    return found


def unproved(system: System, hidden: Flags, moves: csr_array) -> Flags:
    """Primary cells that the moves do not prove safe, where `hidden` is withheld: for each direction there must be
    moves that take the cell as far as its level, and for each holder of other cells one that leaves all of these as
    they are. A move that breaks an equation or a bound, or that moves what is shown, proves nothing."""
    needs = _needs(system)
    proof = _Proof(system, needs)
    off = np.abs((system.matrix @ moves.T).toarray()).max(axis=0, initial=0.0)
    for row in np.flatnonzero(off <= _OFF).tolist():
        ends = slice(int(moves.indptr[row]), int(moves.indptr[row + 1]))
        cells, by = moves.indices[ends].astype(np.int64), moves.data[ends]
        after = system.value[cells] + by
        inside = (after >= system.lower[cells] - _OFF) & (after <= system.upper[cells] + _OFF)
        if (inside & hidden[cells] & (system.status[cells] != "z")).all():
            proof.take(cells, by)
    found = np.asarray((system.status == "u") & ~hidden, np.bool_)
    found[needs.cell[proof.open()]] = True
    return found


@dataclass(frozen=True)
class _Needs:
    """What must be shown: that a cell can move by `amount` in the direction of `sign`. `place`: for each cell its need
    upwards and downwards, or -1."""

    cell: Integers
    sign: Integers
    amount: Floats
    place: Integers


def _needs(system: System) -> _Needs:
    cells: list[int] = []
    signs: list[int] = []
    amounts: list[float] = []
    place = np.full((system.cells, 2), -1, np.int64)
    for cell in np.flatnonzero(system.status == "u").tolist():
        below = float(system.protect_lower[cell])
        above = max(float(system.protect_upper[cell]), float(system.protect_sliding[cell]) - below)
        if below <= 0 and above <= 0:
            above = 1e-3 * max(1.0, abs(float(system.value[cell])))
        for which, (sign, amount) in enumerate(((1, above), (-1, below))):
            if amount > 0:
                place[cell, which] = len(cells)
                cells.append(cell)
                signs.append(sign)
                amounts.append(amount)
    return _Needs(np.asarray(cells, np.int64), np.asarray(signs, np.int64), np.asarray(amounts), place)


class _Proof:
    """What is proved so far. `bad`: for each need None where no move meets it, else the holders who would know that
    every move that does is none."""

    def __init__(self, system: System, needs: _Needs) -> None:
        self._needs, self._holder = needs, system.holder
        self.bad: list[set[int] | None] = [None] * needs.cell.size

    def open(self) -> list[int]:
        """The needs that are not met, or not against everybody."""
        return [number for number, bad in enumerate(self.bad) if bad is None or bad]

    def take(self, cells: Integers, by: Floats) -> list[int]:
        """The needs that a move brings further."""
        held = self._holder[cells]
        touched = set(held[held != NOBODY].tolist())
        further = []
        places = self._needs.place[cells, np.where(by > 0, 0, 1)]
        for at in np.flatnonzero(places >= 0).tolist():
            number = int(places[at])
            if abs(float(by[at])) < float(self._needs.amount[number]) * _REACHED:
                continue
            before = self.bad[number]
            others = touched - {int(held[at])}
            after = others if before is None else before & others
            if before is None or len(after) < len(before):
                self.bad[number] = after
                further.append(number)
        return further


class _Search:
    def __init__(self, system: System, hidden: Flags) -> None:
        self._system, self._hidden, self._holder = system, hidden.copy(), system.holder.copy()
        self._needs = _needs(system)
        self._proof = _Proof(system, self._needs)
        self._moves: list[tuple[Integers, Floats]] = []
        self._why = np.full(system.cells, NOT_ONE, np.int64)
        self._random = np.random.default_rng(0)
        self._free = np.flatnonzero(system.status != "z")
        matrix = csc_array(csc_array(system.matrix)[:, self._free])
        rows = csr_array(matrix)
        self._matrix = csr_array(rows[np.diff(rows.indptr) > 0])
        self._within = csc_array(self._matrix)
        most = _FAR * float(self._needs.amount.max(initial=1.0))
        self._up = np.minimum((system.upper - system.value)[self._free], most)
        self._down = np.minimum((system.value - system.lower)[self._free], most)
        cost = system.cost[self._free]
        self._price = _OPEN + _DEAR * np.sqrt(cost / max(float(cost.max(initial=0.0)), 1.0))
        self._column = np.full(system.cells, -1, np.int64)
        self._column[self._free] = np.arange(self._free.size)
        self._solver = quiet_solver()
        both = csr_array(hstack([self._matrix, -self._matrix]))
        program = program_of(both, np.zeros(both.shape[0]), most=False)
        program.col_cost_ = program.col_lower_ = program.col_upper_ = np.zeros(both.shape[1])
        self._solver.passModel(program)

    def _waiting(self, *, opening: bool) -> list[int]:
        return [number for number in self._proof.open() if not opening or self._proof.bad[number] is None]

    def batches(self, *, opening: bool) -> None:
        """Programs for many needs at once, no two in one equation. `opening`: what is shown yet may move."""
        idle = 0
        for _batch in range(_BATCHES):
            waiting = self._waiting(opening=opening)
            if not waiting or idle == _IDLE:
                return
            self._meet(list(self._apart(waiting)), opening=opening)
            settled = len(waiting) - len(self._waiting(opening=opening))
            idle = idle + 1 if settled < _FEW else 0

    def singly(self) -> bool:
        """A program for each need that is left: within what is withheld, or withholding more. Whether cells were found
        to be somebody's own, so that all must be looked at again. Raises UnprotectableError, naming the cell."""
        own: dict[int, int] = {}
        for number in self._proof.open():
            for opening in (False, True):
                for _again in range(_AGAIN):
                    bad = self._proof.bad[number]
                    if bad == set() or not self._meet([number], opening=opening, known=sorted(bad or ())):
                        break
            for holder in sorted(self._proof.bad[number] or ()):
                if holder in (self._proof.bad[number] or ()):
                    self._meet([number], opening=True, known=[holder])
            bad, cell = self._proof.bad[number], int(self._needs.cell[number])
            if bad == set():
                continue
            if bad is None or len(bad) > 1 or not self._is_own(number, min(bad)):
                raise UnprotectableError(f"no move protects {self._system.names[cell]}")
            own[cell] = min(bad)
        for cell, holder in own.items():
            self._holder[cell] = holder
        if own:
            self._system = self._system.with_(holder=self._holder.copy())
            self._proof = _Proof(self._system, self._needs)
            for cells, by in self._moves:
                self._proof.take(cells, by)
        return bool(own)

    def _is_own(self, number: int, holder: int) -> bool:
        """Whether a cell is all of a holder's own, though nobody said so.

        The holder's cells, the equations without a number of their own and the cells that are nothing stay true when
        nobody but the holder is left, and when anybody else is there many times over. So with all else withheld a cell
        could fall to what the holder has in it, and rise as far as one likes where anybody else has something in it.
        """
        system, cell = self._system, int(self._needs.cell[number])
        shown = (system.status == "z") & (system.value != 0)
        if shown.any() or system.right.any() or system.holder[cell] != NOBODY:
            return False
        if system.lower.any() or not system.whole or not system.value[cell]:
            return False
        others = system.holder[self._free] != holder
        column, amount = int(self._column[cell]), float(self._needs.amount[number])
        up = np.where(others, np.inf, 0.0)
        down = np.where(others, system.value[self._free], 0.0)
        nothing, price = np.zeros(up.size), np.zeros(up.size)
        price[column] = -1.0
        if self._needs.sign[number] > 0:
            up[column], down[column] = amount, 0.0
            by = self._solved(price, nothing, up, down)
            return by is not None and float(by[column]) < amount * _SURELY
        up[column], down[column] = 0.0, min(1.0, float(system.value[cell]))
        by = self._solved(nothing, price, up, down)
        return by is not None and float(-by[column]) < _SURELY

    def _apart(self, waiting: Sequence[int]) -> Iterator[int]:
        """Needs of which no two cells stand in one equation."""
        taken: set[int] = set()
        for number in self._random.permutation(np.asarray(waiting)).tolist():
            column = int(self._column[self._needs.cell[number]])
            lines = self._within.indices[
                self._within.indptr[column] : self._within.indptr[column + 1]
            ].tolist()
            if taken.isdisjoint(lines):
                taken.update(lines)
                yield number

    def _meet(self, numbers: Sequence[int], *, opening: bool, known: Sequence[int] = ()) -> bool:
        """One program for some needs, where `known` holders know their cells; whether it brought one further."""
        hidden = self._hidden[self._free]
        holder = self._system.holder[self._free]
        price = np.where(hidden, _MOVE, self._price)
        price = np.where(hidden & (holder != NOBODY), _HELD, price)
        moves = (hidden | opening) & ~np.isin(holder, known)
        up, down = np.where(moves, self._up, 0.0), np.where(moves, self._down, 0.0)
        up_price, down_price = price.copy(), price.copy()
        for number in numbers:
            column = int(self._column[self._needs.cell[number]])
            amount = float(self._needs.amount[number])
            if self._needs.sign[number] > 0:
                up[column], down[column] = min(amount, float(up[column])), 0.0
                up_price[column] = -_WORTH
            else:
                up[column], down[column] = 0.0, min(amount, float(down[column]))
                down_price[column] = -_WORTH
        by = self._solved(up_price, down_price, up, down)
        return by is not None and self._take(by)

    def _solved(self, up_price: Floats, down_price: Floats, up: Floats, down: Floats) -> Floats | None:
        """By how much each free cell moves at the least price, within its room."""
        count = self._free.size
        every = np.arange(2 * count, dtype=np.int32)
        self._solver.clearSolver()
        self._solver.changeColsCost(2 * count, every, np.concatenate((up_price, down_price)))
        self._solver.changeColsBounds(2 * count, every, np.zeros(2 * count), np.concatenate((up, down)))
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        value = np.asarray(self._solver.getSolution().col_value, np.float64)
        return np.asarray(value[:count] - value[count:])

    def _take(self, by: Floats) -> bool:
        """Keep the moves that bring a need further, and withhold what they move."""
        moved = np.flatnonzero(np.abs(by) > _STILL)
        some = False
        for part in self._split(moved):
            cells = self._free[part]
            further = self._proof.take(cells, by[part])
            if not further:
                continue
            some = True
            self._moves.append((cells, by[part]))
            fresh = cells[~self._hidden[cells]]
            self._hidden[fresh] = True
            protected = np.unique(self._needs.cell[further])
            self._why[fresh] = protected[0] if protected.size == 1 else NOT_ONE
        return some

    def _split(self, moved: Integers) -> list[Integers]:
        """Moved columns, by the equations that they share."""
        if not moved.size:
            return []
        within = coo_array(self._within[:, moved])
        nodes = moved.size + self._matrix.shape[0]
        graph = coo_array(
            (np.ones(within.col.size), (within.col, within.row + moved.size)), shape=(nodes, nodes)
        )
        _count, label = connected_components(graph, directed=False)
        label = label[: moved.size]
        order = np.argsort(label, kind="stable")
        return np.split(moved[order], np.flatnonzero(np.diff(label[order])) + 1)

    def answer(self) -> Witnessed:
        starts = np.concatenate(([0], np.cumsum([cells.size for cells, _by in self._moves]))).astype(np.int64)
        cells = np.concatenate([np.empty(0, np.int64), *(cells for cells, _by in self._moves)])
        by = np.concatenate([np.empty(0), *(by for _cells, by in self._moves)])
        moves = csr_array((by, cells, starts), shape=(len(self._moves), self._system.cells))
        return Witnessed(self._hidden, moves, self._why, self._holder)
