"""What may be asked: measures, dimensions and what goes together, for whom; and what a question is called.

Both sides go by it: the pipelines to work out every table before a release, the app to know what it may ask.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from types import MappingProxyType

MOST_DIMENSIONS = 3
# Written for a list of all measures, or of all dimensions.
ALL = "*"
# The dimension that a scope is a choice of.
LOCALITY = "locality"
# What data/access.toml says of somebody who is kept to no scope: no scope is called so.
WHOLE = "council"

# What a population has to be counted by. The pipelines build these columns, so a catalogue cannot invent one.
POPULATIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        name: frozenset(columns.split())
        for name, columns in {
            "family": "family locality ward team referral_source month quarter year family_size",
            "episode": "episode family locality ward team referral_source month quarter year closure_reason wait"
            " returned stage",
            "episode_ended": "episode family locality ward team referral_source month quarter year closure_reason"
            " wait returned",
            "person": "person family age_band sex ethnic_group role locality ward",
            "need": "episode family person headline need need_state locality ward team month quarter year"
            " age_band sex ethnic_group time_taken",
            "need_sustained": "episode family person headline need need_state locality ward team month quarter year"
            " age_band sex ethnic_group",
            "need_followed": "need episode family headline locality team quarter year months_since in_time",
            "claim": "episode family kind claim_state evidence_state obstacle step expected_quarter locality ward"
            " team month quarter year",
            "claim_need": "episode family kind need headline missing locality ward team",
            "possible": "family headline",
            "theme": "family theme locality ward team month quarter year",
            "event": "family event months_around locality",
        }.items()
    }
)


@dataclass(frozen=True)
class Dimension:
    """What a measure may be broken down by. `only` says which codes only some populations can have; `beside` which
    other dimensions it may be asked together with (None: any); `with_one_of`: it is asked with one of these alone."""

    name: str
    label: str
    parent: str | None = None
    only: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)
    beside: frozenset[str] | None = None
    with_one_of: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Measure:
    """What is counted: rows of `population` that fit `where`, or distinct values of `distinct` among them.

    A measure with `share` (numerator, denominator) or `money` (the measure whose count is priced) is derived
    from shown figures and never stored; its dimensions are those common to its parts.
    """

    name: str
    label: str
    unit: str
    dimensions: tuple[str, ...]
    population: str | None = None
    distinct: str | None = None
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    share: tuple[str, str] | None = None
    money: str | None = None
    label_paid_up_front: str | None = None

    @property
    def derived(self) -> bool:
        return self.share is not None or self.money is not None

    @property
    def parts(self) -> tuple[str, ...]:
        """The counted measures that a derived one is worked out from."""
        return self.share or ((self.money,) if self.money else ())


@dataclass(frozen=True)
class Audience:
    """Who may ask what: people of `roles` may ask `measures` by `dimensions`."""

    name: str
    label: str
    roles: frozenset[str]
    measures: frozenset[str]
    dimensions: frozenset[str]


@dataclass(frozen=True)
class Scope:
    """What somebody sees who works for some localities alone: a filter that lies over every question of theirs."""

    name: str
    label: str
    localities: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """Every dimension and every measure, by name, in the order of the file; who may ask them; and the scopes.

    Without an audience (as in a test) everybody may ask everything.
    """

    dimensions: Mapping[str, Dimension]
    measures: Mapping[str, Measure]
    audiences: Mapping[str, Audience] = field(default_factory=dict, hash=False)
    scopes: Mapping[str, Scope] = field(default_factory=dict, hash=False)

    @property
    def counted(self) -> tuple[Measure, ...]:
        """The measures that are stored in a release."""
        return tuple(measure for measure in self.measures.values() if not measure.derived)

    def possible(self, measure: Measure, dimension: str, code: str) -> bool:
        """Whether `code` can occur at all in the population that `measure` counts."""
        counted = self.measures[measure.parts[0]] if measure.derived else measure
        allowed = self.dimensions[dimension].only.get(code)
        return allowed is None or counted.population in allowed

    def ancestors(self, dimension: str) -> tuple[str, ...]:
        """The dimensions that `dimension` lies in, the nearest first."""
        found: list[str] = []
        above = self.dimensions[dimension].parent
        while above is not None and above not in found:
            found.append(above)
            above = self.dimensions[above].parent
        return tuple(found)

    def normal(self, dimensions: Collection[str]) -> tuple[str, ...]:
        """A set of dimensions as questions are stored: sorted, and without those that another one of it lies in,
        whose codes follow from the finer one's."""
        above = {ancestor for name in dimensions for ancestor in self.ancestors(name)}
        return tuple(sorted(set(dimensions) - above))

    def goes_together(self, dimensions: Collection[str]) -> bool:
        """Whether these dimensions may be asked for together: none lies in another, none is kept from another, none
        lacks what it is asked with, and they are not too many."""
        names = set(dimensions)
        return len(names) <= MOST_DIMENSIONS and all(
            names.isdisjoint(self.ancestors(name))
            and ((beside := self.dimensions[name].beside) is None or names - {name} <= beside)
            and (not (needed := self.dimensions[name].with_one_of) or not names.isdisjoint(needed))
            for name in names
        )

    def scoped(self, measure: Measure) -> bool:
        """Whether a measure can be asked within a scope."""
        return LOCALITY in measure.dimensions

    def allows(self, role: str, measure: Measure, dimensions: Collection[str]) -> bool:
        """Whether somebody of `role` may ask for `measure` by `dimensions`."""
        return not self.audiences or any(
            role in audience.roles
            and measure.name in audience.measures
            and audience.dimensions.issuperset(dimensions)
            for audience in self.audiences.values()
        )


# Dimensions whose codes are a framework's own, and populations that are counted for each framework. Those of a further
# framework stand apart from the primary one's.
OF_A_FRAMEWORK = frozenset({"headline", "need", "kind"})
FRAMEWORK_POPULATIONS = frozenset(
    {"need", "need_sustained", "need_followed", "claim", "claim_need", "possible"}
)


def question_name(measure: str, dimensions: Collection[str], framework: str = "", scope: str = "") -> str:
    """The name of a question in a release: the measure and its dimensions, sorted, with bars between.

    `framework`: whose needs or claims it is about; none: the primary one's, or a question about neither. `scope`: the
    localities that it is kept to; none: the council as a whole.
    """
    asked = "|".join((measure, *sorted(dimensions)))
    asked = f"{framework}:{asked}" if framework else asked
    return f"{scope}@{asked}" if scope else asked


def list_name(dimension: str, framework: str = "") -> str:
    """The name under which the codes of `dimension` stand in a release, for questions of `framework` (none: the
    primary one): "need", or "family-help-local:need"."""
    return f"{framework}:{dimension}" if framework and dimension in OF_A_FRAMEWORK else dimension


def measures_of(catalogue: Catalogue, framework: str = "") -> tuple[Measure, ...]:
    """The measures that are stored for a further framework: those of needs and claims; for the primary one ("") all."""
    return tuple(
        measure
        for measure in catalogue.counted
        if not framework or measure.population in FRAMEWORK_POPULATIONS
    )


def questions_of(measure: Measure, catalogue: Catalogue) -> list[tuple[str, ...]]:
    """Every set of dimensions that `measure` is published by, from none to three, each sorted."""
    ordered = sorted(measure.dimensions)
    return [
        chosen
        for size in range(MOST_DIMENSIONS + 1)
        for chosen in combinations(ordered, size)
        if catalogue.goes_together(chosen)
    ]


def every_question(
    catalogue: Catalogue, frameworks: Collection[str] = ()
) -> Iterator[tuple[str, str, Measure, tuple[str, ...]]]:
    """Every question of a release: scope, framework, measure and dimensions. `frameworks`: the further ones."""
    for scope in ("", *catalogue.scopes):
        for framework in ("", *frameworks):
            for measure in measures_of(catalogue, framework):
                if not scope or catalogue.scoped(measure):
                    for chosen in questions_of(measure, catalogue):
                        yield scope, framework, measure, chosen
