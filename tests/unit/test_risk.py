"""Measures of risk on records small enough to count by hand."""

import math

import numpy as np
import polars as pl
import pytest

from disclosure.errors import MicrodataError
from disclosure.risk import (
    alpha_k_anonymity,
    basic_beta_likeness,
    delta_disclosure,
    enhanced_beta_likeness,
    k_anonymity,
    measure,
    reached,
    recursive_diversity,
    reidentification_risk,
    special_uniques,
    uniques,
)

# Classes of 1, 2 and 3.
GIVEN = pl.DataFrame(
    {
        "place": ["a", "b", "b", "c", "c", "c"],
        "age": ["1", "2", "2", "3", "3", "3"],
        "ill": ["x", "x", "y", "y", "y", "y"],
    }
)
QUASI = ["place", "age"]


def test_what_is_reached() -> None:
    found = reached(GIVEN, QUASI, ["ill"])
    assert (found.k, found.l, found.entropy_l, found.alpha) == (1, 1, 1.0, 1.0)
    # Class a is all x, of which a third are: two thirds too many.
    assert found.t == pytest.approx(2 / 3)
    assert (found.recursive_l, found.recursive_c) == (2, math.inf)
    assert found.beta == pytest.approx(2)
    assert found.enhanced_beta == pytest.approx(math.log(3))
    assert found.delta == pytest.approx(math.log(3))
    assert alpha_k_anonymity(GIVEN, QUASI, ["ill"]) == (1.0, 1)
    assert basic_beta_likeness(GIVEN, QUASI, ["ill"]) == found.beta
    assert enhanced_beta_likeness(GIVEN, QUASI, ["ill"]) == found.enhanced_beta
    assert delta_disclosure(GIVEN, QUASI, ["ill"]) == found.delta
    assert recursive_diversity(GIVEN.filter(pl.col("place") == "b"), QUASI, ["ill"], 2) == 1.0


def test_the_three_attackers() -> None:
    found = reidentification_risk(GIVEN, QUASI, threshold=0.4)
    assert (found.prosecutor.highest, found.prosecutor.mean) == (1.0, pytest.approx(0.5))
    # One alone and two of two are above 0.4; one of three is not.
    assert found.prosecutor.beyond == 0.5
    assert found.journalist == found.prosecutor and found.marketer == found.prosecutor.mean
    part = reidentification_risk(GIVEN, QUASI, fraction=0.1)
    # p / (1 - p) log (1 / p): the expectation for one who is alone in a sample of a tenth.
    assert part.journalist.highest == pytest.approx(0.1 / 0.9 * math.log(10))
    assert part.marketer < part.prosecutor.mean


def test_who_is_alone() -> None:
    assert uniques(GIVEN, QUASI).sample == 1
    whole = uniques(GIVEN, QUASI, fraction=1.0)
    assert whole.zayatz == whole.pitman == 1.0
    nobody = uniques(GIVEN.filter(pl.col("place") != "a"), QUASI, fraction=0.1)
    assert (nobody.sample, nobody.zayatz, nobody.pitman) == (0, 0.0, 0.0)


def test_estimates_come_near_a_population_that_is_known() -> None:
    """Populations whose classes are uneven as those of people are; a sample of a fifth of each."""
    for seed in range(3):
        dice = np.random.default_rng(seed)
        population = pl.DataFrame({"kind": (dice.pareto(0.9, 20_000) * 40).astype(np.int64)})
        sample = population.sample(fraction=0.2, seed=seed)
        truth = uniques(population, ["kind"]).sample
        found = uniques(sample, ["kind"], fraction=0.2)
        assert found.pitman == pytest.approx(truth, rel=0.35)
        assert truth / 4 < found.zayatz < truth * 4


def test_few_columns_make_alone() -> None:
    given = pl.DataFrame(
        {"a": ["1", "1", "2", "2", "2"], "b": ["1", "2", "1", "2", "2"], "c": ["9"] * 4 + ["8"]}
    )
    found = special_uniques(given, ["a", "b", "c"])
    assert {names: rows.tolist() for names, rows in found.minimal.items()} == {
        ("c",): [4],
        ("a", "b"): [0, 1, 2],
        ("a", "b", "c"): [3],
    }
    # (3 - 1)(3 - 2) for one column, (3 - 2) for two, 1 for three.
    assert found.scores.tolist() == [1, 1, 1, 1, 2]
    assert found.records == 5
    assert found.by_column()["c"] == pytest.approx(2 / 5)


def test_missing_values_are_a_value_of_their_own() -> None:
    given = pl.DataFrame({"place": ["a", None, None], "ill": ["x", None, "x"]})
    assert k_anonymity(given, ["place"]) == 1
    assert k_anonymity(given.tail(2), ["place"]) == 2
    assert reached(given.tail(2), ["place"], ["ill"]).l == 2


def test_everything_at_once() -> None:
    found = measure(GIVEN, QUASI, ["ill"], fraction=0.5, size=2)
    assert (found.records, found.classes, found.uniques.sample) == (6, 3, 1)
    assert found.special is not None and found.special.records == 1
    assert measure(GIVEN, QUASI, size=0).special is None


def test_many_columns_of_many_values_are_still_told_apart() -> None:
    """More combinations than a number of 64 bits holds."""
    many = pl.DataFrame({f"c{one}": [f"{row * (one + 1) % 997}" for row in range(997)] for one in range(9)})
    assert measure(many, many.columns, size=0).classes == 997
    assert k_anonymity(pl.concat([many, many]), many.columns) == 2


@pytest.mark.parametrize(
    ("quasi", "sensitive", "further", "words"),
    [
        ([], [], {}, "no quasi-identifier"),
        (["street"], [], {}, "no column street"),
        (["place"], ["health"], {}, "no column health"),
        (["place"], [], {"fraction": 0.0}, "fraction = 0.0"),
        (["place"], [], {"fraction": float("nan")}, "fraction = nan"),
        (["place"], [], {"threshold": 0.0}, "threshold = 0.0"),
        (["place"], [], {"size": -1}, "size = -1"),
    ],
)
def test_what_cannot_be_measured_is_said(
    quasi: list[str], sensitive: list[str], further: dict[str, float], words: str
) -> None:
    with pytest.raises(MicrodataError, match=words):
        measure(GIVEN, quasi, sensitive, **further)  # type: ignore[arg-type]
    with pytest.raises(MicrodataError, match="no records"):
        measure(GIVEN.clear(), ["place"])
