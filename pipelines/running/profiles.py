"""Reads a disclosure profile out of `data/disclosure.toml`."""

from pathlib import Path

from disclosure import Profile, ProfileError
from release.errors import SettingsError
from release.settings_file import read_settings_file


def read_profile(file: Path, name: str) -> Profile:
    """The profile `name`. Raises SettingsError, with the place and the fix, where the file holds a mistake."""
    content = read_settings_file(file)
    table = content.get("profile", {}).get(name, {})
    threshold, base = table.get("threshold"), table.get("base")
    if type(threshold) is not int or type(base) is not int:
        raise SettingsError(f"{file}, [profile.{name}]: write threshold and base as whole numbers.")
    try:
        return Profile(name, threshold, base)
    except ProfileError as error:
        raise SettingsError(f"{file}: {error}.") from None
