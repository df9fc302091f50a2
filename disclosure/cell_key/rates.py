"""Rates and shares of perturbed counts: what they are, how far the noise may have moved them, and when it is too far.

A rate is always taken from the two published counts, never from the true ones: a rate of true counts beside a perturbed
one would give the noise away. How far it may be off follows from the variances of both counts, their noise being
independent (the usual linear approximation for a ratio; Cochran, Sampling Techniques, 1977, chapter 6).
"""

import math
from dataclasses import dataclass
from typing import Final

import polars as pl

from disclosure.cell_key.ptable import Ptable
from disclosure.errors import CountError, PerturbationError, TableError

# At least 19 of 20 lie within so many standard deviations (1.96 would do for the normal distribution; counts move in
# steps), and never within less than one count alone.
_USUAL_DEVIATIONS: Final = 2.1
# A share that the noise alone may move by more than ten of a hundred says nothing.
DEFAULT_MOST_OFF: Final = 0.1


@dataclass(frozen=True)
class Rate:
    """A rate of two published counts, times `per`. In 19 of 20 cases the true one is within `usual` of it; always it is
    from `low` to `high`. (All in units of the rate.)"""

    value: float
    usual: float
    low: float
    high: float


def perturbed_rate(
    part: int,
    whole: int,
    ptable: Ptable,
    *,
    per: float = 100,
    inside: bool = True,
    most_off: float = DEFAULT_MOST_OFF,
) -> Rate | None:
    """`per` times `part` / `whole` (published counts), or None where the noise may move it by more than `most_off` of
    `per`, so that it is not to be shown.

    `inside`: the part is counted in the whole, so no rate lies above `per`. Raises CountError and PerturbationError.
    """
    cells = pl.DataFrame({"part": [part], "whole": [whole]}, schema={"part": pl.Int64, "whole": pl.Int64})
    (found,) = perturbed_rates(cells, ptable, per=per, inside=inside, most_off=most_off).rows(named=True)
    if found["rate"] is None:
        return None
    return Rate(found["rate"], found["usual"], found["low"], found["high"])


def perturbed_rates(
    cells: pl.DataFrame,
    ptable: Ptable,
    *,
    part: str = "part",
    whole: str = "whole",
    per: float = 100,
    inside: bool = True,
    most_off: float = DEFAULT_MOST_OFF,
) -> pl.DataFrame:
    """`cells` with `rate, usual, low, high` (Float64, as in `Rate`), all null where the rate is not to be shown, and
    where one of the counts is missing (withheld)."""
    if not (math.isfinite(per) and per > 0 and math.isfinite(most_off) and most_off > 0):
        raise PerturbationError("a rate is per more than 0, and may be off by more than 0")
    for column in (part, whole):
        if column not in cells.columns:
            raise TableError(f"there is no column {column}: there are {', '.join(cells.columns)}")
        if not cells.schema[column].is_integer() or (cells[column] < 0).any():
            raise CountError(f"the column {column} holds something else than published counts")
    above, below = pl.col(part).cast(pl.Float64), pl.col(whole).cast(pl.Float64)
    bound = float(ptable.bound)
    ceiling = per if inside else math.inf
    share = above / below
    both = _USUAL_DEVIATIONS * (ptable.variance * (1 + share**2)).sqrt()
    usual = pl.max_horizontal(both, pl.lit(float(ptable.usual))) / below
    shown = (below > bound) & (usual <= most_off)
    figures = {
        "rate": (share * per).clip(0, ceiling),
        "usual": usual * per,
        "low": ((above - bound).clip(0) / (below + bound) * per).clip(0, ceiling),
        "high": ((above + bound) / (below - bound) * per).clip(0, ceiling),
    }
    return cells.with_columns(**{name: pl.when(shown).then(figure) for name, figure in figures.items()})
