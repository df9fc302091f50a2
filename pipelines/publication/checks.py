"""The checks before publication, on the files as they would be published. They find, and say where; others refuse."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from disclosure import CellKeys, Rounding
from pipelines.contracts import CONTRACTS
from pipelines.leaks import Searcher, forms_in, recognised
from pipelines.linkage.comparing import LEVELS
from pipelines.publication.content import FROM_OUTSIDE, Check, Lists
from release.opening import ANSWERS
from release.pointer import COMPLETE
from release.schema import ANSWERS as ANSWER_TABLES
from release.schema import PROTECTED as PROTECTED_TABLES
from release.schema import VERSION, Column, Holds, Table

# Every count about families, people or their records that the answers hold, beside the figures themselves.
_COUNTS: Mapping[str, Sequence[str]] = {
    "data_quality": ("rows", "failures", "rows_before", "failures_before"),
    "linkage_quality": ("whole", "part"),
    "privacy_check": ("figure",),
}
# What a column of a kind must look like, whatever is in it.
_SHAPES: Mapping[Holds, str] = {
    Holds.KEY: "^[0-9a-f]{24}$",
    Holds.DIGEST: "^[0-9a-f]{64}$",
    Holds.MONTH: "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$",
}
# A count has fewer digits than a number of anybody's. The random numbers behind perturbation may have any.
_COUNT = "^-?[0-9]{1,8}$"
_DAY_IN_DIGITS = "^(19|20)[0-9]{2}(0[1-9]|1[0-2])([0-2][0-9]|3[01])$"
_RANDOM = "UBIGINT"
_FOUND = "an identity of the extracts is there"
# What parts of a text of ours stand between, and in front of them; and parts that say nothing by themselves: numbers,
# how many of how many, days, names of releases, digests and versions.
_BETWEEN = re.compile(r": |, |/")
_COUNTED = re.compile(r"^\d{1,8} ")
_OPAQUE = re.compile(
    r"[\d.]{0,8}|of \d{1,8}|\d{4}-\d\d-\d\d(-\d{3,6})?|[0-9a-f]{16}|[0-9a-f]{64}|\d+\.\d+\.\d+\+[0-9a-f]{12}"
)
# Digests, and chances as a model of pairs writes them.
_DIGEST = re.compile(r"[0-9a-f]{64}")
_CHANCE = re.compile(r"\d(\.\d+)?e[+-]\d{2,3}")
_ROUND = re.compile(r"\de[+]\d\d")
# The tables of each file that a manifest gives the digest of (release.digest): all but its own facts.
_TABLES: Mapping[str, frozenset[str]] = {
    file: frozenset(table.name for table in tables) - {"manifest"}
    for file, tables in (("protected", PROTECTED_TABLES), ("answers", ANSWER_TABLES))
}
# A file of DuckDB: three headers, and then its blocks.
_HEADERS = 3 * 4096
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
            if column.holds in (Holds.KEY, Holds.DIGEST) and not strays:
                # Hardly anything that is anybody's looks like that.
                if self._searcher.in_closed_codes(values):
                    yield Fault(Check.IDENTITIES_IN_VALUES, where, _FOUND)
                return
        if column.holds is Holds.NUMBER and column.sql_type != _RANDOM:
            odd = ~values.str.contains(_COUNT) | values.str.contains(_DAY_IN_DIGITS)
            if odd.any():
                yield Fault(Check.FORMS, where, f"{odd.sum()} numbers are no counts")
        if column.holds is Holds.CODE:
            yield from self._list_faults(values, f"{table.name}.{column.name}", where)
        if column.holds is Holds.WORDS and (strays := self._stray_words(table, column)):
            yield Fault(Check.CLOSED_LISTS, where, f"{strays} values are no words of ours")
        if self._holds_identity(column, values):
            yield Fault(Check.IDENTITIES_IN_VALUES, where, _FOUND)
        yield from self._form_faults(column, values, where)

    def _values(self, table: Table, column: Column, but: Sequence[str] = ()) -> pl.Series:
        """The different values of a column as text. `but`: without those of the rows called so."""
        query = f'SELECT DISTINCT CAST("{column.name}" AS VARCHAR) FROM {self._schema}."{table.name}"'  # noqa: S608
        if but:
            query += " WHERE name IS NULL OR NOT list_contains($1, name)"
        found = self._connection.execute(query, [list(but)] if but else None)
        return found.pl().to_series().cast(pl.String).drop_nulls()

    def _stray_words(self, table: Table, column: Column) -> int:
        """How many values of a column of words are not put together of words of ours."""
        values = self._values(table, column, FROM_OUTSIDE if table.name == "manifest" else ())
        return sum(not is_ours(value, self._lists) for value in values)

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
            # Notes are full of days, and in a large council most are somebody's birthday: those of the family itself
            # are looked for when the text is redacted, and any that is called one by the recognisers.
            return any(self._searcher.in_notes(values))
        # A day by itself, of which evidence and manifest are full, says nothing of anybody.
        strange = (value for value in values if not is_ours(value, self._lists))
        is_words = column.holds is Holds.WORDS
        return self._searcher.in_text(values) or (is_words and any(self._searcher.born_in(strange)))

    def _form_faults(self, column: Column, values: pl.Series, where: str) -> Iterator[Fault]:
        strange = values.filter(~values.is_in(sorted(self._lists.own_words)))
        for form in forms_in(strange):
            yield Fault(Check.NUMBERS, where, f"something formed like a {form} is there")
        if column.holds in (Holds.WORDS, Holds.TEXT):
            for kind in recognised(value for value in strange if not is_ours(value, self._lists)):
                yield Fault(Check.PATTERNS, where, f"a recogniser finds a {kind} there")


def is_ours(value: str, lists: Lists) -> bool:
    """Whether a text is of ours, or put together of words of ours, counts and days: "failed: 2 needs, 1 headlines"."""
    parts = (_COUNTED.sub("", part) for part in _BETWEEN.split(value))
    own = lists.own_words
    return value in own or all(part in own or _OPAQUE.fullmatch(part) for part in parts)


def place_faults(lists: Lists) -> Iterator[Fault]:
    """What is formed like an identity among the names of places. A place may be called like an address or a school."""
    for kind in recognised(lists.named_places, places=True):
        yield Fault(Check.PATTERNS, ANSWERS, f"a recogniser finds a {kind} in the name of a place")


def threshold_faults(
    connection: duckdb.DuckDBPyConnection,
    profile: CellKeys,
    rows: Rounding,
    given: pl.DataFrame | None = None,
) -> Iterator[Fault]:
    """Figures of the answers, as read back, that cannot have been made safe; counts of rows that are under the
    threshold or not rounded. `given`: the figures that were made safe, where they are known: there may be no other."""
    where = f"{ANSWERS}, table answer, column value"
    for words, query, values in (
        (
            "are not safe",
            "SELECT count(*) FROM answers.answer WHERE value IS NULL OR value < 0 OR value BETWEEN 1 AND $1",
            [profile.smallest],
        ),
        (
            "are there twice",
            "SELECT count(*) FROM (SELECT question, code_1, code_2, code_3 FROM answers.answer GROUP BY ALL "
            "HAVING count(*) > 1)",
            [],
        ),
        (
            "belong to a question that is not shown",
            "SELECT count(*) FROM answers.answer ANTI JOIN (FROM answers.question WHERE state = 'shown') AS shown "
            "USING (question)",
            [],
        ),
    ):
        (unsafe,) = connection.execute(query, values).fetchone() or (0,)
        if unsafe:
            yield Fault(Check.THRESHOLDS, where, f"{unsafe} figures {words}")
    if given is not None:
        connection.register("given", given)
        others = (
            "SELECT * FROM answers.answer EXCEPT SELECT question, code_1, code_2, code_3, value FROM given"
        )
        (unsafe,) = connection.execute(f"SELECT count(*) FROM ({others})").fetchone() or (0,)  # noqa: S608
        connection.unregister("given")
        if unsafe:
            yield Fault(Check.THRESHOLDS, where, f"{unsafe} figures are not those that were made safe")
    yield from _question_faults(connection)
    for table, columns in _COUNTS.items():
        for column in columns:
            figures = connection.execute(f'SELECT "{column}" AS value FROM answers."{table}"').pl()  # noqa: S608
            unsafe = figures.filter(
                (pl.col("value") < rows.threshold) | (pl.col("value") % rows.base != 0)
            ).height
            if unsafe:
                place = f"{ANSWERS}, table {table}, column {column}"
                yield Fault(Check.THRESHOLDS, place, f"{unsafe} figures are not safe")


def _question_faults(connection: duckdb.DuckDBPyConnection) -> Iterator[Fault]:
    """Questions that are not shown, and are answered by none that is."""
    query = """
        SELECT count(*) FROM answers.question AS asked
        LEFT JOIN answers.question AS other ON other.question = asked.instead AND other.state = 'shown'
        WHERE (asked.state = 'coarser') <> (asked.instead IS NOT NULL)
           OR (asked.state = 'shown') <> (asked.why IS NULL)
           OR (asked.instead IS NOT NULL AND other.question IS NULL)
    """
    (wrong,) = connection.execute(query).fetchone() or (0,)
    if wrong:
        yield Fault(Check.THRESHOLDS, f"{ANSWERS}, table question", f"{wrong} questions are answered by none")


def bytes_faults(files: Mapping[str, Path], lists: Lists, searcher: Searcher) -> Iterator[Fault]:
    """Identities in the raw bytes of files, and in the values of those that are JSON. `files`: what each is called."""
    facts = lists.codes["manifest.name"]
    for name, file in files.items():
        content = file.read_bytes()
        texts, numbers = _read(content) if file.suffix == ".json" else ([], [])
        strange = [one for one in texts if one not in facts and not is_ours(one, lists)]
        everything = [*texts, *numbers]
        if searcher.in_bytes(content) or searcher.in_text(everything) or any(searcher.born_in(strange)):
            yield Fault(Check.IDENTITIES_IN_BYTES, name, "an identity of the extracts is in its bytes")
        for form in forms_in(
            pl.Series([one for one in everything if one not in lists.own_words], dtype=pl.String)
        ):
            yield Fault(Check.NUMBERS, name, f"something formed like a {form} is there")
        for kind in recognised(one for one in strange if not _CHANCE.fullmatch(one)):
            yield Fault(Check.PATTERNS, name, f"a recogniser finds a {kind} there")
        if name == COMPLETE and not _is_a_manifest(content, lists):
            yield Fault(Check.SCHEMA, name, "it is not as described")


def log_faults(log: str, searcher: Searcher) -> Iterator[Fault]:
    """Identities in the log of a run. A count of it may have as many digits as a short number of somebody's."""
    texts, numbers = [], []
    for line in log.splitlines():
        said, counted = _read(line.encode())
        texts += said
        numbers += counted
    strange = [text for text in texts if not _OPAQUE.fullmatch(text)]
    if searcher.in_text(texts) or searcher.in_numbers(numbers) or any(searcher.born_in(strange)):
        yield Fault(Check.IDENTITIES_IN_LOG, "the log", _FOUND)


def spare_faults(answers: duckdb.DuckDBPyConnection, file: Path) -> Iterator[Fault]:
    """Room in the file of answers, opened as `answers`, that belongs to no table: what was deleted there may still be
    read from it, and what stands behind the end is seen by no query."""
    query = "SELECT block_size, total_blocks, free_blocks FROM pragma_database_size() WHERE database_name = 'answers'"
    for size, blocks, free in answers.execute(query).fetchall():
        if free:
            yield Fault(Check.SCHEMA, ANSWERS, f"{free} blocks of it belong to nothing")
        if file.stat().st_size != _HEADERS + blocks * size:
            yield Fault(Check.SCHEMA, ANSWERS, "it does not end where its last block does")


def _is_a_manifest(content: bytes, lists: Lists) -> bool:
    """Whether a manifest.json holds what publishing writes, and is written so."""
    try:
        manifest = json.loads(content)
        written = written_manifest(manifest).encode()
    except (ValueError, RecursionError):
        return False
    if not isinstance(manifest, dict) or content != written:
        return False
    facts = {
        name: value for name, value in manifest.items() if name not in ("inputs", "tables", "linkage_model")
    }
    # Facts that only the table `manifest` has are called "input …".
    known = lists.codes["manifest.name"] | {"schema"}
    inputs = manifest.get("inputs")
    tables = manifest.get("tables")
    return (
        all(name in known and isinstance(value, str) for name, value in facts.items())
        and manifest.get("schema") == VERSION
        and isinstance(inputs, list)
        and all(_is_an_input(one) for one in inputs)
        and isinstance(tables, dict)
        and tables.keys() == _TABLES.keys()
        and all(_are_digests(tables[file], names) for file, names in _TABLES.items())
        and _is_a_model(manifest.get("linkage_model"))
    )


def _is_an_input(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"contract", "digest"}
        and value["contract"] in CONTRACTS
        and _is_text(value["digest"], _DIGEST)
    )


def _are_digests(value: object, names: frozenset[str]) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == names
        and all(_is_text(one, _DIGEST) for one in value.values())
    )


def _is_a_model(value: object) -> bool:
    """Whether it is what likely pairs were weighed by (linkage.model.Model.to_dict): chances, and nothing else."""
    if value == {}:
        return True
    if not isinstance(value, dict) or value.keys() != {"version", "trained_on", "chances"}:
        return False
    chances = value["chances"]
    return (
        type(value["version"]) is int
        and 0 < value["version"] < 100
        and _is_text(value["trained_on"], _ROUND)
        and isinstance(chances, dict)
        and chances.keys() <= LEVELS.keys()
        and all(
            isinstance(levels, dict) and levels.keys() <= set(LEVELS[comparison])
            for comparison, levels in chances.items()
        )
        and all(
            isinstance(pair, list) and len(pair) == 2 and all(_is_text(one, _CHANCE) for one in pair)
            for levels in chances.values()
            for pair in levels.values()
        )
    )


def _is_text(value: object, shape: re.Pattern[str]) -> bool:
    return isinstance(value, str) and shape.fullmatch(value) is not None


def written_manifest(manifest: object) -> str:
    """A manifest as the text of its file."""
    return json.dumps(manifest, indent=2, sort_keys=True) + "\n"


def _read(content: bytes) -> tuple[list[str], list[str]]:
    """Every name and text of a JSON value, and every number of it, as texts; its lines where it is no JSON."""
    try:
        leaves = list(_leaves(json.loads(content)))
    except (ValueError, RecursionError):
        return content.decode(errors="replace").splitlines(), []
    return (
        [one for one in leaves if isinstance(one, str)],
        [str(one) for one in leaves if not isinstance(one, str)],
    )


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
