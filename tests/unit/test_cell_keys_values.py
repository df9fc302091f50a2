"""Sums and medians: what is withheld, and that nobody's own value can be read off."""

import numpy as np
import polars as pl
import pytest

from disclosure.cell_key import Ptable, SumRules, perturbed_medians, perturbed_sums, record_keys
from disclosure.cell_key.values import _deviations
from disclosure.errors import CountError, PerturbationError, TableError

PTABLE = Ptable.maximum_entropy()
SECRET = bytes(range(32))


def people(values: list[float], place: str = "a") -> pl.DataFrame:
    units = pl.Series([f"{place} {at}" for at in range(len(values))])
    return pl.DataFrame(
        {
            "place": [place] * len(values),
            "pounds": pl.Series(values, dtype=pl.Float64),
            "record_key": record_keys(SECRET, units),
        }
    )


def sums_of(values: list[float], rules: SumRules | None = None) -> float | None:
    return perturbed_sums(people(values), ["place"], PTABLE, value="pounds", rules=rules)["sum"].item()


EVEN = [100.0 + one for one in range(60)]


def test_the_noise_of_one_value_has_mean_nought_and_variance_one() -> None:
    every = np.arange(0, 2**32, 2**12 + 1, dtype=np.uint64)
    noise = _deviations(every)
    assert abs(noise.mean()) < 1e-4
    assert abs(noise.var() - 1) < 1e-3
    assert np.abs(noise).max() <= 3


def test_a_sum_of_many_is_moved_by_a_part_of_its_largest() -> None:
    told = sums_of(EVEN)
    assert told is not None
    assert told != sum(EVEN)
    assert abs(told - sum(EVEN)) <= 3 * (0.2 + 0.1 + 0.05) * max(EVEN)


def test_over_many_cells_the_noise_of_sums_evens_out() -> None:
    many = pl.concat([people(EVEN, f"place {at}") for at in range(200)])
    off = perturbed_sums(many, ["place"], PTABLE, value="pounds")["sum"] - sum(EVEN)
    expected = (0.2**2 + 0.1**2 + 0.05**2) ** 0.5 * max(EVEN)
    assert abs(off.mean()) < 4 * expected / 200**0.5  # type: ignore[operator]
    assert off.std() == pytest.approx(expected, rel=0.25)


@pytest.mark.parametrize(
    ("values", "rules"),
    [
        (EVEN[:9], None),
        ([*EVEN, 1_000_000.0], None),
        ([*EVEN, 1_000_000.0, 1_000_001.0], None),
        ([*[1.0] * 60, 500.0, 400.0], SumRules(dominance=(1, 0.95), p_ratio=0.5)),
        ([0.0] * 60, SumRules(p_ratio=0.2, dominance=(1, 0.5), least_units=61)),
    ],
    ids=["few", "one has it all", "two have it all", "the second knows the first", "another threshold"],
)
def test_a_sum_that_gives_somebody_away_is_withheld(values: list[float], rules: SumRules | None) -> None:
    assert sums_of(values, rules) is None


def test_a_sum_is_withheld_where_a_unit_has_it_in_many_records() -> None:
    records = people(EVEN)
    one = records.with_columns(record_key=pl.lit(records["record_key"][0], dtype=pl.UInt64))
    assert perturbed_sums(one, ["place"], PTABLE, value="pounds")["sum"].item() is None


def test_the_same_people_have_the_same_sum_and_one_more_another() -> None:
    records = people(EVEN)
    again = perturbed_sums(records.reverse(), [], PTABLE, value="pounds")
    assert again["sum"].item() == sums_of(EVEN)
    assert abs(sums_of([*EVEN, 0.0]) - sums_of(EVEN)) > 1e-6  # type: ignore[operator]


def test_a_sum_of_what_is_never_negative_is_not_published_below_nought() -> None:
    few = pl.concat([people([0.0] * 56 + [1.0] * 4, f"place {at}") for at in range(100)])
    rules = SumRules(dominance=(3, 0.99), p_ratio=0.0, multipliers=(2.0, 2.0, 2.0))
    told = perturbed_sums(few, ["place"], PTABLE, value="pounds", rules=rules)["sum"]
    assert told.min() == 0


def test_a_median_is_nobodys_own_value() -> None:
    values = [float(one**2) for one in range(1, 62)]
    told = perturbed_medians(people(values), ["place"], PTABLE, value="pounds")["median"].item()
    assert told not in values
    assert values[30 - 6] < told < values[30 + 6]


@pytest.mark.parametrize("values", [EVEN[:9], [7.0] * 60], ids=["few", "all the same"])
def test_a_median_that_gives_somebody_away_is_withheld(values: list[float]) -> None:
    assert perturbed_medians(people(values), ["place"], PTABLE, value="pounds")["median"].item() is None


@pytest.mark.parametrize(
    ("records", "error"),
    [
        (people([1.0, float("nan")]), CountError),
        (people(EVEN).with_columns(pounds=pl.lit(None, dtype=pl.Float64)), CountError),
        (people(EVEN).with_columns(pounds=pl.lit("1")), CountError),
        (people(EVEN).with_columns(place=pl.lit(None, dtype=pl.String)), CountError),
        (people(EVEN).with_columns(record_key=pl.int_range(60, dtype=pl.UInt64)), PerturbationError),
        (people(EVEN).with_columns(pl.col("record_key").cast(pl.Float64)), PerturbationError),
        (people(EVEN).drop("place"), TableError),
    ],
)
def test_records_without_values_or_keys_are_refused(records: pl.DataFrame, error: type[Exception]) -> None:
    for table in (perturbed_sums, perturbed_medians):
        with pytest.raises(error):
            table(records, ["place"], PTABLE, value="pounds")


@pytest.mark.parametrize(
    "settings",
    [
        {"least_units": 2},
        {"dominance": (2, 1.0)},
        {"p_ratio": -0.1},
        {"multipliers": ()},
        {"multipliers": (0.0,)},
    ],
)
def test_rules_that_protect_nobody_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(PerturbationError):
        SumRules(**settings)  # type: ignore[arg-type]
