"""What three linked tables of Adult give away together: each suppressed at its optimum alone, as every other tool
does it, against all three as one problem. The attack is the same: linear programs over everything that is shown."""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from disclosure.audit import intervals, known_suppressed
from disclosure.suppression import suppress_exactly, suppress_fast
from disclosure.tables import Hierarchy, System, Threshold, build, join, primary

PUBLIC = Path("../shared/public-data")
SMALL = 5
SETS = (
    (
        ("marital-status", "occupation"),
        ("marital-status", "occupation", "sex"),
        ("marital-status", "occupation", "salary-class"),
    ),
    (
        ("marital-status", "workclass"),
        ("marital-status", "workclass", "sex"),
        ("marital-status", "workclass", "salary-class"),
    ),
)


def main(arguments: list[str]) -> None:
    """Measure each set of tables, and print what is found out of how many small cells."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.joint")
    parser.add_argument("public", nargs="?", type=Path, default=PUBLIC)
    parser.add_argument("--seconds", type=float, default=60.0, help="for each exact suppression")
    given = parser.parse_args(arguments)
    people = pl.read_csv(given.public / "adult" / "adult.csv", separator=";")
    for tables in SETS:
        _one_set(people, tables, given.seconds)
    print("Anchor: three tables, each suppressed at its optimum alone, disclose 49 of 103 small cells.")


def _one_set(people: pl.DataFrame, tables: Sequence[tuple[str, ...]], seconds: float) -> None:
    systems = {" × ".join(table): _system(people, [table]) for table in tables}
    together = join(systems)
    small = int((together.status == "u").sum())
    print(f"\n{'; '.join(systems)}: {together.cells} cells, {small} of them small (1 to {SMALL - 1})")
    print(f"{'':34}{'found out':>10}{'too close':>10}{'withheld':>10}{'cost':>10}{'seconds':>10}")
    _attack(together, together.status == "u", "only the small cells withheld", 0.0, 0.0)
    alone = {name: suppress_exactly(system, seconds=seconds) for name, system in systems.items()}
    hidden = _either_shown(together, systems, {name: pattern.suppressed for name, pattern in alone.items()})
    proved = "" if all(pattern.proved for pattern in alone.values()) else " (not proved)"
    cost = float(together.cost[hidden & (together.status != "u")].sum())
    spent = sum(pattern.seconds for pattern in alone.values())
    _attack(together, hidden, f"each optimal alone{proved}", cost, spent)
    for title, suppress in (("together, fast", suppress_fast), ("together, exact", suppress_exactly)):
        pattern = suppress(together, seconds=seconds)
        proved = "" if pattern.proved or suppress is suppress_fast else f" (bound {pattern.bound:,.0f})"
        _attack(together, pattern.suppressed, title + proved, pattern.cost, pattern.seconds)


def _system(people: pl.DataFrame, tables: Sequence[tuple[str, ...]]) -> System:
    dimensions = sorted({name for table in tables for name in table})
    trees = [Hierarchy.flat(name, people[name]) for name in dimensions]
    return primary(build(people, trees, tables=tables), [Threshold(SMALL)], holders=False).system


def _either_shown(
    together: System, systems: Mapping[str, System], suppressed: Mapping[str, np.ndarray]
) -> np.ndarray:
    """A cell that any of the tables shows is shown."""
    shown = np.zeros(together.cells, np.bool_)
    for title, system in systems.items():
        for name, hidden in zip(system.names, suppressed[title], strict=True):
            shown[together.places[name]] |= not hidden
    return ~shown


def _attack(together: System, hidden: np.ndarray, title: str, cost: float, seconds: float) -> None:
    """One line: how many small cells linear programs find out exactly, and how many more than their levels allow."""
    began = time.process_time()
    found = intervals(together, known_suppressed(together, hidden), whole=False)
    small = together.status == "u"
    exact = small & (found.highest - found.lowest < 1e-6)
    print(
        f"{title:34}{int(exact.sum()):10}{int((found.close & ~exact).sum()):10}{int(hidden.sum()):10}{cost:10,.0f}"
        f"{seconds:10.2f}   attack: {found.programs} programs, {time.process_time() - began:.1f} s"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
