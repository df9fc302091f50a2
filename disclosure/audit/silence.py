"""What is withheld, and what that says: a gap should not point at somebody."""

import numpy as np

from disclosure.audit.attack import SMALL, Attack, area_under_curve
from disclosure.audit.lattices import margins_of
from disclosure.audit.view import View


def silence(view: View) -> Attack:
    """How well it tells, of cells that hold a few or nobody, which is which, that a figure is withheld. Only told:
    where whoever is few is always withheld, and a true nothing shown, it is 1."""
    few: list[np.ndarray[tuple[int], np.dtype[np.float64]]] = [np.empty(0)]
    nobody: list[np.ndarray[tuple[int], np.dtype[np.float64]]] = [np.empty(0)]
    hidden = 0
    for table in view.tables.values():
        gap = np.isnan(table.shown[table.possible]).astype(np.float64)
        true = table.true[table.possible]
        hidden += int(gap[(true > 0) & (true <= SMALL)].sum())
        few.append(gap[(true > 0) & (true <= SMALL)])
        nobody.append(gap[true == 0])
    some, none = np.concatenate(few), np.concatenate(nobody)
    return Attack(
        "silence",
        f"That a figure is withheld: how well it tells whether there are one to {SMALL}, or nobody. 0.5 is guessing, 1 "
        "is always right.",
        some.size + none.size,
        hidden,
        area_under_curve(some, none),
        None,
        chance=0.5,
    )


def gaps(view: View) -> Attack:
    """Who knows by which rule figures are withheld reads the pattern: of the figures of the finest tables that are
    withheld, those that stand for exactly one. Only told."""
    margins = margins_of(view)
    hidden = ones = 0
    for key, table in view.tables.items():
        if key not in margins:
            gap = table.possible & np.isnan(table.shown)
            hidden += int(gap.sum())
            ones += int((gap & (table.true == 1)).sum())
    return Attack(
        "gap_is_a_one",
        "Of the figures of the finest tables that are withheld, those that stand for exactly one: so often is somebody "
        "right who takes every gap for one person.",
        hidden,
        ones,
        ones / hidden if hidden else None,
        None,
    )
