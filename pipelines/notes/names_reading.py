"""A text as the rules for names read it: its words, how each is written, and what the lists know of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from string import ascii_lowercase

from pipelines.notes import lexicon
from pipelines.notes.folding import folded
from pipelines.notes.names_words import CONTRACTIONS, LEARNED_ENDINGS, PARTICLES, PREFIXES, TIMES
from pipelines.notes.spans import Kind, Span

# Letters with what may stand among them: marks of their own, characters of no width, apostrophes and hyphens.
_MARKS = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"
_WORD = re.compile(rf"[^\W\d_][^\W\d_{_MARKS}]*[{_MARKS}]*(?:['-]?[^\W\d_][{_MARKS}]*)*")
_MARK = re.compile(f"[{_MARKS}]")
_NOT_LATIN = re.compile(r"[^\W\d_]*[^\W\d_a-z\u00aa-\u024f\u1e00-\u1eff][^\W\d_]*")
_REMEMBERED = 50_000
_SHORTEST_SLIP, _LONGEST_SLIP = 4, 24
# Capitals inside these do not make a name a brand.
_CAPITAL_INSIDE = re.compile(r"(Mc|Mac|D|O|De|Di|Da|Du|La|Le|Van|Von|Fitz|Al|El|Ap|Abd|Bin|Ul|Ur|St)[A-ZÀ-Þ]")


class Sort(IntEnum):
    """What the lists say of a word."""

    WORD = 0
    """An ordinary one, or one in a large dictionary."""
    NEVER = 1
    """A word of the work, a brand, a people, a day: never a name on its own."""
    ABBREVIATION = 2
    PLACE = 3
    WEAK = 4
    """A word that is a name too, now and then."""
    EITHER = 5
    """A name that is a word too."""
    UNKNOWN = 6
    """In no list at all."""
    NAME = 7


@dataclass(frozen=True, slots=True)
class Entry:
    """What the lists know of a word."""

    sort: Sort
    forename: bool = False
    surname: bool = False
    place: bool = False


class Lists:
    """The lists of the lexicon, and the names of the people of this run."""

    def __init__(self, people: frozenset[str]) -> None:
        words, rare = lexicon.words(), lexicon.rare_words()
        self._words = words
        self._all_words = (words, rare)
        self._forenames, self._surnames = lexicon.forenames(), lexicon.surnames()
        self._people = people
        self._either = lexicon.forenames_that_are_words() | (people & words)
        self._weak, self._never = lexicon.weak_names(), lexicon.never_names()
        self._lands = frozenset(lexicon.vocabulary()["places"])
        self._places, self._abbreviations = lexicon.places(), lexicon.abbreviations()
        self._slips: dict[str, bool] = {}
        self._entries: dict[str, Entry] = {}
        self._capitals: dict[str, Entry] = {}

    def entry(self, plain: str, capitals: bool = False) -> Entry:
        """What is known of a word, folded. `capitals`: it is written in capitals alone."""
        kept = self._capitals if capitals else self._entries
        entry = kept.get(plain)
        if entry is None:
            if len(kept) >= _REMEMBERED:
                kept.clear()
            entry = kept[plain] = self._made(plain, capitals)
        return entry

    def is_word(self, plain: str) -> bool:
        """Whether any dictionary has it."""
        return plain in self._all_words[0] or plain in self._all_words[1]

    def is_slip(self, plain: str) -> bool:
        """Whether one slip of the pen makes it an ordinary word: it is more likely that than a name."""
        if len(plain) < _SHORTEST_SLIP or len(plain) > _LONGEST_SLIP:
            return False
        slip = self._slips.get(plain)
        if slip is None:
            if len(self._slips) >= _REMEMBERED:
                self._slips.clear()
            slip = self._slips[plain] = not self._words.isdisjoint(_one_edit_away(plain))
        return slip

    def _made(self, plain: str, capitals: bool) -> Entry:
        if capitals and plain in self._abbreviations:
            return Entry(Sort.ABBREVIATION)
        if "-" in plain:
            return self._compound(plain.split("-"), capitals)
        if "'" in plain:
            return self._with_apostrophe(plain, capitals)
        forename = plain in self._forenames or plain in self._people
        surname = plain in self._surnames or plain in self._people
        place = plain in self._places
        if plain in self._lands and plain not in self._people:
            # Children are called after them, and yet: who names one means the place.
            forename = False
        of_work = plain in self._abbreviations and len(plain) > 2 and not (forename or plain in self._words)
        if of_work or (plain in self._never and plain not in self._people):
            return Entry(Sort.NEVER, forename, surname, place)
        if plain in self._either:
            return Entry(Sort.EITHER, True, surname, place)
        if plain in self._weak and (plain in self._words or place):
            return Entry(Sort.WEAK, forename, surname, place)
        if (forename or surname) and plain not in self._words:
            return Entry(Sort.NAME, forename, surname, place)
        if (forename or surname) and not (capitals and len(plain) < _SHORTEST_SLIP):
            return Entry(Sort.WEAK, forename, surname, place)
        if place:
            return Entry(Sort.PLACE, place=True)
        if plain in self._words or self._inflected(plain):
            return Entry(Sort.WORD)
        if self.is_word(plain):
            # A word that few know is a name as likely as not.
            return Entry(Sort.WORD) if plain.endswith(LEARNED_ENDINGS) else Entry(Sort.WEAK, True, True)
        return Entry(Sort.UNKNOWN)

    def _inflected(self, plain: str) -> bool:
        for ending in ("s", "es", "ing", "ed", "ly", "er", "ers", "ness", "less", "ish"):
            if (
                plain.endswith(ending)
                and len(plain) - len(ending) >= 4
                and plain[: -len(ending)] in self._words
            ):
                return True
        return False

    def _compound(self, parts: Sequence[str], capitals: bool) -> Entry:
        entries = [self.entry(part) for part in parts if part]
        sorts = {entry.sort for entry in entries}
        forename, surname = any(entry.forename for entry in entries), any(entry.surname for entry in entries)
        if not parts or parts[0] in PREFIXES or not entries:
            return Entry(Sort.WORD)
        if Sort.NAME in sorts:
            return Entry(Sort.NAME, forename, surname)
        if sorts <= {Sort.UNKNOWN, Sort.EITHER, Sort.WEAK}:
            unknown = Sort.UNKNOWN in sorts
            return Entry(Sort.UNKNOWN if unknown else Sort.EITHER, forename, surname)
        return Entry(Sort.WORD)

    def _with_apostrophe(self, plain: str, capitals: bool) -> Entry:
        head, _, tail = plain.rpartition("'")
        if tail in CONTRACTIONS:
            return Entry(Sort.WORD) if self.is_word(plain.replace("'", "")) else self.entry(head, capitals)
        whole = self.entry(plain.replace("'", ""), capitals)
        if whole.sort is Sort.NAME or plain in self._surnames:
            return Entry(Sort.NAME, whole.forename, True)
        return Entry(Sort.UNKNOWN) if len(plain) > 3 else Entry(Sort.WORD)


def _one_edit_away(plain: str) -> Iterator[str]:
    for place in range(len(plain) + 1):
        head, tail = plain[:place], plain[place:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in ascii_lowercase:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]


class Case(IntEnum):
    """How a word is written."""

    SMALL = 0
    CAPITAL = 1
    CAPITALS = 2
    LETTER = 3
    """One capital letter alone."""


class Gap(IntEnum):
    """What stands between a word and the one before."""

    SPACE = 0
    LINE = 1
    """White space with a line break in it."""
    STOP = 2
    """A full stop and a space: the end of a sentence, or of an abbreviation."""
    COMMA = 3
    OPENS = 4
    """A mark behind which a capital is no wonder: a bracket, a colon, a dash."""
    ENDS = 5
    """The end of a sentence or of a paragraph."""
    OTHER = 6


_ENDING = frozenset(".!?…\n\r")
_OPENING = frozenset(':;•"“”‘([{-–—*\t|>=+~')
# Beside a letter these make it part of something: A&E, T/C.
_WITH_LETTERS = frozenset("&/+-'’")
_DIGIT_BESIDE = re.compile(r"\d(?:st|nd|rd|th)?[ /-]\||\|[ /-]\d")
_BESIDE = frozenset("@_#\\0123456789")


@dataclass(slots=True)
class Word:
    """A word of a text. `end`: without the possessive ending, which `possessive` tells of.

    `gap`: to the word before. `taken`: by a name, or by what was found before (`covered`, of a person or not).
    """

    start: int
    end: int
    plain: str
    case: Case
    gap: Gap
    entry: Entry
    possessive: bool
    covered: bool = False
    person: bool = False
    half: bool = False
    """Part of it alone was found before: one name of a double one."""
    counted: bool = False
    """A number stands beside it."""
    out: bool = False
    """It can be no name: part of a phrase, an address of the web, something with digits in it."""

    @property
    def opens(self) -> bool:
        """Whether it begins a sentence, or a line, where every word has a capital."""
        return self.gap in (Gap.STOP, Gap.OPENS, Gap.ENDS, Gap.LINE)

    @property
    def joined(self) -> bool:
        """Whether only white space stands before it."""
        return self.gap <= Gap.LINE

    @property
    def free(self) -> bool:
        """Whether it may be taken for a name."""
        return not (self.covered or self.person or self.out)


_SMALL_WORD = Entry(Sort.WORD)
NOTHING = Word(0, 0, "", Case.SMALL, Gap.ENDS, _SMALL_WORD, possessive=False, out=True)
"""Stands where there is no word."""


def read(text: str, plain_text: str, found: Sequence[Span], lists: Lists) -> list[Word]:
    """The words of `text`. `plain_text`: the same folded, one character for each. `found`: what was found before."""
    words: list[Word] = []
    last = 0
    for match in _WORD.finditer(plain_text):
        start, end = match.span()
        plain = match[0]
        possessive = False
        if plain.endswith("'s"):
            plain, end, possessive = plain[:-2], end - 2, True
        if not plain.isascii():
            plain = folded(_MARK.sub("", plain))
        first = text[start]
        case = Case.SMALL
        entry = _SMALL_WORD
        if first.isupper():
            raw = text[start:end]
            if end - start == 1:
                case = Case.LETTER
            elif raw.isupper():
                case = Case.CAPITALS
            else:
                case = Case.CAPITAL
            entry = lists.entry(plain, case is Case.CAPITALS)
        elif "-" in plain and _joined_particle(plain, text[start:end]):
            case, entry = Case.CAPITAL, lists.entry(plain)
        words.append(Word(start, end, plain, case, _gap(text[last:start], bool(words)), entry, possessive))
        if plain in TIMES:
            words[-1].counted = bool(
                _DIGIT_BESIDE.search(text[max(0, start - 3) : start] + "|" + text[end : end + 3])
            )
        last = match.end()
        before, after = text[start - 1] if start else " ", text[last] if last < len(text) else " "
        if before in _BESIDE or after in _BESIDE or (case is Case.CAPITAL and _is_brand(text[start:end])):
            words[-1].out = True
        if case is Case.LETTER and (before in _WITH_LETTERS or after in _WITH_LETTERS):
            words[-1].out = True
    _cover(words, found)
    return words


def _joined_particle(plain: str, raw: str) -> bool:
    """Whether a word in small letters is a surname with its first part: al-Khatib."""
    head, _, tail = raw.partition("-")
    return head in PARTICLES and tail[:1].isupper()


def _gap(gap: str, inside: bool) -> Gap:
    if gap == " ":
        return Gap.SPACE
    if not inside:
        return Gap.ENDS
    if not gap:
        return Gap.OTHER
    # From one cell of a table to the next no name goes on.
    if gap.isspace() and "\t" not in gap:
        return Gap.LINE if "\n" in gap or "\r" in gap else Gap.SPACE
    if gap in (". ", "."):
        return Gap.STOP
    if gap == ", ":
        return Gap.COMMA
    if _ENDING.intersection(gap):
        return Gap.ENDS
    return Gap.OPENS if _OPENING.intersection(gap) else Gap.OTHER


def _is_brand(raw: str) -> bool:
    """Whether capitals stand inside a word as in no name: WhatsApp, SystmOne."""
    return any(
        part[1:] != part[1:].lower() and not _CAPITAL_INSIDE.match(part) and not part.isupper()
        for part in re.split("['’`-]", raw)
    )


def _cover(words: list[Word], found: Sequence[Span]) -> None:
    at = 0
    for span in sorted(found, key=lambda one: one.start):
        while at < len(words) and words[at].end <= span.start:
            at += 1
        place = at
        while place < len(words) and words[place].start < span.end:
            word = words[place]
            if (
                span.kind is Kind.PERSON
                and "-" in word.plain
                and (span.start > word.start or span.end < word.end)
            ):
                word.half = True
            elif span.kind is Kind.PERSON:
                word.person = True
            else:
                words[place].covered = True
            place += 1


def strange(plain_text: str) -> list[tuple[int, int]]:
    """Runs of words in other than Latin letters: in an English text they name somebody, or nobody can tell."""
    if plain_text.isascii():
        return []
    out: list[tuple[int, int]] = []
    for match in _NOT_LATIN.finditer(plain_text):
        if out and plain_text[out[-1][1] : match.start()].isspace():
            out[-1] = out[-1][0], match.end()
        else:
            out.append(match.span())
    return out
