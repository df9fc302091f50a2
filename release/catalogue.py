"""The catalogue: which measures may be broken down by which dimensions. The closed world of questions.

Both sides read it: the pipelines to work out every table before release, the app to know what it may ask.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from types import MappingProxyType
from typing import Any

from release.errors import SettingsError

MOST_DIMENSIONS = 3

# What a population has to be counted by. The pipelines build these columns, so a catalogue cannot invent one.
POPULATIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        name: frozenset(columns.split())
        for name, columns in {
            "family": "family locality ward team referral_source quarter year family_size",
            "episode": "episode family locality ward team referral_source quarter year closure_reason wait",
            "person": "person family age_band sex ethnic_group role locality ward",
            "need": "episode family person headline need need_state locality ward team quarter year"
            " age_band sex ethnic_group",
            "need_sustained": "episode family person headline need need_state locality ward team quarter year"
            " age_band sex ethnic_group",
            "claim": "episode family kind claim_state evidence_state obstacle step expected_quarter locality ward"
            " team quarter year",
            "claim_need": "episode family kind need headline missing locality ward team",
            "possible": "family headline",
            "theme": "family theme locality ward team quarter year",
        }.items()
    }
)


@dataclass(frozen=True)
class Dimension:
    """What a measure may be broken down by. `only` says which codes only some populations can have."""

    name: str
    label: str
    parent: str | None = None
    only: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)


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
class Catalogue:
    """Every dimension and every measure, by name, in the order of the file."""

    dimensions: Mapping[str, Dimension]
    measures: Mapping[str, Measure]

    @property
    def counted(self) -> tuple[Measure, ...]:
        """The measures that are stored in a release."""
        return tuple(measure for measure in self.measures.values() if not measure.derived)

    def possible(self, measure: Measure, dimension: str, code: str) -> bool:
        """Whether `code` can occur at all in the population that `measure` counts."""
        counted = self.measures[measure.parts[0]] if measure.derived else measure
        allowed = self.dimensions[dimension].only.get(code)
        return allowed is None or counted.population in allowed


# Dimensions whose codes are a framework's own, and populations that are counted for each framework. Those of a further
# framework stand apart from the primary one's.
OF_A_FRAMEWORK = frozenset({"headline", "need", "kind"})
FRAMEWORK_POPULATIONS = frozenset({"need", "need_sustained", "claim", "claim_need", "possible"})


def question_name(measure: str, dimensions: tuple[str, ...] | frozenset[str], framework: str = "") -> str:
    """The name of a question in a release: the measure and its dimensions, sorted, with bars between.

    `framework`: whose needs or claims it is about; none: the primary one's, or a question about neither.
    """
    asked = "|".join((measure, *sorted(dimensions)))
    return f"{framework}:{asked}" if framework else asked


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


def questions_of(measure: Measure) -> list[tuple[str, ...]]:
    """Every set of dimensions that `measure` is published by, from none to three, each sorted."""
    ordered = sorted(measure.dimensions)
    return [chosen for size in range(MOST_DIMENSIONS + 1) for chosen in combinations(ordered, size)]


def read_catalogue(path: Path) -> Catalogue:
    """Read and check the catalogue.

    Raises SettingsError naming the place in the file and the fix.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"There is no catalogue at {path}. Restore data/catalogue.toml.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not readable as TOML: {error}. Mend that line.") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}. Check who may read it.") from None
    return _catalogue(_Place(path, ()), content)


@dataclass(frozen=True)
class _Place:
    """Where in the file we are, for the message."""

    path: Path
    steps: tuple[str, ...]

    def at(self, *steps: str) -> "_Place":
        return _Place(self.path, self.steps + steps)

    def wrong(self, what: str) -> SettingsError:
        where = ".".join(self.steps) or "the top"
        return SettingsError(f"{self.path}, at {where}: {what}")

    def table(self, value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong("this must be a table ([name] and lines below it).")
        return value

    def text(self, value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self.wrong("this must be a text that is not empty.")
        return value

    def texts(self, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise self.wrong('this must be a list of texts, like ["locality", "ward"].')
        if len(set(value)) != len(value):
            raise self.wrong("something is in this list twice. Leave one.")
        return tuple(value)

    def only_keys(self, table: Mapping[str, object], known: set[str]) -> None:
        for key in table:
            if key not in known:
                raise self.at(key).wrong(f"unknown setting. Known are: {', '.join(sorted(known))}.")


def _catalogue(place: _Place, content: Mapping[str, Any]) -> Catalogue:
    place.only_keys(content, {"dimension", "measure"})
    dimensions = {
        _name(place.at("dimension"), name): _dimension(place.at("dimension", name), name, table)
        for name, table in place.at("dimension").table(content.get("dimension")).items()
    }
    for dimension in dimensions.values():
        if dimension.parent is not None and dimension.parent not in dimensions:
            at = place.at("dimension", dimension.name, "parent")
            raise at.wrong(f"there is no dimension {dimension.parent!r}. Add it, or leave parent out.")
    tables = place.at("measure").table(content.get("measure"))
    measures: dict[str, Measure] = {}
    for name, table in tables.items():
        at = place.at("measure", _name(place.at("measure"), name))
        measures[name] = _measure(at, name, at.table(table), dimensions, measures)
    if not measures:
        raise place.at("measure").wrong("there is no measure. Add one.")
    return Catalogue(MappingProxyType(dimensions), MappingProxyType(measures))


def _name(place: _Place, name: str) -> str:
    if not (name.isascii() and name.isidentifier() and name == name.lower()):
        raise place.wrong(f"{name!r} is no name. Use small letters, digits and _.")
    return name


def _dimension(place: _Place, name: str, value: object) -> Dimension:
    table = place.table(value)
    place.only_keys(table, {"label", "parent", "only"})
    only = {}
    for code, populations in place.at("only").table(table.get("only", {})).items():
        at = place.at("only", code)
        names = at.texts(populations)
        for population in names:
            if population not in POPULATIONS:
                raise at.wrong(f"unknown population {population!r}. Known are: {', '.join(POPULATIONS)}.")
        only[code] = frozenset(names)
    parent = place.at("parent").text(table["parent"]) if "parent" in table else None
    return Dimension(name, place.at("label").text(table.get("label")), parent, MappingProxyType(only))


def _measure(
    place: _Place,
    name: str,
    table: Mapping[str, Any],
    dimensions: Mapping[str, Dimension],
    earlier: Mapping[str, Measure],
) -> Measure:
    kinds = [kind for kind in ("population", "share", "money") if kind in table]
    if len(kinds) != 1:
        raise place.wrong("say exactly one of population, share and money.")
    known = {"label", "label_paid_up_front", "unit", kinds[0]}
    place.only_keys(
        table, known | ({"distinct", "where", "dimensions"} if kinds == ["population"] else set())
    )
    label = place.at("label").text(table.get("label"))
    up_front = table.get("label_paid_up_front")
    if up_front is not None:
        up_front = place.at("label_paid_up_front").text(up_front)
    unit = table.get("unit", {"share": "per cent", "money": "pounds"}.get(kinds[0]))
    unit = place.at("unit").text(unit)
    if kinds[0] == "share":
        parts = place.at("share").texts(table["share"])
        if len(parts) != 2:
            raise place.at("share").wrong("name two measures: the part and the whole.")
        common = _common(place.at("share"), parts, earlier)
        return Measure(name, label, unit, common, label_paid_up_front=up_front, share=(parts[0], parts[1]))
    if kinds[0] == "money":
        part = place.at("money").text(table["money"])
        common = _common(place.at("money"), (part,), earlier)
        return Measure(name, label, unit, common, label_paid_up_front=up_front, money=part)
    counted = _counted(place, name, table, dimensions)
    return replace(counted, label=label, unit=unit, label_paid_up_front=up_front)


def _counted(
    place: _Place,
    name: str,
    table: Mapping[str, Any],
    dimensions: Mapping[str, Dimension],
) -> Measure:
    """A counted measure, its words still to come."""
    population = place.at("population").text(table["population"])
    if population not in POPULATIONS:
        raise place.at("population").wrong(f"unknown. Known are: {', '.join(POPULATIONS)}.")
    columns = POPULATIONS[population]
    chosen = place.at("dimensions").texts(table.get("dimensions", []))
    where = {
        column: place.at("where", column).texts(codes)
        for column, codes in place.at("where").table(table.get("where", {})).items()
    }
    distinct = place.at("distinct").text(table["distinct"]) if "distinct" in table else None
    for key, names in (("dimensions", chosen), ("where", where), ("distinct", (distinct,))):
        for column in names:
            if column is not None and column not in columns:
                fix = f"It has: {', '.join(sorted(columns))}."
                raise place.at(key).wrong(f"the population {population!r} has no {column!r}. {fix}")
    for dimension in chosen:
        if dimension not in dimensions:
            raise place.at("dimensions").wrong(f"there is no [dimension.{dimension}]. Add it above.")
    return Measure(name, "", "", chosen, population, distinct, MappingProxyType(where))


def _common(place: _Place, parts: tuple[str, ...], earlier: Mapping[str, Measure]) -> tuple[str, ...]:
    for part in parts:
        if part not in earlier or earlier[part].derived:
            raise place.wrong(f"{part!r} is not a counted measure above this one. Name one that is.")
    first, *rest = (earlier[part].dimensions for part in parts)
    return tuple(dimension for dimension in first if all(dimension in other for other in rest))
