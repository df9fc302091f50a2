"""`python -m benchmarks.suppression`: public tables suppressed exactly and fast, beside what is done by hand.

The rule that is usually worked by hand: where an equation has one suppressed cell only, suppress the cheapest other
one in it, until there is none. The lines of tau-ARGUS are not measured here: they are what is known of these tables
(the README of the public data), marked "known". Its command line reads batches and microdata, not this format.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from disclosure.audit import check_pattern
from disclosure.suppression import Pattern, suppress_exactly, suppress_fast
from disclosure.tables import System, read_jj
from disclosure.tables.system import Flags

# The known optimum, for all but the largest; there what tau-ARGUS's fast mode costs, which leaves 150 cells unsafe.
KNOWN: Final = {
    "f2d": 163.0,
    "f3d_small": 1314.0,
    "turnover_act_size": 5387.0,
    "turnover_nuts_size": 3429.0,
    "turnover_act_nuts_size": 96_487.0,
}
LARGEST: Final = "turnover_act_nuts_size"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print cost, bound, seconds and unsafe cells of each table and way."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.suppression", description=__doc__)
    parser.add_argument("public", nargs="?", type=Path, default=Path("../shared/public-data"))
    parser.add_argument("--seconds", type=float, default=120.0, help="For the largest table.")
    parser.add_argument("--small", action="store_true", help="Leave out the largest table.")
    asked = parser.parse_args(arguments)
    print(
        f"{'table':24}{'way':14}{'cost':>10}{'bound':>10}{'more':>8}{'seconds':>9}{'processor':>10}{'unsafe':>8}"
    )
    for path in sorted((asked.public / "tables").glob("*.JJ"), key=lambda path: path.stat().st_size):
        if path.stem == LARGEST and asked.small:
            continue
        system = read_jj(path.read_text(), source=path.name)
        known = KNOWN.get(path.stem)
        if path.stem == LARGEST:
            print(
                f"{path.stem:24}{'tau-ARGUS fast':14}{KNOWN[LARGEST]:10.0f}{'':10}{'':8}{54:9.2f}{'known':>10}{150:8d}"
            )
        elif known is not None:
            print(f"{path.stem:24}{'tau-ARGUS':14}{known:10.0f}{'':36}{'known':>10}{0:8d}")
        _by_hand(path.stem, system, known)
        ways = (suppress_fast,) if path.stem == LARGEST else (suppress_fast, suppress_exactly)
        for way in ways:
            began, worked = time.perf_counter(), time.process_time()
            pattern = way(system, seconds=asked.seconds)
            seconds, worked = time.perf_counter() - began, time.process_time() - worked
            name = "fast" if way is suppress_fast else "exact" + ("" if pattern.proved else ", open")
            _line(path.stem, name, system, pattern, known, seconds, worked)


def _line(
    table: str,
    way: str,
    system: System,
    pattern: Pattern,
    known: float | None,
    seconds: float,
    worked: float,
) -> None:
    unsafe = int(check_pattern(system, pattern.suppressed).unsafe.sum())
    more = f"{pattern.cost / known - 1:+8.1%}" if known else ""
    print(
        f"{table:24}{way:14}{pattern.cost:10.0f}{pattern.bound:10.0f}{more:>8}{seconds:9.2f}{worked:10.2f}{unsafe:8d}"
    )


def _by_hand(table: str, system: System, known: float | None) -> None:
    began = time.perf_counter()
    hidden = by_hand(system)
    cost = float(system.cost[hidden & (system.status != "u")].sum())
    seconds = time.perf_counter() - began
    unsafe = int(check_pattern(system, hidden).unsafe.sum())
    more = f"{cost / known - 1:+8.1%}" if known else ""
    print(f"{table:24}{'by hand':14}{cost:10.0f}{'':10}{more:>8}{seconds:9.2f}{'':10}{unsafe:8d}")


def by_hand(system: System) -> Flags:
    """The cells that the rule worked by hand suppresses."""
    hidden = np.asarray(system.status == "u")
    lines = [
        system.columns[start:end] for start, end in zip(system.starts[:-1], system.starts[1:], strict=True)
    ]
    changed = True
    while changed:
        changed = False
        for line in lines:
            others = line[(system.status[line] == "s") & ~hidden[line]]
            if hidden[line].sum() == 1 and others.size:
                hidden[others[np.argmin(system.cost[others])]] = True
                changed = True
    return hidden


if __name__ == "__main__":
    main()
