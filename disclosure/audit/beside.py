"""What cells that are to leave give away beside everything that left before: the attacks, one by one.

Exact counts beside perturbed ones are the hard part: an exact total sharpens what noise hides, and two exact figures
leave a third between them. What was known before is not laid to what is offered: only what it adds counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from disclosure.audit.attack import LEAST_DIFFERENCE, SMALL
from disclosure.audit.knowledge import Knowledge
from disclosure.audit.linked import Limits, Linked, Place, Said
from disclosure.audit.linked_programs import LARGEST, narrowed, region_of
from disclosure.audit.nesting import Nested
from disclosure.audit.sets import cells_of, units_outside
from disclosure.audit.view import Flags, Floats, Integers

# An interval of fewer counts than this is as good as the count.
FEWEST_COUNTS = 3
# So many figures of the same people may be drawn apart: the mean of more has less than half of the noise.
_DRAWN_APART = 2
# So many linear programs are solved each time, the narrowest cells first.
_PROGRAMS = 120


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
class Leak:
    """What was found in one cell, or between two; and whose figure would have to go, the likeliest first."""

    attack: int
    cells: tuple[int, ...]


MEANINGS = (
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
    (
        "averages_found",
        "The same people, told with more than two figures that were changed by chance apart from one another: their "
        "mean lies near the count. None may.",
    ),
)
TOLD, FOUND, DIFFERENCES, MOVES, AVERAGES = range(len(MEANINGS))


class Beside:
    """What is `offered`, beside what was said `before`. `known`: what was open of each cell before; `small`: counts
    that must stay unknown; `by_cell`: of every place in the row the figures that are offered of it (number of the
    Offered, place in it). `work`: cells that were gone through; `partly`: whether small counts were left to propagation
    alone, since linear programs over them would take too long."""

    def __init__(
        self,
        linked: Linked,
        before: Sequence[Said],
        offered: Sequence[Offered],
        open_dimensions: frozenset[str],
    ) -> None:
        self.linked, self.offered, self._open = linked, offered, open_dimensions
        self._before = tuple(one for one in before if one.knowledge.variance > 0)
        begun = linked.begin(before)
        # Who came or went is not found out by believing that nobody did.
        self._known, self._untied = linked.narrow(begun), linked.narrow(begun, tied=False)
        threshold = np.full(linked.true.size, SMALL + 1)
        self.by_cell: dict[int, list[tuple[int, int]]] = {}
        for number, one in enumerate(offered):
            flat = self.flat(one)
            np.maximum.at(threshold, flat, one.threshold)
            for place in np.flatnonzero(~np.isnan(one.shown)):
                self.by_cell.setdefault(int(flat[place]), []).append((number, int(place)))
        self.small: Flags = linked.possible & (linked.true > 0) & (linked.true < threshold)
        self.work = 0
        self.partly = False

    def flat(self, one: Offered) -> Integers:
        """Where the cells of what is offered stand in the row."""
        return np.asarray(self.linked.cells(one.place).start + one.cells, np.int64)

    def _limits(self, hidden: Sequence[Flags], known: Limits, *, tied: bool) -> Limits:
        """What is left open beside what was `known`, and all that is offered and not hidden."""
        begun = Limits(known.lowest.copy(), known.highest.copy())
        for one, gone in zip(self.offered, hidden, strict=True):
            size = self.linked.true[self.linked.cells(one.place)].size
            shown, told = np.full(size, np.nan), np.zeros(size, np.bool_)
            shown[one.cells] = np.where(gone, np.nan, one.shown)
            told[one.cells] = True
            self.linked.put(begun, Said(one.place, shown, told, one.knowledge))
        self.work += self.linked.true.size
        return self.linked.narrow(begun, [one.place for one in self.offered], tied=tied)

    def leaks(self, hidden: Sequence[Flags], *, programs: bool = True) -> list[Leak]:
        """What is found beside what is not hidden. Linear programs are solved where nothing else finds anything."""
        now = self._limits(hidden, self._known, tied=True)
        untied = self._limits(hidden, self._untied, tied=False) if self.linked.over_time else now
        found = [
            *self._told(hidden),
            *self._found(now),
            *self._differences(now),
            *self._moves(untied),
            *self._averages(hidden),
        ]
        return found if found or not programs else list(self._by_programs(now))

    def _told(self, hidden: Sequence[Flags]) -> Iterator[Leak]:
        """Small counts shown as they are."""
        for one, gone in zip(self.offered, hidden, strict=True):
            flat = self.flat(one)
            true = self.linked.true[flat]
            exact = one.knowledge.variance == 0 and one.knowledge.below == one.knowledge.above == 0
            small = (true > 0) & (true < one.threshold) & ~np.isnan(one.shown) & ~gone
            for place in np.flatnonzero(small & exact):
                yield Leak(TOLD, (int(flat[place]),))

    def _found(self, now: Limits) -> Iterator[Leak]:
        """Small counts that all together leave hardly a choice."""
        fresh = self.small & self._narrow(now) & ~self._narrow(self._known)
        for cell in np.flatnonzero(fresh):
            yield Leak(FOUND, (int(cell),))

    def _by_programs(self, now: Limits) -> Iterator[Leak]:
        """Small counts of which the equations of all tables around what is offered leave hardly a choice."""
        left = _PROGRAMS
        done: set[int] = set()
        for place in dict.fromkeys(one.place for one in self.offered):
            region = region_of(self.linked, place)
            cells = region.cells
            # What is offered says nothing new of cells that it leaves as they were.
            fresh = (
                self.small[cells]
                & (now.width[cells] < self._known.width[cells])
                & (now.width[cells] >= FEWEST_COUNTS - 1)
            )
            wanted = cells[fresh & ~np.isin(cells, list(done))]
            tried = 0 if cells.size > LARGEST else max(left // 2, 0)
            self.partly |= wanted.size > tried
            wanted = wanted[np.lexsort((wanted, now.width[wanted]))][:tried]
            if not wanted.size:
                continue
            done.update(wanted.tolist())
            limits, solved = narrowed(self.linked, now, region, wanted, left)
            left, self.work = left - solved, self.work + solved * cells.size
            hit = wanted[self._narrow(limits)]
            if hit.size:
                # What followed before it was offered, by programs as well, is not laid to it.
                known, _ = narrowed(self.linked, self._known, region, hit, 2 * hit.size)
                for cell in hit[~self._narrow(known)].tolist():
                    yield Leak(FOUND, (cell,))

    @staticmethod
    def _narrow(limits: Limits) -> Flags:
        return np.asarray(limits.width < FEWEST_COUNTS - 1)

    def _differences(self, now: Limits) -> Iterator[Leak]:
        """Pairs of which both figures are as good as known, and few are in the one and not in the other."""
        sure, was = now.width < FEWEST_COUNTS - 1, self._known.width < FEWEST_COUNTS - 1
        fresh = sure & ~was
        has_fresh, has_sure = (self._tables_with(one) for one in (fresh, sure))
        both = self.linked.tables_of_pairs
        for number in np.flatnonzero(has_fresh[both].any(1) & has_sure[both].all(1)):
            world, nested = self.linked.pairs[number]
            places = (world, nested.part.key), (world, nested.whole.key)
            cells = np.flatnonzero(sure[self.linked.cells(places[0])] & nested.there)
            part = self.linked.cells(places[0]).start + cells
            whole = self.linked.cells(places[1]).start + nested.at[cells]
            apart = self.linked.true[whole] - self.linked.true[part]
            near = (
                (fresh[part] | fresh[whole])
                & sure[whole]
                & (now.width[part] + now.width[whole] < FEWEST_COUNTS - 1)
                & (apart > 0)
                & (self.linked.true[part] > 0)
            )
            chosen = np.flatnonzero(near)
            if not chosen.size:
                continue
            chosen = chosen[self._few_outside(world, nested, cells[chosen], apart[chosen])]
            for one, other in zip(part[chosen].tolist(), whole[chosen].tolist(), strict=True):
                yield Leak(DIFFERENCES, (one, other))

    def _tables_with(self, cells: Flags) -> Flags:
        """Which tables have such a cell."""
        found = np.zeros(len(self.linked.places), np.bool_)
        found[np.unique(self.linked.table_of(np.flatnonzero(cells)))] = True
        return found

    def _few_outside(self, world: int, nested: Nested, cells: Integers, apart: Floats) -> Flags:
        """Of pairs (cells of the part): whether fewer units than may be told make the difference."""
        surely = apart < LEAST_DIFFERENCE
        units = nested.whole.units.ravel()[nested.at[cells]] - nested.part.units.ravel()[cells]
        doubtful = ~surely & (units < LEAST_DIFFERENCE)
        view = self.linked.views[world]
        if doubtful.any():
            if {nested.part.measure, nested.whole.measure} <= view.rows.keys():
                doubtful[doubtful] = units_outside(view, nested, cells[doubtful]) < LEAST_DIFFERENCE
            surely = surely | doubtful
        return surely

    def _moves(self, now: Limits) -> Iterator[Leak]:
        """Cells of two releases that are known at both, and in which few came or went."""
        sure, was = now.width < 1, self._untied.width < 1
        for twins in self.linked.over_time:
            one, other = twins.one, twins.other
            if set(self.linked.table(twins.tables[0]).dimensions) <= self._open:
                continue
            both = sure[one] & sure[other] & ~(was[one] & was[other])
            moved = np.flatnonzero(both & (self.linked.true[one] != self.linked.true[other]))
            if moved.size:
                few = self._few_moved(twins.tables, one[moved], other[moved])
                for first, second in zip(one[moved][few].tolist(), other[moved][few].tolist(), strict=True):
                    yield Leak(MOVES, (second, first))

    def _few_moved(self, tables: tuple[int, int], one: Integers, other: Integers) -> Flags:
        """Of cells of one table at two releases: whether fewer units than may be told came or went."""
        sides = []
        for number, cells in zip(tables, (one, other), strict=True):
            view, table = self.linked.views[self.linked.places[number][0]], self.linked.table(number)
            if table.measure not in view.rows:
                return np.asarray(np.abs(self.linked.true[one] - self.linked.true[other]) < LEAST_DIFFERENCE)
            place = np.full(table.true.size + 1, -1, np.int64)
            place[cells - self.linked.starts[number]] = np.arange(cells.size)
            rows = view.rows[table.measure]
            at = place[cells_of(view, table)]
            inside = at >= 0
            sides.append(
                pl.DataFrame({"at": at[inside], "key": rows.key[inside], "unit": rows.unit[inside]}).unique()
            )
        moved = pl.concat(
            mine.join(theirs, on=["at", "key"], how="anti")
            for mine, theirs in zip(sides, sides[::-1], strict=True)
        )
        units = moved.group_by("at").agg(pl.col("unit").n_unique())
        many = np.zeros(one.size, np.int64)
        many[units["at"].to_numpy()] = units["unit"].to_numpy()
        return np.asarray(many < LEAST_DIFFERENCE)

    def _averages(self, hidden: Sequence[Flags]) -> Iterator[Leak]:
        """Cells that are told with too many figures, each drawn for itself."""
        noisy = [
            (one, np.where(gone, np.nan, one.shown))
            for one, gone in zip(self.offered, hidden, strict=True)
            if one.knowledge.variance > 0
        ]
        for place in dict.fromkeys(one.place for one, _ in noisy):
            cells = self.linked.cells(place)
            figures = [self._spread(one, shown) for one, shown in noisy if one.place == place]
            own = ~np.isnan(np.stack(figures)).all(0)
            figures += [np.where(one.told, one.shown, np.nan) for one in self._before if one.place == place]
            for twins in self.linked.unchanged:
                sides = (twins.one, twins.other)
                for table, mine, theirs in zip(twins.tables, sides, sides[::-1], strict=True):
                    if table == self.linked.number[place]:
                        figures += self._figures_of_twins(cells.start, own.size, mine, theirs)
            ranked = np.sort(np.stack(figures), axis=0)
            apart = (np.diff(ranked, axis=0) > 0).sum(0) + ~np.isnan(ranked[0])
            for cell in np.flatnonzero(own & (apart > _DRAWN_APART) & (self.linked.true[cells] > 0)):
                yield Leak(AVERAGES, (int(cells.start + cell),))

    def _spread(self, one: Offered, shown: Floats) -> Floats:
        figures = np.full(self.linked.true[self.linked.cells(one.place)].size, np.nan)
        figures[one.cells] = shown
        return figures

    def _figures_of_twins(self, start: int, size: int, mine: Integers, theirs: Integers) -> list[Floats]:
        """What was said before of the same cells at another release, where nobody came or went."""
        other = int(self.linked.table_of(theirs[:1])[0])
        found = []
        for one in self._before:
            if self.linked.number[one.place] == other:
                figures = np.full(size, np.nan)
                said = np.where(one.told, one.shown, np.nan)
                figures[mine - start] = said[theirs - self.linked.starts[other]]
                found.append(figures)
        return found
