"""Finds in a text what is known beforehand of those whom it is about, in whatever form it is written."""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from ahocorasick_rs import AhoCorasick
from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from pipelines.notes.forms import EXACT, Form, Forms, Names, plain
from pipelines.notes.known import Known
from pipelines.notes.known_births import Births
from pipelines.notes.known_handles import Handles
from pipelines.notes.known_mentions import Mentions
from pipelines.notes.known_reading import Reading, reading
from pipelines.notes.known_values import in_words, is_in_words, numbers, postcodes
from pipelines.notes.known_words import NEVER, SCHOOLING
from pipelines.notes.spans import Kind, Span

_NAME = "KnownRecognizer"
# Between parts of a number, and between words of an address.
_IN_NUMBERS = frozenset(" -./()+–_")
_IN_ADDRESSES = frozenset(" ,.'/()-#:")
_WIDEST_GAP = 4
_BIRTH_SCORE, _HANDLE_SCORE = 0.95, 0.9
# So many words before and behind the bare name of a school are looked at.
_AROUND = 8


class KnownRecognizer(EntityRecognizer):
    """A Presidio recogniser of the names, births, numbers, addresses and schools of some people.

    `known`: those people; made once for a family, and once for all workers of the council. `forms`: what is shared by
    all. Can be pickled. It finds nobody else.
    """

    def __init__(self, known: Known, forms: Forms) -> None:
        self._given = known, forms
        names = Names(known, forms)
        self._mentions = Mentions(names, forms)
        self._births = Births(
            (place, born) for place, person in enumerate(known.people) for born in person.births
        )
        self._handles = Handles(_account_names(names), forms.words)
        patterns = _patterns(known, names)
        self._found: list[Form | tuple[Kind, str, str]] = list(patterns.values())
        self._automaton = AhoCorasick(patterns) if patterns else None
        super().__init__(supported_entities=[str(kind) for kind in Kind], name=_NAME)

    def __reduce__(self) -> tuple[Any, ...]:
        return KnownRecognizer, self._given

    def __repr__(self) -> str:
        return f"KnownRecognizer({len(self._found)} forms)"

    def load(self) -> None:
        """Nothing is loaded: all is made when the recogniser is."""

    def analyze(
        self,
        text: str,
        entities: list[str],
        nlp_artifacts: NlpArtifacts | None = None,
        regex_flags: int | None = None,
    ) -> list[RecognizerResult]:
        """What Presidio asks for: every stretch found, of the kinds in `entities` (none: of any)."""
        wanted = frozenset(entities or ())
        return [
            RecognizerResult(
                str(span.kind),
                span.start,
                span.end,
                span.score,
                recognition_metadata={
                    RecognizerResult.RECOGNIZER_NAME_KEY: _NAME,
                    RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                    "rule": span.rule,
                    **({"who": span.who} if span.who else {}),
                },
            )
            for span in self.find(text)
            if not wanted or span.kind in wanted
        ]

    def find(self, text: str) -> list[Span]:
        """Every stretch found, in order; they may overlap."""
        read = reading(text)
        names: list[tuple[int, int, Form]] = []
        spans: list[Span] = []
        if self._automaton is not None:
            spaced = f" {' '.join(read.words)} "
            rows = _Rows(read)
            # One pass over the words apart and, behind them, in one row.
            whole = f"{spaced}\n{rows.row}"
            for number, start, end in self._automaton.find_matches_as_indexes(whole, overlapping=True):
                found = self._found[number]
                if end > len(spaced):
                    if isinstance(found, tuple):
                        offset = len(spaced) + 1
                        spans += _number(read, rows, start - offset, end - offset, found)
                    continue
                # As many spaces before the form as words.
                first = spaced.count(" ", 0, start)
                last = first + spaced.count(" ", start, end) - 1
                if isinstance(found, Form):
                    if _holds_together(read, first, last):
                        names.append((first, last, found))
                elif spaced[start] == " ":
                    spans += _in_words(read, first, last, found)
        spans += self._mentions.find(read, names)
        spans += self._dates(read)
        spans += self._accounts(read)
        return sorted(spans, key=lambda span: (span.start, -span.end, span.kind, span.rule, span.who))

    def _dates(self, read: Reading) -> Iterator[Span]:
        if self._births:
            for start, end, whose in self._births.find(read):
                token = self._mentions.token(dict.fromkeys(whose, EXACT))
                yield Span(*read.place(start, end), Kind.DATE_OF_BIRTH, "date of birth", _BIRTH_SCORE, token)

    def _accounts(self, read: Reading) -> Iterator[Span]:
        for start, end, whose in self._handles.find(read):
            token = self._mentions.token(dict.fromkeys(whose, EXACT))
            yield Span(*read.place(start, end), Kind.SOCIAL_HANDLE, "account", _HANDLE_SCORE, token)


class _Rows:
    """The letters and digits of a text in a row, and where each word begins in it."""

    def __init__(self, read: Reading) -> None:
        self.row = "".join(read.words)
        self._words = read.words
        self._starts: list[int] | None = None

    def word(self, place: int) -> tuple[int, int]:
        """The word in which a place of the row lies, and how far in it."""
        if self._starts is None:
            self._starts = [0, *accumulate(len(word) for word in self._words)]
        word = bisect_right(self._starts, place) - 1
        return word, place - self._starts[word]


def _patterns(known: Known, names: Names) -> dict[str, Form | tuple[Kind, str, str]]:
    """What the automaton looks for: names and addresses with a space around, numbers in a row."""
    patterns: dict[str, Form | tuple[Kind, str, str]] = {}
    for form, entry in names.forms.items():
        patterns[f" {form} "] = entry
    owned = [(kind, value, "") for kind, value in known.values]
    owned += [(kind, value, person.token) for person in known.people for kind, value in person.values]
    # What several people have, such as their address, is of nobody in particular.
    for kind, value, token in owned:
        if is_in_words(kind):
            if NEVER.issuperset(plain(value).split()):
                continue
            for form, called, rule in in_words(kind, value):
                _put(patterns, f" {form} ", called, rule, token)
            if kind is Kind.ADDRESS:
                for row in postcodes([value]):
                    _put(patterns, row, Kind.POSTCODE, "postcode", token)
        else:
            for row in numbers(kind, value):
                _put(patterns, row, kind, "number", token)
    return patterns


def _put(
    patterns: dict[str, Form | tuple[Kind, str, str]], form: str, kind: Kind, rule: str, token: str
) -> None:
    there = patterns.get(form)
    if isinstance(there, Form):
        return
    if there is not None and there[2] != token:
        token = ""
    patterns[form] = kind, rule, token


def _account_names(names: Names) -> Iterator[tuple[str, list[int]]]:
    for form, entry in names.forms.items():
        near = [place for place in (*entry.first, *entry.last) if place in names.near]
        if near and " " not in form:
            yield form, sorted(set(near))


def _holds_together(read: Reading, first: int, last: int) -> bool:
    """Whether between words of one name lies what may lie there."""
    return all(
        len(gap := read.gap(word)) <= _WIDEST_GAP
        and (gap.strip(" ") in ("", "-", "'", "?") or (len(gap) == 1 and not gap.isascii()))
        for word in range(first, last - 1)
    )


def _number(read: Reading, rows: _Rows, start: int, end: int, found: tuple[Kind, str, str]) -> Iterator[Span]:
    """The span of a number that stands in the row, where it is one and no part of a longer one."""
    first, into = rows.word(start)
    last, rest = rows.word(end - 1)
    begin = read.starts[first] + into
    stop = read.starts[last] + rest + 1
    text = read.plain
    kind, rule, token = found
    if not _IN_NUMBERS.issuperset("".join(read.gap(word) for word in range(first, last))):
        if kind not in (Kind.EMAIL, Kind.SOCIAL_HANDLE, Kind.WEB_ADDRESS):
            return
        if any(" " in (gap := read.gap(word)) and gap.strip() for word in range(first, last)):
            return
    if any(len(read.gap(word)) > _WIDEST_GAP for word in range(first, last)):
        return
    before, after = text[begin - 1 : begin], text[stop : stop + 1]
    if _goes_on(before, text[begin]) or _goes_on(after, text[stop - 1]):
        return
    if (before == "+" and kind is Kind.PHONE) or (before == "@" and kind is Kind.SOCIAL_HANDLE):
        begin -= 1
    yield Span(*read.place(begin, stop), kind, rule, 1.0, token)


def _goes_on(beside: str, edge: str) -> bool:
    """Whether the character beside belongs to the number's own edge: digit by digit, letter by letter or digit."""
    return beside.isalnum() and (not edge.isdigit() or beside.isdigit())


def _in_words(read: Reading, first: int, last: int, found: tuple[Kind, str, str]) -> Iterator[Span]:
    kind, rule, token = found
    for word in range(first, last - 1):
        gap = read.gap(word)
        if len(gap) > _WIDEST_GAP + 1 or not _IN_ADDRESSES.issuperset(gap):
            return
    if rule in ("street", "house", "bare school") and read.is_small(first) and not read.says_nothing(first):
        return
    if rule == "bare school":
        around = read.words[max(0, first - _AROUND) : first] + read.words[last : last + _AROUND]
        if SCHOOLING.isdisjoint(around):
            return
    yield Span(*read.place(read.starts[first], read.ends[last - 1]), kind, rule, 1.0, token)
