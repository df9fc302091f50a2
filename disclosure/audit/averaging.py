"""Averaging: the same difference, seen through many tables, with the noise averaged away.

Where two sets of people differ by one person, so do the same sets among the old, the young, those of one team … Equal
sets carry equal noise and cancel out: each further table says once more, with fresh noise, whether there is one more.
(Rinott, O'Keefe, Shlomo and Skinner, "Confidentiality and differential privacy in the dissemination of frequency
tables", Statistical Science 33, 2018.)
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, islice

import numpy as np

from disclosure.audit.attack import CURVE_LIMIT, Attack, area_under_curve, margin_of_curve
from disclosure.audit.nesting import Nested, nestings
from disclosure.audit.view import Floats, Integers, Table, View

# As many pairs of tables are averaged for one person.
PAIRS = 25
_MOST_FURTHER = 2


def averaging(view: View, pairs: Sequence[Nested] | None = None) -> Attack:
    """For every figure that holds one person more than a part of it, or nobody more: the mean of the difference over
    up to 25 pairs of tables with one or two further conditions. `pairs`: those of the view, where they are at hand."""
    nobody, one_more = [np.empty(0)], [np.empty(0)]
    right = 0
    for nested in nestings(view) if pairs is None else pairs:
        part = nested.part.true.ravel()
        apart = nested.whole.true.ravel()[nested.at] - part
        targets = np.flatnonzero(nested.there & (part > 0) & ((apart == 0) | (apart == 1)))
        if not targets.size:
            continue
        estimate = _estimate(view, nested, targets)
        told = ~np.isnan(estimate)
        seen, true = estimate[told], apart[targets][told]
        right += int((np.rint(seen) == true).sum())
        nobody.append(seen[true == 0])
        one_more.append(seen[true == 1])
    none, one = np.concatenate(nobody), np.concatenate(one_more)
    examined = none.size + one.size
    return Attack(
        "averaging",
        "The same difference of two figures looked up in up to 25 pairs of tables and averaged: how well that tells "
        "whether there is one more or nobody. 0.5 is guessing, 1 is always right.",
        examined,
        right,
        area_under_curve(one, none) if one.size and none.size else 0.5,
        CURVE_LIMIT,
        chance=0.5,
        margin=margin_of_curve(one.size, none.size, view.people),
    )


def _estimate(view: View, nested: Nested, targets: Integers) -> Floats:
    """The mean difference that each of these cells shows over all pairs of tables; NaN where none tells anything."""
    total, told = np.zeros(targets.size), np.zeros(targets.size)
    for part, whole in islice(_pairs(view, nested), PAIRS):
        shape = nested.part.true.size, -1
        inner = part.reshape(shape)[targets]
        outer = whole.reshape(nested.whole.true.size, -1)[nested.at[targets]]
        # Two zeros say nothing of anybody.
        seen = ~np.isnan(inner) & ~np.isnan(outer) & ((inner != 0) | (outer != 0))
        total += np.where(seen, outer - inner, 0.0).sum(1)
        told += seen.any(1)
    return np.where(told > 0, total / np.maximum(told, 1), np.nan)


def _pairs(view: View, nested: Nested) -> Iterator[tuple[Floats, Floats]]:
    """The figures of the part and of the whole, themselves and with one or two further dimensions as last axes."""
    yield nested.part.shown, nested.whole.shown
    most = max(len(names) for _measure, _scope, names in view.tables)
    room = min(_MOST_FURTHER, most - len(nested.part.dimensions))
    others = [name for name in sorted(view.codes) if name not in nested.part.dimensions]
    for further in range(1, room + 1):
        for names in combinations(others, further):
            part, whole = (_with(view, one, names) for one in (nested.part, nested.whole))
            if part is not None and whole is not None:
                yield part, whole


def _with(view: View, table: Table, names: tuple[str, ...]) -> Floats | None:
    """The figures of a table broken down further."""
    finer = view.tables.get((table.measure, table.scope, frozenset({*table.dimensions, *names})))
    if finer is None or len(finer.dimensions) != len(table.dimensions) + len(names):
        return None
    return finer.in_order(finer.shown, (*table.dimensions, *names))
