"""What stands beside a word: a title, a role, what people do, a street; and whether that makes it a name."""

from pipelines.notes import lexicon
from pipelines.notes.names_extent import particles
from pipelines.notes.names_reading import NOTHING, Case, Gap, Lists, Sort, Word
from pipelines.notes.names_words import (
    AFTER_TIME,
    BORN,
    CALLED_AFTER,
    DEEDS,
    DETERMINERS,
    EPONYMS,
    OF_ROLES,
    ON_SITE,
    RANKS,
    ROLES,
    SHORT_TITLES,
    SITES,
    STATES,
    STRONG_RANKS,
    TIMES,
    TITLES,
)

_CAPITALISED = (Case.CAPITAL, Case.CAPITALS)
# A role in brackets has so many words at most.
_LONGEST_ROLE = 4


class Neighbours:
    """Reads the words beside a word."""

    def __init__(self, lists: Lists) -> None:
        self.lists = lists
        self.institutions = lexicon.institutions()

    @staticmethod
    def before(words: list[Word], at: int) -> Word:
        """The word before, with nothing but white space between; else `NOTHING`."""
        return words[at - 1] if at and words[at].joined else NOTHING

    @staticmethod
    def after(words: list[Word], at: int) -> Word:
        """The word behind, with nothing but a space between; else `NOTHING`."""
        return words[at + 1] if at + 1 < len(words) and words[at + 1].gap is Gap.SPACE else NOTHING

    def is_site(self, words: list[Word], at: int) -> bool:
        """Whether what stands behind makes it a street, a school, a service or a thing."""
        word, after = words[at], self.after(words, at)
        if word.possessive or (after.plain == "st" and particles(words, at + 1)):
            return False
        if after.plain in SITES and (after.case is not Case.SMALL or not word.entry.forename):
            return True
        if after.case not in _CAPITALISED:
            return False
        before, beyond = self.before(words, at), self.after(words, at + 1)
        # Sam Ward is somebody, and Victoria Ward may be: in Victoria Ward nobody is meant.
        somebody = word.entry.forename and before.plain not in ON_SITE and before.plain not in DETERMINERS
        institution = beyond.case in _CAPITALISED and beyond.plain in self.institutions
        if after.plain in self.institutions:
            return institution or not (somebody and after.entry.surname)
        if after.entry.sort < Sort.PLACE or after.possessive:
            return False
        return institution and not (somebody and beyond.entry.surname and beyond.plain not in SITES)

    def is_eponym(self, words: list[Word], at: int) -> bool:
        """Whether a thing is called after them: Down's syndrome, Clare's Law."""
        word, after = words[at], self.after(words, at)
        if word.possessive and after.case is Case.CAPITAL and after.plain in CALLED_AFTER:
            return True
        own = word.entry.forename and word.possessive and after.plain in ("review", "report", "score")
        return after.plain in EPONYMS and not own

    @staticmethod
    def role_before(words: list[Word], at: int) -> bool:
        """A role with the name behind it, or behind a bracket, a colon or a comma."""
        beside = at > 0 and words[at].gap in (Gap.SPACE, Gap.OPENS, Gap.COMMA)
        return beside and words[at - 1].plain in ROLES and not words[at - 1].covered

    @staticmethod
    def role_behind(words: list[Word], at: int) -> bool:
        """A role in brackets or behind a comma: (SW), "neighbour at", "mum's new partner"."""
        for number, word in enumerate(words[at + 1 : at + 1 + _LONGEST_ROLE]):
            if word.gap not in ((Gap.SPACE,) if number else (Gap.COMMA, Gap.OPENS)):
                return False
            if word.plain in ROLES and not word.possessive:
                return True
            if word.plain not in OF_ROLES and word.plain not in ROLES:
                return False
        return False

    @staticmethod
    def born_behind(words: list[Word], at: int) -> bool:
        """When somebody was born, or how old they are, behind it: "Ruby, dob 6 Feb"."""
        after = words[at + 1] if at + 1 < len(words) else NOTHING
        return after.gap in (Gap.SPACE, Gap.COMMA, Gap.OPENS) and after.plain in BORN

    @staticmethod
    def does(word: Word, states: bool = True) -> bool:
        """Whether the word is what people do, or with `states` what may be said of them."""
        return word.case is Case.SMALL and (word.plain in DEEDS or (states and word.plain in STATES))

    @staticmethod
    def surely(word: Word) -> bool:
        """Whether the word is somebody's name, without a look at others."""
        if word.person or (word.entry.place and not word.entry.forename):
            return word.person
        return word.case in _CAPITALISED and word.free and word.entry.sort is Sort.NAME

    def beside_a_name(self, words: list[Word], at: int) -> bool:
        """A name stands directly before or behind, or is listed with it."""
        word = words[at]
        before = words[at - 1] if at else NOTHING
        if word.joined and not before.possessive and self.surely(before):
            return before.gap is not Gap.LINE or word.gap is Gap.SPACE
        if word.gap is Gap.COMMA and self.surely(before):
            return True
        if before.plain in ("and", "&") and word.joined and at > 1 and self.surely(words[at - 2]):
            return True
        after = words[at + 1] if at + 1 < len(words) else NOTHING
        if after.joined and not word.possessive and (self.surely(after) or self._is_surname(word, after)):
            return True
        if after.gap is Gap.COMMA and self.surely(after):
            return True
        beyond = words[at + 2] if at + 2 < len(words) else NOTHING
        listed = after.plain == "and" and after.gap is Gap.SPACE and self.surely(beyond)
        return listed and (beyond.person or beyond.entry.forename)

    @staticmethod
    def _is_surname(word: Word, after: Word) -> bool:
        """Whether a word that is a surname too is one, behind a forename."""
        if (
            after.gap is not Gap.SPACE
            or not word.entry.forename
            or after.plain in AFTER_TIME
            or after.plain in TIMES
        ):
            return False
        return (
            after.case is Case.CAPITAL
            and after.free
            and after.entry.surname
            and after.entry.sort >= Sort.WEAK
        )

    def behind_a_forename(self, words: list[Word], at: int) -> bool:
        """Whether it is a surname too, and a forename stands before."""
        before = self.before(words, at)
        return words[at].entry.surname and (before.person or before.entry.forename)

    def titled(self, words: list[Word], at: int) -> bool:
        """Whether a title stands before it, whatever it is itself."""
        word = words[at]
        if not at or word.gap not in (Gap.SPACE, Gap.STOP, Gap.LINE):
            return False
        before = words[at - 1]
        if (
            before.plain not in TITLES
            or before.possessive
            or (word.gap is Gap.LINE and before.gap is Gap.LINE)
        ):
            return False
        if word.case is not Case.CAPITAL and word.entry.sort is Sort.ABBREVIATION:
            return False
        if before.plain in SHORT_TITLES:
            return True
        # "miss" is a verb too, and so on.
        name = word.entry.sort >= Sort.WEAK or (word.entry.sort is Sort.NEVER and word.entry.surname)
        both = before.case is not Case.SMALL and word.case is not Case.SMALL
        return both and name and word.gap is not Gap.STOP

    def ranked(self, words: list[Word], at: int) -> bool:
        """Whether a rank or another word that is a title too stands before it."""
        word = words[at]
        if not at or word.gap is not Gap.SPACE or words[at - 1].possessive:
            return False
        if not self.strongly_ranked(words, at):
            return words[at - 1].plain in RANKS and word.entry.sort >= Sort.EITHER
        if particles(words, at):
            return True
        if word.entry.sort is Sort.NEVER:
            return word.entry.surname
        return word.entry.sort is not Sort.ABBREVIATION and not self.is_site(words, at)

    @staticmethod
    def strongly_ranked(words: list[Word], at: int) -> bool:
        """Whether a rank that is nothing else stands before it: DC, Sgt."""
        before = words[at - 1] if at and words[at].gap is Gap.SPACE else NOTHING
        return before.plain in STRONG_RANKS and before.case is not Case.SMALL
