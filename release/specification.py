"""What a researcher asks for: tables, rows about single people (microdata), or differentially private tables.

It is written down as JSON with one form alone, so that two checkers, the ledger and custody mean the same; whatever
else comes is refused.
"""

import json
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from release.errors import UserError
from release.microdata import LEAST_K
from release.research import MILLION

VERSION: Final = 1
LONGEST: Final = 50_000
_MOST: Final = 100
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_FRAMEWORK: Final = re.compile(r"(?:[a-z0-9][a-z0-9-]{0,79})?")


class SpecificationError(UserError):
    """A researcher asks for what there is not, or for more than the policy lets anybody have."""

    exit_code = 90


@dataclass(frozen=True)
class TableAsked:
    """One table: a measure of the catalogue by some dimensions (sorted), under a framework ("": the primary one)."""

    measure: str
    dimensions: tuple[str, ...] = ()
    framework: str = ""

    @property
    def words(self) -> str:
        """What it is called in messages: "needs_identified by locality and quarter"."""
        return f"{self.measure} by {' and '.join(self.dimensions)}" if self.dimensions else self.measure


@dataclass(frozen=True)
class Tables:
    """Tables under the profile `research`, each with all of its totals."""

    tables: tuple[TableAsked, ...]
    kind = "tables"


@dataclass(frozen=True)
class Microdata:
    """Rows about single people, families and so on (`unit`). `l`, `t`: as in the policy; `most_left_out`: rows that may
    be left out, in per cent; `dates`: "months" (generalised as everything is) or "shifted"."""

    unit: str
    columns: tuple[str, ...]
    k: int
    l: int  # noqa: E741 - the field's own letter
    t: float
    most_left_out: int
    dates: str = "months"
    kind = "microdata"


@dataclass(frozen=True)
class Private:
    """Differentially private tables. `rho`: what they cost together, in millionths; `most_records`: so many cells of a
    table does one person or family count in at most."""

    tables: tuple[TableAsked, ...]
    rho: int
    most_records: int
    kind = "private"


Specification = Tables | Microdata | Private
DATES: Final = ("months", "shifted")


def write_specification(specification: Specification) -> str:
    """Its one form as JSON: what is read back is equal, and equal ones give the same text. Raises SpecificationError
    where it is none."""
    said: dict[str, Any] = {"version": VERSION, "kind": specification.kind}
    match specification:
        case Tables():
            said["tables"] = _tables_said(specification.tables)
        case Microdata():
            said |= {
                name: getattr(specification, name) for name in ("unit", "k", "l", "most_left_out", "dates")
            }
            said |= {"columns": list(specification.columns), "t": _thousandths(specification.t)}
        case Private():
            said |= {"tables": _tables_said(specification.tables)}
            said |= {"rho": specification.rho, "most_records": specification.most_records}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    read_specification(text)
    return text


def read_specification(text: str) -> Specification:
    """What a text asks for. Raises SpecificationError where it is no specification, or one of another form."""
    if len(text) > LONGEST:
        raise SpecificationError(
            f"The specification is longer than {LONGEST:,} letters: ask for less at once."
        )
    try:
        said = json.loads(text, parse_constant=_no_number, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise SpecificationError("The specification is not readable as JSON.") from None
    table = _object(said, "the specification")
    if table.get("version") != VERSION or type(table.get("version")) is not int:
        raise SpecificationError(f"The specification says no version, or another than {VERSION}.")
    match table.get("kind"):
        case "tables":
            _only(table, ("version", "kind", "tables"))
            return Tables(_tables(table.get("tables")))
        case "microdata":
            _only(table, ("version", "kind", "unit", "columns", "k", "l", "t", "most_left_out", "dates"))
            return _microdata(table)
        case "private":
            _only(table, ("version", "kind", "tables", "rho", "most_records"))
            return Private(
                _tables(table.get("tables")),
                _whole(table, "rho", 1, 10 * MILLION),
                _whole(table, "most_records", 1, 100),
            )
    raise SpecificationError('The specification has no kind: write "tables", "microdata" or "private".')


def _microdata(table: Mapping[str, Any]) -> Microdata:
    dates = table.get("dates")
    if dates not in DATES:
        raise SpecificationError(f"The specification's dates are none of {', '.join(DATES)}.")
    k = table.get("k")
    if type(k) is int and k < LEAST_K:
        raise SpecificationError(
            f"k is {k}: in a class of fewer than {LEAST_K} anybody can be found. Ask for {LEAST_K} or more."
        )
    return Microdata(
        unit=_name(table.get("unit"), "unit"),
        columns=_names(table.get("columns"), "columns", least=1),
        k=_whole(table, "k", LEAST_K, 1000),
        l=_whole(table, "l", 1, 100),
        t=_whole(table, "t", 1, 1000) / 1000,
        most_left_out=_whole(table, "most_left_out", 0, 100),
        dates=str(dates),
    )


def _tables(value: object) -> tuple[TableAsked, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= _MOST:
        raise SpecificationError(f"tables: ask for 1 to {_MOST} tables.")
    found = []
    for number, one in enumerate(value, 1):
        table = _object(one, f"table {number}")
        _only(table, ("measure", "dimensions", "framework"))
        framework = table.get("framework")
        if not isinstance(framework, str) or not _FRAMEWORK.fullmatch(framework):
            raise SpecificationError(f"table {number}: its framework is no name of one.")
        dimensions = _names(table.get("dimensions"), f"table {number}, dimensions", least=0)
        found.append(TableAsked(_name(table.get("measure"), "measure"), tuple(sorted(dimensions)), framework))
    if len(set(found)) < len(found):
        raise SpecificationError("tables: one is asked for twice. Leave one.")
    return tuple(found)


def _tables_said(tables: Sequence[TableAsked]) -> list[dict[str, Any]]:
    return [
        {"measure": one.measure, "dimensions": sorted(one.dimensions), "framework": one.framework}
        for one in tables
    ]


def _thousandths(t: float) -> int:
    """t as it is written down: whole thousandths. Raises SpecificationError where it is finer."""
    if not math.isfinite(t) or abs(t * 1000 - round(t * 1000)) > 1e-9:
        raise SpecificationError("t has more than three decimals: write, say, 0.25.")
    return round(t * 1000)


def _object(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SpecificationError(f"In the specification, {what} is no object of JSON.")
    return value


def _only(table: Mapping[str, object], known: Collection[str]) -> None:
    strange = [key for key in table if key not in known]
    missing = [key for key in known if key not in table]
    if strange:
        raise SpecificationError(f"The specification says what is unknown. Known are: {', '.join(known)}.")
    if missing:
        raise SpecificationError(f"The specification does not say {missing[0]}.")


def _name(value: object, what: str) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise SpecificationError(f"In the specification, {what} is no name: small letters, digits and _.")
    return value


def _names(value: object, what: str, *, least: int) -> tuple[str, ...]:
    if not isinstance(value, list) or not least <= len(value) <= _MOST:
        raise SpecificationError(f"In the specification, {what} is no list of {least} to {_MOST} names.")
    names = tuple(_name(one, what) for one in value)
    if len(set(names)) < len(names):
        raise SpecificationError(f"In the specification, {what} names something twice. Leave one.")
    return names


def _whole(table: Mapping[str, Any], key: str, least: int, most: int) -> int:
    value = table.get(key)
    if type(value) is not int or not least <= value <= most:
        raise SpecificationError(f"In the specification, {key} is no whole number from {least} to {most:,}.")
    return value


def _no_number(_text: str) -> object:
    raise ValueError("no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is said twice")
    return found
