"""The privacy policy (`data/privacy.toml`): how facts about people are made coarse."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from release.errors import SettingsError
from release.settings_file import read_settings_file


@dataclass(frozen=True)
class Policy:
    """What becomes of facts about people. Bands are in years and in days."""

    minimum_families: int
    age_bands: tuple[int, ...]
    wait_bands: tuple[int, ...]
    ethnic_group: Mapping[str, str]
    referral_source: Mapping[str, str]


def read_policy(file: Path) -> Policy:
    """The policy in `file`. Raises SettingsError, with the place and the fix, where it holds a mistake."""
    content = read_settings_file(file)
    minimum = _get(file, content, "places", "minimum_families")
    if not isinstance(minimum, int) or minimum < 3:
        raise SettingsError(f"{file}, [places] minimum_families: write a whole number of 3 or more.")
    return Policy(
        minimum_families=minimum,
        age_bands=_rising(file, content, "ages"),
        wait_bands=_rising(file, content, "waits"),
        ethnic_group=_groups(file, content, "ethnic_group"),
        referral_source=_groups(file, content, "referral_source"),
    )


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
    for group, codes in table.items():
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            raise SettingsError(f'{file}, [{section}] {group}: write a list of codes, like ["A", "B"].')
        for code in codes:
            if code in groups:
                raise SettingsError(f"{file}, [{section}]: the code {code} stands in two groups.")
            groups[code] = group
    return groups
