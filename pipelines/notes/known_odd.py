"""Names that are written otherwise than on record: with a letter wrong, shortened, glued to another word, or apart."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.notes.folding import Folded
from pipelines.notes.forms import (
    EXACT,
    FEWEST_TO_MISSPELL,
    MISSPELT,
    NICKNAME,
    SHORT,
    Forms,
    Names,
    is_abbreviation,
)
from pipelines.notes.known_reading import Reading
from pipelines.notes.known_words import ARTICLES, NEVER, THINGS, TIMES

_WITH_AGE = re.compile(r"([^\W\d_]{2,})\d{1,2}(?:y|yrs?|m|mths?)?")
_HUMP = re.compile(r"[^\W\d_A-Z][A-Z]")
_PART = re.compile(r"[A-Z][^\W\d_A-Z]+|^[^\W\d_A-Z]+")
_FEWEST_GLUED = 5
_FEWEST_ODD = 3


@dataclass(slots=True)
class Hit:
    """A form of a name in a text: words from `start` up to `end`. `first`, `last`: whose forename or surname it is,
    with how it comes to be theirs. `odd`: it is a guess (misspelt, or short for a name)."""

    start: int
    end: int
    first: dict[int, int]
    last: dict[int, int]
    odd: int = EXACT

    def whose(self) -> dict[int, int]:
        """Whose it is, in whatever way, with the most direct way."""
        out = dict(self.first)
        for place, rank in self.last.items():
            if rank < out.get(place, MISSPELT + 1):
                out[place] = rank
        return out


class OddNames:
    """Finds names with a letter wrong, names in several words written in one or otherwise apart, and short names."""

    def __init__(self, names: Names, forms: Forms) -> None:
        self._names = names
        self._forms = forms
        self._near = names.near

    def find(self, reading: Reading, taken: set[int]) -> Iterator[Hit]:
        """Every such name in the text. `taken`: words that are of a name as it is on record."""
        ordinary = self._forms.words
        for at, word in enumerate(reading.words):
            small = reading.is_small(at)
            glued = bool(self._near) and at not in taken and not (small and word.isalpha())
            if glued and (hit := self._glued(reading, at)) is not None:
                yield hit
                continue
            if small and (word in ordinary or len(word) < FEWEST_TO_MISSPELL - 1):
                continue
            if len(word) < _FEWEST_ODD or at in taken or word in NEVER or not word.isalpha():
                continue
            if word in ordinary or word in TIMES:
                alone = self._may_be_misspelt(reading, at)
                for hit in self._alike(word, at, at + 1, False):
                    # "Brain" for Brian, where a sentence begins: beside the surname alone.
                    hit.odd = hit.odd if alone else MISSPELT + 1
                    yield hit
                # "T/C to Court", where there is a Courtney.
                begins = reading.begins(at) and reading.is_title(at) and not reading.says_nothing(at)
                short = begins or self._may_be_short(reading, at)
                people = self._names.short_for(word) if short else None
                if people and not is_abbreviation(word):
                    yield Hit(at, at + 1, dict.fromkeys(people, SHORT), {}, SHORT)
                continue
            found = list(self._alike(word, at, at + 1, not small and reading.is_title(at)))
            people = None
            # A guess at a very short name is worth less than what begins like a longer one.
            if not small and all(hit.odd > MISSPELT for hit in found):
                people = self._names.short_for(word)
            if people and not (reading.is_capitals(at) and is_abbreviation(word)):
                yield Hit(at, at + 1, dict.fromkeys(people, SHORT), {}, SHORT)
            else:
                yield from found
        yield from self._apart(reading, taken)
        yield from self._fallen_apart(reading, taken)

    def _glued(self, reading: Reading, at: int) -> Hit | None:
        """A name written in one with something else: "MumTracey", "TylerandElla", "Tyler7", "Ella4yrs"."""
        word = reading.words[at]
        if not word.isalpha():
            parts = [match[1]] if (match := _WITH_AGE.fullmatch(word)) else []
        elif len(word) >= _FEWEST_GLUED and _HUMP.search(reading.written(at)):
            parts = _PART.findall(reading.written(at))
        else:
            return None
        for part in parts:
            form = self._names.forms.get(Folded.of(part).text)
            if form is None or len(part) < _FEWEST_ODD or Folded.of(part).text in TIMES:
                continue
            first = {place: rank for place, rank in form.first.items() if place in self._near}
            last = {place: rank for place, rank in form.last.items() if place in self._near}
            if first or last:
                return Hit(at, at + 1, first, last)
        return None

    def _may_be_misspelt(self, reading: Reading, at: int) -> bool:
        """Whether a word that means something may be a name with a letter wrong: in the middle of a sentence only."""
        thing = reading.words[at] in THINGS or reading.words[at] in TIMES
        return not thing and self._may_be_short(reading, at)

    def _may_be_short(self, reading: Reading, at: int) -> bool:
        """Whether a word has a capital that nothing but a name explains."""
        if reading.begins(at) or reading.says_nothing(at) or not reading.is_title(at):
            return False
        return reading.words[at - 1] not in ARTICLES and reading.words[at - 1] != "in"

    def _alike(self, word: str, start: int, end: int, capital: bool) -> Iterator[Hit]:
        """Names that the word may be with one letter wrong. Short ones count with a capital letter alone, and very
        short ones beside another name."""
        first: dict[int, int] = {}
        last: dict[int, int] = {}
        short = True
        for name in self._names.alike(word):
            if len(name) < FEWEST_TO_MISSPELL and not capital:
                continue
            short = short and len(name) < FEWEST_TO_MISSPELL - 1
            form = self._names.forms[name]
            first.update(dict.fromkeys(form.first, MISSPELT))
            last.update(dict.fromkeys(form.last, MISSPELT))
        if first or last:
            # Too short a name is known beside another alone: the sign of that is a guess worse than any.
            yield Hit(start, end, first, last, MISSPELT + 1 if short else MISSPELT)

    def _apart(self, reading: Reading, taken: set[int]) -> Iterator[Hit]:
        """Words joined by a hyphen or an apostrophe, compared as one: "Mei-Lieg", "El-ayed", "Nd'iaye"."""
        if "-" not in reading.plain and "'" not in reading.plain:
            return
        words = reading.words
        behind = 0
        for at in range(len(words) - 1):
            if at < behind or not reading.joined(at):
                continue
            end = at + 1
            while reading.joined(end - 1):
                end += 1
            behind = end
            # "Mei-Ling's" is "Mei-Ling", and "Chloe's" needs no second look.
            stop = end - 1 if words[end - 1] == "s" and reading.gap(end - 2) == "'" else end
            if stop - at > 1 and not all(word in taken for word in range(at, stop)):
                joined = "".join(words[at:stop])
                form = self._names.forms.get(joined)
                if form is not None:
                    yield Hit(at, stop, form.first, form.last)
                else:
                    yield from self._alike(joined, at, stop, reading.is_title(at))

    def _fallen_apart(self, reading: Reading, taken: set[int]) -> Iterator[Hit]:
        """Names with a space too many, "Oaken thorpe", "Tra cey"; not where both halves are words."""
        ordinary = self._forms.words
        for at, (word, after) in enumerate(itertools.pairwise(reading.words)):
            form = self._names.forms.get(word + after)
            if form is None or len(word + after) < FEWEST_TO_MISSPELL or min(len(word), len(after)) < 2:
                continue
            if at in taken or at + 1 in taken or word in NEVER or after in NEVER or reading.gap(at) != " ":
                continue
            known = min((*form.first.values(), *form.last.values())) <= NICKNAME
            if known and not (word in ordinary and after in ordinary):
                yield Hit(at, at + 2, form.first, form.last)
