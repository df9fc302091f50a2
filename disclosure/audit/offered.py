"""Which cells of a return or an export must not leave, for it to give nothing away beside what left before."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from disclosure.audit.attack import Attack, worst_first
from disclosure.audit.beside import MEANINGS, Beside, Leak, Offered
from disclosure.audit.linked import Linked, Said
from disclosure.audit.view import Flags

# So often cells are withheld and all is tried again, and so many are looked at twice whether they must be.
_ROUNDS = 60
_AGAIN = 40
# Through so many tables the way from what leaks to what makes it leak is followed, and from so many cells of each.
_FURTHEST = 4
_EDGE = 100


@dataclass(frozen=True)
class Tried:
    """`attacks`: what came of each. `withhold`: for each Offered, in their order, which of its cells must go. `left`:
    what the attacks find when they are gone: all passed where withholding them is enough. `work`, `partly`: as Beside
    has them."""

    attacks: tuple[Attack, ...]
    withhold: tuple[Flags, ...]
    left: tuple[Attack, ...]
    work: int
    partly: bool = False

    @property
    def passed(self) -> bool:
        """Whether it may leave as it is."""
        return all(one.passed for one in self.attacks)


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
    return _Trial(Beside(linked, before, offered, frozenset(open_dimensions))).run()


class _Trial:
    def __init__(self, beside: Beside) -> None:
        self._beside, self._linked, self._offered = beside, beside.linked, beside.offered

    def run(self) -> Tried:
        """Attack; withhold what makes it leak until nothing does; and give back what need not have been withheld."""
        hidden = [np.zeros(one.cells.size, np.bool_) for one in self._offered]
        first = leaks = self._beside.leaks(hidden)
        for _ in range(_ROUNDS):
            if not leaks or not self._withhold(leaks, hidden):
                break
            leaks = self._beside.leaks(hidden)
        if not leaks:
            fewer = [one.copy() for one in hidden]
            self._give_back(fewer)
            if not self._beside.leaks(fewer):
                hidden = fewer
        return Tried(
            self._attacks(first), tuple(hidden), self._attacks(leaks), self._beside.work, self._beside.partly
        )

    def _withhold(self, leaks: Sequence[Leak], hidden: Sequence[Flags]) -> bool:
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
                for number, place in self._beside.by_cell[cell]:
                    hidden[number][place] = True
        return any_left

    def _culprit(self, leak: Leak, hidden: Sequence[Flags]) -> int | None:
        """The offered figure nearest to a leak that is still shown: itself, or beside it the one with the fewest."""

        def shown(cell: int) -> bool:
            return any(not hidden[number][place] for number, place in self._beside.by_cell.get(cell, ()))

        for cell in leak.cells:
            if shown(cell):
                return cell
        seen, edge = set(leak.cells), list(leak.cells)
        finest = max(self._dimensions(cell) for cell in leak.cells)
        wholes: list[int] = []
        for _ in range(_FURTHEST):
            around = {cell for one in edge for cell in self._around(one)} - seen
            best = [cell for cell in around if shown(cell)]
            # A total is of more use than a part: it goes where no part near by is left.
            parts = [cell for cell in best if self._dimensions(cell) >= finest]
            if parts:
                return min(parts, key=self._worth)
            if wholes:
                break
            wholes = best
            seen |= around
            edge = sorted(around)[:_EDGE]
        if wholes:
            return min(wholes, key=self._worth)
        left = [one for one in self._beside.by_cell if shown(one)]
        return min(left, key=self._worth, default=None)

    def _worth(self, cell: int) -> tuple[bool, float, int]:
        """Of how much use a figure is: those that somebody is counted in go first, since an empty one tells less."""
        count = float(self._linked.true[cell])
        return count == 0, count, cell

    def _dimensions(self, cell: int) -> int:
        """By how many dimensions a cell is broken down."""
        return len(self._linked.table(int(self._linked.table_of(np.array([cell]))[0])).dimensions)

    def _around(self, cell: int) -> set[int]:
        """The cells that share an equation with a cell, or are the same one at another release."""
        number = int(self._linked.table_of(np.array([cell]))[0])
        found: set[int] = set()
        for one in self._linked.links_of.get(number, ()):
            link = self._linked.links[one]
            if link.tables[0] == number:
                place = int(np.searchsorted(link.part, cell))
                if place < link.part.size and link.part[place] == cell:
                    found.add(int(link.whole[link.at[place]]))
                    found.update(link.part[link.at == link.at[place]].tolist())
            if link.tables[1] == number:
                place = int(np.searchsorted(link.whole, cell))
                if place < link.whole.size and link.whole[place] == cell:
                    found.update(link.part[link.at == place].tolist())
        for twins in self._linked.twins_of.get(number, ()):
            sides = (twins.one, twins.other)
            for table, mine, theirs in zip(twins.tables, sides, sides[::-1], strict=True):
                if table == number:
                    found.update(theirs[mine == cell].tolist())
        found.discard(cell)
        return found

    def _give_back(self, hidden: Sequence[Flags]) -> None:
        """Show again, in place, what need not be withheld: the largest first."""
        cells = {
            int(flat): None
            for one, gone in zip(self._offered, hidden, strict=True)
            for flat in self._beside.flat(one)[gone]
        }
        largest = sorted(cells, key=lambda cell: (-self._linked.true[cell], cell))[:_AGAIN]
        for cell in largest:
            for number, place in self._beside.by_cell[cell]:
                hidden[number][place] = False
            if self._beside.leaks(hidden, programs=False):
                for number, place in self._beside.by_cell[cell]:
                    hidden[number][place] = True

    def _attacks(self, leaks: Sequence[Leak]) -> tuple[Attack, ...]:
        """What was found, by attack."""
        shown = sum(int((~np.isnan(one.shown)).sum()) for one in self._offered)
        small = int(self._beside.small.sum())
        pairs = sum(int(nested.there.sum()) for _, nested in self._linked.pairs)
        over = sum(twins.one.size for twins in self._linked.over_time)
        examined = (shown, small, pairs, over, shown)
        found = []
        for number, (name, meaning) in enumerate(MEANINGS):
            mine = [leak for leak in leaks if leak.attack == number]
            worst: dict[str, float] = {}
            for leak in mine:
                question = self._linked.table(
                    int(self._linked.table_of(np.array(leak.cells[:1]))[0])
                ).question
                worst[question] = worst.get(question, 0) + 1
            many, of = len(mine), max(examined[number], len(mine))
            figure = many / of if of else None
            found.append(Attack(name, meaning, of, many, figure, 0.0, questions=worst_first(worst)))
        return tuple(found)
