"""What becomes of a question of which too much would be withheld: a coarser one is shown in its place, or none."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from disclosure import CellKeys
from release.catalogue import Catalogue, Measure, question_name

_WHOLE = 100


class State(StrEnum):
    """What became of a question."""

    SHOWN = "shown"
    COARSER = "coarser"
    WITHDRAWN = "withdrawn"


class Why(StrEnum):
    """Why a question is not shown: of the question as a whole, and nothing of any of its figures."""

    TOO_MUCH = "too much of it would be withheld"
    ATTACKED = "an attack on it could have succeeded"


@dataclass(frozen=True)
class Asked:
    """A question of a release, by its parts."""

    scope: str
    framework: str
    measure: Measure
    dimensions: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is called in a release."""
        return question_name(self.measure.name, self.dimensions, self.framework, self.scope)

    def by(self, dimensions: tuple[str, ...]) -> "Asked":
        """The same measure by other dimensions."""
        return Asked(self.scope, self.framework, self.measure, dimensions)


@dataclass(frozen=True)
class Verdict:
    """What became of a question: `instead` is what is shown in its place, `why` it is not shown itself."""

    state: State
    instead: str | None = None
    why: Why | None = None


def verdicts(
    questions: Collection[Asked],
    withheld: Mapping[str, float],
    attacked: Collection[str],
    catalogue: Catalogue,
    profile: CellKeys,
) -> dict[str, Verdict]:
    """What becomes of every question, by name.

    `withheld`: which share of it, from 0 to 1, would be withheld. `attacked`: those that may not be shown as they are,
    whatever the share. A question of which more than the profile lets be would be withheld is answered by the nearest
    coarser one that keeps to it; where there is none it stays, unless more than half would be withheld: then it is
    answered by the coarser one that withholds least, or by none.
    """
    may_fall_back = profile.fall_back / _WHOLE
    may_stay = profile.withdraw / _WHOLE

    def judged(one: Asked) -> Verdict:
        is_attacked = one.name in attacked
        why = Why.ATTACKED if is_attacked else Why.TOO_MUCH
        share = withheld[one.name]
        if share <= may_fall_back and not is_attacked:
            return Verdict(State.SHOWN)
        others = [
            other.name
            for other in coarser(one, catalogue)
            if other.name in withheld and other.name not in attacked
        ]
        for other in others:
            if withheld[other] <= may_fall_back:
                return Verdict(State.COARSER, other, why)
        if share <= may_stay and not is_attacked:
            return Verdict(State.SHOWN)
        others = [other for other in others if withheld[other] <= may_stay]
        if others:
            return Verdict(State.COARSER, min(others, key=lambda other: withheld[other]), why)
        return Verdict(State.WITHDRAWN, why=why)

    return {one.name: judged(one) for one in questions}


def coarser(question: Asked, catalogue: Catalogue) -> Iterator[Asked]:
    """The questions of the same measure with one dimension or more replaced by what it lies in, the nearest first."""
    seen = {question.dimensions}
    level = [question.dimensions]
    while level:
        found = []
        for dimensions in level:
            for one in _one_step(dimensions, question.measure, catalogue):
                if one not in seen:
                    seen.add(one)
                    found.append(one)
        for one in sorted(found):
            if catalogue.goes_together(one):
                yield question.by(one)
        level = sorted(found)


def _one_step(
    dimensions: tuple[str, ...], measure: Measure, catalogue: Catalogue
) -> Iterator[tuple[str, ...]]:
    for name in dimensions:
        above = next((one for one in catalogue.ancestors(name) if one in measure.dimensions), None)
        if above is not None:
            yield catalogue.normal((set(dimensions) - {name}) | {above})
