"""Attacks on figures against plain Python that holds every set of rows against every other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure.audit import Knowledge, reconstruct
from disclosure.audit.differencing import differencing
from disclosure.audit.joint import bounds, exact_disclosures
from disclosure.audit.lattice import narrow, with_margins
from disclosure.audit.membership import between
from tests.generative import naive_attacks as naive
from tests.generative.naive_attacks import Row

EXACT = Knowledge(0, 0, 0.0)
# Shown as they are, or withheld whatever they are.
ANYTHING = Knowledge(0, 0, 0.0, 0, 20)
ROWS = st.lists(
    st.builds(
        Row,
        key=st.integers(1, 40),
        unit=st.integers(1, 5),
        ward=st.sampled_from([*naive.WARDS, None]),
        sex=st.sampled_from(naive.CODES["sex"]),
        met=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda row: row.key,
)
CHANCE = st.integers(0, 2**32 - 1)


def hidden(rows: list[Row], seed: int) -> list[naive.Cell]:
    """The cells of a world in which some figures are withheld and some are off by one or two, by chance."""
    chance = np.random.default_rng(seed)
    shown: dict[tuple[object, ...], int | None] = {}
    for cell in naive.cells_of(rows, {}):
        name = (cell.measure, cell.scope, cell.codes)
        lot = chance.random()
        if lot < 0.3:
            shown[name] = None
        elif lot < 0.6:
            shown[name] = max(0, len(cell.rows) + int(chance.integers(-2, 3)))
    return naive.cells_of(rows, shown)


@settings(max_examples=12, deadline=None)
@given(rows=ROWS, seed=CHANCE)
def test_close_pairs_are_those_of_the_sets(rows: list[Row], seed: int) -> None:
    cells = hidden(rows, seed)
    close, one_more = differencing(naive.view_of(rows, cells, EXACT))
    assert close.found == naive.close_pairs(cells)
    curve = naive.one_more_or_nobody(cells)
    assert one_more.figure == (pytest.approx(curve) if curve is not None else one_more.figure)
    without_rows, _ = differencing(naive.view_of(rows, cells, EXACT, with_rows=False))
    assert without_rows.found >= close.found


@settings(max_examples=8, deadline=None)
@given(rows=ROWS, later=ROWS, seed=CHANCE)
def test_what_two_releases_tell_of_one_person(rows: list[Row], later: list[Row], seed: int) -> None:
    kept = {row.key for row in rows}
    # The same key is the same need: it never changes hands.
    grown = [*rows[: len(rows) // 2], *(row for row in later if row.key not in kept)]
    before, after = hidden(rows, seed), hidden(grown, seed + 1)
    moved, *_ = between(naive.view_of(rows, before, EXACT), naive.view_of(grown, after, EXACT))
    curve = naive.between(before, after)
    assert moved.figure == (pytest.approx(curve) if curve is not None else 0.5)


@settings(max_examples=10, deadline=None)
@given(rows=ROWS, seed=CHANCE)
def test_bounds_hold_the_truth(rows: list[Row], seed: int) -> None:
    cells = hidden(rows, seed)
    view = naive.view_of(rows, cells, Knowledge(2, 2, 1.0, above_zero=False))
    found = bounds(view)
    for key, table in view.tables.items():
        assert (found.lowest[key] <= table.true.ravel()).all()
        assert (found.highest[key] >= table.true.ravel()).all()


@settings(max_examples=12, deadline=None)
@given(
    values=st.lists(st.integers(0, 2), min_size=6, max_size=6),
    withheld=st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_narrowing_leaves_every_possible_table(values: list[int], withheld: list[bool]) -> None:
    true = with_margins(np.array(values, np.float64).reshape(2, 3))
    shown = np.where(np.array(withheld).reshape(true.shape), np.nan, true)
    low, high = narrow(*ANYTHING.bounds(shown, true))
    tables = list(naive.possible_tables(shown, 2))
    assert tables
    finest = np.stack(tables)
    assert (low[:-1, :-1] <= finest.min(0)).all()
    assert (high[:-1, :-1] >= finest.max(0)).all()
    # Where only one table is possible and narrowing has found it, so has least squares.
    found = reconstruct(shown, ANYTHING)
    settled = low[:-1, :-1] == high[:-1, :-1]
    assert (found.claims[settled] == finest.min(0)[settled]).all()


def test_one_withheld_figure_of_a_row_is_found_through_a_finer_place() -> None:
    """A locality is withheld, and its wards are shown: together they are no secret."""
    rows = [
        Row(one, one, ward, "F")
        for one, ward in enumerate(["w1", "w1", "w1", "w2", "w2", "w2", "w3", "w3", "w3"])
    ]
    hide = ("needs", "", (("locality", "north"),))
    cells = naive.cells_of(rows, {hide: None})
    view = naive.view_of(rows, cells, Knowledge.of_threshold(3))
    attack = exact_disclosures(view, bounds(view))
    assert attack.questions == ("@needs|locality",)
    assert not attack.passed
