"""Reads the disclosure profiles of `data/disclosure.toml`: how figures are made safe, for each kind of reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from disclosure import CellKeys, Profile, ProfileError, Rounding, Suppression
from disclosure.cell_key import Ptable
from disclosure.closed_world import Rules
from disclosure.errors import DisclosureError
from release.errors import SettingsError
from release.settings_file import read_settings_file

# The settings of each method, and the kind of each.
_SETTINGS: Mapping[str, Mapping[str, type]] = {
    "cell keys": {
        "variance": float,
        "bound": int,
        "smallest": int,
        "least_difference": int,
        "threshold": int,
        "fall_back": int,
        "withdraw": int,
    },
    "suppression": {"highest": int, "zeros": str, "decimals": int},
    "rounding": {"threshold": int, "base": int},
}
_KINDS = {int: "a whole number", float: "a number", str: "a text"}
# Which method each profile must have.
_PROFILES = {
    "dashboard": "cell keys",
    "publication": "suppression",
    "research": "cell keys",
    "rows": "rounding",
}
_LARGEST = 1_000_000


@dataclass(frozen=True)
class Profiles:
    """The policy of a council: `dashboard` for what the app shows, `publication` for what is published once, `research`
    for what researchers take away, and `rows` for counts that are no answers."""

    dashboard: CellKeys
    publication: Suppression
    research: CellKeys
    rows: Rounding


def read_profiles(file: Path) -> Profiles:
    """All profiles. Raises SettingsError, with the place and the fix, where the file holds a mistake."""
    tables = read_settings_file(file).get("profile", {})
    if not isinstance(tables, dict):
        raise SettingsError(f"{file}: write every profile as a table, [profile.dashboard] and so on.")
    for name in tables:
        if name not in _PROFILES:
            raise SettingsError(
                f"{file}, [profile.{name}]: there is no such profile. Profiles are: {', '.join(_PROFILES)}."
            )
    found: dict[str, Any] = {name: _profile(file, name, tables.get(name)) for name in _PROFILES}
    return Profiles(**found)


def _profile(file: Path, name: str, table: object) -> Profile:
    where = f"{file}, [profile.{name}]"
    if not isinstance(table, dict):
        raise SettingsError(f"{where} is missing. Put back the one that is shipped.")
    method = table.get("method")
    if method != _PROFILES[name]:
        raise SettingsError(
            f'{where}: write method = "{_PROFILES[name]}": figures of this kind have no other.'
        )
    kinds = _SETTINGS[method]
    for key in table:
        if key not in kinds and key != "method":
            raise SettingsError(f"{where}: unknown setting. Known are: method, {', '.join(kinds)}.")
    values = {key: _value(where, key, kind, table.get(key)) for key, kind in kinds.items()}
    try:
        if method == "rounding":
            return Rounding(name, **values)
        if method == "suppression":
            if values["zeros"] not in ("shown", "withheld"):
                raise SettingsError(f'{where}, zeros: write "shown" or "withheld".')
            return Suppression(name, values["highest"], values["zeros"] == "shown", values["decimals"])
        profile = CellKeys(name, **values)
        # Not every bound, variance and smallest have a noise: told now, and not when all else is done.
        rules_of(profile)
        return profile
    except ProfileError as error:
        raise SettingsError(f"{file}: {error}.") from None
    except DisclosureError as error:
        raise SettingsError(f"{where}: {error}") from None


def rules_of(profile: CellKeys) -> Rules:
    """The rules of a profile, in the terms of the closed world."""
    table = Ptable.maximum_entropy(
        bound=profile.bound, variance=profile.variance, smallest=profile.smallest + 1
    )
    return Rules(table, least_difference=profile.least_difference, threshold=profile.threshold)


def _value(where: str, key: str, kind: type, value: object) -> Any:
    """A setting of the kind that it must have: true and false are no numbers, and a whole number will do for any."""
    fits = type(value) is kind or (kind is float and type(value) is int)
    if not fits or (isinstance(value, int | float) and not 0 <= value <= _LARGEST):
        raise SettingsError(f"{where}, {key}: write {_KINDS[kind]}, as in the file that is shipped.")
    return value
