"""The first stage: a partner's file becomes a typed frame with the columns of its contract.

Nothing is judged here. What cannot be read as its type or code becomes null and is listed with its place.
"""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

import polars as pl

from pipelines import identifiers
from pipelines.contracts import CONTRACTS, INDISPENSABLE, Column, Contract, Kind
from pipelines.dates import parse_dates
from pipelines.errors import DuplicateColumnError, EmptyExtractError, MissingColumnError
from pipelines.extracts import LIST_NAME, Extract
from pipelines.mending import mend
from pipelines.reading import Table, read_table

TYPES: Mapping[str, type[pl.DataType]] = {
    "text": pl.String,
    "code": pl.String,
    "date": pl.Date,
    "integer": pl.Int64,
    "decimal": pl.Float64,
}
# What a database or a spreadsheet writes for nothing; a name keeps it, for there are people called Null.
_NOTHING = ("null", "nan", "nat", "none")
# The words for yes and no that a flag may come as, beside the code and its label.
_FLAGS = {"true": "Y", "1": "Y", "false": "N", "0": "N"}
_TOTAL = (
    r"(?i)^(grand|sub|overall)?[ -]*totals?( |:|$)|^(sum|count|rows|records|number of rows)( |:|=|$)|^end of "
)
_SPACES = r"[\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+"
_INVISIBLE = r"[\u200b-\u200f\u2060\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
ODDITIES = ("empty", "total", "slipped")


@dataclass(frozen=True)
class Landed:
    """One extract as typed frames. `row` (Int64) counts the rows under the headings from 1.

    `frame`: `row` and every column of the contract (String, Date, Int64, Float64), in canonical form. `raw`: `row` and
    every column of the file, as text as the partner wrote it. `unreadable`: `row`, `column`: cells that hold something
    which could not be read as their type or code. `odd_rows`: `row`, `oddity`: empty, total or slipped rows. `places`:
    for each column of the contract that is in the file, its column as Excel names it. `headings_at`: the row of the
    headings as Excel shows it.
    """

    extract: Extract
    frame: pl.DataFrame
    raw: pl.DataFrame
    unreadable: pl.DataFrame
    odd_rows: pl.DataFrame
    places: Mapping[str, str]
    headings_at: int
    sheet: str | None
    notes: tuple[str, ...]

    def place(self, row: int, column: str | None) -> str:
        """Where a cell, or a whole row, is found in Excel: `file!sheet!B7`, or `file!7:7`."""
        line = row + self.headings_at
        letters = self.places.get(column) if column else None
        cell = f"{letters}{line}" if letters else f"{line}:{line}"
        return "!".join(part for part in (self.extract.label, self.sheet, cell) if part)


def land(extract: Extract) -> Landed:
    """Read one extract.

    Errors: those of `read_table`, EmptyExtractError (headings only), MissingColumnError, DuplicateColumnError.
    """
    contract = CONTRACTS[extract.contract]
    ours = _known_headings(extract, contract)
    table = read_table(
        extract.file, extract.label, lambda cells: sum(_plain(cell) in ours for cell in cells), extract.sheet
    )
    at = _match(table, ours, extract, contract)
    if table.cells.is_empty() and not extract.may_be_empty:
        raise EmptyExtractError(_no_rows_words(extract))
    rows = pl.int_range(1, table.cells.height + 1, dtype=pl.Int64, eager=True).alias("row")
    columns = [rows]
    unreadable = []
    mended_columns = []
    blank: list[pl.Series] = []
    nameless: list[pl.Series] = []
    for column in contract.columns:
        if column.name not in at:
            columns.append(pl.Series(column.name, [None], TYPES[column.type]).new_from_index(0, rows.len()))
            continue
        written, mended = mend(table.cells[str(at[column.name])])
        if mended:
            mended_columns.append(column.name)
        tidy = _tidy(written)
        blank.append(tidy.is_null())
        if _identifies(column):
            nameless.append(blank[-1] | tidy.str.contains(_TOTAL).fill_null(False))
        value = _typed(column, written, tidy, extract).alias(column.name)
        columns.append(value)
        bad = rows.filter(tidy.is_not_null() & value.is_null() & ~_says_nothing(column, tidy))
        unreadable.append(
            pl.DataFrame(
                {"row": bad, "column": pl.Series([column.name], dtype=pl.String).new_from_index(0, bad.len())}
            )
        )
    return Landed(
        extract=extract,
        frame=pl.DataFrame(columns),
        raw=_raw(table, rows),
        unreadable=pl.concat(unreadable).sort("row", "column"),
        odd_rows=_odd_rows(rows, blank, nameless, table.slipped),
        places={name: _letters(number) for name, number in at.items()},
        headings_at=table.headings_at,
        sheet=table.sheet,
        notes=_notes(table, at, ours, contract, mended_columns),
    )


def _no_rows_words(extract: Extract) -> str:
    found = f"{extract.label} has headings and no rows. Ask the partner to export it again"
    if extract.contract in INDISPENSABLE:
        return f"{found}: without {extract.contract} there is nothing to evaluate."
    # Silence counts as evidence that nothing happened, so a failed export must not pass for it.
    return (
        f"{found}. If there was truly nothing to report from {extract.covers_from} to {extract.covers_to}, write "
        f"may_be_empty = true under its [[extract]] in {LIST_NAME}."
    )


# Headings


def _plain(heading: str) -> str:
    """A heading as it is compared: case, spaces, underscores and invisible characters do not count."""
    return re.sub(r"[\s_\u00a0]+", " ", re.sub(_INVISIBLE, "", heading)).strip().casefold()


def _known_headings(extract: Extract, contract: Contract) -> dict[str, str]:
    """Compared heading to the column it stands for: the contract's own names, and what extracts.toml maps."""
    return {_plain(name): name for name in contract.by_name} | {
        _plain(heading): column for heading, column in extract.columns.items()
    }


def _match(table: Table, ours: Mapping[str, str], extract: Extract, contract: Contract) -> dict[str, int]:
    """For each column of the contract that is in the file, which column of the file it is."""
    at: dict[str, int] = {}
    for number, heading in enumerate(table.headings):
        column = ours.get(_plain(heading))
        if column is None:
            continue
        if column in at:
            raise DuplicateColumnError(
                f"{extract.label}: columns {_letters(at[column])} and {_letters(number)} both say they are {column}. "
                f"Remove one from the file, or rename it, or take its line out of [extract.columns] in {LIST_NAME}."
            )
        at[column] = number
    missing = [column for column in contract.columns if column.required and column.name not in at]
    if missing:
        raise MissingColumnError(_missing_words(missing, table, at, extract, contract))
    return at


def _missing_words(
    missing: Sequence[Column], table: Table, at: Mapping[str, int], extract: Extract, contract: Contract
) -> str:
    if not at:
        return (
            f"{extract.label}: none of the columns of {contract.name} is there. Its first rows must hold headings; "
            f"where they differ from ours, map them under [extract.columns] in {LIST_NAME}: "
            f'"their heading" = "{missing[0].name}".'
        )
    unknown = {
        _plain(h): h.strip() for n, h in enumerate(table.headings) if n not in at.values() and h.strip()
    }
    words = []
    for column in missing:
        expected = [
            _plain(column.name),
            *(_plain(h) for h, name in extract.columns.items() if name == column.name),
        ]
        alike = [m for name in expected for m in difflib.get_close_matches(name, unknown, 1, 0.6)]
        heading = unknown[alike[0]] if alike else "the heading in the file"
        looks = f' ("{heading}" looks like it)' if alike else ""
        words.append(f'{column.name}{looks}: write "{heading}" = "{column.name}"')
    plural = "a column" if len(missing) == 1 else f"{len(missing)} columns"
    return (
        f"{extract.label} lacks {plural} that {contract.name} needs. If it is there under another heading, map it "
        f"under [extract.columns] in {LIST_NAME}; if not, ask the partner for it. Missing: {'; '.join(words)}."
    )


def _letters(number: int) -> str:
    """The name of a column in Excel: 0 is A, 26 is AA."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _raw(table: Table, rows: pl.Series) -> pl.DataFrame:
    """Every column as written; headings made unique, and never `row`."""
    taken = {"row"}
    named = []
    for number, heading in enumerate(table.headings):
        name = heading.strip() or f"column {_letters(number)}"
        while name in taken:
            name = f"{name} ({_letters(number)})"
        taken.add(name)
        named.append(table.cells[str(number)].alias(name))
    return pl.DataFrame([rows, *named])


def _notes(
    table: Table, at: Mapping[str, int], ours: Mapping[str, str], contract: Contract, mended: Sequence[str]
) -> tuple[str, ...]:
    # By letter: where the row of headings is missing, what stands in its place is somebody's row.
    unknown = [
        _letters(number) for number, heading in enumerate(table.headings) if _plain(heading) not in ours
    ]
    missing = [column.name for column in contract.columns if column.name not in at]
    notes = [f"written as {table.written_as}"]
    if table.headings_at > 1:
        notes.append(f"headings found in row {table.headings_at}")
    if unknown:
        notes.append(f"columns that the contract does not know, left out: {', '.join(unknown)}")
    if missing:
        notes.append(f"optional columns that are missing: {', '.join(missing)}")
    if mended:
        notes.append(f"UTF-8 that was read as Windows-1252, mended in: {', '.join(mended)}")
    if not table.cells.height:
        notes.append("no rows")
    return tuple(notes)


# Cells


def _tidy(written: pl.Series) -> pl.Series:
    """Trimmed, every run of spaces one space, nothing invisible; null for blank."""
    return _apply(
        written,
        lambda cell: (
            cell.str.replace_all(_INVISIBLE, "")
            .str.replace_all(_SPACES, " ")
            .str.strip_chars()
            .replace("", None)
        ),
    )


def _says_nothing(column: Column, tidy: pl.Series) -> pl.Series:
    if column.type == "text" and column.kind is not Kind.IDENTIFIER:
        return pl.Series([False], dtype=pl.Boolean).new_from_index(0, tidy.len())
    return tidy.str.to_lowercase().is_in(_NOTHING).fill_null(False)


def _typed(column: Column, written: pl.Series, tidy: pl.Series, extract: Extract) -> pl.Series:
    """The cells as their type; null for blank and for what cannot be read."""
    words = extract.values.get(column.name, {})
    if words:
        theirs = {_folded(their): our for their, our in words.items()}
        folded = tidy.str.to_lowercase()
        tidy = folded.replace_strict(theirs, default=tidy, return_dtype=pl.String)
    if column.type == "date":
        future = 0 if column.name == "date_of_birth" else 10
        return parse_dates(tidy, newest_two_digit_year=min(extract.covers_to.year % 100 + future, 99))
    if column.type in ("integer", "decimal"):
        return _number(tidy, column.type == "integer")
    if column.codes is not None:
        return _code(tidy, column.codes)
    if column.kind is Kind.FREE_TEXT:
        # Notes stay as written: what is found in them is found by its position.
        return written.zip_with(tidy.is_not_null(), tidy)
    clean = identifiers.CLEAN.get(column.name)
    return _apply(tidy, clean) if clean else tidy


def _apply(series: pl.Series, expression: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """A function of a column, worked out once for each distinct value: most values repeat."""
    distinct = series.drop_nulls().unique()
    answers = distinct.to_frame("value").select(answer=expression(pl.col("value")))["answer"]
    return series.replace_strict(distinct, answers, default=None, return_dtype=answers.dtype)


def _folded(text: str) -> str:
    return re.sub(_SPACES, " ", text).strip().lower()


def _number(tidy: pl.Series, whole: bool) -> pl.Series:
    """Numbers with or without pound signs and commas between thousands; brackets mean minus."""
    plain = tidy.str.replace_all(r"[£\s]", "").str.replace(r"^\((.+)\)$", "-$1")
    with_commas = plain.str.contains(r"^-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$").fill_null(False)
    plain = plain.str.replace_all(",", "").zip_with(with_commas, plain)
    if whole:
        digits = plain.str.extract(r"^([+-]?[0-9]{1,15})(?:\.0*)?$", 1)
        return digits.cast(pl.Int64, strict=False)
    digits = plain.str.extract(r"^([+-]?[0-9]{1,15}(?:\.[0-9]*)?|[+-]?\.[0-9]+)$", 1)
    return digits.cast(pl.Float64, strict=False)


def _code(tidy: pl.Series, codes: Mapping[str, str]) -> pl.Series:
    """The code of the list, whether the code or its label was written, in whatever case."""
    known = _FLAGS if set(codes) == {"Y", "N"} else {}
    known = known | {_folded(label): code for code, label in codes.items()}
    known = known | {_folded(code): code for code in codes}
    return tidy.str.to_lowercase().replace_strict(known, default=None, return_dtype=pl.String)


# Rows


def _identifies(column: Column) -> bool:
    return column.kind in (Kind.IDENTIFIER, Kind.DIRECT_IDENTITY) or column.name in (
        "date_of_birth",
        "postcode",
    )


def _odd_rows(
    rows: pl.Series, blank: Sequence[pl.Series], nameless: Sequence[pl.Series], slipped: pl.Series
) -> pl.DataFrame:
    """Rows that hold nothing, rows that name nobody (totals), rows with more cells than headings."""
    everywhere = pl.Series([True], dtype=pl.Boolean).new_from_index(0, rows.len())
    empty = reduce(and_, blank, everywhere)
    total = reduce(and_, nameless, everywhere) & ~empty
    flags = pl.DataFrame([rows, empty.alias("empty"), total.alias("total"), slipped.alias("slipped")])
    return (
        flags.unpivot(ODDITIES, index="row", variable_name="oddity", value_name="is")
        .filter(pl.col("is"))
        .select("row", "oddity")
        .sort("row", "oddity")
    )
