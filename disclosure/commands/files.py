"""Reading and writing the files of the command line, with the same words for whatever can go wrong."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from disclosure.errors import TableError
from disclosure.tables import System, read_jj


def read_text(path: Path) -> str:
    """A text file in UTF-8 (or what Excel makes of it). Raises TableError, naming the file, where it is none."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise TableError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise TableError(f"{path}: this is a folder; name a file") from None
    except PermissionError:
        raise TableError(f"{path}: may not be read by this account") from None
    except UnicodeDecodeError as error:
        raise TableError(f"{path}: is no text in UTF-8 (byte {error.start}); save it as UTF-8") from None


def read_table(path: Path, *, negative: bool = False) -> System:
    """The System in a JJ file."""
    return read_jj(read_text(path), source=str(path), negative=negative)


def read_columns(path: Path, needed: Sequence[str], *, separator: str = ",") -> pl.DataFrame:
    """A CSV file with every column as text, spaces around values taken off. Raises TableError, naming the file,
    where it is not one, or a column of `needed` is missing."""
    text = read_text(path)
    try:
        frame = pl.read_csv(
            text.encode(), separator=separator, infer_schema=False, truncate_ragged_lines=False
        )
    except pl.exceptions.PolarsError as error:
        reason = str(error).splitlines()[0] if not isinstance(error, pl.exceptions.ComputeError) else ""
        raise TableError(
            f"{path}: cannot be read as a CSV file: lines of different lengths, or an open quotation mark"
            + (f" ({reason})" if isinstance(error, pl.exceptions.NoDataError) else "")
        ) from None
    frame = frame.rename({name: name.strip() for name in frame.columns})
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise TableError(f"{path}: has no column {', '.join(missing)}; it has {', '.join(frame.columns)}")
    return frame.with_columns(pl.all().str.strip_chars())


def write_whole(path: Path, text: str) -> None:
    """Write a file as a whole or not at all: nobody sees half of it, and a file before it stays until then."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except FileNotFoundError:
        raise TableError(f"{path.parent}: there is no such folder to write into") from None
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    Path(name).replace(path)
