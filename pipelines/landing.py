"""The first stage: a partner's file becomes a typed frame with the columns of its contract.

Nothing is judged here. What cannot be read as its type or code becomes null and is listed with its place.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

import polars as pl

from pipelines import identifiers
from pipelines.contracts import CONTRACTS, INDISPENSABLE, Column, Contract, Kind, Part
from pipelines.dates import parse_dates
from pipelines.distinctly import distinctly
from pipelines.errors import (
    DuplicateColumnError,
    EmptyExtractError,
    MissingColumnError,
    SwappedColumnsError,
)
from pipelines.extracts import LIST_NAME, Extract
from pipelines.mending import mend
from pipelines.numbering import Numbering, shipped_numbering
from pipelines.reading import Table, read_table
from pipelines.shapes import Shape, letters, likely_columns, plain, swapped

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
    which could not be read as their type or code. `remarks`: `row`, `column`, `remark`: cells that are read otherwise
    than they stand: `stand_in` (what stands for no number, read as blank) or `outdated` (a code no longer in use, read
    as the present one). `odd_rows`: `row`, `oddity`: empty, total or slipped rows. `places`: for each column of the
    contract that is in the file, its column as Excel names it. `headings_at`: the row of the headings as Excel shows
    it. For each column of the contract that is in the file, `headings`: the partner's heading, and `written`: the
    column of `raw`.
    """

    extract: Extract
    frame: pl.DataFrame
    raw: pl.DataFrame
    unreadable: pl.DataFrame
    remarks: pl.DataFrame
    odd_rows: pl.DataFrame
    places: Mapping[str, str]
    headings_at: int
    sheet: str | None
    notes: tuple[str, ...]
    headings: Mapping[str, str]
    written: Mapping[str, str]

    def place(self, row: int, column: str | None) -> str:
        """Where a cell, or a whole row, is found in Excel: `file!sheet!B7`, or `file!7:7`."""
        line = row + self.headings_at
        letters = self.places.get(column) if column else None
        cell = f"{letters}{line}" if letters else f"{line}:{line}"
        return "!".join(part for part in (self.extract.label, self.sheet, cell) if part)


def land(extract: Extract, numbering: Numbering | None = None, before: Shape | None = None) -> Landed:
    """Read one extract. `numbering`: what stands for no number; where none is given, what is shipped says it.
    `before`: the shape of this file in the last run, to tell what a column is called now.

    Errors: those of `read_table`, EmptyExtractError (headings only), MissingColumnError, DuplicateColumnError,
    SwappedColumnsError.
    """
    numbering = numbering or shipped_numbering()
    contract = CONTRACTS[extract.contract]
    ours = _known_headings(extract, contract)
    table = read_table(
        extract.file, extract.label, lambda cells: sum(plain(cell) in ours for cell in cells), extract.sheet
    )
    at = _match(table, ours, extract, contract, before)
    if table.cells.is_empty() and not extract.may_be_empty:
        raise EmptyExtractError(_no_rows_words(extract))
    _refuse_swapped(table, at, extract, contract)
    rows = pl.int_range(1, table.cells.height + 1, dtype=pl.Int64, eager=True).alias("row")
    columns = [rows]
    unreadable = []
    remarks = []
    mended_columns = []
    outdated_columns = []
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
        stands_in = _stands_in(column, value, numbering)
        bad = rows.filter(tidy.is_not_null() & value.is_null() & ~_says_nothing(column, tidy))
        unreadable.append(_cells(bad, column=column.name))
        remarks.append(_cells(rows.filter(stands_in), column=column.name, remark="stand_in"))
        if column.outdated:
            outdated = _is_outdated(column, tidy, extract)
            remarks.append(_cells(rows.filter(outdated), column=column.name, remark="outdated"))
            if outdated.any():
                outdated_columns.append(column.name)
        columns.append(value.set(stands_in, None) if stands_in.any() else value)
    raw = _raw(table, rows)
    return Landed(
        extract=extract,
        frame=pl.DataFrame(columns),
        raw=raw,
        unreadable=pl.concat(unreadable).sort("row", "column"),
        remarks=pl.concat(remarks).sort("row", "column"),
        odd_rows=_odd_rows(rows, blank, nameless, table.slipped),
        places={name: letters(number) for name, number in at.items()},
        headings_at=table.headings_at,
        sheet=table.sheet,
        notes=_notes(table, at, ours, extract, contract, mended_columns, outdated_columns, before),
        headings={name: table.headings[number].strip() for name, number in at.items()},
        # The numbers of the rows come first.
        written={name: raw.columns[number + 1] for name, number in at.items()},
    )


def shape(landed: Landed) -> Shape:
    """Which headings the file had, to be compared with the next one."""
    return Shape(
        landed.extract.contract,
        landed.extract.partner,
        tuple(heading for heading in landed.raw.columns if heading != "row"),
        dict(landed.headings),
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


def _known_headings(extract: Extract, contract: Contract) -> dict[str, str]:
    """Compared heading to the column it stands for: the contract's own names, and what extracts.toml maps."""
    return {plain(name): name for name in contract.by_name} | {
        plain(heading): column for heading, column in extract.columns.items()
    }


def _match(
    table: Table, ours: Mapping[str, str], extract: Extract, contract: Contract, before: Shape | None
) -> dict[str, int]:
    """For each column of the contract that is in the file, which column of the file it is."""
    at: dict[str, int] = {}
    for number, heading in enumerate(table.headings):
        column = ours.get(plain(heading))
        if column is None:
            continue
        if column in at:
            raise DuplicateColumnError(
                f"{extract.label}: columns {letters(at[column])} and {letters(number)} both say they are {column}. "
                f"Remove one from the file, or rename it, or take its line out of [extract.columns] in {LIST_NAME}."
            )
        at[column] = number
    missing = [column for column in contract.columns if column.required and column.name not in at]
    if missing:
        raise MissingColumnError(_missing_words(missing, table, at, extract, contract, before))
    return at


def _refuse_swapped(table: Table, at: Mapping[str, int], extract: Extract, contract: Contract) -> None:
    pairs = swapped(contract, at, _cells_of(table))
    if pairs:
        first, second = pairs[0]
        raise SwappedColumnsError(
            f"{extract.label}: column {letters(at[first])} is headed {first} and looks like {second}; column "
            f"{letters(at[second])} is headed {second} and looks like {first}. Ask the partner to put the headings "
            f"right, or map them the other way round under [extract.columns] in {LIST_NAME}."
        )


def _cells_of(table: Table) -> Callable[[int], pl.Series]:
    return lambda number: table.cells[str(number)]


def _likely(
    missing: Sequence[Column], table: Table, at: Mapping[str, int], extract: Extract, before: Shape | None
) -> dict[str, int]:
    """Which unknown columns of the file those are that the contract misses, as far as that can be told."""
    unknown = {
        number: heading.strip()
        for number, heading in enumerate(table.headings)
        if number not in at.values() and heading.strip()
    }
    known_as: dict[str, list[str]] = {}
    for heading, name in extract.columns.items():
        known_as.setdefault(name, []).append(heading)
    return likely_columns(missing, unknown, _cells_of(table), known_as, before.columns if before else None)


def _missing_words(
    missing: Sequence[Column],
    table: Table,
    at: Mapping[str, int],
    extract: Extract,
    contract: Contract,
    before: Shape | None,
) -> str:
    if not at:
        return (
            f"{extract.label}: none of the columns of {contract.name} is there. Its first rows must hold headings; "
            f"where they differ from ours, map them under [extract.columns] in {LIST_NAME}: "
            f'"their heading" = "{missing[0].name}".'
        )
    likely = _likely(missing, table, at, extract, before)
    # Where few headings are known, the row may be no row of headings but somebody's: nothing of it is shown.
    trusted = len(at) * 2 >= sum(column.required for column in contract.columns)
    words = []
    for column in missing:
        number = likely.get(column.name)
        if number is None:
            words.append(f'{column.name}: write "the heading in the file" = "{column.name}"')
            continue
        heading = table.headings[number].strip()
        if not trusted:
            words.append(
                f'{column.name} (column {letters(number)} looks like it): map its heading to "{column.name}"'
            )
            continue
        words.append(
            f'{column.name} (column {letters(number)}, "{heading}", looks like it): write "{heading}" = "{column.name}"'
        )
    plural = "a column" if len(missing) == 1 else f"{len(missing)} columns"
    return (
        f"{extract.label} lacks {plural} that {contract.name} needs. If it is there under another heading, map it "
        f"under [extract.columns] in {LIST_NAME}; if not, ask the partner for it. Missing: {'; '.join(words)}."
    )


def _raw(table: Table, rows: pl.Series) -> pl.DataFrame:
    """Every column as written; headings made unique, and never `row`."""
    taken = {"row"}
    named = []
    for number, heading in enumerate(table.headings):
        name = heading.strip() or f"column {letters(number)}"
        while name in taken:
            name = f"{name} ({letters(number)})"
        taken.add(name)
        named.append(table.cells[str(number)].alias(name))
    return pl.DataFrame([rows, *named])


def _notes(
    table: Table,
    at: Mapping[str, int],
    ours: Mapping[str, str],
    extract: Extract,
    contract: Contract,
    mended: Sequence[str],
    outdated: Sequence[str],
    before: Shape | None,
) -> tuple[str, ...]:
    # By letter: where the row of headings is missing, what stands in its place is somebody's row.
    unknown = [letters(number) for number, heading in enumerate(table.headings) if plain(heading) not in ours]
    missing = [column for column in contract.columns if column.name not in at]
    likely = _likely(missing, table, at, extract, before) if unknown and missing else {}
    named = [
        f"{c.name} (perhaps column {letters(likely[c.name])})" if c.name in likely else c.name
        for c in missing
    ]
    notes = [f"written as {table.written_as}"]
    if table.headings_at > 1:
        notes.append(f"headings found in row {table.headings_at}")
    if unknown:
        notes.append(f"columns that the contract does not know, left out: {', '.join(unknown)}")
    if missing:
        notes.append(f"optional columns that are missing: {', '.join(named)}")
    if mended:
        notes.append(f"UTF-8 that was read as Windows-1252, mended in: {', '.join(mended)}")
    if outdated:
        notes.append(f"codes of earlier or other lists, read as the present ones, in: {', '.join(outdated)}")
    if not table.cells.height:
        notes.append("no rows")
    return tuple(notes)


# Cells


def _tidy(written: pl.Series) -> pl.Series:
    """Trimmed, every run of spaces one space, nothing invisible; null for blank."""
    return distinctly(
        written,
        lambda cell: (
            cell.str.replace_all(_INVISIBLE, "")
            .str.replace_all(_SPACES, " ")
            .str.strip_chars()
            .replace("", None)
        ),
    )


def _cells(rows: pl.Series, **words: str) -> pl.DataFrame:
    """`row`, and the same words beside each."""
    return rows.to_frame().with_columns(pl.lit(word, pl.String).alias(name) for name, word in words.items())


def _says_nothing(column: Column, tidy: pl.Series) -> pl.Series:
    if column.type == "text" and identifiers.cleaner(column) is None:
        return pl.Series([False], dtype=pl.Boolean).new_from_index(0, tidy.len())
    return tidy.str.to_lowercase().is_in(_NOTHING).fill_null(False)


def _stands_in(column: Column, value: pl.Series, numbering: Numbering) -> pl.Series:
    """Which cells hold what stands for no number. Where the number may not be blank, the row needs it as it is."""
    nowhere = pl.Series([False], dtype=pl.Boolean).new_from_index(0, value.len())
    if not column.part or not column.nullable or column.type != "text":
        return nowhere
    forms = [pattern for pattern in (numbering.stand_ins.get(column.part),) if pattern]
    if column.part is Part.OWN_KEY:
        # A system without a number for somebody fills the field up: else all of them were one person.
        forms.append(rf"^(?:0+|9{{{column.digits}}})$" if column.digits else r"^0+$")
    if not forms:
        return nowhere
    cell = pl.col("cell")
    bare = cell.str.to_uppercase().str.replace_all("[^A-Z0-9]", "")
    distinct = value.drop_nulls().unique().to_frame("cell")
    found = distinct.filter(pl.any_horizontal(bare.str.contains(form) for form in forms))["cell"]
    return nowhere if found.is_empty() else value.is_in(found.implode()).fill_null(False)


def _is_outdated(column: Column, tidy: pl.Series, extract: Extract) -> pl.Series:
    """Which cells hold a code that was in use before, and that neither the list nor the partner's words hold."""
    present = {*column.codes, *column.codes.values()} if column.codes else set()
    known = {_folded(word) for word in (*present, *extract.values.get(column.name, {}))}
    old = [code for code in map(_folded, column.outdated) if code not in known]
    return tidy.str.to_lowercase().is_in(old).fill_null(False)


def _typed(column: Column, written: pl.Series, tidy: pl.Series, extract: Extract) -> pl.Series:
    """The cells as their type; null for blank and for what cannot be read."""
    words = extract.values.get(column.name, {})
    if words:
        theirs = {_folded(their): our for their, our in words.items()}
        folded = tidy.str.to_lowercase()
        tidy = folded.replace_strict(theirs, default=tidy, return_dtype=pl.String)
    if column.type == "date":
        future = 0 if column.part is Part.DATE_OF_BIRTH else 10
        return parse_dates(tidy, newest_two_digit_year=min(extract.covers_to.year % 100 + future, 99))
    if column.type in ("integer", "decimal"):
        return _number(tidy, column.type == "integer")
    if column.codes is not None:
        return _code(tidy, column)
    if column.kind is Kind.FREE_TEXT:
        # Notes stay as written: what is found in them is found by its position.
        return written.zip_with(tidy.is_not_null(), tidy)
    clean = identifiers.cleaner(column)
    if clean is None:
        return tidy
    return distinctly(tidy, lambda cell: clean(pl.when(~cell.str.to_lowercase().is_in(_NOTHING)).then(cell)))


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


def _code(tidy: pl.Series, column: Column) -> pl.Series:
    """The code of the list, whether the code, its label or a code in use before was written, in whatever case."""
    codes = column.codes or {}
    known = _FLAGS if set(codes) == {"Y", "N"} else {}
    known = known | {_folded(old): code for old, code in column.outdated.items()}
    known = known | {_folded(label): code for code, label in codes.items()}
    known = known | {_folded(code): code for code in codes}
    return tidy.str.to_lowercase().replace_strict(known, default=None, return_dtype=pl.String)


# Rows


def _identifies(column: Column) -> bool:
    return column.kind in (Kind.IDENTIFIER, Kind.DIRECT_IDENTITY) or column.part in (
        Part.DATE_OF_BIRTH,
        Part.POSTCODE,
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
