"""What suppressing a cell costs, by policy: a cheap pattern is a good one only by the right measure of what is lost."""

import numpy as np

from disclosure.errors import PatternError
from disclosure.tables.system import System

# In words, for a command line and its documentation.
POLICIES = {
    "given": "what the table says",
    "unit": "every cell the same: as few cells as possible",
    "value": "the cell's value: as little of the total as possible",
    "log": "the logarithm of the value: between the two",
}


def with_costs(system: System, policy: str) -> System:
    """The same table with costs by one of POLICIES. Raises PatternError for another word."""
    size = np.abs(system.value)
    if policy == "given":
        return system
    if policy == "unit":
        return system.with_(cost=np.ones(system.cells))
    if policy == "value":
        return system.with_(cost=np.maximum(size, 1.0))
    if policy == "log":
        return system.with_(cost=1.0 + np.log1p(size))
    raise PatternError(f"{policy}: no policy for costs; use one of {', '.join(POLICIES)}")
