"""Which figures of a return are withheld: the small ones, and as many others as it takes that nobody works them out.

The rules of the profile `publication` (disclosure.profile.Suppression), over all tables of the return as one system
(Fischetti and Salazar-González 2000; disclosure.suppression). Parts of the system that share no figure are solved one
by one: the cheapest pattern where they are small, a good one where they are large, which is proved by moves
(disclosure.suppression.witnesses). The same figures give the same pattern.
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
from disclosure.errors import DisclosureError, UnprotectableError
from disclosure.suppression import suppress_exactly, suppress_fast, suppress_witnessed
from disclosure.suppression.reasons import PRIMARY
from disclosure.suppression.witnesses import NOT_ONE
from disclosure.tables import System, system_of

# Parts of so many cells are solved exactly.
_EXACTLY: Final = 30
# Larger parts are taken to pieces at their totals of at least so much.
_AT_ONCE: Final = 120
_LARGE_TOTAL: Final = 15
_LARGEST_TOTAL: Final = 60
# A cheapest or a good pattern is looked for in pieces of so many cells that may be withheld.
_SEARCHED: Final = 100
_SEVERAL: Final = "protects several primary cells"
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
    for part in _parts(figures, frozenset()):
        if not any(_status(figures.cells[name], rules) == "u" for name in part.names):
            continue
        for name, why in _solved(figures, part, rules).items():
            if why and figures.cells[name].published:
                found[name] = why
    return Protected(found)


@dataclass(frozen=True)
class _Part:
    """Cells and equations (by number) that share nothing with others but cells that are shown in any case."""

    names: tuple[str, ...]
    numbers: tuple[int, ...]


def _solved(figures: Figures, part: _Part, rules: Suppression) -> dict[str, str]:
    """Why each cell of a part is withheld. A large part is taken to pieces at its large totals, which are then shown:
    whoever knows them knows no more than is looked at in each piece. Where a piece cannot be protected so, the totals
    about it are given up. A part of which a piece is large is protected as a whole."""
    joints = _joints(figures, part, rules) if len(part.names) > _AT_ONCE else frozenset()
    while True:
        pieces = _parts(figures, joints, part)
        if any(_large(figures, piece, rules) for piece in pieces):
            break
        found: dict[str, str] = {}
        loose: set[str] = set()
        failed = False
        for piece in pieces:
            try:
                found |= _reasons(figures, piece, rules, joints)
            except DisclosureError:
                failed = True
                about = joints.intersection(_about(figures, piece))
                lesser = {name for name in about if figures.cells[name].value < _LARGEST_TOTAL}
                loose |= lesser or about
        if not failed:
            return found
        if not loose:
            break
        joints -= loose
    return _witnessed(figures, part, rules)


def _large(figures: Figures, piece: _Part, rules: Suppression) -> bool:
    """Whether the search for the cheapest pattern of a piece would take long: it is large, or nearly all small."""
    status = [_status(figures.cells[name], rules) for name in piece.names]
    small, free = status.count("u"), len(status) - status.count("z")
    return small > 0 and (free > _SEARCHED or (free > _EXACTLY and 3 * small > free))


def _joints(figures: Figures, part: _Part, rules: Suppression) -> frozenset[str]:
    """The totals of a part that are large enough to be shown whatever is withheld below them."""
    wholes = {
        name
        for number in part.numbers
        for name, factor in figures.lines[number][1]
        if factor < 0 and len(figures.lines[number][1]) > 2
    }
    return frozenset(
        name
        for name in wholes
        if _status(figures.cells[name], rules) == "s" and figures.cells[name].value >= _LARGE_TOTAL
    )


def _about(figures: Figures, part: _Part) -> set[str]:
    """Every cell that an equation of a part names."""
    return {name for number in part.numbers for name, _ in figures.lines[number][1]}


def _reasons(figures: Figures, part: _Part, rules: Suppression, joints: Collection[str]) -> dict[str, str]:
    """Why each cell of a part is withheld; "" where it is shown. Raises DisclosureError where no pattern is safe."""
    names = [*part.names, *sorted(_about(figures, part).difference(part.names))]
    system = _system(figures, names, part.numbers, rules, joints)
    if not (system.status == "u").any():
        return {}
    if not system.equations:
        why: Sequence[str] = ["primary" if status == "u" else "" for status in system.status]
    else:
        why = _pattern(system)
    return {
        name: _AUDITED if words and figures.cells[name].withheld else words
        for name, words in zip(names, why, strict=True)
    }


def _pattern(system: System) -> Sequence[str]:
    """Why each cell of a small piece is withheld, in the cheapest pattern or one that is near it."""
    suppress = suppress_exactly if system.cells <= _EXACTLY else suppress_fast
    return suppress(system, seconds=_SECONDS).reason


def _witnessed(figures: Figures, part: _Part, rules: Suppression) -> dict[str, str]:
    """Why each cell of a large part is withheld, in a good pattern that is proved by moves. Raises ReturnContentError
    where some cell follows whatever is withheld."""
    system = _system(figures, part.names, part.numbers, rules, ())
    unseen = np.asarray([not figures.cells[name].published for name in part.names])
    try:
        found = suppress_witnessed(system, begin=unseen)
    except UnprotectableError as error:
        raise ReturnContentError(
            "The return cannot be made safe: figures that were published before would give small ones away. Take the "
            "year to date, or the finest rows, out of the template"
        ) from error
    reasons = {}
    for place in np.flatnonzero(found.hidden).tolist():
        name, why = part.names[place], int(found.why[place])
        secondary = f"protects primary cell {part.names[why]}" if why != NOT_ONE else _SEVERAL
        reasons[name] = PRIMARY if system.status[place] == "u" else secondary
        if figures.cells[name].withheld:
            reasons[name] = _AUDITED
    return reasons


def _parts(figures: Figures, joints: frozenset[str], within: _Part | None = None) -> list[_Part]:
    """The cells and equations of each part that shares no cell with another, but for `joints`, in the order of their
    names. `within`: of this part alone."""
    names = sorted(set(within.names if within else figures.cells) - joints)
    numbers = within.numbers if within else tuple(range(len(figures.lines)))
    places = {name: place for place, name in enumerate(names)}
    pairs = [
        (places[name], len(names) + row)
        for row, number in enumerate(numbers)
        for name, _ in figures.lines[number][1]
        if name in places
    ]
    size = len(names) + len(numbers)
    columns, rows = zip(*pairs, strict=True) if pairs else ((), ())
    links = coo_array((np.ones(len(pairs)), (columns, rows)), shape=(size, size))
    _count, part_of = connected_components(links, directed=False)
    found: dict[int, tuple[list[str], list[int]]] = {}
    for place, name in enumerate(names):
        found.setdefault(int(part_of[place]), ([], []))[0].append(name)
    for row, number in enumerate(numbers):
        # An equation between joints alone is no part: all of it is shown.
        if int(part_of[len(names) + row]) in found:
            found[int(part_of[len(names) + row])][1].append(number)
    return [_Part(tuple(cells), tuple(lines)) for cells, lines in found.values()]


def _system(
    figures: Figures,
    names: Sequence[str],
    numbers: Sequence[int],
    rules: Suppression,
    joints: Collection[str],
) -> System:
    places = {name: place for place, name in enumerate(names)}
    cells = [figures.cells[name] for name in names]
    value = np.asarray([cell.value for cell in cells], np.float64)
    status = np.asarray(
        ["z" if name in joints else _status(figures.cells[name], rules) for name in names], "U1"
    )
    primary = status == "u"
    below = np.where(primary, np.minimum(value, 1.0), 0.0)
    above = np.where(primary, np.maximum(rules.highest + 1 - value, 1.0), 0.0)
    # Nobody knows beforehand how large a figure may be: so much more than the largest is always possible.
    upper = 2 * float(value.max(initial=0.0)) + 2 * float(above.max(initial=0.0)) + 1.0
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
