"""Counts under the threshold vanish, the rest are rounded; checked against plain Python."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as some

from disclosure import ProfileError, Rounding, protect_counts


def naive(counts: list[int], threshold: int, base: int) -> list[int]:
    """What the guidance says, one count at a time: to the nearest multiple, halves up."""
    shown = []
    for count in counts:
        if count >= threshold:
            below = count - count % base
            above = below + base
            shown.append(above if count - below >= above - count else below)
    return shown


@given(
    counts=some.lists(some.integers(0, 500), max_size=40),
    threshold=some.integers(3, 20),
    base=some.integers(2, 10),
)
def test_as_the_naive_reference(counts: list[int], threshold: int, base: int) -> None:
    frame = pl.DataFrame({"n": counts}, schema={"n": pl.Int64})
    shown = protect_counts(frame, "n", Rounding("any", threshold, base))
    assert shown["n"].to_list() == naive(counts, threshold, base)


def test_the_first_profile() -> None:
    frame = pl.DataFrame({"place": list("abcdef"), "n": [0, 9, 10, 12, 13, 1000]})
    shown = protect_counts(frame, "n", Rounding("dashboard", 10, 5))
    assert dict(shown.iter_rows()) == {"c": 10, "d": 10, "e": 15, "f": 1000}


@pytest.mark.parametrize("counts", [[-1], [None, 3]])
def test_what_is_no_count_is_refused(counts: list[int | None]) -> None:
    with pytest.raises(ProfileError, match="missing or negative"):
        protect_counts(pl.DataFrame({"n": counts}, schema={"n": pl.Int64}), "n", Rounding("dashboard", 10, 5))


def test_fractions_are_refused() -> None:
    with pytest.raises(ProfileError, match="whole numbers"):
        protect_counts(pl.DataFrame({"n": [10.5]}), "n", Rounding("dashboard", 10, 5))


@pytest.mark.parametrize(("threshold", "base"), [(2, 5), (0, 5), (10, 1), (10, 0)])
def test_a_profile_that_protects_nobody_is_refused(threshold: int, base: int) -> None:
    with pytest.raises(ProfileError):
        Rounding("weak", threshold, base)
