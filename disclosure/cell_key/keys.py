"""Record keys: one random-looking number a unit, the same in every release, from which cell keys are summed.

They are made by HMAC-SHA256 (RFC 2104) of the unit's pseudonym under a secret of their own. Whoever knows them can take
the noise off again, so they are as secret as the records.
"""

import hmac
from typing import Final

import numpy as np
import polars as pl

from disclosure.errors import PerturbationError

# Record keys of 64 bits: two units have the same one in a population of millions about never.
RECORD_KEYS: Final = 2**64
LEAST_SECRET: Final = 16
# Cell keys of the perturbation tables that are made here: so many that no chance is rounded by over a billionth.
FINE_KEYS: Final = 2**32
# How unlikely it must be that random keys lie as these do, before they are said to be none.
_UNBELIEVABLE: Final = 1e-9


def record_keys(secret: bytes, units: pl.Series, *, purpose: str = "unit") -> pl.Series:
    """The record key (UInt64) of each of `units` (pseudonyms: texts or whole numbers), in their order.

    `purpose` keeps families and persons apart who go by the same pseudonym. Raises PerturbationError where the secret
    is shorter than 16 bytes, or a unit is missing.
    """
    if len(secret) < LEAST_SECRET:
        raise PerturbationError(
            f"The secret behind record keys has {len(secret)} bytes: take at least {LEAST_SECRET} random ones"
        )
    if units.null_count():
        raise PerturbationError(
            f"{units.null_count()} records have no unit, so no record key can be made for them"
        )
    if not (units.dtype == pl.String or units.dtype.is_integer()):
        raise PerturbationError(f"units are texts or whole numbers, not {units.dtype}")
    distinct = units.unique()
    numbers = [
        int.from_bytes(hmac.digest(secret, f"{purpose}:{unit}".encode(), "sha256")[:8])
        for unit in distinct.to_list()
    ]
    known = pl.DataFrame({"unit": distinct, "key": pl.Series(numbers, dtype=pl.UInt64)})
    asked = units.alias("unit").to_frame()
    return asked.join(known, on="unit", how="left", maintain_order="left")["key"].alias("record_key")


def check_record_keys(
    keys: pl.Series, *, among: int = RECORD_KEYS, cell_keys: int = FINE_KEYS, distinct: bool = False
) -> None:
    """Raises PerturbationError where `keys` cannot be record keys of 0 to `among` - 1: the keys of another release, or
    no keys at all.

    They are whole numbers, none is missing, and they lie over their whole range as random numbers do, also what is
    left of them modulo the number of cell keys. `distinct`: each is one unit, so none may come twice (asked only where
    there are far more keys than units).
    """
    if not keys.dtype.is_integer():
        raise PerturbationError(f"record keys are whole numbers, not {keys.dtype} (column {keys.name})")
    if keys.null_count():
        raise PerturbationError(
            f"{keys.null_count():,} of {keys.len():,} records have no record key (column {keys.name}): they would get "
            "no noise of their own. Give every record its key."
        )
    if not keys.len():
        return
    least, largest = int(keys.min()), int(keys.max())  # type: ignore[arg-type]
    if least < 0 or largest >= among:
        raise PerturbationError(
            f"the record keys (column {keys.name}) are not those of this table of changes: they should lie in 0 to "
            f"{among - 1:,}. Are they of another release or for another ptable? Or say how many there are."
        )
    _check_spread(keys, among)
    if cell_keys < among:
        _check_spread(keys.cast(pl.UInt64) % cell_keys, cell_keys)
    if distinct and among >= RECORD_KEYS:
        ordered = np.sort(keys.to_numpy())
        twice = int((ordered[1:] == ordered[:-1]).sum())
        if twice:
            raise PerturbationError(
                f"{twice:,} record keys (column {keys.name}) come more than once, though every record is one unit. "
                "Where a unit has several records, count distinct units."
            )


def _check_spread(keys: pl.Series, among: int) -> None:
    """Raises PerturbationError where random keys from 0 to `among` - 1 would never all lie as far from one end."""
    least, largest = int(keys.min()), int(keys.max())  # type: ignore[arg-type]
    filled = min((largest + 1) / among, (among - least) / among)
    # A key that comes in many records (of one unit) is one throw of the dice, but counting those takes long.
    if filled ** keys.len() < _UNBELIEVABLE and filled ** keys.n_unique() < _UNBELIEVABLE:
        raise PerturbationError(
            f"the record keys (column {keys.name}) fill only a part of 0 to {among - 1:,}, so every cell would be "
            "moved the same way. Are they of another release, made for another ptable, or numbers of something else?"
        )
