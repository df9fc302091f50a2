"""The leak audit: whether a redacted text still holds what is known of those it is about.

Written apart from the rules that found it, and simpler: whatever those overlooked is not overlooked here too. A hit
cannot be mended safely, so the text goes.
"""

import re
from collections.abc import Iterator

from ahocorasick_rs import AhoCorasick

from pipelines.notes.folding import Folded
from pipelines.notes.known import Known, KnownPerson
from pipelines.notes.lexicon import words
from pipelines.notes.spans import Kind

# Shorter names and numbers stand in a text by chance.
_SHORTEST_NAME, _SHORTEST_NUMBER = 3, 6
_NO_WORD = re.compile(r"[^\w]+|_")
_NO_DIGIT = re.compile(r"[^a-z0-9]+")
_TOKEN = re.compile(r"\[[A-Z_]+(?:_[0-9a-f]+)?\]")
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
    """Looks for whole names, names that are no ordinary words, and numbers, of those whom one text is about."""

    def __init__(self, known: Known) -> None:
        near = [person for person in known.people if person.near]
        names = {f" {name} " for person in near for name in _names(person)}
        values = (*known.values, *(value for person in near for value in person.values))
        numbers = {_NO_DIGIT.sub("", Folded.of(value).text) for kind, value in values if kind in _NUMBERS}
        self._names = _automaton(names)
        self._numbers = _automaton({number for number in numbers if len(number) >= _SHORTEST_NUMBER})

    def __repr__(self) -> str:
        return "Audit(…)"

    def finds(self, redacted: str) -> bool:
        """Whether anything known stands in the text still; what replaced it does not count."""
        plain = Folded.of(_TOKEN.sub(" | ", redacted)).text
        if self._names is not None:
            spaced = f" {_NO_WORD.sub(' ', plain)} "
            if self._names.find_matches_as_indexes(spaced):
                return True
        # Across a token nothing is one number.
        parts = (_NO_DIGIT.sub("", part) for part in plain.split("|"))
        return self._numbers is not None and any(
            self._numbers.find_matches_as_indexes(part) for part in parts if part
        )


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
