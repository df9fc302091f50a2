"""Which cells to suppress, by trying every pattern, each judged by plain linear programs over the whole table."""

from itertools import combinations

import numpy as np
from scipy.optimize import linprog

from disclosure.tables import NOBODY, System

_HAIR = 1e-6


def reached(system: System, hidden: set[int], cell: int) -> tuple[float, float]:
    """How far below and above its value a cell can be, for somebody from whom `hidden` cells are kept."""
    matrix = np.zeros((system.equations, system.cells))
    for line in range(system.equations):
        for place in range(system.starts[line], system.starts[line + 1]):
            matrix[line, system.columns[place]] += system.coefficients[place]
    bounds = [
        (system.lower[k], system.upper[k]) if k in hidden else (system.value[k],) * 2
        for k in range(system.cells)
    ]
    aim = np.zeros(system.cells)
    aim[cell] = 1.0
    ends = [linprog(way * aim, A_eq=matrix, b_eq=system.right, bounds=bounds) for way in (1, -1)]
    assert all(end.status == 0 for end in ends)
    return system.value[cell] - ends[0].x[cell], ends[1].x[cell] - system.value[cell]


def safe(system: System, hidden: set[int]) -> bool:
    """Whether every primary cell keeps its levels, against everybody and against each holder."""
    primary = [cell for cell in range(system.cells) if system.status[cell] == "u"]
    if not hidden.issuperset(primary):
        return False
    for holder in sorted({NOBODY, *system.holder.tolist()}):
        own = {c for c in range(system.cells) if holder != NOBODY and system.holder[c] == holder}
        for cell in primary:
            if cell in own:
                continue
            below, above = reached(system, hidden - own, cell)
            if below < system.protect_lower[cell] - _HAIR or above < system.protect_upper[cell] - _HAIR:
                return False
            if below + above < max(system.protect_sliding[cell] - _HAIR, 1e-7):
                return False
    return True


def cheapest(system: System) -> float | None:
    """What the cheapest safe pattern costs beside its primary cells; None where there is none."""
    primary = {cell for cell in range(system.cells) if system.status[cell] == "u"}
    may = [cell for cell in range(system.cells) if system.status[cell] == "s"]
    if not safe(system, primary | set(may)):
        return None
    lines = [
        set(system.columns[start:end].tolist())
        for start, end in zip(system.starts[:-1], system.starts[1:], strict=True)
    ]
    patterns = sorted(
        (float(system.cost[list(some)].sum()), some)
        for size in range(len(may) + 1)
        for some in combinations(may, size)
    )
    for cost, some in patterns:
        hidden = primary | set(some)
        # A primary cell that is alone in an equation is told by it.
        if any(len(line & hidden) == 1 and line & primary & hidden for line in lines):
            continue
        if safe(system, hidden):
            return cost
    raise AssertionError("everything suppressed was safe")
