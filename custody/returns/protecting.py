"""Which figures of a return are withheld: the small ones, and as many others as it takes that nobody works them out.

The rules of the profile `publication` (disclosure.profile.Suppression), over all tables of the return as one system
(Fischetti and Salazar-González 2000; disclosure.suppression). Parts of the system that share no figure are solved one
by one: the cheapest pattern where they are small, a good one where they are large. The same figures give the same
pattern.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from custody.returns.counting import CountedTable, Key
from custody.returns.errors import ReturnContentError
from custody.returns.system import Cell, Earlier, Figures, figures_of, name_of
from disclosure import Suppression
from disclosure.audit.checking import check_pattern
from disclosure.errors import DisclosureError
from disclosure.suppression import suppress_exactly, suppress_fast
from disclosure.tables import System, system_of

# Parts of so many cells are solved exactly.
_EXACTLY: Final = 150
# A limit that is never met but on a machine that stands still: what is found depends on the figures alone.
_SECONDS: Final = 600.0
_AUDITED: Final = "withheld: beside what was released before it would tell of single families or people"


@dataclass(frozen=True)
class Protected:
    """`withheld`: the names of figures that are not shown, each with the reason in words, for those who may see it."""

    withheld: Mapping[str, str]

    def reason(self, key: Key) -> str:
        return self.withheld.get(name_of(key), "")

    def hides(self, key: Key) -> bool:
        return name_of(key) in self.withheld


def protect(
    tables: Sequence[CountedTable],
    earlier: Sequence[Earlier],
    rules: Suppression,
    *,
    withheld: Collection[Key] = (),
) -> Protected:
    """What is withheld of `tables`, beside the `earlier` ones of the same year. `withheld`: what an audit found must
    not be shown. Raises ReturnContentError where no pattern protects everybody."""
    figures = figures_of(tables, earlier, withheld=withheld, highest=rules.highest)
    found: dict[str, str] = {}
    for names, numbers in _parts(figures):
        part = _system(figures, names, numbers, rules)
        if not (part.status == "u").any():
            continue
        for name, why in zip(names, _reasons(part, figures, names), strict=True):
            if why and figures.cells[name].published:
                found[name] = why
    return Protected(found)


def _reasons(part: System, figures: Figures, names: Sequence[str]) -> Sequence[str]:
    """Why each cell of a part is withheld; "" where it is shown."""
    if not part.equations:
        why: Sequence[str] = ["primary" if status == "u" else "" for status in part.status]
    else:
        suppress = suppress_exactly if part.cells <= _EXACTLY else suppress_fast
        try:
            why = suppress(part, seconds=_SECONDS).reason
        except DisclosureError:
            why = _everything(part)
    return [
        _AUDITED if words and figures.cells[name].withheld else words
        for name, words in zip(names, why, strict=True)
    ]


def _everything(part: System) -> Sequence[str]:
    """All of a part that may be withheld, where no lesser pattern was found."""
    hidden = part.status != "z"
    if check_pattern(part, hidden).unsafe.any():
        raise ReturnContentError(
            "The return cannot be made safe: figures that were published before would give small ones away. Take the "
            "year to date, or the finest rows, out of the template"
        )
    return ["protects others; no lesser pattern was found" if one else "" for one in hidden]


def _parts(figures: Figures) -> list[tuple[list[str], list[int]]]:
    """The cells and equations of each part that shares no cell with another, in the order of their names."""
    names = sorted(figures.cells)
    places = {name: place for place, name in enumerate(names)}
    rows = [number for number, (_, terms) in enumerate(figures.lines) for _ in terms]
    columns = [places[name] for _, terms in figures.lines for name, _ in terms]
    size = len(names) + len(figures.lines)
    links = coo_array((np.ones(len(rows)), (columns, [len(names) + row for row in rows])), shape=(size, size))
    _count, part_of = connected_components(links, directed=False)
    found: dict[int, tuple[list[str], list[int]]] = {}
    for place, name in enumerate(names):
        found.setdefault(int(part_of[place]), ([], []))[0].append(name)
    for number in range(len(figures.lines)):
        found[int(part_of[len(names) + number])][1].append(number)
    return list(found.values())


def _system(figures: Figures, names: Sequence[str], numbers: Sequence[int], rules: Suppression) -> System:
    places = {name: place for place, name in enumerate(names)}
    cells = [figures.cells[name] for name in names]
    value = np.asarray([cell.value for cell in cells], np.float64)
    status = np.asarray([_status(cell, rules) for cell in cells], "U1")
    primary = status == "u"
    below = np.where(primary, np.minimum(value, 1.0), 0.0)
    above = np.where(primary, np.maximum(rules.highest + 1 - value, 1.0), 0.0)
    upper = max(float(value.max(initial=0.0)), float((value + 2 * above).max(initial=0.0)), 1.0)
    return system_of(
        value,
        [(figures.lines[n][0], [(places[name], by) for name, by in figures.lines[n][1]]) for n in numbers],
        status=status,
        cost=np.asarray([max(cell.value, 1) if cell.published else 0 for cell in cells], np.float64),
        upper=np.full(value.size, upper),
        protect_lower=below,
        protect_upper=above,
        names=names,
        holder=np.asarray([cell.holder for cell in cells], np.int64),
    )


def _status(cell: Cell, rules: Suppression) -> str:
    """u: must not be found out; z: is known, or must be shown; s: may be withheld. A zero that nobody shows may be."""
    if cell.known:
        return "z"
    if cell.withheld or cell.small(rules.highest) or (cell.value == 0 and cell.published and not rules.zeros):
        return "u"
    return "z" if cell.value == 0 and cell.published else "s"
