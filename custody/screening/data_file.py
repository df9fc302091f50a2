"""A data file as it lies there, read as text alone: what is wrong with its form is found on the way."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

import polars as pl

from custody.documents.errors import DocumentError
from custody.screening.data_rules import DATA_RULES
from custody.screening.rules import Finding, found

META_ENDS: Final = ".meta.csv"
_ENDS: Final = ".csv"
_NAME_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_NAME_LIMIT: Final = 200
# More than this is no return, and would not fit the memory of whoever screens it.
_LARGEST: Final = 500_000_000
# A wide header makes every short row as wide.
_MOST_CELLS: Final = 50_000_000
_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class DataFile:
    """A CSV file: its name, the names in its header, and its cells as text, a frame with one column of text for each
    name (one that stands there twice has its place behind it). `rows`: which row of the file each of the frame's is."""

    name: str
    header: tuple[str, ...]
    frame: pl.DataFrame
    rows: tuple[int, ...]

    def has(self, *columns: str) -> bool:
        """Whether all of the columns are there."""
        return all(column in self.frame.columns for column in columns)

    def found(self, code: str, column: str, broken: pl.Series) -> Iterator[Finding]:
        """A finding at the first row where `broken` is true, if there is one."""
        rows = broken.fill_null(False).arg_true()
        if len(rows):
            first = f"row {self.rows[rows[0]]}"
            place = f"{first}, column {shown_name(column)}" if column else first
            yield found(DATA_RULES[code], self.name, place, len(rows))


def shown_name(column: str) -> str:
    """A column's name as a finding shows it: cut, and with no letter that a screen takes for an order."""
    return ascii(column[:60])[1:-1] or "without a name"


def read_data_file(name: str, content: bytes) -> tuple[DataFile | None, list[Finding]]:
    """A file and what is wrong with its name and form; no file where it cannot be read at all. Raises DocumentError
    where it is too large to be read."""
    if len(content) > _LARGEST:
        raise DocumentError(f"{shown_name(name)} is larger than {_LARGEST:,} bytes. Screen it in parts.")
    findings = list(_named(name))
    if content.startswith(_MARK):
        findings.append(found(DATA_RULES["byte_order_mark"], name, "the first bytes"))
        content = content.removeprefix(_MARK)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return None, [*findings, found(DATA_RULES["encoding"], name, f"line {line}")]
    try:
        if "\0" in text:
            raise csv.Error
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return None, [*findings, found(DATA_RULES["unreadable"], name, "the file")]
    if len(rows) < 2 or not rows[0]:
        return None, [*findings, found(DATA_RULES["no_rows"], name, "the file")]
    header, body = rows[0], rows[1:]
    findings.extend(_rows(name, header, body))
    full = [(place, row) for place, row in enumerate(body, start=2) if any(cell.strip() for cell in row)]
    if not full:
        return None, [*findings, found(DATA_RULES["no_rows"], name, "the file")]
    if len(header) * len(full) > _MOST_CELLS:
        raise DocumentError(f"{shown_name(name)} has more than {_MOST_CELLS:,} cells. Screen it in parts.")
    return _as_file(name, header, full), findings


def _named(name: str) -> Iterator[Finding]:
    stem = name.removesuffix(META_ENDS).removesuffix(_ENDS)
    if not stem or set(stem) - _NAME_LETTERS or PurePosixPath(name).name != name or not name.endswith(_ENDS):
        yield found(DATA_RULES["file_name_letters"], name, "the file's name")
    if stem != stem.lower():
        yield found(DATA_RULES["file_name_capitals"], name, "the file's name")
    if len(name) > _NAME_LIMIT:
        yield found(DATA_RULES["file_name_long"], name, "the file's name")


def _rows(name: str, header: list[str], body: list[list[str]]) -> Iterator[Finding]:
    """Rows that are empty or not as long as the header."""
    empty = [place for place, row in enumerate(body, start=2) if not any(cell.strip() for cell in row)]
    if empty:
        yield found(DATA_RULES["empty_row"], name, f"row {empty[0]}", len(empty))
    ragged = [
        place
        for place, row in enumerate(body, start=2)
        if len(row) != len(header) and any(cell.strip() for cell in row)
    ]
    if ragged:
        yield found(DATA_RULES["ragged_rows"], name, f"row {ragged[0]}", len(ragged))


def _as_file(name: str, header: list[str], full: list[tuple[int, list[str]]]) -> DataFile:
    width = len(header)
    even = [row if len(row) == width else [*row, *[""] * width][:width] for _, row in full]
    names: dict[str, None] = {}
    for place, column in enumerate(header, start=1):
        names[column if column not in names else f"{column}\0{place}"] = None
    columns = zip(*even, strict=True)
    frame = pl.DataFrame(
        [pl.Series(one, cells, pl.String) for one, cells in zip(names, columns, strict=True)]
    )
    return DataFile(name, tuple(header), frame, tuple(place for place, _ in full))
