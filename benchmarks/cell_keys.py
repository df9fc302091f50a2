"""`python -m benchmarks.cell_keys`: a table of a million records, perturbed, beside the package of the ONS.

Both get the same records, the same record keys and the same perturbation table, in the ONS's form, and must agree in
every cell. The records are invented.
"""

import argparse
import contextlib
import io
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import pandas
import polars as pl
from cell_key_perturbation.create_perturbed_table import create_perturbed_table
from cell_key_perturbation.utils.generate_test_ptable import generate_ptable_10_5_rule

from disclosure.cell_key import Ptable, perturb_records, ptable_from_text

RECORDS: Final = 1_000_000
# 6 x 10 x 15 x 12 combinations: 10,800 cells.
COLUMNS: Final = {"region": 6, "age": 10, "occupation": 15, "month": 12}
TARGET: Final = 0.15
_TIMES: Final = 5


def main(arguments: Sequence[str] | None = None) -> None:
    """Print seconds and agreement, for codes that are numbers and codes that are texts."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cell_keys", description=__doc__)
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--seed", type=int, default=1, help="Another seed, other records.")
    # What other benchmarks take; here nothing public is needed.
    parser.add_argument("public", nargs="?", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    random = np.random.default_rng(asked.seed)
    numbers = pl.DataFrame(
        {name: random.integers(1, size + 1, asked.records) for name, size in COLUMNS.items()}
        | {"record_key": random.integers(0, 256, asked.records)}
    )
    texts = numbers.with_columns(pl.format(f"{name} {{}}", name).alias(name) for name in COLUMNS)
    table = generate_ptable_10_5_rule()
    ours = ptable_from_text(table.to_csv(index=False), "the ONS's table")
    print(f"\n{asked.records:,} records, record keys 0 to 255, the ONS's table (10-5 rule), threshold 10")
    print(f"  {'':36}{'seconds':>9}{'processor':>11}{'cells':>9}{'agree':>9}")
    for name, records in (("codes are numbers", numbers), ("codes are texts", texts)):
        frame = pandas.DataFrame(records.to_dict(as_series=False))
        (theirs, theirs_took), (found, took) = (
            _best(lambda frame=frame: _by_the_ons(frame, table), 1),
            _best(
                lambda records=records: perturb_records(records, list(COLUMNS), ours, threshold=10), _TIMES
            ),
        )
        print(f"  {f'ONS package, {name}':36}{theirs_took[0]:9.2f}{theirs_took[1]:11.2f}{len(theirs):9,}")
        agree = _agreeing(found, theirs)
        print(f"  {f'here, {name}':36}{took[0]:9.3f}{took[1]:11.3f}{found.height:9,}{agree:9.2%}")
    fine = numbers.with_columns(
        record_key=pl.Series(random.integers(0, 2**64, asked.records, dtype=np.uint64))
    )
    made = Ptable.maximum_entropy()
    found, took = _best(lambda: perturb_records(fine, list(COLUMNS), made), _TIMES)
    print(f"  {'here, keys of 64 bits, own table':36}{took[0]:9.3f}{took[1]:11.3f}{found.height:9,}")
    found, took = _best(lambda: perturb_records(fine, list(COLUMNS), made, all_margins=True), _TIMES)
    print(f"  {'the same, with all margins':36}{took[0]:9.3f}{took[1]:11.3f}{found.height:9,}")
    print(f"  target: {RECORDS:,} records to 10,800 cells in {TARGET} s at most, equal cell for cell")
    _print_table(made)


def _print_table(ptable: Ptable) -> None:
    print(f"\nThe table made here ({ptable.name})")
    print(f"  {'count':>7}{'mean':>12}{'variance':>11}   published (chance)")
    for count, mean, variance, _, _ in ptable.moments.rows():
        chances = "  ".join(f"{one} ({chance:.3f})" for one, chance in sorted(ptable.chances(count).items()))
        print(f"  {count:>7}{abs(mean):12.1e}{variance:11.6f}   {chances}")
    print(f"  19 of 20 figures are within {ptable.usual}, none is off by more than {ptable.bound}")


def _by_the_ons(records: pandas.DataFrame, table: pandas.DataFrame) -> pandas.DataFrame:
    with contextlib.redirect_stdout(io.StringIO()):
        return create_perturbed_table(records, table, [], list(COLUMNS), "record_key", threshold=10)


def _agreeing(ours: pl.DataFrame, theirs: pandas.DataFrame) -> float:
    """The share of cells with the same count, cell key, change and published count."""
    columns = [*COLUMNS, "pre_sdc_count", "ckey", "pvalue", "count"]
    expected = {
        row[:-1]: None if pandas.isna(row[-1]) else int(row[-1])
        for row in theirs[columns].itertuples(index=False, name=None)
    }
    same = sum(row[:-1] in expected and expected[row[:-1]] == row[-1] for row in ours.rows())
    return same / max(len(expected), ours.height)


def _best(work: Callable[[], Any], times: int) -> tuple[Any, tuple[float, float]]:
    """What it gives, and the least seconds it took: by the clock, and of the processor."""
    took = []
    for _ in range(times):
        began, begun = time.perf_counter(), time.process_time()
        found = work()
        took.append((time.perf_counter() - began, time.process_time() - begun))
    return found, (min(one for one, _ in took), min(other for _, other in took))


if __name__ == "__main__":
    main()
