"""Counts the tables of a return: every cell with its totals, each exact figure once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from custody.returns.asking import Asked, Where
from figures.cubes import Counted
from figures.in_file import FiguresInFile

# A row of a table by its codes; None: the total over a dimension.
Codes = tuple[str | None, ...]
# One figure, whichever tables it stands in: what is counted, and every condition.
Key = tuple[tuple[str, str, str], Where]
NOBODY = -1


@dataclass(frozen=True)
class Figure:
    """One exact figure. `units`: the families or people behind it (exact where they are few); `holder`: the only one of
    them, by a number of its own within the return, or NOBODY."""

    value: int
    units: int
    holder: int = NOBODY


@dataclass(frozen=True)
class CountedTable:
    """A table as it is counted: its `rows` (dimensions), the codes of each, and what its columns count by name."""

    name: str
    rows: tuple[str, ...]
    codes: Mapping[str, tuple[str, ...]]
    parents: Mapping[str, Mapping[str, str]]
    columns: Mapping[str, Asked]
    figures: Mapping[tuple[str, Codes], Figure] = field(repr=False)

    @property
    def grid(self) -> Iterator[Codes]:
        """Every row, the total over everything first."""
        return product(*((None, *self.codes[name]) for name in self.rows))

    def figure(self, column: str, codes: Codes) -> Figure:
        return self.figures.get((column, codes), Figure(0, 0))

    def key(self, column: str, codes: Codes) -> Key:
        """The name of a figure: tables that tell the same one give it the same name."""
        return key_of(self.columns[column], self.rows, codes)


def key_of(asked: Asked, rows: Sequence[str], codes: Codes) -> Key:
    """The name of the figure of what is asked, kept to a row's codes."""
    where = dict(asked.where)
    for name, code in zip(rows, codes, strict=True):
        if code is not None:
            where[asked.columns[name]] = (code,)
    return asked.of, tuple(sorted(where.items()))


class Holders:
    """Numbers for whoever is alone behind a figure: the same one the same number, and nothing else is known of it."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int], int] = {}

    def number(self, population: str, unit: int | None) -> int:
        if unit is None:
            return NOBODY
        kind = "person" if population == "person" else "family"
        return self._numbers.setdefault((kind, unit), len(self._numbers))


def count_table(
    counting: FiguresInFile,
    name: str,
    rows: tuple[str, ...],
    codes: Mapping[str, tuple[str, ...]],
    parents: Mapping[str, Mapping[str, str]],
    columns: Mapping[str, Asked],
    holders: Holders,
) -> CountedTable:
    """A table counted from the protected rows. `codes`: those of each dimension of its rows, in their order."""
    figures: dict[tuple[str, Codes], Figure] = {}
    for population, framework, calls in _together(columns):
        dimensions = [calls[0][1].columns[row] for row in rows]
        wanted = {*dimensions, *(column for _, one in calls for column, _ in one.where)}
        cubes = counting.cubes(calls[0][1].rows, framework, wanted)
        counted = {title: Counted(one.distinct, dict(one.where)) for title, one in calls}
        for title, cells in cubes.count(dimensions, counted).items():
            for *found, value, units, unit in cells.iter_rows():
                figures[title, tuple(found)] = Figure(value, units, holders.number(population, unit))
    return CountedTable(name, rows, codes, parents, columns, figures)


def _together(columns: Mapping[str, Asked]) -> Iterable[tuple[str, str, list[tuple[str, Asked]]]]:
    """Columns that are counted in one go: of one population, whose rows are broken down by the same."""
    found: dict[tuple[str, str, tuple[str, ...]], list[tuple[str, Asked]]] = {}
    for title, one in columns.items():
        found.setdefault((one.population, one.framework, tuple(one.columns.values())), []).append(
            (title, one)
        )
    return [(population, framework, calls) for (population, framework, _), calls in found.items()]
