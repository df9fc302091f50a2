"""What comes of making an export, before it is packed: its tables, what is said of them, and what custody keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import polars as pl

if TYPE_CHECKING:
    from custody.packages import PackageTable

# Figures are sorted into classes by size: from each of these to under the next.
CLASSES: Final = (0, 1, 3, 5, 10, 20, 50, 100, 500)


@dataclass(frozen=True)
class TableFacts:
    """What a checker sees of one table, in safe figures alone: how many `rows` and figures (`cells`), how many are
    `shown`, the smallest of these, and the smallest above zero; how they were made (`rounding`); and how many there are
    of each size (`classes`: from, to, how many)."""

    name: str
    rows: int
    cells: int
    shown: int
    smallest: int | None
    smallest_above_zero: int | None
    rounding: str
    classes: tuple[tuple[int | None, int | None, int], ...] = ()

    def said(self) -> dict[str, Any]:
        """As the checkers' report has it."""
        return {
            "table": self.name,
            "rows": self.rows,
            "cells": self.cells,
            "shown": self.shown,
            "withheld": self.cells - self.shown,
            "smallest": self.smallest,
            "smallest_above_zero": self.smallest_above_zero,
            "rounding": self.rounding,
            "classes": [{"from": low, "to": high, "cells": many} for low, high, many in self.classes],
        }


@dataclass(frozen=True)
class Made:
    """An export that can be packed. `method`, `risk_words`: paragraphs. `risk`: for machines; `audit`, `together`,
    `private`: what checkers are told of the joint attack, of exports before it, and of the privacy budget. `kept`: the
    files that stay with custody, for the audits of what leaves later."""

    tables: "tuple[PackageTable, ...]" = field(repr=False)
    facts: tuple[TableFacts, ...]
    method: tuple[str, ...]
    risk: Mapping[str, Any]
    risk_words: tuple[str, ...]
    audit: Mapping[str, Any] = field(default_factory=dict)
    together: Sequence[Mapping[str, Any]] = ()
    private: Mapping[str, Any] | None = None
    kept: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = ()


def facts_of(name: str, rows: int, figures: Sequence[pl.Series], rounding: str) -> TableFacts:
    """The facts of one table from its columns of figures (null: withheld)."""
    empty = pl.Series("value", [], dtype=pl.Int64)
    every = pl.concat([empty, *(one.cast(pl.Int64).alias("value") for one in figures)])
    shown = every.drop_nulls()
    above = shown.filter(shown > 0)
    classes: list[tuple[int | None, int | None, int]] = []
    # Noise may bring a figure below zero.
    if below := int((shown < 0).sum()):
        classes.append((None, -1, below))
    for place, low in enumerate(CLASSES):
        high = CLASSES[place + 1] if place + 1 < len(CLASSES) else None
        many = int(((shown >= low) & (shown < high)).sum() if high is not None else (shown >= low).sum())
        if many:
            classes.append((low, None if high is None else high - 1, many))
    return TableFacts(
        name, rows, every.len(), shown.len(), _least(shown), _least(above), rounding, tuple(classes)
    )


def _least(values: pl.Series) -> int | None:
    found = values.min()
    return found if isinstance(found, int) else None
