"""Counts of a table of DuckDB by some dimensions and all their totals: where the rows are, without taking them out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import duckdb
import polars as pl

# Fewer families or people than this behind a figure know too much of one another, whatever it counts.
FEW = 3


@dataclass(frozen=True)
class Counted:
    """What is counted: rows of a table, or distinct values of its column `distinct`, that have one of some codes in
    each column of `where`."""

    distinct: str | None = None
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


class Cubes:
    """A table `name` of an open connection, with a column `unit` (whose a row is) and columns of codes (VARCHAR)."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        self._connection, self._name = connection, name
        self._most: int | None = None
        self._several: dict[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], str] = {}

    def count(self, dimensions: Sequence[str], counted: Mapping[str, Counted]) -> dict[str, pl.DataFrame]:
        """For each of `counted` one row a cell that has somebody: a column a dimension (String; null: its total),
        `value` and `units` (Int64: of families or people behind it, exact where they are under FEW), and `holder`
        (UInt64: the only one of them; null: several). A null in a dimension of the table counts in totals alone.
        """
        together = [one for one in counted.values() if one.distinct is None]
        columns = list(dict.fromkeys([*dimensions, *(name for one in together for name in one.where)]))
        small = self._summed(columns) if together else pl.DataFrame()
        return {name: self._cube(small, tuple(dimensions), one) for name, one in counted.items()}

    def distinct_rows(
        self, distinct: str, columns: Sequence[str], where: Mapping[str, tuple[str, ...]]
    ) -> pl.DataFrame:
        """Every distinct value among the rows that fit `where`, once for all that it has in `columns`: `row_key` and
        `unit` (UInt64), and `columns`."""
        kept, values = _condition(Counted(distinct, where))
        named = "".join(f", {_quoted(name)}" for name in columns)
        key = _quoted(distinct)
        rows = self._rows(
            f"SELECT {key}::UBIGINT AS row_key, unit::UBIGINT AS unit{named} FROM {self._name} {kept}",  # noqa: S608
            values,
        )
        return rows.unique().sort(rows.columns, nulls_last=True)

    def close(self) -> None:
        """Give the memory of the table back: nothing is counted any more."""
        for name in (self._name, *(one for one in self._several.values() if one)):
            self._connection.execute(f"DROP TABLE IF EXISTS {name}")
        self._several.clear()

    def _summed(self, columns: Sequence[str]) -> pl.DataFrame:
        """The rows put together that are the same in `columns`."""
        return self._grouped(columns, "", [])

    def _grouped(self, columns: Sequence[str], kept: str, values: Sequence[str]) -> pl.DataFrame:
        named = "".join(f"{_quoted(name)}, " for name in columns)
        return self._rows(
            f"SELECT {named}count(*)::BIGINT AS count, min(unit) AS least, max(unit) AS most "  # noqa: S608
            f"FROM {self._name} {kept}{f'GROUP BY {named[:-2]}' if named else ''}",
            values,
        ).filter(pl.col("count") > 0)

    def _cube(self, small: pl.DataFrame, dimensions: tuple[str, ...], one: Counted) -> pl.DataFrame:
        several = ""
        if one.distinct is None:
            fitting = small
            for column, codes in one.where.items():
                fitting = fitting.filter(pl.col(column).is_in(list(codes)))
        else:
            several = self._several_rows(one)
            fitting = self._single(dimensions, one, several)
        parts = []
        for chosen in subsets(dimensions):
            cells = _added(fitting, chosen)
            if several:
                cells = _together(cells, self._distinct(chosen, one, several), chosen)
            others = [pl.lit(None, pl.String).alias(name) for name in dimensions if name not in chosen]
            parts.append(
                self._with_units(cells, chosen, one)
                .with_columns(others)
                .select(*dimensions, "value", "units", "holder")
            )
        return pl.concat(parts).sort(*dimensions, nulls_last=False) if dimensions else pl.concat(parts)

    def _several_rows(self, one: Counted) -> str:
        """The table of the rows of what stands in several of those counted, made once; "" where nothing does. What
        stands in one row only is counted by its rows, and added up."""
        assert one.distinct is not None
        kind = one.distinct, tuple(sorted((column, tuple(codes)) for column, codes in one.where.items()))
        if kind not in self._several:
            name, key = f"{self._name}_{len(self._several)}", _quoted(one.distinct)
            kept, values = _condition(one, [one.distinct])
            self._connection.execute(
                f"CREATE TEMP TABLE {name} AS SELECT * FROM {self._name} {kept}"  # noqa: S608
                f"AND {key} IN (SELECT {key} FROM {self._name} {kept}GROUP BY {key} HAVING count(*) > 1)",
                [*values, *values],
            )
            rows = self._rows(f"SELECT count(*) AS n FROM {name}", [])["n"][0]  # noqa: S608
            if not rows:
                self._connection.execute(f"DROP TABLE {name}")
            self._several[kind] = name if rows else ""
        return self._several[kind]

    def _single(self, columns: Sequence[str], one: Counted, several: str) -> pl.DataFrame:
        """As `_summed`, of what stands in one row only."""
        assert one.distinct is not None
        kept, values = _condition(one, [one.distinct])
        key = _quoted(one.distinct)
        if several:
            kept += f"AND {key} NOT IN (SELECT {key} FROM {several}) "  # noqa: S608
        return self._grouped(columns, kept, values)

    def _distinct(self, chosen: tuple[str, ...], one: Counted, table: str) -> pl.DataFrame:
        assert one.distinct is not None
        return self._by(chosen, one, f"count(DISTINCT {_quoted(one.distinct)})", table).rename(
            {"counted": "value"}
        )

    def _with_units(self, cells: pl.DataFrame, chosen: tuple[str, ...], one: Counted) -> pl.DataFrame:
        """With `units` and `holder`. Who is behind a cell is looked at where there could be few: nobody has more rows
        in one cell than in all."""
        alone, one_alone = pl.col("least") == pl.col("most"), pl.lit(1, pl.Int64)
        cells = cells.with_columns(
            holder=pl.when(alone).then(pl.col("least")),
            units=pl.when(alone).then(one_alone).otherwise(pl.col("value")),
        )
        if one.distinct == "family_key":
            return cells
        unsure = cells.filter(~alone, pl.col("value") <= (FEW - 1) * self._most_of_one())
        if not unsure.height:
            return cells
        known = self._by(chosen, one, "count(DISTINCT unit)", self._name).select(*chosen, "counted")
        if not chosen:
            return cells.with_columns(
                units=pl.when(alone).then(one_alone).otherwise(pl.lit(known["counted"][0], pl.Int64))
            )
        cells = cells.join(known, on=chosen, how="left", maintain_order="left")
        return cells.with_columns(units=pl.when(alone).then(one_alone).otherwise(pl.col("counted"))).drop(
            "counted"
        )

    def _by(self, chosen: tuple[str, ...], one: Counted, figure: str, table: str) -> pl.DataFrame:
        kept, values = _condition(one, chosen)
        named = "".join(f"{_quoted(name)}, " for name in chosen)
        found = self._rows(
            f"SELECT {named}({figure})::BIGINT AS counted, min(unit) AS least, max(unit) AS most "  # noqa: S608
            f"FROM {table} {kept}"
            f"{f'GROUP BY {named[:-2]}' if named else ''}",
            values,
        )
        return found.filter(pl.col("counted") > 0)

    def _most_of_one(self) -> int:
        """The most rows that one family or person has."""
        if self._most is None:
            found = self._rows(
                f"SELECT max(n) AS n FROM (SELECT count(*) AS n FROM {self._name} GROUP BY unit)",  # noqa: S608
                [],
            )
            self._most = int(found["n"][0] or 0)
        return self._most

    def _rows(self, query: str, values: Sequence[str]) -> pl.DataFrame:
        return self._connection.execute(query, list(values)).pl()


def subsets(dimensions: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every choice of some dimensions, none of them first and all of them last."""
    for size in range(len(dimensions) + 1):
        yield from combinations(dimensions, size)


def _added(rows: pl.DataFrame, chosen: tuple[str, ...]) -> pl.DataFrame:
    sums = [pl.col("count").sum().alias("value"), pl.col("least").min(), pl.col("most").max()]
    known = rows.drop_nulls(list(chosen)) if chosen else rows
    cells = known.group_by(chosen).agg(sums) if chosen else known.select(sums)
    return cells.filter(pl.col("value") > 0)


def _together(cells: pl.DataFrame, others: pl.DataFrame, chosen: tuple[str, ...]) -> pl.DataFrame:
    """Two counts of which neither holds anything that the other counts, added up."""
    both = pl.concat([cells.select(others.columns), others])
    sums = [pl.col("value").sum(), pl.col("least").min(), pl.col("most").max()]
    found = both.group_by(chosen).agg(sums) if chosen else both.select(sums)
    return found.filter(pl.col("value") > 0)


def _condition(one: Counted, known: Sequence[str] = ()) -> tuple[str, list[str]]:
    """SQL for the rows that fit, and the codes that it asks for. `known`: columns that must have something."""
    conditions = [
        f"{_quoted(column)} IN ({', '.join('?' * len(codes))})" if codes else "false"
        for column, codes in one.where.items()
    ]
    conditions += [f"{_quoted(name)} IS NOT NULL" for name in known]
    kept = f"WHERE {' AND '.join(conditions)} " if conditions else ""
    return kept, [code for codes in one.where.values() for code in codes]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
