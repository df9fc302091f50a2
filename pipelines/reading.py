"""Reads a partner's file as text, whatever it was written with: encoding, separator and headings are found.

Nothing is interpreted here but the form of the file: every cell comes back as the partner wrote it.
"""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import fastexcel
import polars as pl

from pipelines.errors import EmptyFileError, UnreadableFileError
from pipelines.mending import WINDOWS_1252

# How well a row of cells fits as headings: the number of headings known. Given by the caller, who knows the contract.
Fit = Callable[[Sequence[str]], int]

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
# Titles may stand above the headings, but not for long.
HEADINGS_WITHIN = 15
# Cells beyond the last heading are looked for this far: a row with any of them has slipped.
SPARE = 8
LARGEST_FILE = 2 * 1024**3
LARGEST_UNPACKED = 4 * 1024**3

_SIGNATURES = {
    b"PK\x03\x04": "a zip archive or Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old or password-protected Office file",
    b"%PDF": "a PDF",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a gzip archive",
    b"SQLite format 3": "a database",
    b"{\\rtf": "a word processor's file",
}


@dataclass(frozen=True)
class Table:
    """A file as text.

    `headings`: as written. `cells`: String columns "0", "1", …, as many as headings; "" or null for blank. `slipped`:
    for each row, whether it has more cells than there are headings. `headings_at`: the row of the headings as Excel
    shows it. `sheet`: of a workbook. `written_as`: in words.
    """

    headings: tuple[str, ...]
    cells: pl.DataFrame
    slipped: pl.Series
    headings_at: int
    sheet: str | None
    written_as: str


def read_table(path: Path, label: str, fit: Fit, sheet: str | None = None) -> Table:
    """Read a CSV file, an Excel workbook or a Parquet file, by the ending of its name.

    Errors: EmptyFileError, UnreadableFileError (not what it says, damaged, too large).
    """
    ending = path.suffix.casefold()
    try:
        size = path.stat().st_size
        if size == 0:
            raise EmptyFileError(f"{label} has nothing in it (0 bytes). Ask the partner to export it again.")
        if size > LARGEST_FILE:
            raise UnreadableFileError(f"{label} is larger than 2 GB. Split it and list the parts.")
        if ending in (".csv", ".txt", ".tsv"):
            return _read_text(path.read_bytes(), label, fit)
        if ending == ".xlsx":
            return _read_workbook(path, label, fit, sheet)
        if ending == ".parquet":
            return _read_parquet(path, label)
    except OSError as error:
        raise UnreadableFileError(f"{label} cannot be read: {error.strerror or 'input error'}.") from None
    raise UnreadableFileError(
        f"{label}: files ending in {ending or 'nothing'} are not read. Send CSV, XLSX or Parquet."
    )


# Text


def _read_text(data: bytes, label: str, fit: Fit) -> Table:
    text, encoding = _decoded(data, label)
    text = text.lstrip("\ufeff").rstrip("\r\n\x1a")
    if not text.strip():
        raise EmptyFileError(f"{label} has nothing in it but blanks. Ask the partner to export it again.")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    # A carriage return alone inside a file of whole line ends is a stray: readers disagree about it, so none sees it.
    if text.count("\r") != text.count("\r\n"):
        text = re.sub(r"\r(?!\n)", " ", text)
    separator, headings, at, body = _headings(text, fit)
    line = text.count("\n", 0, len(text) - len(body)) + 1
    # A large file would otherwise be held twice while it is read.
    del data, text
    cells = _cells(body, separator, len(headings), label, line)
    spare = pl.any_horizontal(pl.col(cells.columns[len(headings) :]).fill_null("").str.strip_chars() != "")
    slipped = cells.select(slipped=spare)["slipped"]
    return Table(
        headings,
        cells.select(cells.columns[: len(headings)]),
        slipped,
        at + 1,
        None,
        f"CSV, {encoding}, {SEPARATORS[separator]}",
    )


def _decoded(data: bytes, label: str) -> tuple[str, str]:
    """The text and the name of its encoding."""
    for signature, what in _SIGNATURES.items():
        if data.startswith(signature):
            raise UnreadableFileError(f"{label} is {what}, whatever its name says. Export it as CSV again.")
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16"), "UTF-16"
    except UnicodeDecodeError:
        raise UnreadableFileError(f"{label} is damaged UTF-16. Ask the partner to export it again.") from None
    start = data[:65_536]
    controls = len(start) - len(start.translate(None, bytes([*range(9), 11, *range(14, 32), 127])))
    if b"\x00" in data or controls > 10 + len(start) / 100:
        raise UnreadableFileError(
            f"{label} is no text, but a binary file with a name of text. Export it as CSV again."
        )
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return codecs.charmap_decode(data, "strict", WINDOWS_1252)[0], "Windows-1252"


def _headings(text: str, fit: Fit) -> tuple[str, tuple[str, ...], int, str]:
    """The separator, the headings, the number of records above them, and the text below them."""
    head = text[:262_144]
    best: tuple[int, int, int, str, list[str], int] | None = None
    for separator in SEPARATORS:
        reader = csv.reader(io.StringIO(head, newline="\n"), delimiter=separator)
        try:
            for at, record in enumerate(reader):
                if at >= HEADINGS_WITHIN:
                    break
                filled = sum(1 for cell in record if cell.strip())
                candidate = (fit(record), min(filled, 2), -at, separator, record, reader.line_num)
                if filled and (best is None or candidate[:3] > best[:3]):
                    best = candidate
        except csv.Error:
            continue
    if best is None:
        return ",", tuple(text.split("\n", 1)[0].split(",")), 0, text.partition("\n")[2]
    _, _, before, separator, record, lines = best
    start = 0
    for _ in range(lines):
        start = text.find("\n", start) + 1 or len(text)
    return separator, tuple(record), -before, text[start:]


def _cells(body: str, separator: str, width: int, label: str, line: int) -> pl.DataFrame:
    """All cells below the headings, with `SPARE` columns more than there are headings."""
    names = [str(number) for number in range(width + SPARE)]
    if not body:
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    records = _count(body, separator, label, line) if '"' in body else None
    source = (separator.join(names) + "\n" + body).encode()
    try:
        frame = pl.read_csv(
            source,
            separator=separator,
            infer_schema=False,
            empty_string_is_null=False,
            truncate_ragged_lines=True,
        )
    except pl.exceptions.PolarsError:
        frame = None
    if frame is None or (records is not None and frame.height != records):
        frame = _cells_one_by_one(body, separator, names)
    return frame


def _count(body: str, separator: str, label: str, line: int) -> int:
    """The number of records; an error where quotation marks are used so that nobody can tell where a cell ends."""
    reader = csv.reader(io.StringIO(body, newline="\n"), delimiter=separator, strict=True)
    start = 0
    records = 0
    try:
        for _ in reader:
            records += 1
            start = reader.line_num
    except csv.Error:
        raise UnreadableFileError(
            f"{label}: the quotation marks of the row that begins on line {line + start} do not match. Inside a quoted "
            'cell each " must be doubled (""), and each cell that begins with one must end with one.'
        ) from None
    return records


def _cells_one_by_one(body: str, separator: str, names: list[str]) -> pl.DataFrame:
    """The same by the slower, more forgiving reader of Python."""
    columns: list[list[str]] = [[] for _ in names]
    for record in csv.reader(io.StringIO(body, newline="\n"), delimiter=separator):
        padded = record + [""] * (len(names) - len(record))
        for column, cell in zip(columns, padded, strict=False):
            column.append(cell)
    return pl.DataFrame(dict(zip(names, columns, strict=True)), schema=dict.fromkeys(names, pl.String))


# Workbooks


def _read_workbook(path: Path, label: str, fit: Fit, sheet: str | None) -> Table:
    _check_archive(path, label)
    try:
        workbook = fastexcel.read_excel(path)
        names = workbook.sheet_names
        if sheet is not None and sheet not in names:
            raise UnreadableFileError(
                f"{label} has no sheet of the name that extracts.toml gives. It has {len(names)} sheets: "
                "correct the line sheet = …"
            )
        best: tuple[int, int, str, pl.DataFrame] | None = None
        for name in names if sheet is None else [sheet]:
            frame = _sheet(workbook, name)
            at, found = _headings_row(frame, fit)
            if frame.height and (best is None or found > best[0]):
                best = (found, at, name, frame)
    except fastexcel.FastExcelError:
        raise UnreadableFileError(
            f"{label} is no Excel workbook that can be read (damaged, protected by a password, or another format "
            "under that name). Save it again as .xlsx, or send CSV."
        ) from None
    if best is None:
        raise EmptyFileError(f"{label} has only empty sheets. Ask the partner to export it again.")
    _, at, name, frame = best
    headings = [heading or "" for heading in frame.row(at)]
    width = max((number for number, heading in enumerate(headings, 1) if heading.strip()), default=0)
    below = frame.slice(at + 1)
    spare = [pl.col(column).fill_null("").str.strip_chars() != "" for column in frame.columns[width:]]
    slipped = below.select(
        slipped=pl.any_horizontal(spare) if spare else pl.lit(False).repeat_by(1).list.first()
    )
    flags = slipped["slipped"] if spare else pl.Series("slipped", [False] * below.height, dtype=pl.Boolean)
    return Table(
        tuple(headings[:width]), below.select(frame.columns[:width]), flags, at + 1, name, "Excel workbook"
    )


def _check_archive(path: Path, label: str) -> None:
    """A workbook is a zip archive: look before unpacking it."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise UnreadableFileError(
            f"{label} is no Excel workbook, whatever its name says. Save it again as .xlsx, or send CSV."
        ) from None
    if unpacked > LARGEST_UNPACKED:
        raise UnreadableFileError(f"{label} would unpack to more than 4 GB. Send CSV instead.")


def _sheet(workbook: fastexcel.ExcelReader, name: str) -> pl.DataFrame:
    # skip_rows=0 keeps empty rows above, so that places are those that Excel shows.
    loaded = workbook.load_sheet(name, header_row=None, dtypes="string", skip_rows=0)
    frame = loaded.to_polars()
    return frame.rename({old: str(number) for number, old in enumerate(frame.columns)})


def _headings_row(frame: pl.DataFrame, fit: Fit) -> tuple[int, int]:
    """Which row holds the headings, and how many of them are known."""
    best = (-1, 0, 0)
    for at, row in enumerate(frame.head(HEADINGS_WITHIN).iter_rows()):
        cells = [cell or "" for cell in row]
        filled = any(cell.strip() for cell in cells)
        best = max(best, (fit(cells) if filled else -1, -at, 0))
    return -best[1], max(best[0], 0)


# Parquet


def _read_parquet(path: Path, label: str) -> Table:
    try:
        frame = pl.read_parquet(path, use_pyarrow=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError):
        raise UnreadableFileError(
            f"{label} is no Parquet file that can be read. Ask the partner to export it again, or send CSV."
        ) from None
    if not frame.width:
        raise EmptyFileError(f"{label} has no columns. Ask the partner to export it again.")
    headings = tuple(frame.columns)
    cells = frame.select(
        _as_text(name, dtype, label).alias(str(number))
        for number, (name, dtype) in enumerate(frame.schema.items())
    )
    slipped = pl.Series("slipped", [False], dtype=pl.Boolean).new_from_index(0, frame.height)
    return Table(headings, cells, slipped, 1, None, "Parquet")


def _as_text(name: str, dtype: pl.DataType, label: str) -> pl.Expr:
    """Text as a spreadsheet would show it: whole numbers without a decimal point."""
    column = pl.col(name)
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
        raise UnreadableFileError(
            f"{label}: a column holds lists, structures or bytes. Send plain text, numbers and dates only."
        )
    if dtype.is_float():
        return column.cast(pl.Float64).cast(pl.String).str.replace(r"\.0$", "")
    return column.cast(pl.String)
