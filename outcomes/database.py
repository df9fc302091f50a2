"""The engine's own database: in memory, closed to the outside, gone when the evaluation ends."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Final

import duckdb
import polars as pl

Value = str | int | bool | date

_NAMED: Final = re.compile(r"\$([a-z_]\w*)")
# Nothing may reach the disk (no spilling), other files, or the network.
_CLOSED: Final[dict[str, str | bool | int | float | list[str]]] = {
    "temp_directory": "",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "preserve_insertion_order": "false",
}


class Database:
    """Queries by named values; a query is given those of `values` that it names, and no others."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, values: Mapping[str, Value]) -> None:
        self._connection = connection
        self._values = dict(values)

    def give(self, name: str, frame: pl.DataFrame) -> None:
        """Lets queries read `frame` under `name`, in place of what had that name."""
        self._connection.register(name, frame.to_arrow())

    def take_back(self, name: str) -> None:
        """Forgets the frame of that name."""
        self._connection.unregister(name)

    def run(self, query: str, **values: Value) -> None:
        """Runs one statement."""
        self._execute(query, values)

    def frame(self, query: str, **values: Value) -> pl.DataFrame:
        """The rows of one query."""
        return self._execute(query, values).pl()

    def _execute(self, query: str, values: Mapping[str, Value]) -> duckdb.DuckDBPyConnection:
        known = {**self._values, **values}
        return self._connection.execute(query, {name: known[name] for name in set(_NAMED.findall(query))})


@contextmanager
def open_database(**values: Value) -> Iterator[Database]:
    """A new database for one evaluation; `values` may be named by every query."""
    connection = duckdb.connect(":memory:", config=_CLOSED)
    try:
        connection.execute("SET enable_external_access = false")  # refused before temp_directory is set
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET lock_configuration = true")
        yield Database(connection, values)
    finally:
        connection.close()
