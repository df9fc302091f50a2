"""`python -m benchmarks.exports`: rows for researchers made anonymous, and their package written, beside what a user
would pick instead.

The rows are the people of a made-up council (benchmarks.large_council): eight quasi-identifiers and a sensitive column,
by the hierarchies of `data/microdata.toml`, every class of at least five different families. Beside ours a plain
Mondrian, which counts rows and not families. The package is written beside the writers of pandas, which make no cell
harmless.
"""

import argparse
import io
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas  # type: ignore[import-untyped]
import polars as pl

from benchmarks.large_council import PEOPLE, make_release
from benchmarks.linkage import in_own_process, peak_mebibytes
from benchmarks.steps import count_steps, timed
from custody.finding import open_release
from custody.microdata import Extract, extract
from custody.packages import write_csv, write_parquet
from release.keys import read_key
from release.microdata import Asked
from release.microdata_file import read_microdata
from release.opening import open_answers
from release.places import Places

ROWS, PACKAGE_ROWS = 100_000, 1_000_000
K: Final = 5
QUASI: Final = (
    "ward", "age_band", "sex", "ethnic_group", "role", "referral_source", "start_month", "family_size",
)  # fmt: skip
SENSITIVE: Final = "first_headline"
TARGET_SECONDS, TARGET_MEBIBYTES = 10, 1_024
TARGET_CSV, TARGET_PARQUET = 2, 1


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what is lost, how long it takes, and how much memory."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exports", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="Rows that are made anonymous.")
    parser.add_argument("--package-rows", type=int, default=PACKAGE_ROWS, help="Rows that are written.")
    asked = parser.parse_args(arguments)
    _anonymous(asked.rows)
    _written(asked.package_rows)
    sys.stdout.flush()


# --- rows made anonymous ---


@dataclass(frozen=True)
class Measured:
    """One extract: seconds and those of all cores, in all and by step; MiB; and what its risk report says."""

    seconds: float
    processor: float
    steps: Mapping[str, Sequence[float]]
    mebibytes: float
    risk: Mapping[str, Any]


def _anonymous(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder))
        in_own_process(make_release, places, -(-rows // PEOPLE))
        print(f"\nrows about {rows:,} people, {len(QUASI)} quasi-identifiers, families by hierarchies")
        print(
            f"  {'':30}{'NCP':>7}{'discernibility':>16}{'class size':>12}{'smallest':>10}{'left out':>10}"
            f"{'seconds':>9}{'processor':>11}{'MiB':>7}"
        )
        for name, *rules in (("k = 5", 1, 1.0), ("k = 5, l = 2, t = .5", 2, 0.5)):
            one = in_own_process(_extracted, places, *rules)
            risk, lost, plain = one.risk, one.risk["lost"], one.risk["plain_mondrian"]
            print(
                f"  {name:30}{lost['normalised_certainty_penalty']:7.3f}{lost['discernibility']:16,}"
                f"{lost['average_class_size']:12.1f}{risk['classes']['smallest_in_families']:10}"
                f"{risk['left_out']!s:>10}{one.seconds:9.2f}{one.processor:11.2f}{one.mebibytes:7.0f}"
            )
            steps = ", ".join(f"{step} {processor:.2f}" for step, (_, processor) in one.steps.items())
            print(f"  {'':30}processor: {steps}", flush=True)
        print(
            f"  {'plain Mondrian (counts rows)':30}{plain['normalised_certainty_penalty']:7.3f}"
            f"{plain['discernibility']:16,}{plain['average_class_size']:12.1f}"
        )
        print(f"  {'target':30}{'':65}{TARGET_SECONDS:9.2f}{'':11}{TARGET_MEBIBYTES:7}")


def _extracted(places: Places, l: int, t: float) -> Measured:  # noqa: E741
    steps = count_steps("custody.microdata.extract", ("read_rows", "anonymise", "risk_report"))
    asked = Asked("person", (*QUASI, SENSITIVE), k=K, l=l, t=t, limit=0.1)
    key = read_key(places.protected_key)
    microdata = read_microdata(places.setting("microdata.toml"))
    with closing(open_answers(places)) as answers:
        dimensions = answers.execute("SELECT * FROM dimension").pl()

    def make() -> Extract:
        with open_release(places, "current") as release:
            return extract(
                release,
                dimensions,
                microdata,
                asked,
                project="benchmark",
                project_key="00" * 32,
                marks_key=key,
                export=1,
            )

    made, wall, processor = timed(make)
    return Measured(wall, processor, steps, peak_mebibytes(), made.risk)


# --- a package ---


def _written(rows: int) -> None:
    print(f"\na package of {rows:,} rows, 12 columns, after they were made anonymous")
    print(f"  {'':34}{'seconds':>9}{'processor':>11}{'MiB of file':>13}{'peak MiB':>10}")
    for name, write, target in (
        ("CSV, every cell harmless", _our_csv, TARGET_CSV),
        ("CSV, pandas", _pandas_csv, None),
        ("Parquet", _our_parquet, TARGET_PARQUET),
        ("Parquet, pandas (pyarrow, zstd)", _pandas_parquet, None),
    ):
        size, wall, processor, peak = in_own_process(write, rows)
        goal = f"   target {target} s" if target else ""
        print(f"  {name:34}{wall:9.2f}{processor:11.2f}{size / 2**20:13.1f}{peak:10.0f}{goal}", flush=True)


def package_rows(rows: int) -> pl.DataFrame:
    """Rows as they stand in a package: codes as texts, months, a token, two numbers."""
    random = np.random.default_rng(1)

    def codes(name: str, many: int) -> pl.Series:
        chosen = random.integers(0, many, rows)
        return pl.Series(name, [f"{name} {number:02d}" for number in range(many)]).gather(chosen)

    columns = [codes(name, many) for name, many in zip(QUASI, (40, 11, 3, 6, 6, 8, 36, 7), strict=True)]
    token = pl.int_range(rows, eager=True).hash(1).cast(pl.String).alias("family_token")
    frame = pl.DataFrame([token, *columns, codes(SENSITIVE, 10)])
    return frame.with_columns(
        needs=pl.Series(random.integers(0, 6, rows)), share=pl.Series(random.integers(0, 1000, rows) / 1000)
    )


def _our_csv(rows: int) -> tuple[int, float, float, float]:
    frame = package_rows(rows)
    written, wall, processor = timed(lambda: write_csv(frame))
    return len(written), wall, processor, peak_mebibytes()


def _our_parquet(rows: int) -> tuple[int, float, float, float]:
    frame = package_rows(rows)
    written, wall, processor = timed(lambda: write_parquet(frame))
    return len(written), wall, processor, peak_mebibytes()


def _pandas_csv(rows: int) -> tuple[int, float, float, float]:
    frame = _as_pandas(rows)
    written, wall, processor = timed(lambda: frame.to_csv(index=False).encode())
    return len(written), wall, processor, peak_mebibytes()


def _pandas_parquet(rows: int) -> tuple[int, float, float, float]:
    frame, out = _as_pandas(rows), io.BytesIO()
    _, wall, processor = timed(lambda: frame.to_parquet(out, compression="zstd", index=False))
    return out.tell(), wall, processor, peak_mebibytes()


def _as_pandas(rows: int) -> pandas.DataFrame:
    frame = package_rows(rows)
    return pandas.DataFrame({name: frame[name].to_list() for name in frame.columns})


if __name__ == "__main__":
    main()
