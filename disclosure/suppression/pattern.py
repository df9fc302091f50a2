"""The answer of a suppression: which cells are withheld, why each, and what it costs."""

import time
from dataclasses import dataclass

import numpy as np

from disclosure.audit import check_pattern
from disclosure.errors import OutOfTimeError
from disclosure.suppression.model import refuse
from disclosure.suppression.reasons import reasons
from disclosure.suppression.search import Search
from disclosure.tables.system import Flags, Letters, System


@dataclass(frozen=True)
class Pattern:
    """A safe pattern, checked independently of how it was found.

    `status`: one letter a cell: `u` primary, `x` suppressed to protect one, `s` or `z` shown. `reason`: for each
    cell why it is suppressed, empty where it is shown. `cost`: of the `x` cells. `bound`: no safe pattern
    costs less. `proved`: that the cost is the bound. `complete`: False where the time ended the search: another run
    may find another pattern.
    """

    status: Letters
    reason: tuple[str, ...]
    cost: float
    bound: float
    seconds: float
    proved: bool
    complete: bool

    @property
    def suppressed(self) -> Flags:
        """Which cells are not shown."""
        return np.isin(self.status, ("u", "x"))

    @property
    def secondary(self) -> Flags:
        """Which cells are not shown only to protect others."""
        return np.isin(self.status, ("x",))


def settled(system: System, search: Search, *, began: float, complete: bool) -> Pattern:
    """The best pattern of a search; where there was no time to find one, everything that may be suppressed.

    Raises UnprotectableError where not even that is safe, and OutOfTimeError, which is never seen save on a defect,
    where the independent check does not confirm the pattern.
    """
    protects = search.trim()
    opened = search.best.opened
    everything = opened is None
    if opened is None:
        opened = np.ones(search.model.columns, np.bool_)
    suppressed = search.model.suppressed(system, opened)
    check = check_pattern(system, suppressed)
    if everything:
        refuse(system, np.flatnonzero(check.unsafe))
    if check.unsafe.any():
        raise OutOfTimeError(
            f"the pattern that was found is not confirmed to be safe for {int(check.unsafe.sum())} cells; give it more "
            "time, or use the other mode"
        )
    status = np.where(suppressed & (system.status != "u"), "x", system.status)
    cost = float(system.cost[status == "x"].sum())
    proved = not everything and search.within(0.0)
    return Pattern(
        status=status,
        reason=reasons(system, search.model, opened, protects),
        cost=cost,
        bound=min(search.best.bound, cost) if not proved else cost,
        seconds=time.perf_counter() - began,
        proved=proved,
        complete=complete,
    )
