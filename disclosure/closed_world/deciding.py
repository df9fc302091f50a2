"""Which figures are shown: none beside another that it is nearly the same as.

A figure and a part of it that differ by fewer than three units would tell of one or two people: had both the same
figure, that there is nobody else; had they figures of their own, that there is somebody. So the part shows the
figure of its whole, drawn once for both, and the two are equal whether there is nobody else, one more or two.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from disclosure.closed_world.coding import Whole
from disclosure.closed_world.counting import Counts
from disclosure.closed_world.description import Question, Rules
from disclosure.closed_world.nesting import Flags, Structure

WITHHELD = -1


@dataclass(frozen=True)
class Drawn:
    """One table with its figures as drawn. `figure`: what noise made of the count of the rows that it was drawn for;
    `drawn_for`: that count; `changed`: by how many units those rows differ from today's."""

    counts: Counts
    possible: Flags = field(repr=False)
    figure: Whole = field(repr=False)
    drawn_for: Whole = field(repr=False)
    changed: Whole = field(repr=False)


@dataclass
class Decided:
    """What is shown of one table: `value`, WITHHELD where nothing is; `source`: the number of the cell, of all cells
    of the world, whose figure it is."""

    value: Whole
    source: Whole


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
            np.where(table.possible & (table.figure >= rules.threshold), table.figure, WITHHELD), own
        )
        _settle(structure, drawn, found, question, decided, rules, units_outside)
        found[question] = decided
    return found


def _settle(
    structure: Structure,
    drawn: Mapping[Question, Drawn],
    done: Mapping[Question, Decided],
    question: Question,
    decided: Decided,
    rules: Rules,
    units_outside: UnitsOutside,
) -> None:
    """Give each part that is near a shown whole the figure of that whole, or none."""
    table = drawn[question]
    # An empty cell has no noise and nobody in it: it tells nothing that its whole does not.
    somebody = (decided.value != WITHHELD) & (table.counts.count > 0)
    source, value = decided.source.copy(), decided.value.copy()
    near, apart = np.zeros(somebody.size, np.bool_), np.zeros(somebody.size, np.bool_)
    for whole, places in structure.wholes(question):
        if whole not in done:
            continue
        at = np.flatnonzero(somebody & (places >= 0))
        at = at[done[whole].value[places[at]] != WITHHELD]
        close, far = _near(
            table, drawn[whole], at, places[at], rules.least_difference, question, whole, units_outside
        )
        close_at, whole_at = at[close], places[at[close]]
        whole_source = done[whole].source[whole_at]
        # Near two wholes with figures of their own: it can be equal to one of them alone.
        apart[close_at] |= near[close_at] & (source[close_at] != whole_source)
        apart[at[far]] = True
        source[close_at] = np.where(near[close_at], source[close_at], whole_source)
        value[close_at] = np.where(near[close_at], value[close_at], done[whole].value[whole_at])
        near[close_at] = True
    if rules.near == "withheld":
        apart |= near
    decided.source[:] = source
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
) -> tuple[Flags, Flags]:
    """Of some pairs, which differ by fewer units than may be told of; and which of these by so many rows that the
    figure of the whole would be wrong for the part."""
    rows = whole.counts.count[places] - part.counts.count[at]
    changed = whole.changed[places] + part.changed[at]
    drawn_rows = whole.drawn_for[places] - part.drawn_for[at]
    units = rows.copy()
    alone = whole.counts.units is whole.counts.count and part.counts.units is part.counts.count
    if not alone:
        # At least so many units are in the whole alone; where that does not do, they are counted.
        units = whole.counts.units[places] - part.counts.units[at]
        doubtful = np.flatnonzero((units < least + changed) & (rows >= least))
        if doubtful.size:
            units[doubtful] = units_outside(question, whole_question, at[doubtful], places[doubtful])
    # What holds today has to hold, too, of the rows that kept figures were drawn for.
    then = units - changed
    if alone:
        then = np.where(changed > 0, np.maximum(then, drawn_rows), then)
    close = (units < least) | (then < least)
    return close, close & (rows >= 2 * least)
