"""First letters of names: beside a name ("J. Smith", "Smith J"), and alone ("AB", "A.B.")."""

from collections.abc import Iterator, Mapping

from pipelines.notes.forms import Forms, Names, is_abbreviation
from pipelines.notes.known_context import is_initials
from pipelines.notes.known_reading import Reading
from pipelines.notes.known_words import KIN

_ARTICLES = frozenset("ai")
_MOST_LETTERS = 3
_LONGEST_ROW = 4
_STYLES = frozenset((" ", "  ", ".", ". ", "-"))


class Letters:
    """Finds first letters of the names of some people."""

    def __init__(self, names: Names, forms: Forms) -> None:
        self._names = names
        self._words = forms.words

    def before(
        self, reading: Reading, start: int, people: Mapping[int, int], doubtful: bool
    ) -> tuple[int, dict[int, int]] | None:
        """Where letters of a forename begin that stand before a surname, and whose they are; none without.

        `start`: the surname. `people`: whose it is. `doubtful`: it may be no name, and an article no letter.
        """
        at, letters = start, ""
        while at and len(letters) < _MOST_LETTERS and len(reading.words[at - 1]) <= _MOST_LETTERS:
            gap = reading.gap(at - 1)
            word = reading.words[at - 1]
            if not reading.is_capitals(at - 1) or gap.strip(" ") not in ("", ".") or len(gap) > _MOST_LETTERS:
                break
            if letters and len(word) > 1:
                break
            at, letters = at - 1, word + letters
        while letters:
            whose = {
                place: rank for place, rank in people.items() if letters in self._names.first_letters[place]
            }
            article = (
                letters in _ARTICLES and "." not in reading.gap(start - 1) and not reading.is_title(start)
            )
            if whose and not (article and doubtful):
                return at, whose
            letters = letters[len(reading.words[at]) :]
            at += 1
        return None

    def behind(
        self, reading: Reading, end: int, first: Mapping[int, int], last: Mapping[int, int]
    ) -> tuple[int, dict[int, int]] | None:
        """Where letters end that stand behind a name, and whose they are; none without.

        `end`: behind the name. `last`: whose surname it is, so that letters are of a forename. `first`: whose forename
        it is, so that a letter is of a surname.
        """
        if end >= len(reading) or len(reading.words[end]) > 2 or not reading.is_capitals(end):
            return None
        gap = reading.gap(end - 1)
        if gap.strip(" ") != "" and not (gap == ", " and last):
            return None
        row = [reading.words[end]]
        two = end + 1 < len(reading) and len(row[0]) == len(reading.words[end + 1]) == 1
        if two and reading.gap(end) in (".", " ", ". ") and reading.is_capitals(end + 1):
            row.append(reading.words[end + 1])
        while row:
            letters = "".join(row)
            whose = {
                **{
                    place: rank for place, rank in first.items() if letters in self._names.last_letters[place]
                },
                **{
                    place: rank for place, rank in last.items() if letters in self._names.first_letters[place]
                },
            }
            # "Smith A bit upset"
            article = letters in _ARTICLES and not reading.gap(end).startswith(".")
            if whose and not article:
                return end + len(row), whose
            row.pop()
        return None

    def alone(self, reading: Reading, done: set[int]) -> Iterator[tuple[int, int, list[int]]]:
        """Words from, up to, and whose they are, of letters that stand for fore- and surname of somebody near.

        `done`: words that are part of a name.
        """
        known = self._names.initials
        words = reading.words
        behind = 0
        for at, word in enumerate(words) if known else ():
            if len(word) > _LONGEST_ROW or reading.is_small(at) or at < behind:
                continue
            if len(word) > 1:
                if (
                    at not in done
                    and word in known
                    and reading.is_capitals(at)
                    and self._are_initials(reading, at)
                ):
                    yield at, at + 1, list(known[word])
                continue
            for stop in range(min(at + _LONGEST_ROW, len(words)), at + 1, -1):
                row = words[at:stop]
                if "".join(row) not in known or any(len(one) > 1 for one in row):
                    continue
                # Of "Smith J.S." the first letter may have been taken with the name.
                if not done.issuperset(range(at, stop)) and _in_one_style(reading, at, stop):
                    behind = stop
                    yield at, stop, list(known["".join(row)])
                    break

    def _are_initials(self, reading: Reading, at: int) -> bool:
        word = reading.words[at]
        if word in KIN or (reading.joined(at) and not reading.possessive(at)):
            return False
        if is_abbreviation(word):
            return is_initials(reading, at)
        return word not in self._words or not reading.says_nothing(at)


def end_of_letters(reading: Reading, start: int, end: int) -> int:
    """Where words end in the folded text, with the full stop of first letters: "A.B.", "Smith, J.", not "see B."."""
    stop = reading.ends[end - 1]
    dotted = end - start > 1 and len(reading.words[end - 1]) == 1 and "." in reading.gap(end - 2)
    return stop + 1 if dotted and reading.plain[stop : stop + 1] == "." else stop


def _in_one_style(reading: Reading, start: int, end: int) -> bool:
    """Whether single letters are capitals, apart in one way: "A B", "A.B", "A. B"."""
    if not all(reading.is_capitals(word) for word in range(start, end)):
        return False
    gaps = {reading.gap(word) for word in range(start, end - 1)}
    return len(gaps) == 1 and gaps <= _STYLES
