"""`python -m benchmarks.microdata`: records made anonymous, and their risk measured, beside what one would take
instead.

The records are Adult (30,162 of them; eight quasi-identifiers, all columns but salary-class, which is the sensitive
one), with ARX's hierarchies. Beside ours a plain Mondrian, and the figures known of ARX, which is not run here. What
is lost is the normalised certainty penalty (`disclosure.microdata.Loss`): a record that is left out counts 1 in each
column.
"""

import argparse
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import polars as pl

from benchmarks.linkage import in_own_process
from disclosure.commands.records import read_hierarchies, read_records
from disclosure.microdata import Anonymised, Hierarchy, Rules, anonymise
from disclosure.microdata.classes import boxes
from disclosure.microdata.coding import coded
from disclosure.microdata.value_sets import made_from
from disclosure.microdata.writing import written
from disclosure.risk import k_anonymity, l_diversity, measure, t_closeness
from tests.oracles import PROJECT, ask

PUBLIC: Final = PROJECT.parent / "shared" / "public-data"
SENSITIVE: Final = "salary-class"
LARGE: Final = 100_000
RULES: Final = {
    "k = 5": (Rules(k=5), 0.055, 2.0, "ARX, local recoding: .0613 in 4.6 to 10.3 s"),
    "k = 5, l = 2": (Rules(k=5, l=2, sensitive=(SENSITIVE,)), 0.2392, 5.0, "ARX: .2392, 3,319 records lost"),
    "k = 5, t = .2": (
        Rules(k=5, t=0.2, sensitive=(SENSITIVE,)),
        0.2776,
        5.0,
        "ARX: .2776, 671 records lost",
    ),
}
_PYCANON: Final = """
import time
import pandas as pd
from pycanon import anonymity
records, quasi, sensitive = given
data, answer = pd.DataFrame(records), []
for asked in (
    lambda: anonymity.k_anonymity(data, quasi),
    lambda: anonymity.l_diversity(data, quasi, [sensitive]),
    lambda: anonymity.t_closeness(data, quasi, [sensitive]),
):
    began = time.perf_counter()
    found = float(asked())
    answer.append([found, time.perf_counter() - began])
"""
Given = TypeVar("Given")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what is lost, how long it takes, and how much memory."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.microdata", description=__doc__)
    parser.add_argument("public", nargs="?", type=Path, default=PUBLIC, help="The folder with adult/ in it.")
    folder = parser.parse_args(arguments).public / "adult"
    if not folder.is_dir():
        print(f"\nrecords made anonymous: no {folder}, so nothing is measured")
        return
    print("\nAdult, 30,162 records, 8 quasi-identifiers, by hierarchies")
    print(f"  {'':22}{'lost':>8}{'left out':>10}{'classes':>9}{'seconds':>9}{'processor':>11}   beside it")
    for name, (rules, most, seconds, known) in RULES.items():
        done, wall, processor = in_own_process(_anonymised, folder, rules, True)
        _line(name, done, wall, processor, f"{known} (known, not run here); target {most} in {seconds:g} s")
    loss, classes, wall, processor = in_own_process(_mondrian, folder, True)
    print(f"  {'plain Mondrian, k = 5':22}{loss:8.4f}{0:10,}{classes:9,}{wall:9.2f}{processor:11.2f}")
    print("\nthe same by intervals and sets of values, k = 5")
    done, wall, processor = in_own_process(_anonymised, folder, Rules(k=5), False)
    _line("here", done, wall, processor, "")
    loss, classes, wall, processor = in_own_process(_mondrian, folder, False)
    print(f"  {'plain Mondrian':22}{loss:8.4f}{0:10,}{classes:9,}{wall:9.2f}{processor:11.2f}")
    print(f"\n{LARGE:,} records, by hierarchies (target 10 s, 1,024 MiB)")
    for name in ("k = 5", "k = 5, t = .2"):
        done, wall, processor, mebibytes = in_own_process(_large, folder, RULES[name][0])
        _line(name, done, wall, processor, f"{mebibytes:.0f} MiB")
    _risk(folder)


def _line(name: str, done: Anonymised, wall: float, processor: float, beside: str) -> None:
    lost = f"{done.loss.penalty:8.4f}{done.left_out:10,}{done.classes:9,}"
    print(f"  {name:22}{lost}{wall:9.2f}{processor:11.2f}   {beside}")


def _timed(act: Callable[[], Given]) -> tuple[Given, float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    return act(), time.perf_counter() - wall, time.process_time() - processor


def _adult(folder: Path) -> tuple[pl.DataFrame, list[str], dict[str, Hierarchy]]:
    records, _separator = read_records(folder / "adult.csv")
    quasi = [name for name in records.columns if name != SENSITIVE]
    return records, quasi, read_hierarchies(folder, quasi)


def _anonymised(folder: Path, rules: Rules, by_hierarchies: bool) -> tuple[Anonymised, float, float]:
    records, quasi, hierarchies = _adult(folder)
    return _timed(lambda: anonymise(records, quasi, hierarchies if by_hierarchies else {}, rules))


def _large(folder: Path, rules: Rules) -> tuple[Anonymised, float, float, float]:
    """As many records, drawn from Adult with two columns mixed anew, so that they do not only repeat."""
    records, quasi, hierarchies = _adult(folder)
    drawn = records.sample(LARGE, with_replacement=True, seed=1).with_columns(
        pl.col("education").shuffle(seed=2), pl.col("occupation").shuffle(seed=3)
    )
    done, wall, processor = _timed(lambda: anonymise(drawn, quasi, hierarchies, rules))
    return done, wall, processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _mondrian(folder: Path, by_hierarchies: bool) -> tuple[float, int, float, float]:
    """Mondrian as it is usually written: the column with the widest span of values, cut at its median, again and again;
    each class is written as the sets of its values, or as the lowest names above them all."""
    records, quasi, hierarchies = _adult(folder)
    if not by_hierarchies:
        counted = {name: records[name].value_counts().sort(name) for name in quasi}
        hierarchies = {
            name: made_from(one[name].to_list(), one["count"].to_list(), name)
            for name, one in counted.items()
        }
    of, wall, processor = _timed(lambda: _cut(records.select(quasi), 5))
    numbers = coded(records, [hierarchies[name] for name in quasi])
    penalty = written(numbers, of, boxes(numbers, of)).penalty
    return float(penalty[of].mean()), int(of.max()) + 1, wall, processor


def _cut(records: pl.DataFrame, k: int) -> np.ndarray:
    ranks = np.stack([records[name].rank("dense").to_numpy() for name in records.columns], axis=1)
    span = ranks.max(axis=0) - ranks.min(axis=0)
    of, waiting, classes = np.zeros(len(ranks), np.int64), [np.arange(len(ranks))], 0
    while waiting:
        rows = waiting.pop()
        here = ranks[rows]
        for column in np.argsort(-(here.max(axis=0) - here.min(axis=0)) / span, kind="stable"):
            low = here[:, column] <= np.median(here[:, column])
            if min(low.sum(), (~low).sum()) >= k:
                waiting += [rows[low], rows[~low]]
                break
        else:
            of[rows], classes = classes, classes + 1
    return of


def _risk(folder: Path) -> None:
    records, quasi, _hierarchies = _adult(folder)
    print("\nk, l, t and risk of Adult (target 0.2 s together)")
    names = ("k", "l", "t")
    ours = [
        _timed(lambda: k_anonymity(records, quasi)),
        _timed(lambda: l_diversity(records, quasi, [SENSITIVE])),
        _timed(lambda: t_closeness(records, quasi, [SENSITIVE])),
    ]
    for name, (found, wall, processor) in zip(names, ours, strict=True):
        print(f"  {name:34}{found:10.6f}{wall:9.3f} s{processor:9.3f} s of processor")
    for words, size in (("k, l, t, relatives, all risks", 0), ("the same, and special uniques", 3)):
        _found, wall, processor = _timed(
            lambda size=size: measure(records, quasi, [SENSITIVE], fraction=0.1, size=size)
        )
        print(f"  {words:34}{'':10}{wall:9.3f} s{processor:9.3f} s of processor")
    if not (PROJECT / ".oracles" / "pycanon").exists():
        print("  pycanon: 0.7, 5.7, 24.5 s (known; `make .oracles/pycanon/.complete` to run it here)")
        return
    for name, (found, wall), (mine, *_) in zip(
        names,
        ask("pycanon", _PYCANON, [records.to_dict(as_series=False), quasi, SENSITIVE]),
        ours,
        strict=True,
    ):
        equal = "equal" if abs(found - mine) <= 1e-9 else f"differs by {abs(found - mine):.1e}"
        print(f"  {f'pycanon, {name}':34}{found:10.6f}{wall:9.3f} s   {equal}")


if __name__ == "__main__":
    main()
