"""Reading files of records and hierarchies, and writing records, for the commands about microdata."""

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from disclosure.commands.files import write_whole
from disclosure.errors import DisclosureError, HierarchyError, MicrodataError
from disclosure.microdata import Hierarchy, hierarchy_of

_SEPARATORS = (";", ",", "\t")
# A cell that begins like this is run as a formula by a spreadsheet, unless it is a number or an interval of numbers.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
_NUMBER = r"[+-]?[0-9]+([.,][0-9]+)?"
_NUMBERS = re.compile(rf"{_NUMBER}(\.\.{_NUMBER})?")


def read_records(path: Path) -> tuple[pl.DataFrame, str]:
    """The records of a CSV file, all columns as text without the spaces around it, and the separator that was found.

    UTF-8, UTF-16 with its mark, or Windows-1252; `;`, `,` or tabs. Raises MicrodataError, with file and line, where
    lines are of different length, a heading is missing or there twice, a quotation mark is open, a cell has no end.
    """
    lines, separator = _lines(path, MicrodataError)
    if not lines:
        raise MicrodataError(f"{path}: is empty; the first line names the columns")
    _number, heading = lines[0]
    if "" in heading:
        raise MicrodataError(f"{path}, line 1: column {heading.index('') + 1} has no name")
    pattern = next((name for name in heading if name == "*" or (name[0] == "^" and name[-1] == "$")), None)
    if pattern is not None:
        # Polars would take it for several columns at once.
        raise MicrodataError(f"{path}, line 1: {pattern} is no name of a column; call it something else")
    twice = sorted({name for name in heading if heading.count(name) > 1})
    if twice:
        raise MicrodataError(f"{path}, line 1: {', '.join(twice)} is there more than once")
    for number, cells in lines[1:]:
        if len(cells) != len(heading):
            raise MicrodataError(
                f"{path}, line {number}: has {len(cells)} cells, and the first line names {len(heading)} columns"
            )
    columns = (
        zip(*(cells for _line, cells in lines[1:]), strict=True) if len(lines) > 1 else [[] for _ in heading]
    )
    frame = pl.DataFrame(
        {name: pl.Series(list(cells), dtype=pl.String) for name, cells in zip(heading, columns, strict=True)}
    )
    if not frame.height:
        raise MicrodataError(f"{path}: holds no record")
    return frame, separator


def read_hierarchies(folder: Path, columns: Sequence[str]) -> dict[str, Hierarchy]:
    """The hierarchies of those of the columns that have one: `COLUMN.csv`, or a name that ends in
    `hierarchy_COLUMN.csv`. Raises HierarchyError for what is wrong with one, and where there are two for one column."""
    if not folder.is_dir():
        raise HierarchyError(f"{folder}: there is no such folder")
    files = sorted(file for file in folder.iterdir() if file.is_file())
    found: dict[str, Hierarchy] = {}
    for column in columns:
        own = [
            file
            for file in files
            if file.name == f"{column}.csv" or file.name.endswith(f"hierarchy_{column}.csv")
        ]
        if len(own) > 1:
            raise HierarchyError(
                f"{folder}: {' and '.join(file.name for file in own)} are both for {column}; leave one of them"
            )
        for file in own:
            lines, _separator = _lines(file, HierarchyError)
            found[column] = hierarchy_of([cells for _number, cells in lines], column, source=str(file))
    return found


def write_records(path: Path, records: pl.DataFrame, separator: str) -> None:
    """Write records as CSV in UTF-8. What a spreadsheet would run as a formula gets an apostrophe in front."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\n")
    writer.writerow([_harmless(name) for name in records.columns])
    harmless = {
        value: _harmless(value) for column in records.columns for value in records[column].unique().to_list()
    }
    for row in records.iter_rows():
        writer.writerow([harmless[value] for value in row])
    write_whole(path, text.getvalue())


def names(given: Sequence[str]) -> list[str]:
    """The names of columns in options that may be given several times, each with names between commas."""
    return [name.strip() for one in given for name in one.split(",") if name.strip()]


def _harmless(value: str | None) -> str:
    text = value or ""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBERS.fullmatch(text) else text


def _lines(path: Path, error: type[DisclosureError]) -> tuple[list[tuple[int, list[str]]], str]:
    """The lines that hold something, each with its number, and the separator."""
    text = _text(path, error)
    separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines = []
    try:
        for cells in reader:
            if cells:
                lines.append((reader.line_num, [cell.strip() for cell in cells]))
    except csv.Error as problem:
        what = (
            f"a cell of more than {csv.field_size_limit():,} characters"
            if "field larger" in str(problem)
            else "a quotation mark that is not closed, or stands inside a cell"
        )
        raise error(f"{path}, line {reader.line_num}: {what}") from None
    return lines, separator


def _separator(text: str) -> str:
    """The separator that gives the first line most cells; where none gives any, the first."""
    first = text.lstrip("\r\n").partition("\n")[0]
    unquoted = re.sub(r'"[^"]*"', "", first)
    return max(_SEPARATORS, key=unquoted.count)


def _text(path: Path, error: type[DisclosureError]) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise error(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise error(f"{path}: this is a folder; name a file") from None
    except PermissionError:
        raise error(f"{path}: may not be read by this account") from None
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise error(f"{path}: is no text in UTF-8, UTF-16 or Windows-1252; save it as CSV in UTF-8")
