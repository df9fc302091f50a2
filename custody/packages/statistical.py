"""Tables as SPSS (.sav) and Stata (.dta) read them: with the words for columns and codes, dated by the release."""

import os
import re
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from custody.packages.content import Holds, PackageColumn, PackageTable

# Where an SPSS file says when it was made, and in what form (nine letters, then eight).
_SPSS_DATE: Final = 92
_STATA_TIME: Final = re.compile(rb"<timestamp>\x11.{17}</timestamp>", re.DOTALL)
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# The longest names and words that both programs take, in bytes. SPSS takes 64 and 256, Stata 32 and 80; a word for a
# code 120 in SPSS.
_LONGEST_NAME, _LONGEST_LABEL, _LONGEST_WORD = 32, 80, 120
# Names that one of the two keeps for itself.
_RESERVED: Final = frozenset(
    (
        *("all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"),
        *("_all", "_b", "byte", "_coef", "_cons", "double", "float", "if", "in", "int", "long", "_n", "_pi"),
        *("_pred", "_rc", "_skip", "str", "strl", "using"),
    )
)


def write_spss(table: PackageTable, as_of: date) -> bytes:
    """A table as SPSS reads it. Columns with codes are numbers from 1 with the words for them (`numbered`)."""
    import pyreadstat

    frame, labels, words = _made(table)
    measures = dict.fromkeys(words, "nominal")

    def write(path: str) -> None:
        pyreadstat.write_sav(
            frame,
            path,
            file_label=_cut(table.title, 64),
            column_labels=labels,
            variable_value_labels=words,
            variable_measure=measures,
            row_compress=True,
        )

    data = bytearray(_written(write))
    day = f"{as_of.day:02} {_MONTHS[as_of.month - 1]} {as_of.year % 100:02}"
    data[_SPSS_DATE : _SPSS_DATE + 17] = f"{day}00:00:00".encode()
    return bytes(data)


def write_stata(table: PackageTable, as_of: date) -> bytes:
    """A table as Stata 14 and later read it. Columns with codes are numbers from 1 with the words for them."""
    import pyreadstat

    frame, labels, words = _made(table)

    def write(path: str) -> None:
        pyreadstat.write_dta(
            frame,
            path,
            file_label=_cut(table.title, _LONGEST_LABEL),
            column_labels=labels,
            version=14,
            variable_value_labels=words,
        )

    day = f"{as_of.day:02} {_MONTHS[as_of.month - 1]} {as_of.year} 00:00"
    return _STATA_TIME.sub(b"<timestamp>\x11" + day.encode() + b"</timestamp>", _written(write), count=1)


def names_for_programs(names: Sequence[str]) -> tuple[str, ...]:
    """What the columns are called there: letters, digits and underscores, no longer than both programs take, no two
    alike (which is which by capitals alone counts as alike)."""
    made: list[str] = []
    used: set[str] = set()
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_]", "_", name) or "column"
        if not plain[0].isalpha() or plain.lower() in _RESERVED:
            plain = f"v_{plain}"
        plain, number = plain[:_LONGEST_NAME], 2
        whole = plain
        while whole.lower() in used:
            whole = f"{plain[: _LONGEST_NAME - len(str(number)) - 1]}_{number}"
            number += 1
        used.add(whole.lower())
        made.append(whole)
    return tuple(made)


def numbered(column: PackageColumn, values: pl.Series) -> bool:
    """Whether a column is written as numbers with words: all of its values have words."""
    return (
        bool(column.codes)
        and column.holds is Holds.TEXT
        and bool(values.drop_nulls().is_in([code for code, _words in column.codes]).all())
    )


def _made(table: PackageTable) -> tuple[pl.DataFrame, list[str | None], dict[str, dict[int | float, str]]]:
    names = names_for_programs([column.name for column in table.columns])
    columns, labels = [], []
    words: dict[str, dict[int | float, str]] = {}
    for name, column in zip(names, table.columns, strict=True):
        values = table.frame[column.name]
        if numbered(column, values):
            codes = [code for code, _words in column.codes]
            places = range(1, len(codes) + 1)
            values = values.replace_strict(codes, list(places), return_dtype=pl.Int32)
            words[name] = {
                place: _cut(said or code, _LONGEST_WORD)
                for place, (code, said) in zip(places, column.codes, strict=True)
            }
        elif values.dtype == pl.Boolean:
            values = values.cast(pl.Int8)
        elif values.dtype.is_integer() or values.dtype.is_decimal():
            values = values.cast(pl.Float64)
        columns.append(values.alias(name))
        labels.append(_cut(column.label, _LONGEST_LABEL))
    return pl.DataFrame(columns), list(labels), words


def _cut(text: str, most: int) -> str:
    """As many letters as fit into so many bytes."""
    return text.encode()[:most].decode(errors="ignore")


def _written(write: Callable[[str], Any]) -> bytes:
    """What is written to a path, without a file on any disk where the machine can do so."""
    if hasattr(os, "memfd_create"):
        memory = os.memfd_create("table")
        try:
            write(f"/proc/self/fd/{memory}")
            with os.fdopen(os.dup(memory), "rb") as file:
                file.seek(0)
                return file.read()
        finally:
            os.close(memory)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        write(str(path))
        return path.read_bytes()
