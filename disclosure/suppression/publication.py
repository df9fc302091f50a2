"""The rules by which the Department for Education publishes counts of children, applied to linked tables at once.

Counts from 1 to 5 are confidential (`c`), and so is as much else as keeps them from being worked out; true zeros are
shown; percentages have one decimal and are confidential with either of the counts they are of. (Explore Education
Statistics, "Characteristics of children in need", methodology; symbols as in its data files.)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl

from disclosure.audit.checking import check_pattern
from disclosure.errors import CountError, TableError, UnsafeError
from disclosure.tables.building import Tables
from disclosure.tables.hierarchy import ALL
from disclosure.tables.primary import GroupDisclosure, Rule, Threshold, primary
from disclosure.tables.system import Flags, System

CONFIDENTIAL, NOT_APPLICABLE, LOW = "c", "z", "low"
# The smallest count that is shown, but for zero.
LEAST = 6


class Suppressed(Protocol):
    """What a way of suppressing gives back (`disclosure.suppression.Pattern`)."""

    @property
    def suppressed(self) -> Flags:
        """Which cells are suppressed."""
        ...

    @property
    def reason(self) -> tuple[str, ...]:
        """Why, for each cell; "" where it is shown."""
        ...


@dataclass(frozen=True)
class Published:
    """`cells`: one row a cell: a column a dimension (`all`: not broken down), `value` (null where withheld), `symbol`
    ("" or CONFIDENTIAL), and for each percentage `percent_of_DIMENSION` and `percent_of_DIMENSION_symbol`. It says
    nothing of why a cell is withheld, since that would tell small cells from those beside them. `why` does (`name`,
    `reason`), for those who may see the figures. `words`: what a reader must know."""

    cells: pl.DataFrame
    why: pl.DataFrame
    words: str


def publish(
    tables: Tables,
    suppress: Callable[[System], Suppressed],
    *,
    least: int = LEAST,
    percent_of: Sequence[str] = (),
    sensitive: Sequence[str] = (),
    cost: str = "value",
) -> Published:
    """What may be published of `tables` of counts, suppressed by `suppress` (`suppress_exactly` or `suppress_fast`).

    `least`: the smallest count above 0 that is shown. `percent_of`: dimensions within whose total each cell is also
    told as a percentage. `sensitive`: dimensions by which no whole group may be found in one place (zeros beside it
    are then withheld where that is needed). Raises CountError for tables of sums, and UnsafeError where the pattern,
    checked once more and apart from how it was made, protects too little.
    """
    if not tables.counts:
        raise CountError("these rules are for counts; the tables hold sums")
    for name in (*percent_of, *sensitive):
        if name not in tables.hierarchies:
            raise TableError(f"{name} is no dimension of the tables")
    rules: list[Rule | GroupDisclosure] = [Threshold(least), *(GroupDisclosure(name) for name in sensitive)]
    system = primary(tables, rules, cost=cost).system
    pattern = suppress(system)
    check = check_pattern(system, pattern.suppressed)
    if check.unsafe.any():
        first = system.names[int(np.argmax(check.unsafe))]
        raise UnsafeError(f"the pattern leaves {int(check.unsafe.sum())} cells unsafe, the first is {first}")
    hidden = pattern.suppressed[: tables.cells.height]
    cells = tables.cells.select(
        *tables.hierarchies,
        pl.col("value").cast(pl.Int64),
        pl.Series("symbol", np.where(hidden, CONFIDENTIAL, "")),
    )
    for name in percent_of:
        cells = _with_percentage(cells, name, list(tables.hierarchies))
    cells = cells.with_columns(
        pl.when(pl.col("symbol") == "").then("value").alias("value"),
    )
    why = pl.DataFrame(
        {"name": system.names, "reason": pattern.reason}, schema={"name": pl.String, "reason": pl.String}
    ).filter(pl.Series(pattern.suppressed))
    return Published(cells, why, in_words(least, percent_of, sensitive))


def in_words(least: int, percent_of: Sequence[str] = (), sensitive: Sequence[str] = ()) -> str:
    """The rules for whoever reads the tables."""
    said = [
        f"Counts from 1 to {least - 1} are confidential and shown as {CONFIDENTIAL}, and so are as many others as it "
        "takes that nobody can work them out from these tables. What is shown is exact, and zero means none."
    ]
    if percent_of:
        said.append(
            f"Percentages have one decimal; they are {CONFIDENTIAL} where one of their two counts is, {NOT_APPLICABLE} "
            f"where there is nothing to be a share of, and {LOW} where they would round to 0.0 and are more."
        )
    if sensitive:
        said.append(
            f"Where a whole group would be found in one place by {' or '.join(sensitive)}, counts beside it are "
            f"{CONFIDENTIAL} as well, be they zero or not."
        )
    return " ".join(said)


def _with_percentage(cells: pl.DataFrame, name: str, dimensions: list[str]) -> pl.DataFrame:
    """A percentage of each cell in the cell that is not broken down by `name`; true values are still in `cells`."""
    others = [other for other in dimensions if other != name]
    whole = cells.filter(pl.col(name) == ALL).select(
        *others, pl.col("value").alias("_whole"), pl.col("symbol").alias("_symbol")
    )
    joined = (
        cells.join(whole, on=others, how="left", maintain_order="left")
        if others
        else cells.join(whole, how="cross", maintain_order="left")
    )
    part, total = pl.col("value"), pl.col("_whole")
    # Halves go up, and no floating point decides: tenths of a per cent, as whole numbers.
    tenths = (2000 * part + total) // (2 * total)
    symbol = (
        pl.when((pl.col("symbol") != "") | (pl.col("_symbol") != ""))
        .then(pl.lit(CONFIDENTIAL))
        .when(total == 0)
        .then(pl.lit(NOT_APPLICABLE))
        .when((tenths == 0) & (part > 0))
        .then(pl.lit(LOW))
        .otherwise(pl.lit(""))
    )
    title = f"percent_of_{name}"
    return (
        joined.with_columns(symbol.alias(f"{title}_symbol"))
        .with_columns(pl.when(pl.col(f"{title}_symbol") == "").then(tenths / 10).alias(title))
        .select(*cells.columns, title, f"{title}_symbol")
    )
