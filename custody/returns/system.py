"""The figures of a return as one system: cells, and every equation that a reader may write between them.

Cells with one name are one. Besides what is published there are cells that a reader could work out: what is on no
list, what one column counts and a narrower one does not, and the earlier quarters of a year to date. They are never
shown, and are protected all the same.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from custody.returns.asking import Asked
from custody.returns.counting import NOBODY, Codes, CountedTable, Key
from figures.cubes import FEW

# So much is added to the name of a cell that stands for what is left of another.
_REST, _BUT = "rest", "but"
Line = tuple[float, tuple[tuple[str, float], ...]]


@dataclass(frozen=True)
class Cell:
    """One figure. `published`: it is to stand in the return; `known`: it was shown before, so that nothing hides it;
    `withheld`: it must not be shown, whatever it is (an audit found so)."""

    value: int
    units: int
    holder: int = NOBODY
    published: bool = False
    known: bool = False
    withheld: bool = False

    def small(self, highest: int) -> bool:
        """Whether it is confidential by itself: a count from 1 to `highest`, or of one or two families or people."""
        return self.value > 0 and (self.value <= highest or self.units < FEW)


@dataclass(frozen=True)
class Figures:
    """`cells` by name, and `lines`: equations, each a right side and its terms."""

    cells: Mapping[str, Cell]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Earlier:
    """A table as an earlier return told it, counted from this release. `shown`: the cells that were not withheld."""

    table: CountedTable
    shown: frozenset[tuple[str, Codes]]


def name_of(key: Key) -> str:
    """A key as the name of a cell."""
    of, where = key
    return "|".join((*of, *(f"{column}={'+'.join(codes)}" for column, codes in where)))


def figures_of(
    tables: Sequence[CountedTable],
    earlier: Sequence[Earlier],
    *,
    withheld: Collection[Key] = (),
    highest: int,
) -> Figures:
    """All that must be looked at together. `withheld`: figures of `tables` that are not to be shown in any case;
    `highest`: counts up to this are confidential."""
    made = _Making(highest)
    for table in tables:
        made.add(table, published=True, shown=frozenset())
    for one in earlier:
        made.add(one.table, published=False, shown=one.shown)
    every = [*tables, *(one.table for one in earlier)]
    made.add_up(every)
    made.add_times(every)
    made.add_differences(every)
    must = {name_of(key) for key in withheld}
    cells = {
        name: replace(cell, withheld=name in must and cell.published) for name, cell in made.cells.items()
    }
    return Figures(cells, tuple(sorted(made.lines)))


class _Making:
    def __init__(self, highest: int) -> None:
        self.cells: dict[str, Cell] = {}
        self.lines: set[Line] = set()
        self._highest = highest
        # The times that the name of a cell is the sum of.
        self._times: dict[str, list[str]] = {}

    def add(self, table: CountedTable, *, published: bool, shown: frozenset[tuple[str, Codes]]) -> None:
        for title in table.columns:
            for codes in table.grid:
                figure = table.figure(title, codes)
                known = (title, codes) in shown
                self._cell(
                    name_of(table.key(title, codes)),
                    Cell(figure.value, figure.units, figure.holder, published, known),
                )

    def _cell(self, name: str, cell: Cell) -> None:
        before = self.cells.get(name)
        if before is not None:
            cell = replace(
                before, published=before.published or cell.published, known=before.known or cell.known
            )
        self.cells[name] = cell

    def add_up(self, tables: Iterable[CountedTable]) -> None:
        """A total is the sum of its parts: of all codes of a dimension, and of the codes that lie in a coarser one."""
        for table in tables:
            for title, asked in table.columns.items():
                for place, name in enumerate(table.rows):
                    for codes in table.grid:
                        if codes[place] is None:
                            self._sum(table, title, asked, place, name, codes)

    def _sum(
        self, table: CountedTable, title: str, asked: Asked, place: int, name: str, codes: Codes
    ) -> None:
        parts = {
            code: name_of(table.key(title, (*codes[:place], code, *codes[place + 1 :])))
            for code in table.codes[name]
        }
        self._equal(name_of(table.key(title, codes)), list(parts.values()), additive=asked.distinct is None)
        for coarser, lies_in in table.parents.items():
            dimension, _, above = coarser.partition("<")
            if dimension != name:
                continue
            of, where = table.key(title, codes)
            for parent in dict.fromkeys(lies_in.values()):
                whole = name_of((of, tuple(sorted({**dict(where), above: (parent,)}.items()))))
                if whole in self.cells:
                    inside = [parts[code] for code in parts if lies_in.get(code) == parent]
                    self._equal(whole, inside, additive=asked.distinct is None)

    def _equal(self, whole: str, parts: Sequence[str], *, additive: bool) -> None:
        """`whole` is the sum of `parts`, and of what is in none of them. What can be in several (a family in two
        places) is counted too often by a number that is taken for known: who does not know it, knows less."""
        over = sum(self.cells[part].value for part in parts) - self.cells[whole].value
        terms = [(whole, -1.0), *((part, 1.0) for part in parts)]
        if over < 0:
            rest = f"{whole}|{_REST}|{len(parts)}|{parts[0] if parts else ''}"
            self._cell(rest, Cell(-over, -over, self.cells[whole].holder))
            terms.append((rest, 1.0))
            over = 0
        if additive and over:
            raise ValueError("the parts of a total are more than it")
        if len(terms) > 1:
            self.lines.add((float(over), tuple(sorted(terms))))

    def add_times(self, tables: Iterable[CountedTable]) -> None:
        """A year to date is the sum of its quarters, where all of them are told or could be worked out."""
        for table in tables:
            for title, asked in table.columns.items():
                for column in asked.times:
                    for codes in table.grid:
                        self._sum_of_times(table.key(title, codes), column, additive=asked.distinct is None)

    def _sum_of_times(self, key: Key, column: str, *, additive: bool) -> None:
        of, where = key
        times = dict(where).get(column, ())
        if len(times) < 2:
            return
        parts = [name_of((of, tuple(sorted({**dict(where), column: (one,)}.items())))) for one in times]
        if all(part in self.cells for part in parts):
            self._times[name_of(key)] = parts
            self._equal(name_of(key), parts, additive=additive)

    def add_differences(self, tables: Iterable[CountedTable]) -> None:
        """What a wider column counts and a narrower one does not: it is the difference of two figures."""
        for wide, narrow in _pairs(tables):
            more = self.cells[wide].value - self.cells[narrow].value
            if 0 <= more <= self._highest:
                rest = f"{wide}|{_BUT}|{narrow}"
                self._cell(rest, Cell(more, more, self._whose(wide, narrow)))
                self.lines.add((0.0, tuple(sorted(((wide, -1.0), (narrow, 1.0), (rest, 1.0))))))

    def _whose(self, wide: str, narrow: str) -> int:
        """Who alone is behind what a wider figure counts and a narrower one does not: whoever is alone behind the wider
        one, or behind all other times of a year to date. Nobody finds out what is their own."""
        if self.cells[wide].holder != NOBODY:
            return self.cells[wide].holder
        times, within = set(self._times.get(wide, ())), set(self._times.get(narrow, (narrow,)))
        others = {self.cells[one].holder for one in times - within if self.cells[one].value > 0}
        return others.pop() if within < times and len(others) == 1 else NOBODY


def _pairs(tables: Iterable[CountedTable]) -> Iterator[tuple[str, str]]:
    """The names of every two figures of the same row of which one counts all that the other does."""
    by_row: dict[tuple[object, ...], dict[str, tuple[Asked, Key]]] = {}
    for table in tables:
        for title, asked in table.columns.items():
            for codes in table.grid:
                row = tuple(
                    sorted(
                        (asked.columns[name], code)
                        for name, code in zip(table.rows, codes, strict=True)
                        if code
                    )
                )
                key = table.key(title, codes)
                by_row.setdefault((asked.of, row), {})[name_of(key)] = asked, key
    for same in by_row.values():
        for (one, (asked, _)), (other, (other_asked, _)) in combinations(sorted(same.items()), 2):
            if asked.holds(other_asked):
                yield one, other
            elif other_asked.holds(asked):
                yield other, one
