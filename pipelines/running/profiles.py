"""Reads a disclosure profile out of `data/disclosure.toml`."""

import tomllib
from pathlib import Path

from disclosure import Profile, ProfileError
from release.errors import SettingsError


def read_profile(file: Path, name: str) -> Profile:
    """The profile `name`. Raises SettingsError, with the place and the fix, where the file holds a mistake."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{file} is missing. Put back the one that is shipped.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is not valid TOML: {error}") from None
    table = content.get("profile", {}).get(name, {})
    threshold, base = table.get("threshold"), table.get("base")
    if type(threshold) is not int or type(base) is not int:
        raise SettingsError(f"{file}, [profile.{name}]: write threshold and base as whole numbers.")
    try:
        return Profile(name, threshold, base)
    except ProfileError as error:
        raise SettingsError(f"{file}: {error}.") from None
