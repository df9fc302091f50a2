"""What a return or an export gives away beside everything that left before, and which of its cells must go for it to
give away nothing.

Exact counts beside perturbed ones are the hard part: an exact total sharpens what noise hides, and two exact figures
leave a third between them. What was known before is not laid to what is proposed: only what it adds counts.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from disclosure.audit.attack import LEAST_DIFFERENCE, SMALL, Attack, worst_first
from disclosure.audit.knowledge import Knowledge
from disclosure.audit.linked import Limits, Linked, Place, Said
from disclosure.audit.nesting import Nested
from disclosure.audit.sets import cells_of, units_outside
from disclosure.audit.view import Flags, Floats, Integers

# An interval of fewer counts than this is as good as the count.
FEWEST_COUNTS = 3
# So often cells are withheld and all is tried again, and so many are looked at twice whether they must be.
_ROUNDS = 60
_AGAIN = 40
# Through so many tables the way from what leaks to what makes it leak is followed.
_FURTHEST = 4


@dataclass(frozen=True)
class Offered:
    """Cells that are to leave, of one table of a world: `cells` (places in its flattened array), their figures (NaN:
    withheld), how they were made safe, and the counts from 1 to under `threshold` that must stay unknown. `name` and
    `rows` are the caller's own, to find a cell again."""

    name: str
    place: Place
    cells: Integers
    rows: Integers
    shown: Floats
    knowledge: Knowledge
    threshold: int


@dataclass(frozen=True)
class Tried:
    """`attacks`: what came of each. `withhold`: for each Offered, in their order, which of its cells must go. `left`:
    what the attacks find when they are gone: empty where withholding them is enough."""

    attacks: tuple[Attack, ...]
    withhold: tuple[Flags, ...]
    left: tuple[Attack, ...]
    work: int

    @property
    def passed(self) -> bool:
        """Whether it may leave as it is."""
        return all(one.passed for one in self.attacks)


@dataclass(frozen=True)
class _Leak:
    """What was found in one cell, or between two; and whose figure would have to go, the likeliest first."""

    attack: int
    cells: tuple[int, ...]


_MEANINGS = (
    (
        "small_counts_told",
        "Small counts that are shown as they are in what is proposed. None may be.",
    ),
    (
        "small_counts_found",
        "Everything that was released and what is proposed, taken together: small counts that follow exactly, or of "
        "which only two are possible, and that did not before. None may.",
    ),
    (
        "differences_found",
        "Two figures, one a part of the other, of this or of what was released: what the larger one has more is one or "
        "two people or families, and both figures together leave no choice. None may.",
    ),
    (
        "moves_found",
        "The same figure at two releases, known exactly at both: it moved because one or two people or families came "
        "or went. None may; the whole of the council is let pass, which tells of nobody where all else is withheld.",
    ),
)
TOLD, FOUND, DIFFERENCES, MOVES = range(len(_MEANINGS))


def try_out(
    linked: Linked,
    before: Sequence[Said],
    offered: Sequence[Offered],
    *,
    open_dimensions: Collection[str] = (),
) -> Tried:
    """Every attack on what is `offered` beside what was said `before`; and the cells without which it withstands them.

    `open_dimensions`: tables by none but these tell of the whole (the quarters of a year): they may move by one.
    """
    return _Trial(linked, before, offered, frozenset(open_dimensions)).run()


class _Trial:
    def __init__(
        self,
        linked: Linked,
        before: Sequence[Said],
        offered: Sequence[Offered],
        open_dimensions: frozenset[str],
    ) -> None:
        self.linked, self.offered, self._open = linked, offered, open_dimensions
        self._begun = linked.begin(before)
        self._known = linked.narrow(self._begun)
        size = linked.true.size
        self._threshold = np.full(size, SMALL + 1)
        self._by_cell: dict[int, list[tuple[int, int]]] = {}
        for number, one in enumerate(offered):
            flat = self._flat(one)
            np.maximum.at(self._threshold, flat, one.threshold)
            for place in np.flatnonzero(~np.isnan(one.shown)):
                self._by_cell.setdefault(int(flat[place]), []).append((number, int(place)))
        self.work = 0

    def run(self) -> Tried:
        """Attack; withhold what makes it leak until nothing does; and give back what need not have been withheld."""
        hidden = [np.zeros(one.cells.size, np.bool_) for one in self.offered]
        first = leaks = self._leaks(hidden)
        for _ in range(_ROUNDS):
            if not leaks or not self._withhold(leaks, hidden):
                break
            leaks = self._leaks(hidden)
        if not leaks:
            self._give_back(hidden)
        return Tried(self._attacks(first), tuple(hidden), self._attacks(leaks), self.work)

    def _flat(self, one: Offered) -> Integers:
        return np.asarray(self.linked.cells(one.place).start + one.cells, np.int64)

    def _limits(self, hidden: Sequence[Flags]) -> Limits:
        """What is left open beside all that is offered and not hidden."""
        begun = Limits(self._begun.lowest.copy(), self._begun.highest.copy())
        for one, gone in zip(self.offered, hidden, strict=True):
            size = self.linked.true[self.linked.cells(one.place)].size
            shown, told = np.full(size, np.nan), np.zeros(size, np.bool_)
            shown[one.cells] = np.where(gone, np.nan, one.shown)
            told[one.cells] = True
            self.linked.put(begun, Said(one.place, shown, told, one.knowledge))
        self.work += self.linked.true.size
        return self.linked.narrow(begun)

    def _leaks(self, hidden: Sequence[Flags]) -> list[_Leak]:
        now = self._limits(hidden)
        return [
            *self._told(hidden),
            *self._found(now),
            *self._differences(now),
            *self._moves(now),
        ]

    def _told(self, hidden: Sequence[Flags]) -> Iterator[_Leak]:
        """Small counts shown as they are."""
        for one, gone in zip(self.offered, hidden, strict=True):
            flat = self._flat(one)
            true = self.linked.true[flat]
            exact = one.knowledge.variance == 0 and one.knowledge.below == one.knowledge.above == 0
            small = (true > 0) & (true < one.threshold) & ~np.isnan(one.shown) & ~gone
            for place in np.flatnonzero(small & exact):
                yield _Leak(TOLD, (int(flat[place]),))

    def _found(self, now: Limits) -> Iterator[_Leak]:
        """Small counts that all together leave hardly a choice."""
        true = self.linked.true
        small = self.linked.possible & (true > 0) & (true < self._threshold)
        fresh = small & self._narrow(now) & ~self._narrow(self._known)
        for cell in np.flatnonzero(fresh):
            yield _Leak(FOUND, (int(cell),))

    @staticmethod
    def _narrow(limits: Limits) -> Flags:
        return np.asarray(limits.width < FEWEST_COUNTS - 1)

    def _differences(self, now: Limits) -> Iterator[_Leak]:
        """Pairs of which both figures are as good as known, and few are in the one and not in the other."""
        sure, was = now.width < FEWEST_COUNTS - 1, self._known.width < FEWEST_COUNTS - 1
        fresh = sure & ~was
        touched = set(self.linked.table_of(np.flatnonzero(fresh)).tolist())
        for world, nested in self.linked.pairs:
            places = (world, nested.part.key), (world, nested.whole.key)
            if touched.isdisjoint((self.linked.number[places[0]], self.linked.number[places[1]])):
                continue
            part = self.linked.cells(places[0]).start + np.flatnonzero(nested.there)
            whole = self.linked.cells(places[1]).start + nested.at[nested.there]
            apart = self.linked.true[whole] - self.linked.true[part]
            open_now = now.width[part] + now.width[whole]
            near = (
                (fresh[part] | fresh[whole])
                & sure[part]
                & sure[whole]
                & (open_now < FEWEST_COUNTS - 1)
                & (apart > 0)
                & (self.linked.true[part] > 0)
            )
            chosen = np.flatnonzero(near)
            chosen = chosen[self._few_outside(world, nested, chosen, apart[chosen])]
            for one, other in zip(part[chosen].tolist(), whole[chosen].tolist(), strict=True):
                yield _Leak(DIFFERENCES, (one, other))

    def _few_outside(self, world: int, nested: Nested, chosen: Integers, apart: Floats) -> Flags:
        """Of pairs (places among those that are there): whether fewer units than may be told make the difference."""
        surely = apart < LEAST_DIFFERENCE
        cells = np.flatnonzero(nested.there)[chosen]
        units = nested.whole.units.ravel()[nested.at[cells]] - nested.part.units.ravel()[cells]
        doubtful = ~surely & (units < LEAST_DIFFERENCE)
        view = self.linked.views[world]
        if doubtful.any():
            if {nested.part.measure, nested.whole.measure} <= view.rows.keys():
                doubtful[doubtful] = units_outside(view, nested, cells[doubtful]) < LEAST_DIFFERENCE
            surely = surely | doubtful
        return surely

    def _moves(self, now: Limits) -> Iterator[_Leak]:
        """Cells of two releases that are known at both, and in which few came or went."""
        sure, was = now.width < 1, self._known.width < 1
        for one, other in self.linked.over_time:
            table = int(self.linked.table_of(one[:1])[0]) if one.size else 0
            if not one.size or set(self.linked.table(table).dimensions) <= self._open:
                continue
            both = sure[one] & sure[other] & ~(was[one] & was[other])
            moved = np.flatnonzero(both & (self.linked.true[one] != self.linked.true[other]))
            if moved.size:
                few = self._few_moved(one[moved], other[moved])
                for first, second in zip(one[moved][few].tolist(), other[moved][few].tolist(), strict=True):
                    yield _Leak(MOVES, (second, first))

    def _few_moved(self, one: Integers, other: Integers) -> Flags:
        """Of cells of one table at two releases: whether fewer units than may be told came or went."""
        tables = [int(self.linked.table_of(cells[:1])[0]) for cells in (one, other)]
        sides = []
        for number, cells in zip(tables, (one, other), strict=True):
            view, table = self.linked.views[self.linked.places[number][0]], self.linked.table(number)
            if table.measure not in view.rows:
                return np.asarray(np.abs(self.linked.true[one] - self.linked.true[other]) < LEAST_DIFFERENCE)
            rows, cell = view.rows[table.measure], cells_of(view, table)
            sides.append((rows, cell, cells - self.linked.starts[number]))
        few = np.zeros(one.size, np.bool_)
        for place in range(one.size):
            keys: list[set[int]] = []
            owner: dict[int, int] = {}
            for rows, cell, wanted in sides:
                inside = cell == wanted[place]
                keys.append(set(rows.key[inside].tolist()))
                owner |= dict(zip(rows.key[inside].tolist(), rows.unit[inside].tolist(), strict=True))
            few[place] = len({owner[key] for key in keys[0] ^ keys[1]}) < LEAST_DIFFERENCE
        return few

    def _withhold(self, leaks: Sequence[_Leak], hidden: Sequence[Flags]) -> bool:
        """Withhold one more figure for each leak, in place; whether there was any left."""
        any_left = False
        done: set[int] = set()
        for leak in leaks:
            cell = self._culprit(leak, hidden)
            if cell is None:
                continue
            any_left = True
            if cell not in done:
                done.add(cell)
                for number, place in self._by_cell[cell]:
                    hidden[number][place] = True
        return any_left

    def _culprit(self, leak: _Leak, hidden: Sequence[Flags]) -> int | None:
        """The offered figure nearest to a leak that is still shown: itself, or beside it the one with the fewest."""

        def shown(cell: int) -> bool:
            return any(not hidden[number][place] for number, place in self._by_cell.get(cell, ()))

        for cell in leak.cells:
            if shown(cell):
                return cell
        seen, edge = set(leak.cells), list(leak.cells)
        for _ in range(_FURTHEST):
            around = {cell for one in edge for cell in self._beside(one)} - seen
            best = [cell for cell in around if shown(cell)]
            if best:
                # Those that somebody is counted in first: an empty cell tells less, and is to be shown.
                return min(best, key=lambda cell: (self.linked.true[cell] == 0, self.linked.true[cell], cell))
            seen |= around
            edge = sorted(around)
        return None

    def _beside(self, cell: int) -> set[int]:
        """The cells that share an equation with a cell, or are the same one at another release."""
        number = int(self.linked.table_of(np.array([cell]))[0])
        found: set[int] = set()
        for link in self.linked.links:
            if link.tables[0] == number:
                place = int(np.searchsorted(link.part, cell))
                if place < link.part.size and link.part[place] == cell:
                    found.add(int(link.whole[link.at[place]]))
                    found.update(link.part[link.at == link.at[place]].tolist())
            if link.tables[1] == number:
                place = int(np.searchsorted(link.whole, cell))
                if place < link.whole.size and link.whole[place] == cell:
                    found.update(link.part[link.at == place].tolist())
        for one, other in self.linked.over_time:
            for mine, theirs in ((one, other), (other, one)):
                if mine.size and int(self.linked.table_of(mine[:1])[0]) == number:
                    found.update(theirs[mine == cell].tolist())
        found.discard(cell)
        return found

    def _give_back(self, hidden: Sequence[Flags]) -> None:
        """Show again, in place, what need not be withheld: the largest first."""
        cells = {
            int(flat): None
            for one, gone in zip(self.offered, hidden, strict=True)
            for flat in self._flat(one)[gone]
        }
        largest = sorted(cells, key=lambda cell: (-self.linked.true[cell], cell))[:_AGAIN]
        for cell in largest:
            for number, place in self._by_cell[cell]:
                hidden[number][place] = False
            if any(True for _ in self._leaks(hidden)):
                for number, place in self._by_cell[cell]:
                    hidden[number][place] = True

    def _attacks(self, leaks: Sequence[_Leak]) -> tuple[Attack, ...]:
        """What was found, by attack."""
        shown = sum(int((~np.isnan(one.shown)).sum()) for one in self.offered)
        small = int(
            (self.linked.possible & (self.linked.true > 0) & (self.linked.true < self._threshold)).sum()
        )
        pairs = sum(int(nested.there.sum()) for _, nested in self.linked.pairs)
        over = sum(one.size for one, _ in self.linked.over_time)
        examined = (shown, small, pairs, over)
        found = []
        for number, (name, meaning) in enumerate(_MEANINGS):
            mine = [leak for leak in leaks if leak.attack == number]
            worst: dict[str, float] = {}
            for leak in mine:
                question = self.linked.table(int(self.linked.table_of(np.array(leak.cells[:1]))[0])).question
                worst[question] = worst.get(question, 0) + 1
            many, of = len(mine), max(examined[number], len(mine))
            figure = many / of if of else None
            found.append(Attack(name, meaning, of, many, figure, 0.0, questions=worst_first(worst)))
        return tuple(found)
