"""Searching for identities: in values read back as text, in raw bytes, in a log."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator

import polars as pl
from ahocorasick_rs import BytesAhoCorasick, Implementation

from pipelines.days import birthdays_in
from pipelines.leaks.fold import fold, fold_bytes
from pipelines.leaks.identities import Identities
from pipelines.leaks.written import stands_written

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
    in them as a whole, a child called Summer, an A. Short or an address of "Not recorded", is no evidence of a leak;
    somebody's whole name, or anything with a digit, is.
    `named_places`: wards, localities and teams that are named because many families share them and nobody is called
    so; one person may have given no more than that as an address. `authority`: the council's name, which a worker or a
    tenant may have been given, but nobody with a forename and a surname has.
    """

    def __init__(
        self,
        identities: Identities,
        own_words: Collection[str],
        named_places: Collection[str] = (),
        authority: str = "",
    ) -> None:
        # How texts begin, then what is marked, then single words.
        self._patterns = [*identities.texts, *identities.marked, *identities.words]
        self._texts = len(identities.texts)
        self._marked = self._texts + len(identities.marked)
        # An automaton without patterns is refused; a zero byte stands for "none" and is never searched for.
        self._automaton = BytesAhoCorasick(
            [pattern.encode() for pattern in self._patterns] or [b"\0"],
            implementation=Implementation.ContiguousNFA,
        )
        self._ours: frozenset[int] = frozenset()
        self._names = identities.names
        self._births = identities.births
        (council,) = _folded([authority])
        is_nobodys = council not in identities.people and not any(letter.isdigit() for letter in council)
        ours = {
            index
            for index in self._matches(own_words)
            if self._patterns[index].isalpha() or self._is_a_place(self._patterns[index], identities)
        }
        shared = {
            index
            for index in self._matches(named_places)
            if self._is_a_place(self._patterns[index], identities)
        }
        named = self._matches([authority]) if is_nobodys else set()
        councils = {index for index in named if self._patterns[index] == council}
        self._ours = frozenset(ours | shared | councils)
        known = fold_bytes("\n".join((*own_words, *named_places)).encode())
        self._ours_in_bytes = self._ours | {
            index
            for index, _start, _end in self._automaton.find_matches_as_indexes(known, overlapping=True)
            if self._patterns and self._is_a_place(self._patterns[index], identities)
        }

    @staticmethod
    def _is_a_place(pattern: str, identities: Identities) -> bool:
        if any(letter.isdigit() for letter in pattern):
            return False
        return pattern not in identities.names or _is_in_passing(pattern)

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

    def in_notes(self, values: Iterable[str]) -> list[bool]:
        """For each redacted text, whether an identity stands in it still.

        Words of the language that somebody is called by too do not count by themselves, nor does how a text begins: it
        was the text's own, before it was redacted.
        """
        # What belongs to notes takes its time to be loaded, and most releases hold none.
        from pipelines.notes.lexicon import words

        lines, ordinary = _folded(values), words()
        found = [False] * lines.len()
        for part, shortest in ((lines, 0), (_joined(lines), _ANY_SPACING)):
            starts = _starts(part)
            for index, start in self._standing(part):
                if len(self._patterns[index]) >= shortest and self._counts_in_notes(index, ordinary):
                    found[bisect_right(starts, start) - 1] = True
        return found

    def _counts_in_notes(self, index: int, ordinary: frozenset[str]) -> bool:
        if index < self._texts:
            return False
        pattern = self._patterns[index]
        is_whole_name = " " in pattern and pattern in self._names
        return is_whole_name or not ordinary.issuperset(pattern.split())

    def born_in(self, values: Iterable[str]) -> list[bool]:
        """For each text, whether somebody's day of birth stands in it."""
        return birthdays_in(values, self._births)

    def in_bytes(self, content: bytes) -> bool:
        """Whether any longer identity stands anywhere in raw bytes.

        A file keeps its strings one after another, so that words run together: a long identity counts wherever it
        stands, a shorter one and a number only as words of their own ("r holmes" stands in "osier holmes", and eight
        digits in many a digest), and a number only as somebody writes one, since columns of codes look like many.
        """
        folded = fold_bytes(content)
        numbers = set()
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if index >= self._marked or end - start < _LONG or index in self._ours_in_bytes:
                continue
            is_number = self._patterns[index].replace(" ", "").isdigit()
            if not is_number and (end - start >= _VERY_LONG or _bounded(folded, start, end)):
                return True
            if is_number and _bounded(folded, start, end):
                numbers.add(index)
        return any(stands_written(content, self._patterns[index]) for index in sorted(numbers))

    def _matches(self, values: Iterable[str]) -> set[int]:
        """The identities that stand in one of the values, bounded on both sides; long numbers in any spacing."""
        lines = _folded(values)
        joined = {
            index
            for index, _at in self._standing(_joined(lines))
            if len(self._patterns[index]) >= _ANY_SPACING
        }
        return {index for index, _at in self._standing(lines)} | joined

    def _standing(self, lines: pl.Series) -> Iterator[tuple[int, int]]:
        """Which identity stands where, in bytes from the beginning of all lines put together."""
        if not self._patterns:
            return
        content = "\n".join(lines).encode()
        for index, start, end in self._automaton.find_matches_as_indexes(content, overlapping=True):
            if index not in self._ours and _bounded(content, start, end):
                yield index, start


def _is_in_passing(name: str) -> bool:
    """Whether a name is an initial and a word of the language: A. Short stands in "a short suspension"."""
    from pipelines.notes.lexicon import words

    *initials, surname = sorted(name.split(), key=len)
    return all(len(initial) == 1 for initial in initials) and surname in words()


def _folded(values: Iterable[str]) -> pl.Series:
    series = values if isinstance(values, pl.Series) else pl.Series(list(values), dtype=pl.String)
    return series.alias("value").to_frame().select(fold(pl.col("value")))["value"]


def _joined(lines: pl.Series) -> pl.Series:
    """The lines with no gap between digits; blank where there was none. As many as before."""
    spaced = pl.when(lines.str.contains(r"\d \d")).then(lines)
    joined = pl.select(spaced).to_series().fill_null("")
    for _ in "12":  # the first turn joins every other gap
        joined = joined.str.replace_all(r"(\d) (\d)", "$1$2")
    return joined


def _starts(lines: pl.Series) -> list[int]:
    """Where each line begins, in bytes, once all are put together."""
    lengths = lines.str.len_bytes().cast(pl.Int64) + 1
    return (lengths.cum_sum() - lengths).to_list()


def _bounded(content: bytes, start: int, end: int) -> bool:
    """Whether the stretch is not part of a longer word or number: in folded text only blanks and line ends bound."""
    before = content[start - 1] if start else _BLANK
    after = content[end] if end < len(content) else _BLANK
    return before <= _BLANK and after <= _BLANK
