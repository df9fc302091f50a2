"""Names of accounts made out of a name that is known: chloe2009xo, @x.nusrat.x, @_revilo."""

import re
from collections.abc import Iterable, Iterator

from pipelines.notes.known_reading import Reading

# With an at sign, or with digits, dots or underscores among letters; never part of an e-mail address.
_ACCOUNT = re.compile(
    r"(?<![\w@.])(?:@[\w.\-]{2,}|(?=[\w.]*[\d_])(?=[\w.]*[^\W\d_])[\w][\w.]*|x+[^\W\d_]{3,}|[^\W\d_]{3,}x+o*x*\b)(?!@)"
)
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_AROUND = re.compile(r"^[xo]*|[xo]*$")
_DIGITS = re.compile(r"\d\d")
_SHORTEST, _SHORT = 3, 4


class Handles:
    """Names that accounts are made out of, folded and in one word, and whose they are (places among the people)."""

    def __init__(self, names: Iterable[tuple[str, Iterable[int]]], ordinary: frozenset[str]) -> None:
        self._whose: dict[str, tuple[list[int], bool]] = {}
        for name, whose in names:
            if len(name) >= _SHORTEST:
                common = len(name) < _SHORT or name in ordinary
                for one in (name, name[::-1]):
                    self._whose.setdefault(one, (list(whose), common))

    def find(self, reading: Reading) -> Iterator[tuple[int, int, list[int]]]:
        """Start, end and whose it is, of each account in the text folded that holds one of the names."""
        plain = reading.plain
        if not self._whose or not (
            "@" in plain
            or "_" in plain
            or any(
                word[-1] in "xo" or word[0] == "x" if word.isalpha() else not word.isdigit()
                for word in reading.words
            )
        ):
            return
        for match in _ACCOUNT.finditer(plain):
            end = match.end()
            account = match.group().rstrip(".-")
            if plain[end : end + 1] == "@":
                continue
            whose = self._made_of(account)
            if whose is not None:
                yield match.start(), match.start() + len(account), whose

    def _made_of(self, account: str) -> list[int] | None:
        letters = _NOT_LETTERS.sub("", account)
        core = _AROUND.sub("", letters)
        if letters == account:
            # Letters alone: a name between crosses, and nothing else.
            found = self._whose.get(core)
            return found[0] if found and core != account and not found[1] else None
        marked = account[0] == "@" or "_" in account or _DIGITS.search(account) is not None
        best = ""
        for name, (_whose, common) in self._whose.items():
            if len(name) <= len(best) or name not in letters:
                continue
            # A short name, or one that is a word, is read at one end alone: no "ian" in "brianna".
            ends = (letters, core, letters.strip("x"))
            if common and not (marked and any(one.startswith(name) or one.endswith(name) for one in ends)):
                continue
            best = name
        return self._whose[best][0] if best else None
