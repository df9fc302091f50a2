"""Reading and writing the files of the command line, with the same words for whatever can go wrong."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from disclosure.errors import DisclosureError, TableError
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


def keep_apart(written: Sequence[Path | None], read: Sequence[Path | None] = ()) -> None:
    """Before anything is computed: raises DisclosureError, naming the file, where one is to be written that is read as
    well, or written twice; TableError where there can be no such file."""
    taken = [path for path in read if path is not None]
    for path in written:
        if path is None:
            continue
        if any(_same(path, other) for other in taken):
            raise DisclosureError(f"{path}: is read, or written, by the same command; write to another file")
        _check_writable(path)
        taken.append(path)


def write_whole(path: Path, text: str) -> None:
    """Write a file as a whole or not at all: nobody sees half of it, a file before it stays until then, and nothing is
    left behind where it cannot be written. Raises TableError where `path` cannot be a file, else OSError for it."""
    _check_writable(path)
    name = ""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(name).replace(path)
    except OSError as error:
        # Told of the file that was asked for, not of the one on the way to it.
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        if name:
            Path(name).unlink(missing_ok=True)


def _check_writable(path: Path) -> None:
    if path.is_dir():
        raise TableError(f"{path}: this is a folder; name a file to write")
    if path.exists() and not path.is_file():
        # Replaced, it would be gone for everybody.
        raise TableError(f"{path}: is a device or a pipe; name a file to write")
    if not path.parent.is_dir():
        raise TableError(f"{path.parent}: there is no such folder to write into")


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve() or (one.exists() and other.exists() and one.samefile(other))
