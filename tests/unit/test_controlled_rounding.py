"""Controlled rounding: what it refuses, and what it does where neighbours alone do not add up."""

import numpy as np
import pytest

from disclosure.errors import OutOfTimeError, TableError, UnprotectableError
from disclosure.suppression import controlled_rounding
from disclosure.suppression.controlled_rounding import round_controlled
from disclosure.tables import system_of

ROW = system_of([3, 4, 5, 12], [(0.0, [(0, 1.0), (1, 1.0), (2, 1.0), (3, -1.0)])])


def test_a_base_under_two_and_a_right_side_that_is_no_multiple_are_refused() -> None:
    with pytest.raises(TableError, match="a base under 2"):
        round_controlled(ROW, 1)
    fixed = system_of([3, 4], [(7.0, [(0, 1.0), (1, 1.0)])])
    with pytest.raises(TableError, match=r"equation 1 has a right side that is no multiple of 5: .* = 7"):
        round_controlled(fixed, 5)
    assert round_controlled(fixed, 7).value.tolist() == [0, 7]


def test_where_no_neighbours_add_up_cells_go_a_step_further_and_it_is_said() -> None:
    # 2 + 2 + 2 is 6, which must stay as it is; every other neighbour is 0 or 3: two of them go up.
    assert sorted(
        round_controlled(system_of([2, 2, 2], [(6.0, [(0, 1.0), (1, 1.0), (2, 1.0)])]), 3).value
    ) == [0, 3, 3]
    # Twice the one is the other: multiples of 5 alone, and 6 goes to 5 or 10, 12 to 10 or 15.
    double = system_of([6, 12], [(0.0, [(0, 2.0), (1, -1.0)])])
    assert round_controlled(double, 5).value.tolist() == [5, 10]
    # Three times the one is the other: 4 to 0 or 5 is 0 or 15, and 12 goes to 10 or 15.
    triple = round_controlled(system_of([4, 12], [(0.0, [(0, 3.0), (1, -1.0)])]), 5)
    assert (triple.value.tolist(), triple.steps) == ([5, 15], 0)
    # 9 and 10 stay; a multiple that no neighbour can meet.
    further = round_controlled(system_of([2, 10], [(0.0, [(0, 5.0), (1, -1.0)])]), 4)
    assert (further.value.tolist(), further.steps) == ([0, 0], 2)
    assert (further.known.lowest.tolist(), further.known.highest.tolist()) == ([0, 0], [10, 10])


def test_a_table_that_no_rounding_serves_is_refused() -> None:
    with pytest.raises(UnprotectableError, match="no rounding to 4 keeps the tables additive"):
        round_controlled(system_of([1, 40], [(0.0, [(0, 40.0), (1, -1.0)])], lower=[1, 0]), 4)


def test_out_of_time_is_never_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    value = np.arange(1, 26) % 5 + 1
    block = np.arange(25).reshape(5, 5)
    lines = [
        (0.0, [*((int(c), 1.0) for c in line), (25 + n, -1.0)]) for n, line in enumerate((*block, *block.T))
    ]
    sums = [value.reshape(5, 5).sum(axis=1), value.reshape(5, 5).sum(axis=0)]
    system = system_of(np.concatenate((value, *sums)), lines)
    assert not (system.matrix @ round_controlled(system, 3).value).any()
    monkeypatch.setattr(controlled_rounding, "_MOST_STEPS", 0)
    with pytest.raises(OutOfTimeError, match="no rounding was found in 0 seconds"):
        round_controlled(system, 3, seconds=0.0)
