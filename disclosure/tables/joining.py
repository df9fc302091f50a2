"""Several tables as one system: cells that they share are one cell, and all their equations hold at once."""

from collections.abc import Mapping

import numpy as np

from disclosure.errors import TableError
from disclosure.tables.system import NOBODY, Floats, System


def join(systems: Mapping[str, System]) -> System:
    """One System of all `systems` (by what a message calls each). Cells with the same name are one; numbers of
    holders mean the same contributor in all.

    Of a shared cell the strictest holds: primary if it is in any, the closest bounds, the highest protection levels,
    the highest cost. An equation that several have is kept once. Raises TableError, naming the cell and the tables,
    where two of them do not agree about its value, or one must show what another must not.
    """
    if not systems:
        raise TableError("there is no table to join")
    names = list(dict.fromkeys(name for system in systems.values() for name in system.names))
    places = {name: place for place, name in enumerate(names)}
    count = len(names)
    value, cost = np.full(count, np.nan), np.zeros(count)
    lower, upper = np.full(count, -np.inf), np.full(count, np.inf)
    levels = np.zeros((3, count))
    holder = np.full(count, NOBODY, np.int64)
    primary, shown = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    slack = max(system.slack for system in systems.values())
    lines: dict[tuple[float, tuple[tuple[int, float], ...]], None] = {}
    for title, system in systems.items():
        where = np.asarray([places[name] for name in system.names], np.int64)
        _agree(title, system, value[where], slack)
        value[where] = np.where(np.isnan(value[where]), system.value, value[where])
        cost[where] = np.maximum(cost[where], system.cost)
        lower[where] = np.maximum(lower[where], system.lower)
        upper[where] = np.minimum(upper[where], system.upper)
        each = (system.protect_lower, system.protect_upper, system.protect_sliding)
        for level, given in zip(levels, each, strict=True):
            level[where] = np.maximum(level[where], given)
        holder[where] = np.where(holder[where] == NOBODY, system.holder, holder[where])
        primary[where] |= system.status == "u"
        shown[where] |= system.status == "z"
        for number in range(system.equations):
            terms = slice(int(system.starts[number]), int(system.starts[number + 1]))
            cells = where[system.columns[terms]].tolist()
            line = tuple(sorted(zip(cells, system.coefficients[terms].tolist(), strict=True)))
            lines[float(system.right[number]), line] = None
    if (primary & shown).any():
        name = names[int(np.argmax(primary & shown))]
        raise TableError(f"cell {name} must be shown in one table and is primary in another")
    lengths = [len(line) for _right, line in lines]
    return System(
        value=value,
        cost=cost,
        status=np.where(primary, "u", np.where(shown, "z", "s")),
        lower=lower,
        upper=upper,
        protect_lower=levels[0],
        protect_upper=levels[1],
        protect_sliding=levels[2],
        names=tuple(names),
        starts=np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
        columns=np.asarray([cell for _right, line in lines for cell, _factor in line], np.int64),
        coefficients=np.asarray([factor for _right, line in lines for _cell, factor in line], np.float64),
        right=np.asarray([right for right, _line in lines], np.float64),
        holder=holder,
        slack=slack,
    )


def _agree(title: str, system: System, before: Floats, slack: float) -> None:
    """Refuse a table that gives a shared cell another value than an earlier table does."""
    hair = 1e-9 * np.maximum(1.0, np.abs(system.value)) + 2 * slack
    with np.errstate(invalid="ignore"):
        other = np.abs(before - system.value) > hair
    if other.any():
        name = system.names[int(np.argmax(other))]
        raise TableError(
            f"{title}: cell {name} has another value than in a table before it; cells share a name only if they are "
            "the same"
        )
