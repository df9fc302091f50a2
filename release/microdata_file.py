"""Reads `data/microdata.toml`: what researchers may ask for as rows, and what each column may become."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from release.errors import SettingsError
from release.microdata import MONTHS, NUMBERS, OWN_TABLES, SOURCES, UNITS, Column, Microdata, Part, Unit
from release.settings_file import read_settings_file

_COLUMN = {
    "label",
    "meaning",
    "part",
    "units",
    "source",
    "unit",
    "dimension",
    "codes",
    "most",
    "calendar",
    "levels",
}
_LARGEST = 100
# No population that families are a smaller part of: a hundredth of a per cent.
_LEAST_PART = 0.0001


def read_microdata(path: Path) -> Microdata:
    """Read and check the file. Raises SettingsError naming the place in it and the fix."""
    content = read_settings_file(path)
    at = _Place(path)
    at.only(content, {"shift", "together", "population", "unit", "column"})
    units = {
        name: _unit(at.to("unit", name), name, table)
        for name, table in at.to("unit").table(content.get("unit")).items()
    }
    if not units:
        raise at.to("unit").wrong("name at least one: person, family, episode or need.")
    columns = {
        name: _column(at.to("column", name), name, table, units)
        for name, table in at.to("column").table(content.get("column")).items()
    }
    shift = at.to("shift").table(content.get("shift"))
    at.to("shift").only(shift, {"months"})
    together = at.to("together").table(content.get("together"))
    at.to("together").only(together, {"narrowed"})
    population = at.to("population").table(content.get("population"))
    at.to("population").only(population, {"part", "verified"})
    if not isinstance(population.get("verified"), bool):
        raise at.to("population", "verified").wrong("this must be true or false.")
    part = at.to("population", "part").part(population.get("part"), 100)
    if part < _LEAST_PART:
        raise at.to("population", "part").wrong("this must be at least 0.01.")
    return Microdata(
        units=MappingProxyType(units),
        columns=MappingProxyType(columns),
        shift=at.to("shift", "months").whole(shift.get("months"), 1, 60),
        narrowed=at.to("together", "narrowed").part(together.get("narrowed"), 100),
        part=part,
    )


class _Place:
    """Where in the file we are, for the message."""

    def __init__(self, path: Path, *steps: str) -> None:
        self._path, self._steps = path, steps

    def to(self, *steps: str) -> "_Place":
        return _Place(self._path, *self._steps, *steps)

    def wrong(self, what: str) -> SettingsError:
        return SettingsError(f"{self._path}, at {'.'.join(self._steps) or 'the top'}: {what}")

    def table(self, value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong("this must be a table ([name] and lines below it).")
        return value

    def only(self, table: Mapping[str, object], known: set[str]) -> None:
        for key in table:
            if key not in known:
                raise self.to(key).wrong(f"unknown setting. Known are: {', '.join(sorted(known))}.")

    def text(self, value: object) -> str:
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise self.wrong("this must be a text that is not empty and can be printed.")
        return value

    def texts(self, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not value or len({str(one) for one in value}) < len(value):
            raise self.wrong("this must be a list of texts, none of them twice.")
        return tuple(self.text(one) for one in value)

    def whole(self, value: object, least: int, most: int) -> int:
        if type(value) is not int or not least <= value <= most:
            raise self.wrong(f"this must be a whole number from {least} to {most}.")
        return value

    def part(self, value: object, whole: int) -> float:
        """A part from 0 to 1, where the file counts from 0 to `whole`."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= whole:
            raise self.wrong(f"this must be a number from 0 to {whole}.")
        return value / whole


def _unit(at: _Place, name: str, value: object) -> Unit:
    table = at.table(value)
    at.only(table, {"label", "about"})
    if name not in UNITS:
        raise at.wrong(f"rows are about one of: {', '.join(UNITS)}.")
    return Unit(name, at.to("label").text(table.get("label")), at.to("about").text(table.get("about")))


def _column(at: _Place, name: str, value: object, units: Mapping[str, Unit]) -> Column:
    table = at.table(value)
    at.only(table, _COLUMN)
    if not name.isidentifier() or not name.isascii() or name != name.lower() or name.endswith("_token"):
        raise at.wrong(
            "a column's name is small letters, digits and underscores, and does not end in _token."
        )
    label, meaning = at.to("label").text(table.get("label")), at.to("meaning").text(table.get("meaning"))
    try:
        part = Part(at.to("part").text(table.get("part")))
    except ValueError:
        raise at.to("part").wrong(f"this must be one of: {', '.join(Part)}.") from None
    if part is Part.NEVER:
        at.only(table, {"label", "meaning", "part"})
        return Column(name, label, meaning, part)
    source = at.to("source").text(table.get("source"))
    if source not in SOURCES:
        raise at.to("source").wrong(f"there is no such source. There are: {', '.join(SOURCES)}.")
    of = at.to("units").texts(table.get("units"))
    for one in of:
        if one not in units:
            raise at.to("units").wrong(f"there is no unit {one!r} above.")
        if one not in SOURCES[source]:
            raise at.to("units").wrong(f"rows about a {one} have no {source}.")
        if part is Part.SENSITIVE and source.split(".")[0] not in OWN_TABLES[one]:
            raise at.to("part").wrong(
                f"{source} is the same in several rows about a {one}, and what all of their classes have in common may "
                "be one value: it cannot be sensitive there. Take the unit out."
            )
    column = Column(
        name,
        label,
        meaning,
        part,
        frozenset(of),
        source,
        at.to("unit").text(table["unit"]) if "unit" in table else "",
        at.to("dimension").text(table["dimension"]) if "dimension" in table else "",
        _codes(at.to("codes"), table["codes"]) if "codes" in table else (),
        at.to("most").whole(table["most"], 1, _LARGEST) if "most" in table else 0,
        table.get("calendar", False) is True,
        _levels(at.to("levels"), table["levels"]) if "levels" in table else (),
    )
    _check_kind(at, column)
    return column


def _check_kind(at: _Place, column: Column) -> None:
    """What a source holds decides how its codes are told."""
    told = [bool(column.dimension), bool(column.codes), bool(column.most), column.calendar]
    if sum(told) != 1:
        raise at.wrong("say what its codes are by just one of: dimension, codes, most, calendar = true.")
    if (column.source in MONTHS) is not column.calendar:
        raise at.to("calendar").wrong("calendar = true is for months, and months need it.")
    if (column.source in NUMBERS) is not bool(column.most):
        raise at.to("most").wrong("`most` is for numbers, and numbers need it.")
    if column.calendar and column.part is not Part.QUASI:
        raise at.to("part").wrong('months are known to many: their part is "quasi".')
    if column.levels and (column.part is not Part.QUASI or column.calendar):
        raise at.to("levels").wrong('only codes with the part "quasi" become coarser by levels.')


def _codes(at: _Place, value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list) or not value:
        raise at.wrong('this must be a list of pairs: [["code", "words"], …].')
    pairs = [at.texts(one) for one in value]
    if any(len(pair) != 2 for pair in pairs) or len({pair[0] for pair in pairs}) < len(pairs):
        raise at.wrong('this must be a list of pairs, no code twice: [["code", "words"], …].')
    return tuple((pair[0], pair[1]) for pair in pairs)


def _levels(at: _Place, value: object) -> tuple[Mapping[str, tuple[str, ...]], ...]:
    if not isinstance(value, list):
        raise at.wrong('this must be a list of tables: [{ "0-10" = ["0-4", "5-10"] }, …].')
    levels = []
    for number, one in enumerate(value, 1):
        here = at.to(str(number))
        level = {here.text(name): here.to(name).texts(some) for name, some in here.table(one).items()}
        named = [code for some in level.values() for code in some]
        if len(set(named)) < len(named):
            raise here.wrong("a code lies in one group alone: one is named twice.")
        levels.append(MappingProxyType(level))
    return tuple(levels)
