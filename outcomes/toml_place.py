"""Reading a settings table key by key, so that a mistake is named with its line, its place and its fix."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from outcomes.errors import FrameworkError
from outcomes.toml_lines import Lines, Path

FIRST_DAY: Final = date(1990, 1, 1)
LAST_DAY: Final = date(2099, 12, 31)
_LONGEST_TEXT: Final = 2_000
_LONGEST_ECHO: Final = 60
_SHARE: Final = re.compile(r"(\d{1,6})\s*/\s*(\d{1,6})", re.ASCII)


class Place:
    """One table of a TOML file, which knows where it stands and which of its keys have been read."""

    def __init__(
        self, file: str, name: str, table: Mapping[str, Any], lines: Lines | None = None, path: Path = ()
    ) -> None:
        self.file = file
        self.name = name
        self._table = table
        self._lines = lines or Lines()
        self._path = path
        self._read: set[str] = set()

    @property
    def line(self) -> int:
        """The line on which the table begins; 1 where that is not known."""
        return self._lines.at(self._path) or 1

    def at(self, key: str) -> str:
        """Where `key` stands, e.g. `need 8.1, rule, part 1, months`."""
        return f"{self.name}, {key}" if self.name else key

    def wrong(self, key: str, what: str, fix: str) -> FrameworkError:
        """The error to raise about `key`: on its own line, or where it is missing on that of the table."""
        line = self._lines.at((*self._path, key))
        where = f"{self.file}, line {line}" if line else self.file
        return FrameworkError(f"{where}: {shown(self.at(key), 200)}: {what}. {fix}")

    def has(self, key: str) -> bool:
        """Whether the table holds `key`."""
        return key in self._table

    def peek(self, key: str) -> Any:
        """The value as TOML gave it, not yet read; None where it is missing."""
        return self._table.get(key)

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
        """A text that is not blank, of one line, without signs that cannot be seen."""
        if default is not None and self._is_left_out(key):
            return default
        return self._text(key, self.value(key))

    def _text(self, key: str, value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, "is not a text", f'Write it as `{key} = "…"`')
        if len(value) > _LONGEST_TEXT or not value.isprintable():
            raise self.wrong(
                key,
                f"is longer than {_LONGEST_TEXT} letters, or holds a line end or a sign that cannot be seen",
                f'Write it in one line of plain text, as `{key} = "…"`',
            )
        return value

    def text_or_none(self, key: str) -> str | None:
        """A text, or None where the key is left out."""
        return None if self._is_left_out(key) else self.text(key)

    def code(self, key: str, pattern: str, like: str, default: str | None = None) -> str:
        """A text that names something; `pattern` is what it must match in full, `like` shows one."""
        value = self.text(key, default)
        if not re.fullmatch(pattern, value, re.ASCII):
            raise self.wrong(key, f"`{shown(value)}` cannot be a name here", f"Write one like `{like}`")
        return value

    def codes(self, key: str, pattern: str, like: str) -> tuple[str, ...]:
        """A list of texts that name something, as `code`; none where the key is left out."""
        if self._is_left_out(key):
            return ()
        values = self.value(key)
        if not isinstance(values, list):
            raise self.wrong(key, "is not a list of texts", f'Write it as `{key} = ["{like}"]`')
        for value in values:
            if not re.fullmatch(pattern, self._text(key, value), re.ASCII):
                raise self.wrong(key, f"`{shown(value)}` cannot be a name here", f"Write one like `{like}`")
        return tuple(values)

    def one_of(self, key: str, choices: Sequence[str], default: str | None = None) -> str:
        """A text out of a closed list."""
        value = self.text(key, default)
        if value not in choices:
            raise self.wrong(
                key, f"`{shown(value)}` is not known", f"Choose one of: {', '.join(choices) or 'nothing yet'}"
            )
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
                raise self.wrong(
                    key,
                    f"`{shown(value)}` is not known",
                    f"Choose from: {', '.join(choices) or 'nothing yet'}",
                )
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

    def whole_or_none(self, key: str, least: int, most: int) -> int | None:
        """A whole number from `least` to `most`, or None where the key is left out."""
        return None if self._is_left_out(key) else self.whole(key, least, most)

    def decimal(self, key: str) -> Decimal:
        """A number with or without decimals, exactly as written."""
        value = self.value(key)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self.wrong(key, "is not a number", f"Write it as `{key} = 0.90`")
        return Decimal(value)

    def share(
        self, key: str, *, above_nothing: bool, below_all: bool = False, default: Fraction | None = None
    ) -> Fraction:
        """A part of a whole, from 0 to 1: a number of at most four decimals, or a text like `1/6`."""
        if default is not None and self._is_left_out(key):
            return default
        value = self.value(key)
        found: Fraction | None = None
        if isinstance(value, str):
            parts = _SHARE.fullmatch(value.strip())
            if parts and int(parts[2]):
                found = Fraction(int(parts[1]), int(parts[2]))
        elif isinstance(value, int | Decimal) and not isinstance(value, bool):
            number = Decimal(value)
            # Looked at before it becomes a fraction: 1e-999999 would be one of a million digits.
            if number.is_finite() and 0 <= number <= 1 and number == round(number, 4):
                found = Fraction(number)
        if (
            found is None
            or not 0 <= found <= 1
            or (above_nothing and not found)
            or (below_all and found == 1)
        ):
            least = "above 0" if above_nothing else "from 0"
            most = "below 1" if below_all else "up to 1"
            raise self.wrong(
                key,
                f"is not a share {least}, {most}, of at most four decimals",
                f'Write it as `{key} = 0.90` or `{key} = "1/6"`',
            )
        return found

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
        return self._day(key, self.value(key))

    def _day(self, key: str, value: Any) -> date:
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.wrong(
                key, "is not a day", f"Write it without quotation marks, as `{key} = 2024-11-18`"
            )
        if not FIRST_DAY <= value <= LAST_DAY:
            raise self.wrong(
                key,
                f"lies outside the years {FIRST_DAY.year} to {LAST_DAY.year}",
                "Correct the year, or leave the setting out where there is no such day",
            )
        return value

    def needed_day(self, key: str) -> date:
        """A day that must be there."""
        return self._day(key, self.value(key))

    def spans(self, key: str) -> tuple[tuple[date, date], ...]:
        """A list of periods, each a pair of its first and last day; it may be empty."""
        values = self.value(key)
        found = []
        for value in values if isinstance(values, list) else [None]:
            if not isinstance(value, list) or len(value) != 2:
                raise self.wrong(
                    key, "is not a list of periods", f"Write it as `{key} = [[2023-01-01, 2024-10-31]]`"
                )
            first, last = (self._day(key, day) for day in value)
            if last < first:
                raise self.wrong(key, "holds a period that ends before it begins", "Correct one of its days")
            found.append((first, last))
        return tuple(found)

    def tables(self, key: str, each: str, *, may_be_none: bool = False) -> list["Place"]:
        """A list of tables, not empty unless it may be; `each` names one of them in messages."""
        if may_be_none and self._is_left_out(key):
            return []
        values = self.value(key)
        if not isinstance(values, list) or not values or not all(isinstance(v, dict) for v in values):
            raise self.wrong(key, "is not a list of tables", f"Write at least one `[[{key}]]`")
        return [
            Place(self.file, self.at(f"{each} {n}"), value, self._lines, (*self._path, key, n - 1))
            for n, value in enumerate(values, start=1)
        ]

    def table(self, key: str) -> "Place":
        """A table within this one."""
        value = self.value(key)
        if not isinstance(value, dict):
            raise self.wrong(key, "is not a table", f"Write it as `[{key}]` with its settings below")
        return Place(self.file, self.at(key), value, self._lines, (*self._path, key))

    def keys(self) -> list[str]:
        """The keys of the table, in the order of the file."""
        return list(self._table)

    def nothing_else(self) -> None:
        """Raises where the table holds a key that nobody has read: a mistyped setting must not be silent."""
        for key in self._table:
            if key not in self._read:
                known = ", ".join(sorted(self._read)) or "none"
                raise self.wrong(key, "is not a setting known here", f"Correct or remove it (known: {known})")


def shown(value: str, longest: int = _LONGEST_ECHO) -> str:
    """A text from a file as a message may repeat it: cut, and without signs that cannot be seen."""
    seen = "".join(letter if letter.isprintable() else "?" for letter in value[: longest + 1])
    return f"{seen[:longest]}…" if len(seen) > longest else seen
