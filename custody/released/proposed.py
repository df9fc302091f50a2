"""What is to leave the house, and what left it, as tables of counts: whatever it was made for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import polars as pl

from disclosure import CellKeys, Suppression
from disclosure.audit import Knowledge

NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True)
class Proposed:
    """One table of counts that is to leave, or that left.

    `measure`: one of the catalogue, counted under `framework` (""; the primary one's); or a name of the caller's own
    for what `rows` count. `dimensions`: what it is broken down by, of the catalogue or columns of `rows`. `fixed`: the
    codes that it is kept to, by dimension; of one that it is broken down by as well it names the codes that count.
    `cells`: a column (String) a dimension, in which null means "not broken down by it", and `value` (Float64; null:
    withheld). A combination without a row is not told. `knowledge`: what anybody may know of how the figures were made
    safe; None: they are the very figures of the dashboard of the release. `threshold`: counts from 1 to under this are
    to be kept safe.

    `rows`: for a measure that is not of the catalogue, everything that it counts: `row_key` and `unit` (UInt64: whose
    it is) and a column (String) for each dimension and each of `fixed`. Two tables of one measure name count the same.
    `within`: names of measures that count all that this one counts (of the catalogue: with the framework's id and a
    colon before it where it is a further framework's).
    """

    name: str
    measure: str
    dimensions: tuple[str, ...]
    cells: pl.DataFrame = field(repr=False)
    knowledge: Knowledge | None
    framework: str = ""
    fixed: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    threshold: int = 6
    rows: pl.DataFrame | None = field(default=None, repr=False)
    within: tuple[str, ...] = ()


@dataclass(frozen=True)
class Released:
    """What left before. `name`: what a reader calls it ("return 4", "export 12"); `release`: what it was counted from;
    `audience`: who holds it ("everybody", or a project)."""

    name: str
    release: str
    proposed: tuple[Proposed, ...]
    audience: str = "everybody"


def exact_knowledge(profile: Suppression) -> Knowledge:
    """What anybody may know of figures under a profile of suppression: those that are shown are exact, and a withheld
    one may be a small count or one beside it; it is no zero where zeros are shown."""
    return Knowledge(0, 0, 0.0, 1 if profile.zeros else 0, None, zero_is_zero=True)


def noisy_knowledge(profile: CellKeys) -> Knowledge:
    """What anybody may know of figures under a profile of cell keys."""
    return Knowledge.of_cell_keys(profile.bound, profile.variance, coarsened=profile.least_difference - 1)
