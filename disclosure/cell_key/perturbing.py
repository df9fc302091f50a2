"""Perturbed tables: from ready counts with their keys, and from records in one query of DuckDB.

A cell's key is the sum of the record keys of those who are counted in it, modulo the number of cell keys. So whoever
asks for the same people by another way gets the same figure, and averaging gains nothing.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from math import prod
from typing import Final

import duckdb
import polars as pl

from disclosure.cell_key.keys import FINE_KEYS, RECORD_KEYS, check_record_keys
from disclosure.cell_key.ptable import Ptable
from disclosure.errors import CountError, PerturbationError, TableError

RESULTS: Final = ("count", "key", "change", "perturbed")
# A table with more cells is nobody's to read, and would fill the memory.
MOST_CELLS: Final = 10_000_000
# With margins over more columns there are more tables than anybody meant.
MOST_MARGINS: Final = 12
_KINDS: Final = {
    *(pl.String, pl.Categorical, pl.Enum, pl.Boolean, pl.Date, pl.Datetime),
    *(pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64),
}
_CONFIGURATION: Final = {
    "temp_directory": "",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "preserve_insertion_order": "false",
}


def perturb_counts(
    cells: pl.DataFrame, ptable: Ptable, *, count: str = "count", key: str = "key"
) -> pl.DataFrame:
    """`cells` with a column `perturbed` (Int64): `count` moved as `ptable` says for `key`.

    Both columns are whole numbers; `key` is a cell key, or the sum of record keys that it is taken from. Raises
    CountError on counts that are missing, negative or no whole numbers, PerturbationError on such keys.
    """
    for column, error in ((count, CountError), (key, PerturbationError)):
        if column not in cells.columns:
            raise TableError(f"there is no column {column}: there are {', '.join(cells.columns)}")
        if not cells.schema[column].is_integer():
            raise error(f"the column {column} holds no whole numbers, but {cells.schema[column]}")
        if cells[column].null_count():
            raise error(f"{cells[column].null_count():,} cells have no {column}")
    changes = ptable.changes(cells[count].to_numpy(), cells[key].to_numpy())
    return cells.with_columns(perturbed=cells[count].cast(pl.Int64) + pl.Series(changes, dtype=pl.Int64))


def perturb_records(
    records: pl.DataFrame,
    by: Sequence[str],
    ptable: Ptable,
    *,
    key: str = "record_key",
    among: int | None = None,
    distinct: bool = False,
    all_margins: bool = False,
    threshold: int = 0,
) -> pl.DataFrame:
    """A table of `records`, counted by the columns `by` and perturbed: `by..., count, key, change, perturbed`, sorted.

    Every combination of values that occur has a row, also where nobody is counted (0 stays 0 unless the ptable says
    otherwise); a column with a closed list of codes (Enum) has rows for all of them, so that a row does not tell that
    somebody has its code. `key`: the column of record keys, of which there are `among` (default: 2^64 for a ptable of
    2^32 cell keys, else as many as it has cell keys). `distinct`: count units, told by their record keys, not records.
    `all_margins`: also every margin up to the total, null in a column standing for all of it. `threshold`: `perturbed`
    is null where it is smaller. Raises TableError, CountError or PerturbationError.
    """
    among = among or (RECORD_KEYS if ptable.keys == FINE_KEYS else ptable.keys)
    if among % ptable.keys:
        raise PerturbationError(
            f"{among:,} record keys cannot be shared out evenly over the {ptable.keys:,} cell keys of {ptable.name}"
        )
    if distinct and among < RECORD_KEYS:
        raise PerturbationError(
            f"units cannot be told apart by {among:,} record keys: to count distinct units, use keys of 64 bits"
        )
    _check_columns(records, by, key, all_margins)
    check_record_keys(records[key], among=among, cell_keys=ptable.keys, distinct=not distinct)
    coded, texts = _coded(records, by, key)
    listed = [_listed(records.schema[column]) for column in by]
    _check_size(coded, listed, all_margins)
    with closing(duckdb.connect(":memory:", config=dict(_CONFIGURATION))) as connection:
        connection.register("records", coded)
        connection.register("ptable", ptable.intervals)
        found = connection.sql(_query(ptable, listed, distinct=distinct, all_margins=all_margins)).pl()
    named = [
        _decoded(found[f"by_{at}"], column, records.schema[column], texts) for at, column in enumerate(by)
    ]
    shown = pl.col("count") + pl.col("change")
    perturbed = pl.when(shown >= threshold).then(shown) if threshold else shown
    return found.select(*named, *RESULTS[:-1], perturbed.alias("perturbed")).sort(list(by) or RESULTS[:1])


def _query(ptable: Ptable, listed: Sequence[int | None], *, distinct: bool, all_margins: bool) -> str:
    """Count, find the cells that nobody is in, and look the changes up. Null in a column stands for all of it."""
    names = [f"by_{at}" for at in range(len(listed))]
    columns, each = ", ".join(names), "".join(f"{name}, " for name in names)
    grouped = f"CUBE ({columns})" if all_margins and names else f"({columns})"
    values = [
        f"(SELECT DISTINCT {name} FROM counted)"  # noqa: S608  names are our own
        if codes is None
        else f"(SELECT range AS {name} FROM range({codes}){' UNION ALL SELECT NULL' if all_margins else ''})"  # noqa: S608
        for name, codes in zip(names, listed, strict=True)
    ]
    grid = f"SELECT * FROM {' CROSS JOIN '.join(values)}" if names else "SELECT 1"  # noqa: S608
    same = " AND ".join(f"grid.{name} IS NOT DISTINCT FROM counted.{name}" for name in names) or "true"
    return f"""
        WITH {_counted(ptable.keys, each, f"({columns})", grouped, distinct=distinct)},
        grid AS ({grid}),
        cells AS (
            SELECT {"".join(f"grid.{name}, " for name in names)}
                coalesce(counted.count, 0) AS count, coalesce(counted.key, 0) AS key
            FROM grid LEFT JOIN counted ON {same}
        )
        SELECT cells.*, ptable.change
        FROM cells JOIN ptable
            ON ptable.count = {ptable.row_sql("cells.count")} AND cells.key BETWEEN ptable.low AND ptable.high
    """  # noqa: S608  names are our own


def _counted(keys: int, each: str, finest: str, grouped: str, *, distinct: bool) -> str:
    """Records are counted once, and margins summed from that; distinct units have to be told apart in every margin."""
    if distinct:
        return f"""counted AS (
            SELECT {each} count(DISTINCT record_key)::BIGINT AS count,
                (sum(DISTINCT record_key) % {keys})::BIGINT AS key
            FROM records GROUP BY {grouped}
        )"""  # noqa: S608
    # What is left after a division by a power of two are the last bits, and those are had in half of the time.
    left = f"& {keys - 1}" if keys & (keys - 1) == 0 else f"% {keys}"
    return f"""finest AS (
            SELECT {each} count(*) AS count, sum(record_key {left}) AS key FROM records GROUP BY {finest}
        ),
        counted AS (
            SELECT {each} coalesce(sum(count), 0)::BIGINT AS count, coalesce(sum(key) % {keys}, 0)::BIGINT AS key
            FROM finest GROUP BY {grouped}
        )"""  # noqa: S608


def _coded(records: pl.DataFrame, by: Sequence[str], key: str) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    """The columns `by` as `by_0, by_1, …`, texts as small numbers (counted three times as fast), and `record_key`; and
    those texts."""
    words = [column for column in by if records.schema[column] in (pl.String, pl.Categorical)]
    # Numbers of each column's own, from 0: in those of all of the process there would be holes.
    numbered = records.select(
        pl.col(column).cast(pl.String).cast(pl.Categorical(pl.Categories.random(physical=pl.UInt32)))
        for column in words
    )
    coded = [records[key].alias("record_key")]
    texts: dict[str, pl.Series] = {}
    for at, column in enumerate(by):
        values = records[column]
        if column in words:
            values = numbered[column]
            distinct = values.unique()
            texts[column] = distinct.cast(pl.String).gather(distinct.to_physical().arg_sort())
        coded.append(values.to_physical().alias(f"by_{at}"))
    return pl.DataFrame(coded), texts


def _decoded(codes: pl.Series, column: str, kind: pl.DataType, texts: Mapping[str, pl.Series]) -> pl.Series:
    if column in texts:
        codes = texts[column].gather(codes)
    decoded = codes.cast(pl.UInt32).cat.to(kind) if isinstance(kind, pl.Enum) else codes.cast(kind)
    return decoded.alias(column)


def _check_columns(records: pl.DataFrame, by: Sequence[str], key: str, all_margins: bool) -> None:
    for column in (*by, key):
        if column not in records.columns:
            raise TableError(f"there is no column {column}: there are {', '.join(records.columns)}")
    if len(set(by)) < len(by) or key in by:
        raise TableError("a column can be counted by once, and not by the record key")
    taken = [column for column in by if column in RESULTS]
    if taken:
        raise TableError(f"the column {taken[0]} is named like one of the result: give it another name")
    if all_margins and len(by) > MOST_MARGINS:
        raise TableError(f"margins over {len(by)} columns: at most {MOST_MARGINS}")
    for column in by:
        kind = records.schema[column]
        if kind.base_type() not in _KINDS:
            raise TableError(
                f"the column {column} holds {kind}: count by texts, whole numbers, days or codes"
            )
        if records[column].null_count():
            raise CountError(
                f"the column {column} is empty in {records[column].null_count():,} records: give them a value of their "
                'own, such as "unknown"'
            )


def _listed(kind: pl.DataType) -> int | None:
    """How many codes a closed list has; None where there is no such list."""
    return len(kind.categories) if isinstance(kind, pl.Enum) else None


def _check_size(coded: pl.DataFrame, listed: Sequence[int | None], all_margins: bool) -> None:
    names = [f"by_{at}" for at in range(len(listed))]
    # The range of the codes is known at once, how many there are only after a look at each.
    for counted in (_span, pl.Series.n_unique):
        cells = prod(
            (counted(coded[name]) if codes is None else codes) + all_margins
            for name, codes in zip(names, listed, strict=True)
        )
        if cells <= MOST_CELLS:
            return
    raise TableError(f"the table would have {cells:,} cells: at most {MOST_CELLS:,}. Count by fewer columns.")


def _span(codes: pl.Series) -> int:
    return int(codes.max()) - int(codes.min()) + 1 if codes.len() else 0  # type: ignore[arg-type]
