"""Which figures are shown: none beside another that it is nearly the same as.

A figure and a part of it that differ by fewer than three units would tell of one or two people: had both the same
figure, that there is nobody else; had they figures of their own, that there is somebody. So the part shows the
figure of its whole, drawn once for both, and the two are equal whether there is nobody else, one more or two. Where
they differ by few units but more rows (one family with many needs) that figure would be too wrong, and the part is
withheld: no figure is ever further off than Rules.furthest, of the rows that it was drawn for.

All of this goes by the rows that figures were drawn for, never by those of today. A kept figure is then shown as it
was, or withheld as it was, whoever has come, gone or moved since, up to two of them: were it decided by today's rows,
figures would go or change just where somebody did.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from disclosure.closed_world.coding import Whole
from disclosure.closed_world.counting import Counts
from disclosure.closed_world.description import Question, Rules
from disclosure.closed_world.nesting import Flags, Structure

WITHHELD = -1
# A figure is kept while fewer than three units have come or gone, unless these bring more rows than this.
_MOST_SINCE = 20


@dataclass(frozen=True)
class Drawn:
    """One table with its figures as drawn. `figure`: what noise made of the count of the rows that it was drawn for;
    `drawn_for`: that count; `changed`: by how many units those rows differ from today's."""

    counts: Counts
    possible: Flags = field(repr=False)
    figure: Whole = field(repr=False)
    drawn_for: Whole = field(repr=False)
    changed: Whole = field(repr=False)
    key_for: Whole = field(repr=False)


@dataclass
class Decided:
    """What is shown of one table: `value`, WITHHELD where nothing is; `source`: the number of the cell, of all cells
    of the world, whose figure it is; `count`: that cell's count today."""

    value: Whole
    source: Whole
    count: Whole


# The units in each of some wholes that are not in their parts: question of the parts, of the wholes, places in both.
UnitsOutside = Callable[[Question, Question, Whole, Whole], Whole]


def decide(
    structure: Structure,
    drawn: Mapping[Question, Drawn],
    asked: Sequence[Question],
    rules: Rules,
    units_outside: UnitsOutside,
) -> dict[Question, Decided]:
    """What is shown of every question in `asked`, wholes before their parts. The same input gives the same."""
    found: dict[Question, Decided] = {}
    first = 0
    for question in sorted(asked, key=structure.order):
        table = drawn[question]
        own = np.arange(first, first + table.figure.size)
        first += own.size
        decided = Decided(
            np.where(table.possible & (table.figure >= rules.threshold), table.figure, WITHHELD),
            own,
            table.drawn_for.copy(),
        )
        found[question] = decided
        levels = structure.levels(question)
        for level in range(int(levels.max(initial=0)) + 1):
            here = levels == level
            _settle(structure, drawn, found, question, decided, rules, units_outside, here)
    return found


def _settle(
    structure: Structure,
    drawn: Mapping[Question, Drawn],
    done: Mapping[Question, Decided],
    question: Question,
    decided: Decided,
    rules: Rules,
    units_outside: UnitsOutside,
    here: Flags,
) -> None:
    """Give each part that is near a shown whole the figure of that whole, or none. `here`: the cells that are settled;
    those of the same question that hold them are settled already."""
    table = drawn[question]
    # An empty cell has no noise and nobody in it: it tells nothing that its whole does not.
    somebody = here & (decided.value != WITHHELD) & (table.drawn_for > 0)
    source, value, count = decided.source.copy(), decided.value.copy(), decided.count.copy()
    near, apart = np.zeros(somebody.size, np.bool_), np.zeros(somebody.size, np.bool_)
    for whole, places in structure.wholes(question):
        if whole not in done:
            continue
        at = np.flatnonzero(somebody & (places >= 0))
        at = at[done[whole].value[places[at]] != WITHHELD]
        close = _near(
            table, drawn[whole], at, places[at], rules.least_difference, question, whole, units_outside
        )
        close_at, whole_at = at[close], places[at[close]]
        whole_source = done[whole].source[whole_at]
        # A whole may itself show the figure of another: it is that one which must not be too far from the part.
        far = done[whole].count[whole_at] - table.drawn_for[close_at] >= rules.least_difference
        # Near two wholes with figures of their own: it can be equal to one of them alone.
        apart[close_at] |= near[close_at] & (source[close_at] != whole_source)
        apart[close_at[far]] = True
        source[close_at] = np.where(near[close_at], source[close_at], whole_source)
        count[close_at] = np.where(near[close_at], count[close_at], done[whole].count[whole_at])
        value[close_at] = np.where(near[close_at], value[close_at], done[whole].value[whole_at])
        near[close_at] = True
    if rules.near == "withheld":
        apart |= near
    # One or two units of very many rows: a gap tells of them, but a figure that is so far off would mislead.
    apart |= np.abs(table.drawn_for - table.counts.count) > _MOST_SINCE
    decided.source[:], decided.count[:] = source, count
    decided.value[:] = np.where(apart, WITHHELD, value)


def _near(
    part: Drawn,
    whole: Drawn,
    at: Whole,
    places: Whole,
    least: int,
    question: Question,
    whole_question: Question,
    units_outside: UnitsOutside,
) -> Flags:
    """Of some pairs, which differ by fewer units than may be told of."""
    units = whole.drawn_for[places] - part.drawn_for[at]
    alone = whole.counts.units is whole.counts.count and part.counts.units is part.counts.count
    if not alone:
        doubtful = np.flatnonzero(units >= least)
        # At least so many units are in the whole alone; where that does not do, they are counted.
        sure = whole.counts.units[places] - part.counts.units[at] - whole.changed[places] - part.changed[at]
        doubtful = doubtful[sure[doubtful] < least]
        if doubtful.size:
            units[doubtful] = units_outside(question, whole_question, at[doubtful], places[doubtful])
    return units < least
