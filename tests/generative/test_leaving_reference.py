"""What the audit of returns and exports finds, against every table that is possible, written out one by one."""

from itertools import product

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from disclosure.audit import Knowledge, View
from disclosure.audit.attack import SMALL
from disclosure.audit.beside import Offered
from disclosure.audit.linked import Linked, Said
from disclosure.audit.view import Key
from tests.leaving import EXACT, key, offer, say, tried, view_of_rows, without

# No count is larger: whatever can be as large is taken to be open at that end.
MOST = 9
CODES = {"ward": ("A", "B"), "sex": ("F", "M")}
PLACES = [key("helped"), key("helped", "ward"), key("helped", "sex"), key("helped", "sex", "ward")]
NOISE = Knowledge.of_cell_keys(3, 1.0)
Floats = NDArray[np.float64]

# Every table of two wards and two sexes, one a line: the whole, by ward, by sex, by both.
EVERY: Floats = np.array(
    [
        (a + b + c + d, a + b, c + d, a + c, b + d, a, b, c, d)
        for a, b, c, d in product(range(MOST + 1), repeat=4)
    ],
    np.float64,
)
AT = {PLACES[0]: slice(0, 1), PLACES[1]: slice(1, 3), PLACES[2]: slice(3, 5), PLACES[3]: slice(5, 9)}


def town(counts: tuple[int, ...]) -> View:
    """Families of two wards by the sex of their youngest child."""
    rows = [
        (ward, sex, 100 * place + number)
        for place, (ward, sex) in enumerate(product(*CODES.values()))
        for number in range(counts[place])
    ]

    frame = pl.DataFrame(rows, schema={"ward": pl.String, "sex": pl.String, "key": pl.UInt64}, orient="row")
    return view_of_rows({"helped": frame.with_columns(unit="key")}, CODES)


def flat(view: View, where: Key) -> Floats:
    """The counts of a table, wards before sexes."""
    table = view.tables[where]
    order = tuple(name for name in CODES if name in table.dimensions)
    return table.in_order(table.true, order).ravel()


def possible(said: list[Said | Offered]) -> tuple[Floats, Floats]:
    """By trying every table: the smallest and the largest count of every cell (inf: as large as one likes)."""
    fits = np.ones(len(EVERY), np.bool_)
    for one in said:
        where = one.place[1]
        for cell, figure in zip(range(9)[AT[where]], one.shown, strict=True):
            counts = EVERY[:, cell]
            if np.isnan(figure):
                fits &= counts >= one.knowledge.withheld_lowest
            elif one.knowledge is EXACT:
                fits &= counts == figure
            else:
                fits &= (np.abs(counts - figure) <= 3) & ((counts > 0) | (figure <= 0))
    left = EVERY[fits]
    highest = left.max(0)
    ends = left[:, 5:].max(0) == MOST
    open_ended = np.array(
        [ends.any(), ends[:2].any(), ends[2:].any(), ends[::2].any(), ends[1::2].any(), *ends]
    )
    return left.min(0), np.where(open_ended, np.inf, highest)


@st.composite
def leavings(draw: st.DrawFn) -> tuple[View, list[Said], list[Offered]]:
    """A town; some of its tables with noise, released; some of them exactly, offered."""
    view = town(tuple(draw(st.lists(st.integers(0, 6), min_size=4, max_size=4))))
    released = draw(st.lists(st.sampled_from(PLACES), unique=True, max_size=3))
    proposed = draw(st.lists(st.sampled_from(PLACES), unique=True, min_size=1, max_size=3))
    said = []
    for where in released:
        counts = flat(view, where)
        noise = draw(st.lists(st.integers(-3, 3), min_size=counts.size, max_size=counts.size))
        shown = np.where(counts > 0, np.maximum(counts + np.array(noise), 1), 0.0)
        said.append(say(0, where, shown, NOISE))
    offered = []
    for where in proposed:
        counts = flat(view, where)
        hidden = draw(st.lists(st.booleans(), min_size=counts.size, max_size=counts.size))
        # A zero is shown, and a small count is not.
        figures = np.where((counts > 0) & (np.array(hidden) | (counts < 4)), np.nan, counts)
        offered.append(offer(0, where, figures, threshold=SMALL + 1))
    return view, said, offered


def leaks(view: View, before: list[Said], offered: list[Offered]) -> set[int]:
    """The cells of which every table that is possible says nearly the same, and did not before."""
    true = np.concatenate([flat(view, where) for where in PLACES])
    (low, high), (was_low, was_high) = possible([*before, *offered]), possible(list(before))
    small = (true > 0) & (true <= SMALL)
    return set(np.flatnonzero(small & (high - low < 2) & (was_high - was_low >= 2)).tolist())


@given(leavings())
@settings(max_examples=60, deadline=None)
def test_whatever_every_possible_table_tells_the_audit_finds(
    leaving: tuple[View, list[Said], list[Offered]],
) -> None:
    """And once what it names is withheld, they tell nothing any more."""
    view, before, offered = leaving
    naive = leaks(view, before, offered)
    result = tried([view], before, offered)
    assert not (naive and result.passed)
    assert all(one.passed for one in result.left)
    assert not leaks(view, before, without(offered, result))


@given(leavings())
@settings(max_examples=60, deadline=None)
def test_bounds_are_never_narrower_than_what_is_possible(
    leaving: tuple[View, list[Said], list[Offered]],
) -> None:
    view, before, offered = leaving
    low, high = possible([*before, *offered])
    linked = Linked([view])
    limits = linked.narrow(linked.begin([*before, *(say(0, one.place[1], one.shown) for one in offered)]))
    for where in PLACES:
        cells = linked.cells((0, where))
        # As large as one likes, as far as the tables that were written out go.
        known = np.isfinite(high[AT[where]])
        assert (limits.lowest[cells] <= low[AT[where]]).all()
        assert (limits.highest[cells] >= high[AT[where]])[known].all()
