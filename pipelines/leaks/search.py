"""Searching for identities: in values read back as text, in raw bytes, in a log."""

from collections.abc import Iterable, Sequence

from ahocorasick_rs import BytesAhoCorasick, Implementation

from pipelines.leaks.identities import Identities

# In raw bytes nothing bounds a word: only what is this long cannot be there by chance.
_LONG = 8
# A number in a column of numbers: shorter ones are counts that happen to be equal.
_LONG_NUMBER = 8


class Searcher:
    """Finds identities in what would be published.

    `own_words`: all words that this software brings itself (labels, texts of the framework). An identity that stands
    in them as a whole, a child called Summer or an address of "Not recorded", is no evidence of a leak.
    `named_places`: wards, localities and teams that are named because many families share them; one person may have
    given no more than that as an address.
    """

    def __init__(
        self, identities: Identities, own_words: Iterable[str], named_places: Iterable[str] = ()
    ) -> None:
        self._patterns = [*identities.marked, *identities.words]
        self._marked = len(identities.marked)
        # An automaton without patterns is refused; a zero byte stands for "none" and is never searched for.
        self._automaton = BytesAhoCorasick(
            [pattern.encode() for pattern in self._patterns] or [b"\0"],
            implementation=Implementation.ContiguousNFA,
        )
        self._ours: frozenset[int] = frozenset()
        shared = {place.lower() for place in named_places if not any(letter.isdigit() for letter in place)}
        self._ours = frozenset(self._matches("\n".join(own_words), words=True)) | {
            index for index, pattern in enumerate(self._patterns) if pattern in shared
        }

    def in_closed_codes(self, values: Sequence[str]) -> bool:
        """Whether a value of a closed column holds more of an identity than a single word."""
        return bool(self._matches("\n".join(values), words=False))

    def in_numbers(self, values: Sequence[str]) -> bool:
        """Whether a number is one of the long numbers that name somebody."""
        found = self._matches("\n".join(values), words=False)
        return any(len(self._patterns[index].replace(" ", "")) >= _LONG_NUMBER for index in found)

    def in_text(self, text: str) -> bool:
        """Whether any identity stands in a text as a word or words of its own."""
        return bool(self._matches(text, words=True))

    def in_bytes(self, content: bytes) -> bool:
        """Whether any longer identity stands anywhere in raw bytes."""
        for index, start, end in self._automaton.find_matches_as_indexes(content.lower(), overlapping=True):
            if index < self._marked and end - start >= _LONG and index not in self._ours:
                return True
        return False

    def _matches(self, text: str, *, words: bool) -> set[int]:
        content = text.lower().encode()
        found = set()
        for index, start, end in self._automaton.find_matches_as_indexes(content, overlapping=True):
            if not words and index >= self._marked:
                continue
            if index not in self._ours and _bounded(content, start, end):
                found.add(index)
        return found


def _bounded(content: bytes, start: int, end: int) -> bool:
    """Whether the stretch is not part of a longer word or number. Bytes above 127 belong to letters."""
    before = content[start - 1] if start else 32
    after = content[end] if end < len(content) else 32
    return not (_is_word(before) or _is_word(after))


def _is_word(byte: int) -> bool:
    return byte > 127 or chr(byte).isalnum()
