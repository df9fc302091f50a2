"""Reads `[uniqueness]` of `data/disclosure.toml`: how many people may be alone in the protected rows."""

from pathlib import Path

from pipelines.publication.uniqueness import MEASURES, Limits
from release.errors import SettingsError
from release.settings_file import read_settings_file


def read_limits(file: Path) -> Limits:
    """The limits in `[uniqueness]`, in per cent by measure; a measure without one is told and keeps nothing back.

    Raises SettingsError, with the place and the fix, where the file holds a mistake.
    """
    table = read_settings_file(file).get("uniqueness", {})
    if not isinstance(table, dict):
        raise SettingsError(f"{file}: write [uniqueness] as a table.")
    for name, most in table.items():
        if name not in MEASURES:
            raise SettingsError(
                f"{file}, [uniqueness]: there is no measure {name}. Measures are: {', '.join(MEASURES)}."
            )
        if type(most) is not int or not 0 <= most <= 100:
            raise SettingsError(
                f"{file}, [uniqueness] {name}: write a whole number from 0 to 100 (per cent)."
            )
    return dict(table)
