"""`python -m benchmarks.linkage`: how well and how fast records find their person, beside what a user would do instead.

Each measurement has a process of its own, so that its memory is its own too; seconds are those of the call alone.
"""

import argparse
import logging
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

import polars as pl

from benchmarks.baselines import exact_matching, plain_splink
from benchmarks.population import population
from benchmarks.scoring import Scores, pairwise
from pipelines.checking import check
from pipelines.council import write_council
from pipelines.extracts import read_extract_list
from pipelines.landing import land
from pipelines.linkage import identified_records, link

SAMPLE: Final = Path(__file__).parent.parent / "tests" / "sample-extracts"
SIZES: Final = (10_000, 100_000, 1_000_000)
FAMILIES: Final = 2_000
METHODS: Final[Mapping[str, Callable[[pl.DataFrame], pl.DataFrame]]] = {
    "linked": link,
    "exact matching": exact_matching,
    "plain Splink": plain_splink,
}
# Seconds and MiB at most, shares at least.
TARGETS: Final = {
    "sample extracts": ("", "", "0.9950", "0.9800", "0.9600"),
    "1,000,000 records": ("40.00", "2560", "", "", ""),
}

Given = TypeVar("Given")


@dataclass(frozen=True)
class Measured:
    """One way of linking one set of records. `processor`: seconds of all cores, whatever else they had to do."""

    seconds: float
    processor: float
    mebibytes: float
    scores: Scores


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure towns of each size, the sample extracts and a fictional council, and print a table of each."""
    asked = _asked(arguments)
    towns: dict[int, dict[str, Measured]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for size in asked.records:
            folder = Path(scratch) / str(size)
            in_own_process(_make_town, size, asked.seed, folder)
            towns[size] = measured = _measure(folder, asked.methods)
            _show(f"{size:,} records", measured)
        if asked.extracts:
            for name, make in (("sample extracts", _take_sample), ("fictional council", _make_council)):
                folder = Path(scratch) / name.replace(" ", "-")
                in_own_process(make, asked.seed, folder)
                _show(name, _measure(folder, asked.methods))
    if len(towns) > 1:
        _show_growth(towns)


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linkage", description=__doc__)
    parser.add_argument("--records", type=int, nargs="*", default=SIZES, help="Sizes of the towns.")
    parser.add_argument("--seed", type=int, default=1, help="Another seed, other people.")
    parser.add_argument("--methods", nargs="+", choices=tuple(METHODS), default=tuple(METHODS))
    parser.add_argument(
        "--extracts",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="The sample extracts and a council too.",
    )
    return parser.parse_args(arguments)


def in_own_process(function: Callable[..., Given], *given: Any) -> Given:
    """The answer of a function of a module, worked out in a fresh process."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(function, *given).result()


def peak_mebibytes() -> float:
    """The highest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# --- what is linked ---


def _make_town(size: int, seed: int, folder: Path) -> None:
    _keep(folder, *population(size, seed))


def _take_sample(_seed: int, folder: Path) -> None:
    _keep(folder, *extract_records(SAMPLE))


def _make_council(seed: int, folder: Path) -> None:
    extracts = folder / "extracts"
    write_council(
        extracts, families=FAMILIES, seed=seed, payment="by_results", notes=False, as_of=date(2024, 10, 31)
    )
    _keep(folder, *extract_records(extracts))


def extract_records(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Identified records of a folder of extracts, and the truth beside them (`record_id, person`: Int64)."""
    landed = [land(extract) for extract in read_extract_list(folder).extracts]
    records = identified_records(check(landed).good)
    truth = pl.read_csv(folder / "truth" / "records.csv", infer_schema=False).drop_nulls("true_person_id")
    return records, truth.select(
        pl.concat_str("contract", "file", "row", separator=":").alias("record_id"),
        person=pl.col("true_person_id").rank("dense").cast(pl.Int64),
    )


def _keep(folder: Path, records: pl.DataFrame, truth: pl.DataFrame) -> None:
    folder.mkdir(exist_ok=True)
    records.write_parquet(folder / "records.parquet")
    truth.write_parquet(folder / "truth.parquet")


# --- how well, how fast ---


def _measure(folder: Path, methods: Sequence[str]) -> dict[str, Measured]:
    return {method: in_own_process(_measure_one, method, folder) for method in methods}


def _measure_one(method: str, folder: Path) -> Measured:
    import splink  # noqa: F401  its import takes a second, which is no measure of size

    logging.disable(logging.WARNING)
    records = pl.read_parquet(folder / "records.parquet")
    began, worked = time.perf_counter(), time.process_time()
    links = METHODS[method](records)
    seconds, processor, mebibytes = (
        time.perf_counter() - began,
        time.process_time() - worked,
        peak_mebibytes(),
    )
    scores = pairwise(links, pl.read_parquet(folder / "truth.parquet"), records)
    return Measured(seconds, processor, mebibytes, scores)


# --- in words ---


def _show(name: str, measured: Mapping[str, Measured]) -> None:
    print(
        f"\n{name:28}{'seconds':>9}{'processor':>11}{'MiB':>8}{'precision':>12}{'recall':>10}{'across':>10}"
    )
    for method, one in measured.items():
        print(
            f"  {method:26}{one.seconds:9.2f}{one.processor:11.2f}{one.mebibytes:8.0f}  {_shares(one.scores)}"
        )
    if name in TARGETS:
        seconds, mebibytes, *shares = TARGETS[name]
        line = f"  {'target':26}{seconds:>9}{'':11}{mebibytes:>8}  " + "".join(
            f"{share:>10}" for share in shares
        )
        print(line.rstrip())
    print("  by source, precision, recall, recall across sources:")
    print(f"  {'':26}" + "".join(f"{method:>32}" for method in measured))
    for source in sorted(next(iter(measured.values())).scores.by_source):
        print(
            f"  {source:26}"
            + "".join(f"  {_shares(one.scores.by_source[source])}" for one in measured.values())
        )
    sys.stdout.flush()


def _shares(scores: Scores) -> str:
    shares = (scores.precision, scores.recall, scores.recall_across_sources)
    return "".join(f"{'–':>10}" if share is None else f"{share:10.4f}" for share in shares)


def _show_growth(towns: Mapping[int, Mapping[str, Measured]]) -> None:
    small, large = min(towns), max(towns)
    print(
        f"\nFrom {small:,} to {large:,} records, {large / small:.0f} times as many, the work of the processor grows"
    )
    for method in towns[small]:
        few, many = towns[small][method], towns[large][method]
        print(f"  {method:26}{many.processor / few.processor:9.1f} times")


if __name__ == "__main__":
    main()
