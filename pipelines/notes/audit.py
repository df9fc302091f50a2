"""The leak audit: whether a redacted text still holds what is known of those it is about.

Written apart from the rules that found it, and simpler: whatever those overlooked is not overlooked here too. A hit
cannot be mended safely, so the text goes.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from ahocorasick_rs import AhoCorasick

from pipelines.notes.folding import Folded
from pipelines.notes.known import Known, KnownPerson
from pipelines.notes.lexicon import words
from pipelines.notes.spans import Kind

# Shorter names and numbers stand in a text by chance.
_SHORTEST_NAME, _SHORTEST_NUMBER, _SHORTEST_ADDRESS = 3, 6, 8
_NO_WORD = re.compile(r"[^\w]+|_")
_NO_DIGIT = re.compile(r"[^a-z0-9]+")
# A word that goes on in the next line, and words written in one: "Oaken-\nthorpe", "MumTracey".
_BROKEN = re.compile(r"-[^\S\n]*\n\s*")
_HUMP = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
# What is written with digits, and is as good as a name in any spacing.
_NUMBERS = {
    Kind.PHONE,
    Kind.NHS_NUMBER,
    Kind.UPN,
    Kind.ULN,
    Kind.NINO,
    Kind.PNC_ID,
    Kind.ASN,
    Kind.UPRN,
    Kind.POSTCODE,
    Kind.EMAIL,
}


class Audit:
    """Looks for whole names, names that are no ordinary words, numbers, births and addresses, of those whom one text is
    about."""

    def __init__(self, known: Known) -> None:
        near = [person for person in known.people if person.near]
        names = {f" {name} " for person in near for name in _names(person)}
        values = (*known.values, *(value for person in near for value in person.values))
        rows = {_row(value) for kind, value in values if kind in _NUMBERS}
        births = {form for person in near for born in person.births for form in _births(born)}
        addresses = {_row(value.split(",")[0]) for kind, value in values if kind is Kind.ADDRESS}
        self._names = _automaton(names)
        self._rows = _automaton(
            {row for row in rows if len(row) >= _SHORTEST_NUMBER}
            | births
            | {row for row in addresses if len(row) >= _SHORTEST_ADDRESS and row[:1].isdigit()}
        )

    def __repr__(self) -> str:
        return "Audit(…)"

    def finds(self, left: Sequence[str]) -> bool:
        """Whether anything known stands in what is left of a text: the stretches between what was taken out."""
        return any(self._finds(stretch) for stretch in left if stretch)

    def _finds(self, stretch: str) -> bool:
        plain = Folded.of(stretch).text
        if self._rows is not None and self._rows.find_matches_as_indexes(_NO_DIGIT.sub("", plain)):
            return True
        if self._names is None:
            return False
        apart = _HUMP.sub(" ", _BROKEN.sub("", stretch))
        return any(
            self._names.find_matches_as_indexes(f" {_NO_WORD.sub(' ', text)} ")
            for text in {plain, Folded.of(apart).text}
        )


def _row(value: str) -> str:
    return _NO_DIGIT.sub("", Folded.of(value).text)


def _births(born: date) -> Iterator[str]:
    yield f"{born:%d%m%Y}"
    yield f"{born:%Y%m%d}"


def _names(person: KnownPerson) -> Iterator[str]:
    """Whole names, and single ones that are no ordinary words, folded."""
    first = [_plain(name) for name in person.forenames]
    last = [_plain(name) for name in person.surnames]
    yield from (f"{one} {other}" for one in first for other in last if one and other)
    for whole in (*person.whole_names, *person.other_names):
        if " " in _plain(whole):
            yield _plain(whole)
    for name in (*first, *last):
        if len(name) >= _SHORTEST_NAME and not all(word in words() for word in name.split()):
            yield name


def _plain(name: str) -> str:
    return _NO_WORD.sub(" ", Folded.of(name).text).strip()


def _automaton(patterns: set[str]) -> AhoCorasick | None:
    return AhoCorasick(sorted(patterns)) if patterns else None
