"""Whether what is said of codes that hold others is true of the rows: figures are made safe by it."""

import numpy as np
import polars as pl

from disclosure.closed_world.coding import Counted, Whole
from disclosure.closed_world.description import WorldError

_THING = "\x1fthing"


def check_codes_within(counted: Counted) -> None:
    """Hold `codes_within` of a measure against what it counts: whatever has a code has each code that holds it too,
    beside the same other codes, unless these two cannot be together.

    Raises WorldError where one has not.
    """
    one = counted.measure.codes_within
    if one is None or one.dimension not in counted.codes:
        return
    listed = counted.population.lists[one.dimension]
    places = {code: place for place, code in enumerate(listed)}
    rows = pl.DataFrame({_THING: counted.thing, **counted.codes})
    for code, holders in one.holders.items():
        for holder in holders:
            if code not in places or holder not in places:
                continue
            here = rows.filter(pl.col(one.dimension) == places[code])
            here = here.filter(pl.Series(_can_be(counted, here, holder), dtype=pl.Boolean))
            there = rows.filter(pl.col(one.dimension) == places[holder]).drop(one.dimension)
            lacking = here.join(there, on=there.columns, how="anti").height
            if lacking:
                raise WorldError(
                    f"measure {counted.measure.name}: {one.dimension} {holder!r} is said to hold {code!r}, and "
                    f"{lacking} rows have the one without the other; mend codes_within, or the rows"
                )


def _can_be(counted: Counted, rows: pl.DataFrame, holder: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which rows could have the code `holder` beside one of the codes that tell of it."""
    one = counted.measure.codes_within
    assert one is not None
    told = [name for name in sorted(one.told_by) if name in counted.codes]
    found = np.full(rows.height, not told, np.bool_)
    for name in told:
        found |= ~_apart(counted, rows[name].to_numpy(), name, one.dimension, holder)
    return found


def _apart(
    counted: Counted, codes: Whole, name: str, dimension: str, holder: str
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    pairs = counted.measure.apart.get((name, dimension), frozenset())
    listed = counted.population.lists[name]
    # A row whose code is on no list is in totals alone, and these do not tell.
    never = np.array([(code, holder) in pairs for code in listed] + [True])
    return np.asarray(never[codes])
