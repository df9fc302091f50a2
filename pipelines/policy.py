"""The privacy policy (`data/privacy.toml`): what becomes of every column, and how facts are made coarse."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.contracts import CONTRACTS, Column
from pipelines.decisions import (
    MEANINGS,
    PERMITTED_BY_KIND,
    WHY_NOT,
    Decision,
    Decisions,
    decision,
    permitted,
)
from pipelines.notes.settings import NotesPolicy, read_notes_policy
from release.errors import SettingsError
from release.places import PROJECT
from release.settings_file import read_settings_file

SHIPPED = PROJECT / "data" / "privacy.toml"
# Groups of codes, by the column that they group.
GROUPS = ("ethnic_group", "referral_source")
# Groups that the answers have words for. The council names those of who asked for help as it likes.
_KNOWN_GROUPS = {"ethnic_group": ("white", "mixed", "asian", "black", "other", "unknown")}
_SECTIONS = ("places", "ages", "waits", *GROUPS, "columns", "notes", "possible_families")


@dataclass(frozen=True)
class Policy:
    """What becomes of facts about people. Bands are in years and in days.

    `columns`: contract and column to the decision taken about it; of the others nobody has decided.
    `counts_possible_families`: whether households that nobody works with are looked for.
    """

    minimum_families: int
    age_bands: tuple[int, ...]
    wait_bands: tuple[int, ...]
    ethnic_group: Mapping[str, str]
    referral_source: Mapping[str, str]
    columns: Decisions
    notes: NotesPolicy = field(default_factory=NotesPolicy)
    counts_possible_families: bool = False

    def decision(self, contract: str, column: str) -> Decision:
        """What becomes of a column of a contract: dropped, where nobody has decided."""
        return decision(self.columns, contract, column)


def read_policy(file: Path = SHIPPED) -> Policy:
    """The policy in `file`. Raises SettingsError, with the place and the fix, where it holds a mistake."""
    content = read_settings_file(file)
    for section in content:
        if section not in _SECTIONS:
            raise SettingsError(f"{file}: [{section}] is not known.{_likely(section, _SECTIONS)}")
    minimum = _get(file, content, "places", "minimum_families")
    if not isinstance(minimum, int) or minimum < 3:
        raise SettingsError(f"{file}, [places] minimum_families: write a whole number of 3 or more.")
    return Policy(
        minimum_families=minimum,
        age_bands=_rising(file, content, "ages"),
        wait_bands=_rising(file, content, "waits"),
        ethnic_group=_groups(file, content, "ethnic_group"),
        referral_source=_groups(file, content, "referral_source"),
        columns=_columns(file, content),
        notes=read_notes_policy(file, content),
        counts_possible_families=_counts_possible_families(file, content),
    )


def _counts_possible_families(file: Path, content: Mapping[str, Any]) -> bool:
    """Whether they are counted; where nothing is said of it, they are not."""
    table = content.get("possible_families", {})
    count = table.get("count", False) if isinstance(table, dict) else None
    if not isinstance(count, bool) or set(table) - {"count"}:
        raise SettingsError(
            f"{file}, [possible_families]: write count = true or count = false, and nothing else."
        )
    return count


def _get(file: Path, content: Mapping[str, Any], section: str, name: str) -> Any:
    try:
        return content[section][name]
    except (KeyError, TypeError):
        raise SettingsError(f"{file} lacks {name} in [{section}].") from None


def _rising(file: Path, content: Mapping[str, Any], section: str) -> tuple[int, ...]:
    bands = _get(file, content, section, "bands")
    if (
        not isinstance(bands, list)
        or not bands
        or not all(isinstance(band, int) and band > 0 for band in bands)
        or bands != sorted(set(bands))
    ):
        raise SettingsError(
            f"{file}, [{section}] bands: write whole numbers above 0 that rise, like [14, 28]."
        )
    return tuple(bands)


def _groups(file: Path, content: Mapping[str, Any], section: str) -> dict[str, str]:
    groups: dict[str, str] = {}
    table = content.get(section)
    if not isinstance(table, dict) or not table:
        raise SettingsError(f"{file} lacks the table [{section}].")
    known = _KNOWN_GROUPS.get(section)
    for group, codes in table.items():
        if known and group not in known:
            raise SettingsError(f"{file}, [{section}] {group}: it is no known group.{_likely(group, known)}")
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            raise SettingsError(f'{file}, [{section}] {group}: write a list of codes, like ["A", "B"].')
        for code in codes:
            if code in groups:
                raise SettingsError(f"{file}, [{section}]: the code {code} stands in two groups.")
            groups[code] = group
    return groups


def _columns(file: Path, content: Mapping[str, Any]) -> dict[tuple[str, str], Decision]:
    tables = content.get("columns")
    if not isinstance(tables, dict) or not tables:
        raise SettingsError(
            f"{file} holds no tables [columns.…]: without a decision every column would be dropped. Take them from "
            "the one that is shipped."
        )
    decided = {}
    for name, table in tables.items():
        if name not in CONTRACTS:
            raise SettingsError(
                f"{file}, [columns.{name}]: there is no such contract.{_likely(name, CONTRACTS)}"
            )
        if not isinstance(table, dict):
            raise SettingsError(f"{file}, [columns] {name}: write a table [columns.{name}], a line a column.")
        columns = CONTRACTS[name].by_name
        for column, said in table.items():
            place = f"{file}, [columns.{name}] {column}"
            if column not in columns:
                raise SettingsError(f"{place}: the contract has no such column.{_likely(column, columns)}")
            decided[name, column] = _decision(place, name, columns[column], said)
    return decided


def _decision(place: str, contract: str, column: Column, said: Any) -> Decision:
    """The decision that the file takes about a column, where its kind permits it and something reads it so."""
    may = permitted(contract, column)
    permits = f"Permitted: {', '.join(may)}."
    if not isinstance(said, str):
        raise SettingsError(f'{place}: write a word, like {column.name} = "{may[-1]}". {permits}')
    try:
        decided = Decision(said)
    except ValueError:
        raise SettingsError(f'{place}: "{said}" is no decision.{_likely(said, Decision)} {permits}') from None
    if decided in may:
        return decided
    if decided not in PERMITTED_BY_KIND[column.kind]:
        why = f"{WHY_NOT[column.kind]} (kind: {column.kind.value})"
    else:
        why = f"nothing here takes it so ({decided}: {MEANINGS[decided]})"
    raise SettingsError(f'{place}: not "{decided}": {why}. {permits}')


def _likely(word: str, known: Iterable[str]) -> str:
    """A question for the name that was meant, where one is like it."""
    alike = difflib.get_close_matches(word.casefold(), list(known), 1, 0.6)
    return f" Did you mean {alike[0]}?" if alike else f" There are: {', '.join(known)}."
