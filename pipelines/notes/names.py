"""Names of people nobody told us of: rules and lists first, then a language model on what they leave open."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pipelines.notes.folding import folded
from pipelines.notes.model import Model, find_model
from pipelines.notes.names_asking import Asker, masked, place_of, sentence_around
from pipelines.notes.names_extent import is_turned
from pipelines.notes.names_reading import Case, Lists, Sort, Word, read, strange
from pipelines.notes.names_rules import Found, Reader
from pipelines.notes.spans import Kind, Span, merged

_SCORES = {
    "title": 0.95,
    "rank": 0.9,
    "name": 0.85,
    "role": 0.85,
    "turned": 0.85,
    "initials": 0.7,
    "again": 0.8,
}
_OTHERWISE = 0.75
_MODEL = 0.6
# More than so many words of one text nobody is asked about.
_MOST_DOUBTS = 60
_INITIALS = "name: initial"
# Shorter parts of a name are not looked for again in a text: they are too often something else.
_SHORTEST_AGAIN = 3


class UnknownNames:
    """Finds names of people. It can be pickled; lists and model are loaded when first used, once in each process.

    `model`: none: the best that is installed (see `model`). `people`: the forenames and surnames of this run, folded:
    whoever has one of them is known to be called so by somebody.
    """

    def __init__(self, *, model: Model | None = None, people: frozenset[str] = frozenset()) -> None:
        self.model = find_model() if model is None else model
        self.people = people
        self._made: tuple[Lists, Reader, Asker] | None = None

    def __repr__(self) -> str:
        return f"UnknownNames({self.model.name}, {len(self.people)} names)"

    def __getstate__(self) -> dict[str, Any]:
        """Without what each process makes for itself."""
        return {**self.__dict__, "_made": None}

    def find(self, texts: Sequence[str], found: Sequence[Sequence[Span]]) -> list[list[Span]]:
        """The names in each text, in order. `found`: what was found in it before, and need not be found again.

        Raises ValueError where there are not as many of `found` as of `texts`, and UnverifiedModelError where the files
        of the model are no longer those that were found.
        """
        if len(texts) != len(found):
            raise ValueError("give what was found before in each text, an empty list where nothing was")
        lists, reader, asker = self._tools()
        notes = [_Note(text, spans, lists, reader) for text, spans in zip(texts, found, strict=True)]
        _ask(notes, asker)
        return [note.spans() for note in notes]

    def _tools(self) -> tuple[Lists, Reader, Asker]:
        if self._made is None:
            lists = Lists(frozenset(name for name in self.people if len(name) > 1))
            self._made = lists, Reader(lists), Asker(self.model)
        return self._made


class _Note:
    """One text on its way through the layers."""

    def __init__(self, text: str, before: Sequence[Span], lists: Lists, reader: Reader) -> None:
        self.text = text
        self.before = merged(before)
        self.plain = folded(text)
        self.lists = lists
        self.words = read(text, self.plain, self.before, lists)
        self.found: Found = reader.find(text, self.plain, self.words)

    def accept(self, start: int, end: int) -> None:
        """The model sees a name here: what was in doubt of it is one."""
        first = bisect_right(self.found.doubts, start, key=lambda at: self.words[at].end)
        for at in self.found.doubts[first:]:
            word = self.words[at]
            if word.start >= end:
                break
            self.found.names.append((at, self._last_with(at, end), "model"))

    def accept_unknown(self) -> None:
        """Nobody can be asked: of what was in doubt, words that no list has are names."""
        for at in self.found.doubts:
            word = self.words[at]
            if word.entry.sort is Sort.UNKNOWN and not self.lists.is_slip(word.plain):
                self.found.names.append((at, at, "nobody asked"))

    def _last_with(self, at: int, end: int) -> int:
        """The number of the last word that goes with word `at`, of those that begin before `end`."""
        while at + 1 < len(self.words) and self.words[at + 1].start < end and _can_follow(self.words[at + 1]):
            at += 1
        return at

    def spans(self) -> list[Span]:
        """What was found, in order, none over another."""
        words = self.words
        taken: set[int] = set()
        out = []
        for first, last, rule in self.found.names:
            taken.update(range(first, last + 1))
            end = words[last].end
            # The full stop of an abbreviated surname: Sarah B.
            if words[last].case is Case.LETTER and self.text[end : end + 1] == ".":
                end += 1
            out.append(self._span(self._from(first, last), self._up_to(last, end), rule))
        out += [self._span(start, end, rule) for start, end, rule in self.found.stretches]
        out += [self._span(start, end, "other letters") for start, end in strange(self.plain)]
        out += [
            self._span(words[first].start, words[last].end, "again") for first, last in self._again(taken)
        ]
        return _apart(self.text, out, self.before)

    def _from(self, first: int, last: int) -> int:
        """Where a name begins: at the end of what was found right before, so that nothing stays between the two."""
        word = self.words[first]
        if first and self.words[first - 1].person and not self.words[first - 1].possessive:
            before = self.words[first - 1]
            if word.joined or is_turned(self.words, first - 1, first - 1, last):
                return before.end
        return word.start

    def _up_to(self, last: int, end: int) -> int:
        if last + 1 < len(self.words) and self.words[last + 1].person and not self.words[last].possessive:
            after = self.words[last + 1]
            if after.joined or is_turned(self.words, last, last, last + 1):
                return after.start
        return end

    def _again(self, taken: set[int]) -> list[tuple[int, int]]:
        """Where a name that was found once stands once more, in any form that the rules were not sure of."""
        sure: set[str] = set()
        initials: set[str] = set()
        for first, last, _rule in self.found.names:
            parts = [word.plain for word in self.words[first : last + 1]]
            for part in parts:
                sure.update(piece for piece in (part, *part.split("-")) if len(piece) >= _SHORTEST_AGAIN)
            if len(parts) > 1:
                initials.add("".join(part[0] for part in parts))
        return [
            (at, at)
            for at, word in enumerate(self.words)
            if at not in taken
            and word.free
            and (self._is_again(word, sure) or self._is_short_for(word, initials))
        ]

    def _is_again(self, word: Word, sure: set[str]) -> bool:
        if word.plain not in sure:
            return False
        sort = word.entry.sort if word.case is not Case.SMALL else self.lists.entry(word.plain).sort
        if sort in (Sort.NAME, Sort.UNKNOWN):
            return True
        # A word that is a name here need not be one wherever a sentence begins with it.
        return sort >= Sort.WEAK and word.case is Case.CAPITAL and not word.opens and not word.counted

    @staticmethod
    def _is_short_for(word: Word, initials: set[str]) -> bool:
        capitals = word.case is Case.CAPITALS and word.entry.sort is not Sort.ABBREVIATION
        return capitals and word.plain in initials

    @staticmethod
    def _span(start: int, end: int, rule: str) -> Span:
        score = _MODEL if rule == "model" else _SCORES.get(rule, _OTHERWISE)
        return Span(start, end, Kind.PERSON, f"name: {rule}", score)


def _can_follow(word: Word) -> bool:
    return word.free and word.case is Case.CAPITAL and word.joined and word.entry.sort >= Sort.WEAK


def _ask(notes: Sequence[_Note], asker: Asker) -> None:
    """Puts the sentences that hold a doubt before the model, those of all texts together."""
    if not asker.answers:
        for note in notes:
            note.accept_unknown()
        return
    sentences: list[str] = []
    asked: list[tuple[_Note, list[tuple[int, int]]]] = []
    for note in notes:
        done = 0
        note.found.doubts.sort()
        for number, at in enumerate(note.found.doubts):
            word = note.words[at]
            if number >= _MOST_DOUBTS:
                # No note is like this: what nobody was asked about is taken for a name.
                note.accept(word.start, note.words[-1].end)
                break
            if word.start < done:
                continue
            start, end = sentence_around(note.text, word.start, word.end)
            sentence, shifts = masked(note.text, start, end, note.before)
            sentences.append(sentence)
            asked.append((note, shifts))
            done = end
    for (note, shifts), people in zip(asked, asker.people(sentences), strict=True):
        for start, end in people:
            note.accept(place_of(start, shifts), place_of(end, shifts))


def _apart(text: str, spans: list[Span], before: Sequence[Span]) -> list[Span]:
    """In order, without those that lie over one another or within what was found before."""
    out: list[Span] = []
    place = 0
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        while place < len(before) and before[place].end <= span.start:
            place += 1
        if place < len(before) and before[place].start <= span.start and span.end <= before[place].end:
            continue
        if out and span.start < out[-1].end:
            if span.end > out[-1].end:
                out[-1] = replace(out[-1], end=span.end)
        elif out and out[-1].rule.startswith(_INITIALS) and text[out[-1].end : span.start] in (" ", "."):
            # J P Brown.
            out[-1] = replace(span, start=out[-1].start)
        else:
            out.append(span)
    return out
