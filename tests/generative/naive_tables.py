"""Small systems of cells, and everything about them by trying every table that there is."""

from collections.abc import Iterator, Sequence

import numpy as np
from hypothesis import strategies as st

from disclosure.tables import System, system_of


def crossed(inner: Sequence[Sequence[int]], **more: object) -> System:
    """A table by two dimensions with its totals: row by row, each with its total last, then the row of totals."""
    width = len(inner[0]) + 1
    rows = [[*row, sum(row)] for row in inner]
    rows.append([sum(column) for column in zip(*rows, strict=True)])
    equations = [
        (0.0, [*((place * width + k, 1.0) for k in range(width - 1)), (place * width + width - 1, -1.0)])
        for place in range(len(rows))
    ]
    equations += [
        (0.0, [*((r * width + k, 1.0) for r in range(len(rows) - 1)), ((len(rows) - 1) * width + k, -1.0)])
        for k in range(width)
    ]
    return system_of([count for row in rows for count in row], equations, **more)  # type: ignore[arg-type]


def cubed(inner: Sequence[int], shape: tuple[int, int, int]) -> System:
    """A table by three dimensions with all its two-way totals, but no others: not totally unimodular."""
    block = np.asarray(inner).reshape(shape)
    value, equations = list(block.ravel()), []
    place = np.arange(block.size).reshape(shape)
    for axis in range(3):
        for group in np.moveaxis(place, axis, -1).reshape(-1, shape[axis]):
            equations.append((0.0, [*((int(cell), 1.0) for cell in group), (len(value), -1.0)]))
            value.append(sum(value[cell] for cell in group))
    return system_of(value, equations)


def possible(
    system: System, lowest: Sequence[float], highest: Sequence[float], known: Sequence[int] = ()
) -> Iterator[tuple[int, ...]]:
    """Every table of whole numbers within the bounds for which every equation holds, by trying one cell
    after the other; cells of `known` are as they are."""
    choices = [
        range(int(value), int(value) + 1)
        if cell in known
        else range(int(np.ceil(low)), int(np.floor(high)) + 1)
        for cell, (value, low, high) in enumerate(zip(system.value, lowest, highest, strict=True))
    ]
    lines = [
        (
            system.right[e],
            list(zip(system.columns[a:b].tolist(), system.coefficients[a:b].tolist(), strict=True)),
        )
        for e, (a, b) in enumerate(zip(system.starts[:-1], system.starts[1:], strict=True))
    ]
    # An equation is looked at as soon as its last cell has a value.
    due = [[line for line in lines if max(c for c, _ in line[1]) == cell] for cell in range(system.cells)]
    table = [0] * system.cells

    def on(cell: int) -> Iterator[tuple[int, ...]]:
        if cell == system.cells:
            yield tuple(table)
            return
        for value in choices[cell]:
            table[cell] = value
            if all(abs(sum(c * table[k] for k, c in line) - right) < 1e-9 for right, line in due[cell]):
                yield from on(cell + 1)

    return on(0)


small_crossed = st.integers(2, 3).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 2), min_size=width, max_size=width), min_size=2, max_size=3
    )
)
