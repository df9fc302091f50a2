"""Controlled rounding: every cell to a multiple of a base, near its value, so that the tables still add up.

The other choice beside suppression: every cell is shown, and none exactly. A multiple of the base stays as it is and
any other goes to one of its two neighbours ("zero-restricted"), where that can be done; in tables by three and more
dimensions it cannot always, and then cells may go a step further (Salazar-González, "Controlled rounding and cell
perturbation", Mathematical Programming 105, 2006). Solved as an integer program by HiGHS.
"""

from dataclasses import dataclass

import highspy
import numpy as np

from disclosure.audit.checking import check_known
from disclosure.audit.known import Known
from disclosure.errors import OutOfTimeError, TableError, UnprotectableError
from disclosure.tables.system import Flags, Floats, System

# Beyond this many steps further than the neighbours a rounded table says little.
_MOST_STEPS = 3


@dataclass(frozen=True)
class Rounded:
    """`value`: of each cell, rounded. `steps`: 0 where each went to a neighbour at most, else how many bases further
    any may have gone. `change`: the sum of all changes; `proved`: no other rounding serves better. `unsafe`: primary
    cells that the rounded tables, taken together, still tell too closely: take a larger base."""

    value: Floats
    steps: int
    change: float
    proved: bool
    unsafe: Flags
    known: Known


def round_controlled(system: System, base: int, *, seconds: float = 60.0) -> Rounded:
    """Round every cell of `system` to a multiple of `base` so that all equations hold and the values change least.

    As many primary cells as can go to a neighbour that leaves their protection levels open; `unsafe` says which are
    told too closely all the same.

    Raises TableError for a base under 2 or an equation whose right side is no multiple of it, UnprotectableError where
    there is no such rounding, OutOfTimeError where none was found in `seconds`.
    """
    if base < 2:
        raise TableError("rounding to a base under 2 leaves counts as they are")
    if (system.right % base).any():
        number = int(np.argmax(system.right % base != 0))
        raise TableError(
            f"equation {number + 1} has a right side that is no multiple of {base}: {system.equation(number)}"
        )
    for steps in range(_MOST_STEPS + 1):
        found = _solve(system, base, steps, seconds)
        if found is None:
            continue
        value, proved = found
        known = _known(system, value, base, steps)
        return Rounded(
            value=value,
            steps=steps,
            change=float(np.abs(value - system.value).sum()),
            proved=proved,
            unsafe=check_known(system, known).unsafe,
            known=known,
        )
    raise UnprotectableError(
        f"no rounding to {base} keeps the tables additive with every cell within {_MOST_STEPS + 1} bases of its value"
    )


def _known(system: System, value: Floats, base: int, steps: int) -> Known:
    """What a reader knows who knows the method: every cell is less than a base (and the steps) away."""
    far = base * (steps + 1) - (1.0 if system.whole else 0.0)
    return Known(np.maximum(value - far, system.lower), np.minimum(value + far, system.upper))


def _solve(system: System, base: int, steps: int, seconds: float) -> tuple[Floats, bool] | None:
    """The multiples of the base that change least, and whether that is proved; None where there are none.

    A cell is a whole number of bases above its lowest. With `steps` each also has a distance to minimise; without, the
    distance is a straight line between its two neighbours.
    """
    floor = np.floor(system.value / base + 1e-9)
    ceiling = np.ceil(system.value / base - 1e-9)
    low, high = floor - steps, ceiling + steps
    if (system.lower >= 0).all():
        low = np.maximum(low, 0)
    if not steps:
        cost = np.where(ceiling > floor, (floor + ceiling) * base - 2 * system.value, 0.0)
        cost = cost - _preferred(system, base, floor, ceiling) * base * system.cells
    else:
        cost = np.zeros(system.cells)
    solver = _model(system, base, low, high, cost, distances=steps > 0)
    solver.setOptionValue("time_limit", float(seconds))
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return None
    info = solver.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        raise OutOfTimeError(
            f"no rounding was found in {seconds:g} seconds: allow more, or take another base"
        )
    multiples = np.round(np.asarray(solver.getSolution().col_value[: system.cells]))
    return multiples * base, status == highspy.HighsModelStatus.kOptimal


def _preferred(system: System, base: int, floor: Floats, ceiling: Floats) -> Floats:
    """For each primary cell 1 where only the upper neighbour leaves its levels open, -1 where only the lower does;
    otherwise 0."""
    far = base - (1.0 if system.whole else 0.0)
    down, up = (
        (neighbour * base - far <= system.value - system.protect_lower)
        & (neighbour * base + far >= system.value + system.protect_upper)
        for neighbour in (floor, ceiling)
    )
    return np.where(system.status == "u", up.astype(np.float64) - down.astype(np.float64), 0.0)


def _model(
    system: System, base: int, low: Floats, high: Floats, cost: Floats, *, distances: bool
) -> highspy.Highs:
    """The integer program: bases per cell, the equations, and with `distances` one column a cell for how far it is."""
    count = system.cells
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, setting in (("output_flag", False), ("threads", 1), ("random_seed", 0), ("mip_rel_gap", 0.0)):
        solver.setOptionValue(option, setting)
    solver.addVars(count, low, high)
    solver.changeColsCost(count, np.arange(count, dtype=np.int32), cost)
    whole = np.full(count, int(highspy.HighsVarType.kInteger.value), np.uint8)
    solver.changeColsIntegrality(count, np.arange(count, dtype=np.int32), whole)
    right = system.right / base
    solver.addRows(
        system.equations,
        right,
        right,
        system.columns.size,
        system.starts[:-1].astype(np.int32),
        system.columns.astype(np.int32),
        system.coefficients,
    )
    if distances:
        solver.addVars(count, np.zeros(count), np.full(count, highspy.kHighsInf))
        solver.changeColsCost(count, np.arange(count, 2 * count, dtype=np.int32), np.ones(count))
        # distance >= base * multiple - value, and distance >= value - base * multiple
        columns = np.column_stack((np.arange(count), np.arange(count, 2 * count))).astype(np.int32).ravel()
        starts = np.arange(0, 2 * count, 2, dtype=np.int32)
        for sign in (1.0, -1.0):
            factors = np.tile((-sign * base, 1.0), count)
            endless = np.full(count, highspy.kHighsInf)
            solver.addRows(count, -sign * system.value, endless, 2 * count, starts, columns, factors)
    return solver
