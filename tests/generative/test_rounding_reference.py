"""Controlled rounding against every rounding that there is."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure.suppression.controlled_rounding import round_controlled
from tests.generative.naive_tables import crossed, cubed


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 7), min_size=2, max_size=2), min_size=2, max_size=2),
    st.integers(2, 5),
    st.sets(st.integers(0, 3), max_size=2),
)
def test_the_change_is_the_least_that_adds_up(inner, base, small) -> None:  # type: ignore[no-untyped-def]
    system = crossed(inner)
    rounded = round_controlled(system, base)
    choices = [
        sorted({value // base * base, -(-value // base) * base})
        for value in system.value.astype(int).tolist()
    ]
    additive = [
        np.asarray(table) for table in product(*choices) if not (system.matrix @ np.asarray(table)).any()
    ]
    # Tables by two dimensions can always be rounded so (Cox and Ernst 1982).
    assert additive
    assert (rounded.steps, rounded.proved) == (0, True)
    assert any((rounded.value == table).all() for table in additive)
    assert rounded.change == min(np.abs(table - system.value).sum() for table in additive)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=8, max_size=8), st.integers(2, 4))
def test_tables_by_three_dimensions_add_up_and_stay_near(inner, base) -> None:  # type: ignore[no-untyped-def]
    system = cubed(inner, (2, 2, 2))
    rounded = round_controlled(system, base)
    assert not (rounded.value % base).any()
    assert not (system.matrix @ rounded.value).any()
    assert (np.abs(rounded.value - system.value) < base * (rounded.steps + 1)).all()
    assert (rounded.value >= 0).all()
    assert (rounded.known.lowest <= system.value).all()
    assert (rounded.known.highest >= system.value).all()


def test_small_cells_go_where_nobody_can_tell_that_they_are_small() -> None:
    system = crossed([[4, 20], [20, 30]])
    small = np.asarray([value == 4 for value in system.value])
    marked = system.with_(
        status=np.where(small, "u", "s"), protect_lower=small * 1.0, protect_upper=small * 1.0
    )
    assert round_controlled(marked, 5).value[0] == 5
    assert not round_controlled(marked, 5).unsafe.any()
    # 2 would go to 0, which says that it is under 5.
    lower = crossed([[2, 20], [20, 30]])
    low = np.asarray([value == 2 for value in lower.value])
    assert round_controlled(lower, 5).value[0] == 0
    up = round_controlled(lower.with_(status=np.where(low, "u", "s"), protect_upper=low * 3.0), 5)
    assert (up.value[0], up.unsafe.any()) == (5, False)
    # With no room above, it says so.
    tight = marked.with_(protect_upper=small * 8.0)
    assert round_controlled(tight, 5).unsafe.tolist() == small.tolist()
