"""Canonical digests: two tables are the same where these are, however their files differ."""

import hashlib
from collections.abc import Iterable

import duckdb

from release.schema import Table


def table_digest(connection: duckdb.DuckDBPyConnection, schema: str, table: Table) -> str:
    """SHA-256 over the rows of a table, in an order of their own: column names, then each row as text."""
    columns = ", ".join(f'"{name}"' for name in table.names)
    rows = connection.execute(f'SELECT {columns} FROM {schema}."{table.name}" ORDER BY ALL').pl()  # noqa: S608
    return hashlib.sha256(rows.write_csv(null_value="\\N").encode()).hexdigest()


def digests(connection: duckdb.DuckDBPyConnection, schema: str, tables: Iterable[Table]) -> dict[str, str]:
    """The digest of every table but `manifest`, which holds the release's own name."""
    return {
        table.name: table_digest(connection, schema, table) for table in tables if table.name != "manifest"
    }
