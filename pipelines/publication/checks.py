"""The checks before publication, on the files as they would be published. They find, and say where; others refuse."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from disclosure import Profile
from pipelines.leaks import Searcher, forms_in, recognised
from pipelines.publication.content import Check, Lists
from release.opening import ANSWERS
from release.schema import Column, Holds, Table

# Every count about families, people or their records that the answers hold.
_FIGURES: Mapping[str, Sequence[str]] = {
    "answer": ("value",),
    "data_quality": ("rows", "failures", "rows_before", "failures_before"),
    "linkage_quality": ("whole", "part"),
    "privacy_check": ("figure",),
}
# What a column of a kind must look like, whatever is in it.
_SHAPES: Mapping[Holds, str] = {
    Holds.KEY: "^[0-9a-f]{24}$",
    Holds.MONTH: "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$",
}
# A count has fewer digits than a number of anybody's. The random numbers behind perturbation may have any.
_COUNT = "^-?[0-9]{1,8}$"
_DAY_IN_DIGITS = "^(19|20)[0-9]{2}(0[1-9]|1[0-2])([0-2][0-9]|3[01])$"
_RANDOM = "UBIGINT"
# What parts of a text of ours stand between, and in front of them; and parts that say nothing by themselves: numbers,
# days, names of releases, digests and versions.
_BETWEEN = re.compile(r": |, |/")
_COUNTED = re.compile(r"^\d{1,8} ")
_OPAQUE = re.compile(
    r"[\d.]{0,8}|\d{4}-\d\d-\d\d(-\d{3,6})?|[0-9a-f]{16}|[0-9a-f]{64}|\d+\.\d+\.\d+\+[0-9a-f]{12}"
)
# Everything that can be in a database beside tables and columns; each query gives the kind and name of one such thing.
_OBJECTS = (
    "SELECT 'view', view_name FROM duckdb_views() WHERE database_name = $1 AND NOT internal",
    "SELECT 'macro', function_name FROM duckdb_functions() WHERE database_name = $1 AND NOT internal",
    "SELECT 'sequence', sequence_name FROM duckdb_sequences() WHERE database_name = $1",
    "SELECT 'type', type_name FROM duckdb_types() WHERE database_name = $1 AND NOT internal",
    "SELECT 'index', index_name FROM duckdb_indexes() WHERE database_name = $1",
    "SELECT 'constraint', table_name FROM duckdb_constraints() WHERE database_name = $1",
    "SELECT 'schema', schema_name FROM duckdb_schemas() WHERE database_name = $1 AND NOT internal AND "
    "(schema_name <> 'main' OR comment IS NOT NULL)",
    "SELECT 'comment', table_name FROM duckdb_tables() WHERE database_name = $1 AND comment IS NOT NULL",
    "SELECT 'comment', table_name FROM duckdb_columns() WHERE database_name = $1 AND comment IS NOT NULL",
    "SELECT 'default', table_name FROM duckdb_columns() WHERE database_name = $1 AND column_default IS NOT NULL",
    "SELECT 'table', table_name FROM duckdb_tables() WHERE database_name = $1 AND schema_name <> 'main'",
    "SELECT 'comment', database_name FROM duckdb_databases() WHERE database_name = $1 AND comment IS NOT NULL",
)


@dataclass(frozen=True)
class Fault:
    """What a check found: `where` names a file, table and column; `words` say what is wrong there, and never hold what
    was found."""

    check: Check
    where: str
    words: str


class FileCheck:
    """Reads every value of one file back and holds it against what it may be.

    `schema`: the name under which the file is attached; the file itself is called so with its ending.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        schema: str,
        tables: Sequence[Table],
        lists: Lists,
        searcher: Searcher,
    ) -> None:
        self._connection = connection
        self._schema = schema
        self._tables = tables
        self._lists = lists
        self._searcher = searcher

    def faults(self) -> Iterator[Fault]:
        """Everything that is wrong with the file, but for its figures."""
        wrong = list(self._schema_faults())
        yield from wrong
        if wrong:
            return  # what is not described cannot be read by its description
        for table in self._tables:
            for column in table.columns:
                yield from self.column_faults(table, column)

    def _schema_faults(self) -> Iterator[Fault]:
        there = self._connection.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = ?",
            [self._schema],
        ).fetchall()
        expected = {
            (table.name, column.name, column.sql_type) for table in self._tables for column in table.columns
        }
        described = {name for table in self._tables for name in (table.name, *table.names)}
        file = f"{self._schema}.duckdb"
        for table, column, _type in sorted(set(there) ^ expected):
            # A name that is not described may itself be somebody's.
            names = ", ".join(
                f"{what} {name if name in described else 'of an unknown name'}"
                for what, name in (("table", table), ("column", column))
            )
            yield Fault(Check.SCHEMA, f"{file}, {names}", "it is not as described")
        for query in _OBJECTS:
            for kind, _name in self._connection.execute(query, [self._schema]).fetchall():
                yield Fault(Check.SCHEMA, file, f"it holds a {kind}, and none is described")

    def column_faults(self, table: Table, column: Column) -> Iterator[Fault]:
        """Everything that is wrong with the values of one column."""
        where = f"{self._schema}.duckdb, table {table.name}, column {column.name}"
        values = self._values(table, column)
        if column.holds in (Holds.DAY, Holds.TRUTH) or values.is_empty():
            return  # the type holds nothing but days, or yes and no
        if column.holds in _SHAPES:
            strays = values.filter(~values.str.contains(_SHAPES[column.holds])).len()
            if strays:
                yield Fault(
                    Check.FORMS, where, f"{strays} values have another form than {column.holds.value}"
                )
            if column.holds is Holds.KEY and not strays:
                return  # nothing that is anybody's looks like that
        if column.holds is Holds.NUMBER and column.sql_type != _RANDOM:
            odd = ~values.str.contains(_COUNT) | values.str.contains(_DAY_IN_DIGITS)
            if odd.any():
                yield Fault(Check.FORMS, where, f"{odd.sum()} numbers are no counts")
        if column.holds is Holds.CODE:
            yield from self._list_faults(values, f"{table.name}.{column.name}", where)
        if self._holds_identity(column, values):
            yield Fault(Check.IDENTITIES_IN_VALUES, where, "an identity of the extracts is there")
        yield from self._form_faults(column, values, where)

    def _values(self, table: Table, column: Column) -> pl.Series:
        """The different values of a column as text."""
        query = f'SELECT DISTINCT CAST("{column.name}" AS VARCHAR) FROM {self._schema}."{table.name}"'  # noqa: S608
        return self._connection.execute(query).pl().to_series().cast(pl.String).drop_nulls()

    def _list_faults(self, values: pl.Series, place: str, where: str) -> Iterator[Fault]:
        listed = self._lists.codes.get(place)
        if listed is None:
            yield Fault(Check.CLOSED_LISTS, where, "there is no list for it")
            return
        strays = values.filter(~values.is_in(sorted(listed))).len()
        if strays:
            yield Fault(Check.CLOSED_LISTS, where, f"{strays} values are not on its list")

    def _holds_identity(self, column: Column, values: pl.Series) -> bool:
        if column.holds is Holds.CODE:
            return self._searcher.in_closed_codes(values)
        if column.holds is Holds.NUMBER:
            return self._searcher.in_numbers(values)
        if column.holds is Holds.TEXT:
            return any(self._searcher.in_notes(values))
        return self._searcher.in_text(values)

    def _form_faults(self, column: Column, values: pl.Series, where: str) -> Iterator[Fault]:
        strange = values.filter(~values.is_in(sorted(self._lists.own_words)))
        for form in forms_in(strange):
            yield Fault(Check.NUMBERS, where, f"something formed like a {form} is there")
        if column.holds in (Holds.WORDS, Holds.TEXT):
            for kind in recognised(value for value in strange if not self._is_ours(value)):
                yield Fault(Check.PATTERNS, where, f"a recogniser finds a {kind} there")

    def _is_ours(self, value: str) -> bool:
        """Whether a text is put together of words of ours, counts and days: "failed: 2 needs, 1 headlines"."""
        parts = (_COUNTED.sub("", part) for part in _BETWEEN.split(value))
        return all(part in self._lists.own_words or _OPAQUE.fullmatch(part) for part in parts)


def place_faults(lists: Lists) -> Iterator[Fault]:
    """What is formed like an identity among the names of places. A place may be called like an address or a school."""
    for kind in recognised(lists.named_places, places=True):
        yield Fault(Check.PATTERNS, ANSWERS, f"a recogniser finds a {kind} in the name of a place")


def threshold_faults(connection: duckdb.DuckDBPyConnection, profile: Profile) -> Iterator[Fault]:
    """Figures of the answers, as read back, that are under the threshold, or not rounded."""
    for table, columns in _FIGURES.items():
        for column in columns:
            figures = connection.execute(f'SELECT "{column}" AS value FROM answers."{table}"').pl()  # noqa: S608
            unsafe = figures.filter(
                (pl.col("value") < profile.threshold) | (pl.col("value") % profile.base != 0)
            )
            if unsafe.height:
                where = f"{ANSWERS}, table {table}, column {column}"
                yield Fault(Check.THRESHOLDS, where, f"{unsafe.height} figures are not safe")


def bytes_faults(files: Mapping[str, Path], lists: Lists, searcher: Searcher) -> Iterator[Fault]:
    """Identities in the raw bytes of files, and in the values of those that are JSON. `files`: what each is called."""
    for name, file in files.items():
        content = file.read_bytes()
        texts = _texts(content) if file.suffix == ".json" else []
        if searcher.in_bytes(content) or searcher.in_text(texts):
            yield Fault(Check.IDENTITIES_IN_BYTES, name, "an identity of the extracts is in its bytes")
        for form in forms_in(
            pl.Series([one for one in texts if one not in lists.own_words], dtype=pl.String)
        ):
            yield Fault(Check.NUMBERS, name, f"something formed like a {form} is there")


def log_faults(log: str, searcher: Searcher) -> Iterator[Fault]:
    """Identities in the log of a run."""
    if searcher.in_text(log.splitlines()):
        yield Fault(Check.IDENTITIES_IN_LOG, "the log", "an identity of the extracts is there")


def _texts(content: bytes) -> list[str]:
    """Every name and every value of a JSON file as text; its lines where it is none."""
    try:
        return [str(one) for one in _leaves(json.loads(content))]
    except (ValueError, RecursionError):
        return content.decode(errors="replace").splitlines()


def _leaves(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield name
            yield from _leaves(below)
    elif isinstance(value, list):
        for below in value:
            yield from _leaves(below)
    else:
        yield value
