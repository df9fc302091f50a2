"""A safe pattern in little time, near the cheapest."""

import time

import numpy as np

from disclosure.suppression.large import LargeSearch
from disclosure.suppression.pattern import Pattern, settled
from disclosure.tables.system import Flags, System

_GAP = 0.03
_ROUNDS = 2
# So often inequalities are added before a pattern is made safe.
_FIRST = 3


def suppress_fast(system: System, *, seconds: float = 120.0) -> Pattern:
    """A safe pattern whose cost is near the least, with a bound on how near.

    Only so many rounds of inequalities are made, whatever the time, so the same table gives the same pattern;
    `seconds` is a limit beyond that, and where it ends the search `complete` is False. Raises UnprotectableError,
    naming the cells, where no pattern is safe.
    """
    began = time.perf_counter()
    search = LargeSearch(system, seconds)
    complete = approach(search, rounds=_ROUNDS)
    return settled(system, search, began=began, complete=complete)


def approach(search: LargeSearch, *, rounds: int) -> bool:
    """Find a good safe pattern, by so many rounds. False where the time was up."""
    search.tighten(2, few=len(search.model.goals) // 400, sweeps=20)
    first = search.propose(gap=_GAP, nodes=1)
    if first is not None and search.large(first):
        return _approach_large(search, first)
    among = np.zeros(search.model.columns, np.bool_)
    for _round in range(rounds):
        opened = search.propose(gap=_GAP, nodes=1)
        for _more in range(_FIRST):
            if opened is None or not search.strengthen(opened):
                break
            among |= opened
            opened = search.propose(gap=_GAP, nodes=1)
        if opened is None or not search.complete(opened) or search.best.opened is None:
            return False
        # Between a safe pattern and those that were met on the way there is often a cheaper one.
        among |= search.best.opened
        if not search.refine(among, gap=_GAP / 2):
            return False
        if search.within(_GAP):
            break
    return True


def _approach_large(search: LargeSearch, opened: Flags) -> bool:
    """The same where inequalities take long: a safe pattern at once, and then a better one from better inequalities,
    what is missing yet met goal by goal."""
    search.mend(opened)
    among = (opened if search.best.opened is None else search.best.opened).copy()
    for _more in range(_FIRST):
        search.strengthen(opened)
        better = search.propose(gap=_GAP, nodes=1)
        if better is None:
            return False
        opened = better
    hasty = search.haste(opened)
    if (not search.mend(hasty) and not search.complete(hasty)) or search.best.opened is None:
        return False
    # Between safe patterns there is often a cheaper one, and inequalities take less time there.
    among |= search.best.opened
    narrow = search.narrow(among)
    if narrow is None or not search.mend(search.haste(narrow, among), among):
        return False
    return search.drop()
