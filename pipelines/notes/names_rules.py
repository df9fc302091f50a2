"""Rules for the names of people nobody told us of: what is written like a name, and what stands beside it."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipelines.notes import lexicon
from pipelines.notes.names_extent import Extents, is_time, joined_where_turned, particles
from pipelines.notes.names_initials import Initials
from pipelines.notes.names_reading import NOTHING, Case, Gap, Lists, Sort, Word
from pipelines.notes.names_small import SmallLetters
from pipelines.notes.names_words import (
    BEFORE_PLACE,
    BEFORE_SOMEBODY,
    CALLED,
    CALLED_AS,
    CONTACT,
    DEEDS,
    DETERMINERS,
    HOUSEHOLD,
    KIN,
    MODALS,
    NO_SURNAMES,
    ROLES,
    TOWARDS,
    WITHIN_TITLES,
)

# Shorter, in capitals and in no list, it is an abbreviation.
_SHORTEST_IN_CAPITALS = 6
# Shorter words are no slips of the pen: they have too many neighbours.
_SHORTEST_SLIP = 6
_ONE_IS = ("is", "was", "has", "had", "says", "said")
_SAINTS = ("st", "saint", "ss")
# Within a name, in quotation marks: Tyler ('Bubba') Skelhorn.
_NICKNAME = re.compile(
    r"""(?<=[^\W\d_])[ ]?[(\[ ]["'“‘`]{1,2}(?P<it>[^\W\d_]{2,24}(?:[-'’ ][^\W\d_]{1,24})?)["'”’`]{1,2}[)\]]?[ ]"""
)
# Parts of surnames that begin no name.
_WITHIN_NAMES = ("st", "y", "e", "do")


@dataclass(slots=True)
class Found:
    """What the rules make of a text: the runs of words that are a name, by number of first and last, with the rule that
    found each; stretches that are no words (initials); and the words of which they cannot tell."""

    names: list[tuple[int, int, str]] = field(default_factory=list)
    stretches: list[tuple[int, int, str]] = field(default_factory=list)
    doubts: list[int] = field(default_factory=list)


class Reader(SmallLetters, Initials):
    """Reads one text after the other by the rules. A method that answers with a rule answers blank where there is none,
    and where it cannot tell notes a doubt."""

    def __init__(self, lists: Lists) -> None:
        super().__init__(lists)
        self._extents = Extents(lists)
        self._phrases = lexicon.phrases()

    def find(self, text: str, plain_text: str, words: list[Word]) -> Found:
        """What the rules make of the words of a text. Words that can be no name are marked as such."""
        found = Found()
        self._leave_out_phrases(plain_text, words)
        found.stretches = self.find_initials(text, words)
        at = 0
        while at < len(words):
            rule = self._rule(words, at, found) if words[at].free else ""
            if not rule:
                at += 1
                continue
            floor = found.names[-1][1] + 1 if found.names else 0
            first, last = self._extents.of(words, at, floor)
            found.names.append((first, last, rule))
            at = last + 1
        found.names = joined_where_turned(words, found.names)
        found.stretches += self._nicknames(text, words)
        return found

    def _nicknames(self, text: str, words: list[Word]) -> Iterator[tuple[int, int, str]]:
        """What stands in quotation marks between forename and surname, and the surname."""
        for match in _NICKNAME.finditer(text):
            start, end = match.span("it")
            first = bisect_left(words, start, key=lambda word: word.start)
            last = bisect_left(words, match.end(), key=lambda word: word.start)
            if not 0 < first < last < len(words) or words[last].start != match.end():
                continue
            after = words[last]
            surname = after.case is not Case.SMALL and after.free and after.entry.sort >= Sort.WEAK
            if self.surely(words[first - 1]) and (after.person or surname):
                yield start, end, "called"
                if surname:
                    yield after.start, after.end, "name"

    def _leave_out_phrases(self, plain_text: str, words: list[Word]) -> None:
        for at, word in enumerate(words):
            for phrase in self._phrases.get(word.plain, ()):
                end = word.start + len(phrase)
                if plain_text.startswith(phrase, word.start) and not plain_text[end : end + 1].isalpha():
                    for other in words[at : at + len(phrase)]:
                        if other.start >= end:
                            break
                        other.out = True

    def _rule(self, words: list[Word], at: int, found: Found) -> str:
        if words[at].case is Case.SMALL:
            return self.small(words, at)
        if words[at].case is Case.LETTER:
            return self.letter(words, at)
        return self._capital(words, at, found)

    def _capital(self, words: list[Word], at: int, found: Found) -> str:
        word, sort = words[at], words[at].entry.sort
        if word.half:
            return "name"
        if self.titled(words, at):
            return "title"
        if self.ranked(words, at):
            return "rank"
        if word.plain not in _WITHIN_NAMES and particles(words, at):
            return "name"
        if self.before(words, at).plain in _SAINTS or self._is_kin(words, at):
            return ""
        if self._is_known_as(words, at):
            return "called"
        if self._is_household(words, at):
            return "household"
        if sort is Sort.ABBREVIATION or (len(word.plain) == 2 and word.case is Case.CAPITALS):
            return self.short(words, at)
        if sort in (Sort.NEVER, Sort.WORD):
            return self._odd_word(words, at, found)
        if sort is Sort.PLACE or self.is_site(words, at) or self.is_eponym(words, at):
            return ""
        # The end of a place's name: Victoria Ward.
        if word.plain in self.institutions and self.before(words, at).free and self.is_site(words, at - 1):
            return ""
        if self.role_before(words, at):
            return "role"
        if sort is Sort.NAME:
            return self._name(words, at, found)
        return (
            self._unknown(words, at, found) if sort is Sort.UNKNOWN else self._word_or_name(words, at, found)
        )

    def _is_kin(self, words: list[Word], at: int) -> bool:
        """Nan, Dad, Auntie; not Nana Kwame."""
        named = at + 1 < len(words) and words[at + 1].joined and self.surely(words[at + 1])
        return words[at].plain in KIN and not named

    def _is_household(self, words: list[Word], at: int) -> bool:
        """The Hendersons."""
        word = words[at]
        if (
            self.before(words, at).plain != "the"
            or not word.plain.endswith("s")
            or word.entry.sort is Sort.NEVER
        ):
            return False
        entry = self.lists.entry(word.plain[:-1])
        return entry.sort is Sort.NAME and entry.surname and not entry.place and not self.is_site(words, at)

    @staticmethod
    def _is_known_as(words: list[Word], at: int) -> bool:
        known = at > 1 and words[at].gap is Gap.SPACE and words[at - 1].plain == "as"
        return known and words[at - 2].plain in CALLED_AS

    def _odd_word(self, words: list[Word], at: int, found: Found) -> str:
        """An ordinary word with a capital that it need not have, where somebody must stand."""
        word, before = words[at], self.before(words, at)
        if before is NOTHING or before.case is not Case.SMALL or word.case is not Case.CAPITAL or word.opens:
            return ""
        if word.entry.sort is Sort.NEVER or word.plain in self.institutions or word.plain in NO_SURNAMES:
            return ""
        if before.plain in CALLED:
            return "called"
        if before.plain in CONTACT:
            found.doubts.append(at)
        return ""

    def _name(self, words: list[Word], at: int, found: Found) -> str:
        """A word that the lists have as a name alone."""
        word, before = words[at], self.before(words, at)
        if is_time(words, at):
            return ""
        if word.entry.place and not word.entry.forename:
            return self._town(words, at, found)
        beside = self.beside_a_name(words, at)
        if word.case is Case.CAPITALS and len(word.plain) < _SHORTEST_IN_CAPITALS and not word.entry.forename:
            return "name" if beside else ""
        if beside:
            return "name"
        if word.entry.place and before.plain in BEFORE_PLACE and not word.possessive:
            return ""
        if before.case is Case.SMALL and before.plain in DETERMINERS and not word.entry.forename:
            return self._household_or_doubt(words, at, found)
        return "name"

    def _household_or_doubt(self, words: list[Word], at: int, found: Found) -> str:
        """The Okafor family; the Solihull approach."""
        if self.after(words, at).plain in HOUSEHOLD:
            return "household"
        found.doubts.append(at)
        return ""

    def _town(self, words: list[Word], at: int, found: Found) -> str:
        """A town, whose name many have: somebody's where a forename stands before it, or where it does something."""
        before = self.before(words, at)
        if before.person or (before.free and before.case is Case.LETTER) or self.behind_a_forename(words, at):
            return "name"
        if self.does(self.after(words, at), states=False):
            return "name"
        if before.plain not in TOWARDS:
            found.doubts.append(at)
        return ""

    def _unknown(self, words: list[Word], at: int, found: Found) -> str:
        """A word that no list has."""
        word, before, after = words[at], self.before(words, at), self.after(words, at)
        if self.beside_a_name(words, at):
            return "name"
        if word.case is Case.CAPITALS and len(word.plain) < _SHORTEST_IN_CAPITALS:
            forename = before.free and before.case is Case.CAPITALS and before.entry.forename
            return "name" if forename else self.short(words, at)
        if len(word.plain) < 3:
            return "unknown" if self.does(after, states=False) else ""
        if before.plain in DETERMINERS:
            return self._household_or_doubt(words, at, found)
        placed = before.plain in BEFORE_PLACE and not word.possessive
        known = (
            not word.opens
            or word.possessive
            or self.role_behind(words, at)
            or len(word.plain) < _SHORTEST_SLIP
        )
        if placed or (not known and self.lists.is_slip(word.plain)):
            found.doubts.append(at)
            return ""
        return "unknown"

    def _word_or_name(self, words: list[Word], at: int, found: Found) -> str:
        """A capitalised word that is a name too."""
        word, before, after = words[at], self.before(words, at), self.after(words, at)
        either = word.entry.sort is Sort.EITHER
        if self.role_behind(words, at) or self.born_behind(words, at):
            return "role"
        may_be = either or word.entry.forename or self.behind_a_forename(words, at)
        if may_be and self.beside_a_name(words, at):
            # Will Maureen attend?
            asks = word.plain in MODALS and word.opens and after.entry.forename
            return "" if asks else "name"
        if is_time(words, at):
            return ""
        if word.case is Case.CAPITALS:
            alone = before.case is not Case.CAPITALS and after.case is not Case.CAPITALS
            stands = before.plain in BEFORE_SOMEBODY or self.does(after)
            return "name" if either and alone and stands else ""
        if before.plain in DETERMINERS:
            return "household" if word.entry.surname and after.plain in HOUSEHOLD else ""
        if either and not word.opens:
            return "" if self._in_a_title(words, at) else "name"
        if word.entry.forename and after.case is Case.LETTER and after.plain not in ("a", "i"):
            return "name"
        return self._first_word(words, at, found) if either else self._weak(words, at, found)

    def _first_word(self, words: list[Word], at: int, found: Found) -> str:
        """A name that is a word too, at the beginning of a sentence, where every word has a capital."""
        word, after = words[at], self.after(words, at)
        if word.plain in MODALS:
            sure = after.case is Case.SMALL and (after.plain in DEEDS or after.plain in _ONE_IS)
            return "name" if sure or word.possessive else ""
        if self.does(after) or word.possessive:
            return "name"
        beyond = self.after(words, at + 1) if at + 1 < len(words) else NOTHING
        if after.plain in ("and", "&") and beyond.case is not Case.SMALL and beyond.entry.sort is Sort.EITHER:
            return "name"
        # With a noun behind (Grace period, Mark sheet) it is a word; with what may be a verb, who knows.
        if after is NOTHING or after.case is not Case.SMALL or after.plain.endswith(("s", "ed")):
            found.doubts.append(at)
        return ""

    def _weak(self, words: list[Word], at: int, found: Found) -> str:
        """A word that is a name now and then."""
        word, before, after = words[at], self.before(words, at), self.after(words, at)
        if not word.entry.forename:
            return ""
        met = not word.opens and before.plain in CONTACT and after.case is Case.SMALL
        if met or self.does(after, states=not word.opens):
            return "name"
        if not word.opens:
            found.doubts.append(at)
        return ""

    @staticmethod
    def _in_a_title(words: list[Word], at: int) -> bool:
        """Whether capitalised words around make it the title of a thing: Prevention Grant, Ministry of Justice."""
        back = 2 if at > 1 and words[at - 1].plain in WITHIN_TITLES and words[at - 1].gap is Gap.SPACE else 1
        if at < back or words[at].gap is not Gap.SPACE:
            return False
        before = words[at - back]
        if (
            before.case is not Case.CAPITAL
            or before.opens
            or before.entry.sort not in (Sort.WORD, Sort.NEVER)
        ):
            return False
        return not (before.plain in ROLES or before.plain in BEFORE_SOMEBODY or before.plain in DEEDS)
