"""Which figures are parts of which others, by what they are called: one more condition, a finer code, a code that
holds another, a measure inside another, a filter inside another. Everybody knows this, so everybody can take the one
from the other."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from disclosure.audit.view import Flags, Floats, Integers, Table, View


@dataclass(frozen=True)
class Nested:
    """Two tables, each cell of the first a part of one of the second. `at`: the place of the whole (in the flattened
    array) for each cell of the part's flattened array; -1: it has none there. `by_code`: since its code holds another:
    then no whole is the sum of such parts."""

    part: Table
    whole: Table
    at: Integers
    by_code: bool = False

    @property
    def there(self) -> Flags:
        """Where the part has a whole, and both can be."""
        possible = self.part.possible.ravel() & (self.at >= 0)
        return possible & self.whole.possible.ravel()[self.at]

    def shown(self) -> tuple[Floats, Floats]:
        """The figures of the parts and of their wholes; NaN where either is withheld or there is no whole."""
        part, whole = self.part.shown.ravel(), self.whole.shown.ravel()[self.at]
        both = self.there & ~np.isnan(part) & ~np.isnan(whole)
        return np.where(both, part, np.nan), np.where(both, whole, np.nan)

    @property
    def one_figure(self) -> Flags:
        """Where the part shows the figure of its whole, drawn once for both."""
        part = self.part.figure.ravel()
        same: Flags = (part >= 0) & (part == self.whole.figure.ravel()[self.at])
        return same


def nestings(view: View) -> Iterator[Nested]:
    """Every pair of different tables of which one is by its name a part of the other, in order of their names; and
    every table with itself, where some of its cells are parts of others by their codes."""
    by_measure: dict[str, list[Table]] = {}
    for table in sorted(view.tables.values(), key=lambda one: one.question):
        by_measure.setdefault(table.measure, []).append(table)
    for measure in sorted(by_measure):
        wholes = [one for name in (measure, *view.holding[measure]) for one in by_measure.get(name, ())]
        for part in by_measure[measure]:
            of_codes = list(_by_codes(view, part))
            yield from (Nested(part, part, at, by_code=True) for at in of_codes)
            for whole in wholes:
                at = places_in(view, part, whole) if whole is not part else None
                if at is None:
                    continue
                yield Nested(part, whole, at)
                for held in of_codes:
                    # It lies in another by its code, and that one lies there.
                    if view.codes_within[measure].dimension in whole.dimensions:
                        yield Nested(part, whole, np.where(held >= 0, at[held], -1), by_code=True)


def _by_codes(view: View, table: Table) -> Iterator[Integers]:
    """For each cell the place of one of the same table whose code holds its own, for each code that holds any; -1: it
    has none there."""
    one = view.codes_within.get(table.measure)
    if one is None or not one.told(table.dimensions):
        return
    axis, listed = table.dimensions.index(one.dimension), view.codes[one.dimension]
    numbers, can = np.arange(table.true.size).reshape(table.true.shape), table.possible.ravel()
    for holder in listed:
        held = [place for place, code in enumerate(listed) if holder in one.holders.get(code, ())]
        if held:
            found = np.full(table.true.shape, -1, np.int64)
            of_holder = numbers.take([listed.index(holder)] * len(held), axis)
            np.moveaxis(found, axis, 0)[held] = np.moveaxis(of_holder, axis, 0)
            at = found.ravel()
            yield np.where((at >= 0) & can[at], at, -1)


def places_in(view: View, part: Table, whole: Table) -> Integers | None:
    """Where in `whole` each cell of `part` lies (see Nested.at); None where it lies nowhere by its name."""
    axes: list[tuple[int, Integers]] = []
    for name in whole.dimensions:
        from_name = next((one for one in part.dimensions if name in view.ascent[one]), None)
        if from_name is None:
            return None
        axes.append((part.dimensions.index(from_name), view.ascent[from_name][name]))
    inside = _inside(view, part, whole.scope)
    if inside is None:
        return None
    at = np.zeros(part.true.shape, np.int64)
    lost = ~inside
    for (axis, upward), length in zip(axes, whole.true.shape, strict=True):
        along = upward.reshape([-1 if one == axis else 1 for one in range(part.true.ndim)])
        at = at * length + along
        lost = lost | (along < 0)
    return np.where(lost, -1, at).ravel()


def _inside(view: View, part: Table, scope: str) -> Flags | None:
    """Which cells of a table lie inside a filter; None: none, or it cannot be said."""
    everything = np.ones(part.true.shape, np.bool_)
    if scope in ("", part.scope):
        return everything
    let_through = everything
    for dimension, codes in view.conditions(scope):
        own = dict(view.conditions(part.scope)).get(dimension) if part.scope else None
        if own is not None and set(own) <= set(codes):
            continue
        name = next((one for one in part.dimensions if dimension in view.ascent[one]), None)
        if name is None:
            return None
        listed = np.array([code in set(codes) for code in view.codes[dimension]] + [False])
        axis = part.dimensions.index(name)
        along = listed[view.ascent[name][dimension]]
        let_through = let_through & along.reshape([-1 if one == axis else 1 for one in range(part.true.ndim)])
    inside: Flags = let_through
    return inside if inside.any() else None
