"""On which line of a TOML file a setting stands: tomllib reads the values and forgets where they were."""

import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from typing import Final

# Keys and places in lists, from the outside in: ("headline", 0, "need", 2, "rule").
Path = tuple[str | int, ...]

_BLANK: Final = " \t"
_BETWEEN: Final = " \t\r\n"
_BARE_ENDS: Final = ",]}#\n"


class Lines:
    """Where the settings of one file stand. Built from text that tomllib has read: it must be valid TOML."""

    def __init__(self, text: str = "") -> None:
        self._lines: Mapping[Path, int] = _Scanner(text).found if text else {}

    def at(self, path: Path) -> int | None:
        """The line (from 1) of `path`, or else of the nearest table around it; None where nothing is known."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._lines:
                return self._lines[path[:length]]
        return None


class _Scanner:
    """Walks once through the text and notes the line on which each key, table and list item begins."""

    def __init__(self, text: str) -> None:
        self._text = text + "\n"
        self._at = 0
        self._newlines = [place for place, letter in enumerate(text) if letter == "\n"]
        self._tables: dict[Path, int] = {}  # how many tables each list of tables has so far
        self.found: dict[Path, int] = {}
        table: Path = ()
        while self._skip_to_something():
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _line(self) -> int:
        return bisect_right(self._newlines, self._at - 1) + 1

    def _note(self, path: Path) -> None:
        self.found.setdefault(path, self._line())

    def _skip(self, letters: str) -> None:
        while self._at < len(self._text) and self._text[self._at] in letters:
            self._at += 1

    def _skip_to_something(self) -> bool:
        """Past blanks, line ends and comments; False at the end of the file."""
        while True:
            self._skip(_BETWEEN)
            if self._at >= len(self._text):
                return False
            if self._text[self._at] != "#":
                return True
            self._at = self._text.index("\n", self._at)

    def _header(self) -> Path:
        """`[table]` or `[[table]]`: the path of what follows it."""
        many = self._text.startswith("[[", self._at)
        start = self._at
        self._at += 2 if many else 1
        parts = self._key()
        self._at = self._text.index("]", self._at) + (2 if many else 1)
        path: Path = ()
        for number, part in enumerate(parts, start=1):
            path = (*path, part)
            if many and number == len(parts):
                self._tables[path] = self._tables.get(path, 0) + 1
            if path in self._tables:
                path = (*path, self._tables[path] - 1)
        end, self._at = self._at, start
        for length in range(1, len(path) + 1):
            self._note(path[:length])
        self._at = end
        return path

    def _pair(self, table: Path) -> None:
        """`key = value`, in a table or between braces."""
        start = self._at
        parts = self._key()
        end, self._at = self._at, start
        for length in range(1, len(parts) + 1):
            self._note((*table, *parts[:length]))
        self._at = self._text.index("=", end) + 1
        self._value((*table, *parts))

    def _key(self) -> tuple[str, ...]:
        """A key, its parts apart: `a."b c".d`."""
        parts = []
        while True:
            self._skip(_BLANK)
            start = self._at
            if self._text[self._at] in "\"'":
                self._string()
                parts.append(str(tomllib.loads(f"key = {self._text[start : self._at]}")["key"]))
            else:
                while self._text[self._at].isalnum() or self._text[self._at] in "_-":
                    self._at += 1
                parts.append(self._text[start : self._at])
            self._skip(_BLANK)
            if self._text[self._at] != ".":
                return tuple(parts)
            self._at += 1

    def _value(self, path: Path) -> None:
        self._skip(_BLANK)
        match self._text[self._at]:
            case '"' | "'":
                self._string()
            case "[":
                self._list(path)
            case "{":
                self._braces(path)
            case _:
                while self._text[self._at] not in _BARE_ENDS:
                    self._at += 1

    def _list(self, path: Path) -> None:
        self._at += 1
        number = 0
        while self._skip_to_something() and self._text[self._at] != "]":
            self._note((*path, number))
            self._value((*path, number))
            number += 1
            if self._skip_to_something() and self._text[self._at] == ",":
                self._at += 1
        self._at += 1

    def _braces(self, path: Path) -> None:
        self._at += 1
        while self._skip_to_something() and self._text[self._at] != "}":
            self._pair(path)
            if self._skip_to_something() and self._text[self._at] == ",":
                self._at += 1
        self._at += 1

    def _string(self) -> None:
        """Past a string of one line or several."""
        mark = self._text[self._at]
        long = self._text.startswith(mark * 3, self._at)
        close = mark * 3 if long else mark
        self._at += len(close)
        while not self._text.startswith(close, self._at):
            self._at += 2 if mark == '"' and self._text[self._at] == "\\" else 1
        self._at += len(close)
        if long:  # up to two marks more belong to the text itself
            self._skip_marks(mark)

    def _skip_marks(self, mark: str) -> None:
        for _ in range(2):
            if self._text.startswith(mark, self._at):
                self._at += 1
