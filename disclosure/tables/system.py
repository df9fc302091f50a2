"""A set of published tables as what an attacker sees: cells, and the equations that hold between them.

One `System` is one table, a hierarchy of tables or several linked ones: nothing below this knows the difference
(Fischetti and Salazar-González, "Models and algorithms for optimizing cell suppression in tabular data with linear
constraints", JASA 95, 2000).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from disclosure.errors import TableError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Letters = NDArray[np.str_]

# u: primary, must not be found out; s: may be suppressed; z: must be shown.
STATUSES = ("u", "s", "z")
NOBODY = -1
# An equation may be off by this share of the sum of its terms: numbers are added in floating point.
_SHARE = 1e-9


@dataclass(frozen=True)
class System:
    """Cells and equations. Every array over cells is as long as `value`; equation e is
    `sum(coefficients[k] * value[columns[k]] for k in range(starts[e], starts[e + 1])) == right[e]`.

    `cost`: of suppressing the cell. `status`: one of STATUSES. `lower`, `upper`: what an attacker knows of a cell
    beforehand. `protect_lower`, `protect_upper`, `protect_sliding`: how far below, how far above, and how far in all
    the interval of a primary cell must reach. `names`: cells with the same name in two systems are one cell.
    `holder`: who contributes to the cell alone, by a number (the same number: the same contributor), NOBODY where it
    is none or more than one; such a contributor knows the cell. Do not write into the arrays.

    Raises TableError, naming the cell or equation, where anything does not fit or does not add up.
    """

    value: Floats
    cost: Floats
    status: Letters
    lower: Floats
    upper: Floats
    protect_lower: Floats
    protect_upper: Floats
    protect_sliding: Floats
    names: tuple[str, ...]
    starts: Integers
    columns: Integers
    coefficients: Floats
    right: Floats
    holder: Integers = field(default_factory=lambda: np.empty(0, np.int64))
    # How far an equation may be off beside what floating point does, for values that were printed rounded.
    slack: float = 0.0

    def __post_init__(self) -> None:
        if not self.holder.size:
            object.__setattr__(self, "holder", np.full(self.value.size, NOBODY, np.int64))
        _check_lengths(self)
        _check_cells(self)
        _check_equations(self)

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return int(self.value.size)

    @property
    def equations(self) -> int:
        """How many equations there are."""
        return int(self.right.size)

    @cached_property
    def matrix(self) -> csr_array:
        """The coefficients, one row an equation, one column a cell."""
        return csr_array((self.coefficients, self.columns, self.starts), shape=(self.equations, self.cells))

    @cached_property
    def by_cell(self) -> csc_array:
        """The same coefficients, quick to take the columns of some cells from."""
        return csc_array(self.matrix)

    @cached_property
    def whole(self) -> bool:
        """Whether every value is a whole number, as in a table of counts."""
        return bool(np.all(self.value == np.round(self.value)))

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each name stands."""
        return {name: place for place, name in enumerate(self.names)}

    def equation(self, number: int) -> str:
        """An equation in words, of the names of its cells, for a message."""
        terms = range(int(self.starts[number]), int(self.starts[number + 1]))
        words = [f"{self.coefficients[k]:+g}×[{self.names[self.columns[k]]}]" for k in terms]
        shown = words if len(words) <= 8 else [*words[:7], f"… {len(words) - 7} more"]
        return f"{' '.join(shown)} = {self.right[number]:g}"

    def with_(self, **changes: object) -> "System":
        """The same system with some fields replaced, checked again."""
        return replace(self, **changes)  # type: ignore[arg-type]


def system_of(
    value: Sequence[float] | Floats,
    equations: Sequence[tuple[float, Sequence[tuple[int, float]]]],
    *,
    status: Sequence[str] | Letters | None = None,
    cost: Sequence[float] | Floats | None = None,
    lower: Sequence[float] | Floats | float = 0.0,
    upper: Sequence[float] | Floats | None = None,
    protect_lower: Sequence[float] | Floats | float = 0.0,
    protect_upper: Sequence[float] | Floats | float = 0.0,
    protect_sliding: Sequence[float] | Floats | float = 0.0,
    names: Sequence[str] | None = None,
    holder: Sequence[int] | Integers | None = None,
    slack: float = 0.0,
) -> System:
    """A System from plain lists: each equation is its right side and its terms (cell, coefficient).

    Where nothing is given: every cell may be suppressed (zeros must be shown), costs its value (at least 1), is at
    least 0 and at most the largest value, and is named by its place.
    """
    values = np.asarray(value, np.float64)
    count = values.size
    terms = [term for _right, line in equations for term in line]
    lengths = [len(line) for _right, line in equations]
    top = float(values.max(initial=0.0))

    def over_cells(given: Sequence[float] | Floats | float) -> Floats:
        array = np.asarray(given, np.float64)
        return np.full(count, float(array)) if array.ndim == 0 else array

    return System(
        value=values,
        cost=np.maximum(np.abs(values), 1.0) if cost is None else np.asarray(cost, np.float64),
        status=np.where(values == 0, "z", "s") if status is None else np.asarray(status, "U1"),
        lower=over_cells(lower),
        upper=over_cells(top if upper is None else upper),
        protect_lower=over_cells(protect_lower),
        protect_upper=over_cells(protect_upper),
        protect_sliding=over_cells(protect_sliding),
        names=tuple(map(str, range(count))) if names is None else tuple(names),
        starts=np.concatenate(([0], np.cumsum(lengths, dtype=np.int64))).astype(np.int64),
        columns=np.asarray([cell for cell, _coefficient in terms], np.int64),
        coefficients=np.asarray([coefficient for _cell, coefficient in terms], np.float64),
        right=np.asarray([right for right, _line in equations], np.float64),
        holder=np.full(count, NOBODY, np.int64) if holder is None else np.asarray(holder, np.int64),
        slack=slack,
    )


def _check_lengths(system: System) -> None:
    count = system.cells
    for name in (
        "cost",
        "status",
        "lower",
        "upper",
        "protect_lower",
        "protect_upper",
        "protect_sliding",
        "holder",
        "names",
    ):
        if len(getattr(system, name)) != count:
            raise TableError(f"{name} has {len(getattr(system, name))} entries for {count} cells")
    starts = system.starts
    if starts.size != system.equations + 1 or starts[0] != 0 or np.any(np.diff(starts) < 0):
        raise TableError("the equations do not begin and end where their terms do")
    if starts[-1] != system.columns.size or system.columns.size != system.coefficients.size:
        raise TableError("the equations do not have as many coefficients as cells")
    if system.columns.size and (system.columns.min() < 0 or system.columns.max() >= count):
        raise TableError("an equation names a cell that is not in the table")


def _check_cells(system: System) -> None:
    if len(system.places) != system.cells:
        twice = Counter(system.names).most_common(1)[0][0]
        raise TableError(f"cell {twice}: the name is there twice")
    _refuse(system, ~np.isfinite(system.value), "has no number as its value")
    _refuse(system, ~np.isfinite(system.cost) | (system.cost < 0), "costs less than nothing, or no number")
    _refuse(system, ~np.isin(system.status, STATUSES), f"has a status that is none of {', '.join(STATUSES)}")
    _refuse(system, np.isnan(system.lower) | np.isnan(system.upper), "has a bound that is no number")
    # What is printed with few decimals may lie a hair outside of its own bounds.
    hair = system.slack + _SHARE * np.abs(system.value)
    outside = (system.value < system.lower - hair) | (system.value > system.upper + hair)
    _refuse(system, outside, "lies outside of its own bounds")
    for levels in (system.protect_lower, system.protect_upper, system.protect_sliding):
        _refuse(system, ~np.isfinite(levels) | (levels < 0), "has a protection level under 0, or no number")
    primary = system.status == "u"
    needed = np.maximum(system.protect_lower + system.protect_upper, system.protect_sliding)
    short = (
        (system.value - system.protect_lower < system.lower - hair)
        | (system.value + system.protect_upper > system.upper + hair)
        | (needed > system.upper - system.lower + 2 * hair)
    )
    _refuse(
        system,
        primary & short,
        "asks for more protection than the bounds known to an attacker leave room for",
    )


def _check_equations(system: System) -> None:
    _refuse_equation(
        system,
        ~np.isfinite(system.right) | _any_by_row(system, ~np.isfinite(system.coefficients)),
        "no number",
    )
    _refuse_equation(system, np.diff(system.starts) == 0, "no cells")
    _refuse_equation(
        system, _any_by_row(system, system.coefficients == 0), "a coefficient of 0: leave that cell out"
    )
    order = np.lexsort((system.columns, _rows(system)))
    rows, columns = _rows(system)[order], system.columns[order]
    again = (np.diff(rows) == 0) & (np.diff(columns) == 0)
    if again.any():
        where = int(np.argmax(again))
        raise TableError(
            f"equation {rows[where] + 1} names cell {system.names[columns[where]]} twice: name each cell once"
        )
    terms = np.abs(system.coefficients * system.value[system.columns])
    size = np.bincount(_rows(system), weights=terms, minlength=system.equations) + np.abs(system.right)
    allowed = _SHARE * size + system.slack * np.diff(system.starts)
    off = system.matrix @ system.value - system.right
    wrong = np.abs(off) > allowed
    if wrong.any():
        number = int(np.argmax(wrong))
        raise TableError(
            f"equation {number + 1} of {system.equations} does not hold, it is off by {off[number]:g}: "
            f"{system.equation(number)}. Correct the values or the equation"
            + (f" ({int(wrong.sum())} equations do not hold)" if wrong.sum() > 1 else "")
        )


def _rows(system: System) -> Integers:
    """The equation of each term."""
    return np.repeat(np.arange(system.equations, dtype=np.int64), np.diff(system.starts))


def _any_by_row(system: System, terms: Flags) -> Flags:
    return np.bincount(_rows(system), weights=terms, minlength=system.equations) > 0


def _refuse(system: System, wrong: Flags, what: str) -> None:
    if wrong.any():
        cell = int(np.argmax(wrong))
        raise TableError(
            f"cell {system.names[cell]} {what}" + (f" ({int(wrong.sum())} cells)" if wrong.sum() > 1 else "")
        )


def _refuse_equation(system: System, wrong: Flags, what: str) -> None:
    if wrong.any():
        raise TableError(f"equation {int(np.argmax(wrong)) + 1} of {system.equations} has {what}")
