"""Opening the two files of a release, each as it may be opened and no further."""

from pathlib import Path

import duckdb
import duckdb_extension_httpfs

from release.errors import KeyFileError, ReleaseError
from release.places import Places
from release.pointer import resolve

ANSWERS = "answers.duckdb"
PROTECTED = "protected.duckdb"

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
    connection.execute(
        f"LOAD {_quoted(_extension())}"
    )  # the vetted writer of AES-GCM; its signature is verified
    connection.execute(
        f"ATTACH {_quoted(file)} AS protected (ENCRYPTION_KEY {_quoted(key)}, ENCRYPTION_CIPHER 'GCM')"
    )
    return connection


def _lock(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _extension() -> Path:
    folder = Path(duckdb_extension_httpfs.__file__).parent / "extensions" / f"v{duckdb.__version__}"
    return folder / "httpfs.duckdb_extension"


def _quoted(value: Path | str) -> str:
    return "'" + str(value).replace("'", "''") + "'"
