"""Records join the class where least is lost by it: those without a class, and those of classes that lose much.

Taking away class by class (`peel`) leaves the rare for the end, when those whom they might have been alike with are
gone. Here they find them again: a class that lost much is dissolved where its records, one by one, make other
classes a little coarser and less is lost in all.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from disclosure.microdata.classes import NONE, Boxes, boxes, numbered
from disclosure.microdata.coding import Coded
from disclosure.microdata.rules import Judge, Rows

# Records by classes by columns that are tried at most.
_WORK = 200_000_000
# Where a class may not take a record, as many others are asked.
_ASKED = 60
# What a column loses for any value in any class is kept, where that is no more numbers than these.
_TABLE = 4_000_000
# What is gained by less is not gained.
_LITTLE = 1e-9


class _Column:
    """One column: the groups of all its levels as places, and what a record loses once a class takes another in."""

    def __init__(self, above: NDArray[np.int32], loss: NDArray[np.float64]) -> None:
        sizes = above.max(axis=1).astype(np.int64) + 1
        self.above, self.loss = above, loss
        self.begins = np.concatenate([[0], np.cumsum(sizes)])
        self.level = np.repeat(np.arange(len(above)), sizes)
        self.one = np.empty(self.begins[-1], np.int64)
        for level, groups in enumerate(above):
            self.one[self.begins[level] + groups] = np.arange(above.shape[1])
        self._whole = len(self.one) * above.shape[1] <= _TABLE
        self._joined: dict[int, NDArray[np.float64]] = {}

    def lost(self, leaf: int, places: NDArray[np.int64]) -> NDArray[np.float64]:
        """For classes in these places what each record loses after `leaf` has come in."""
        if not self._whole:
            level, one = self._after(leaf, places)
            return np.asarray(self.loss[level, one])
        found = self._joined.get(leaf)
        if found is None:
            level, one = self._after(leaf, np.arange(len(self.one)))
            found = self._joined[leaf] = self.loss[level, one]
        return found[places]

    def place(self, leaf: int, place: int) -> int:
        """The place of a class after `leaf` has come in."""
        level, one = self._after(leaf, np.array([place]))
        return int(self.begins[level[0]] + self.above[level[0], one[0]])

    def _after(self, leaf: int, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        one = self.one[places]
        apart = np.count_nonzero(self.above[:, one] != self.above[:, leaf, None], axis=0)
        return np.maximum(self.level[places], apart), one


@dataclass
class _Undo:
    home: int
    places: NDArray[np.int64]
    loss: float


class Homes:
    """The classes as they are while records move. `of`: the class of each record, or NONE."""

    def __init__(self, coded: Coded, judge: Judge, of: Rows) -> None:
        self.of = numbered(of)
        self.coded, self.judge = coded, judge
        self.columns = [_Column(above, loss) for above, loss in zip(coded.above, coded.loss, strict=True)]
        found = boxes(coded, self.of)
        self.places = _places(coded, self.columns, found)
        self.loss = found.loss(coded)
        inside = np.flatnonzero(self.of != NONE)
        order = inside[np.argsort(self.of[inside], kind="stable")]
        starts = np.flatnonzero(np.diff(self.of[order], prepend=NONE))
        self.members = [part.tolist() for part in np.split(order, starts[1:])] if len(order) else []
        self.size = np.array([len(one) for one in self.members], np.int64)
        # How often each class has changed, and by sensitive values at which of its states it would not take them.
        self._state = np.zeros(len(self.size), np.int64)
        self._full: dict[tuple[int, ...], NDArray[np.int64]] = {}
        self._holding = self._by_class_before()

    @property
    def affordable(self) -> int:
        """How many records may still look for a class, for the work that it is."""
        return _WORK // max(len(self.members) * self.coded.width, 1)

    def house(self, rows: Rows, most: float) -> Rows:
        """Let each of the rows join the class where least is lost, if no more than `most` is; those who found none."""
        left = []
        for row in rows.tolist():
            found = self._best(row)
            if found is None or found[1] > most:
                left.append(row)
            else:
                self._join(row, found[0])
        return np.array(left, np.int64)

    def dissolve(self) -> int:
        """Dissolve classes that lose much, the one that loses most a record first, as long as less is lost in all.

        How many classes were dissolved."""
        looked, gone = 0, 0
        for home in np.argsort(-self.loss, kind="stable").tolist():
            size = int(self.size[home])
            if self.loss[home] <= _LITTLE or looked + size > self.affordable:
                break
            # Of a large class some always find no place; of a small one all may.
            if size > 4 * self.judge.rules.k:
                continue
            tried, worth_it = self._dissolve_one(home)
            looked += tried
            gone += worth_it
        return gone

    def open_up(self) -> Rows:
        """Close the class whose records lose most, and give its records back (none where there is no class left)."""
        alive = np.flatnonzero(self.size > 0)
        if not len(alive):
            return np.empty(0, np.int64)
        home = int(alive[np.argmax(self.loss[alive])])
        rows = np.array(self.members[home], np.int64)
        self.of[rows] = NONE
        self.members[home], self.size[home] = [], 0
        return rows

    def found(self, rows: Rows) -> None:
        """Make one class of these records, which nobody joins any more."""
        self.of[rows] = int(self.of.max()) + 1

    def _dissolve_one(self, home: int) -> tuple[int, bool]:
        rows, size = self.members[home], int(self.size[home])
        spent, saved = 0.0, size * float(self.loss[home])
        self.size[home] = 0
        undo: list[_Undo] = []
        for tried, row in enumerate(rows, 1):
            found = self._best(row)
            if found is None or spent + found[1] >= saved - _LITTLE:
                for one in reversed(undo):
                    self.members[one.home].pop()
                    self.size[one.home] -= 1
                    self.places[:, one.home], self.loss[one.home] = one.places, one.loss
                    self._state[one.home] += 1
                self.of[rows] = home
                self.size[home] = size
                return tried, False
            spent += found[1]
            undo.append(_Undo(found[0], self.places[:, found[0]].copy(), float(self.loss[found[0]])))
            self._join(row, found[0])
        self.members[home] = []
        return size, True

    def _best(self, row: int) -> tuple[int, float] | None:
        """The class where least is lost once `row` is in it, and how much: by it, and by those who are there."""
        some = self._may_hold(row)
        if not len(self.size) or (some is not None and not len(some)):
            return None
        size, loss, state = self.size, self.loss, self._state
        if some is not None:
            size, loss, state = size[some], loss[some], state[some]
        joined = np.zeros(len(size))
        for column, places, leaves in zip(self.columns, self.places, self.coded.leaves, strict=True):
            joined += column.lost(int(leaves[row]), places if some is None else places[some])
        more = size * (joined - loss) + joined
        more[size == 0] = np.inf
        if self.judge.joining_is_safe:
            home = int(np.argmin(more))
            return (home, float(more[home])) if more[home] < np.inf else None
        full = self._full.setdefault(self.judge.kind_of(row), np.full(len(size), -1))
        more[full == state] = np.inf
        for _ in range(_ASKED):
            place = int(np.argmin(more))
            if more[place] == np.inf:
                return None
            home = place if some is None else int(some[place])
            if self.judge.safe([*self.members[home], row]):
                return home, float(more[place])
            full[place], more[place] = state[place], np.inf
        return None

    def _may_hold(self, row: int) -> Rows | None:
        """The classes that may take a row beside what was given before: those that hold others of its class then, or it
        would be alone there. None: any."""
        if self.judge.beside is None:
            return None
        return self._holding.get(int(self.judge.beside[row]), np.empty(0, np.int64))

    def _by_class_before(self) -> dict[int, Rows]:
        """The classes that hold records of each class that was given before."""
        if self.judge.beside is None:
            return {}
        inside = np.flatnonzero(self.of != NONE)
        before = self.judge.beside[inside]
        pairs = np.unique(before * max(len(self.size), 1) + self.of[inside])
        earlier, homes = np.divmod(pairs, max(len(self.size), 1))
        starts = np.flatnonzero(np.diff(earlier, prepend=-1))
        parts = np.split(homes, starts[1:]) if len(homes) else []
        return {int(earlier[start]): part for start, part in zip(starts, parts, strict=True)}

    def _join(self, row: int, home: int) -> None:
        loss = 0.0
        for number, column in enumerate(self.columns):
            leaf, here = int(self.coded.leaves[number][row]), self.places[number, home : home + 1]
            loss += float(column.lost(leaf, here)[0])
            here[0] = column.place(leaf, int(here[0]))
        self.loss[home] = loss
        self.members[home].append(row)
        self.size[home] += 1
        self.of[row] = home
        self._state[home] += 1


def _places(coded: Coded, columns: list[_Column], found: Boxes) -> NDArray[np.int64]:
    places = np.empty((coded.width, len(found.one)), np.int64)
    for number, column in enumerate(columns):
        level = found.level[:, number]
        places[number] = column.begins[level] + column.above[level, coded.leaves[number][found.one]]
    return places
