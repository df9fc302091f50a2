"""What a version of a return says otherwise than the one before it: which cells, by how much, and why."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from evidence.evidence import Evidence
from evidence.returns import Version
from evidence.returns import content as content_of
from evidence.words import count
from release.return_content import reconcile


def table(evidence: Evidence, before: Version, now: Mapping[str, Any]) -> pl.DataFrame:
    """One row a cell that is another now, in texts."""
    rows = [
        (one.table, one.row, one.column, one.before, one.now, one.difference, one.why)
        for one in reconcile(content_of(evidence, before), now)
    ]
    headings = ("Table", "Row", "Column", "Before", "Now", "Difference", "Why")
    return pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")


def words(changes: pl.DataFrame) -> str:
    """How much changes, in a sentence."""
    if changes.is_empty():
        return "No cell changes."
    return "One cell changes." if changes.height == 1 else f"{count(changes.height)} cells change."
