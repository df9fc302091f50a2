"""Membership: is this one person among those counted, and did they join or leave since the last release?"""

from dataclasses import dataclass

import numpy as np

from disclosure.audit.attack import CURVE_LIMIT, Attack, area_under_curve, margin_of_curve
from disclosure.audit.sets import cells_of
from disclosure.audit.together import codes_of, on_lists
from disclosure.audit.view import Flags, Floats, Integers, Key, Rows, Table, View


def between(earlier: View, later: View) -> tuple[Attack, Attack, Attack]:
    """What two releases tell of one person who joined or left in between: by how the figures that both show moved, by
    which figures came and went, and of single people by all the figures about them.

    Needs the rows of both; a measure without them is left out.
    """
    codes = codes_of([earlier, later])
    earlier, later = on_lists(earlier, codes), on_lists(later, codes)
    both = sorted(earlier.rows.keys() & later.rows.keys())
    moved = {measure: _touched(earlier.rows[measure], later.rows[measure]) for measure in both}
    cells = [
        _Cells(earlier.tables[key], table, *_changed(earlier, later, key, *moved[table.measure]))
        for key, table in sorted(later.tables.items(), key=lambda item: item[1].question)
        if key in earlier.tables and table.measure in moved
    ]
    return _moved(cells, later.people), _came_and_went(cells), _people(earlier, later, cells)


def _touched(before: Rows, after: Rows) -> tuple[Flags, Flags]:
    """Which rows of both are of keys that came, went or have other codes: all others are in the same cells."""
    names = [name for name in after.frame.columns if name in before.frame.columns]
    old, new = before.frame.select(names), after.frame.select(names)
    gone = old.join(new, on=names, how="anti", nulls_equal=True)["key"]
    come = new.join(old, on=names, how="anti", nulls_equal=True)["key"]
    keys = np.unique(np.concatenate([gone.to_numpy(), come.to_numpy()]))
    return np.isin(before.key, keys), np.isin(after.key, keys)


@dataclass(frozen=True)
class _Cells:
    """A question in both releases; of each cell, how many units joined or left (a unit that did both is one), and by
    how many more rows it grew."""

    before: Table
    after: Table
    units: Integers
    grown: Integers

    @property
    def seen(self) -> Floats:
        """How each figure moved; NaN where one of the two is withheld."""
        return self.after.shown.ravel() - self.before.shown.ravel()

    @property
    def there(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Cells that can be, and had or have anybody in them."""
        anybody = (self.before.true + self.after.true).ravel() > 0
        return np.asarray(anybody & (self.before.possible & self.after.possible).ravel())


def _changed(earlier: View, later: View, key: Key, gone: Flags, come: Flags) -> tuple[Integers, Integers]:
    """Of each cell how many units joined or left, and by how many more keys it grew. Only rows that moved are looked
    at: `gone` of the earlier release, `come` of this one."""
    measure, size = key[0], later.tables[key].true.size
    units, grown = np.zeros(size, np.int64), np.zeros(size, np.int64)
    old, new = earlier.rows[measure], later.rows[measure]
    cells = (cells_of(earlier, earlier.tables[key])[gone], cells_of(later, later.tables[key])[come])
    listed, places = np.unique(np.concatenate([old.key[gone], new.key[come]]), return_inverse=True)
    if not listed.size:
        return units, grown
    owners, owner = np.unique(np.concatenate([old.unit[gone], new.unit[come]]), return_inverse=True)
    unit_of = np.zeros(listed.size, np.int64)
    unit_of[places] = owner
    first = cells[0].size
    before = np.unique((cells[0] * listed.size + places[:first])[cells[0] >= 0])
    after = np.unique((cells[1] * listed.size + places[first:])[cells[1] >= 0])
    moved = np.setxor1d(before, after, assume_unique=True)
    by_unit = np.unique(moved // listed.size * owners.size + unit_of[moved % listed.size])
    np.add.at(units, by_unit // owners.size, 1)
    np.add.at(grown, moved // listed.size, np.where(np.isin(moved, after), 1, -1))
    return units, grown


def _moved(cells: list[_Cells], people: int) -> Attack:
    """Figures that one joined against those that nobody did, and those that nobody left against those that one did."""
    one: list[Floats] = [np.empty(0)]
    nobody: list[Floats] = [np.empty(0)]
    for table in cells:
        seen = table.seen
        there = table.there & ~np.isnan(seen)
        still = seen[there & (table.units == 0)]
        joined = seen[there & (table.units == 1) & (table.grown > 0)]
        left = seen[there & (table.units == 1) & (table.grown < 0)]
        # Leaving is joining seen backwards.
        one += [joined, -left]
        nobody.append(still)
    some, none = np.concatenate(one), np.concatenate(nobody)
    return Attack(
        "membership_between",
        "A figure in an earlier release and in this one: how well its move tells whether one person joined or left, or "
        "nobody did. 0.5 is guessing, 1 is always right.",
        some.size + none.size,
        int((np.sign(some) == 1).sum()),
        area_under_curve(some, none) if some.size and none.size else 0.5,
        CURVE_LIMIT,
        chance=0.5,
        margin=margin_of_curve(some.size, none.size, people),
    )


def _came_and_went(cells: list[_Cells]) -> Attack:
    some: list[Floats] = [np.empty(0)]
    none: list[Floats] = [np.empty(0)]
    for table in cells:
        other = np.isnan(table.before.shown.ravel()) != np.isnan(table.after.shown.ravel())
        some.append(other[table.there & (table.units == 1)].astype(np.float64))
        none.append(other[table.there & (table.units == 0)].astype(np.float64))
    one, nobody = np.concatenate(some), np.concatenate(none)
    return Attack(
        "came_and_went",
        "A figure that is withheld in one of two releases and shown in the other: how well that tells whether one "
        "person joined or left, or nobody did. 0.5 is guessing, 1 is always right.",
        one.size + nobody.size,
        int(one.sum()),
        area_under_curve(one, nobody) if one.size and nobody.size else 0.5,
        None,
        chance=0.5,
    )


def _people(earlier: View, later: View, cells: list[_Cells]) -> Attack:
    """Of everybody who joined, and of everybody who stayed: the sum of all moves of figures about them, those about few
    counting more."""
    scores = {measure: np.zeros(np.unique(rows.unit).size) for measure, rows in sorted(later.rows.items())}
    of = {measure: np.unique(rows.unit, return_inverse=True)[1] for measure, rows in later.rows.items()}
    variance = max(later.knowledge.variance, 1e-3)
    for table in cells:
        seen = table.seen
        # What moves by itself: others who come and go, about as many as the figure is large.
        noise = 2 * variance + np.maximum(np.nan_to_num(table.after.shown.ravel()), 0) / 10
        score = np.where(table.there & ~np.isnan(seen), seen, 0.0) / noise
        if score.any():
            measure = table.after.measure
            cell = cells_of(later, table.after)
            inside = cell >= 0
            scores[measure] += np.bincount(of[measure][inside], score[cell[inside]], scores[measure].size)
    total: dict[int, float] = {}
    for measure, summed in scores.items():
        for unit, score_of in zip(np.unique(later.rows[measure].unit).tolist(), summed.tolist(), strict=True):
            total[unit] = total.get(unit, 0.0) + score_of
    old = _units(earlier)
    joined = np.array([score for unit, score in sorted(total.items()) if unit not in old])
    stayed = np.array([score for unit, score in sorted(total.items()) if unit in old])
    return Attack(
        "people_between",
        "Somebody of whom an attacker knows every fact: how well all figures about people like them, in an earlier "
        "release and in this one, tell whether they joined. 0.5 is guessing, 1 is always right.",
        joined.size + stayed.size,
        joined.size,
        area_under_curve(joined, stayed) if joined.size and stayed.size else 0.5,
        None,
        chance=0.5,
    )


def _units(view: View) -> set[int]:
    return {unit for rows in view.rows.values() for unit in rows.unit.tolist()}
