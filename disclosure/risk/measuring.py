"""Everything that is told about the risk of one set of records, at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from disclosure.risk.anonymity import Reached, reached
from disclosure.risk.grouping import grouping
from disclosure.risk.reidentification import USUAL_THRESHOLD, Reidentification, risks
from disclosure.risk.special_uniques import USUAL_SIZE, SpecialUniques, special_uniques
from disclosure.risk.uniques import Uniques, uniques_of


@dataclass(frozen=True)
class Measured:
    """What was measured of `records` records in `classes` classes."""

    records: int
    classes: int
    reached: Reached
    reidentification: Reidentification
    uniques: Uniques
    special: SpecialUniques | None


def measure(
    records: pl.DataFrame,
    quasi: Sequence[str],
    sensitive: Sequence[str] = (),
    *,
    fraction: float = 1.0,
    threshold: float = USUAL_THRESHOLD,
    size: int = USUAL_SIZE,
) -> Measured:
    """k, l and t, the risk of being found again, and who is alone. `size`: the largest set of columns that is looked
    at for special uniques; 0 for none. `fraction`: which part of the population the records are."""
    classes = grouping(records, quasi)
    return Measured(
        records=records.height,
        classes=len(classes.sizes),
        reached=reached(records, quasi, sensitive),
        reidentification=risks(classes, fraction=fraction, threshold=threshold),
        uniques=uniques_of(classes, fraction),
        special=special_uniques(records, quasi, size=size) if size else None,
    )
