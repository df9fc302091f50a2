"""What the page About says: whom to write to, how figures are come by, and what the app does for every reader."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from evidence.evidence import Evidence
from evidence.words import day
from release.errors import SettingsError
from release.settings_file import read_settings_file

_LOG = logging.getLogger(__name__)
_LONGEST: Final = 300
_MOST_FOUND: Final = 30


@dataclass(frozen=True)
class About:
    """data/about.toml: whom to write to, and what the accessibility statement says of the council's own tests. An empty
    text, or None for a day: not filled in. `answers_within` in working days."""

    team: str = ""
    email: str = ""
    telephone: str = ""
    answers_within: int = 10
    prepared: date | None = None
    reviewed: date | None = None
    tested: date | None = None
    tested_by: str = ""
    also_found: tuple[str, ...] = ()

    @property
    def reachable(self) -> bool:
        """Whether there is anybody to write to or to call."""
        return bool(self.email or self.telephone)


def read_about(path: Path) -> About:
    """Read and check data/about.toml; nothing filled in where there is no such file. Raises SettingsError naming the
    place in the file and the fix."""
    if not path.exists():
        return About()
    content = read_settings_file(path)
    contact, statement = _section(path, content, "contact"), _section(path, content, "statement")
    return About(
        team=_text(path, contact, "contact", "team"),
        email=_text(path, contact, "contact", "email"),
        telephone=_text(path, contact, "contact", "telephone"),
        answers_within=_days(path, contact),
        prepared=_day(path, statement, "prepared"),
        reviewed=_day(path, statement, "reviewed"),
        tested=_day(path, statement, "tested"),
        tested_by=_text(path, statement, "statement", "tested_by"),
        also_found=_found(path, statement),
    )


def about(evidence: Evidence) -> About:
    """The same for the page: where the file holds a mistake, that goes to the log and the page says nothing of it."""
    try:
        return read_about(evidence.desk.places.setting("about.toml"))
    except SettingsError as error:
        _LOG.error("%s", error)
        return About()


def feedback(found: About) -> str:
    """Whom to write to, in a sentence."""
    if not found.reachable:
        return (
            "Nobody is named here yet. Whoever runs Outcome Lens for the council fills in data/about.toml: until then "
            "ask them, or the council’s main switchboard."
        )
    ways = [
        f"{words} {value}" for words, value in (("write to", found.email), ("call", found.telephone)) if value
    ]
    whom = f"{found.team}: " if found.team else ""
    return f"{whom}{' or '.join(ways)}. You get an answer within {found.answers_within} working days."


def when_tested(found: About) -> list[str]:
    """When the statement was made and the app tested, in sentences; only what is filled in."""
    said = [
        f"This statement was {what} on {day(when)}."
        for what, when in (("prepared", found.prepared), ("last reviewed", found.reviewed))
        if when
    ]
    if found.tested:
        by = f", by {found.tested_by}" if found.tested_by else ""
        said.append(f"The app was last tested on {day(found.tested)}{by}.")
    return said


def _section(path: Path, content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = content.get(name, {})
    if not isinstance(section, dict):
        raise SettingsError(f"{path}, at {name}: this must be a section, [{name}].")
    return section


def _text(path: Path, section: Mapping[str, Any], name: str, key: str) -> str:
    value = section.get(key, "")
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise SettingsError(f"{path}, at {name}.{key}: this must be a text of at most {_LONGEST} characters.")
    return " ".join(value.split())


def _days(path: Path, contact: Mapping[str, Any]) -> int:
    value = contact.get("answers_within", 10)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 100:
        raise SettingsError(f"{path}, at contact.answers_within: this must be a number of days, 1 to 100.")
    return value


def _day(path: Path, statement: Mapping[str, Any], key: str) -> date | None:
    value = statement.get(key)
    # A datetime is a date to Python, and is none here.
    if value is not None and type(value) is not date:
        raise SettingsError(f"{path}, at statement.{key}: this must be a day, like 2026-11-23.")
    return value


def _found(path: Path, statement: Mapping[str, Any]) -> tuple[str, ...]:
    values = statement.get("also_found", [])
    if not isinstance(values, list) or len(values) > _MOST_FOUND:
        raise SettingsError(
            f"{path}, at statement.also_found: this must be a list of at most {_MOST_FOUND} sentences."
        )
    return tuple(_text(path, {"also_found": value}, "statement", "also_found") for value in values)
