"""Random numbers for the rows of what is counted: of them a figure's noise is made (disclosure.cell_key).

They are made of the record keys of families and people, which are keyed and never rotated, and of what a row is within
its family: never of a pseudonym, which a rotation changes. So the same row has the same number in every release.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
import polars as pl

_BETWEEN = "\x1f"
_BYTES = 8
# The finaliser of splitmix64 (Steele, Lea & Flood 2014): every bit of a number goes into every bit of the next.
_STEPS = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
_LAST = 31


def row_keys(frame: pl.DataFrame, of: str, within: Sequence[str]) -> pl.Series:
    """One number a row (UInt64), no two alike: of the key `of` (UInt64) and of what the row is `within` whatever has
    that key: texts, or other keys. Rows that are the same in all this are told apart by their order."""
    ordinal = frame.select(pl.int_range(pl.len()).over([of, *within]).cast(pl.String).alias("ordinal"))
    parts = frame.select(pl.col(name).cast(pl.String).fill_null("") for name in within).hstack(ordinal)
    text = parts.select(pl.concat_str(pl.all(), separator=_BETWEEN).alias("text")).to_series()
    said = text.unique()
    numbers = [int.from_bytes(hashlib.blake2b(one.encode(), digest_size=_BYTES).digest()) for one in said]
    of_text = text.replace_strict(said, pl.Series(numbers, dtype=pl.UInt64), return_dtype=pl.UInt64)
    mixed = _mixed(frame[of].to_numpy()) ^ of_text.to_numpy()
    return pl.Series("row_key", _mixed(mixed), dtype=pl.UInt64)


def first_as_whole(frame: pl.DataFrame, of: str, keys: pl.Series) -> pl.Series:
    """`keys`, but for the first row of each value of `of`, which has that value itself.

    Where most families have one episode, and most episodes one claim, the same families then give the same noise
    whichever of the three is counted: two figures about them cannot be averaged.
    """
    first = frame.select(pl.col(of).is_first_distinct()).to_series()
    return pl.select(pl.when(first).then(frame[of]).otherwise(keys).alias("row_key")).to_series()


def _mixed(numbers: np.ndarray) -> np.ndarray:
    found = numbers.astype(np.uint64)
    for shift, factor in _STEPS:
        found = (found ^ (found >> np.uint64(shift))) * np.uint64(factor)
    return found ^ (found >> np.uint64(_LAST))
