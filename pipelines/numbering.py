"""What is known of numbers beyond their check digits (`data/identifiers.toml`): authorities, and what is no number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.contracts import Part
from release.errors import SettingsError
from release.places import PROJECT
from release.settings_file import read_settings_file

NAME = "identifiers.toml"
# Parts of an identity that are numbers: these may hold a word instead.
NUMBERS = (
    Part.NHS_NUMBER,
    Part.UPN,
    Part.ULN,
    Part.NINO,
    Part.PNC_ID,
    Part.UPRN,
    Part.OWN_KEY,
)
_ANY = "any number"
_FORM = re.compile(r"[A-Z0-9# ]{1,20}")
_SPAN = re.compile(r"([0-9]{3})(?:-([0-9]{3}))?")


@dataclass(frozen=True)
class Numbering:
    """What is known of numbers.

    `authorities`: the three digits that may follow the letter of a unique pupil number. `stand_ins`: for a part of an
    identity, a pattern of whole values (capital letters and digits alone) that are no number, but stand where one is
    not known.
    """

    authorities: frozenset[str]
    stand_ins: Mapping[Part, str]


@cache
def shipped_numbering() -> Numbering:
    """What is shipped."""
    return read_numbering(PROJECT / "data" / NAME)


def read_numbering(file: Path) -> Numbering:
    """What `file` says. Raises SettingsError, with the place and the fix, where it holds a mistake."""
    content = read_settings_file(file)
    unknown = set(content) - {"upn_authorities", "stand_in"}
    if unknown:
        raise SettingsError(
            f"{file}: {min(unknown)} is not known. Write [[upn_authorities]] and [[stand_in]] tables."
        )
    authorities: set[str] = set()
    for table in _tables(file, content, "upn_authorities"):
        for span in _texts(file, table, "upn_authorities", "codes"):
            authorities |= _codes(file, span)
    forms: dict[Part, set[str]] = {}
    for table in _tables(file, content, "stand_in"):
        for part in _parts(file, table):
            forms.setdefault(part, set()).update(_patterns(file, table))
    return Numbering(
        frozenset(authorities),
        {part: f"^(?:{'|'.join(sorted(patterns))})$" for part, patterns in forms.items()},
    )


def _tables(file: Path, content: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    tables = content.get(name)
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise SettingsError(f"{file} lacks [[{name}]]. Take it from the one that is shipped.")
    for table in tables:
        if not isinstance(table.get("source"), str) or not isinstance(table.get("verified"), bool):
            raise SettingsError(
                f"{file}, [[{name}]]: say where it comes from (source), and whether somebody has checked it there "
                "(verified = true or false)."
            )
    return tables


def _texts(file: Path, table: Mapping[str, Any], where: str, name: str) -> list[str]:
    texts = table.get(name)
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise SettingsError(f'{file}, [[{where}]] {name}: write a list of texts, like ["A", "B"].')
    return texts


def _codes(file: Path, span: str) -> set[str]:
    found = _SPAN.fullmatch(span)
    first, last = (found[1], found[2] or found[1]) if found else ("1", "0")
    if first > last:
        raise SettingsError(
            f'{file}, [[upn_authorities]] codes: write three digits, or a span like "001-005", instead of "{span}".'
        )
    return {f"{code:03d}" for code in range(int(first), int(last) + 1)}


def _parts(file: Path, table: Mapping[str, Any]) -> tuple[Part, ...]:
    part = table.get("part")
    if part == _ANY:
        return NUMBERS
    known = (*NUMBERS, Part.POSTCODE)
    if part not in known:
        raise SettingsError(f"{file}, [[stand_in]] part: write one of {', '.join(known)}, or {_ANY}.")
    return (Part(part),)


def _patterns(file: Path, table: Mapping[str, Any]) -> set[str]:
    forms = _texts(file, table, "stand_in", "forms")
    for form in forms:
        if not _FORM.fullmatch(form):
            raise SettingsError(
                f'{file}, [[stand_in]] forms: "{form}" may hold capital letters, digits, spaces, and # for any digit.'
            )
    return {form.replace(" ", "").replace("#", "[0-9]") for form in forms}
