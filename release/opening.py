"""Opening the two files of a release, each as it may be opened and no further."""

from contextlib import suppress
from pathlib import Path

import duckdb
import duckdb_extension_httpfs

from release.errors import KeyFileError, ReleaseError
from release.places import Places
from release.pointer import resolve

ANSWERS = "answers.duckdb"
PROTECTED = "protected.duckdb"
# From so many bytes on, decrypting takes longer than loading the extension that does it with the processor's own AES.
_LARGE = 32 * 2**20

# No extension is ever looked for on the network, and nothing spills to a disk where nobody would wipe it.
_CLOSED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "temp_directory": "",
}


def in_memory() -> duckdb.DuckDBPyConnection:
    """An empty database in memory that never spills to disk and never asks the network."""
    connection = duckdb.connect(config=dict(_CLOSED))
    # It would write into whatever a command or the worker says.
    connection.execute("SET enable_progress_bar = false")
    return connection


def open_answers(places: Places, name: str = "current") -> duckdb.DuckDBPyConnection:
    """The safe answers of a release, read-only and locked down: no other file can be reached from it."""
    file = places.releases / resolve(places, name) / ANSWERS
    connection: duckdb.DuckDBPyConnection | None = None
    try:
        connection = duckdb.connect(str(file), read_only=True, config=dict(_CLOSED))
        _lock(connection)
    except duckdb.Error as error:
        if connection is not None:
            connection.close()
        raise ReleaseError(
            f"{file} cannot be opened as answers ({type(error).__name__}): it is missing, damaged or of another "
            "version. Choose another release: python -m pipelines releases use ID"
        ) from None
    return connection


def open_protected(places: Places, name: str, key: str) -> duckdb.DuckDBPyConnection:
    """The pseudonymous rows of a release, read-only, as the schema `protected` of a connection in memory.

    `key` is the text of the protected file's key (release.keys.read_key). Only the pipelines and the worker may
    call this: nobody else holds the key.
    """
    file = places.releases / resolve(places, name) / PROTECTED
    connection = in_memory()
    # DuckDB reads the same without it, only slower; a file that is missing is told of below.
    with suppress(duckdb.Error, OSError):
        if file.stat().st_size >= _LARGE:
            _load_encryption(connection)
    try:
        connection.execute(f"ATTACH {_quoted(file)} AS protected (READ_ONLY, ENCRYPTION_KEY {_quoted(key)})")
    except duckdb.Error as error:
        connection.close()
        if "encryption key" in str(error):
            raise KeyFileError(f"The key does not open {file}. Is it the key of this data folder?") from None
        raise ReleaseError(f"{file} cannot be opened ({type(error).__name__}): missing or damaged.") from None
    _lock(connection)
    return connection


def create_answers(file: Path) -> duckdb.DuckDBPyConnection:
    """A new file of answers, to be filled and closed: the schema `answers` of a connection in memory."""
    connection = in_memory()
    connection.execute(f"ATTACH {_quoted(file)} AS answers")
    return connection


def create_protected(file: Path, key: str) -> duckdb.DuckDBPyConnection:
    """A new encrypted file (AES-GCM), to be filled and closed: the schema `protected` of a connection in memory."""
    connection = in_memory()
    _load_encryption(connection)
    connection.execute(
        f"ATTACH {_quoted(file)} AS protected (ENCRYPTION_KEY {_quoted(key)}, ENCRYPTION_CIPHER 'GCM')"
    )
    return connection


def _lock(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _load_encryption(connection: duckdb.DuckDBPyConnection) -> None:
    """The vetted AES-GCM, without which nothing is written; its signature is verified."""
    connection.execute(f"LOAD {_quoted(_extension())}")


def _extension() -> Path:
    folder = Path(duckdb_extension_httpfs.__file__).parent / "extensions" / f"v{duckdb.__version__}"
    return folder / "httpfs.duckdb_extension"


def _quoted(value: Path | str) -> str:
    return "'" + str(value).replace("'", "''") + "'"
