"""Which cells are too small, or too much one contributor's, to be shown; and how far off an attacker must be kept.

Rules and levels as in Hundepool and others, "Statistical Disclosure Control" (2012), chapter 4.2; for counts, an
attacker must not be able to tell that a cell is small at all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl

from disclosure.errors import TableError
from disclosure.tables.building import LARGEST, Tables
from disclosure.tables.hierarchy import ALL
from disclosure.tables.system import NOBODY, Floats, System

# A primary cell must be kept off by something, whatever the levels of its rule come to: this share of its value.
_LEAST_SHARE = 1e-3
# What the cells are called that stand for the rest of a group (`GroupDisclosure`); they are never published.
REST = "rest of "


@dataclass(frozen=True)
class Finding:
    """What a rule finds: for every cell whether it is primary, and how far below and above must be possible."""

    primary: pl.Series
    below: Floats
    above: Floats
    why: str


class Rule(Protocol):
    """A rule of single cells."""

    def find(self, tables: Tables) -> Finding:
        """What it finds in the cells of `tables`."""
        ...


@dataclass(frozen=True)
class Threshold:
    """Cells to which fewer than `least` contribute. Empty ones too where `zeros` says so: then nothing tells a true
    zero from a small count.

    Kept off: in counts, one below (where there is room), and above up to `least`, so that nobody can tell that it is
    small; in sums, `percent` of the value to either side.
    """

    least: int
    zeros: bool = False
    percent: float = 10.0

    def __post_init__(self) -> None:
        if self.least < 2:
            raise TableError("a threshold under 2 protects nobody")

    def find(self, tables: Tables) -> Finding:
        few = pl.col("contributors") < self.least
        small = tables.cells.select(few if self.zeros else few & (pl.col("contributors") > 0)).to_series()
        value = tables.cells["value"].to_numpy()
        if tables.counts:
            below, above = np.minimum(value, 1.0), np.maximum(self.least - value, 1.0)
        else:
            below = above = value * self.percent / 100
        words = "contribute" if self.least != 2 else "contribute: one alone"
        return Finding(small, below, above, f"fewer than {self.least} {words}")


@dataclass(frozen=True)
class Dominance:
    """The (n, k) rule: the `largest` contributions come to more than `percent` of the value."""

    largest: int = 1
    percent: float = 85.0

    def __post_init__(self) -> None:
        if not (1 <= self.largest <= LARGEST and 0 < self.percent < 100):
            raise TableError(
                f"dominance is of 1 to {LARGEST} contributions, and of a share between 0 and 100 %"
            )

    def find(self, tables: Tables) -> Finding:
        value = tables.cells["value"].to_numpy()
        top = tables.cells["largest"].list.head(self.largest).list.sum().fill_null(0.0).to_numpy()
        level = 100 / self.percent * top - value
        many = "contribution comes" if self.largest == 1 else f"{self.largest} contributions come"
        why = f"the largest {many} to more than {self.percent:g} % of it"
        return Finding(pl.Series((level > 0) & (value > 0)), level, level, why)


@dataclass(frozen=True)
class PPercent:
    """The p-percent rule: the second largest contributor, taking off its own, would know the largest contribution to
    within `percent`."""

    percent: float = 10.0

    def __post_init__(self) -> None:
        if not 0 < self.percent <= 100:
            raise TableError("the p-percent rule needs a share above 0 and up to 100 %")

    def find(self, tables: Tables) -> Finding:
        value = tables.cells["value"].to_numpy()
        largest = tables.cells["largest"]
        first = largest.list.get(0, null_on_oob=True).fill_null(0.0).to_numpy()
        second = largest.list.get(1, null_on_oob=True).fill_null(0.0).to_numpy()
        level = self.percent / 100 * first - (value - first - second)
        why = f"a contributor would know the largest contribution to within {self.percent:g} %"
        return Finding(pl.Series((level > 0) & (value > 0)), level, level, why)


@dataclass(frozen=True)
class GroupDisclosure:
    """Attribute disclosure: a whole group shares one code of the `sensitive` dimension, so that whoever knows of
    somebody's being in the group knows the code as well, however large the group is. `codes`: those that are sensitive
    (None: all leaves).

    What must be kept open is that somebody of the group is elsewhere. So for each such group there is one more cell in
    the System, the rest of the group, which is 0 and is never published, and which must be possible to be 1 or more.
    """

    sensitive: str
    codes: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Protected:
    """A System to be protected, and for every cell in words why it is primary ("" where it is not)."""

    system: System
    why: tuple[str, ...]


COSTS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "value": lambda value, _contributors: np.maximum(value, 1.0),
    "unit": lambda value, _contributors: np.ones(value.size),
    "log": lambda value, _contributors: np.log1p(value) + 1.0,
    "contributors": lambda _value, contributors: np.maximum(contributors, 1.0),
}


def primary(
    tables: Tables,
    rules: Sequence[Rule | GroupDisclosure],
    *,
    cost: str = "value",
    zeros_shown: bool = True,
    holders: bool = True,
) -> Protected:
    """The System of `tables` with the primary cells that `rules` find, and their protection levels (the highest of
    any rule). `cost`: of suppressing a cell, one of COSTS. `zeros_shown`: empty cells must be shown, but for those that
    a rule needs. `holders`: whoever contributes alone to a cell is an attacker who knows it. An attacker knows
    beforehand that no value is under 0, or over the largest."""
    if cost not in COSTS:
        raise TableError(f"a cost is one of {', '.join(COSTS)}")
    cells = tables.cells
    value = cells["value"].to_numpy()
    marked = np.zeros(value.size, np.bool_)
    below, above = np.zeros(value.size), np.zeros(value.size)
    why = [""] * value.size
    for rule in rules:
        if isinstance(rule, GroupDisclosure):
            continue
        found = rule.find(tables)
        here = found.primary.to_numpy().astype(np.bool_)
        marked |= here
        below = np.where(here, np.maximum(below, found.below), below)
        above = np.where(here, np.maximum(above, found.above), above)
        for place in np.flatnonzero(here).tolist():
            why[place] = f"{why[place]}; {found.why}" if why[place] else found.why
    least = np.where(marked, _LEAST_SHARE * value, 0.0)
    top = float(value.max(initial=0.0))
    status = np.where(marked, "u", np.where((value == 0) & zeros_shown, "z", "s"))
    groups = [group for rule in rules if isinstance(rule, GroupDisclosure) for group in _groups(tables, rule)]
    for group in groups:
        for place in group.siblings:
            status[place] = "s" if status[place] == "z" else status[place]
    rests = len(groups)
    equations = [*tables.equations]
    for number, group in enumerate(groups):
        equations.append(((group.total, -1.0), (group.cell, 1.0), (value.size + number, 1.0)))
    lengths = [len(equation) for equation in equations]
    more = np.zeros(rests)
    contributors = cells["contributors"].cast(pl.Float64).to_numpy()
    holder = cells["holder"].to_numpy() if holders else np.full(value.size, NOBODY, np.int64)
    # Never more than an attacker's own bounds leave room for, also where a cell beside it is known.
    far = np.maximum(above, least)
    room = float((value + far).max(initial=0.0, where=marked) + far.max(initial=0.0, where=marked))
    upper = max(top, room, 1.0)
    system = System(
        value=np.concatenate((value, more)),
        cost=np.concatenate((COSTS[cost](value, contributors), more)),
        status=np.concatenate((status, np.full(rests, "u"))),
        lower=np.zeros(value.size + rests),
        upper=np.full(value.size + rests, upper),
        protect_lower=np.concatenate((np.minimum(np.maximum(below, least), value), more)),
        protect_upper=np.concatenate((np.maximum(above, least), more + 1.0)),
        protect_sliding=np.zeros(value.size + rests),
        names=(*cells["name"].to_list(), *(REST + group.name for group in groups)),
        starts=np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
        columns=np.asarray([cell for line in equations for cell, _factor in line], np.int64),
        coefficients=np.asarray([factor for line in equations for _cell, factor in line], np.float64),
        right=np.zeros(len(equations)),
        # Somebody who is the group alone knows what is to be kept open: it is not kept from him.
        holder=np.concatenate(
            (holder, holder[np.asarray([group.cell for group in groups], np.int64)])
        ).astype(np.int64),
    )
    return Protected(system, (*why, *(f"all of {group.group} are in one place" for group in groups)))


@dataclass(frozen=True)
class _Group:
    """A group all of whom are in `cell`; `siblings` are the empty cells that are published beside it."""

    name: str
    group: str
    total: int
    cell: int
    siblings: tuple[int, ...]


def _groups(tables: Tables, rule: GroupDisclosure) -> list[_Group]:
    """Every group of somebody, by the other dimensions, all of whom share a sensitive code."""
    if rule.sensitive not in tables.hierarchies:
        raise TableError(f"{rule.sensitive} is no dimension of the tables")
    tree = tables.hierarchies[rule.sensitive]
    codes = set(tree.leaves if rule.codes is None else rule.codes)
    others = [name for name in tables.hierarchies if name != rule.sensitive]
    cells = tables.cells.with_row_index("_place")
    found = []
    for _key, fibre in cells.group_by(others, maintain_order=True) if others else [((), cells)]:
        by_code = {row[rule.sensitive]: row for row in fibre.iter_rows(named=True)}
        total = by_code[ALL]
        if total["value"] <= 0 or len(by_code) == 1:
            continue
        full = [code for code in tree.leaves if code in codes and by_code[code]["value"] == total["value"]]
        for code in full:
            row = by_code[code]
            siblings = tuple(other["_place"] for other in by_code.values() if other["value"] == 0)
            found.append(_Group(row["name"], total["name"], total["_place"], row["_place"], siblings))
    return found
