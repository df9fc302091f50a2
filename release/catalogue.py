"""Reads the catalogue, `data/catalogue.toml`: which measures may be broken down by which dimensions, and for whom.

The closed world of questions. What a catalogue is stands in release.measures; both sides take it from here.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from release.errors import SettingsError
from release.measures import (
    ALL,
    FRAMEWORK_POPULATIONS,
    LOCALITY,
    MOST_DIMENSIONS,
    OF_A_FRAMEWORK,
    POPULATIONS,
    WHOLE,
    Audience,
    Catalogue,
    Dimension,
    Measure,
    Scope,
    every_question,
    list_name,
    measures_of,
    question_name,
    questions_of,
)
from release.roles import ROLES

__all__ = [
    "FRAMEWORK_POPULATIONS",
    "LOCALITY",
    "MOST_DIMENSIONS",
    "OF_A_FRAMEWORK",
    "POPULATIONS",
    "WHOLE",
    "Audience",
    "Catalogue",
    "Dimension",
    "Measure",
    "Scope",
    "every_question",
    "list_name",
    "measures_of",
    "question_name",
    "questions_of",
    "read_catalogue",
]


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
    place.only_keys(content, {"dimension", "measure", "audience", "scope"})
    dimensions = {
        _name(place.at("dimension"), name): _dimension(place.at("dimension", name), name, table)
        for name, table in place.at("dimension").table(content.get("dimension")).items()
    }
    _check_dimensions(place.at("dimension"), dimensions)
    tables = place.at("measure").table(content.get("measure"))
    measures: dict[str, Measure] = {}
    for name, table in tables.items():
        at = place.at("measure", _name(place.at("measure"), name))
        measures[name] = _measure(at, name, at.table(table), dimensions, measures)
    if not measures:
        raise place.at("measure").wrong("there is no measure. Add one.")
    audiences = {
        _name(place.at("audience"), name): _audience(
            place.at("audience", name), name, table, measures, dimensions
        )
        for name, table in place.at("audience").table(content.get("audience", {})).items()
    }
    heard = frozenset().union(*(one.measures for one in audiences.values()))
    for name in measures if audiences else ():
        if name not in heard:
            raise place.at("measure", name).wrong(
                "no audience may ask for it. Name it under measures of an [audience.…], or take it out."
            )
    scopes = {
        _name(place.at("scope"), name): _scope(place.at("scope", name), name, table)
        for name, table in place.at("scope").table(content.get("scope", {})).items()
    }
    if scopes and LOCALITY not in dimensions:
        raise place.at("scope").wrong("a scope is a choice of localities: add [dimension.locality] above.")
    return Catalogue(
        MappingProxyType(dimensions),
        MappingProxyType(measures),
        MappingProxyType(audiences),
        MappingProxyType(scopes),
    )


def _check_dimensions(place: _Place, dimensions: Mapping[str, Dimension]) -> None:
    """Parents and neighbours that there are, and no circle of parents."""
    for dimension in dimensions.values():
        at = place.at(dimension.name)
        if dimension.parent is not None and dimension.parent not in dimensions:
            raise at.at("parent").wrong(
                f"there is no dimension {dimension.parent!r}. Add it, or leave parent out."
            )
        for key, others in (("beside", dimension.beside), ("with_one_of", dimension.with_one_of)):
            for name in sorted(others or ()):
                if name not in dimensions:
                    raise at.at(key).wrong(f"there is no dimension {name!r}. Add it, or take it out.")
        seen = {dimension.name}
        above = dimension.parent
        while above is not None and above in dimensions:
            if above in seen:
                raise at.at("parent").wrong("it lies in itself, by way of its parents. Take one parent out.")
            seen.add(above)
            above = dimensions[above].parent


def _audience(
    place: _Place,
    name: str,
    value: object,
    measures: Mapping[str, Measure],
    dimensions: Mapping[str, Dimension],
) -> Audience:
    table = place.table(value)
    place.only_keys(table, {"label", "roles", "measures", "dimensions"})
    roles = place.at("roles").texts(table.get("roles"))
    if not roles:
        raise place.at("roles").wrong("name at least one role of data/access.toml.")
    for role in roles:
        if role not in ROLES:
            raise place.at("roles").wrong(f"there is no role {role!r}. Known are: {', '.join(ROLES)}.")
    return Audience(
        name,
        place.at("label").text(table.get("label")),
        frozenset(roles),
        _chosen(place.at("measures"), table.get("measures"), measures),
        _chosen(place.at("dimensions"), table.get("dimensions"), dimensions),
    )


def _chosen(place: _Place, value: object, known: Iterable[str]) -> frozenset[str]:
    """Names of a list, all of which are known; `*` for all there are."""
    names = place.texts(value)
    if names == (ALL,):
        return frozenset(known)
    for name in names:
        if name not in known:
            raise place.wrong(f"there is no {name!r} in this file. Add it, or take it out of this list.")
    return frozenset(names)


def _scope(place: _Place, name: str, value: object) -> Scope:
    if name == WHOLE:
        raise place.wrong(
            f"data/access.toml says {WHOLE!r} for the whole of it. Give this part another name."
        )
    table = place.table(value)
    place.only_keys(table, {"label", "localities"})
    localities = place.at("localities").texts(table.get("localities"))
    if not localities:
        raise place.at("localities").wrong("name at least one locality.")
    return Scope(name, place.at("label").text(table.get("label")), localities)


def _name(place: _Place, name: str) -> str:
    if not (name.isascii() and name.isidentifier() and name == name.lower()):
        raise place.wrong(f"{name!r} is no name. Use small letters, digits and _.")
    return name


def _dimension(place: _Place, name: str, value: object) -> Dimension:
    table = place.table(value)
    place.only_keys(table, {"label", "parent", "only", "beside", "with_one_of"})
    only = {}
    for code, populations in place.at("only").table(table.get("only", {})).items():
        at = place.at("only", code)
        names = at.texts(populations)
        for population in names:
            if population not in POPULATIONS:
                raise at.wrong(f"unknown population {population!r}. Known are: {', '.join(POPULATIONS)}.")
        only[code] = frozenset(names)
    parent = place.at("parent").text(table["parent"]) if "parent" in table else None
    beside = frozenset(place.at("beside").texts(table["beside"])) if "beside" in table else None
    needed = frozenset(place.at("with_one_of").texts(table.get("with_one_of", [])))
    label = place.at("label").text(table.get("label"))
    return Dimension(name, label, parent, MappingProxyType(only), beside, needed)


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
