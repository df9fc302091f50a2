"""A safe pattern from one that is not, and without what it can do without.

For each goal and attacker one way is kept in which the goal is met. A pattern is safe as long as all of these are
suppressed, so only the ways that a change touches are looked for anew: that makes a change cheap to try.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from disclosure.suppression.flows import Flows
from disclosure.suppression.model import Goal, Model
from disclosure.suppression.regions import Regions
from disclosure.tables.system import NOBODY, Flags, Integers

# A goal (by its place in the Model) and the holder who attacks it, or NOBODY.
Task = tuple[int, int]


@dataclass
class Kept:
    """A pattern, and the way in which each task is met in it; whoever holds nothing that moves has no task."""

    opened: Flags
    ways: dict[Task, Integers]


class Upkeep:
    """Repairs and improves patterns of a Model. `left` tells the seconds that are left: at 0 everything stops."""

    def __init__(self, model: Model, regions: Regions, left: Callable[[], float]) -> None:
        self.flows = Flows(model, regions)
        self._model = model
        self._left = left
        size = np.asarray([-goal.amount for goal in model.goals])
        self._order = np.argsort(size, kind="stable").tolist()

    def mended(self, opened: Flags, only: set[Goal] | None = None, among: Flags | None = None) -> Kept | None:
        """The pattern with what it needs besides to meet every goal (or `only` these), the largest first.
        `among`: what may be suppressed at all. None where it fails or the time is up."""
        model = self._model
        opened = opened.copy()
        met: dict[Task, Integers] = {}
        allowed = np.ones_like(opened) if among is None else among
        for place in self._order:
            goal = model.goals[place]
            if only is not None and goal not in only:
                continue
            for holder in (NOBODY, *model.known):
                known = self._known(goal, holder, met.get((place, NOBODY)))
                if holder != NOBODY and known is None:
                    continue
                way = self.flows.cheapest_way(goal, opened, known, allowed)
                if way is None or self._left() <= 0:
                    return None
                met[place, holder] = way
                opened[way] = True
        return Kept(opened, met)

    def cleaned(self, kept: Kept, needed: Callable[[int, Flags], int | None]) -> tuple[Kept, dict[int, int]]:
        """The pattern without what it can do without, dearest first, and for each column that
        stays the primary cell for which it does. `needed`: what is known of that beforehand."""
        model = self._model
        kept = Kept(kept.opened.copy(), dict(kept.ways))
        why: dict[int, int] = {}
        extra = np.flatnonzero(kept.opened & ~model.must)
        for column in extra[np.lexsort((extra, -model.cost[extra]))].tolist():
            if self._left() <= 0:
                break
            cell = needed(column, kept.opened)
            if cell is None:
                cell = self._drop(kept, column)
            if cell is not None:
                why[column] = cell
        return kept, why

    def _drop(self, kept: Kept, column: int) -> int | None:
        """Show a column again if every goal is met without it; otherwise the cell of one that is not."""
        kept.opened[column] = False
        fresh: dict[Task, Integers | None] = {}
        for task, way in kept.ways.items():
            if not _has(way, column):
                continue
            goal = self._model.goals[task[0]]
            known = self._model.known.get(task[1])
            other = self.flows.way(goal, kept.opened, known)
            if other is None:
                kept.opened[column] = True
                return goal.cell
            fresh[task] = other
            if task[1] != NOBODY:
                continue
            # Whoever holds nothing in the old way may hold something in the new one.
            for holder in self._model.known:
                mine = self._known(goal, holder, other)
                if mine is None or (task[0], holder) in kept.ways:
                    continue
                other_way = self.flows.way(goal, kept.opened, mine)
                if other_way is None:
                    kept.opened[column] = True
                    return goal.cell
                fresh[task[0], holder] = other_way
        kept.ways.update({task: way for task, way in fresh.items() if way is not None})
        return None

    def _known(self, goal: Goal, holder: int, way: Integers | None) -> Integers | None:
        """What a holder knows, where that matters: it does not hold the goal's cell, and holds something on the way."""
        if holder == NOBODY:
            return None
        known = self._model.known[holder]
        if _has(known, goal.column) or way is None or not np.isin(known, way).any():
            return None
        return known


def _has(columns: Integers, column: int) -> bool:
    place = int(np.searchsorted(columns, column))
    return place < columns.size and int(columns[place]) == column
