"""Rules for the names of people nobody told us of: what is written like a name, and what stands beside it."""

import re
from dataclasses import dataclass, field

from pipelines.notes import lexicon
from pipelines.notes.names_extent import Extents, is_time, joined_where_turned, particles
from pipelines.notes.names_reading import Case, Gap, Lists, Sort, Word
from pipelines.notes.names_words import (
    AFTER_TIME,
    BEFORE_PLACE,
    BEFORE_SOMEBODY,
    CONTACT,
    DEEDS,
    DETERMINERS,
    EPONYMS,
    HOUSEHOLD,
    KIN,
    LETTERED,
    MODALS,
    PERHAPS_SURNAMES,
    RANKS,
    ROLES,
    SITES,
    STATES,
    STRONG_RANKS,
    TIMES,
    TITLES,
)

_LIKE_A_NAME = (Sort.NAME, Sort.UNKNOWN, Sort.EITHER)
_LONGEST = 5
# Shorter, in capitals and in no list, it is an abbreviation.
_SHORTEST_IN_CAPITALS = 6
_SHORT_TITLES = frozenset("mr mrs ms dr mx messrs prof cllr rev revd".split())
_CALLED = frozenset("called named aka alias nicknamed nickname née nee".split())
_NO_SURNAMES = ROLES | DEEDS | STATES | BEFORE_SOMEBODY | DETERMINERS | TIMES
_CALLED_AFTER = frozenset(
    "law rule trust award fund house place day kitchen syndrome disease palsy scale hospice charity".split()
)
# Behind these even a word in small letters that nobody knows is a name.
_CLOSE = frozenset(
    "sister brother son daughter partner boyfriend girlfriend husband wife ex friend cousin uncle aunt auntie nephew niece "
    "neighbour landlord called named aka née nee teacher midwife".split()
)
_TOWARDS = BEFORE_PLACE | {"from", "to", "of"}
_WITHIN_TITLES = frozenset("of for in and".split())
_CALLED_AS = frozenset("known called named calls himself herself".split())
_BORN = frozenset("dob d born aged age b".split())
_ONE_IS = frozenset("is was has had says said".split())
# What may stand before the role of somebody, in brackets or behind a comma: "Nusrat, mum's new partner".
_OF_ROLES = frozenset(
    "mum dad mother father maternal paternal foster school health social family his her their the new ex old eldest "
    "oldest youngest elder younger half step support community police deputy assistant lead duty allocated student "
    "biological birth adoptive god great".split()
)
_LETTER = r"[^\W\d_a-zß-öø-ÿ]"
_DOTTED = re.compile(
    rf"(?<![\w.@/'’&-])(?P<first>{_LETTER})"
    rf"(?:\.(?: ?{_LETTER}\.){{0,2}} ?(?P<dotted>{_LETTER})\.?| (?P<spaced>{_LETTER}))(?![\w'’@/&-])"
)
_NOT_INITIALS = frozenset(
    "eg ie am pm uk us eu nb ps ad bc do dob dod tc na ok tv id no gp hv sw cp ns".split()
)


@dataclass(slots=True)
class Found:
    """What the rules make of a text: the runs of words that are a name, by number of first and last, with the rule that
    found each; stretches that are no words (initials); and the words of which they cannot tell."""

    names: list[tuple[int, int, str]] = field(default_factory=list)
    stretches: list[tuple[int, int, str]] = field(default_factory=list)
    doubts: list[int] = field(default_factory=list)


class Reader:
    """Reads one text after the other by the rules."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._extents = Extents(lists)
        self._institutions = lexicon.institutions()
        self._phrases = lexicon.phrases()

    def find(self, text: str, plain_text: str, words: list[Word]) -> Found:
        """What the rules make of the words of a text."""
        found = Found()
        self._leave_out_phrases(plain_text, words)
        self._find_initials(text, words, found)
        at, count = 0, len(words)
        while at < count:
            word = words[at]
            rule = ""
            if word.free:
                if word.case is Case.SMALL:
                    rule = self._small(words, at)
                elif word.case is not Case.LETTER:
                    rule = self._capital(words, at, found)
                else:
                    rule = self._letter(words, at)
            if not rule:
                at += 1
                continue
            floor = found.names[-1][1] + 1 if found.names else 0
            first, last = self._extents.of(words, at, floor)
            found.names.append((first, last, rule))
            at = last + 1
        found.names = joined_where_turned(words, found.names)
        return found

    def _leave_out_phrases(self, plain_text: str, words: list[Word]) -> None:
        for at, word in enumerate(words):
            phrases = self._phrases.get(word.plain)
            if phrases is None:
                continue
            for phrase in phrases:
                end = word.start + len(phrase)
                if plain_text.startswith(phrase, word.start) and not plain_text[end : end + 1].isalpha():
                    for other in words[at:]:
                        if other.start >= end:
                            break
                        other.out = True

    # Neighbours

    @staticmethod
    def _before(words: list[Word], at: int) -> Word | None:
        """The word before, with nothing but white space between."""
        return words[at - 1] if at and words[at].joined else None

    @staticmethod
    def _after(words: list[Word], at: int) -> Word | None:
        """The word behind, with nothing but white space between, and no line break."""
        return words[at + 1] if at + 1 < len(words) and words[at + 1].gap is Gap.SPACE else None

    def _is_site(self, words: list[Word], at: int) -> bool:
        """Whether what stands behind makes it a street, a school, a service or a thing."""
        word, after = words[at], self._after(words, at)
        if after is None or word.possessive or (after.plain == "st" and particles(words, at + 1)):
            return False
        if after.plain in SITES and not (after.case is Case.SMALL and word.entry.forename):
            return not (after.plain in PERHAPS_SURNAMES and word.entry.forename)
        if after.case in (Case.SMALL, Case.LETTER):
            return False
        if after.plain in self._institutions:
            if not (word.entry.forename and after.plain in PERHAPS_SURNAMES):
                return True
            beyond = self._after(words, at + 1)
            return beyond is not None and beyond.case is not Case.SMALL and beyond.plain in self._institutions
        if after.entry.sort in (*_LIKE_A_NAME, Sort.WEAK, Sort.PLACE) and not after.possessive:
            beyond = self._after(words, at + 1)
            return (
                beyond is not None
                and beyond.case is not Case.SMALL
                and beyond.plain in self._institutions
                and not (beyond.plain in PERHAPS_SURNAMES and word.entry.forename)
            )
        return False

    def _is_eponym(self, words: list[Word], at: int) -> bool:
        after = self._after(words, at)
        if (
            after is not None
            and words[at].possessive
            and after.case is Case.CAPITAL
            and after.plain in _CALLED_AFTER
        ):
            return True
        if after is None or after.plain not in EPONYMS:
            return False
        return not (
            words[at].entry.forename
            and words[at].possessive
            and after.plain in ("review", "report", "score", "law")
        )

    @staticmethod
    def _role_before(words: list[Word], at: int) -> bool:
        """A role with the name behind it, or behind a bracket, a colon or a comma."""
        return (
            bool(at) and words[at].gap in (Gap.SPACE, Gap.OPENS, Gap.COMMA) and words[at - 1].plain in ROLES
        )

    @staticmethod
    def _role_behind(text_words: list[Word], at: int) -> bool:
        """A role in brackets or behind a comma: (SW), "neighbour at", "mum's new partner"."""
        following = text_words[at + 1 : at + 5]
        if not following or following[0].gap not in (Gap.COMMA, Gap.OPENS):
            return False
        for number, word in enumerate(following):
            if number and word.gap is not Gap.SPACE:
                return False
            if word.plain in ROLES and not word.possessive:
                return True
            if word.plain not in _OF_ROLES and word.plain not in ROLES:
                return False
        return False

    @staticmethod
    def _born_behind(words: list[Word], at: int) -> bool:
        """When somebody was born, or how old they are, behind it: "Ruby, dob 6 Feb", "Holly (8.7.2010)"."""
        after = words[at + 1] if at + 1 < len(words) else None
        return after is not None and after.gap in (Gap.SPACE, Gap.COMMA, Gap.OPENS) and after.plain in _BORN

    @staticmethod
    def _does(word: Word | None, states: bool = True) -> bool:
        if word is None or word.case is not Case.SMALL:
            return False
        return word.plain in DEEDS or (states and word.plain in STATES)

    def _beside_a_name(self, words: list[Word], at: int) -> bool:
        """A name stands directly before or behind, or is listed with it."""
        word = words[at]
        if at:
            before = words[at - 1]
            if word.gap in (Gap.SPACE, Gap.LINE) and (before.person or self._surely(before)):
                return before.gap is not Gap.LINE or word.gap is Gap.SPACE
            if word.gap is Gap.COMMA and (before.person or self._surely(before)):
                return True
            if before.plain in ("and", "&") and word.joined and at > 1 and self._surely(words[at - 2]):
                return True
        if at + 1 < len(words):
            after = words[at + 1]
            if after.joined and not word.possessive:
                if after.person or self._surely(after):
                    return True
                if after.gap is Gap.SPACE and word.entry.forename and self._is_surname_behind(after):
                    return True
            if after.gap is Gap.COMMA and (after.person or self._surely(after)):
                return True
            if after.plain == "and" and after.gap is Gap.SPACE and at + 2 < len(words):
                return words[at + 2].person or (self._surely(words[at + 2]) and words[at + 2].entry.forename)
        return False

    @staticmethod
    def _is_surname_behind(word: Word) -> bool:
        """Whether a word that is a surname too is one behind a forename."""
        surname = (
            word.case is Case.CAPITAL and word.free and word.entry.surname and word.entry.sort >= Sort.WEAK
        )
        return surname and word.plain not in AFTER_TIME and word.plain not in TIMES

    @staticmethod
    def _surely(word: Word) -> bool:
        if word.entry.place and not word.entry.forename:
            return word.person
        return word.person or (
            word.case in (Case.CAPITAL, Case.CAPITALS) and word.free and word.entry.sort is Sort.NAME
        )

    # What a word is

    def _titled(self, words: list[Word], at: int) -> bool:
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
        if word.gap is Gap.STOP and before.plain not in _SHORT_TITLES:
            return False
        if before.plain not in _SHORT_TITLES and (before.case is Case.SMALL or word.entry.sort < Sort.WEAK):
            return False
        if word.case is Case.SMALL and before.plain not in _SHORT_TITLES:
            return False
        return not (word.case is not Case.CAPITAL and word.entry.sort is Sort.ABBREVIATION)

    @staticmethod
    def _ranked_at(words: list[Word], at: int) -> bool:
        ranked = at > 0 and words[at].gap is Gap.SPACE and words[at - 1].plain in STRONG_RANKS
        return ranked and words[at - 1].case is not Case.SMALL

    def _ranked(self, words: list[Word], at: int) -> bool:
        word = words[at]
        if not at or word.gap is not Gap.SPACE:
            return False
        before = words[at - 1]
        if before.plain not in RANKS or before.possessive:
            return False
        if before.plain in STRONG_RANKS and before.case is not Case.SMALL and particles(words, at):
            return True
        if before.plain in STRONG_RANKS and before.case is not Case.SMALL:
            if word.entry.sort is Sort.NEVER:
                return word.entry.surname
            return word.entry.sort is not Sort.ABBREVIATION and not self._is_site(words, at)
        return word.entry.sort >= Sort.EITHER

    def _capital(self, words: list[Word], at: int, found: Found) -> str:
        word = words[at]
        entry = word.entry
        if word.half:
            return "name"
        if self._titled(words, at):
            return "title"
        if self._ranked(words, at):
            return "rank"
        if particles(words, at) and words[at].plain not in ("st", "y", "e", "do"):
            return "name"
        before = self._before(words, at)
        if before is not None and before.plain in ("st", "saint", "ss"):
            return ""
        if self._is_known_as(words, at):
            return "called"
        if word.plain in KIN and not (
            at + 1 < len(words) and words[at + 1].joined and self._surely(words[at + 1])
        ):
            return ""
        if self._is_household(words, at):
            return "household"
        sort = entry.sort
        if sort is Sort.ABBREVIATION or (len(word.plain) == 2 and word.case is Case.CAPITALS):
            return self._short(words, at)
        if sort in (Sort.NEVER, Sort.WORD):
            return self._odd_word(words, at, found)
        if self._is_site(words, at) or self._is_eponym(words, at):
            return ""
        if sort is Sort.PLACE:
            return ""
        if self._role_before(words, at):
            return "role"
        if sort is Sort.NAME:
            return self._name(words, at, found)
        if sort is Sort.UNKNOWN:
            return self._unknown(words, at, found)
        return self._word_or_name(words, at, found)

    def _is_household(self, words: list[Word], at: int) -> bool:
        """The Hendersons."""
        word, before = words[at], self._before(words, at)
        if (
            before is None
            or before.plain != "the"
            or not word.plain.endswith("s")
            or word.entry.sort is Sort.NEVER
        ):
            return False
        entry = self._lists.entry(word.plain[:-1])
        return entry.sort is Sort.NAME and entry.surname and not entry.place and not self._is_site(words, at)

    @staticmethod
    def _is_known_as(words: list[Word], at: int) -> bool:
        known = at > 1 and words[at].gap is Gap.SPACE and words[at - 1].plain == "as"
        return known and words[at - 2].plain in _CALLED_AS

    def _odd_word(self, words: list[Word], at: int, found: Found) -> str:
        """An ordinary word with a capital that it need not have, where somebody must stand."""
        word, before = words[at], self._before(words, at)
        if before is None or before.case is not Case.SMALL or word.case is not Case.CAPITAL or word.opens:
            return ""
        if word.entry.sort is Sort.NEVER or word.plain in self._institutions or word.plain in _NO_SURNAMES:
            return ""
        if before.plain in _CALLED:
            return "called"
        if before.plain in CONTACT:
            found.doubts.append(at)
        return ""

    def _short(self, words: list[Word], at: int) -> str:
        """Letters in capitals, which are somebody's initials where somebody must stand."""
        word = words[at]
        if len(word.plain) > 3 or (len(word.plain) == 3 and word.entry.sort is not Sort.UNKNOWN):
            return ""
        before, after = self._before(words, at), self._after(words, at)
        if word.entry.sort is Sort.ABBREVIATION:
            if before is not None and before.plain in DETERMINERS:
                return ""
            sure = before is not None and before.plain in CONTACT and self._does(after)
            return (
                "initials"
                if sure and not (before is not None and before.plain in ("for", "about", "and"))
                else ""
            )
        if self._role_behind(words, at) or self._role_before(words, at):
            return "initials"
        if before is not None and (before.plain in CONTACT or before.person):
            return "initials"
        if word.entry.sort is Sort.NAME and word.entry.forename and len(word.plain) > 2:
            return "name"
        if len(word.plain) > 2:
            return ""
        return (
            "initials"
            if self._does(after) or (word.possessive and not (before and before.plain in DETERMINERS))
            else ""
        )

    def _letter(self, words: list[Word], at: int) -> str:
        """A single capital with a surname behind it, or that does something."""
        word, after = words[at], words[at + 1] if at + 1 < len(words) else None
        if after is None or word.possessive:
            return ""
        before = words[at - 1] if at else None
        if before is not None and before.plain in LETTERED:
            return ""
        if word.plain not in ("a", "i") and particles(words, at + 1):
            return "initial"
        if after.gap in (Gap.SPACE, Gap.STOP) and after.case in (Case.CAPITAL, Case.CAPITALS) and after.free:
            if after.gap is Gap.SPACE and word.plain in ("a", "i"):
                sure = word.plain == "a" and not word.opens and after.entry.sort in (Sort.NAME, Sort.UNKNOWN)
                return "initial" if sure else ""
            if after.entry.sort in (Sort.NAME, Sort.UNKNOWN) or (
                after.entry.sort is Sort.WEAK and after.entry.surname
            ):
                return "" if self._is_site(words, at + 1) else "initial"
        if word.plain in ("a", "i", "x", "y") or not self._does(self._after(words, at), states=False):
            return ""
        opens = word.opens or before is None
        return "initial" if opens or before.plain in BEFORE_SOMEBODY else ""  # type: ignore[union-attr]

    def _name(self, words: list[Word], at: int, found: Found) -> str:
        word, before, after = words[at], self._before(words, at), self._after(words, at)
        if is_time(words, at):
            return ""
        if word.entry.place and not word.entry.forename:
            return self._town(words, at, found)
        if word.case is Case.CAPITALS and len(word.plain) < _SHORTEST_IN_CAPITALS and not word.entry.forename:
            return "name" if self._beside_a_name(words, at) else ""
        if self._beside_a_name(words, at) or before is None:
            return "name"
        if word.entry.place and before.plain in BEFORE_PLACE and not word.possessive:
            return ""
        if before.case is Case.SMALL and before.plain in DETERMINERS and not word.entry.forename:
            if after is not None and after.plain in HOUSEHOLD:
                return "household"
            found.doubts.append(at)
            return ""
        return "name"

    def _town(self, words: list[Word], at: int, found: Found) -> str:
        """A town, whose name many have: somebody's where a forename stands before it, or where it does something."""
        word, before = words[at], self._before(words, at)
        if before is not None and (before.person or (before.free and before.case is Case.LETTER)):
            return "name"
        if self._behind_a_forename(words, at) or self._does(self._after(words, at), states=False):
            return "name"
        if before is None or before.plain not in _TOWARDS:
            found.doubts.append(at)
        return ""

    def _unknown(self, words: list[Word], at: int, found: Found) -> str:
        word, before, after = words[at], self._before(words, at), self._after(words, at)
        if self._beside_a_name(words, at):
            return "name"
        if word.case is Case.CAPITALS and len(word.plain) < _SHORTEST_IN_CAPITALS:
            if before is not None and before.free and before.case is Case.CAPITALS and before.entry.forename:
                return "name"
            return self._short(words, at)
        if len(word.plain) < 3:
            return "unknown" if self._does(after, states=False) else ""
        if before is not None and before.plain in DETERMINERS:
            if after is not None and after.plain in HOUSEHOLD:
                return "household"
            found.doubts.append(at)
            return ""
        if before is not None and before.plain in BEFORE_PLACE and not word.possessive:
            found.doubts.append(at)
            return ""
        if not word.opens or word.possessive or self._role_behind(words, at):
            return "unknown"
        if len(word.plain) > 5 and self._lists.is_slip(word.plain):
            found.doubts.append(at)
            return ""
        return "unknown"

    def _word_or_name(self, words: list[Word], at: int, found: Found) -> str:
        """A capitalised word that is a name too."""
        word = words[at]
        before, after = self._before(words, at), self._after(words, at)
        strong = word.entry.sort is Sort.EITHER
        if self._role_behind(words, at) or self._born_behind(words, at):
            return "role"
        if self._beside_a_name(words, at) and (
            strong or word.entry.forename or self._behind_a_forename(words, at)
        ):
            modal = word.plain in MODALS and word.opens
            return "" if modal and after is not None and after.entry.forename else "name"
        if is_time(words, at):
            return ""
        if word.case is Case.CAPITALS:
            alone = (before is None or before.case is not Case.CAPITALS) and (
                after is None or after.case is not Case.CAPITALS
            )
            somebody = before is not None and before.plain in BEFORE_SOMEBODY and before.case is Case.SMALL
            return "name" if strong and alone and (somebody or self._does(after)) else ""
        if before is not None and before.plain in DETERMINERS:
            return (
                "household" if word.entry.surname and after is not None and after.plain in HOUSEHOLD else ""
            )
        if strong and not word.opens:
            return "" if self._in_a_title(words, at) else "name"
        if (
            after is not None
            and after.case is Case.LETTER
            and after.plain not in ("a", "i")
            and word.entry.forename
        ):
            return "name"
        if strong:
            if word.plain in MODALS:
                sure = (
                    after is not None
                    and after.case is Case.SMALL
                    and (after.plain in DEEDS or after.plain in _ONE_IS)
                )
                return "name" if sure or word.possessive else ""
            if self._does(after) or word.possessive:
                return "name"
            beyond = words[at + 2] if at + 2 < len(words) else None
            if (
                after is not None
                and after.plain in ("and", "&")
                and beyond is not None
                and beyond.case is not Case.SMALL
            ):
                if beyond.entry.sort is Sort.EITHER:
                    return "name"
            if after is None or after.case is not Case.SMALL or after.plain.endswith(("s", "ed")):
                found.doubts.append(at)
            return ""
        if word.entry.forename and not word.opens and before is not None and before.plain in CONTACT:
            if after is None or self._does(after) or after.case is Case.SMALL:
                return "name"
        if word.entry.forename and self._does(after, states=not word.opens):
            return "name"
        if word.entry.forename and not word.opens:
            found.doubts.append(at)
        return ""

    @staticmethod
    def _in_a_title(words: list[Word], at: int) -> bool:
        """Whether capitalised words around make it the title of a thing: Prevention Grant, Ministry of Justice."""
        back = 2 if at > 1 and words[at - 1].plain in _WITHIN_TITLES and words[at - 1].gap is Gap.SPACE else 1
        if at < back or words[at].gap is not Gap.SPACE:
            return False
        before = words[at - back]
        titled = (
            before.case is Case.CAPITAL
            and before.entry.sort in (Sort.WORD, Sort.NEVER)
            and before.plain not in ROLES
        )
        return (
            titled and not before.opens and before.plain not in BEFORE_SOMEBODY and before.plain not in DEEDS
        )

    def _behind_a_forename(self, words: list[Word], at: int) -> bool:
        before = self._before(words, at)
        return before is not None and words[at].entry.surname and (before.person or before.entry.forename)

    def _small(self, words: list[Word], at: int) -> str:
        """A name in small letters: two of them, or one where somebody must stand."""
        word = words[at]
        if particles(words, at) and (self._titled(words, at) or self._ranked_at(words, at)):
            return "title"
        if len(word.plain) < 3:
            return ""
        entry = self._lists.entry(word.plain)
        if self._titled(words, at):
            titled = entry.sort in (*_LIKE_A_NAME, Sort.WEAK) and word.plain not in ("and",)
            return "title" if titled else ""
        if entry.sort is not Sort.NAME:
            return ""
        before, after = self._before(words, at), self._after(words, at)
        if (
            entry.forename
            and after is not None
            and after.case is Case.SMALL
            and after.free
            and not word.possessive
        ):
            beyond = self._lists.entry(after.plain)
            if beyond.sort is Sort.NAME or (beyond.sort is Sort.UNKNOWN and len(after.plain) > 3):
                return "small letters"
        if entry.surname and before is not None and before.case is Case.SMALL and before.free:
            if self._lists.entry(before.plain).sort is Sort.EITHER and before.plain not in (*TIMES, *MODALS):
                return "small letters"
        if (
            before is not None
            and before.plain in ROLES
            and not before.possessive
            and before.plain not in ("lead", "head")
        ):
            return "role"
        if not entry.forename:
            return ""
        if before is not None and (
            before.plain in BEFORE_SOMEBODY or before.plain in ("its", "it's", "im", "i'm")
        ):
            return "small letters"
        if (
            self._does(after)
            or word.possessive
            or self._role_behind(words, at)
            or self._beside_a_name(words, at)
        ):
            return "small letters"
        return "small letters" if len(word.plain) > 3 and not self._lists.is_slip(word.plain) else ""

    # Initials, and names turned round

    def _find_initials(self, text: str, words: list[Word], found: Found) -> None:
        if "." not in text and " " not in text:
            return
        for match in _DOTTED.finditer(text):
            letters = re.sub(r"[\W_]", "", match[0])
            if not letters.isupper():
                continue
            letters = letters.lower()
            start, end = match.span()
            index = next((number for number, word in enumerate(words) if word.start >= start), len(words))
            inside = [word for word in words[index : index + 4] if word.end <= end]
            if not inside or not all(word.free for word in inside):
                continue
            before = words[index - 1] if index else None
            if before is not None and (
                before.plain in LETTERED or (before.case is Case.LETTER and before.out)
            ):
                continue
            if letters in _NOT_INITIALS or len(set(letters)) == 1 and match["spaced"]:
                continue
            after = words[index + len(inside)] if index + len(inside) < len(words) else None
            named = (
                after is not None and after.gap <= Gap.STOP and after.case in (Case.CAPITAL, Case.CAPITALS)
            )
            if (
                named
                and after is not None
                and after.free
                and after.entry.sort >= Sort.WEAK
                and not match["spaced"]
            ):
                continue
            if match["spaced"] and letters[0] in "ai" and (before is None or inside[0].opens):
                continue
            # The full stop at the end of a sentence is no part of them.
            if text[end - 1] == "." and (match["spaced"] or not match[0][:-1].count(".")):
                end -= 1
            for word in inside:
                word.out = True
            found.stretches.append((start, end, "initials"))
