"""Initials: capital letters that stand for somebody, and not for what practitioners shorten."""

import re
from bisect import bisect_left

from pipelines.notes.names_extent import particles
from pipelines.notes.names_neighbours import Neighbours
from pipelines.notes.names_reading import NOTHING, Case, Gap, Sort, Word
from pipelines.notes.names_words import BEFORE_SOMEBODY, CONTACT, DETERMINERS, LETTERED, SMALL_WORDS

# A letter that may be a capital, whatever its accents: whether it is one is asked afterwards.
_LETTER = r"[^\W\d_a-zß-öø-ÿ]"
_DOTTED = re.compile(
    rf"(?<![\w.@/'’&-]){_LETTER}"
    rf"(?:\.(?: ?{_LETTER}\.){{0,2}} ?{_LETTER}\.?| (?P<spaced>{_LETTER}))(?![\w'’@/&-])"
)
_NOT_INITIALS = frozenset(
    ("eg", "ie", "am", "pm", "uk", "us", "eu", "nb", "ps", "bc", "dob", "dod", "tc", "tv", "gp", "hv")
)
_ARTICLES = ("a", "i")
_SHORTEST_SHOUTED = 3


def _is_shouted(word: Word) -> bool:
    """Whether it is in capitals because all around is: MUM IN BED."""
    if word.case is not Case.CAPITALS or len(word.plain) < _SHORTEST_SHOUTED:
        return False
    return len(word.plain) > _SHORTEST_SHOUTED or word.entry.sort is not Sort.ABBREVIATION


class Initials(Neighbours):
    """Finds initials."""

    def short(self, words: list[Word], at: int) -> str:
        """The rule by which two or three capitals are somebody's initials; blank where they are none."""
        word, sort = words[at], words[at].entry.sort
        if len(word.plain) > 3 or (len(word.plain) == 3 and sort is not Sort.UNKNOWN):
            return ""
        before, after = self.before(words, at), self.after(words, at)
        if word.plain in SMALL_WORDS and (_is_shouted(before) or _is_shouted(after)):
            return ""
        if sort is Sort.ABBREVIATION:
            met = before.plain in CONTACT and before.plain not in ("for", "about", "and")
            return "initials" if met and self.does(after) else ""
        if (
            self.role_behind(words, at)
            or self.role_before(words, at)
            or before.plain in CONTACT
            or before.person
        ):
            return "initials"
        if len(word.plain) > 2:
            return ""
        # Alone in brackets.
        if word.gap is Gap.OPENS and at + 1 < len(words) and words[at + 1].gap is Gap.OTHER:
            return "initials"
        owner = word.possessive and before.plain not in DETERMINERS
        return "initials" if owner or self.does(after) else ""

    def letter(self, words: list[Word], at: int) -> str:
        """The rule by which a single capital is of a name; blank where it is none: a name stands beside it, or it does
        something."""
        word = words[at]
        before = words[at - 1] if at else NOTHING
        after = words[at + 1] if at + 1 < len(words) else NOTHING
        if word.possessive or before.plain in LETTERED:
            return ""
        article = word.plain in _ARTICLES and after.gap is Gap.SPACE
        if before.person and word.gap is Gap.SPACE and not before.possessive:
            return "" if article and after.case is Case.SMALL else "initial"
        if after is NOTHING or after.gap not in (Gap.SPACE, Gap.STOP):
            return ""
        if after.person:
            return "" if article else "initial"
        if not article and particles(words, at + 1):
            return "initial"
        if after.case in (Case.CAPITAL, Case.CAPITALS) and after.free:
            sort = after.entry.sort
            name = sort in (Sort.NAME, Sort.UNKNOWN)
            if article:
                return "initial" if name and word.plain == "a" and not word.opens else ""
            if name or (sort is Sort.WEAK and after.entry.surname):
                return "" if self.is_site(words, at + 1) else "initial"
        return "" if word.plain in (*_ARTICLES, "x", "y") else self._alone(words, at)

    def _alone(self, words: list[Word], at: int) -> str:
        """K said, told by K."""
        before = words[at - 1] if at else NOTHING
        stands = words[at].opens or before.plain in BEFORE_SOMEBODY
        return "initial" if stands and self.does(self.after(words, at), states=False) else ""

    def find_initials(self, text: str, words: list[Word]) -> list[tuple[int, int, str]]:
        """Initials with full stops or spaces among them: from where to where they go, with the rule."""
        out = []
        for match in _DOTTED.finditer(text):
            letters = re.sub(r"[\W_]", "", match[0])
            start, end = match.span()
            index = bisect_left(words, start, key=lambda word: word.start)
            inside = [word for word in words[index : index + 4] if word.end <= end]
            if not letters.isupper() or not inside or not all(word.free for word in inside):
                continue
            before = words[index - 1] if index else NOTHING
            after = words[index + len(inside)] if index + len(inside) < len(words) else NOTHING
            spaced = match["spaced"] is not None
            if self._is_something_else(letters.lower(), spaced, before, inside[0], after):
                continue
            # The full stop at the end of a sentence is no part of them.
            if text[end - 1] == "." and (spaced or "." not in match[0][:-1]):
                end -= 1
            for word in inside:
                word.out = True
            out.append((start, end, "initials"))
        return out

    @staticmethod
    def _is_something_else(letters: str, spaced: bool, before: Word, first: Word, after: Word) -> bool:
        if (
            before.plain in LETTERED
            or letters in _NOT_INITIALS
            or (before.case is Case.LETTER and before.out)
        ):
            return True
        if spaced:
            return len(set(letters)) == 1 or (letters[0] in _ARTICLES and first.opens)
        # Those before a surname go with it: J. R. Okafor.
        surname = after.case in (Case.CAPITAL, Case.CAPITALS) and after.free and after.entry.sort >= Sort.WEAK
        return surname and after.gap <= Gap.STOP
