"""Patterns of large systems that are proved by moves, against an attacker with a linear program for every cell."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from disclosure.errors import UnprotectableError
from disclosure.suppression import suppress_witnessed, unproved
from disclosure.tables import System, system_of
from disclosure.tables.system import NOBODY, Flags

HIGHEST = 5
Family = tuple[int, int, int]
Code = int | None


def _system(families: list[Family], sizes: Family, told: list[bool]) -> System:
    """Two linked two-way tables of the same families, by the first and second, and by the first and third of their
    codes. `told`: of which cells it is said who is alone behind them, again and again."""
    cells: dict[tuple[Code, ...], int] = {}
    for one in range(2):
        for first in (None, *range(sizes[0])):
            for other in (None, *range(sizes[1 + one])):
                cells.setdefault((first, None, other) if one else (first, other, None), len(cells))
    lines: set[tuple[tuple[int, float], ...]] = set()
    for codes, whole in cells.items():
        for place in range(3):
            parts = [cells.get((*codes[:place], code, *codes[place + 1 :])) for code in range(sizes[place])]
            if codes[place] is None and None not in parts:
                lines.add(((whole, -1.0), *((part, 1.0) for part in parts if part is not None)))
    inside = [
        [
            number
            for number, family in enumerate(families)
            if all(code in (None, own) for code, own in zip(codes, family, strict=True))
        ]
        for codes in cells
    ]
    value = np.asarray([len(some) for some in inside], np.float64)
    small = (value > 0) & (value <= HIGHEST)
    alone = [
        some[0] if len(some) == 1 and told[place % len(told)] else NOBODY for place, some in enumerate(inside)
    ]
    return system_of(
        value,
        [(0.0, line) for line in sorted(lines)],
        status=np.where(small, "u", np.where(value == 0, "z", "s")),
        upper=np.full(value.size, 2 * value.max() + 20),
        protect_lower=np.where(small, 1.0, 0.0),
        protect_upper=np.where(small, HIGHEST + 1 - value, 0.0),
        holder=alone,
    )


def _furthest(system: System, hidden: Flags, mine: Flags, cell: int) -> tuple[float, float]:
    fixed = ~hidden | mine
    bounds = [
        (value, value) if known else (0.0, upper)
        for value, known, upper in zip(system.value, fixed, system.upper, strict=True)
    ]
    aim = np.zeros(system.cells)
    aim[cell] = 1.0
    ends = [linprog(sign * aim, A_eq=system.matrix, b_eq=system.right, bounds=bounds) for sign in (1, -1)]
    return float(ends[0].fun), -float(ends[1].fun)


sizes = st.tuples(st.integers(2, 3), st.integers(2, 4), st.integers(2, 3))


@settings(max_examples=25, deadline=None)
@given(sizes, st.integers(1, 60), st.integers(0, 10**6), st.lists(st.booleans(), min_size=5, max_size=5))
def test_no_attacker_comes_nearer_than_the_levels(
    size: Family, many: int, seed: int, told: list[bool]
) -> None:
    random = np.random.default_rng(seed)
    families = [
        (int(one[0] ** 2 * size[0]), int(one[1] ** 2 * size[1]), int(one[2] * size[2]))
        for one in random.random((many, 3))
    ]
    system = _system(families, size, told)
    found = suppress_witnessed(system)
    true = _system(families, size, [True]).holder
    fresh = found.holder != system.holder
    assert np.array_equal(found.holder[fresh], true[fresh]), (
        "somebody else's cell was taken for a holder's own"
    )
    assert found.hidden[system.status == "u"].all()
    assert not found.hidden[system.status == "z"].any()
    for holder in (NOBODY, *sorted(set(found.holder.tolist()) - {NOBODY})):
        mine = (found.holder == holder) & (holder != NOBODY)
        for cell in np.flatnonzero((system.status == "u") & ~mine).tolist():
            least, most = _furthest(system, found.hidden, mine, cell)
            assert least <= system.value[cell] - 1 + 1e-5
            assert most >= HIGHEST + 1 - 1e-5
    again = suppress_witnessed(system)
    assert np.array_equal(again.hidden, found.hidden)


def _two_way() -> System:
    families = [(row, column, 0) for row, column in product(range(3), range(3)) for _ in range(9)]
    return _system([*families[8:]], (3, 3, 1), [True])


def test_what_is_not_needed_is_shown() -> None:
    system = _two_way()
    assert (system.status == "u").sum() == 1
    assert suppress_witnessed(system).hidden.sum() == 4


def test_a_move_that_is_none_proves_nothing() -> None:
    system = _two_way()
    found = suppress_witnessed(system)
    dense = found.moves.toarray()
    assert not unproved(system, found.hidden, found.moves).any()
    off, shown = dense.copy(), found.hidden.copy()
    off[:, np.flatnonzero(found.hidden)[0]] += 1.0
    shown[np.flatnonzero(found.hidden & (system.status != "u"))[0]] = False
    for moves, hidden in (
        (dense[:0], found.hidden),
        (off, found.hidden),
        (dense * 0.5, found.hidden),
        (dense * 50, found.hidden),
        (dense, shown),
        (dense, np.zeros_like(shown)),
    ):
        assert unproved(system, hidden, csr_array(moves)).any()


def test_what_follows_whatever_is_withheld_is_refused() -> None:
    system = system_of(
        [3.0, 40.0, 43.0],
        [(0.0, [(0, 1.0), (1, 1.0), (2, -1.0)])],
        status=["u", "z", "z"],
        upper=[100.0] * 3,
        protect_lower=[1.0, 0.0, 0.0],
        protect_upper=[3.0, 0.0, 0.0],
    )
    with pytest.raises(UnprotectableError):
        suppress_witnessed(system)
