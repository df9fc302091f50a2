"""What texts are about: the agreed themes of `data/themes.toml`, found by their words and by nothing else."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ahocorasick_rs import AhoCorasick

from pipelines.notes.spans import Kind
from release.errors import SettingsError, UserError
from release.settings_file import read_settings_file

_NAME = re.compile(r"[a-z][a-z0-9_]*")
# With fewer letters than this before it, a star would stand for half the dictionary.
_FEWEST_LETTERS = 3
_MOST_WORDS = 50
# A full stop within a number or an abbreviation ends no sentence, and one line break is only a line that was full.
_END = re.compile(r"[!?;]|\.(?=\s|$)|\n\s*\n")
_APOSTROPHES = re.compile(r"['‘’ʼ`´]")
_WORDS = re.compile(r"[^\W_]+|[\x02\x03]")
# Stand for the end of a sentence, and for what was taken out; no text has them once it is folded.
_STOP, _TAKEN_OUT = "\x02", "\x03"
_TOKEN = re.compile(rf"\[(?:(?:{'|'.join(Kind)})(?:_[0-9]+)?|[A-Z_]+_[0-9a-f]+)\]")
_ANY_ENDING = "*"


class ThemesError(UserError):
    """The file of themes cannot be read, or holds a mistake."""

    exit_code = 65


@dataclass(frozen=True)
class Theme:
    """One theme. `words`: what it is found by; `excluded`: phrases in which such words mean something else; both
    folded, with a star at the end for any ending. `negated`: whether it counts after "no" and the like too."""

    code: str
    label: str
    meaning: str
    words: tuple[str, ...]
    excluded: tuple[str, ...] = ()
    negated: bool = False


@dataclass(frozen=True)
class Negation:
    """What says that a theme is not meant, folded. `words`: how many words may stand between `before` and the theme."""

    words: int = 0
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    turns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Themes:
    """All themes in the order of their file, and the version of it."""

    version: int
    themes: tuple[Theme, ...]
    negation: Negation = field(default_factory=Negation)

    @property
    def labels(self) -> dict[str, str]:
        """The words for each theme, by code."""
        return {theme.code: theme.label for theme in self.themes}


def folded_words(text: str) -> str:
    """A text as words in lower case, one space between and around them, without accents, apostrophes, punctuation.

    The end of a sentence is a word of its own, and so is a token, which says nothing of what the text is about.
    """
    given = _TOKEN.sub(f" {_TAKEN_OUT} ", text.replace(_STOP, " ").replace(_TAKEN_OUT, " "))
    marked = _END.sub(f" {_STOP} ", given)
    if not marked.isascii():
        plain = unicodedata.normalize("NFKD", marked)
        marked = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = _WORDS.findall(_APOSTROPHES.sub("", marked.lower()))
    return f" {' '.join(words)} "


class ThemeFinder:
    """Finds themes in texts: one automaton over all words of all themes, made once for a run."""

    def __init__(self, themes: Themes) -> None:
        self._themes = themes.themes
        self._negation = themes.negation
        # For each pattern of the automaton: the list it belongs to, and whether any ending may follow.
        self._lists: list[tuple[str, int, bool]] = []
        patterns: list[str] = []
        for name, number, phrases in _phrases(themes):
            for phrase in phrases:
                starred = phrase.endswith(_ANY_ENDING)
                patterns.append(f" {phrase[:-1]}" if starred else f" {phrase} ")
                self._lists.append((name, number, starred))
        self._automaton = AhoCorasick(patterns)

    def find(self, text: str) -> list[str]:
        """The codes of the themes that a text is about, in the order of their file, each once."""
        folded = folded_words(text)
        found = self._stretches(folded)
        said = found.get(("before", 0), _NONE), found.get(("turns", 0), _NONE)
        denied = {start for start, _ in found.get(("after", 0), _NONE).all}
        return [
            theme.code
            for number, theme in enumerate(self._themes)
            if any(
                not found.get(("excluded", number), _NONE).cover(start, end)
                and (theme.negated or not (end - 1 in denied or self._is_negated(folded, start, *said)))
                for start, end in found.get(("words", number), _NONE).all
            )
        ]

    def _stretches(self, folded: str) -> dict[tuple[str, int], "_Stretches"]:
        found: dict[tuple[str, int], _Stretches] = {}
        for pattern, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            name, number, starred = self._lists[pattern]
            last = folded.index(" ", end) + 1 if starred else end
            found.setdefault((name, number), _Stretches()).add(start, last)
        return found

    def _is_negated(self, folded: str, start: int, before: "_Stretches", turns: "_Stretches") -> bool:
        """Whether something before `start` says "no", few words away and in the same sentence."""
        if not before.all:
            return False
        first = start
        for _ in range(self._negation.words):
            first = max(folded.rfind(" ", 0, first), 0)
        first = max(first, folded.rfind(_STOP, 0, start))
        # The space between two words is of both.
        turned = max((last for _, last in turns.ending(first + 1, start + 1)), default=0)
        return any(last >= turned for _, last in before.ending(first + 1, start + 1))


class _Stretches:
    """Stretches of a folded text, each from the space before its first word up to and with the space behind its last.

    They come in the order of their ends.
    """

    def __init__(self) -> None:
        self.all: list[tuple[int, int]] = []
        self._longest = 0

    def add(self, start: int, end: int) -> None:
        self.all.append((start, end))
        self._longest = max(self._longest, end - start)

    def ending(self, first: int, last: int) -> list[tuple[int, int]]:
        """Those whose end lies from `first` to `last`."""
        low = bisect_left(self.all, first, key=_end)
        return self.all[low : bisect_right(self.all, last, lo=low, key=_end)]

    def cover(self, start: int, end: int) -> bool:
        """Whether one of them holds all from `start` to `end`."""
        return any(first <= start for first, _ in self.ending(end, start + self._longest))


def _end(stretch: tuple[int, int]) -> int:
    return stretch[1]


_NONE = _Stretches()


def _phrases(themes: Themes) -> list[tuple[str, int, tuple[str, ...]]]:
    negation = themes.negation
    return [
        *(("words", number, theme.words) for number, theme in enumerate(themes.themes)),
        *(("excluded", number, theme.excluded) for number, theme in enumerate(themes.themes)),
        ("before", 0, negation.before),
        ("after", 0, negation.after),
        ("turns", 0, negation.turns),
    ]


# Reading the file


def read_themes(file: Path) -> Themes:
    """The themes in `file`. Raises ThemesError, with the place and the fix, where it holds a mistake."""
    try:
        content = read_settings_file(file)
    except SettingsError as error:
        raise ThemesError(str(error)) from None
    place = _Place(str(file))
    place.only(content, {"version", "negation", "theme"})
    version = content.get("version")
    if type(version) is not int or version < 1:
        raise place.wrong("write version as a whole number of 1 or more, above the themes.")
    tables = place.table(content.get("theme"), "[theme.NAME]")
    themes = tuple(_theme(place.at(f"[theme.{code}]"), code, table) for code, table in tables.items())
    if not themes:
        raise place.wrong("there is no [theme.NAME]. Add one.")
    labels = [theme.label for theme in themes]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise place.wrong(f"two themes have the label {twice!r}. Give each its own.")
    return Themes(version, themes, _negation(place.at("[negation]"), content.get("negation", {})))


@dataclass(frozen=True)
class _Place:
    """Where in the file we are, for the message."""

    words: str

    def at(self, what: str) -> "_Place":
        return _Place(f"{self.words}, {what}")

    def wrong(self, what: str) -> ThemesError:
        return ThemesError(f"{self.words}: {what}")

    def table(self, value: object, called: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong(f"write {called} and lines below it.")
        return value

    def only(self, table: Mapping[str, object], known: set[str]) -> None:
        for key in table:
            if key not in known:
                raise self.wrong(f"{key} is no setting. Known are: {', '.join(sorted(known))}.")

    def text(self, table: Mapping[str, object], name: str) -> str:
        value = table.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"write {name} as a text that is not empty.")
        return value.strip()

    def phrases(self, table: Mapping[str, object], name: str) -> tuple[str, ...]:
        listed = table.get(name, [])
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            raise self.wrong(f'write {name} as a list of words, like ["debt", "rent arrears"].')
        phrases = tuple(self._phrase(name, one) for one in listed)
        twice = next((one for one in phrases if phrases.count(one) > 1), None)
        if twice is not None:
            raise self.wrong(f"{name} holds {twice!r} twice. Leave one.")
        return phrases

    def _phrase(self, name: str, written: str) -> str:
        bare, star = written.strip(), ""
        if bare.endswith(_ANY_ENDING):
            bare, star = bare[:-1], _ANY_ENDING
        phrase = folded_words(bare).strip()
        if not phrase or _ANY_ENDING in bare or _STOP in phrase or _TAKEN_OUT in phrase:
            raise self.wrong(f"{name}: {written!r} is no word or words. A star may stand at the end alone.")
        if star and (bare[-1].isspace() or len(phrase.split()[-1]) < _FEWEST_LETTERS):
            raise self.wrong(f"{name}: {written!r}: write {_FEWEST_LETTERS} letters or more before the star.")
        return phrase + star


def _theme(place: _Place, code: str, value: object) -> Theme:
    if not _NAME.fullmatch(code):
        raise place.wrong("use small letters, digits and _ in the name of a theme.")
    table = place.table(value, f"[theme.{code}]")
    place.only(table, {"label", "meaning", "words", "not", "negated"})
    words = place.phrases(table, "words")
    if not words:
        raise place.wrong("words is missing: it says what the theme is found by.")
    negated = table.get("negated", False)
    if not isinstance(negated, bool):
        raise place.wrong("write negated as true or false.")
    label, meaning = place.text(table, "label"), place.text(table, "meaning")
    return Theme(code, label, meaning, words, place.phrases(table, "not"), negated)


def _negation(place: _Place, value: object) -> Negation:
    table = place.table(value, "[negation]")
    place.only(table, {"words", "before", "after", "turns"})
    words = table.get("words", 0)
    if type(words) is not int or not 0 <= words <= _MOST_WORDS:
        raise place.wrong(f"write words as a whole number from 0 to {_MOST_WORDS}.")
    before, after, turns = (place.phrases(table, name) for name in ("before", "after", "turns"))
    return Negation(words, before, after, turns)
