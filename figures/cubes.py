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
        conditions = [f"{_quoted(name)} IN ({', '.join('?' * len(codes))})" for name, codes in where.items()]
        values = [code for codes in where.values() for code in codes]
        named = "".join(f", {_quoted(name)}" for name in columns)
        kept = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        key = _quoted(distinct)
        rows = self._rows(
            f"SELECT {key}::UBIGINT AS row_key, unit::UBIGINT AS unit{named} FROM {self._name}{kept}",  # noqa: S608
            values,
        )
        return rows.unique().sort(rows.columns, nulls_last=True)

    def _summed(self, columns: Sequence[str]) -> pl.DataFrame:
        """The rows put together that are the same in `columns`."""
        named = "".join(f"{_quoted(name)}, " for name in columns)
        return self._rows(
            f"SELECT {named}count(*)::BIGINT AS count, min(unit) AS least, max(unit) AS most "  # noqa: S608
            f"FROM {self._name} {f'GROUP BY {named[:-2]}' if named else ''}",
            [],
        ).filter(pl.col("count") > 0)

    def _cube(self, small: pl.DataFrame, dimensions: tuple[str, ...], one: Counted) -> pl.DataFrame:
        fitting = small
        if one.distinct is None:
            for column, codes in one.where.items():
                fitting = fitting.filter(pl.col(column).is_in(list(codes)))
        parts = []
        for chosen in subsets(dimensions):
            cells = _added(fitting, chosen) if one.distinct is None else self._distinct(chosen, one)
            others = [pl.lit(None, pl.String).alias(name) for name in dimensions if name not in chosen]
            parts.append(
                self._with_units(cells, chosen, one)
                .with_columns(others)
                .select(*dimensions, "value", "units", "holder")
            )
        return pl.concat(parts).sort(*dimensions, nulls_last=False) if dimensions else pl.concat(parts)

    def _distinct(self, chosen: tuple[str, ...], one: Counted) -> pl.DataFrame:
        assert one.distinct is not None
        return self._by(chosen, one, f"count(DISTINCT {_quoted(one.distinct)})").rename({"counted": "value"})

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
        known = self._by(chosen, one, "count(DISTINCT unit)").select(*chosen, "counted")
        if not chosen:
            return cells.with_columns(
                units=pl.when(alone).then(one_alone).otherwise(pl.lit(known["counted"][0], pl.Int64))
            )
        cells = cells.join(known, on=chosen, how="left", maintain_order="left")
        return cells.with_columns(units=pl.when(alone).then(one_alone).otherwise(pl.col("counted"))).drop(
            "counted"
        )

    def _by(self, chosen: tuple[str, ...], one: Counted, figure: str) -> pl.DataFrame:
        conditions: list[str] = []
        values: list[str] = []
        for column, codes in one.where.items():
            conditions.append(f"{_quoted(column)} IN ({', '.join('?' * len(codes))})")
            values += codes
        conditions += [f"{_quoted(name)} IS NOT NULL" for name in chosen]
        named = "".join(f"{_quoted(name)}, " for name in chosen)
        kept = f"WHERE {' AND '.join(conditions)} " if conditions else ""
        found = self._rows(
            f"SELECT {named}({figure})::BIGINT AS counted, min(unit) AS least, max(unit) AS most "  # noqa: S608
            f"FROM {self._name} {kept}"
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


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
