"""A small closed world as plain sets of rows, and attacks on it that look at every pair of figures and every person."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import polars as pl

from disclosure.audit import Knowledge, Rows, View, make_table

WARDS = ("w1", "w2", "w3", "other")
LOCALITIES = ("north", "south")
PARENT: Mapping[str, str | None] = {"w1": "north", "w2": "north", "w3": "south", "other": None}
CODES = {"ward": WARDS, "locality": LOCALITIES, "sex": ("F", "M")}
SCOPES = {"n": ("locality", ("north",))}


@dataclass(frozen=True)
class Row:
    """A need: of a family, in a ward, about somebody; `key` is what tells it from others. Kept or met."""

    key: int
    unit: int
    ward: str | None
    sex: str
    met: bool = False

    def code(self, dimension: str) -> str | None:
        """What the row is on a dimension."""
        if dimension == "locality":
            return PARENT[self.ward] if self.ward else None
        return self.ward if dimension == "ward" else self.sex


@dataclass(frozen=True)
class Cell:
    """A figure by its name: of `measure`, under `scope`, with these codes; the rows behind it, and what is shown."""

    measure: str
    scope: str
    codes: tuple[tuple[str, str], ...]
    rows: frozenset[Row]
    shown: int | None = field(compare=False)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What it is broken down by."""
        return tuple(name for name, _code in self.codes)


def questions() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Every question: two measures, no filter and one, by sex and by ward or locality."""
    for measure, scope in product(("needs", "met"), ("", "n")):
        for by in ((), ("ward",), ("locality",), ("sex",), ("sex", "ward"), ("locality", "sex")):
            yield measure, scope, by


def cells_of(rows: list[Row], shown: Mapping[tuple[object, ...], int | None]) -> list[Cell]:
    """Every cell that can be. `shown`: of those that are not simply shown as they are."""
    found = []
    for measure, scope, by in questions():
        inside = [row for row in rows if (measure == "needs" or row.met) and (not scope or _north(row))]
        for codes in product(*(CODES[name] for name in by)):
            if scope and not _can_be(by, codes):
                continue
            named = tuple(zip(by, codes, strict=True))
            held = frozenset(row for row in inside if all(row.code(name) == code for name, code in named))
            found.append(Cell(measure, scope, named, held, shown.get((measure, scope, named), len(held))))
    return found


def _north(row: Row) -> bool:
    return row.code("locality") == "north"


def _can_be(by: tuple[str, ...], codes: tuple[str, ...]) -> bool:
    named = dict(zip(by, codes, strict=True))
    return named.get("locality", "north") == "north" and PARENT[named.get("ward", "w1")] == "north"


def view_of(rows: list[Row], cells: list[Cell], knowledge: Knowledge, *, with_rows: bool = True) -> View:
    """The same world as the attacks take it."""
    tables = {}
    for measure, scope, by in questions():
        own = [one for one in cells if (one.measure, one.scope, one.dimensions) == (measure, scope, by)]
        frame = pl.DataFrame(
            [
                (
                    *(code for _name, code in one.codes),
                    len(one.rows),
                    len({row.unit for row in one.rows}),
                    one.shown,
                )
                for one in own
            ],
            schema={f"code_{place + 1}": pl.String for place in range(len(by))}
            | {"true": pl.Int64, "units": pl.Int64, "shown": pl.Int64},
            orient="row",
        )
        table = make_table(f"{scope}@{measure}|{'|'.join(by)}", measure, by, frame, CODES, scope)
        tables[table.key] = table
    held = {
        measure: Rows(
            pl.DataFrame(
                {
                    "key": [row.key for row in rows if measure == "needs" or row.met],
                    "unit": [row.unit for row in rows if measure == "needs" or row.met],
                }
                | {
                    name: [
                        CODES[name].index(code) if (code := row.code(name)) else None
                        for row in rows
                        if measure == "needs" or row.met
                    ]
                    for name in CODES
                },
                schema={"key": pl.UInt64, "unit": pl.UInt64} | dict.fromkeys(CODES, pl.Int64),
            ),
            "need",
        )
        for measure in ("needs", "met")
    }
    return View(
        tables,
        CODES,
        knowledge,
        {"ward": ("locality", PARENT)},
        {"met": ("needs",)},
        SCOPES,
        held if with_rows else {},
    )


def is_part(part: Cell, whole: Cell) -> bool:
    """Whether everybody knows from the names alone that the one figure is a part of the other."""
    if part.measure != whole.measure and (part.measure, whole.measure) != ("met", "needs"):
        return False
    if (part.measure, part.scope, part.dimensions) == (whole.measure, whole.scope, whole.dimensions):
        return False
    known = dict(part.codes)
    if "ward" in known and (above := PARENT[known["ward"]]):
        known.setdefault("locality", above)
    inside = not whole.scope or part.scope == whole.scope or known.get("locality") == "north"
    return inside and all(known.get(name) == code for name, code in whole.codes)


def close_pairs(cells: list[Cell]) -> int:
    """Pairs of shown figures that differ by fewer than three families, by the sets themselves."""
    return sum(
        part.shown is not None
        and whole.shown is not None
        and bool(part.rows)
        and is_part(part, whole)
        and len({row.unit for row in whole.rows - part.rows}) < 3
        for part in cells
        for whole in cells
    )


def curve(positive: list[float], negative: list[float]) -> float | None:
    """How often a positive score is above a negative one, ties half, pair by pair."""
    if not positive or not negative:
        return None
    won = sum((one > other) + (one == other) / 2 for one in positive for other in negative)
    return won / len(positive) / len(negative)


def one_more_or_nobody(cells: list[Cell]) -> float | None:
    """The area under the curve over all pairs of shown figures that differ by one row or none."""
    scores: dict[int, list[float]] = {0: [], 1: []}
    for part in cells:
        for whole in cells:
            if part.shown is None or whole.shown is None or not part.rows or not is_part(part, whole):
                continue
            apart = len(whole.rows) - len(part.rows)
            if apart in scores:
                scores[apart].append(float(whole.shown - part.shown))
    return curve(scores[1], scores[0])


def between(before: list[Cell], after: list[Cell]) -> float | None:
    """The area under the curve of how figures move where one unit joined or left, against where nobody did."""
    earlier = {(one.measure, one.scope, one.codes): one for one in before}
    some, none = list[float](), list[float]()
    for now in after:
        then = earlier[now.measure, now.scope, now.codes]
        if now.shown is None or then.shown is None or not (now.rows or then.rows):
            continue
        keys_now, keys_then = ({(row.key, row.unit) for row in one.rows} for one in (now, then))
        moved = {unit for _key, unit in keys_now ^ keys_then}
        grown = len(keys_now) - len(keys_then)
        if not moved:
            none.append(float(now.shown - then.shown))
        elif len(moved) == 1 and grown:
            some.append(float(now.shown - then.shown) * (1 if grown > 0 else -1))
    return curve(some, none)


def possible_tables(
    totals: np.ndarray[tuple[int, ...], np.dtype[np.float64]], most: int
) -> Iterator[np.ndarray]:
    """Every table of whole numbers up to `most` whose margins are these: by trying all of them. `totals` is a lattice
    with NaN for what is withheld."""
    shape = tuple(length - 1 for length in totals.shape)
    for values in product(range(most + 1), repeat=int(np.prod(shape))):
        table = np.array(values, np.float64).reshape(shape)
        lattice = table
        for axis in range(table.ndim):
            lattice = np.concatenate([lattice, lattice.sum(axis, keepdims=True)], axis=axis)
        if all(np.isnan(told) or told == own for told, own in zip(totals.flat, lattice.flat, strict=True)):
            yield table
