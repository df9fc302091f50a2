"""Whether the rows of a data file say when as the standard asks."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from custody.screening.data_file import DataFile
from custody.screening.data_rules import DATA_RULES
from custody.screening.rules import Finding, found
from custody.screening.standard import TIMES

_DIGITS: Final = {identifier: digits for together, digits in TIMES for identifier in together}


def check_times(data: DataFile) -> Iterator[Finding]:
    """What is wrong with time_period and time_identifier."""
    if not data.has("time_period", "time_identifier"):
        return
    period, identifier = data.frame["time_period"], data.frame["time_identifier"]
    number = period.str.contains(r"^[0-9]+$")
    yield from data.found("time_number", "time_period", ~number)
    known = identifier.is_in(list(_DIGITS))
    yield from data.found("time_identifier", "time_identifier", ~known)
    used = set(identifier.filter(known))
    if not any(used <= together for together, _ in TIMES):
        yield found(DATA_RULES["time_mixed"], data.name, "column time_identifier")
    digits = identifier.replace_strict(_DIGITS, default=None, return_dtype=pl.Int64)
    length = period.str.len_chars().cast(pl.Int64)
    yield from data.found("time_digits", "time_period", number & (length != digits))
    six = number & (length == 6)
    first = pl.Series(period.str.slice(0, 4).cast(pl.Int64, strict=False))
    second = pl.Series(period.str.slice(4, 2).cast(pl.Int64, strict=False))
    yield from data.found("time_consecutive", "time_period", six & ((first + 1) % 100 != second))
