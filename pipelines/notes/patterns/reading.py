"""A text made easy to search: one character for one, without accents, odd spaces, dashes, quotation marks and digits.

What a note is typed or pasted with (no-break spaces, full-width digits, curly apostrophes, zero-width characters) must
hide nothing. Places found in the reading lead back to places in the text as given (`Reading.as_given`).
"""

import re
import unicodedata
from bisect import bisect_left
from functools import cache, lru_cache

from ahocorasick_rs import AhoCorasick

from pipelines.notes.patterns.words import WORDS, Subject

Place = tuple[int, int]
# Letters that are no accented form of another.
_ALIKE = {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "ß": "s", "æ": "a", "Æ": "A",
          "œ": "o", "Œ": "O", "ð": "d", "Ð": "D", "þ": "t", "Þ": "T"}  # fmt: skip
_QUOTES = "‘’‚‛ʼʻ`´′＇"
_DOUBLE_QUOTES = "“”„‟″«»"
_REACH = 18  # characters to either side of a digit in which a number's letters may stand
_DIGITS = re.compile(r"[0-9]+")
# What stands in place of an identity: it is none, and nothing reaches across it.
_TOKEN = re.compile(r"\[[A-Z_]+(?:_[0-9a-f]+)?\]")
_WORD_END = re.compile(r"[A-Za-z0-9]{0,24}")


class _Fold(dict[int, str]):
    """What each character is read as; worked out when first met. Nothing at all: it does not show."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _folded(chr(code))
        return folded


def _folded(char: str) -> str:
    if char.isascii():
        return char
    if char in _QUOTES:
        return "'"
    if char in _DOUBLE_QUOTES:
        return '"'
    category = unicodedata.category(char)
    if category in {"Cf", "Mn", "Me"}:
        return ""
    if char.isspace():
        return "\n" if char in "\u2028\u2029\x85" else " "
    if category == "Pd" or char == "\u2212":
        return "-"
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    if category == "Sc":
        return "$"
    plain = unicodedata.normalize("NFKD", char)
    if plain[0].isascii() and all(unicodedata.combining(mark) for mark in plain[1:]):
        return plain[0]
    return _ALIKE.get(char, char if char.isalnum() else "~")


def _blank(token: re.Match[str]) -> str:
    return "\0" * len(token[0])


_FOLD = _Fold()
_SKELETON = {code: " " for code in range(128) if not chr(code).isalnum()}


class Reading:
    """A text as it is searched.

    `text`: folded; money is `$`, other odd signs are `~`, tokens of what was replaced are noughts (U+0000).
    `lower`: the same in lower case.
    """

    __slots__ = ("_places", "_triggers", "_windows", "lower", "text")

    def __init__(self, given: str) -> None:
        folded = given if given.isascii() else given.translate(_FOLD)
        self._places: list[int] | None = None
        if len(folded) != len(given):
            self._places = [at for at, char in enumerate(given) if _FOLD[ord(char)]]
        if "[" in folded:
            folded = _TOKEN.sub(_blank, folded)
        self.text = folded
        lower = folded.lower()
        if len(lower) != len(folded):
            lower = "".join(char.lower() if len(char.lower()) == 1 else char for char in folded)
        self.lower = lower
        self._triggers: dict[Subject, list[Place]] | None = None
        self._windows: list[Place] | None = None

    def as_given(self, start: int, end: int) -> Place:
        """Where a stretch of the reading stands in the text as given."""
        if self._places is None:
            return start, end
        return self._places[start], self._places[end - 1] + 1

    def triggers(self, subject: Subject) -> list[Place]:
        """Where whole words of a subject stand, in order."""
        if self._triggers is None:
            self._triggers = _triggers(self.lower)
        return self._triggers.get(subject, [])

    @property
    def near_digits(self) -> list[Place]:
        """The stretches around digits, apart from one another: nowhere else can a number stand."""
        if self._windows is None:
            self._windows = _windows(self.text)
        return self._windows

    def before(self, place: int, pattern: re.Pattern[str], reach: int = 40) -> re.Match[str] | None:
        """The pattern in the few characters before a place, in lower case."""
        return pattern.search(self.lower, max(0, place - reach), place)

    def after(self, place: int, pattern: re.Pattern[str], reach: int = 40) -> re.Match[str] | None:
        """The pattern in the few characters from a place on, in lower case."""
        return pattern.search(self.lower, place, place + reach)


@lru_cache(maxsize=2)
def read(given: str) -> Reading:
    """The reading of a text: kept, since every recogniser asks for the same one in turn."""
    return Reading(given)


def _windows(text: str) -> list[Place]:
    out: list[Place] = []
    length = len(text)
    start = end = -1
    for run in _DIGITS.finditer(text):
        left, right = run.start() - _REACH, run.end() + _REACH
        if start < 0:
            start = max(0, left)
        elif left > end:
            out.append((start, _whole_word(text, end, length)))
            start = max(left, out[-1][1])
        end = right
    if start >= 0:
        out.append((start, _whole_word(text, end, length)))
    return out


def _whole_word(text: str, end: int, length: int) -> int:
    if end >= length:
        return length
    word = _WORD_END.match(text, end)
    return word.end() if word else end


@cache
def _automaton() -> tuple[AhoCorasick, list[tuple[int, tuple[Subject, ...]]]]:
    """Finds every word of every subject in one pass."""
    subjects: dict[str, tuple[Subject, ...]] = {}
    for subject, words in WORDS.items():
        for word in words:
            subjects[word] = (*subjects.get(word, ()), subject)
    return AhoCorasick([f" {word} " for word in subjects]), [
        (len(word), subject) for word, subject in subjects.items()
    ]


def _triggers(lower: str) -> dict[Subject, list[Place]]:
    automaton, subjects = _automaton()
    found: dict[Subject, list[Place]] = {}
    skeleton = f" {lower.translate(_SKELETON)} "
    # A blank stands before each word in the automaton, and one before the text: the two make up for each other.
    for which, start, _ in automaton.find_matches_as_indexes(skeleton, overlapping=True):
        length, of = subjects[which]
        for subject in of:
            found.setdefault(subject, []).append((start, start + length))
    for places in found.values():
        places.sort()
    return found


def touches(places: list[Place], start: int, end: int) -> bool:
    """Whether any of the places, which are in order and apart, shares a character with this stretch."""
    at = bisect_left(places, (start, start))
    return (at < len(places) and places[at][0] < end) or (at > 0 and places[at - 1][1] > start)
