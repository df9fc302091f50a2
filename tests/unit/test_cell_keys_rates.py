"""Rates of published counts: how far they may be off, and which are not worth showing."""

from itertools import product

import polars as pl
import pytest

from disclosure.cell_key import Ptable, perturbed_rate, perturbed_rates
from disclosure.errors import CountError, PerturbationError, TableError

PTABLE = Ptable.maximum_entropy()


@pytest.mark.parametrize("ptable", [PTABLE, Ptable.maximum_entropy(bound=2, variance=1.08, smallest=1)])
@pytest.mark.parametrize("whole", [60, 120])
@pytest.mark.parametrize("share", [0, 0.05, 0.3, 0.75, 1])
def test_at_least_nineteen_of_twenty_true_rates_lie_within_what_is_said(
    ptable: Ptable, whole: int, share: float
) -> None:
    part = int(share * whole)
    pairs = list(product(ptable.chances(part).items(), ptable.chances(whole).items()))
    cells = pl.DataFrame(
        {"part": [part for (part, _), _ in pairs], "whole": [whole for _, (whole, _) in pairs]}
    )
    rates = perturbed_rates(cells, ptable, inside=False).with_columns(
        chance=pl.Series([one * other for (_, one), (_, other) in pairs])
    )
    true = 100 * part / whole
    right = (pl.col("rate") - true).abs() <= pl.col("usual") + 1e-9
    assert rates.filter(right)["chance"].sum() >= 0.95
    assert rates.filter(pl.col("low") <= true + 1e-9, pl.col("high") >= true - 1e-9).height == rates.height


def test_a_rate_of_too_few_is_not_told() -> None:
    assert perturbed_rate(3, 20, PTABLE) is None
    assert perturbed_rate(0, 0, PTABLE) is None
    assert perturbed_rate(30, 60, PTABLE, most_off=0.01) is None
    told = perturbed_rate(30, 60, PTABLE)
    assert told is not None
    assert (told.value, round(told.usual, 2)) == (50.0, 6.67)
    assert told.low < 50 < told.high


def test_a_part_that_came_out_larger_than_its_whole_is_all_of_it() -> None:
    told = perturbed_rate(104, 100, PTABLE)
    assert told is not None
    assert (told.value, told.high) == (100.0, 100.0)
    ratio = perturbed_rate(104, 100, PTABLE, inside=False, per=1_000)
    assert ratio is not None
    assert ratio.value == 1_040


def test_where_a_count_is_withheld_so_is_the_rate() -> None:
    cells = pl.DataFrame(
        {"part": [None, 40], "whole": [100, None]}, schema={"part": pl.Int64, "whole": pl.Int64}
    )
    assert perturbed_rates(cells, PTABLE)["rate"].null_count() == 2


@pytest.mark.parametrize(
    ("cells", "settings", "error"),
    [
        (pl.DataFrame({"part": [1]}), {}, TableError),
        (pl.DataFrame({"part": [1.5], "whole": [3]}), {}, CountError),
        (pl.DataFrame({"part": [-1], "whole": [3]}), {}, CountError),
        (pl.DataFrame({"part": [1], "whole": [3]}), {"per": 0}, PerturbationError),
        (pl.DataFrame({"part": [1], "whole": [3]}), {"most_off": float("nan")}, PerturbationError),
    ],
)
def test_what_is_no_rate_is_refused(
    cells: pl.DataFrame, settings: dict[str, float], error: type[Exception]
) -> None:
    with pytest.raises(error):
        perturbed_rates(cells, PTABLE, **settings)  # type: ignore[arg-type]
