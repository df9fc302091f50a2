"""Reads `data/research.toml`: what researchers may take away at most, and on what terms.

Both sides go by it: the app to say what can be asked, custody to refuse what goes further.
"""

import re
import string
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from release.errors import SettingsError
from release.measures import ALL, Catalogue, Measure
from release.microdata import LEAST_K
from release.settings_file import read_settings_file

RESEARCH: Final = "research.toml"
RESEARCHER: Final = "researcher"
# Parts of a privacy budget are whole millionths, so that the ledger can add them up exactly.
MILLION: Final = 1_000_000
_LONGEST_TEXT: Final = 4_000
_HOLES: Final = frozenset({"project", "export", "release", "council", "until"})
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True)
class Terms:
    """What a package says of itself, with {project}, {export}, {release}, {council} and {until} still to be filled."""

    licence: str
    citation: str
    contact: str

    def filled(self, text: str, **said: str) -> str:
        """One of these texts with what is said put in its holes."""
        return text.format_map(said)


@dataclass(frozen=True)
class Policy:
    """How far an export may go.

    `longest_days`: of a project. `rho_of_project`, `rho_of_export`: privacy loss in millionths of rho. `measures`:
    those that may be asked, none: all that the catalogue has for researchers. `most_cells`: of one table. `k`, `l`,
    `t`: what microdata must keep to at least; `most_left_out`: rows that may be left out for it, in per cent.
    `most_records`: of one person or family in a private table.
    """

    longest_days: int
    rho_of_project: int
    measures: frozenset[str]
    most_dimensions: int
    most_tables: int
    most_cells: int
    k: int
    l: int  # noqa: E741 - the field's own letter
    t: float
    most_left_out: int
    most_columns: int
    rho_of_export: int
    most_records: int
    terms: Terms

    def may_ask(self, catalogue: Catalogue, measure: Measure, dimensions: Collection[str] = ()) -> bool:
        """Whether a researcher may ask for a measure by these dimensions. Money is a count at a price that the council
        knows: it is never exported."""
        return (
            measure.money is None
            and (not self.measures or measure.name in self.measures)
            and catalogue.allows(RESEARCHER, measure, dimensions)
        )


def read_policy(file: Path) -> Policy:
    """The policy. Raises SettingsError, with the place and the fix, where the file holds a mistake."""
    content = read_settings_file(file)
    _only(file, "the top", content, ("project", "tables", "microdata", "private", "terms"))
    project = _table(file, content, "project", ("longest_days", "rho"))
    tables = _table(file, content, "tables", ("measures", "most_dimensions", "most_tables", "most_cells"))
    microdata = _table(file, content, "microdata", ("k", "l", "t", "most_left_out", "most_columns"))
    private = _table(file, content, "private", ("rho", "most_records"))
    terms = _table(file, content, "terms", ("licence", "citation", "contact"))
    policy = Policy(
        longest_days=_whole(file, "project", project, "longest_days", 1, 3_660),
        rho_of_project=_millionths(file, "project", project, "rho"),
        measures=_measures(file, tables.get("measures")),
        most_dimensions=_whole(file, "tables", tables, "most_dimensions", 1, 6),
        most_tables=_whole(file, "tables", tables, "most_tables", 1, 50),
        most_cells=_whole(file, "tables", tables, "most_cells", 100, 1_000_000),
        k=_whole(file, "microdata", microdata, "k", LEAST_K, 100),
        l=_whole(file, "microdata", microdata, "l", 1, 20),
        t=_share(file, microdata.get("t")),
        most_left_out=_whole(file, "microdata", microdata, "most_left_out", 0, 50),
        most_columns=_whole(file, "microdata", microdata, "most_columns", 1, 40),
        rho_of_export=_millionths(file, "private", private, "rho"),
        most_records=_whole(file, "private", private, "most_records", 1, 100),
        terms=Terms(*(_text(file, key, terms.get(key)) for key in ("licence", "citation", "contact"))),
    )
    if policy.rho_of_export > policy.rho_of_project:
        raise SettingsError(
            f"{file}, [private] rho: one export may not cost more than its project has: lower it, or raise rho of "
            "[project]."
        )
    return policy


def _only(file: Path, where: str, table: Mapping[str, object], known: Collection[str]) -> None:
    for key in table:
        if key not in known:
            raise SettingsError(f"{file}, {where}: unknown setting {key!r}. Known are: {', '.join(known)}.")


def _table(file: Path, content: Mapping[str, Any], name: str, known: Collection[str]) -> Mapping[str, Any]:
    table = content.get(name)
    if not isinstance(table, dict):
        raise SettingsError(f"{file}: the table [{name}] is missing. Put back the one that is shipped.")
    _only(file, f"[{name}]", table, known)
    return table


def _whole(file: Path, where: str, table: Mapping[str, Any], key: str, least: int, most: int) -> int:
    value = table.get(key)
    if type(value) is not int or not least <= value <= most:
        raise SettingsError(f"{file}, [{where}] {key}: write a whole number from {least} to {most:,}.")
    return value


def _millionths(file: Path, where: str, table: Mapping[str, Any], key: str) -> int:
    value: object = table.get(key)
    if (
        type(value) not in (int, float)
        or not isinstance(value, int | float)
        or not 1 / MILLION <= value <= 10
    ):
        raise SettingsError(f"{file}, [{where}] {key}: write a number above 0, at most 10.")
    return round(value * MILLION)


def _share(file: Path, value: object) -> float:
    if type(value) not in (int, float) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise SettingsError(f"{file}, [microdata] t: write a number above 0, at most 1.")
    return float(value)


def _measures(file: Path, value: object) -> frozenset[str]:
    if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
        raise SettingsError(f'{file}, [tables] measures: write a list of names, or ["{ALL}"] for all.')
    if value == [ALL]:
        return frozenset()
    for name in value:
        if not _NAME.fullmatch(name):
            raise SettingsError(f"{file}, [tables] measures: {name!r} is no name of a measure.")
    return frozenset(value)


def _text(file: Path, key: str, value: object) -> str:
    where = f"{file}, [terms] {key}"
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_TEXT:
        raise SettingsError(f"{where}: write a text of at most {_LONGEST_TEXT:,} letters.")
    words = " ".join(value.split())
    if not words.isprintable():
        raise SettingsError(f"{where}: a letter of it cannot be printed. Take it out.")
    try:
        parts = list(string.Formatter().parse(words))
    except ValueError:
        parts = [("", "{", "", None)]
    for _, hole, format_, conversion in parts:
        if hole is not None and (hole not in _HOLES or format_ or conversion):
            raise SettingsError(
                f"{where}: in braces may stand {', '.join(f'{{{one}}}' for one in sorted(_HOLES))}, and nothing else."
            )
    return words
