"""The checks before publication, on the files as they would be published."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import polars as pl

from pipelines.leaks import LeakError, Searcher
from pipelines.publication.content import Content
from release.schema import Column, Holds, Table

# Every count about families, people or their records that the answers hold.
_FIGURES: Mapping[str, Sequence[str]] = {
    "answer": ("value",),
    "data_quality": ("rows", "failures", "rows_before", "failures_before"),
    "linkage_quality": ("whole", "part"),
}


def check_schema(connection: duckdb.DuckDBPyConnection, schema: str, tables: Sequence[Table]) -> int:
    """The number of columns in the file. Raises LeakError where they are not exactly the described ones."""
    there = connection.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = ?", [schema]
    ).fetchall()
    expected = {(table.name, column.name, column.sql_type) for table in tables for column in table.columns}
    if set(there) != expected:
        unknown = sorted({f"{table}.{column}" for table, column, _type in set(there) ^ expected})
        raise LeakError(
            f"Refused: {schema} does not hold exactly the described columns ({', '.join(unknown)}). "
            "Nothing was published."
        )
    return len(there)


def check_values(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    tables: Sequence[Table],
    content: Content,
    searcher: Searcher,
) -> None:
    """Read every value of a file back as text. Raises LeakError where one is off its list, or holds an identity."""
    for table in tables:
        for column in table.columns:
            values = _values(connection, schema, table, column)
            place = f"{schema}, table {table.name}, column {column.name}"
            if column.holds is Holds.CODE:
                _check_list(values, content.codes.get(f"{table.name}.{column.name}"), place)
            if _holds_identity(searcher, column, values):
                raise LeakError(
                    f"Refused by the check identities_in_values: an identity of the extracts is in {place}. "
                    "Nothing was published; the release before stays current."
                )


def check_thresholds(connection: duckdb.DuckDBPyConnection, content: Content) -> None:
    """Raises LeakError where a figure of the answers as read back is under the threshold, or not rounded."""
    profile = content.profile
    for table, columns in _FIGURES.items():
        for column in columns:
            figures = connection.execute(f'SELECT "{column}" AS value FROM answers."{table}"').pl()  # noqa: S608
            unsafe = figures.filter(
                (pl.col("value") < profile.threshold) | (pl.col("value") % profile.base != 0)
            )
            if unsafe.height:
                raise LeakError(
                    f"Refused by the check thresholds: {unsafe.height} figures of {table} are not safe. "
                    "Nothing was published."
                )


def check_bytes(files: Mapping[str, Path], searcher: Searcher) -> None:
    """Raises LeakError where an identity stands in the raw bytes of a file. `files`: what each is called."""
    for name, file in files.items():
        content = file.read_bytes()
        if searcher.in_bytes(content) or (
            file.suffix == ".json" and searcher.in_text(content.decode().splitlines())
        ):
            raise LeakError(
                f"Refused by the check identities_in_bytes: an identity of the extracts is in the bytes of {name}. "
                "Nothing was published; the release before stays current."
            )


def check_log(log: str, searcher: Searcher) -> None:
    """Raises LeakError where an identity stands in the log of the run."""
    if searcher.in_text(log.splitlines()):
        raise LeakError(
            "Refused by the check identities_in_log: an identity of the extracts is in the log of the run. "
            "Nothing was published; the release before stays current."
        )


def _values(connection: duckdb.DuckDBPyConnection, schema: str, table: Table, column: Column) -> list[str]:
    query = f'SELECT DISTINCT CAST("{column.name}" AS VARCHAR) FROM {schema}."{table.name}"'  # noqa: S608
    return [value for (value,) in connection.execute(query).fetchall() if value is not None]


def _check_list(values: Sequence[str], listed: frozenset[str] | None, place: str) -> None:
    if listed is None:
        raise LeakError(f"Refused by the check closed_lists: {place} has no list. Nothing was published.")
    strays = [value for value in values if value not in listed]
    if strays:
        raise LeakError(
            f"Refused by the check closed_lists: {len(strays)} values of {place} are not on its list. "
            "Nothing was published; the release before stays current."
        )


def _holds_identity(searcher: Searcher, column: Column, values: Sequence[str]) -> bool:
    if column.holds is Holds.CODE:
        return searcher.in_closed_codes(values)
    if column.holds is Holds.NUMBER:
        return searcher.in_numbers(values)
    if column.holds is Holds.DAY:
        return False  # the type holds nothing but days
    return searcher.in_text(values)
