"""What a closed world is made of: who is counted, what is counted of them, by what, and by which rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from disclosure.cell_key import Ptable
from disclosure.codes_within import CodesWithin
from disclosure.errors import DisclosureError

# Every cell of every question is held in memory while the world is built: about 60 bytes each.
MOST_CELLS = 40_000_000


class WorldError(DisclosureError):
    """A closed world that cannot be built from what is given: says which part, and what to do."""

    code = 87


class StrangeKeysError(WorldError):
    """The keys of an earlier release are not those of this one: no figure can be kept."""


@dataclass(frozen=True)
class Hierarchy:
    """Every code of the dimension `child` with the code of the coarser dimension `parent` in which it lies; None: it
    lies in no one of them ("other places")."""

    child: str
    parent: str
    codes: Mapping[str, str | None]


@dataclass(frozen=True)
class Population:
    """Rows that can be counted.

    `frame`: dimensions as Enum columns, whose categories are the closed list of codes; null: on no list, so that the
    row counts in totals alone. `row_key`: the column with a row's key, UInt64, secret, random-looking, its own and the
    same in every release. `unit`: the column that says whose row it is (a family, a person), UInt64, the same in every
    release.
    """

    name: str
    frame: pl.DataFrame = field(repr=False)
    row_key: str = "row_key"
    unit: str = "unit"
    hierarchies: tuple[Hierarchy, ...] = ()


@dataclass(frozen=True)
class Measure:
    """What is counted: the rows of a population that fit `where`, or the distinct keys in `distinct` among them.

    `questions`: the sets of dimensions that it can be broken down by, all their subsets among them. `distinct`: a
    UInt64 column with the key of what is counted (an episode, a family), which belongs to one unit. `within`: measures
    of other populations that count all that this one counts, under the same codes; those of the same population are
    found by their `where`. `never`: codes that this measure cannot have, by dimension, and `apart`: pairs of codes of
    two dimensions that it cannot have together: their cells are no answers. `codes_within`: codes that hold others.
    """

    name: str
    population: str
    questions: tuple[tuple[str, ...], ...]
    distinct: str | None = None
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    within: tuple[str, ...] = ()
    never: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    apart: Mapping[tuple[str, str], frozenset[tuple[str, str]]] = field(default_factory=dict, hash=False)
    codes_within: CodesWithin | None = None


@dataclass(frozen=True)
class Scope:
    """A filter that some of the audience see everything through: only rows with one of `codes` in `dimension`.
    `measures`: those asked under it."""

    name: str
    dimension: str
    codes: tuple[str, ...]
    measures: tuple[str, ...]


@dataclass(frozen=True)
class Rules:
    """How figures are made safe.

    `table`: the perturbation table. `least_difference`: a figure and a shown part of it that differ by fewer units
    than this are near. `near`: a near part is "coarsened" (it shows the figure of its whole, so nobody can tell whether
    there is nobody else, or one more) or "withheld". `threshold`: figures drawn under this are withheld, zeros too.
    `recovered`, `ones`: the shares of small counts that a reconstruction may state exactly, and of its confident "this
    is one" that may be right; what it takes to keep below them is withheld. 1: whatever it finds.
    """

    table: Ptable = field(default_factory=Ptable.maximum_entropy)
    least_difference: int = 3
    near: Literal["coarsened", "withheld"] = "coarsened"
    threshold: int = 0
    recovered: float = 0.25
    ones: float = 0.35

    @property
    def furthest(self) -> int:
        """No figure is off by more than this, of the rows that it was drawn for: the noise, and the rows that a whole
        has more than its part. What would be is withheld."""
        return self.table.bound + self.least_difference - 1

    def __post_init__(self) -> None:
        if self.least_difference < 1:
            raise WorldError(f"least_difference is {self.least_difference}: it must be 1 or more")
        if self.near not in ("coarsened", "withheld"):
            raise WorldError(f"near is {self.near!r}: it must be 'coarsened' or 'withheld'")
        for name, share in (("recovered", self.recovered), ("ones", self.ones)):
            if not 0 <= share <= 1:
                raise WorldError(f"{name} is {share}: a share lies between 0 and 1")


@dataclass(frozen=True)
class Memory:
    """An earlier release: its populations as they were counted then, and what had changed since figures were drawn
    (`changes`: question, code_1 …, row_key, unit; World.changes of that release)."""

    populations: Sequence[Population] = field(repr=False)
    changes: pl.DataFrame = field(repr=False)


@dataclass(frozen=True)
class Question:
    """A table that can be asked: a measure by some dimensions (in the order of their names), for a scope or all."""

    measure: str
    dimensions: tuple[str, ...]
    scope: str = ""

    @property
    def name(self) -> str:
        """ "north@needs|quarter|ward": scope, measure, dimensions."""
        asked = "|".join((self.measure, *self.dimensions))
        return f"{self.scope}@{asked}" if self.scope else asked
