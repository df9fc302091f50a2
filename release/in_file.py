"""Where in a TOML file we are: what a mistake's message names, and the plain checks of what stands there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from release.errors import SettingsError

_LONGEST = 2_000


@dataclass(frozen=True)
class InFile:
    """A place in a file: `steps` lead there from the top. What is not as it must be is refused with the place named."""

    path: Path
    steps: tuple[str, ...] = ()

    def at(self, *steps: object) -> "InFile":
        """A place further in."""
        return InFile(self.path, (*self.steps, *map(str, steps)))

    def wrong(self, what: str) -> SettingsError:
        """The error for a mistake here. `what`: what is wrong and what to do."""
        return SettingsError(f"{self.path}, at {'.'.join(self.steps) or 'the top'}: {what}")

    def table(self, value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong("this must be a table ([name] and lines below it).")
        return value

    def tables(self, value: object) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.wrong("this must be a list of tables (each begins with [[name]]).")
        return value

    def text(self, value: object, *, empty: bool = False) -> str:
        if not isinstance(value, str) or len(value) > _LONGEST or not (empty or value.strip()):
            raise self.wrong(f"this must be a text that is not empty, of at most {_LONGEST:,} letters.")
        if not all(letter.isprintable() or letter == "\n" for letter in value):
            raise self.wrong("this text has a letter that cannot be shown. Take it out.")
        return " ".join(value.split())

    def texts(self, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            raise self.wrong('this must be a list of texts, like ["locality", "ward"].')
        if len(set(value)) != len(value):
            raise self.wrong("something is in this list twice. Leave one.")
        return tuple(value)

    def truth(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise self.wrong("this must be true or false.")
        return value

    def whole(self, value: object, least: int, most: int) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(f"this must be a whole number from {least} to {most}.")
        return value

    def one_of(self, value: object, known: Collection[str]) -> str:
        if not isinstance(value, str) or value not in known:
            raise self.wrong(f"this must be one of {', '.join(sorted(known))}.")
        return value

    def only_keys(self, table: Mapping[str, object], known: Collection[str]) -> None:
        """Refuse a setting that nobody knows: it would be believed and do nothing."""
        for key in table:
            if key not in known:
                raise self.at(key).wrong(f"unknown setting. Known are: {', '.join(sorted(known))}.")
