"""The search for a cheap safe pattern of a large table, where inequalities alone would take too long.

Inequalities first, as long as they bring much; what is missing then is met goal by goal; and again among the columns of
the safe patterns that were found. How often is counted, so that no clock decides.
"""

import numpy as np

from disclosure.suppression.search import Search
from disclosure.tables.system import Flags

# So many steps of inequalities at most, until a pattern misses so few goals, before these are met one by one.
_HASTE = (8, 60)
# So often what a pattern misses is met goal by goal.
_MENDS = 4
# So many checks are made to show columns again, and so many columns at once at first, half as many after a failure.
_CHECKS = 4
_AT_ONCE = 8
# So often inequalities are looked for among the columns of safe patterns.
_NARROW = 4


class LargeSearch(Search):
    """A Search that can also make a pattern safe in haste."""

    def haste(self, opened: Flags, among: Flags | None = None) -> Flags:
        """Suppress much of what a pattern misses: what inequalities ask for (nothing outside of `among`, a safe
        pattern), which stays, and so again."""
        for _step in range(_HASTE[0]):
            missing = self.missing(opened)
            if len(missing) <= _HASTE[1] or self.left() <= 0:
                break
            self._exclude_all(missing, opened, among)
            choice = self.master.whole_pattern(
                gap=0.01, seconds=max(self.left(), 1.0), nodes=1, within=opened, among=among
            )
            if not choice.finished:
                break
            opened = choice.openness > 0.5
        return opened

    def narrow(self, among: Flags) -> Flags | None:
        """The cheapest pattern of the inequalities so far that suppresses nothing outside of `among`, a safe pattern,
        after a few more of them. None where the time was up."""
        opened = None
        for more in range(_NARROW):
            if self.left() <= 0:
                return None
            choice = self.master.whole_pattern(gap=0.01, seconds=self.left(), nodes=1, among=among)
            if not choice.finished:
                return None
            opened = choice.openness > 0.5
            if more + 1 < _NARROW:
                self._exclude_all(self.missing(opened), opened, among)
        return opened

    def mend(self, opened: Flags, among: Flags | None = None) -> bool:
        """Suppress what a pattern needs besides to be safe, goal by goal, each in the cheapest way, and keep it if it
        is the best. Whether it is safe then. `among`: what may be suppressed at all."""
        for _time in range(_MENDS):
            missing = self.missing(opened)
            if not missing:
                self.offer(opened)
                return True
            kept = self._upkeep.mended(opened, {goal for goal, _known in missing}, among)
            if kept is None:
                return False
            opened = kept.opened
        return False

    def drop(self) -> bool:
        """Show again much of what the best pattern can do without, some columns at a time, dearest first: where that
        is not safe, inequalities tell which are needed. False where the time was up."""
        tried: set[bytes] = set()
        at_once = _AT_ONCE
        kept = np.zeros(self.model.columns, np.bool_)
        for _check in range(_CHECKS):
            opened = self.best.opened
            if opened is None or self.left() <= 0:
                return False
            fewer, some = opened.copy(), []
            extra = np.flatnonzero(opened & ~self.model.must & ~kept)
            for column in extra[np.lexsort((extra, -self.model.cost[extra]))].tolist():
                if self.master.needed(column, fewer) is not None:
                    continue
                fewer[column] = False
                if self._missed_nearby(column, fewer):
                    fewer[column] = kept[column] = True
                    continue
                some.append(column)
                if len(some) == at_once:
                    break
            if not some:
                return True
            missing = self.missing(fewer)
            if not missing:
                self.offer(fewer)
                continue
            at_once = max(1, at_once // 2)
            if fewer.tobytes() in tried:
                kept[some] = True
            else:
                tried.add(fewer.tobytes())
                self._exclude_all(missing, fewer, None)
        return True

    def _missed_nearby(self, column: int, opened: Flags) -> bool:
        """Whether a pattern is seen to miss a goal near a column, with little work."""
        near = self._attacker.regions.relaxed(column, 2).columns
        return any(
            self._exclude(goal, None, opened, 2)
            for place in near[self.model.must[near]].tolist()
            for goal in self._goals.get(place, ())
        )
