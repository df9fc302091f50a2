"""What is said of cells, and what follows from it, where the answer is plain."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from disclosure.audit import (
    Known,
    check_known,
    check_pattern,
    intervals,
    known_rounded,
    known_suppressed,
    known_within,
    propagate,
)
from disclosure.errors import PatternError
from disclosure.tables import system_of

# 3 + 4 + 5 = 12, a row and its total.
ROW = system_of([3, 4, 5, 12], [(0.0, [(0, 1.0), (1, 1.0), (2, 1.0), (3, -1.0)])])


def test_one_suppressed_cell_of_a_row_is_found_out_and_two_are_not() -> None:
    one = intervals(ROW, known_suppressed(ROW, np.asarray([True, False, False, False])))
    assert (one.lowest[0], one.highest[0], one.exact.tolist()) == (3, 3, [True, False, False, False])
    two = intervals(ROW, known_suppressed(ROW, np.asarray([True, True, False, False])))
    assert (two.lowest.tolist(), two.highest.tolist()) == ([0, 0, 5, 12], [7, 7, 5, 12])


def test_the_contributor_of_the_other_cell_finds_out_what_nobody_else_can() -> None:
    marked = ROW.with_(status=np.asarray([*"uuss"]), holder=np.asarray([-1, 7, -1, -1]))
    suppressed = np.asarray([True, True, False, False])
    assert check_pattern(marked, suppressed).unsafe.tolist() == [True, False, False, False]
    assert check_pattern(marked, suppressed).against.tolist() == [7, -1, -1, -1]
    assert not check_pattern(marked, suppressed, singletons=False).unsafe.any()
    assert not check_pattern(marked, np.asarray([True, True, True, False])).unsafe.any()


def test_each_contributor_attacks_alone() -> None:
    # Whichever of two others is known, the third stays open between it and the one that is not.
    marked = ROW.with_(status=np.asarray([*"uuus"]), holder=np.asarray([-1, 7, 8, -1]))
    assert not check_pattern(marked, np.asarray([True, True, True, False])).unsafe.any()
    # As one they know all but the third.
    as_one = marked.with_(holder=np.asarray([-1, 7, 7, -1]))
    assert check_pattern(as_one, np.asarray([True, True, True, False])).unsafe.tolist() == [
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("lower", "upper", "sliding", "bounds", "close"),
    [
        (1, 1, 0, [0, 12], False),
        (1, 0, 0, [0, 4], True),  # the other is at most 4, so this one is at least 3
        (0, 1, 0, [0, 4], False),
        (0, 1, 0, [4, 12], True),  # the other is at least 4, so this one is at most 3
        (1, 0, 0, [4, 12], False),
        (0, 0, 7, [0, 12], False),
        (0, 0, 7, [0, 6], True),
    ],
)
def test_a_cell_is_too_close_if_any_of_its_levels_is_not_reached(
    lower, upper, sliding, bounds, close
) -> None:  # type: ignore[no-untyped-def]
    marked = ROW.with_(
        status=np.asarray([*"usss"]),
        protect_lower=np.asarray([lower, 0.0, 0, 0]),
        protect_upper=np.asarray([upper, 0.0, 0, 0]),
        protect_sliding=np.asarray([sliding, 0.0, 0, 0]),
        lower=np.asarray([0.0, bounds[0], 0, 0]),
        upper=np.asarray([12.0, bounds[1], 12, 12]),
    )
    known = known_suppressed(marked, np.asarray([True, True, False, False]))
    assert intervals(marked, known).close.tolist() == [close, False, False, False]
    assert check_known(marked, known).unsafe.tolist() == [close, False, False, False]


def test_programs_find_what_no_equation_tells_alone() -> None:
    # Of three cells each pair is known to come to 2.
    pairs = [(2.0, [(0, 1.0), (1, 1.0)]), (2.0, [(1, 1.0), (2, 1.0)]), (2.0, [(0, 1.0), (2, 1.0)])]
    system = system_of([1.0, 1.0, 1.0], pairs, upper=[9.0] * 3)
    known = known_suppressed(system, np.ones(3, np.bool_))
    found = intervals(system, known)
    assert (found.lowest.tolist(), found.highest.tolist()) == ([1, 1, 1], [1, 1, 1])
    assert found.exact.all()
    alone = propagate(system.matrix, system.right, known.lowest, known.highest)
    assert np.isinf(alone[0]).all()
    assert intervals(system, known, programs=0).highest.tolist() == [2, 2, 2]


def test_a_primary_cell_that_is_shown_is_unsafe() -> None:
    marked = ROW.with_(status=np.asarray([*"usss"]))
    assert check_pattern(marked, np.zeros(4, np.bool_)).unsafe[0]


@pytest.mark.parametrize(
    ("shown", "base", "nearest", "lowest", "highest"),
    [
        ([5, 5, 5, 10], 5, True, [3, 3, 3, 8], [7, 7, 7, 12]),
        ([4, 4, 4, 12], 4, True, [2, 2, 2, 10], [5, 5, 5, 13]),
        ([5, 0, 5, 10], 5, False, [1, -4, 1, 6], [9, 4, 9, 14]),
    ],
)
def test_rounding_leaves_open_what_rounds_to_the_same(shown, base, nearest, lowest, highest) -> None:  # type: ignore[no-untyped-def]
    known = known_rounded(ROW, np.asarray(shown, np.float64), base, nearest=nearest)
    assert (known.lowest.tolist(), known.highest.tolist()) == (lowest, highest)


def test_rounded_and_perturbed_figures_narrow_each_other() -> None:
    # Each within 1 of what is shown: together they leave one table.
    known = known_within(ROW, np.asarray([2.0, 3.0, 4.0, 13.0]), 1)
    found = intervals(ROW, known)
    assert found.lowest.tolist() == found.highest.tolist() == [3, 4, 5, 12]
    assert found.exact.all()
    withheld = known_within(ROW, np.zeros(4), 1, withheld=np.ones(4, np.bool_))
    assert intervals(ROW, withheld).highest.tolist() == [12, 12, 12, 12]


def test_what_is_not_true_of_the_table_is_refused() -> None:
    with pytest.raises(PatternError, match="cell 1: what the pattern says of it is not true"):
        intervals(ROW, Known(np.asarray([0.0, 5, 0, 0]), np.full(4, 99.0)))
    with pytest.raises(PatternError, match="for 2 cells, and the table has 4"):
        check_known(ROW, Known(np.zeros(2), np.zeros(2)))
    with pytest.raises(PatternError, match="for 2 cells"):
        known_suppressed(ROW, np.ones(2, np.bool_))


def test_a_budget_of_programs_is_kept_and_what_it_leaves_open_is_said() -> None:
    block = np.arange(25).reshape(5, 5)
    lines = [(10.0, [(int(cell), 1.0) for cell in line]) for line in (*block, *block.T)]
    system = system_of([2.0] * 25, lines, upper=np.full(25, 7.0))
    known = known_suppressed(system, np.ones(25, np.bool_))
    none = intervals(system, known, programs=0)
    assert (none.programs, none.solved.any()) == (0, False)
    some = intervals(system, known, programs=5)
    everything = intervals(system, known)
    assert some.programs <= 5
    assert everything.solved.all()
    assert (none.lowest <= some.lowest).all()
    assert (some.lowest <= everything.lowest).all()
    one = intervals(system, known, cells=np.asarray([3]))
    assert one.solved[3]
    assert (one.lowest[3], one.highest[3]) == (everything.lowest[3], everything.highest[3])


def test_bounds_may_be_endless_and_contradictions_are_told() -> None:
    line = csr_array(np.asarray([[1.0, -1.0, 0.0], [0.0, 1.0, 1.0]]))
    endless = np.full(3, np.inf)
    low, high = propagate(line, np.asarray([0.0, 5.0]), np.asarray([0.0, -np.inf, 2.0]), endless)
    # A hair wider than they are, for what floating point may lose.
    assert (low, high) == (pytest.approx([0, 0, 2]), pytest.approx([3, 3, 5]))
    assert (high >= [3, 3, 5]).all()
    free = propagate(line, np.zeros(2), -endless, endless)
    assert np.isinf(free[0]).all()
    with pytest.raises(PatternError, match="contradicts itself"):
        propagate(line, np.asarray([0.0, 5.0]), np.asarray([6.0, 0, 0]), endless)


def test_a_cell_without_bounds_is_told_as_endless() -> None:
    system = system_of([1.0, 2.0], [(-1.0, [(0, 1.0), (1, -1.0)])], lower=[-np.inf] * 2, upper=[np.inf] * 2)
    found = intervals(system, known_suppressed(system, np.ones(2, np.bool_)))
    assert np.isinf(found.lowest).all()
    assert np.isinf(found.highest).all()
