"""All tables of a release together: what they leave open of each cell, whatever table it stands in.

Each table may be safe by itself and give a cell away beside the others: a row of one is the total of another, a ward
lies in a locality, a filter in the whole. Bounds go from every table to every other that has parts of it until nothing
moves (as disclosure.audit.propagation does it for equations that are written out).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from disclosure.audit.attack import LEAST_DIFFERENCE, Attack, worst_first
from disclosure.audit.nesting import Nested, nestings
from disclosure.audit.view import Flags, Floats, Integers, Key, Table, View

_ROUNDS = 60
_NOTHING = np.inf


@dataclass(frozen=True)
class Bounds:
    """The smallest and the largest count that each cell of each table can have (flattened arrays)."""

    lowest: Mapping[Key, Floats]
    highest: Mapping[Key, Floats]


@dataclass(frozen=True)
class _Link:
    """Cells of the part and their wholes. `sums`: wholes that are exactly the sum of these parts."""

    part: Key
    whole: Key
    cells: Integers
    at: Integers
    sums: Flags
    is_sum: bool


def bounds(view: View, pairs: Sequence[Nested] | None = None) -> Bounds:
    """What all tables together leave open, from what the method says of each figure. Sound: never too narrow."""
    lowest: dict[Key, Floats] = {}
    highest: dict[Key, Floats] = {}
    for key, table in view.tables.items():
        low, high = (one.ravel() for one in view.bounds(table))
        possible = table.possible.ravel()
        lowest[key], highest[key] = np.where(possible, low, 0.0), np.where(possible, high, 0.0)
    links = [
        _link(nested) for nested in (nestings(view) if pairs is None else pairs) if _covers(view, nested)
    ]
    moved = set(view.tables)
    for _ in range(_ROUNDS):
        now: set[Key] = set()
        for link in links:
            if link.part in moved or link.whole in moved:
                now |= _narrow(link, lowest, highest)
        if not now:
            break
        moved = now
    return Bounds(lowest, highest)


def _covers(view: View, nested: Nested) -> bool:
    """Whether nothing lies between the two tables: the others follow from these."""
    part, whole = nested.part, nested.whole
    if nested.by_code:
        return part is whole
    if part.measure != whole.measure:
        return part.scope == whole.scope and set(part.dimensions) == set(whole.dimensions)
    if part.scope != whole.scope:
        return True
    gone, come = set(part.dimensions) - set(whole.dimensions), set(whole.dimensions) - set(part.dimensions)
    if len(gone) != 1:
        return False
    (name,) = gone
    return not come or view.parents[name][0] in come


def _link(nested: Nested) -> _Link:
    cells = np.flatnonzero(nested.there)
    at = nested.at[cells]
    size = nested.whole.true.size
    sums = np.bincount(at, nested.part.true.ravel()[cells], size)
    # That rows have a code each is known of the list; where some have none, or several, a total is no sum.
    equal = np.zeros(size, np.bool_)
    equal[at] = True
    one_measure = nested.part.measure == nested.whole.measure and not nested.by_code
    is_sum = one_measure and bool((sums <= nested.whole.true.ravel()).all())
    equal &= sums == nested.whole.true.ravel()
    complete = is_sum and bool(equal[at].all())
    return _Link(nested.part.key, nested.whole.key, cells, at, equal & complete, is_sum)


def _narrow(link: _Link, lowest: dict[Key, Floats], highest: dict[Key, Floats]) -> set[Key]:
    """Carry bounds over one link, in place; which tables moved."""
    low, high = lowest[link.part][link.cells], highest[link.part][link.cells]
    low_whole, high_whole = lowest[link.whole], highest[link.whole]
    size = low_whole.size
    if not link.is_sum:
        # Each part is in its whole, and no more is known.
        new_low_whole = low_whole.copy()
        np.maximum.at(new_low_whole, link.at, low)
        new_high, new_low, new_high_whole = np.minimum(high, high_whole[link.at]), low, high_whole
    else:
        least = np.bincount(link.at, low, size)
        new_low_whole = np.maximum(low_whole, least)
        new_high = np.minimum(high, high_whole[link.at] - (least[link.at] - low))
        endless = ~np.isfinite(new_high)
        finite = np.where(endless, 0.0, new_high)
        most, open_ended = np.bincount(link.at, finite, size), np.bincount(link.at, endless, size)
        whole_most = np.where((open_ended > 0) | ~link.sums, _NOTHING, most)
        new_high_whole = np.minimum(high_whole, whole_most)
        others_open = open_ended[link.at] - endless > 0
        rest = np.where(others_open | ~link.sums[link.at], _NOTHING, most[link.at] - finite)
        new_low = np.maximum(low, new_low_whole[link.at] - rest)
    moved: set[Key] = set()
    if (new_low > low).any() or (new_high < high).any():
        lowest[link.part][link.cells], highest[link.part][link.cells] = new_low, new_high
        moved.add(link.part)
    if (new_low_whole > low_whole).any() or (new_high_whole < high_whole).any():
        lowest[link.whole], highest[link.whole] = new_low_whole, new_high_whole
        moved.add(link.whole)
    return moved


def exact_disclosures(view: View, found: Bounds) -> Attack:
    """The cells with anybody in them whose count all tables together leave no choice, though none shows it."""
    examined, exact = 0, dict[str, int]()
    for key, table in sorted(view.tables.items(), key=lambda item: item[1].question):
        true = table.true.ravel()
        safe = _protected(view, table)
        examined += int(safe.sum())
        many = int((safe & (true > 0) & (found.lowest[key] >= found.highest[key])).sum())
        if many:
            exact[table.question] = many
    total = sum(exact.values())
    return Attack(
        "exact_disclosures",
        "Everything that is shown, taken together: counts of withheld or perturbed cells that follow exactly, and "
        "counts of one or two that are shown. None may.",
        examined,
        total,
        total / examined if examined else None,
        0.0,
        questions=worst_first(exact),
    )


def _protected(view: View, table: Table) -> Flags:
    """Cells whose count is not simply shown as it is."""
    shown = table.shown.ravel()
    low, high = (one.ravel() for one in view.bounds(table))
    # One or two people shown as they are were protected by nobody.
    few = (table.true > 0).ravel() & (table.true < LEAST_DIFFERENCE).ravel()
    protected: Flags = table.possible.ravel() & (np.isnan(shown) | (low < high) | few)
    return protected
