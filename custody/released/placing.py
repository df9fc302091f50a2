"""Where the cells of a proposed table lie among the tables of a release."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from custody.released.counted import Counted
from custody.released.errors import ProposedError
from custody.released.proposed import Proposed
from disclosure.audit import Rows, View
from disclosure.audit.view import Integers, Key

_AND = " and "


@dataclass(frozen=True)
class Shape:
    """Some cells of somebody's table: the key of the table in which they lie, their places in it (flattened), and
    which `rows` of his cells they are."""

    key: Key
    cells: Integers
    rows: Integers


def own_rows(
    asked: Sequence[Proposed], codes: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, tuple[str, ...]], dict[str, Rows]]:
    """The lists of codes, with those that measures of the caller's own have besides, and the rows of these measures."""
    lists = dict(codes)
    frames: dict[str, list[pl.DataFrame]] = {}
    for one in asked:
        if one.rows is None:
            continue
        names = list(dict.fromkeys([*one.dimensions, *one.fixed]))
        for name in names:
            found = [frame[name].drop_nulls() for frame in (one.rows, one.cells) if name in frame.columns]
            told = pl.concat(found).unique().sort().to_list() if found else []
            lists[name] = tuple(dict.fromkeys([*lists.get(name, ()), *told, *one.fixed.get(name, ())]))
        frames.setdefault(one.measure, []).append(one.rows.select("row_key", "unit", *names))
    rows = {}
    for measure, parts in frames.items():
        # A row of one table says nothing of the dimensions of another: there it has no code.
        frame = pl.concat(parts, how="diagonal").unique(maintain_order=True)
        places = [
            pl.col(name).cast(pl.Enum(lists[name]), strict=False).to_physical().cast(pl.Int64)
            for name in frame.columns
            if name in lists
        ]
        rows[measure] = Rows(
            frame.select(*places, key=pl.col("row_key"), unit=pl.col("unit")), f"own.{measure}"
        )
    return lists, rows


def holding(own: Mapping[str, Rows], others: Mapping[str, Rows]) -> dict[str, tuple[str, ...]]:
    """Of every measure of the caller's own those that count all that it counts: whoever is open was helped."""
    return {
        name: tuple(
            other
            for other, theirs in sorted({**others, **own}.items())
            if other != name and rows.key.size and bool(np.isin(rows.key, theirs.key).all())
        )
        for name, rows in own.items()
    }


def conditions_of(
    one: Proposed, counted: Counted
) -> Iterator[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]]:
    """The filters of several codes under which parts of a table stand: their name, and what they let through."""
    inside = _inside(one, counted)
    for there in _patterns(one):
        conditions = _several(one, there, inside)
        if conditions:
            yield _scope(conditions), conditions


def shapes_of(
    one: Proposed, counted: Counted, view: View, shapes: dict[Key, tuple[str, ...]]
) -> Iterator[Shape]:
    """Every part of a table that is broken down by the same dimensions; its key is put among `shapes`.

    A filter of one code is one more dimension, of which the other codes are not told; one of several is a scope. Raises
    ProposedError for a measure, a dimension or a code that the release does not have.
    """
    measure = _measure(one, counted)
    inside = _inside(one, counted)
    if measure not in view.rows:
        raise ProposedError(f"{one.name}: the release {counted.release} does not count {one.measure}.")
    for there, rows in _patterns(one).items():
        single = {
            inside[name]: codes[0]
            for name, codes in one.fixed.items()
            if name not in there and len(codes) == 1
        }
        dimensions = {inside[name]: name for name in there}
        scope = _scope(_several(one, there, inside))
        key = (measure, scope, frozenset({*dimensions, *single}))
        order = shapes.setdefault(key, tuple(sorted(key[2])))
        at = np.zeros(rows.size, np.int64)
        for name in order:
            if name not in view.codes or name not in view.rows[measure].frame.columns:
                raise ProposedError(f"{one.name}: {one.measure} is not counted by {name}.")
            listed = {code: place for place, code in enumerate(view.codes[name])}
            told = (
                [single[name]] * rows.size
                if name in single
                else one.cells[dimensions[name]].gather(rows).to_list()
            )
            lost = next((code for code in told if code not in listed), None)
            if lost is not None:
                raise ProposedError(
                    f"{one.name}: {name} has no code {lost!r} in the release {counted.release}."
                )
            at = at * len(listed) + np.array([listed[code] for code in told], np.int64)
        if np.unique(at).size != at.size:
            raise ProposedError(f"{one.name}: a cell is there twice.")
        yield Shape(key, at, rows)


def _measure(one: Proposed, counted: Counted) -> str:
    """What the measure of a table is called where it is counted."""
    if one.rows is not None:
        return one.measure
    named = f"{one.framework}:{one.measure}" if one.framework else one.measure
    return counted.called.get(named, named)


def _inside(one: Proposed, counted: Counted) -> Mapping[str, str]:
    """What the dimensions of a table are called where it is counted."""
    names = dict.fromkeys([*one.dimensions, *one.fixed])
    named = f"{one.framework}:{one.measure}" if one.framework else one.measure
    if one.rows is not None or named not in counted.of_name:
        return {name: name for name in names}
    known = counted.inside(one.measure, one.framework)
    return {name: known.get(name, name) for name in names}


def _patterns(one: Proposed) -> dict[tuple[str, ...], Integers]:
    """By which dimensions cells are broken down: the rows of each choice."""
    if one.cells.is_empty():
        return {}
    broken = [one.cells[name].is_not_null().to_numpy() for name in one.dimensions]
    bits = np.zeros(one.cells.height, np.int64)
    for place, flags in enumerate(broken):
        bits += flags.astype(np.int64) << place
    return {
        tuple(name for place, name in enumerate(one.dimensions) if choice >> place & 1): np.flatnonzero(
            bits == choice
        ).astype(np.int64)
        for choice in np.unique(bits).tolist()
    }


def _several(
    one: Proposed, there: Sequence[str], inside: Mapping[str, str]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The filters of more than one code on dimensions by which a part is not broken down."""
    return tuple(
        (inside[name], tuple(sorted(codes)))
        for name, codes in sorted(one.fixed.items())
        if name not in there and len(codes) != 1
    )


def _scope(conditions: Sequence[tuple[str, tuple[str, ...]]]) -> str:
    return _AND.join(f"{name}={'+'.join(codes)}" for name, codes in conditions)
