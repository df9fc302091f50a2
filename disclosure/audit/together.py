"""Several releases seen as one: a dashboard, a return, an export, each made safe in a way of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from disclosure.audit.nesting import Nested, nestings
from disclosure.audit.view import Integers, Key, Rows, Table, View
from disclosure.codes_within import CodesWithin

# Stands between the number of a release and the name of a measure in it: in no name of anything.
_BETWEEN = "\x1f"


def together(views: Sequence[View]) -> View:
    """One view of all. Measures carry the number of their view; measures of two views that count the same hold one
    another."""
    codes = codes_of(views)
    tables: dict[Key, Table] = {}
    rows: dict[str, Rows] = {}
    within: dict[str, tuple[str, ...]] = {}
    parents: dict[str, tuple[str, Mapping[str, str | None]]] = {}
    scopes: dict[str, tuple[str, tuple[str, ...]]] = {}
    codes_within: dict[str, CodesWithin] = {}
    for number, view in enumerate(views):
        moved = on_lists(view, codes)
        for table in moved.tables.values():
            # Figures are drawn once within a view; two views draw apart.
            own = replace(
                table,
                measure=_named(number, table.measure),
                figure=np.where(table.figure >= 0, table.figure + number * 2**40, -1),
                knowledge=table.knowledge or view.knowledge,
            )
            tables[own.key] = own
        rows |= {_named(number, measure): one for measure, one in moved.rows.items()}
        for measure in {table.measure for table in view.tables.values()}:
            others = [
                _named(other, measure)
                for other, also in enumerate(views)
                if other != number and count_the_same(view, also, measure)
            ]
            own_wholes = [_named(number, one) for one in view.within.get(measure, ())]
            within[_named(number, measure)] = (*own_wholes, *others)
        parents |= {name: parent for name, parent in view.parents.items() if name not in parents}
        scopes |= dict(view.scopes)
        codes_within |= {_named(number, measure): one for measure, one in view.codes_within.items()}
    return View(tables, codes, views[0].knowledge, parents, within, scopes, rows, codes_within)


def codes_of(views: Sequence[View]) -> dict[str, tuple[str, ...]]:
    """The lists of codes of all views, in the order in which codes first stand in any."""
    names = dict.fromkeys(name for view in views for name in view.codes)
    return {
        name: tuple(dict.fromkeys(code for view in views for code in view.codes.get(name, ())))
        for name in names
    }


def on_lists(view: View, codes: Mapping[str, tuple[str, ...]]) -> View:
    """The same view with other lists of codes, that hold all of its own. What it did not know cannot be in it."""
    if all(view.codes[name] == codes[name] for name in view.codes):
        return view
    tables = {key: _moved(view, table, codes) for key, table in view.tables.items()}
    rows = {measure: _moved_rows(view, one, codes) for measure, one in view.rows.items()}
    return replace(view, tables=tables, codes=codes, rows=rows)


def across(view: View) -> list[Nested]:
    """The pairs of figures in a view of several that the audiences of two releases can put together, or that lie in
    the last one. Those that are the same figure by their names are left out."""
    last = max(int(table.measure.split(_BETWEEN)[0]) for table in view.tables.values())
    return [pair for pair in nestings(view) if _counts(pair, last)]


def _counts(pair: Nested, last: int) -> bool:
    part, whole = (one.measure.split(_BETWEEN) for one in (pair.part, pair.whole))
    if part[0] == whole[0]:
        return int(part[0]) == last
    same = part[1] == whole[1] and pair.part.scope == pair.whole.scope
    return not (same and set(pair.part.dimensions) == set(pair.whole.dimensions))


def count_the_same(one: View, other: View, measure: str) -> bool:
    """Whether a measure counts the very same rows in two views, as far as any figure of theirs shows."""
    shared = [
        (table, other.tables[key])
        for key, table in one.tables.items()
        if table.measure == measure and key in other.tables
    ]
    return bool(shared) and all(_equal(one, other, *pair) for pair in shared)


def _equal(one: View, other: View, first: Table, second: Table) -> bool:
    names = first.dimensions
    if any(one.codes[name] != other.codes[name] for name in names):
        return float(first.true.sum()) == float(second.true.sum())
    return bool(np.array_equal(first.true, second.in_order(second.true, names)))


def _named(number: int, measure: str) -> str:
    return f"{number}{_BETWEEN}{measure}"


def _moved(view: View, table: Table, codes: Mapping[str, tuple[str, ...]]) -> Table:
    shape = tuple(len(codes[name]) for name in table.dimensions)
    at = np.ix_(*(_places(view.codes[name], codes[name]) for name in table.dimensions))

    def spread(old: NDArray[Any], blank: object) -> NDArray[Any]:
        new = np.full(shape, blank, old.dtype)
        new[at] = old
        return new

    return replace(
        table,
        true=spread(table.true, 0.0),
        units=spread(table.units, 0.0),
        shown=spread(table.shown, 0.0),
        possible=spread(table.possible, False),
        figure=spread(table.figure, -1),
    )


def _moved_rows(view: View, rows: Rows, codes: Mapping[str, tuple[str, ...]]) -> Rows:
    frame = rows.frame
    for name in frame.columns:
        if name in view.codes:
            places = _places(view.codes[name], codes[name])
            frame = frame.with_columns(
                frame[name].replace_strict(dict(enumerate(places.tolist())), default=None)
            )
    return Rows(frame, rows.kind)


def _places(own: tuple[str, ...], everywhere: tuple[str, ...]) -> Integers:
    listed = {code: place for place, code in enumerate(everywhere)}
    return np.array([listed[code] for code in own], np.int64)
