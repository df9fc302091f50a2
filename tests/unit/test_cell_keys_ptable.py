"""Perturbation tables: what they promise, what is refused, and in which words."""

import math

import numpy as np
import polars as pl
import pytest

from disclosure.cell_key import Ptable
from disclosure.errors import CountError, PerturbationError

MADE = Ptable.maximum_entropy()


def test_a_true_zero_stays_zero_and_nothing_is_published_in_one_or_two() -> None:
    assert MADE.chances(0) == {0: 1.0}
    published = {one for count in range(30) for one in MADE.chances(count)}
    assert published == {0, *range(3, 35)}
    assert (MADE.bound, MADE.smallest) == (5, 3)


def test_all_larger_counts_share_the_last_row() -> None:
    moved = {published - 8: chance for published, chance in MADE.chances(8).items()}
    assert moved == {published - 4_000_000: chance for published, chance in MADE.chances(4_000_000).items()}
    assert math.isclose(moved[-3], moved[3], abs_tol=1e-9)


def test_no_noise_has_more_entropy_with_the_same_mean_and_variance() -> None:
    """Every other distribution over the same changes differs by something that keeps sum, mean and variance."""
    chances = np.array(list(MADE.chances(1).values()))
    changes = np.array(list(MADE.chances(1))) - 1
    kept = np.stack([np.ones_like(changes), changes, changes**2]).astype(float)
    # The directions that keep all three.
    _, _, directions = np.linalg.svd(kept)

    def entropy(one: np.ndarray) -> float:
        return float(-(one * np.log(one)).sum())

    for direction in directions[3:]:
        for step in (1e-4, -1e-4):
            assert entropy(chances + step * direction) < entropy(chances) - 1e-8


def test_how_far_a_figure_may_be_off_is_what_its_chances_say() -> None:
    for count in range(1, 12):
        chances = MADE.chances(count)
        within = sum(chance for one, chance in chances.items() if abs(one - count) <= MADE.usual)
        alike = sum(
            chance * other
            for one, chance in chances.items()
            for two, other in chances.items()
            if abs(one - two) < MADE.distinct
        )
        assert within >= 0.95
        assert alike >= 0.95
    worst = min(
        sum(chance for one, chance in MADE.chances(count).items() if abs(one - count) <= MADE.usual - 1)
        for count in range(1, 12)
    )
    assert worst < 0.95


def test_the_transition_matrix_holds_the_chances() -> None:
    matrix = MADE.transition(20)
    assert matrix.shape == (21, 26)
    assert np.allclose(matrix.sum(axis=1), 1)
    assert matrix[1, 0] == MADE.chances(1)[0]


def test_the_same_settings_give_the_same_table_and_others_another() -> None:
    assert Ptable.maximum_entropy().fingerprint == MADE.fingerprint
    assert Ptable.maximum_entropy(variance=2.6).fingerprint != MADE.fingerprint


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.int32, np.uint64, np.int64])
def test_changes_are_looked_up_whatever_the_type_of_the_numbers(kind: type) -> None:
    counts = np.array([0, 1, 2, 100], dtype=kind)
    keys = np.array([0, 0, 0, 0], dtype=kind)
    assert MADE.changes(counts, keys).tolist() == [0, -1, -2, -5]


def test_keys_are_taken_modulo_the_number_of_cell_keys() -> None:
    keys = np.array([2**63 + 12345, 2**64 - 1], dtype=np.uint64)
    counts = np.array([50, 50])
    assert MADE.changes(counts, keys).tolist() == MADE.changes(counts, keys % np.uint64(2**32)).tolist()
    assert MADE.changes(counts[:1], np.array([2**32 - 1], dtype=np.uint64)).tolist() == [5]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"variance": 1.0}, "for the count 1 the variance must be 2 to 5"),
        ({"variance": 6.0}, "A variance from 2 to 5 works for every count"),
        ({"bound": 2, "variance": 2.5}, "Move counts by up to 3"),
        ({"bound": 1, "smallest": 5}, "the count 1 cannot keep its mean"),
        ({"variance": 0.0}, "more than 0"),
        ({"variance": float("nan")}, "more than 0"),
        ({"bound": 0}, "at most 1 to"),
        ({"bound": 10**9}, "at most 1 to"),
        ({"smallest": 0}, "smallest published count"),
    ],
)
def test_a_table_that_cannot_be_is_refused_with_what_would_work(
    settings: dict[str, float], says: str
) -> None:
    with pytest.raises(PerturbationError, match=says):
        Ptable.maximum_entropy(**settings)  # type: ignore[arg-type]


def test_what_it_says_would_work_works() -> None:
    Ptable.maximum_entropy(variance=2)
    Ptable.maximum_entropy(variance=5)
    Ptable.maximum_entropy(bound=3, variance=2.5)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([(1, 0, 3), (1, 1, 3), (3, 0, 6)], "no row for the count 2"),
        ([(1, 0, 6), (1, 1, 3)], "of the count 1 .* without a hole or an overlap"),
        ([(1, 0, 2), (1, 1, 3)], "of the count 1 .* without a hole or an overlap"),
        ([(1, -2, 6)], "the count 1 would be published below zero"),
        ([(1, 3_000_000, 6)], "is none"),
        ([], "rows for the counts"),
    ],
)
def test_a_table_with_a_fault_is_refused_naming_the_count(
    rows: list[tuple[int, int, int]], says: str
) -> None:
    widths = pl.DataFrame(
        rows, schema={"count": pl.Int64, "change": pl.Int64, "width": pl.Int64}, orient="row"
    )
    with pytest.raises(PerturbationError, match=says):
        Ptable.from_widths(widths, keys=6)


@pytest.mark.parametrize(
    ("counts", "keys", "error"),
    [
        ([-1], [0], CountError),
        ([1.0], [0], CountError),
        ([1], [-1], PerturbationError),
        ([1], [0.5], PerturbationError),
        ([1, 2], [0], PerturbationError),
    ],
)
def test_counts_and_keys_that_are_none_are_refused(
    counts: list[float], keys: list[float], error: type[Exception]
) -> None:
    with pytest.raises(error):
        MADE.changes(np.array(counts), np.array(keys))
