"""The cells of many tables in one row, and how they are tied: what each leaves open of the others.

A dashboard, a return and an export of one release count the same rows: what they say of one table is put together, cell
by cell, and bounds go from every table to every other that has parts of it (as disclosure.audit.joint does it for one
audience). Tables of two releases are tied where a cell holds as many in both: an attacker who believes that nobody came
or went is right there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from disclosure.audit.knowledge import Knowledge
from disclosure.audit.nesting import Nested, nestings
from disclosure.audit.view import Flags, Floats, Integers, Key, Table, View

_ROUNDS = 60
# A table of a world: the number of the world, and its key there.
Place = tuple[int, Key]


@dataclass(frozen=True)
class Said:
    """What one source says of a table: `shown` (NaN: withheld) of the cells that it has (`told`), flattened in the
    order of the table, and how they were made safe."""

    place: Place
    shown: Floats
    told: Flags
    knowledge: Knowledge


@dataclass(frozen=True)
class Limits:
    """The smallest and the largest count that each cell can have."""

    lowest: Floats
    highest: Floats

    @cached_property
    def width(self) -> Floats:
        """How far apart they are; endless where nothing is known."""
        return self.highest - self.lowest


@dataclass(frozen=True)
class Link:
    """Cells of one table (`part`) that lie in cells of another: the one at `at` of `whole`. `sums`: wholes that are
    exactly the sum of these parts. `is_sum`: parts of one whole share nothing."""

    tables: tuple[int, int]
    part: Integers
    whole: Integers
    at: Integers
    sums: Flags
    is_sum: bool


@dataclass(frozen=True)
class Twins:
    """Cells of one table in two worlds: those at a place of `one` and of `other` have the same codes."""

    tables: tuple[int, int]
    one: Integers
    other: Integers


class Linked:
    """All cells of some worlds (releases), the tables one behind the other: `true` and `units` of each. The first world
    is the one that all others are held against."""

    def __init__(self, views: Sequence[View], proposed: Iterable[Place] = ()) -> None:
        self.views = tuple(views)
        self.places: tuple[Place, ...] = tuple(
            (number, key)
            for number, view in enumerate(views)
            for key in sorted(view.tables, key=lambda key: (key[0], key[1], sorted(key[2])))
        )
        self.number: Mapping[Place, int] = {place: number for number, place in enumerate(self.places)}
        sizes = [self.table(number).true.size for number in range(len(self.places))]
        self.starts: Integers = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self.true = self._row("true")
        self.units = self._row("units")
        self.possible = self._row("possible") > 0
        self._proposed = frozenset(proposed)

    def table(self, number: int) -> Table:
        """The table of a number."""
        world, key = self.places[number]
        return self.views[world].tables[key]

    def cells(self, place: Place) -> slice:
        """Where the cells of a table stand in the row."""
        number = self.number[place]
        return slice(int(self.starts[number]), int(self.starts[number + 1]))

    def table_of(self, cells: Integers) -> Integers:
        """The number of the table of each cell."""
        return np.asarray(np.searchsorted(self.starts, cells, side="right") - 1, np.int64)

    @cached_property
    def pairs(self) -> tuple[tuple[int, Nested], ...]:
        """Every pair of tables of a world of which one is by its name a part of the other, with its world."""
        return tuple((world, nested) for world, view in enumerate(self.views) for nested in nestings(view))

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The pairs between which nothing lies: the others follow from these."""
        wholes: dict[Place, list[Place]] = {}
        for world, nested in self.pairs:
            wholes.setdefault((world, nested.part.key), []).append((world, nested.whole.key))
        found = []
        for world, nested in self.pairs:
            if self._covers(world, nested, wholes):
                link = self._link(world, nested)
                if link.part.size:
                    found.append(link)
        return tuple(found)

    @cached_property
    def links_of(self) -> Mapping[int, tuple[int, ...]]:
        """Of every table the numbers of the links that it is part of."""
        found: dict[int, list[int]] = {}
        for number, link in enumerate(self.links):
            for table in dict.fromkeys(link.tables):
                found.setdefault(table, []).append(number)
        return {table: tuple(numbers) for table, numbers in found.items()}

    @cached_property
    def tables_of_pairs(self) -> Integers:
        """The numbers of both tables of every pair, a pair a row."""
        numbers = [
            (self.number[world, nested.part.key], self.number[world, nested.whole.key])
            for world, nested in self.pairs
        ]
        return np.array(numbers, np.int64).reshape(-1, 2)

    @cached_property
    def twins_of(self) -> Mapping[int, tuple[Twins, ...]]:
        """Of every table those of other worlds that have its name."""
        found: dict[int, list[Twins]] = {}
        for twins in self.over_time:
            for table in twins.tables:
                found.setdefault(table, []).append(twins)
        return {table: tuple(several) for table, several in found.items()}

    @cached_property
    def over_time(self) -> tuple[Twins, ...]:
        """Cells of the same name in the first world and in another, whatever they hold."""
        found = []
        for world, key in self.places:
            first = self.number.get((0, key))
            if world > 0 and first is not None:
                later = self.number[world, key]
                found.append(Twins((first, later), *self._matched(first, later)))
        return tuple(found)

    def begin(self, said: Iterable[Said]) -> Limits:
        """What the sources say of each cell by itself."""
        lowest = np.zeros(self.true.size)
        highest = np.where(self.possible, np.inf, 0.0)
        for one in said:
            self.put(Limits(lowest, highest), one)
        return Limits(lowest, highest)

    def put(self, limits: Limits, said: Said) -> None:
        """Narrow `limits` by what one source says, in place."""
        cells = self.cells(said.place)
        low, high = said.knowledge.bounds(said.shown, self.true[cells])
        told = said.told & self.possible[cells]
        lowest, highest = limits.lowest[cells], limits.highest[cells]
        np.maximum(lowest, np.where(told, low, 0.0), out=lowest)
        np.minimum(highest, np.where(told, high, np.inf), out=highest)

    def narrow(self, begun: Limits, among: Iterable[Place] | None = None, *, tied: bool = True) -> Limits:
        """What all of it together leaves open. Sound: never narrower than an attacker can make it. `among`: the tables
        of which something is new, where all else was narrowed before (None: all). `tied`: he believes that nobody came
        or went where nobody did."""
        low, high = begun.lowest.copy(), begun.highest.copy()
        moved = set(range(len(self.places))) if among is None else {self.number[one] for one in among}
        for _ in range(_ROUNDS):
            now: set[int] = set()
            for number in sorted({one for table in moved for one in self.links_of.get(table, ())}):
                now |= _narrowed(self.links[number], low, high)
            for twins in self.unchanged if tied else ():
                if not moved.isdisjoint(twins.tables):
                    now |= _made_equal(twins, low, high)
            if not now:
                break
            moved = now
        return Limits(low, high)

    @cached_property
    def unchanged(self) -> tuple[Twins, ...]:
        """Of these, cells that hold as many in both."""
        found = []
        for twins in self.over_time:
            one, other = twins.one, twins.other
            same = (self.true[one] == self.true[other]) & (self.units[one] == self.units[other])
            if same.any():
                found.append(Twins(twins.tables, one[same], other[same]))
        return tuple(found)

    def _row(self, name: str) -> Floats:
        parts = [getattr(self.table(number), name).ravel() for number in range(len(self.places))]
        return np.concatenate([np.empty(0), *parts]).astype(np.float64)

    def _covers(self, world: int, nested: Nested, wholes: Mapping[Place, list[Place]]) -> bool:
        """Whether nothing lies between the two tables."""
        part, whole = nested.part, nested.whole
        if nested.by_code:
            return part is whole
        if part.measure != whole.measure:
            return part.scope == whole.scope and set(part.dimensions) == set(whole.dimensions)
        if part.scope != whole.scope:
            return True
        gone = set(part.dimensions) - set(whole.dimensions)
        come = set(whole.dimensions) - set(part.dimensions)
        if len(gone) == 1:
            (name,) = gone
            return not come or self.views[world].parents[name][0] in come
        # What is proposed may have no margins of its own: then the next whole is the nearest.
        if not {(world, part.key), (world, whole.key)} & self._proposed:
            return False
        between = [
            one
            for one in wholes[world, part.key]
            if one[1] != whole.key and (world, whole.key) in wholes.get(one, ())
        ]
        return not between

    def _link(self, world: int, nested: Nested) -> Link:
        cells = np.flatnonzero(nested.there)
        part, whole = self.number[world, nested.part.key], self.number[world, nested.whole.key]
        reached, at = np.unique(nested.at[cells], return_inverse=True)
        own, total = nested.part.true.ravel()[cells], nested.whole.true.ravel()[reached]
        sums = np.bincount(at, own, reached.size)
        if (own > total[at]).any():
            # By its name a part, and yet more than the whole: it is counted by other rules, and nobody can tell.
            cells = cells[:0]
        # That rows have a code each is known of the list; where some have none, or several, a total is no sum.
        is_sum = (
            nested.part.measure == nested.whole.measure and not nested.by_code and bool((sums <= total).all())
        )
        if not cells.size:
            return Link((part, whole), cells, cells, cells, np.zeros(0, np.bool_), is_sum=False)
        complete = is_sum and bool((sums == total).all())
        return Link(
            (part, whole),
            self.starts[part] + cells,
            self.starts[whole] + reached,
            np.asarray(at, np.int64),
            np.full(reached.size, complete),
            is_sum,
        )

    def _matched(self, number: int, later: int) -> tuple[Integers, Integers]:
        """The cells of two tables of one name that have the same codes."""
        before, after = self.table(number), self.table(later)
        old, new = (self.views[self.places[one][0]].codes for one in (number, later))
        own = np.arange(before.true.size).reshape(before.true.shape)
        there = np.arange(after.true.size).reshape(after.true.shape)
        there = np.transpose(there, [after.dimensions.index(name) for name in before.dimensions])
        for axis, name in enumerate(before.dimensions):
            places = {code: place for place, code in enumerate(new[name])}
            both = [(place, places[code]) for place, code in enumerate(old[name]) if code in places]
            own = own.take([one for one, _ in both], axis)
            there = there.take([other for _, other in both], axis)
        return self.starts[number] + own.ravel(), self.starts[later] + there.ravel()


def _narrowed(link: Link, lowest: Floats, highest: Floats) -> set[int]:
    """Carry bounds over one link, in place; which tables moved."""
    low, high = lowest[link.part], highest[link.part]
    low_whole, high_whole = lowest[link.whole], highest[link.whole]
    size = link.whole.size
    new_low_whole, new_high_whole = low_whole.copy(), high_whole
    if not link.is_sum:
        # Each part is in its whole, and no more is known.
        np.maximum.at(new_low_whole, link.at, low)
        new_high, new_low = np.minimum(high, high_whole[link.at]), low
    else:
        least = np.bincount(link.at, low, size)
        new_low_whole = np.maximum(low_whole, least)
        new_high = np.minimum(high, high_whole[link.at] - (least[link.at] - low))
        endless = ~np.isfinite(new_high)
        finite = np.where(endless, 0.0, new_high)
        most, open_ended = np.bincount(link.at, finite, size), np.bincount(link.at, endless, size)
        whole_most = np.where((open_ended > 0) | ~link.sums, np.inf, most)
        new_high_whole = np.minimum(high_whole, whole_most)
        others_open = open_ended[link.at] - endless > 0
        rest = np.where(others_open | ~link.sums[link.at], np.inf, most[link.at] - finite)
        new_low = np.maximum(low, new_low_whole[link.at] - rest)
    moved: set[int] = set()
    if (new_low > low).any() or (new_high < high).any():
        lowest[link.part], highest[link.part] = new_low, new_high
        moved.add(link.tables[0])
    if (new_low_whole > low_whole).any() or (new_high_whole < high_whole).any():
        lowest[link.whole], highest[link.whole] = new_low_whole, new_high_whole
        moved.add(link.tables[1])
    return moved


def _made_equal(twins: Twins, low: Floats, high: Floats) -> set[int]:
    """Carry bounds over from one world to the other and back, in place; which tables moved."""
    one, other = twins.one, twins.other
    least, most = np.maximum(low[one], low[other]), np.minimum(high[one], high[other])
    moved: set[int] = set()
    for table, cells in zip(twins.tables, (one, other), strict=True):
        if (least > low[cells]).any() or (most < high[cells]).any():
            low[cells], high[cells] = least, most
            moved.add(table)
    return moved
