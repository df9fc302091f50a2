"""`python -m benchmarks.keys`: who keeps a key from one quarter to the next, beside what a cluster's number would do.

Between the two quarters of a town records come, go and are corrected (see benchmarks/population.py).
"""

import argparse
import logging
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from benchmarks.baselines import plain_splink
from benchmarks.linkage import in_own_process, peak_mebibytes
from benchmarks.population import quarters
from pipelines.keys import Keys
from pipelines.linkage import link
from pipelines.register import Book, assign_people, changed, describe, presently
from pipelines.register.book import EVENTS

RECORDS: Final = 100_000
TARGET: Final = 0.999
# Keys of nobody: the people are invented.
KEYS: Final = Keys(master="1" * 64, record="2" * 64, protected="3" * 64)
_SAYS: Final = ("merged", "split", "moved")


@dataclass(frozen=True)
class Kept:
    """Of the people of a town with records in both quarters: how many there are, how many kept their key, and how many
    are found by the key that they had; how often records of one key came to have another (merges and splits), and how
    much of that the register tells: of records that were not corrected meanwhile, and of those that were."""

    people: int
    kept: int
    found: int
    changes: int
    told: int
    changes_by_correction: int
    told_by_correction: int
    events: dict[str, int]
    seconds: float
    mebibytes: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the register, and the smallest record of a cluster taken for a key, and print both."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.keys", description=__doc__)
    parser.add_argument("--records", type=int, default=RECORDS, help="Records of the first quarter.")
    parser.add_argument("--seed", type=int, default=1, help="Another seed, other people.")
    asked = parser.parse_args(arguments)
    measured = {
        "register": in_own_process(_with_register, asked.records, asked.seed),
        "cluster's number": in_own_process(_linked_with_numbers, asked.records, asked.seed),
        "cluster's number, plain Splink": in_own_process(_splink_with_numbers, asked.records, asked.seed),
    }
    print(f"\nTwo quarters of {asked.records:,} records")
    print(
        f"{'':32}{'people':>9}{'kept':>10}{'found':>10}{'told, of changes':>18}{'of corrected':>14}"
        f"{'seconds':>9}{'MiB':>7}"
    )
    for name, one in measured.items():
        print(
            f"  {name:30}{one.people:9,}{one.kept / one.people:10.3%}{one.found / one.people:10.3%}"
            f"{f'{one.told:,} of {one.changes:,}':>18}"
            f"{f'{one.told_by_correction:,} of {one.changes_by_correction:,}':>14}"
            f"{one.seconds:9.2f}{one.mebibytes:7.0f}"
        )
    print(f"  {'target':30}{'':9}{TARGET:10.1%}{'':10}{'all':>18}{'all':>14}")
    events = measured["register"].events
    print("  events: " + ", ".join(f"{count:,} {event}" for event, count in sorted(events.items())))
    sys.stdout.flush()


def _with_register(records: int, seed: int) -> Kept:
    first, second, truth = quarters(records, seed)
    seconds, book, had = 0.0, Book(), []
    for run, frame in enumerate((first, second), 1):
        persons = link(frame)
        began = time.perf_counter()
        assigned = assign_people(describe(frame, KEYS), persons, book, KEYS, run)
        book = changed(book, assigned.changes)
        seconds += time.perf_counter() - began
        keys = assigned.keys.rename({"unit": "person"})
        had.append(persons.join(keys, on="person", how="left").select("record_id", "key"))
    events = book.events.filter(pl.col("run") == 2)
    counts = dict(events.group_by("event").len().iter_rows())
    return _kept(had, (first, second), truth, presently(book.keys), events, counts, seconds)


def _linked_with_numbers(records: int, seed: int) -> Kept:
    return _with_numbers(records, seed, link)


def _splink_with_numbers(records: int, seed: int) -> Kept:
    logging.disable(logging.WARNING)
    return _with_numbers(records, seed, plain_splink)


def _with_numbers(records: int, seed: int, method: Callable[[pl.DataFrame], pl.DataFrame]) -> Kept:
    """A key is the smallest record of the cluster. Records keep their names here, which no partner promises."""
    first, second, truth = quarters(records, seed)
    had = [
        method(frame).select("record_id", key=pl.col("record_id").min().over("person"))
        for frame in (first, second)
    ]
    keys = pl.concat(had).select("key").unique()
    present = keys.with_columns(present="key")
    return _kept(had, (first, second), truth, present, EVENTS.to_frame(), {}, 0.0)


def _kept(
    had: Sequence[pl.DataFrame],
    quarter: tuple[pl.DataFrame, pl.DataFrame],
    truth: pl.DataFrame,
    present: pl.DataFrame,
    events: pl.DataFrame,
    counts: dict[str, int],
    seconds: float,
) -> Kept:
    one, other = (_of_people(keys, truth) for keys in had)
    both = one.join(other, on="person", suffix="_now").join(present, on="key", how="left")
    # Of keys with as many records, one that was kept counts.
    people = both.group_by("person").agg(
        kept=(pl.col("key") == pl.col("key_now")).any(), found=(pl.col("present") == pl.col("key_now")).any()
    )
    records = had[0].join(had[1], on="record_id", suffix="_now").filter(pl.col("key") != pl.col("key_now"))
    before, after = quarter
    same = records.join(
        before.join(after, on=before.columns, nulls_equal=True, how="semi"), on="record_id", how="semi"
    )
    pair = ["key", "key_now"]
    plain = same.select(pair).unique()
    corrected = records.select(pair).unique().join(plain, on=pair, how="anti")
    said = events.filter(pl.col("event").is_in(list(_SAYS))).select("key", key_now="other")
    return Kept(
        people.height,
        int(people["kept"].sum()),
        int(people["found"].sum()),
        plain.height,
        plain.join(said, on=pair, how="semi").height,
        corrected.height,
        corrected.join(said, on=pair, how="semi").height,
        counts,
        seconds,
        peak_mebibytes(),
    )


def _of_people(keys: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """`person, key`: the key, or keys, that most records of a true person have."""
    held = keys.join(truth, on="record_id").group_by("person", "key").len("records")
    return held.filter(pl.col("records") == pl.col("records").max().over("person")).select("person", "key")


if __name__ == "__main__":
    main()
