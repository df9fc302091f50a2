"""Searching for identities: in values read back as text, in raw bytes, in a log."""

from collections.abc import Collection, Iterable

import polars as pl
from ahocorasick_rs import BytesAhoCorasick, Implementation

from pipelines.leaks.fold import fold, fold_bytes
from pipelines.leaks.identities import Identities

# In raw bytes: what is shorter may be there by chance; what is this long cannot, even where nothing bounds it.
_LONG, _VERY_LONG = 8, 12
# A number in a column of numbers: shorter ones are counts that happen to be equal.
_LONG_NUMBER = 8
# A number as long as this (an NHS number, a telephone number) is one however its digits are grouped; a day is shorter.
_ANY_SPACING = 9
_BLANK = 32


class Searcher:
    """Finds identities in what would be published.

    `own_words`: all words that this software brings itself (labels, texts of the framework). An identity that stands
    in them as a whole, a child called Summer or an address of "Not recorded", is no evidence of a leak.
    `named_places`: wards, localities and teams that are named because many families share them and nobody is called
    so; one person may have given no more than that as an address.
    """

    def __init__(
        self, identities: Identities, own_words: Collection[str], named_places: Collection[str] = ()
    ) -> None:
        self._patterns = [*identities.marked, *identities.words]
        self._marked = len(identities.marked)
        # An automaton without patterns is refused; a zero byte stands for "none" and is never searched for.
        self._automaton = BytesAhoCorasick(
            [pattern.encode() for pattern in self._patterns] or [b"\0"],
            implementation=Implementation.ContiguousNFA,
        )
        self._ours: frozenset[int] = frozenset()
        shared = {
            index
            for index in self._matches(named_places)
            if self._is_a_place(self._patterns[index], identities)
        }
        self._ours = frozenset(self._matches(own_words) | shared)
        known = fold_bytes("\n".join((*own_words, *named_places)).encode())
        self._ours_in_bytes = self._ours | {
            index
            for index, _start, _end in self._automaton.find_matches_as_indexes(known, overlapping=True)
            if self._patterns and self._is_a_place(self._patterns[index], identities)
        }

    @staticmethod
    def _is_a_place(pattern: str, identities: Identities) -> bool:
        return pattern not in identities.names and not any(letter.isdigit() for letter in pattern)

    def in_closed_codes(self, values: Iterable[str]) -> bool:
        """Whether a value of a closed column holds more of an identity than a single word."""
        return any(index < self._marked for index in self._matches(values))

    def in_numbers(self, values: Iterable[str]) -> bool:
        """Whether a number is one of the long numbers that name somebody."""
        found = (self._patterns[index] for index in self._matches(values) if index < self._marked)
        return any(len(pattern) >= _LONG_NUMBER for pattern in found)

    def in_text(self, values: Iterable[str]) -> bool:
        """Whether any identity stands in one of the texts as a word or words of its own."""
        return bool(self._matches(values))

    def in_bytes(self, content: bytes) -> bool:
        """Whether any longer identity stands anywhere in raw bytes.

        A file keeps its strings one after another, so that words run together: a long identity counts wherever it
        stands, a shorter one and a number only as words of their own ("r holmes" stands in "osier holmes", and eight
        digits in many a digest).
        """
        folded = fold_bytes(content)
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if index >= self._marked or end - start < _LONG or index in self._ours_in_bytes:
                continue
            runs_on = end - start >= _VERY_LONG and not self._patterns[index].replace(" ", "").isdigit()
            if runs_on or _bounded(folded, start, end):
                return True
        return False

    def _matches(self, values: Iterable[str]) -> set[int]:
        """The identities that stand in one of the values, bounded on both sides; long numbers in any spacing."""
        series = pl.Series("value", list(values), dtype=pl.String)
        lines = series.to_frame().select(fold(pl.col("value")))["value"]
        spaced = lines.filter(lines.str.contains(r"\d \d"))
        for _ in "12":  # the first turn joins every other gap
            spaced = spaced.str.replace_all(r"(\d) (\d)", "$1$2")
        joined = {index for index in self._found(spaced) if len(self._patterns[index]) >= _ANY_SPACING}
        return self._found(lines) | joined

    def _found(self, lines: pl.Series) -> set[int]:
        content = "\n".join(lines).encode()
        return {
            index
            for index, start, end in self._automaton.find_matches_as_indexes(content, overlapping=True)
            if index not in self._ours and self._patterns and _bounded(content, start, end)
        }


def _bounded(content: bytes, start: int, end: int) -> bool:
    """Whether the stretch is not part of a longer word or number: in folded text only blanks and line ends bound."""
    before = content[start - 1] if start else _BLANK
    after = content[end] if end < len(content) else _BLANK
    return before <= _BLANK and after <= _BLANK
