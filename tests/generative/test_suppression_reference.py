"""The exact suppression costs what the cheapest of all patterns costs, and both modes are safe by plain programs."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from disclosure.errors import UnprotectableError
from disclosure.suppression import Pattern, suppress_exactly, suppress_fast
from disclosure.suppression.large import LargeSearch
from disclosure.tables import NOBODY, System
from tests.generative.naive_suppression import cheapest, safe
from tests.generative.naive_tables import crossed, cubed


@st.composite
def _tables(draw: st.DrawFn) -> System:
    """A small table with primary cells, levels of all three kinds, and perhaps a contributor alone in two cells."""
    if draw(st.integers(0, 2)):
        shape = draw(st.sampled_from([(2, 2), (2, 3)]))
        size = shape[0] * shape[1]
        inner = draw(st.lists(st.integers(1, 9), min_size=size, max_size=size))
        system = crossed(np.asarray(inner).reshape(shape).tolist())
    else:
        system = cubed(draw(st.lists(st.integers(1, 6), min_size=8, max_size=8)), (2, 2, 2))
        # With all inner cells primary or free, few patterns are left to try.
        system = system.with_(status=np.where(np.arange(system.cells) < 8, system.status, "z"))
    inside = np.flatnonzero(system.value <= 9)[: 8 if system.cells > 12 else 6]
    primary = draw(st.lists(st.sampled_from(inside.tolist()), min_size=1, max_size=3, unique=True))
    status = system.status.copy()
    status[primary] = "u"
    levels = np.zeros((3, system.cells))
    for cell in primary:
        value = int(system.value[cell])
        levels[0, cell] = draw(st.integers(0, min(value, 2)))
        levels[1, cell] = draw(st.integers(0, 3))
        levels[2, cell] = draw(st.sampled_from([0, 0, 2, 5]))
    holder = np.full(system.cells, NOBODY, np.int64)
    if draw(st.booleans()):
        holder[primary] = [draw(st.sampled_from([NOBODY, 7, 8])) for _cell in primary]
    top = float(system.value.max()) + 10
    cost = np.asarray(draw(st.lists(st.integers(0, 9), min_size=system.cells, max_size=system.cells)))
    return system.with_(
        status=status,
        cost=cost.astype(np.float64),
        upper=np.full(system.cells, top),
        protect_lower=levels[0],
        protect_upper=levels[1],
        protect_sliding=levels[2],
        holder=holder,
    )


def _protected(mode: Callable[[System], Pattern], system: System) -> Pattern:
    try:
        return mode(system)
    except UnprotectableError:
        reject()


@settings(max_examples=12, deadline=None)
@given(_tables())
def test_no_pattern_is_cheaper_than_the_exact_one(system: System) -> None:
    best = cheapest(system)
    if best is None:
        for mode in (suppress_exactly, suppress_fast):
            with pytest.raises(UnprotectableError):
                mode(system)
        return
    exact, fast = suppress_exactly(system), suppress_fast(system)
    assert exact.proved
    assert exact.cost == pytest.approx(best)
    assert exact.bound == exact.cost
    assert fast.bound <= best + 1e-6
    assert fast.cost >= best - 1e-6
    for pattern in (exact, fast):
        assert safe(system, set(np.flatnonzero(pattern.suppressed).tolist()))
        assert not pattern.suppressed[system.status == "z"].any()


@settings(max_examples=15, deadline=None)
@given(_tables())
def test_every_withheld_cell_says_why_and_no_other(system: System) -> None:
    pattern = _protected(suppress_fast, system)
    assert [bool(why) for why in pattern.reason] == pattern.suppressed.tolist()
    names = {f"primary cell {system.names[cell]}" for cell in np.flatnonzero(system.status == "u")}
    for cell in np.flatnonzero(pattern.secondary):
        assert any(name in pattern.reason[cell] for name in names)


@settings(max_examples=10, deadline=None)
@given(_tables())
def test_the_same_table_gives_the_same_pattern(system: System) -> None:
    for mode in (suppress_exactly, suppress_fast):
        first, second = _protected(mode, system), mode(system)
        assert first.status.tolist() == second.status.tolist()
        assert first.reason == second.reason


@settings(max_examples=12, deadline=None)
@given(_tables())
def test_the_way_of_large_tables_is_safe_and_only_gets_cheaper(system: System) -> None:
    best = cheapest(system)
    if best is None:
        reject()
    search = LargeSearch(system, 60.0)
    if not search.mend(search.model.must.copy()):
        # A width that needs both ends at once is left to the inequalities.
        assert system.protect_sliding.any()
        reject()
    costs = []
    for step in (lambda: None, search.drop, lambda: search.mend(search.narrow(search.best.opened))):
        step()
        assert safe(system, set(np.flatnonzero(search.model.suppressed(system, search.best.opened)).tolist()))
        costs.append(search.best.cost)
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] >= best - 1e-6
