"""Whoever is in no class at the end: joins one, is left out if that is allowed, or makes others join a coarse one."""

import numpy as np

from disclosure.microdata.classes import NONE
from disclosure.microdata.joining import Homes
from disclosure.microdata.rules import Judge, Rows

# A record for which a class must lose more than the record itself would rather be of no class.
_WHOLE = 1.0


def settle(homes: Homes, judge: Judge, allowed: int) -> int:
    """Give every record a class, but for at most `allowed` that are left out.

    First each joins where least is lost. Those for whom more would be lost than themselves are left out if all of
    them may be; otherwise they join all the same, and where the rules forbid it, the classes that lose most are
    opened until they are safe together with them. Whoever calls has made sure that all records together are safe, so
    that this ends.
    """
    left = _house(homes, _WHOLE)
    if len(left) <= allowed:
        return 0
    left = _house(homes, np.inf)
    if not len(left):
        return 0
    pool = left
    while not judge.safe(pool):
        opened = homes.open_up()
        if not len(opened):
            raise RuntimeError("all records together are not safe, which should have been refused before")
        pool = np.concatenate([pool, opened])
    homes.found(np.sort(pool))
    return len(pool)


def _house(homes: Homes, most: float) -> Rows:
    """House whoever has no class, again and again as long as that lets others in."""
    left = np.flatnonzero(homes.of == NONE)
    while len(left):
        still = homes.house(left, most)
        if len(still) == len(left):
            break
        left = still
    return left
