"""Intervals and checks of patterns against every table that there is, tried one by one."""

from itertools import product

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from disclosure.audit import Known, check_pattern, intervals, known_suppressed, propagate
from tests.generative.naive_tables import crossed, cubed, possible, small_crossed


def _by_trying(system, low, high):  # type: ignore[no-untyped-def]
    tables = np.asarray(list(possible(system, low, high)))
    return tables.min(axis=0), tables.max(axis=0)


@settings(max_examples=40, deadline=None)
@given(small_crossed, st.data())
def test_two_way_tables_give_exactly_what_every_table_gives(inner, data) -> None:  # type: ignore[no-untyped-def]
    system = crossed(inner)
    hidden = np.asarray(data.draw(st.lists(st.booleans(), min_size=system.cells, max_size=system.cells)))
    # No more than a few to try: the others are shown within one, or as they are.
    hidden &= np.cumsum(hidden) <= 4
    near = np.asarray(data.draw(st.lists(st.integers(0, 1), min_size=system.cells, max_size=system.cells)))
    near[np.cumsum(near) > 3] = 0
    top = system.value.max()
    low = np.where(hidden, 0.0, np.maximum(system.value - near, 0.0))
    high = np.where(hidden, top, np.minimum(system.value + near, top))
    found = intervals(system, Known(low, high))
    lowest, highest = _by_trying(system, low, high)
    assert found.lowest.tolist() == lowest.tolist()
    assert found.highest.tolist() == highest.tolist()
    assert found.solved.all()
    # A cell that the release tells is not found out by it.
    assert found.exact.tolist() == ((lowest == highest) & (low < high)).tolist()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 2), min_size=8, max_size=8), st.integers(0, 255), st.integers(0, 3))
def test_three_way_tables_are_never_told_too_narrow_and_exact_in_whole_numbers(inner, mask, totals) -> None:  # type: ignore[no-untyped-def]
    system = cubed(inner, (2, 2, 2))
    near = np.asarray([mask >> place & 1 for place in range(8)] + [0] * 12, np.float64)
    near[8 : 8 + totals] = 1
    low, high = np.maximum(system.value - 2 * near, 0), np.minimum(system.value + 2 * near, system.upper)
    lowest, highest = _by_trying(system, low, high)
    programs = intervals(system, Known(low, high))
    assert (programs.lowest <= lowest).all()
    assert (programs.highest >= highest).all()
    whole = intervals(system, Known(low, high), whole_programs=True)
    assert whole.lowest.tolist() == lowest.tolist()
    assert whole.highest.tolist() == highest.tolist()
    bounds = propagate(system.matrix, system.right, low, high, whole=True)
    assert (bounds[0] <= programs.lowest).all()
    assert (bounds[1] >= programs.highest).all()


@settings(max_examples=40, deadline=None)
@given(small_crossed, st.data())
def test_a_pattern_is_safe_only_if_nobody_and_no_holder_gets_too_close(inner, data) -> None:  # type: ignore[no-untyped-def]
    plain = crossed(inner)
    assume(plain.value.max() >= 2)
    cells = range(plain.cells)
    some = st.sets(st.sampled_from(cells), min_size=1, max_size=3)
    primary = {cell for cell in data.draw(some) if 0 < plain.value[cell] < plain.value.max()}
    assume(primary)
    hidden = primary | set(data.draw(some))
    holders = {cell: data.draw(st.integers(-1, 1)) for cell in sorted(primary)}
    system = plain.with_(
        status=np.asarray(["u" if cell in primary else "s" for cell in cells]),
        holder=np.asarray([holders.get(cell, -1) for cell in cells]),
        protect_lower=np.asarray([1.0 if cell in primary else 0.0 for cell in cells]),
        protect_upper=np.asarray([1.0 if cell in primary else 0.0 for cell in cells]),
    )
    suppressed = np.asarray([cell in hidden for cell in cells])
    known = known_suppressed(system, suppressed).within(system)
    unsafe = set()
    for holder in (-1, 0, 1):
        mine = [cell for cell, who in holders.items() if who == holder and holder >= 0]
        tables = np.asarray(list(possible(system, known.lowest, known.highest, mine)))
        low, high = tables.min(axis=0), tables.max(axis=0)
        close = (low > system.value - 1) | (high < system.value + 1)
        unsafe |= {cell for cell in primary if cell not in mine and close[cell]}
    check = check_pattern(system, suppressed)
    assert set(np.flatnonzero(check.unsafe).tolist()) == unsafe
    assert check.complete
    # With all the time but none: nothing is called safe that was not shown to be.
    late = check_pattern(system, suppressed, seconds=0.0)
    assert set(np.flatnonzero(late.unsafe).tolist()) >= unsafe


def test_a_cell_in_no_equation_is_open_and_one_alone_in_its_equation_is_not() -> None:
    system = crossed([[1, 2], [3, 4]])
    for cell, other in product(range(9), range(9)):
        suppressed = np.zeros(9, np.bool_)
        suppressed[[cell, other]] = True
        # Two cells of a table with margins always give each other away, unless they are no rectangle: never are.
        assert intervals(system, known_suppressed(system, suppressed)).exact[cell]
