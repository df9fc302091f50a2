"""Whose rows are in one cell and not in a part of it: counted where counts alone cannot tell."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from disclosure.closed_world.coding import Counted, Whole
from disclosure.closed_world.counting import cells_of
from disclosure.closed_world.description import Question


class UnitsOutside:
    """Counts units that are in a whole and not in its part. `counted`: what is counted, by measure and scope."""

    def __init__(
        self, counted: Mapping[tuple[str, str], Counted], changes: Mapping[Question, pl.DataFrame]
    ) -> None:
        self._counted = counted
        self._changes = changes

    def __call__(self, part: Question, whole: Question, at: Whole, places: Whole) -> Whole:
        """How many units each whole (cell `places` of the question `whole`) has beyond its part (cell `at`)."""
        inside = self._things(part, at)
        beyond = self._things(whole, places).join(inside, on=["pair", "thing"], how="anti")
        units = beyond.group_by("pair").agg(pl.col("unit").n_unique())
        found = np.zeros(at.size, np.int64)
        found[units["pair"].to_numpy()] = units["unit"].to_numpy()
        return found

    def _things(self, question: Question, cells: Whole) -> pl.DataFrame:
        """What is counted in each of some cells: `pair` (the place in `cells`), the key `thing`, the key `unit`."""
        counted = self._counted[question.measure, question.scope]
        of_rows = cells_of(counted, question.dimensions)
        order = np.argsort(of_rows, kind="stable")
        ordered = of_rows[order]
        starts = np.searchsorted(ordered, cells, "left")
        lengths = np.searchsorted(ordered, cells, "right") - starts
        pair = np.repeat(np.arange(cells.size), lengths)
        within = np.arange(pair.size) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        thing = counted.thing[order[np.repeat(starts, lengths) + within]]
        today = pl.DataFrame(
            {
                "pair": pair,
                "thing": counted.thing_key[thing],
                "unit": counted.unit_key[counted.unit_of[thing]],
            }
        ).unique(["pair", "thing"])
        changed = self._changes.get(question)
        if changed is None:
            return today
        # As the figures were drawn: without what came since, and with what went.
        asked = pl.DataFrame({"pair": np.arange(cells.size), "cell": cells})
        since = asked.join(changed, on="cell").select("pair", thing="row_key", unit="unit").cast(today.schema)
        here = today.join(since, on=["pair", "thing"], how="anti")
        went = since.join(today, on=["pair", "thing"], how="anti")
        return pl.concat([here, went])
