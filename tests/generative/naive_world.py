"""A closed world in plain Python: sets of rows, one cell at a time, straight from the rules as they are written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations, product
from typing import Any

from disclosure.cell_key import Ptable

Row = Mapping[str, Any]
LEAST = 3


@dataclass(frozen=True)
class Cell:
    """One cell that can be asked: a measure, a scope and conditions."""

    measure: str
    scope: str
    conditions: frozenset[tuple[str, str]]


@dataclass
class NaiveWorld:
    """`rows` of one population: dimensions, `row_key`, `unit` and further keys. `measures`: name to (distinct or None,
    where, dimensions). `parents`: child to (parent, code to code). `scopes`: name to (dimension, codes). `apart`:
    conditions that cannot be together. `held`: a dimension, of its codes those that hold each, and the dimension that
    has to be asked as well."""

    rows: Sequence[Row]
    measures: Mapping[str, tuple[str | None, Mapping[str, Sequence[str]], Sequence[str]]]
    codes: Mapping[str, Sequence[str]]
    parents: Mapping[str, tuple[str, Mapping[str, str | None]]]
    scopes: Mapping[str, tuple[str, Sequence[str]]]
    table: Ptable
    most: int = 3
    apart: frozenset[frozenset[tuple[str, str]]] = frozenset()
    held: tuple[str, Mapping[str, Sequence[str]], str] | None = None
    # What each cell's figure was drawn for in the release before: a set of (key, unit).
    before: Mapping[Cell, frozenset[tuple[int, int]]] | None = None
    drawn_for: dict[Cell, frozenset[tuple[int, int]]] = field(default_factory=dict)
    decided: dict[Cell, tuple[Cell, int] | None] = field(default_factory=dict)
    things: dict[Cell, frozenset[tuple[int, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for cell in self.cells():
            self.things[cell] = self._things(cell)
            then = self.before.get(cell) if self.before is not None else None
            moved = self.things[cell] ^ then if then is not None else frozenset()
            kept = then is not None and len({unit for _, unit in moved}) < LEAST
            self.drawn_for[cell] = then if kept and then is not None else self.things[cell]

    def cells(self) -> Iterator[Cell]:
        """Every cell of every question, with a scope only where its dimensions do not tell it."""
        for name, (_, _, dimensions) in self.measures.items():
            for many in range(self.most + 1):
                for chosen in combinations(sorted(dimensions), many):
                    for codes in product(*(self.codes[one] for one in chosen)):
                        yield from self._scoped(name, frozenset(zip(chosen, codes, strict=True)))

    def shown(self, cell: Cell) -> int | None:
        """The figure that a reader sees; None: withheld."""
        decision = self._decide(cell)
        return decision[1] if decision else None

    def possible(self, cell: Cell) -> bool:
        """Whether the conditions go together: a child in its own parent, and none that are apart."""
        conditions = dict(cell.conditions)
        if any(pair <= cell.conditions for pair in self.apart):
            return False
        for child, (parent, upward) in self.parents.items():
            if child in conditions and parent in conditions:
                above = upward[conditions[child]]
                if above is not None and above != conditions[parent]:
                    return False
        return True

    def near_pairs(self) -> list[tuple[Cell, Cell]]:
        """Pairs of shown figures, drawn apart, one a part of the other, that differ by one or two units, or none."""
        found = []
        for part in self.things:
            for whole in self.things:
                mine, theirs = self._decide(part), self._decide(whole)
                if (
                    mine
                    and theirs
                    and self.drawn_for[part]
                    and self._holds(whole, part)
                    and mine[0] != theirs[0]
                    and self._near(whole, part)
                ):
                    found.append((part, whole))
        return found

    def _decide(self, cell: Cell) -> tuple[Cell, int] | None:
        """The cell whose figure is shown, and the figure."""
        if cell not in self.decided:
            self.decided[cell] = self._decide_anew(cell)
        return self.decided[cell]

    def _decide_anew(self, cell: Cell) -> tuple[Cell, int] | None:
        """Never by the rows of today, but by those that figures were drawn for."""
        if not self.possible(cell):
            return None
        own = (cell, self._figure(cell))
        if not self.drawn_for[cell]:
            return own
        sources: dict[Cell, int] = {}
        for whole in self.things:
            theirs = self._decide(whole) if self._holds(whole, cell) else None
            if theirs is None:
                continue
            if self._near(whole, cell):
                if len(self.drawn_for[theirs[0]]) - len(self.drawn_for[cell]) >= LEAST:
                    return None
                sources[theirs[0]] = theirs[1]
        if len(sources) > 1:
            return None
        return next(iter(sources.items()), own)

    def _near(self, whole: Cell, part: Cell) -> bool:
        """Whether the rows that two figures were drawn for differ by fewer units than may be told of."""
        more = self.drawn_for[whole] - self.drawn_for[part]
        rows = len(self.drawn_for[whole]) - len(self.drawn_for[part])
        return rows < LEAST or len({unit for _, unit in more}) < LEAST

    def _figure(self, cell: Cell) -> int:
        drawn = self.drawn_for[cell]
        key = sum(one for one, _ in drawn) % 2**32
        count = len(drawn)
        row = min(count, self.table.last)
        return count + next(change for low, high, change in self._intervals[row] if low <= key <= high)

    @cached_property
    def _intervals(self) -> dict[int, list[tuple[int, int, int]]]:
        found: dict[int, list[tuple[int, int, int]]] = {}
        for row, low, high, change in self.table.intervals.select("count", "low", "high", "change").rows():
            found.setdefault(row, []).append((low, high, change))
        return found

    def _things(self, cell: Cell) -> frozenset[tuple[int, int]]:
        distinct, where, _ = self.measures[cell.measure]
        dimension, codes = self.scopes.get(cell.scope, (None, ()))
        return frozenset(
            (row[distinct or "row_key"], row["unit"])
            for row in self.rows
            if all(row[column] in allowed for column, allowed in where.items())
            and (dimension is None or row[dimension] in codes)
            and all(row[name] == code for name, code in cell.conditions)
        )

    def _scoped(self, measure: str, conditions: frozenset[tuple[str, str]]) -> Iterator[Cell]:
        yield Cell(measure, "", conditions)
        for scope, (dimension, _) in self.scopes.items():
            if dimension not in dict(self._implied(conditions)) and not self._tells(conditions, dimension):
                yield Cell(measure, scope, conditions)

    def _tells(self, conditions: frozenset[tuple[str, str]], dimension: str) -> bool:
        return any(self.parents.get(name, ("", {}))[0] == dimension for name, _ in conditions)

    def _implied(self, conditions: frozenset[tuple[str, str]]) -> list[tuple[str, str]]:
        """All that conditions say: themselves, and the parents of their codes."""
        said = list(conditions)
        for name, code in conditions:
            if name in self.parents:
                parent, upward = self.parents[name]
                if upward[code] is not None:
                    said.append((parent, str(upward[code])))
        return said

    def _holds(self, whole: Cell, part: Cell) -> bool:
        """Whether one cell holds another by what they are called, or one that holds it by its code."""
        above = list(self._by_code(part))
        return whole in above or any(self._holds_by_name(whole, one) for one in (part, *above))

    def _by_code(self, part: Cell) -> Iterator[Cell]:
        """The cells that hold a part since their code holds its own."""
        dimension, holders, told_by = self.held or ("", {}, "")
        conditions = dict(part.conditions)
        if dimension in conditions and told_by in conditions and self.possible(part):
            for code in holders.get(conditions[dimension], ()):
                one = replace(part, conditions=frozenset({**conditions, dimension: code}.items()))
                if self.possible(one):
                    yield one

    def _holds_by_name(self, whole: Cell, part: Cell) -> bool:
        if whole == part or not self._measure_holds(whole.measure, part.measure):
            return False
        if len(whole.conditions) > len(part.conditions):
            return False
        implied = self._implied(part.conditions)
        if not all(condition in implied for condition in whole.conditions):
            return False
        if not whole.scope or whole.scope == part.scope:
            return True
        dimension, codes = self.scopes[whole.scope]
        if part.scope:
            own, narrow = self.scopes[part.scope]
            return own == dimension and set(narrow) < set(codes)
        return any(name == dimension and code in codes for name, code in implied)

    def _measure_holds(self, wide: str, narrow: str) -> bool:
        distinct, where, _ = self.measures[wide]
        own_distinct, own_where, _ = self.measures[narrow]
        return wide == narrow or (
            distinct == own_distinct
            and all(
                column in own_where and set(own_where[column]) <= set(codes)
                for column, codes in where.items()
            )
        )
