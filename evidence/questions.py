"""A question: one measure and up to three dimensions, out of closed lists. It holds no SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from evidence.errors import AccessError, QuestionError
from release.catalogue import (
    FRAMEWORK_POPULATIONS,
    MOST_DIMENSIONS,
    Catalogue,
    Measure,
    question_name,
)


@dataclass(frozen=True)
class Question:
    """How many of `measure`, broken down `by` dimensions, `where` other dimensions have one code each. A dimension in
    both keeps the one row of that code."""

    measure: str
    by: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by", tuple(self.by))
        object.__setattr__(self, "where", MappingProxyType(dict(self.where)))

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Every dimension that the question uses, sorted."""
        return tuple(sorted({*self.by, *self.where}))


def check(
    question: Question, catalogue: Catalogue, codes: Mapping[str, Mapping[str, int]], role: str
) -> Measure:
    """The measure asked for, once every name and code is known to exist and to be for somebody of `role`.

    `codes` holds the codes of every dimension that the reader may choose from. Raises QuestionError, or AccessError
    where it is not for that role; neither message quotes anything that is not in the catalogue: what was asked may come
    from anywhere.
    """
    measure = catalogue.measures.get(question.measure) if isinstance(question.measure, str) else None
    if measure is None:
        raise QuestionError("There is no such measure. data/catalogue.toml lists those there are.")
    for dimension in (*question.by, *question.where):
        if dimension not in measure.dimensions:
            raise QuestionError(
                f"{measure.label} cannot be broken down that way. "
                f"It can be by: {', '.join(measure.dimensions) or 'nothing'}."
            )
    if len(set(question.by)) != len(question.by):
        raise QuestionError(f"{measure.label}: a dimension may be used once to break down by.")
    _together(measure, catalogue, question)
    if not catalogue.allows(role, measure, question.dimensions):
        raise AccessError(
            f"{measure.label}: this is not for your role. data/catalogue.toml says for whom it is."
        )
    for dimension, code in question.where.items():
        if not isinstance(code, str) or code not in codes.get(dimension, {}):
            label = catalogue.dimensions[dimension].label
            raise QuestionError(f"{label}: there is no such code for you in this release.")
    return measure


def _together(measure: Measure, catalogue: Catalogue, question: Question) -> None:
    stored = catalogue.normal(question.dimensions)
    if len(stored) > MOST_DIMENSIONS:
        raise QuestionError(
            f"{measure.label}: at most {MOST_DIMENSIONS} dimensions can be asked for together."
        )
    for name in stored:
        dimension = catalogue.dimensions[name]
        if dimension.with_one_of and dimension.with_one_of.isdisjoint(stored):
            others = " or ".join(
                sorted(catalogue.dimensions[one].label.lower() for one in dimension.with_one_of)
            )
            raise QuestionError(
                f"{measure.label}: {dimension.label.lower()} can be asked for together with {others} alone. Add one."
            )
    if not catalogue.goes_together(stored):
        labels = ", ".join(catalogue.dimensions[name].label.lower() for name in stored)
        raise QuestionError(
            f"{measure.label}: these cannot be asked for together: {labels}. Leave one of them out."
        )


def names_in_release(
    question: Question, measure: Measure, catalogue: Catalogue, framework: str = "", scope: str = ""
) -> tuple[str, ...]:
    """The stored questions that answer it: one, or those of the parts of a derived measure.

    `framework`: under which of the further frameworks of the release it is asked; none: under the primary one. What
    does not depend on a framework is stored once. `scope`: which localities it is kept to; none: the whole council.
    """
    stored = catalogue.normal(question.dimensions)
    counted = [catalogue.measures[part] for part in measure.parts or (measure.name,)]
    return tuple(
        question_name(one.name, stored, framework if one.population in FRAMEWORK_POPULATIONS else "", scope)
        for one in counted
    )
