"""Reading a settings table key by key, so that a mistake is named with its place and its fix."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from outcomes.errors import FrameworkError


class Place:
    """One table of a TOML file, which knows where it stands and which of its keys have been read."""

    def __init__(self, file: str, name: str, table: Mapping[str, Any]) -> None:
        self.file = file
        self.name = name
        self._table = table
        self._read: set[str] = set()

    def at(self, key: str) -> str:
        """Where `key` stands, e.g. `need 8.1, rule, part 1, months`."""
        return f"{self.name}, {key}" if self.name else key

    def wrong(self, key: str, what: str, fix: str) -> FrameworkError:
        """The error to raise about `key`."""
        return FrameworkError(f"{self.file}: {self.at(key)}: {what}. {fix}")

    def has(self, key: str) -> bool:
        """Whether the table holds `key`."""
        return key in self._table

    def _is_left_out(self, key: str) -> bool:
        self._read.add(key)
        return key not in self._table

    def value(self, key: str) -> Any:
        """The value as TOML gave it; raises where it is missing."""
        self._read.add(key)
        if key not in self._table:
            raise self.wrong(key, "is missing", f"Add `{key} = …` here")
        return self._table[key]

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not blank."""
        if default is not None and self._is_left_out(key):
            return default
        value = self.value(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, "is not a text", f'Write it as `{key} = "…"`')
        return value

    def one_of(self, key: str, choices: Sequence[str], default: str | None = None) -> str:
        """A text out of a closed list."""
        value = self.text(key, default)
        if value not in choices:
            raise self.wrong(key, f"`{value}` is not known", f"Choose one of: {', '.join(choices)}")
        return value

    def some_of(
        self, key: str, choices: Sequence[str], default: Sequence[str] | None = None
    ) -> tuple[str, ...]:
        """A list of different texts out of a closed list."""
        if default is not None and self._is_left_out(key):
            return tuple(default)
        values = self.value(key)
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.wrong(key, "is not a list of texts", f'Write it as `{key} = ["…"]`')
        for value in values:
            if value not in choices:
                raise self.wrong(key, f"`{value}` is not known", f"Choose from: {', '.join(choices)}")
        if len(set(values)) != len(values):
            raise self.wrong(key, "says the same twice", "Leave one of them out")
        return tuple(values)

    def whole(self, key: str, least: int, most: int, default: int | None = None) -> int:
        """A whole number from `least` to `most`."""
        if default is not None and self._is_left_out(key):
            return default
        value = self.value(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(
                key, f"is not a whole number from {least} to {most}", f"Write it as `{key} = {least}` or more"
            )
        return value

    def decimal(self, key: str) -> Decimal:
        """A number with or without decimals, exactly as written."""
        value = self.value(key)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self.wrong(key, "is not a number", f"Write it as `{key} = 0.90`")
        return Decimal(value)

    def yes_or_no(self, key: str, default: bool | None = None) -> bool:
        """true or false."""
        if default is not None and self._is_left_out(key):
            return default
        value = self.value(key)
        if not isinstance(value, bool):
            raise self.wrong(
                key, "is neither true nor false", f"Write it as `{key} = true` or `{key} = false`"
            )
        return value

    def day(self, key: str) -> date | None:
        """A day, or None where the key is left out."""
        if self._is_left_out(key):
            return None
        value = self.value(key)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.wrong(
                key, "is not a day", f"Write it without quotation marks, as `{key} = 2024-11-18`"
            )
        return value

    def tables(self, key: str, each: str) -> list["Place"]:
        """A list of tables that is not empty; `each` names one of them in messages."""
        values = self.value(key)
        if not isinstance(values, list) or not values or not all(isinstance(v, dict) for v in values):
            raise self.wrong(key, "is not a list of tables", f"Write at least one `[[{key}]]`")
        return [
            Place(self.file, f"{self.name}, {each} {n}" if self.name else f"{each} {n}", value)
            for n, value in enumerate(values, start=1)
        ]

    def table(self, key: str) -> "Place":
        """A table within this one."""
        value = self.value(key)
        if not isinstance(value, dict):
            raise self.wrong(key, "is not a table", f"Write it as `[{key}]` with its settings below")
        return Place(self.file, self.at(key), value)

    def keys(self) -> list[str]:
        """The keys of the table, in the order of the file."""
        return list(self._table)

    def nothing_else(self) -> None:
        """Raises where the table holds a key that nobody has read: a mistyped setting must not be silent."""
        for key in self._table:
            if key not in self._read:
                known = ", ".join(sorted(self._read)) or "none"
                raise self.wrong(key, "is not a setting known here", f"Correct or remove it (known: {known})")
