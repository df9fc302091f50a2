"""How long a session lasts, as data/access.toml says: since the sign-in, and since it was last used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from release.errors import SettingsError


@dataclass(frozen=True)
class Limits:
    """How long a session lasts: since its sign-in, and since its last turn."""

    age: timedelta
    idle: timedelta


STANDARD: Final = Limits(timedelta(hours=10), timedelta(minutes=60))
# What may be said of it, so that nobody means minutes and writes hours: the least and the most.
_HOURS: Final = (1, 24 * 7)
_IDLE_MINUTES: Final = (1, 24 * 60)


def limits_of(content: Mapping[str, Any], path: Path) -> Limits:
    """The section [sessions] of data/access.toml, which may be left out. Raises SettingsError naming the place."""
    said = content.get("sessions", {})
    if not isinstance(said, dict):
        raise SettingsError(f"{path}: sessions is a section: [sessions].")
    for key in said:
        if key not in {"hours", "idle_minutes"}:
            raise SettingsError(
                f"{path}, at sessions: {key!r} is not known. Known are hours and idle_minutes."
            )
    hours = _whole(path, said, "hours", STANDARD.age // timedelta(hours=1), _HOURS)
    minutes = _whole(path, said, "idle_minutes", STANDARD.idle // timedelta(minutes=1), _IDLE_MINUTES)
    return Limits(timedelta(hours=hours), timedelta(minutes=minutes))


def _whole(path: Path, said: Mapping[str, Any], key: str, otherwise: int, within: tuple[int, int]) -> int:
    value = said.get(key, otherwise)
    least, most = within
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise SettingsError(f"{path}, at sessions.{key}: write a whole number from {least} to {most:,}.")
    return value
