"""The dashboard that everybody would build: counts under five are hidden, or all are rounded, and filters are free.
Every attack of these tests succeeds against it, so every attack is real."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import polars as pl

Filters = Mapping[str, Collection[str]]


@dataclass
class NaiveDashboard:
    """Live counts of rows. `threshold`: counts from 1 to under it are hidden; `base`: the others are rounded to the
    nearest. `looked_up`: how many queries it has made so far, which is how long it takes."""

    rows: pl.DataFrame = field(repr=False)
    threshold: int = 5
    base: int = 1
    looked_up: int = 0

    def figure(self, where: Filters | None = None, without: Mapping[str, str] | None = None) -> int | None:
        """How many rows have one of the codes of each filter, but for those with all codes of `without`; None where
        hidden."""
        found = self.rows
        for name, codes in (where or {}).items():
            found = found.filter(pl.col(name).is_in(list(codes)))
        if without:
            found = found.filter(~pl.all_horizontal(pl.col(name) == code for name, code in without.items()))
        self.looked_up += 1
        return self._safe(found.height)

    def table(self, *by: str) -> pl.DataFrame:
        """The rows of a table that there are, the largest first, as a query gives them: `value` null where hidden."""
        counts = self.rows.group_by(by).len().sort("len", *by, descending=[True, *(False for _ in by)])
        self.looked_up += 1
        # What is hidden could be worked out from its row: so it hides another one, and looks for it.
        self.looked_up += counts.filter(pl.col("len") < self.threshold).height
        return counts.select(*by, value=pl.col("len").map_elements(self._safe, return_dtype=pl.Int64))

    def tooltip(self, by: str) -> dict[str, str]:
        """What is told on pointing at a bar: each one's share of the total, to a tenth of a per cent."""
        counts = self.rows.group_by(by).len()
        return {code: f"{100 * many / self.rows.height:.1f} % of all" for code, many in counts.iter_rows()}

    def download(self, *by: str) -> pl.DataFrame:
        """The table as a file: for analysts, so nothing is rounded."""
        counts = self.rows.group_by(by).len("value")
        return counts.filter(pl.col("value") >= self.threshold)

    def _safe(self, count: int) -> int | None:
        if 0 < count < self.threshold:
            return None
        return (count + self.base // 2) // self.base * self.base
