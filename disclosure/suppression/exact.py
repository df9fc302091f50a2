"""The cheapest safe pattern, with the proof that none is cheaper."""

import time

from disclosure.suppression.fast import approach
from disclosure.suppression.large import LargeSearch
from disclosure.suppression.pattern import Pattern, settled
from disclosure.tables.system import System

_NODES = 10_000_000


def suppress_exactly(system: System, *, seconds: float = 300.0) -> Pattern:
    """The safe pattern of least cost (of the cells that are suppressed besides the primary ones).

    `seconds`: the time allowed. If it ends the search, the answer is the best safe pattern found, with `proved` and
    `complete` False and the bound reached. Within it the same table always gives the same pattern. Raises
    UnprotectableError, naming the cells, where no pattern is safe.
    """
    began = time.perf_counter()
    search = LargeSearch(system, seconds)
    many = len(search.model.goals) // 50
    # A good pattern first, so that there is one whatever the time.
    approach(search, rounds=1)
    search.tighten(3, few=many, sweeps=3)
    gap = 0.02
    while not search.within(0.0):
        opened = search.propose(gap=gap, nodes=_NODES)
        if opened is None:
            break
        missed = search.attack(opened, 2) or search.attack(opened, 3)
        # While much is missed, the cheapest pattern need not be known to the last unit.
        gap = 0.02 if missed > many else 0.0
        if missed <= many and not search.complete(opened):
            break
    return settled(system, search, began=began, complete=search.within(0.0))
