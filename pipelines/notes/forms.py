"""Every form in which somebody's names are written: parts, short names, initials, spelling."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any

from pipelines.linkage.settings import read_linkage_settings
from pipelines.notes import lexicon
from pipelines.notes.folding import Folded
from pipelines.notes.known import Known, KnownPerson
from pipelines.notes.known_words import ABBREVIATIONS, NEVER, PARTICLES, TIMES, TITLES

_WORD = re.compile(r"[^\W_]+")
_LETTERS_ONLY = re.compile(r"[^\W\d_]+")
_AND = re.compile(r"&|\+|/|\band\b")
# Names of so many letters are known with one letter wrong, and short for so many letters more.
FEWEST_TO_MISSPELL = 5
_FEWEST_BESIDE = 3
_FEWEST_SHORT = 3
_ENDINGS = ("y", "ie", "s", "z", "i", "ey")
# Letters that two letters stand for where a keyboard lacks them.
_TWO_FOR_ONE = (("ö", "oe"), ("ü", "ue"), ("ä", "ae"), ("ø", "oe"), ("å", "aa"))

# How sure a form is, and what it is called: whoever is meant most directly is meant.
EXACT, NICKNAME, DIMINUTIVE, SHORT, MISSPELT = range(5)
RULES = ("name", "nickname", "diminutive", "short name", "misspelt")
SCORES = (1.0, 1.0, 0.9, 0.8, 0.85)


class Forms:
    """What all families' forms are made with: short names of forenames, and ordinary words. Can be pickled.

    `diminutives`: names and what is short for them, folded; none: those of `data/linkage.toml`. `words`: ordinary
    words, folded; none: those of `lexicon`.
    """

    def __init__(
        self, diminutives: Mapping[str, Sequence[str]] | None = None, words: frozenset[str] | None = None
    ) -> None:
        self._given = diminutives, words
        listed = read_linkage_settings().diminutives if diminutives is None else diminutives
        self._others: dict[str, set[str]] = {}
        for name, shorts in listed.items():
            for short in shorts:
                self._others.setdefault(plain(name), set()).add(plain(short))
                self._others.setdefault(plain(short), set()).add(plain(name))
        self.words = lexicon.words() if words is None else words

    def __reduce__(self) -> tuple[Any, ...]:
        return Forms, self._given

    def of(self, name: str) -> list[str]:
        """What else somebody of that name is called, and what the name may be short for, in order."""
        return sorted(self._others.get(name, ()))

    def is_ordinary(self, word: str) -> bool:
        """Whether a word, folded, may mean something else than a person."""
        return word in self.words or word in TIMES or word in PARTICLES


@dataclass(slots=True)
class Form:
    """One way to write a name. `first`, `last`: whose forename or surname it is (places among the people), each with
    how it comes to be theirs."""

    first: dict[int, int] = field(default_factory=dict)
    last: dict[int, int] = field(default_factory=dict)


class Names:
    """The names of some people, in every form. Words of a form stand apart by one space each."""

    def __init__(self, known: Known, forms: Forms) -> None:
        self.people = known.people
        self.near = frozenset(place for place, person in enumerate(known.people) if person.near)
        self.forms: dict[str, Form] = {}
        # Of each person the first letters of their forenames and surnames, all in a row where there are several.
        self.first_letters: dict[int, set[str]] = {}
        self.last_letters: dict[int, set[str]] = {}
        self._misspelt: dict[str, list[str]] | None = None
        self._shared = forms
        for place, person in enumerate(known.people):
            self._add_person(place, person)

    def _add_person(self, place: int, person: KnownPerson) -> None:
        forenames = [variants for name in person.forenames if (variants := spellings(name))]
        surnames = [variants for name in person.surnames if (variants := spellings(name))]
        for variants in forenames:
            self._add_name(place, variants, EXACT, first=True)
        for variants in surnames:
            self._add_name(place, variants, EXACT, last=True)
        others = [variants for name in person.other_names if (variants := spellings(name))]
        for variants in others:
            # A name before, or a nickname: whether fore- or surname is not said.
            self._add_name(place, variants, NICKNAME, first=True, last=True)
        wholes = [words for name in person.whole_names for words in whole_names(name)]
        for words in wholes:
            self._add_name(place, [words], EXACT, first=True, last=True)
        if person.near:
            self._add_diminutives(place, [*forenames, *others])
            # "Linhs bedroom", "the Hopes": an apostrophe forgotten, or a whole family.
            for variants in (*forenames, *others):
                self._add_with_s(place, variants, first=True)
            for variants in surnames:
                self._add_with_s(place, variants, first=False)
            # Written in one word, as in the name of an account.
            for one, other in product(forenames, surnames):
                for first in {one[0][0], "".join(one[0])}:
                    self._put(f"{first}{''.join(other[0])}", place, EXACT, True, True)
        self._add_letters(place, forenames, surnames, others, wholes)

    def _add_name(
        self, place: int, variants: list[list[str]], rank: int, first: bool = False, last: bool = False
    ) -> None:
        for words in variants:
            self._put(" ".join(words), place, rank, first, last)
            if len(words) > 1:
                self._put("".join(words), place, rank, first, last)
                for word in words:
                    self._put(word, place, rank, first, last)

    def _add_with_s(self, place: int, variants: list[list[str]], first: bool) -> None:
        for words in variants:
            for word in {words[-1], "".join(words)}:
                if len(word) >= _FEWEST_BESIDE and {word, f"{word}s"}.isdisjoint(self._shared.words):
                    self._put(f"{word}s", place, DIMINUTIVE, first, not first)

    def _add_diminutives(self, place: int, names: list[list[list[str]]]) -> None:
        for variants in names:
            for word in {word for words in variants for word in (*words, "".join(words))}:
                for other in self._shared.of(word):
                    self._put(other, place, DIMINUTIVE, True, False)

    def _put(self, form: str, place: int, rank: int, first: bool, last: bool) -> None:
        if len(form) < 2 or form in NEVER or (" " in form and all(word in NEVER for word in form.split())):
            return
        entry = self.forms.get(form)
        if entry is None:
            entry = self.forms[form] = Form()
        if first and entry.first.get(place, MISSPELT) > rank:
            entry.first[place] = rank
        if last and entry.last.get(place, MISSPELT) > rank:
            entry.last[place] = rank

    def _add_letters(
        self,
        place: int,
        forenames: list[list[list[str]]],
        surnames: list[list[list[str]]],
        others: list[list[list[str]]],
        wholes: list[list[str]],
    ) -> None:
        first = self.first_letters.setdefault(place, set())
        last = self.last_letters.setdefault(place, set())
        for variants in (*forenames, *others):
            first |= _first_letters(variants[0])
        if len(forenames) > 1:
            first.add("".join(variants[0][0][0] for variants in forenames[:3]))
        for variants in surnames:
            last |= _first_letters(variants[0])
        for words in wholes:
            first |= {word[0] for word in words}
            last |= {word[0] for word in words}

    @cached_property
    def initials(self) -> dict[str, dict[int, None]]:
        """Forename and surname in first letters, in a row, and whose they are: of those near alone."""
        out: dict[str, dict[int, None]] = {}
        for place in sorted(self.near):
            for one in sorted(self.first_letters[place]):
                for other in sorted(self.last_letters[place]):
                    if len(one) + len(other) <= 4:
                        out.setdefault(one + other, {})[place] = None
        return out

    @cached_property
    def _thinned(self) -> dict[str, list[str]]:
        """Names, and names with one letter left out, and the names that are like that."""
        out: dict[str, list[str]] = {}
        for name, form in self.forms.items():
            if " " in name or len(name) < _FEWEST_BESIDE or name.isdigit():
                continue
            if min((*form.first.values(), *form.last.values())) > NICKNAME:
                continue
            for thin in {name, *(name[:at] + name[at + 1 :] for at in range(len(name)))}:
                out.setdefault(thin, []).append(name)
        return out

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._thinned), default=0)

    def alike(self, word: str) -> list[str]:
        """The names that differ from the word by one letter: one more, one less, another, or two that changed places.

        Names too short to be known by that alone are among them: they count beside another name of the same person.
        """
        thinned = self._thinned
        if len(word) > self._longest + 1:
            return []
        found = set(thinned.get(word, ()))
        for at in range(len(word)):
            other = thinned.get(word[:at] + word[at + 1 :])
            if other is not None:
                found.update(other)
        return sorted(name for name in found if name != word and one_edit(name, word))

    def short_for(self, word: str) -> list[int]:
        """Whose forename the word is short for because it begins like it ("Chlo", "Shabs"): people near alone."""
        if word in self.forms or word in NEVER:
            return []
        starts = [word, *(word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))]
        if word[-3:-2] == word[-2:-1] and word.endswith("y"):
            starts.append(word[:-2])
        found = {
            one for start in starts if len(start) >= _FEWEST_SHORT for one in self._beginnings.get(start, ())
        }
        return list(dict.fromkeys(place for _order, place in sorted(found)))

    @cached_property
    def _beginnings(self) -> dict[str, list[tuple[int, int]]]:
        """What forenames begin with, and whose they are, in the order of the forms."""
        out: dict[str, list[tuple[int, int]]] = {}
        for order, (name, form) in enumerate(self.forms.items()):
            near = [place for place, rank in form.first.items() if rank <= NICKNAME and place in self.near]
            if not near or " " in name:
                continue
            for end in range(_FEWEST_SHORT, len(name) + 1):
                out.setdefault(name[:end], []).extend((order, place) for place in near)
        return out


def _first_letters(words: list[str]) -> set[str]:
    """Of "al masri" the letters "a", "m" and "am"."""
    return {words[0][0], words[-1][0], "".join(word[0] for word in words)[:3]}


def plain(name: str) -> str:
    """A name folded, its words apart by one space."""
    return " ".join(_WORD.findall(Folded.of(name).text))


def spellings(name: str) -> list[list[str]]:
    """The ways to write a name, each in words: "D'Souza" as "d souza" and, in one, "dsouza"; none for no name."""
    bare = _LETTERS_ONLY.findall(Folded.of(name).text)
    words = _without_titles(bare)
    if not any(len(word) > 1 for word in words):
        return []
    out = [words]
    lowered = name.lower()
    for letter, two in _TWO_FOR_ONE:
        lowered = lowered.replace(letter, two)
    if lowered != name.lower():
        out.append(_without_titles(_LETTERS_ONLY.findall(Folded.of(lowered).text)))
    if not name.isascii():
        # Read in the wrong encoding on its way.
        spoilt = name.encode("utf-8", errors="ignore").decode("cp1252", errors="ignore")
        out.append(_without_titles(_LETTERS_ONLY.findall(Folded.of(spoilt).text)))
    return [words for number, words in enumerate(out) if words and words not in out[:number]]


def whole_names(name: str) -> Iterator[list[str]]:
    """The names in one field, each in words without titles: of "Mr & Mrs D Okafor" that is "d okafor"."""
    for one in _AND.split(Folded.of(name).text):
        words = _without_titles(_LETTERS_ONLY.findall(one))
        if any(len(word) > 1 for word in words):
            yield words


def _without_titles(words: list[str]) -> list[str]:
    at = 0
    while at < len(words) and words[at] in TITLES:
        at += 1
    return words[at:]


def one_edit(one: str, other: str) -> bool:
    """Whether one letter more, one less, another one, or two neighbours exchanged, makes one word the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        start += 1
    rest, further = one[start:], other[start:]
    return (
        rest[1:] == further[1:]
        or rest[1:] == further
        or rest == further[1:]
        or (rest[:2] == further[1::-1] and rest[2:] == further[2:])
    )


def is_abbreviation(word: str) -> bool:
    """Whether practitioners write it, in capitals, for something else than a name."""
    return word in ABBREVIATIONS
