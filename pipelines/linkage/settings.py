"""Reads `data/linkage.toml`: how sure a match must be, and what people call themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pipelines.linkage.names import Forms
from release.errors import SettingsError
from release.places import PROJECT
from release.settings_file import read_settings_file

SHIPPED = PROJECT / "data" / "linkage.toml"
_TRAIN = "train"


@dataclass(frozen=True)
class LinkageSettings:
    """How records are joined. Each is explained in `data/linkage.toml`; probabilities and rates lie between 0 and 1.
    `model`: the file of a saved model; none: train one."""

    join_from: float
    ask_from: float
    largest_person: int
    largest_block: int
    model: Path | None
    most_training_pairs: int
    fewest_training_records: int
    largest_family: int
    poor_match_rate: float
    diminutives: Mapping[str, tuple[str, ...]]

    @cached_property
    def forms(self) -> Forms:
        return Forms(self.diminutives)


_SHARES = ("join_from", "ask_from", "poor_match_rate")
_NUMBERS = {
    "largest_person": (2, 10_000),
    "largest_block": (10, 10_000),
    "most_training_pairs": (10_000, 1_000_000_000),
    "fewest_training_records": (1_000, 1_000_000_000),
    "largest_family": (2, 1_000),
}


def read_linkage_settings(file: Path = SHIPPED) -> LinkageSettings:
    """The settings of linkage. Raises SettingsError, with the place and the fix, where the file holds a mistake."""
    content = read_settings_file(file)
    known = {*_SHARES, *_NUMBERS, "model", "diminutives"}
    for key in content:
        if key not in known:
            raise SettingsError(f"{file}: {key} is no setting. There are: {', '.join(sorted(known))}.")
    shares = {name: _share(file, content, name) for name in _SHARES}
    if shares["ask_from"] > shares["join_from"]:
        raise SettingsError(f"{file}: ask_from lies above join_from. Exchange or correct the two.")
    numbers = {name: _number(file, content, name, *limits) for name, limits in _NUMBERS.items()}
    model = content.get("model")
    if not isinstance(model, str) or not model.strip():
        raise SettingsError(f'{file}: model is no text. Write model = "train", or the name of a model file.')
    return LinkageSettings(
        join_from=shares["join_from"],
        ask_from=shares["ask_from"],
        poor_match_rate=shares["poor_match_rate"],
        largest_person=numbers["largest_person"],
        largest_block=numbers["largest_block"],
        most_training_pairs=numbers["most_training_pairs"],
        fewest_training_records=numbers["fewest_training_records"],
        largest_family=numbers["largest_family"],
        model=None if model == _TRAIN else file.parent / model,
        diminutives=_diminutives(file, content),
    )


def _share(file: Path, content: Mapping[str, Any], name: str) -> float:
    value = content.get(name)
    if not isinstance(value, float) or not 0 < value < 1:
        raise SettingsError(f"{file}: {name} is no share. Write a number between 0 and 1, such as 0.95.")
    return value


def _number(file: Path, content: Mapping[str, Any], name: str, least: int, most: int) -> int:
    value = content.get(name)
    if type(value) is not int or not least <= value <= most:
        raise SettingsError(f"{file}: {name} is no whole number from {least:,} to {most:,}.")
    return value


def _diminutives(file: Path, content: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    table = content.get("diminutives", {})
    if not isinstance(table, dict):
        raise SettingsError(f"{file}: diminutives is no table. Write [diminutives] and lines below it.")
    for name, shorts in table.items():
        if not isinstance(shorts, list) or not all(isinstance(short, str) for short in shorts):
            raise SettingsError(
                f'{file}, [diminutives]: {name} is no list of names. Write {name} = ["…", "…"].'
            )
    return {name: tuple(shorts) for name, shorts in table.items()}
