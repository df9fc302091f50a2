"""A question: one measure and up to three dimensions, out of closed lists. It holds no SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from evidence.errors import QuestionError
from release.catalogue import (
    FRAMEWORK_POPULATIONS,
    MOST_DIMENSIONS,
    Catalogue,
    Measure,
    question_name,
)


@dataclass(frozen=True)
class Question:
    """How many of `measure`, broken down `by` dimensions, `where` other dimensions have one code each."""

    measure: str
    by: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by", tuple(self.by))
        object.__setattr__(self, "where", MappingProxyType(dict(self.where)))

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Every dimension that the question uses, sorted: the order of the codes in a release."""
        return tuple(sorted({*self.by, *self.where}))


def check(question: Question, catalogue: Catalogue, codes: Mapping[str, frozenset[str]]) -> Measure:
    """The measure asked for, once every name and code is known to exist.

    `codes` holds the codes of every dimension of the release. Raises QuestionError, whose message quotes nothing that
    is not in the catalogue: what was asked may come from anywhere.
    """
    measure = catalogue.measures.get(question.measure) if isinstance(question.measure, str) else None
    if measure is None:
        raise QuestionError("There is no such measure. data/catalogue.toml lists those there are.")
    used = [*question.by, *question.where]
    for dimension in used:
        if dimension not in measure.dimensions:
            raise QuestionError(
                f"{measure.label} cannot be broken down that way. "
                f"It can be by: {', '.join(measure.dimensions) or 'nothing'}."
            )
    if len(set(used)) != len(used):
        raise QuestionError(
            f"{measure.label}: a dimension may be used once, to break down by or to choose from."
        )
    if len(used) > MOST_DIMENSIONS:
        raise QuestionError(
            f"{measure.label}: at most {MOST_DIMENSIONS} dimensions can be asked for together."
        )
    for dimension, code in question.where.items():
        if not isinstance(code, str) or code not in codes.get(dimension, frozenset()):
            label = catalogue.dimensions[dimension].label
            raise QuestionError(f"{label}: there is no such code in this release.")
    return measure


def names_in_release(
    question: Question, measure: Measure, catalogue: Catalogue, framework: str = ""
) -> tuple[str, ...]:
    """The stored questions that answer it: one, or those of the parts of a derived measure.

    `framework`: under which of the further frameworks of the release it is asked; none: under the primary one. What
    does not depend on a framework is stored once.
    """
    counted = [catalogue.measures[part] for part in measure.parts or (measure.name,)]
    return tuple(
        question_name(
            one.name, question.dimensions, framework if one.population in FRAMEWORK_POPULATIONS else ""
        )
        for one in counted
    )
