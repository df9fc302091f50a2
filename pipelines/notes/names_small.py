"""Names in small letters: nobody uses capitals who writes in haste."""

from pipelines.notes.lexicon import abbreviations
from pipelines.notes.names_extent import particles
from pipelines.notes.names_neighbours import Neighbours
from pipelines.notes.names_reading import Case, Gap, Sort, Word
from pipelines.notes.names_words import BEFORE_SOMEBODY, CLOSE, MODALS, ROLES, TIMES

# Shorter words are too often short for something.
_SHORTEST, _SHORTEST_UNKNOWN = 3, 4
_VERBS_TOO = ("lead", "head")
_BY_TEXT = ("its", "it's", "im", "i'm")


class SmallLetters(Neighbours):
    """Finds names in small letters."""

    def small(self, words: list[Word], at: int) -> str:
        """The rule by which a word in small letters is of a name; blank where it is none."""
        word = words[at]
        if particles(words, at) and (self.titled(words, at) or self.strongly_ranked(words, at)):
            return "title"
        if len(word.plain) < _SHORTEST:
            return ""
        entry = self.lists.entry(word.plain)
        if self.titled(words, at):
            return "title" if entry.sort >= Sort.WEAK else ""
        if entry.sort is Sort.UNKNOWN:
            return self._small_unknown(words, at)
        if entry.sort is not Sort.NAME or word.plain in ROLES:
            return ""
        before, after = self.before(words, at), self.after(words, at)
        if entry.forename and self._could_be_surname(word, after):
            return "small letters"
        if entry.surname and self._could_be_forename(before):
            return "small letters"
        if (
            self.role_before(words, at)
            and not words[at - 1].possessive
            and words[at - 1].plain not in _VERBS_TOO
            # "GP reg" is a registration; in small letters what is short for something is that.
            and word.plain not in abbreviations()
        ):
            return "role"
        if not entry.forename:
            return ""
        stands = (
            before.plain in BEFORE_SOMEBODY or before.plain in _BY_TEXT or self.does(after) or word.possessive
        )
        if stands or self.role_behind(words, at) or self.beside_a_name(words, at):
            return "small letters"
        if len(word.plain) < _SHORTEST_UNKNOWN:
            return ""
        return "small letters" if word.gap is Gap.OPENS or not self.lists.is_slip(word.plain) else ""

    def _could_be_forename(self, before: Word) -> bool:
        """Whether the word before, in small letters too, is a forename and a word."""
        if before.case is not Case.SMALL or not before.free or before.plain in (*TIMES, *MODALS):
            return False
        return self.lists.entry(before.plain).sort is Sort.EITHER

    def _could_be_surname(self, word: Word, after: Word) -> bool:
        """Whether the word behind, in small letters too, is a surname or no word at all."""
        if word.possessive or after.case is not Case.SMALL or not after.free:
            return False
        sort = self.lists.entry(after.plain).sort
        return sort is Sort.NAME or (sort is Sort.UNKNOWN and len(after.plain) >= _SHORTEST_UNKNOWN)

    def _small_unknown(self, words: list[Word], at: int) -> str:
        """A word that no list has and no slip of the pen explains is a name where somebody must stand."""
        word, before, after = words[at], self.before(words, at), self.after(words, at)
        if len(word.plain) < _SHORTEST_UNKNOWN or self.lists.is_slip(word.plain):
            return ""
        if before.plain in CLOSE and not before.possessive:
            return "role"
        long_enough = len(after.plain) >= _SHORTEST_UNKNOWN
        if long_enough and self._could_be_surname(word, after) and not self.lists.is_slip(after.plain):
            return "small letters"
        return ""
