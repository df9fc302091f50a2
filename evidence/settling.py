"""Which stored question answers one that is asked: itself, a coarser one in its place, or none."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from evidence.lists import Lists
from evidence.questions import Question, names_in_release
from release.catalogue import Catalogue, Measure

COARSER: Final = "coarser"
WITHDRAWN: Final = "withdrawn"
# A chain from month to quarter to year for each of three dimensions, and one step more.
_STEPS: Final = 10


@dataclass(frozen=True)
class Standing:
    """What became of a stored question: its state (shown, coarser, withdrawn), the question that is shown in its place,
    and why, in the release's words."""

    state: str
    instead: str | None
    why: str | None


@dataclass(frozen=True)
class Settled:
    """The question that is answered, the stored ones that answer it, and what a reader must be told of that.
    `withdrawn`: nothing of it is shown."""

    question: Question
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()
    withdrawn: bool = False


def standings(question: pl.DataFrame) -> dict[str, Standing]:
    """What became of every question, by name, out of the table `question` of a release (release/schema.py)."""
    rows = question.select("question", "state", "instead", "why").iter_rows()
    return {name: Standing(state, instead, why) for name, state, instead, why in rows}


def settle(
    asked: Question,
    measure: Measure,
    stored: Mapping[str, Standing],
    lists: Lists,
    framework: str,
    scope: str,
) -> Settled:
    """The question that answers what is asked. A derived measure is as coarse as the coarsest of its parts, so that no
    figure is worked out from two breakdowns."""
    question = asked
    notes: tuple[str, ...] = ()
    for _ in range(_STEPS):
        names = names_in_release(question, measure, lists.catalogue, framework, scope)
        found = [stored[name] for name in names if name in stored]
        if any(one.state == WITHDRAWN for one in found):
            words = f"{measure.label}: withdrawn in this breakdown, since too much of it would be withheld."
            return Settled(question, names, (*notes, words), withdrawn=True)
        instead = next((one.instead for one in found if one.state == COARSER and one.instead), None)
        if instead is None:
            return Settled(question, names, notes)
        wider = _coarser(question, frozenset(instead.split("|")[1:]), lists)
        if wider is None or wider == question:
            words = f"{measure.label}: too much would be withheld, and nothing coarser can be shown here."
            return Settled(question, names, (*notes, words), withdrawn=True)
        notes = (*notes, *_words(question, wider, lists.catalogue))
        question = wider
    return Settled(question, names, notes, withdrawn=True)


def _coarser(question: Question, dimensions: frozenset[str], lists: Lists) -> Question | None:
    """The same question by those dimensions: each that is not among them is exchanged for what it lies in. None where
    a chosen code lies in none."""
    by, where = list(question.by), dict(question.where)
    for name in lists.catalogue.normal(question.dimensions):
        if name in dimensions:
            continue
        wider = next((one for one in lists.catalogue.ancestors(name) if one in dimensions), None)
        if wider is None:
            return None
        if name in where:
            lies_in = lists.above[name, wider].get(where.pop(name))
            if lies_in is None or where.get(wider, lies_in) != lies_in:
                return None
            where[wider] = lies_in
        if name in by:
            by[by.index(name)] = wider
    # What was asked by an ancestor too is asked by it once.
    return replace(question, by=tuple(dict.fromkeys(by)), where=where)


def _words(finer: Question, wider: Question, catalogue: Catalogue) -> tuple[str, ...]:
    gone = [name for name in finer.dimensions if name not in wider.dimensions]
    words = []
    for name in gone:
        label = catalogue.dimensions[name].label.lower()
        instead = next(one for one in catalogue.ancestors(name) if one in wider.dimensions)
        coarser = catalogue.dimensions[instead].label.lower()
        words.append(
            f"Too much would be withheld by {label}, so this is by {coarser}."
            if name in finer.by
            else f"Too much would be withheld for one {label}, so this is for the {coarser} that it lies in."
        )
    return tuple(words)
