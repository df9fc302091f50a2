"""A text in words: each folded, with the place where it stands, how it is written and what lies before it."""

import re
from functools import cached_property, lru_cache

from pipelines.notes.folding import Folded
from pipelines.notes.known_words import ABBREVIATIONS, TITLES

_WORD = re.compile(r"[^\W_]+")
_WITH_FULL_STOP = TITLES | {"st", "tel", "dob", "approx"}
_BREAKS = frozenset("\n\r\u2028\x85")
_WIDEST_BREAK = 12
_ENDS_SENTENCE = frozenset('.!?:;•*|\n\r"')


class Reading:
    """A text as names are looked for in it. `words`: folded runs of letters and digits; `starts`, `ends`: where they
    stand in the folded text `plain`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._folded = Folded.of(text)
        self.plain = self._folded.text
        found = list(_WORD.finditer(self.plain))
        self.words = [one.group() for one in found]
        self.starts = [one.start() for one in found]
        self.ends = [one.end() for one in found]
        place = self._folded.offsets
        self._small = [text[place[start] if place else start].islower() for start in self.starts]

    def __len__(self) -> int:
        return len(self.words)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where the stretch of the folded text stands in the text as written."""
        return self._folded.place(start, end)

    def gap(self, word: int) -> str:
        """What lies, folded, between a word and the next; behind the last word, and before the first (-1), the rest."""
        start = self.ends[word] if word >= 0 else 0
        return self.plain[start : self.starts[word + 1]] if word + 1 < len(self.words) else self.plain[start:]

    def written(self, word: int) -> str:
        """The word as it stands in the text."""
        start, end = self.place(self.starts[word], self.ends[word])
        return self.text[start:end]

    @cached_property
    def _all_small(self) -> bool:
        return self.text.islower()

    def is_small(self, word: int) -> bool:
        """Whether it begins with a small letter."""
        return self._small[word]

    def joined(self, word: int) -> bool:
        """Whether a hyphen or an apostrophe alone stands between it and the next word."""
        gap = self.gap(word) if word + 1 < len(self.words) else ""
        return gap in ("-", "'") or (gap[:1] == "-" and gap.isprintable() and self._is_line_end(word, gap))

    def _is_line_end(self, word: int, gap: str) -> bool:
        """Whether the hyphen behind a word parts it from its rest on the next line."""
        start, end = self.place(self.ends[word], self.starts[word + 1])
        return (
            gap[1:].isspace() and len(gap) <= _WIDEST_BREAK and not _BREAKS.isdisjoint(self.text[start:end])
        )

    def is_title(self, word: int) -> bool:
        """Whether it begins with a capital letter, and others follow that are not all capitals."""
        written = self.written(word)
        return written[:1].isupper() and not (len(written) > 1 and written.isupper())

    def is_capitals(self, word: int) -> bool:
        """Whether all of its letters are capitals, or of an alphabet that has none."""
        written = self.written(word)
        return written[0].isalpha() and written == written.upper()

    def says_nothing(self, word: int) -> bool:
        """Whether its case tells nothing: in a text without capitals, or among words in capitals."""
        if self._all_small:
            return True
        if not self.is_capitals(word) or len(self.words[word]) < 2:
            return False
        return (word > 0 and not self.begins(word) and self._shouts(word - 1)) or (
            word + 1 < len(self.words) and not self.begins(word + 1) and self._shouts(word + 1)
        )

    def _shouts(self, word: int) -> bool:
        """Whether a word is in capitals that is not written so always."""
        short = self.words[word]
        return len(short) > 1 and self.is_capitals(word) and short not in ABBREVIATIONS

    def begins(self, word: int) -> bool:
        """Whether a sentence, a line or what is like one begins with it."""
        if word == 0:
            return True
        start, end = self.place(self.ends[word - 1], self.starts[word])
        between = self.text[start:end]
        if not _ENDS_SENTENCE.isdisjoint(between):
            # "St. Oswald", "Mr. Rivers", "b. 2012": a full stop that ends no sentence.
            before = self.words[word - 1]
            return not (
                between.strip() == "."
                and (before in _WITH_FULL_STOP or (len(before) == 1 and before.isalpha()))
            )
        return " - " in self.plain[self.ends[word - 1] : self.starts[word]]

    def possessive(self, word: int) -> bool:
        """Whether "'s" follows."""
        return word + 1 < len(self.words) and self.words[word + 1] == "s" and self.gap(word) == "'"


@lru_cache(maxsize=2)
def reading(text: str) -> Reading:
    """The text in words. The last one is kept, since the family's names and the workers' are looked for in turn."""
    return Reading(text)
