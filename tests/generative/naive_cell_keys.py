"""Cell keys in plain Python, one record and one key at a time."""

import hashlib
import hmac
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any

from disclosure.cell_key.entropy import widths

# Of every count: pairs of a change and the first cell key that no longer makes it.
Rows = Mapping[int, Sequence[tuple[int, int]]]


def record_key(secret: bytes, purpose: str, unit: str | int) -> int:
    digest = hmac.new(secret, f"{purpose}:{unit}".encode(), hashlib.sha256).digest()
    return int(digest[:8].hex(), 16)


def row_of(count: int, last: int, cycle: int) -> int:
    """The row for a count: its own, or, above the last, one of the last `cycle` rows in turn."""
    while count > last:
        count -= cycle
    return count


def change(rows: Rows, count: int, key: int, cycle: int = 1) -> int:
    for moved, end in rows[row_of(count, max(rows), cycle)]:
        if key < end:
            return moved
    raise AssertionError((count, key))


def table(
    records: Sequence[Mapping[str, Any]],
    by: Sequence[str],
    rows: Rows,
    keys: int,
    *,
    cycle: int = 1,
    distinct: bool = False,
    all_margins: bool = False,
) -> dict[tuple[Any, ...], tuple[int, int, int]]:
    """`(value of each column, or None for all) -> (count, cell key, perturbed count)`, zeros among them."""
    values = [sorted({record[column] for record in records}) + [None] * all_margins for column in by]
    cells = {}
    for cell in product(*values):
        here = [
            record["record_key"]
            for record in records
            if all(value is None or record[column] == value for column, value in zip(by, cell, strict=True))
        ]
        if distinct:
            here = sorted(set(here))
        key = sum(here) % keys
        cells[cell] = (len(here), key, len(here) + change(rows, len(here), key, cycle))
    return cells


def standard_noise(key: int) -> float:
    """Noise of mean 0 and variance 1, at most 3, in hundredths; from the table of most entropy for it."""
    for change, end in _standard():
        if key < end:
            return change / 100
    raise AssertionError(key)


@cache
def _standard() -> list[tuple[int, int]]:
    end, ends = 0, []
    for change, width in widths(600, 300, 10_000.0, 1, 2**32):
        end += width
        ends.append((change, end))
    return ends


def values_of(
    records: Sequence[Mapping[str, Any]], by: Sequence[str]
) -> dict[tuple[Any, ...], list[tuple[float, int]]]:
    """Of every cell: each unit's value (those of its records together) and record key, by size, then key, downwards."""
    cells: dict[tuple[Any, ...], dict[int, float]] = {}
    for record in records:
        units = cells.setdefault(tuple(record[column] for column in by), {})
        units[record["record_key"]] = units.get(record["record_key"], 0.0) + record["value"]
    return {
        cell: sorted(((value, key) for key, value in units.items()), key=lambda one: (-abs(one[0]), -one[1]))
        for cell, units in cells.items()
    }


def sums(
    records: Sequence[Mapping[str, Any]], by: Sequence[str], rows: Rows, *, least: int = 10
) -> dict[tuple[Any, ...], tuple[int, float | None]]:
    found: dict[tuple[Any, ...], tuple[int, float | None]] = {}
    for cell, units in values_of(records, by).items():
        key = sum(one for _, one in units) % 2**32
        shown = len(units) + change(rows, len(units), key)
        sizes = [abs(value) for value, _ in units]
        whole = sum(sizes)
        few = min(len(units), shown) < least
        dominated = sum(sizes[:2]) > 0.9 * whole or whole - sum(sizes[:2]) < 0.1 * sizes[0]
        noise = sum(
            share * abs(value) * standard_noise((key + (own >> 32) + zlib.crc32(b"value")) % 2**32)
            for share, (value, own) in zip((0.2, 0.1, 0.05), units, strict=False)
        )
        total = sum(value for value, _ in units) + noise
        if min(value for value, _ in units) >= 0:
            total = max(total, 0)
        found[cell] = (shown, None if few or dominated else total)
    return found


def medians(
    records: Sequence[Mapping[str, Any]], by: Sequence[str], rows: Rows, *, least: int = 10
) -> dict[tuple[Any, ...], tuple[int, float | None]]:
    found: dict[tuple[Any, ...], tuple[int, float | None]] = {}
    for cell, units in values_of(records, by).items():
        key = sum(one for _, one in units) % 2**32
        shown = len(units) + change(rows, len(units), key)
        ordered = sorted(value for value, _ in units)
        median = None
        if min(len(units), shown) >= least and ordered[0] < ordered[-1]:
            move = change(rows, max(rows), (key + zlib.crc32(b"median value")) % 2**32)
            most = len(units) // 4
            middle = (len(units) - 1) // 2 + max(-most, min(most, move))
            first = max(0, min(middle - 1, len(units) - 3))
            median = sum(ordered[first : first + 3]) / 3
        found[cell] = (shown, median)
    return found
