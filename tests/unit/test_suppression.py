"""Suppression of cells, where the answer is known by hand."""

import numpy as np
import pytest

from disclosure.audit import check_pattern
from disclosure.errors import PatternError, UnprotectableError
from disclosure.suppression import POLICIES, suppress_exactly, suppress_fast, with_costs
from disclosure.suppression.model import model_of
from disclosure.tables import NOBODY, System, system_of
from tests.generative.naive_tables import crossed

_BOTH = pytest.mark.parametrize("mode", [suppress_exactly, suppress_fast])


def _primary(system: System, cells: list[int], above: float = 0.0, **more: object) -> System:
    status, level = system.status.copy(), np.zeros(system.cells)
    status[cells], level[cells] = "u", above
    return system.with_(status=status, protect_upper=level, **more)


@_BOTH
def test_one_cell_of_a_table_takes_the_cheapest_rectangle(mode) -> None:  # type: ignore[no-untyped-def]
    # Rows 1 20 9, 30 40 8, 5 6 7: with 6 and 5 and the 20 it costs 31, with 9, 8 and 30 it costs 47; with 5, 7, 9: 21.
    system = _primary(crossed([[1, 20, 9], [30, 40, 8], [5, 6, 7]]), [0], 1.0)
    pattern = mode(system)
    assert pattern.cost == 21
    assert np.flatnonzero(pattern.secondary).tolist() == [2, 8, 10]
    assert pattern.complete


@_BOTH
def test_a_capacity_counts(mode) -> None:  # type: ignore[no-untyped-def]
    # The first cell must be able to grow by 6: the cells beside it must be able to give 6, and 5 is too little.
    system = _primary(crossed([[1, 20, 9], [30, 40, 8], [5, 6, 7]]), [0], 6.0)
    pattern = mode(system)
    assert pattern.cost > 21
    assert not check_pattern(system, pattern.suppressed).unsafe.any()


@_BOTH
def test_linked_tables_and_levels_of_a_hierarchy_are_one_problem(mode) -> None:  # type: ignore[no-untyped-def]
    # A total of two groups, of two each, and the same total by three other groups.
    value = [12.0, 7, 5, 1, 6, 2, 3, 2, 4, 6]
    lines = [(0, 1, 2), (1, 3, 4), (2, 5, 6), (0, 7, 8, 9)]
    system = system_of(value, [(0.0, [(t, -1.0), *((p, 1.0) for p in parts)]) for t, *parts in lines])
    pattern = mode(_primary(system, [3, 7], 1.0))
    # In the first hierarchy the brother; in the other table the cheapest brother of the second.
    assert np.flatnonzero(pattern.secondary).tolist() == [4, 8]
    assert pattern.reason[4].endswith("primary cell 3")
    assert pattern.reason[8] == "protects primary cell 7"
    assert pattern.reason[0] == ""


def _row(holders: list[int]) -> System:
    """A row of five and its total; the first two are primary."""
    system = system_of([3, 4, 5, 6, 7, 25], [(0.0, [*((k, 1.0) for k in range(5)), (5, -1.0)])])
    holder = np.full(6, NOBODY, np.int64)
    holder[: len(holders)] = holders
    return _primary(system, [0, 1], 1.0, holder=holder)


@_BOTH
@pytest.mark.parametrize(
    ("holders", "more"),
    [
        ([], []),
        # One who knows a primary cell would know the other: a third is needed.
        ([7, 8], [2]),
        ([7, NOBODY], [2]),
        # Both are the same one's: nobody else is given away.
        ([7, 7], []),
    ],
)
def test_whoever_knows_a_cell_does_not_learn_another(mode, holders: list[int], more: list[int]) -> None:  # type: ignore[no-untyped-def]
    pattern = mode(_row(holders))
    assert np.flatnonzero(pattern.secondary).tolist() == more
    assert not check_pattern(_row(holders), pattern.suppressed).unsafe.any()


@_BOTH
@pytest.mark.parametrize("how", ["alone", "too little", "known by its neighbour"])
def test_what_no_pattern_protects_is_named(mode, how: str) -> None:  # type: ignore[no-untyped-def]
    system = _row([])
    status = system.status.copy()
    if how == "alone":
        status[1:] = "z"
    elif how == "too little":
        system = system.with_(upper=np.full(6, 30.0), protect_upper=np.array([1.0, 24, 0, 0, 0, 0]))
        status[3:] = "z"
    else:
        status[2:] = "z"
        system = _row([7, 8])
    with pytest.raises(UnprotectableError, match=r"no pattern can protect .* primary cell") as told:
        mode(system.with_(status=status))
    assert ("(0)" if how == "alone" else "1") in str(told.value)


@_BOTH
def test_a_table_without_primary_cells_needs_nothing(mode) -> None:  # type: ignore[no-untyped-def]
    pattern = mode(crossed([[1, 2], [3, 4]]))
    assert not pattern.suppressed.any()
    assert (pattern.cost, pattern.proved, pattern.complete) == (0, True, True)


def test_cells_that_move_together_are_one() -> None:
    # 0 is the total of 1 and 2, and 2 must be shown: 0 and 1 move together. 3 is the total of 0 and 4.
    system = system_of(
        [5, 3, 2, 9, 4],
        [(0.0, [(1, 1.0), (2, 1.0), (0, -1.0)]), (0.0, [(0, 1.0), (4, 1.0), (3, -1.0)])],
        status=["s", "u", "z", "s", "s"],
    )
    model = model_of(system)
    assert [cells.tolist() for cells in model.members] == [[0, 1], [3], [4]]
    # What it costs to suppress the total with its only open part is paid in any case.
    assert model.cost.tolist() == [5, 9, 4]
    pattern = suppress_exactly(system)
    assert pattern.cost == 9
    assert pattern.reason[0] == "whoever knows it knows primary cell 1"


@pytest.mark.parametrize("policy", POLICIES)
def test_costs_follow_the_policy(policy: str) -> None:
    system = system_of([0, 1, 99], [], cost=[5, 6, 7])
    expected = {
        "given": [5, 6, 7],
        "unit": [1, 1, 1],
        "value": [1, 1, 99],
        "log": [1, 1 + np.log(2), 1 + np.log(100)],
    }
    assert with_costs(system, policy).cost == pytest.approx(expected[policy])


def test_another_policy_is_refused() -> None:
    with pytest.raises(PatternError, match="no policy for costs"):
        with_costs(crossed([[1, 2], [3, 4]]), "beauty")
