"""All tables of up to three of ten dimensions over a million families, and what a user would pick instead.

DuckDB's grouping sets and one group_by a table in polars count, and nothing else; ours counts, perturbs, coarsens and
withholds, beside all other tables.
"""

import resource
import time
from collections.abc import Callable
from itertools import combinations
from typing import TypeVar

import duckdb
import numpy as np
import polars as pl

from disclosure.closed_world import Measure, Population, Rules, World, build_world

FAMILIES, DIMENSIONS, TARGET_SECONDS = 1_000_000, 10, 20
# Codes of each dimension, few of them common: localities, wards, teams, quarters, sizes, sources, reasons, waits …
_CODES = (8, 30, 12, 16, 6, 10, 8, 5, 7, 12)
_ASKED = 200

Result = TypeVar("Result")


def main(arguments: list[str]) -> None:
    """Print seconds, processor seconds and peak memory. `arguments`: the number of families (default a million)."""
    families = int(arguments[0]) if arguments else FAMILIES
    frame = made_up(families)
    names = [name for name in frame.columns if name.startswith("d")]
    tables = [chosen for many in range(4) for chosen in combinations(names, many)]
    print(f"\n{families:,} families, {len(tables)} tables by up to 3 of {len(names)} dimensions")
    print(f"{'':44}{'seconds':>9}{'processor':>11}{'peak MiB':>10}")
    _timed("counts alone: polars, one group_by a table", lambda: _by_polars(frame, tables))
    _timed("counts alone: DuckDB, GROUPING SETS", lambda: _by_duckdb(frame, tables))
    world = _timed("ours: counted, perturbed, made safe together", lambda: _ours(frame, names))
    use = world.use()
    print(
        f"{use['cells'].sum():,} cells, {use['withheld'].sum() / use['cells'].sum():.1%} withheld "
        f"(target: {TARGET_SECONDS} s)"
    )
    shown = world.shown().sort("question", "code_1", "code_2", "code_3")
    print(f"a look-up in what is shown: {_looked_up(shown):.2f} ms at the 95th percentile (target: 10)")


def made_up(families: int, seed: int = 1) -> pl.DataFrame:
    """Families with ten dimensions of skewed codes, and random keys."""
    random = np.random.default_rng(seed)
    columns: dict[str, pl.Series] = {}
    for number, codes in enumerate(_CODES):
        chances = 1.0 / np.arange(1, codes + 1)
        drawn = random.choice(codes, families, p=chances / chances.sum()).astype(np.uint32)
        listed = pl.Enum([f"code {place:02d}" for place in range(codes)])
        columns[f"d{number}"] = pl.Series(listed.categories).gather(drawn).cast(listed)
    keys = pl.Series(random.integers(0, 2**64, families, dtype=np.uint64))
    return pl.DataFrame(columns).with_columns(row_key=keys, unit=keys)


def _ours(frame: pl.DataFrame, names: list[str]) -> World:
    measure = Measure("families", "family", tuple(combinations(names, 3)))
    world = build_world([Population("family", frame)], [measure], Rules())
    world.use()
    return world


def _by_polars(frame: pl.DataFrame, tables: list[tuple[str, ...]]) -> int:
    return sum(frame.group_by(chosen).len().height if chosen else 1 for chosen in tables)


def _by_duckdb(frame: pl.DataFrame, tables: list[tuple[str, ...]]) -> int:
    names = [name for name in frame.columns if name.startswith("d")]
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.register("family", frame)
        sets = ", ".join(f"({', '.join(chosen)})" for chosen in tables)
        query = f"SELECT {', '.join(names)}, count(*) FROM family GROUP BY GROUPING SETS ({sets})"
        return connection.execute(query).pl().height


def _looked_up(shown: pl.DataFrame) -> float:
    """Milliseconds at the 95th percentile to find one table's figures."""
    random = np.random.default_rng(1)
    questions = shown["question"].unique().sort()
    taken = []
    with duckdb.connect() as connection:
        connection.register("frame", shown)
        connection.execute("CREATE TABLE answer AS SELECT * FROM frame")
        for question in questions.gather(random.integers(0, questions.len(), _ASKED)):
            began = time.perf_counter()
            connection.execute("SELECT * FROM answer WHERE question = ?", [question]).pl()
            taken.append(time.perf_counter() - began)
    return float(np.percentile(taken, 95)) * 1000


def _timed(what: str, work: Callable[[], Result]) -> Result:
    began, processor = time.perf_counter(), time.process_time()
    result = work()
    seconds, spent = time.perf_counter() - began, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:44}{seconds:9.1f}{spent:11.1f}{peak:10.0f}", flush=True)
    return result
