"""`python -m benchmarks.outcomes`: seconds and peak memory of the engine for ever more families, under one framework.

Invented councils under supporting-families-2022: three people a family, thirty events a family, all of them in extracts
that its rules read (the people and needs that no rule asks about among them), under keys as long as pseudonyms are.
One process makes them and writes Parquet; another reads them, evaluates every need and claim and goes through all of
the evidence, part by part. Its seconds, those of all its cores together, and its highest resident memory are what is
printed, reading the files included. A few families more, one by one, by the naive reference of the tests, for the
ratio.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from benchmarks.linkage import in_own_process, peak_mebibytes
from outcomes import FRAMES, Framework, read_framework
from outcomes.engine import EPISODES_AT_ONCE, judged
from outcomes.frames import Given

PROJECT: Final = Path(__file__).parent.parent
FAMILIES: Final = (10_000, 100_000, 1_000_000)
ONE_BY_ONE: Final = 200
TARGET_SECONDS, TARGET_MEBIBYTES = 60, 4_096
AS_OF: Final = date(2024, 10, 31)
PEOPLE: Final = 3
EVENTS: Final = 30
# How many of a family's events are of which extract.
_SHARE: Final = {
    "school_attendance": 9,
    "police_incident": 7,
    "progress": 5,
    "employment_spell": 3,
    "missing_episode": 2,
    "social_care_episode": 2,
    "housing_event": 2,
}
_TERMS: Final = (
    ("2022/23", "Summer", date(2023, 4, 17), date(2023, 7, 21)),
    ("2023/24", "Autumn", date(2023, 9, 4), date(2023, 12, 21)),
    ("2023/24", "Spring", date(2024, 1, 8), date(2024, 3, 28)),
    ("2023/24", "Summer", date(2024, 4, 15), date(2024, 7, 23)),
    ("2024/25", "Autumn", date(2024, 9, 2), date(2024, 12, 20)),
)


@dataclass(frozen=True)
class Measured:
    """What one council took, and what it came to."""

    seconds: float
    of_processors: float
    mebibytes: float
    needs: int
    claimable: int
    facts: int


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each number of families in processes of its own, and print one line for each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.outcomes", description=__doc__)
    parser.add_argument("--families", type=int, nargs="*", default=list(FAMILIES))
    parser.add_argument("--seed", type=int, default=1, help="Another seed, other families.")
    asked = parser.parse_args(arguments)
    print(
        f"\n{'families':>12}{'events':>13}{'needs':>12}{'facts':>12}{'seconds':>10}{'of cores':>10}{'MiB':>8}",
        end="",
    )
    print(f"{'seconds a million families':>29}")
    measured: dict[int, Measured] = {}
    for families in asked.families:
        with tempfile.TemporaryDirectory() as folder:
            in_own_process(make_council, families, asked.seed, Path(folder))
            measured[families] = one = in_own_process(measure, Path(folder))
        print(
            f"{families:12,}{families * EVENTS:13,}{one.needs:12,}{one.facts:12,}{one.seconds:10.2f}"
            f"{one.of_processors:10.2f}{one.mebibytes:8.0f}{one.seconds * 1e6 / families:29.1f}",
            flush=True,
        )
    sizes = sorted(measured)
    for small, large in pairwise(sizes):
        growth = measured[large].seconds / measured[small].seconds
        print(f"  {large / small:g} times the families of {small:,}: {growth:.1f} times the seconds")
    print(
        f"  target at {max(FAMILIES):,} families: under {TARGET_SECONDS} s and {TARGET_MEBIBYTES:,} MiB, "
        "growing in line with the families"
    )
    with tempfile.TemporaryDirectory() as folder:
        in_own_process(make_council, ONE_BY_ONE, asked.seed, Path(folder))
        naive = in_own_process(measure_naive, Path(folder)) / ONE_BY_ONE
    largest = measured[max(sizes)].seconds / max(sizes)
    print(
        f"  naive reference, one family at a time: {naive * 1e3:.1f} ms a family of {ONE_BY_ONE}; "
        f"the engine takes {largest * 1e6:.0f} µs a family: a ratio of {naive / largest:,.0f}"
    )
    sys.stdout.flush()


def framework() -> Framework:
    """The framework that everything is measured under."""
    return read_framework(PROJECT / "data" / "frameworks" / "supporting-families-2022.toml")


def measure(folder: Path) -> Measured:
    """Evaluate the council in `folder`, every fact of its evidence too."""
    began, used = time.perf_counter(), time.process_time()
    frames: dict[str, Given] = {
        name: pl.scan_parquet(folder / f"{name}.parquet")
        for name in FRAMES
        if (folder / f"{name}.parquet").exists()
    }
    with judged(frames, framework(), as_of=AS_OF) as answers:
        facts = sum(part.height for part in answers.evidence(EPISODES_AT_ONCE))
        claimable = int((answers.claim["state"] == "claimable").sum())
        needs = answers.need.height
    seconds, of_processors = time.perf_counter() - began, time.process_time() - used
    return Measured(seconds, of_processors, peak_mebibytes(), needs, claimable, facts)


def measure_naive(folder: Path) -> float:
    """The seconds in which the tests' reference judges every family of the council in `folder`."""
    from tests.generative.naive_outcomes import (
        Naive,
    )  # the tests are not there where the program is installed

    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in FRAMES}
    for file in folder.glob("*.parquet"):
        rows[file.stem] = pl.read_parquet(file).to_dicts()
    began = time.perf_counter()
    naive = Naive(rows, framework(), AS_OF, "by_results")
    for family in sorted({row["family"] for row in rows["episode"]}):
        naive.family(family)
    return time.perf_counter() - began


# --- the council ---


def make_council(families: int, seed: int, folder: Path) -> None:
    """Write the frames of a council as Parquet, one file a frame."""
    random = np.random.default_rng(seed)
    people = families * PEOPLE
    episode, person = _keys("e", families), _keys("p", people)
    first_day = _days(random, families, date(2022, 10, 3), date(2024, 9, 1))
    ended = random.random(families) < 0.6
    closures = np.array(["outcomes_met", "step_down", "step_up", "withdrew"])
    write = _Writer(folder)
    write(
        "episode",
        episode=episode,
        family=_keys("f", families),
        start_date=first_day,
        end_date=_where(ended, first_day + random.integers(60, 400, families)),
        assessment_date=_where(random.random(families) < 0.95, first_day + random.integers(0, 30, families)),
        plan_date=_where(random.random(families) < 0.95, first_day + random.integers(30, 60, families)),
        has_lead_practitioner=random.random(families) < 0.97,
        closure_reason=_where(ended, closures[random.integers(0, 4, families)]),
        expectant_parent=random.random(families) < 0.03,
    )
    of_family = np.repeat(np.arange(families), PEOPLE)
    write(
        "episode_member",
        episode=episode.gather(of_family),
        person=person,
        child_on_first_day=(np.arange(people) % PEOPLE) > 0,
    )
    codes = pl.Series([need.code for need in framework().needs])
    count = random.integers(2, 6, families)
    needing = np.repeat(np.arange(families), count)
    needs = len(needing)
    of_person = needing * PEOPLE + random.integers(0, PEOPLE, needs)
    concerned = _where(random.random(needs) < 0.8, person.gather(of_person))
    code = codes.gather(random.integers(0, codes.len(), needs))
    identified = first_day[needing] + random.integers(0, 20, needs)
    write("need", episode=episode.gather(needing), person=concerned, need_code=code, identified_on=identified)
    _write_events(write, random, families, person)
    reviews = families * _SHARE["progress"]
    reviewed = np.sort(random.integers(0, needs, reviews))
    states = np.array(["met", "met", "met", "met", "in_progress", "regressed", "waived"])
    write(
        "progress",
        episode=episode.gather(needing[reviewed]),
        person=concerned.gather(reviewed),
        need_code=code.gather(reviewed),
        recorded_on=identified[reviewed] + random.integers(0, 400, reviews),
        state=states[random.integers(0, len(states), reviews)],
        has_reason=random.random(reviews) < 0.8,
    )
    covered = [name for name in _SHARE if name != "progress"]
    pl.DataFrame(
        [(name, date(2021, 4, 1), AS_OF) for name in covered], schema=FRAMES["coverage"], orient="row"
    ).write_parquet(folder / "coverage.parquet")


def _write_events(write: "_Writer", random: np.random.Generator, families: int, person: pl.Series) -> None:
    def some(extract: str) -> tuple[int, pl.Series, np.ndarray[Any, Any]]:
        rows = families * _SHARE[extract]
        who = person.gather(random.integers(0, person.len(), rows))
        return rows, who, _days(random, rows, date(2021, 4, 1), AS_OF + timedelta(days=20))

    rows, who, day = some("police_incident")
    roles = np.array(["suspect", "victim", "witness"])
    write(
        "police_incident",
        person=who,
        occurred_on=day,
        role=roles[random.integers(0, 3, rows)],
        domestic_abuse=random.random(rows) < 0.3,
    )
    for extract, first, last in (
        ("missing_episode", "missing_from", "missing_to"),
        ("employment_spell", "start_date", "end_date"),
        ("social_care_episode", "start_date", "end_date"),
    ):
        rows, who, day = some(extract)
        days = {first: day, last: _where(random.random(rows) < 0.8, day + random.integers(0, 300, rows))}
        kinds = np.array(["CIN", "CPP", "CLA"])[random.integers(0, 3, rows)]
        write(extract, person=who, **({"kind": kinds} if extract == "social_care_episode" else {}), **days)
    rows, who, day = some("housing_event")
    write(
        "housing_event",
        person=who,
        kind=np.array(["NSP", "NTQ"])[random.integers(0, 2, rows)],
        occurred_on=day,
    )
    rows, who, _ = some("school_attendance")
    term = random.integers(0, len(_TERMS), rows)
    possible = random.integers(50, 130, rows)
    year, name, start, end = (pl.Series([one[at] for one in _TERMS]).gather(term) for at in range(4))
    write(
        "school_attendance",
        person=who,
        academic_year=year,
        term=name,
        term_start=start,
        term_end=end,
        sessions_possible=possible,
        sessions_attended=(possible * random.uniform(0.7, 1, rows)).astype(np.int64),
    )


class _Writer:
    """Writes frames as Parquet: days from numbers of days, records counted through."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, name: str, **columns: Any) -> None:
        frame = pl.DataFrame({column: pl.Series(values) for column, values in columns.items()})
        frame = frame.with_columns(
            pl.col(column).cast(dtype) for column, dtype in FRAMES[name].items() if column in frame.columns
        )
        if "record" in FRAMES[name]:
            frame = frame.with_columns(record=_keys("r", frame.height))
        frame.select(list(FRAMES[name])).write_parquet(self._folder / f"{name}.parquet")


def _keys(kind: str, count: int) -> pl.Series:
    """As long as pseudonyms are, and in no order."""
    number = pl.DataFrame({"n": pl.int_range(count, eager=True)})
    hashed = pl.col("n").hash(ord(kind)).cast(pl.String).str.zfill(20)
    return number.select(key=pl.lit(kind) + hashed + pl.col("n").cast(pl.String).str.zfill(8))["key"]


def _days(random: np.random.Generator, count: int, first: date, last: date) -> np.ndarray[Any, Any]:
    """Days from `first` to `last`, as numbers of days."""
    since = date(1970, 1, 1)
    return random.integers((first - since).days, (last - since).days + 1, count).astype(np.int32)


def _where(which: np.ndarray[Any, Any], values: Any) -> pl.Series:
    """The values, null where not `which`."""
    return pl.select(pl.when(pl.Series(which)).then(pl.Series(values))).to_series()


if __name__ == "__main__":
    main()
